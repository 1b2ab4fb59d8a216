using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Writes planned work items, batch by batch. An item that fails leaves the rest to go on. The revision guards an
/// item's fields; it does not guard the place of our mark among its relations, so an item is read immediately before it
/// is edited, and the answer must show that no other relation got the mark's comment.
/// </summary>
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
            var edited = batch.Select(change => change.WorkItemId).OfType<int>().ToList();
            var now = (await store.ReadAsync(edited, token).ConfigureAwait(false)).ToDictionary(item => item.Id);
            var ready = new List<(WorkItemChange Change, WorkItemWrite Write)>();
            foreach (var change in batch)
            {
                if (ToWrite(change, now) is { } write)
                {
                    ready.Add((change, write));
                }
                else
                {
                    var id = change.WorkItemId;
                    yield return (Failed(change, new ServiceError(
                        Failure.WorkItemChanged, $"Work item {id} was changed or deleted by somebody else in between.")), null);
                }
            }

            var outcomes = await store.WriteAsync(ready.ConvertAll(one => one.Write), token).ConfigureAwait(false);
            foreach (var ((change, write), outcome) in ready.Zip(outcomes))
            {
                if (outcome.WorkItem is not { } item)
                {
                    yield return (Failed(change, outcome.Error!), null);
                    continue;
                }

                var result = WorkItemResult.Of(change) with { IsApplied = true, WorkItemId = item.Id };
                if (write.RelationComments.Count > 0)
                {
                    await PutBackCommentsAsync(now[item.Id], item, change.IssueId, token).ConfigureAwait(false);
                }

                yield return (result, new FoundWorkItem(item, WorkItemMark.Find(item, site, change.IssueId)?.Mark));
            }
        }
    }

    /// <summary>The write for a change; null where the item is not what the change was planned for.</summary>
    private WorkItemWrite? ToWrite(WorkItemChange change, Dictionary<int, WorkItem> now)
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

        if (!now.TryGetValue(standing.WorkItem.Id, out var item) || item.Rev != standing.WorkItem.Rev)
        {
            return null;
        }

        // The write makes the next revision, and the mark that goes with it tells that one.
        var mark = MarkOf(change, standing.Mark?.Nonce ?? WorkItemMark.NewNonce(), item.Rev + 1);
        var write = new WorkItemWrite { WorkItemId = item.Id, ExpectedRev = item.Rev, Fields = change.Fields };
        return WorkItemMark.Find(item, site, change.IssueId) is var (_, index)
            ? write with { RelationComments = new Dictionary<int, string> { [index] = mark.Comment } }
            : write with { AddRelations = [mark.ToRelation(site)] };
    }

    private static WorkItemMark MarkOf(WorkItemChange change, string nonce, int rev) => new()
    {
        Issue = change.Replica.Reference,
        Nonce = nonce,
        Rev = rev,
        FieldsDigest = change.FieldsDigest,
        TextDigest = change.TextDigest,
    };

    /// <summary>
    /// Somebody who edited relations between our read and our write shifted the place of the mark: what got its comment
    /// in place of it gets its own back. The mark is then behind, and the next run writes it again.
    /// </summary>
    private async Task PutBackCommentsAsync(WorkItem before, WorkItem after, long issueId, CancellationToken token)
    {
        var comments =
            before.Relations.ToLookup(relation => (relation.ReferenceName, relation.Url), relation => relation.Comment);
        var wrong = Enumerable.Range(0, after.Relations.Count)
            .Where(index => after.Relations[index].Comment is { } comment
                && comment.Contains("[JiraAdoSync 1 ", StringComparison.Ordinal)
                && after.Relations[index].Url != site.MarkUrl(issueId)
                && !comments[(after.Relations[index].ReferenceName, after.Relations[index].Url)].Contains(comment))
            .ToDictionary(
                index => index,
                index => comments[(after.Relations[index].ReferenceName, after.Relations[index].Url)].FirstOrDefault() ?? string.Empty);
        if (wrong.Count > 0)
        {
            await store.WriteAsync([new WorkItemWrite { WorkItemId = after.Id, RelationComments = wrong }], token).ConfigureAwait(false);
        }
    }

    private static WorkItemResult Failed(WorkItemChange change, ServiceError error) => WorkItemResult.Of(change) with
    {
        Action = ChangeAction.Fail,
        Error = error,
        Reason = error.Kind.ToString(),
    };
}
