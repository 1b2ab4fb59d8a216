using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Writes planned work items, batch by batch. An item that fails leaves the rest to go on.
/// <para>
/// <b>Creations.</b> The nonce of a mark is drawn for each sending: where an answer was lost, the nonce tells the item that
/// was created all the same, and an item that another run made meanwhile from ours. What another run made is used.
/// </para>
/// <para>
/// <b>Edits.</b> The revision guards an item's fields; it does not guard the place of our mark among its relations. So an
/// item is read immediately before it is edited, and the answer must show that no other relation got the mark's comment.
/// The mark tells, too, whether an edit was done whose answer was lost.
/// </para>
/// </summary>
internal sealed class WorkItemApplier(IWorkItemStore store, JiraSite site, Correlator correlator, BatchSender sender)
{
    private readonly ConcurrentDictionary<string, long> _drawn = [];

    /// <summary>Whether a nonce was drawn here: the item that has it is a creation of this run.</summary>
    public bool HasDrawn(string nonce) => _drawn.ContainsKey(nonce);

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
            foreach (var one in await ApplyBatchAsync(batch, token).ConfigureAwait(false))
            {
                yield return one;
            }
        }
    }

    /// <summary>Applies changes of which each is about another work item, as one batch.</summary>
    private async Task<List<(WorkItemResult Result, FoundWorkItem? Standing)>> ApplyBatchAsync(
        WorkItemChange[] batch,
        CancellationToken token)
    {
        var writes = batch.Select(change => new Write(change)).ToList();
        var now = await ReadAsync(writes, token).ConfigureAwait(false);
        writes.ForEach(write => write.Now = now.GetValueOrDefault(write.Change.WorkItemId ?? 0));
        var ready = writes.Where(write => write.IsAsPlanned).ToList();
        var outcomes = await sender
            .SendAsync(ready, ToWrite, (unsure, ends) => FindDoneAsync(unsure, ends), token)
            .ConfigureAwait(false);
        var results = writes.Where(write => !write.IsAsPlanned)
            .Select(write => (Failed(write.Change, ChangedMeanwhile(write.Change.WorkItemId)), (FoundWorkItem?)null))
            .ToList();
        foreach (var (write, outcome) in ready.Zip(outcomes))
        {
            if (outcome.WorkItem is not { } item)
            {
                results.Add((Failed(write.Change, outcome.Error!), null));
                continue;
            }

            if (write.Now is not null)
            {
                await PutBackCommentsAsync(write.Now, item, write.Change.IssueId, token).ConfigureAwait(false);
            }

            var mark = WorkItemMark.Find(item, site, write.Change.IssueId)?.Mark;
            var isOurs = write.Now is not null || mark is null || HasDrawn(mark.Nonce);
            results.Add((
                WorkItemResult.Of(write.Change) with
                {
                    Action = isOurs ? write.Change.Action : ChangeAction.Keep,
                    Detail = isOurs ? write.Change.Detail : "Another run created it meanwhile.",
                    IsApplied = isOurs,
                    WorkItemId = item.Id,
                },
                new FoundWorkItem(item, mark)));
        }

        return results;
    }

    /// <summary>Looks for what was done without an answer: new items by their marks, edits by what their marks tell.</summary>
    private async Task<IReadOnlyList<WorkItem?>> FindDoneAsync(IReadOnlyList<Write> unsure, CancellationToken token)
    {
        var edited = await ReadAsync(unsure, token).ConfigureAwait(false);
        var created = unsure.Where(write => write.Change.Standing is null).Select(write => write.Change.Replica.Reference).ToList();
        var marked = await correlator.FindMarkedAsync(created, token).ConfigureAwait(false);
        return unsure.Select(Find).ToList();

        WorkItem? Find(Write write)
        {
            if (write.Change.Standing is not { } standing)
            {
                return marked[write.Change.IssueId].FirstOrDefault()?.WorkItem;
            }

            var now = edited.GetValueOrDefault(standing.WorkItem.Id);
            if (now is not null && WorkItemMark.Find(now, site, write.Change.IssueId)?.Mark == write.Sent)
            {
                return now;
            }

            write.Now = now;
            return null;
        }
    }

    /// <summary>Reads those that are to be edited, as they are now.</summary>
    private async Task<Dictionary<int, WorkItem>> ReadAsync(IEnumerable<Write> writes, CancellationToken token)
    {
        var ids = writes.Select(write => write.Change.WorkItemId).OfType<int>().ToList();
        return (await store.ReadAsync(ids, token).ConfigureAwait(false)).ToDictionary(item => item.Id);
    }

    private WorkItemWrite ToWrite(Write write)
    {
        var change = write.Change;
        if (change.Standing is not { } standing)
        {
            write.Sent = MarkOf(change, WorkItemMark.NewNonce(), rev: 1);
            _drawn.TryAdd(write.Sent.Nonce, change.IssueId);
            return new WorkItemWrite
            {
                WorkItemType = change.WorkItemType,
                Fields = change.Fields,
                AddRelations = [write.Sent.ToRelation(site)],
            };
        }

        // The write makes the next revision, and the mark that goes with it tells that one.
        var rev = standing.WorkItem.Rev;
        write.Sent = MarkOf(change, standing.Mark?.Nonce ?? write.Sent?.Nonce ?? WorkItemMark.NewNonce(), rev + 1);
        var edit = new WorkItemWrite { WorkItemId = standing.WorkItem.Id, ExpectedRev = rev, Fields = change.Fields };
        return write.Now is { } now && WorkItemMark.Find(now, site, change.IssueId) is var (_, index)
            ? edit with { RelationComments = new Dictionary<int, string> { [index] = write.Sent.Comment } }
            : edit with { AddRelations = [write.Sent.ToRelation(site)] };
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

    private static ServiceError ChangedMeanwhile(int? id) => new(
        Failure.WorkItemChanged, $"Work item {id} was changed or deleted by somebody else in between.");

    private static WorkItemResult Failed(WorkItemChange change, ServiceError error) => WorkItemResult.Of(change) with
    {
        Action = ChangeAction.Fail,
        Error = error,
        Reason = error.Kind.ToString(),
    };

    /// <summary>A change on its way.</summary>
    private sealed class Write(WorkItemChange change)
    {
        public WorkItemChange Change { get; } = change;

        /// <summary>The item as it was before the edit that was sent last; null for a creation, or where it is gone.</summary>
        public WorkItem? Now { get; set; }

        /// <summary>The mark that was sent last.</summary>
        public WorkItemMark? Sent { get; set; }

        /// <summary>Whether the item is what the change was planned for.</summary>
        public bool IsAsPlanned => Change.Standing is not { } standing || Now?.Rev == standing.WorkItem.Rev;
    }
}
