using JiraAdoSync.Jira;

namespace JiraAdoSync.Ports;

/// <summary>
/// The rich texts, histories, files and web links of issues: what the engine needs of Jira beside the issues
/// themselves.
/// </summary>
public interface IContentSource : IHistorySource, IWebLinkSource, ICommentMarkSource
{
    /// <summary>The id of the account that is connected: nobody else makes copies of ours.</summary>
    string? AccountId { get; }

    /// <summary>
    /// Reads rich texts in Jira's own rendering, by batches; of an issue with many comments all of them. Issues that
    /// don't exist or can't be read are left out.
    /// </summary>
    /// <param name="issueIds">Their ids, as many as need be.</param>
    /// <param name="texts">The ids of fields to read beside the description.</param>
    /// <param name="comments">Whether to read comments.</param>
    /// <param name="attachments">Whether to read the list of attachments.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    IAsyncEnumerable<RenderedIssue> ReadRenderedAsync(
        IReadOnlyCollection<long> issueIds,
        IReadOnlyCollection<string> texts,
        bool comments,
        bool attachments,
        CancellationToken cancellationToken);

    /// <summary>
    /// The ids of an issue's attachments that two-way runs copied from its work item, as its property says: any editor
    /// can write that.
    /// </summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlySet<long>> ReadCopiedFilesAsync(long issueId, CancellationToken cancellationToken);

    /// <summary>Reads the content of an attachment as a stream.</summary>
    /// <param name="attachment">The attachment.</param>
    /// <param name="sink">Takes the content; anew from the start where the connection broke.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> DownloadAsync(
        IssueAttachment attachment,
        Func<Stream, CancellationToken, Task> sink,
        CancellationToken cancellationToken);
}
