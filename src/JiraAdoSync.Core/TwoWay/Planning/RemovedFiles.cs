using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// Finds copies in Jira whose originals people removed from the work item, where somebody wrote to the issue's property since, so
/// that it does not name them any more. Such an attachment would count as an original of Jira, and be copied back: the history of
/// the work item says what it was.
/// </summary>
/// <param name="authorship">Reads histories, and knows what is ours in them.</param>
/// <param name="site">The site whose marks are ours.</param>
/// <param name="account">The account in Jira that makes copies.</param>
internal sealed class RemovedFiles(Authorship authorship, JiraSite site, string? account)
{
    /// <summary>Reads the histories of work items whose issues have files of the account that nothing explains.</summary>
    /// <param name="pairs">Issues that earlier runs wrote, with their work items.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The copies, by issue.</returns>
    public async Task<IReadOnlyDictionary<long, IReadOnlyList<FileBase>>> FindAsync(
        IEnumerable<(Replica Issue, WorkItem Item)> pairs, CancellationToken cancellationToken)
    {
        var open = pairs
            .Select(pair => (pair.Issue.IssueId, pair.Item, Files: UnknownFiles(pair.Issue, pair.Item)))
            .Where(one => one.Files.Count > 0)
            .ToList();
        var removed = await authorship
            .FindRemovedFilesAsync(open.Select(one => one.Item.Id), cancellationToken)
            .ConfigureAwait(false);
        return open.ToDictionary(
            one => one.IssueId,
            one => (IReadOnlyList<FileBase>)one.Files
                .Select(attachment => (
                    attachment.Id,
                    Original: removed[one.Item.Id].LastOrDefault(file => FileCopier.IsLike(attachment, file))))
                .Where(copy => copy.Original is not null)
                .Select(copy => new FileBase(copy.Original!.Id, copy.Id))
                .DistinctBy(copy => copy.File)
                .ToList());
    }

    /// <summary>What the account attached to an issue, and neither the issue nor the work item says why.</summary>
    private List<IssueAttachment> UnknownFiles(Replica issue, WorkItem item)
    {
        var own = (issue.Attachments ?? []).Where(one => one.AuthorId is { } author && author == account).ToList();
        if (own.Count == 0)
        {
            return own;
        }

        var known = IssueRegister.Parse(issue.Property)?.Files.Select(file => file.Attachment).ToHashSet() ?? [];
        foreach (var relation in item.Relations)
        {
            known.UnionWith(AttachmentMark.Parse(relation, site)?.AttachmentIds ?? []);
        }

        return own.FindAll(one => !known.Contains(one.Id)
            && !item.Relations.Any(relation => WorkItemFile.Of(relation) is { } file && FileCopier.IsLike(one, file)));
    }
}
