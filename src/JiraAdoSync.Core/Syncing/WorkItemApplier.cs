using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Syncing;

/// <summary>Writes planned work items, batch by batch. An item that fails leaves the rest to go on.</summary>
internal sealed class WorkItemApplier(IWorkItemStore store, JiraSite site)
{
    /// <summary>Applies changes that write something.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="token">Ends the work; what was sent is left as it is, and the next run completes it.</param>
    /// <returns>The results, and what stands now for those that were written.</returns>
    public async IAsyncEnumerable<(WorkItemResult Result, FoundWorkItem? Standing)> ApplyAsync(
        IEnumerable<WorkItemChange> changes,
        [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var batch in changes.Chunk(IWorkItemStore.BatchSize))
        {
            var outcomes = await store.WriteAsync(Array.ConvertAll(batch, ToWrite), token).ConfigureAwait(false);
            foreach (var (change, outcome) in batch.Zip(outcomes))
            {
                yield return ToResult(change, outcome);
            }
        }
    }

    private WorkItemWrite ToWrite(WorkItemChange change)
    {
        if (change.Standing is not { } standing)
        {
            return new WorkItemWrite
            {
                WorkItemType = change.WorkItemType,
                Fields = change.Fields,
                AddRelations = [MarkOf(change, WorkItemMark.NewNonce(), rev: 1).ToRelation(site)],
            };
        }

        // The write makes the next revision, and the mark that goes with it tells that one.
        var mark = MarkOf(change, standing.Mark?.Nonce ?? WorkItemMark.NewNonce(), standing.WorkItem.Rev + 1);
        var write = new WorkItemWrite
        {
            WorkItemId = standing.WorkItem.Id,
            ExpectedRev = standing.WorkItem.Rev,
            Fields = change.Fields,
        };
        return standing.Mark is null
            ? write with { AddRelations = [mark.ToRelation(site)] }
            : write with { RelationComments = new Dictionary<int, string> { [standing.MarkIndex] = mark.Comment } };
    }

    private static WorkItemMark MarkOf(WorkItemChange change, string nonce, int rev) => new()
    {
        Issue = change.Replica.Reference,
        Nonce = nonce,
        Rev = rev,
        FieldsDigest = change.FieldsDigest,
        TextDigest = change.TextDigest,
    };

    private (WorkItemResult Result, FoundWorkItem? Standing) ToResult(WorkItemChange change, WriteOutcome outcome)
    {
        var result = WorkItemResult.Of(change);
        if (outcome.WorkItem is not { } item)
        {
            return (result with { Action = ChangeAction.Fail, Error = outcome.Error, Reason = outcome.Error!.Kind.ToString() }, null);
        }

        var mark = WorkItemMark.Find(item, site, change.IssueId);
        return (result with { IsApplied = true, WorkItemId = item.Id }, new FoundWorkItem(item, mark?.Mark, mark?.Index ?? -1));
    }
}
