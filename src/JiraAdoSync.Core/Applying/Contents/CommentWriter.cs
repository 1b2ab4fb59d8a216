using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Applying.Contents;

/// <summary>
/// Writes single comments, each a request of its own, and takes note of each before it is sent and after.
/// </summary>
internal sealed class CommentWriter(IContentStore store, RunLog log)
{
    /// <summary>Gives a comment another text, removes it, or adds one.</summary>
    /// <param name="issue">The issue that the work item belongs to; null where none is known.</param>
    /// <param name="workItemId">The work item.</param>
    /// <param name="current">The comment as it was read; null for one to add.</param>
    /// <param name="html">The text; null for one to remove.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    public async Task<ServiceError?> WriteAsync(
        IssueReference? issue,
        int workItemId,
        WorkItemComment? current,
        string? html,
        CancellationToken cancellationToken)
    {
        var change = new CommentChange
        {
            Id = current?.Id,
            Before = current?.Html,
            After = html,
            Version = current is null ? 1 : current.Version + 1,
        };
        var batch = log.Sending([RunLog.Of(workItemId, change) with { Key = issue?.Key, IssueId = issue?.Id }]);
        var (written, error) = (current, html) switch
        {
            ({ } removed, null) => (
                removed,
                await store.RemoveCommentAsync(workItemId, removed.Id, cancellationToken).ConfigureAwait(false)),
            ({ } edited, { } text) => await store
                .EditCommentAsync(workItemId, edited.Id, text, cancellationToken)
                .ConfigureAwait(false),
            _ => await store.AddCommentAsync(workItemId, html!, cancellationToken).ConfigureAwait(false),
        };
        if (error is null)
        {
            log.Commented(issue, workItemId,
                change with { Id = written?.Id, Version = html is null ? change.Version : written!.Version });
        }
        else if (error.Kind is not (Failure.ServerUnreachable or Failure.TimedOut or Failure.RequestFailed))
        {
            log.Refused(batch, [0]);
        }

        return error;
    }
}
