using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Ports;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Copies files of work items to their issues, and removes copies. Jira gives an attachment no mark, so that where an
/// answer is lost the issue's list says whether the file arrived: by this account, with the same name and size. The
/// list also shows whether another run attached the same file at the same moment: then the first of them stays.
/// </summary>
/// <param name="issues">The issues.</param>
/// <param name="files">The files of work items.</param>
/// <param name="log">Takes note of every change.</param>
internal sealed class FileCopier(IIssueStore issues, IContentStore files, IssueLog log)
{
    private static readonly IssueDetail Detail = IssueDetail.None with { Attachments = true };

    /// <summary>Whether an attachment may be the copy of a file, as far as name and size say.</summary>
    /// <param name="attachment">The attachment.</param>
    /// <param name="file">The file.</param>
    public static bool IsLike(IssueAttachment attachment, WorkItemFile file) =>
        attachment.FileName == file.Name && attachment.Size == file.Size;

    /// <summary>Attaches a file to an issue.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="workItemId">The work item.</param>
    /// <param name="file">The file.</param>
    /// <param name="known">The attachments that the issue had before.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The attachment's id, or what went wrong.</returns>
    public async Task<(long? Id, ServiceError? Error)> AddAsync(
        IssueReference issue,
        int workItemId,
        WorkItemFile file,
        IReadOnlySet<long> known,
        CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        if (await files.DownloadAsync(file, ReadAsync, cancellationToken).ConfigureAwait(false) is { } unread)
        {
            return (null, unread);
        }

        if (content.Length != file.Size)
        {
            return (
                null,
                new ServiceError(Failure.RequestFailed, $"Azure DevOps gives another size of it than it says."));
        }

        var note = log.Attaching(issue, workItemId, new IssueFileChange(file.Name));
        var (id, error) = await issues.AddAttachmentAsync(issue.Id, file.Name, content.ToArray(), cancellationToken)
            .ConfigureAwait(false);
        if (error is { MayBeDone: true })
        {
            id = await ReadCopiesAsync(issue, file, known, cancellationToken).ConfigureAwait(false) is [.., var last]
                ? last.Id
                : null;
            error = id is null ? error : null;
        }

        log.Ended(note, error, change => change with { Files = [change.Files[0] with { Id = id }] });
        return (id is { } own ? await SettleAsync(own).ConfigureAwait(false) : id, error);

        async Task<long?> SettleAsync(long own)
        {
            var all = await ReadCopiesAsync(issue, file, known, cancellationToken).ConfigureAwait(false);
            return all is [var first, ..] && first.Id < own && all.FirstOrDefault(one => one.Id == own) is { } ours
                && await RemoveAsync(issue, workItemId, ours, cancellationToken).ConfigureAwait(false) is null
                ? first.Id
                : own;
        }

        // What is more than the service says is read no further.
        async Task ReadAsync(Stream from, CancellationToken cancellationToken)
        {
            content.SetLength(0);
            var buffer = new byte[64 << 10];
            for (
                int read;
                content.Length <= file.Size
                    && (read = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;

            )
            {
                content.Write(buffer, 0, read);
            }
        }
    }

    /// <summary>Removes a copy.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="workItemId">The work item.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    public async Task<ServiceError?> RemoveAsync(
        IssueReference issue, int workItemId, IssueAttachment copy, CancellationToken cancellationToken)
    {
        var note = log.Attaching(
            issue, workItemId, new IssueFileChange(copy.FileName) { Id = copy.Id, IsRemoval = true });
        var error = await issues.RemoveAttachmentAsync(issue.Id, copy.Id, cancellationToken).ConfigureAwait(false);
        log.Ended(note, error);
        return error;
    }

    /// <summary>
    /// What this account attached since the run read the issue and what may be copies of a file, oldest first.
    /// </summary>
    private async Task<IReadOnlyList<IssueAttachment>> ReadCopiesAsync(
        IssueReference issue, WorkItemFile file, IReadOnlySet<long> known, CancellationToken cancellationToken)
    {
        await foreach (var read in issues.ReadAsync([issue.Key], Detail, cancellationToken).ConfigureAwait(false))
        {
            return (read.Attachments ?? [])
                .Where(one => !known.Contains(one.Id) && one.AuthorId == issues.Account.AccountId && IsLike(one, file))
                .OrderBy(one => one.Id)
                .ToList();
        }

        return [];
    }
}
