using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Removes relations: what should not have gone with them is put back (see <see cref="RelationTaker"/> and
/// <see cref="RelationRestorer"/>), and the removal is tried again. An item that loses a relation takes part in nothing
/// else of its batch:
/// <code>
/// read      [P, Q]       remove Q: place 1
/// meanwhile somebody removed P and added R: [Q, R]
/// answer    [Q]          history: we removed R  =>  put R back; Q stands  =>  read again
/// </code>
/// Where an answer was lost, the history tells whether the removal was done; where one removal makes its whole batch
/// fail, batches get smaller until it is alone.
/// </summary>
internal sealed class RelationRemover(
    IWorkItemStore store,
    JiraSite site,
    BatchSender sender,
    RelationAdder adder,
    RunLog log)
{
    private const int Attempts = 5;

    private readonly RelationTaker _taker = new(store, sender);
    private readonly RelationRestorer _restorer = new(store, site, sender, log);

    /// <summary>Removes relations, and adds what takes their place in the same request.</summary>
    /// <param name="waiting">The removals; those that are tried again join them.</param>
    /// <param name="token">Ends the work.</param>
    /// <returns>The changes that are done, or failed.</returns>
    public async IAsyncEnumerable<(RelationChange Change, RelationResult Result)> RemoveAsync(
        List<RemovalsOnItem> waiting,
        [EnumeratorCancellation] CancellationToken token)
    {
        while (waiting.Count > 0)
        {
            foreach (var taking in await _taker.TakeAsync(TakeBatch(waiting), token).ConfigureAwait(false))
            {
                var (removals, change) = (taking.Removals, taking.Removals.Change);
                var result = taking switch
                {
                    { Before: null } => RelationResult.Failed(change, new ServiceError(
                        Failure.NotFound,
                        $"Work item {removals.HolderId} is gone, or the account may not read it any more.")),
                    { Write: null } => removals.IsLast ? RelationResult.Done(change) : null,
                    { After: { } after } => await VerifyAsync(taking, after, waiting, token).ConfigureAwait(false),
                    { IsUnsure: true } when Retry(removals, waiting) => null,
                    { IsUnsure: true } => RelationResult.Failed(change, taking.Error!),
                    _ => Reconsider(removals, taking.Error!, waiting),
                };
                if (!taking.IsVerified && result?.Error is null)
                {
                    result = RelationResult.Failed(change, RecentHistory.Unreadable(removals.HolderId));
                    waiting.RemoveAll(again => ReferenceEquals(again.Change, change));
                }

                if (result is not null)
                {
                    yield return (change, result);
                }
            }
        }
    }

    /// <summary>
    /// Takes removals of which no two touch the same work item, at either end. What only removes comes first: a parent
    /// of ours that was added beside it could close the way back for what was taken by mistake.
    /// </summary>
    private static List<RemovalsOnItem> TakeBatch(List<RemovalsOnItem> waiting)
    {
        var onlyAdditionsAreLeft = waiting.TrueForAll(one => one.Addition is not null);
        var (batch, rest) = (new List<RemovalsOnItem>(), new List<RemovalsOnItem>());
        var touched = new HashSet<int>();
        var limit = IWorkItemStore.BatchSize;
        foreach (var one in waiting)
        {
            var allowed = Math.Min(limit, one.LargestBatch);
            var fits = batch.Count < allowed
                && (onlyAdditionsAreLeft || one.Addition is null)
                && !one.Touches.Any(touched.Contains);
            (fits ? batch : rest).Add(one);
            if (fits)
            {
                touched.UnionWith(one.Touches);
                limit = allowed;
            }
        }

        waiting.Clear();
        waiting.AddRange(rest);
        return batch;
    }

    private async Task<RelationResult?> VerifyAsync(
        Taking taking,
        WorkItem after,
        List<RemovalsOnItem> waiting,
        CancellationToken token)
    {
        var (removals, change) = (taking.Removals, taking.Removals.Change);
        var added = removals.Addition is { } addition ? after.Relations.Where(addition.Is) : [];
        Note(change, after.Id, taking.Gone[true], added);
        var restored = await _restorer
            .PutBackAsync(taking.FindLost(site), change.IssueOf, removals.Addition, token)
            .ConfigureAwait(false);
        if (restored.Lost.Count > 0)
        {
            return RelationResult.Failed(
                change, RelationRestorer.CannotPutBack(restored.Lost, taking.Taken!.IsCertain));
        }

        if (restored.Unreadable is { } unreadable)
        {
            return RelationResult.Failed(change, RecentHistory.Unreadable(unreadable));
        }

        if (removals.Addition is { } parent && restored.Displaced.Any(parent.Is))
        {
            return RelationResult.Of(change) with
            {
                Action = ChangeAction.Skip,
                Reason = "ParentConflict",
                Detail = "Somebody else gave it another parent meanwhile.",
            };
        }

        if (!after.Relations.Any(removals.Removes))
        {
            return removals.IsLast ? RelationResult.Done(change) : null;
        }

        // An addition that went with the removal stands by now.
        return Retry(removals with { Addition = null }, waiting)
            ? null
            : RelationResult.Failed(change, new ServiceError(
                Failure.WorkItemChanged,
                $"Somebody else keeps changing the relations of work item {after.Id}; the next run will try again."));
    }

    private void Note(
        RelationChange change,
        int workItemId,
        IEnumerable<Relation> removed,
        IEnumerable<Relation> added) =>
        log.Related(change.IssueOf(workItemId), workItemId, removed.ToList(), added.ToList());

    /// <summary>What to do about a refused removal: it changed nothing.</summary>
    private RelationResult? Reconsider(RemovalsOnItem removals, ServiceError error, List<RemovalsOnItem> waiting)
    {
        // What was below the child and comes above it may still have to leave its place.
        if (removals.Addition is not null && error.Kind == Failure.CircularRelation && waiting.Count > 0
            && Retry(removals, waiting))
        {
            return null;
        }

        if (removals.Addition is { } addition && error.Kind is Failure.CircularRelation or Failure.SecondParent)
        {
            return adder.Refuse(addition, error);
        }

        if (removals.Addition is not null && error.Kind is Failure.RequestFailed or Failure.DuplicateRelation)
        {
            // A service that takes no removal and addition in one request gets two.
            adder.Add(removals.Addition);
            waiting.Add(removals with { Addition = null, IsLast = false });
            return null;
        }

        return error.Kind is Failure.RequestFailed or Failure.WorkItemChanged && Retry(removals, waiting)
            ? null
            : RelationResult.Failed(removals.Change, error);
    }

    private static bool Retry(RemovalsOnItem removals, List<RemovalsOnItem> waiting)
    {
        if (removals.Attempt >= Attempts)
        {
            return false;
        }

        waiting.Add(removals with { Attempt = removals.Attempt + 1 });
        return true;
    }
}
