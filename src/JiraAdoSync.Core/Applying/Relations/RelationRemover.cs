using System.Runtime.CompilerServices;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Applying.Relations;

/// <summary>
/// Removes relations until those that are meant are removed; what was removed by mistake is restored (see
/// <see cref="PositionalEdits"/>). What one item loses it loses in one write, and it takes part in nothing else of its
/// batch; the other ends, such as the epic of several children, are not edited by index, and may be the same:
/// <code>
/// read      [P, Q]       remove Q: index 1
/// meanwhile somebody removed P and added R: [Q, R]
/// answer    [Q]          history: we removed R  =>  restore R; Q still exists  =>  read again
/// </code>
/// Where an answer was lost, the history shows whether the removal was done; where one removal makes its whole batch
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

    private readonly PositionalEdits _edits = new(store, site, sender, log);

    /// <summary>Removes relations, and adds what replaces them in the same request.</summary>
    /// <param name="waiting">The removals; those that are tried again join them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The changes that are done, or failed.</returns>
    public async IAsyncEnumerable<(RelationChange Change, RelationResult Result)> RemoveAsync(
        List<RemovalsOnItem> waiting,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        waiting = RemovalsOnItem.Together(waiting);
        while (waiting.Count > 0)
        {
            foreach (var attempt in await _edits.RemoveAsync(NextBatch(waiting), cancellationToken)
                .ConfigureAwait(false))
            {
                var (removals, change) = (attempt.Removals, attempt.Removals.Change);
                var result = attempt switch
                {
                    { Before: null } => RelationResult.Failed(change, new ServiceError(
                        Failure.NotFound,
                        $"Work item {removals.OwnerId} does not exist any more, or the account may not read it.")),
                    { Written: null } => removals.IsLast ? RelationResult.Done(change) : null,
                    { Edit: { } edit } => await VerifyAsync(edit, removals, waiting, cancellationToken)
                        .ConfigureAwait(false),
                    { Error.MayBeDone: true } when Retry(removals, waiting) => null,
                    { Error: { MayBeDone: true } error } => RelationResult.Failed(change, error),
                    _ => Reconsider(removals, attempt.Error!, waiting),
                };
                if (!attempt.IsAudited && result?.Error is null)
                {
                    result = RelationResult.Failed(change, PositionalEdits.Unreadable(removals.OwnerId));
                    waiting.RemoveAll(again => removals.OfEachChange.Any(one => ReferenceEquals(again.Change, one.Change)));
                }

                foreach (var part in result is null ? [] : removals.OfEachChange)
                {
                    yield return (part.Change, ReferenceEquals(part.Change, change) ? result!
                        : result!.Error is { } error ? RelationResult.Failed(part.Change, error)
                        : RelationResult.Done(part.Change));
                }
            }
        }
    }

    /// <summary>
    /// The next removals, none of which touches a work item that another one is written to. Those that only remove come
    /// first: a parent of ours that was added beside one could make it impossible to restore what was removed by mistake.
    /// </summary>
    private static List<RemovalsOnItem> NextBatch(List<RemovalsOnItem> waiting)
    {
        var onlyAdditionsAreLeft = waiting.TrueForAll(one => one.Addition is not null);
        var (batch, rest) = (new List<RemovalsOnItem>(), new List<RemovalsOnItem>());
        var (owners, touched) = (new HashSet<int>(), new HashSet<int>());
        var limit = IWorkItemStore.BatchSize;
        foreach (var one in waiting)
        {
            var allowed = Math.Min(limit, one.LargestBatch);
            var fits = batch.Count < allowed
                && (onlyAdditionsAreLeft || one.Addition is null)
                && !touched.Contains(one.OwnerId)
                && !one.Touches.Any(owners.Contains);
            (fits ? batch : rest).Add(one);
            if (fits)
            {
                owners.Add(one.OwnerId);
                touched.UnionWith(one.Touches);
                limit = allowed;
            }
        }

        waiting.Clear();
        waiting.AddRange(rest);
        return batch;
    }

    private async Task<RelationResult?> VerifyAsync(
        PositionalEdit edit,
        RemovalsOnItem removals,
        List<RemovalsOnItem> waiting,
        CancellationToken cancellationToken)
    {
        var (change, after) = (removals.Change, edit.After);
        var added = removals.Addition is { } addition ? after.Relations.Where(addition.Is) : [];
        log.Related(change.IssueOf(after.Id), after.Id, edit.Removed.ToList(), added.ToList());
        var restored = await _edits.RestoreAsync(edit, cancellationToken).ConfigureAwait(false);
        if (restored.Error is { } error)
        {
            return RelationResult.Failed(change, error);
        }

        if (removals.Addition is { } parent && restored.Displaced.Any(parent.Is))
        {
            return RelationResult.Of(change) with
            {
                Action = ChangeAction.Skip,
                Reason = Reasons.ParentConflict,
                Detail = "Somebody else gave it another parent meanwhile.",
            };
        }

        if (!edit.HasMissed)
        {
            return removals.IsLast ? RelationResult.Done(change) : null;
        }

        // An addition that was sent with the removal exists by now.
        return Retry(removals with { Addition = null }, waiting)
            ? null
            : RelationResult.Failed(change, new ServiceError(
                Failure.WorkItemChanged,
                $"Somebody else keeps changing the relations of work item {after.Id}; the next run will try again."));
    }

    /// <summary>What to do about a refused removal: it changed nothing.</summary>
    private RelationResult? Reconsider(RemovalsOnItem removals, ServiceError error, List<RemovalsOnItem> waiting)
    {
        // An item that becomes an ancestor of the child may still have to lose its former parent.
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

        waiting.AddRange(removals.OfEachChange.Select(one => one with
        {
            Attempt = removals.Attempt + 1, Addition = removals.Addition,
        }));
        return true;
    }
}
