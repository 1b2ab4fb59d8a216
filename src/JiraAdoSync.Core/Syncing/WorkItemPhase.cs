using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Syncing;

/// <summary>The phase that writes work items, and relations between those that are created together.</summary>
public sealed class WorkItemPhase : RunPhase
{
    private const int RoundsOfChanged = 3;

    private readonly SyncContext _context;
    private readonly WorkItemPlanning _planning;
    private readonly WorkItemPlan _plan;
    private readonly IReadOnlyList<RelationChange> _relations;
    private readonly WorkItemApplier _applier;
    private readonly List<WorkItemChange> _withContent = [];
    private readonly Dictionary<RelationChange, PackedRelation> _packed = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<long> _reported;
    private Creations _creations;

    /// <summary>Makes the phase.</summary>
    /// <param name="context">What the phases share.</param>
    /// <param name="planning">Plans those again that somebody changes meanwhile.</param>
    /// <param name="plan">The work items.</param>
    /// <param name="relations">
    /// Relations that are to be applied afterwards. Those between work items that are created in one request are
    /// written in it, and have their results when they are applied.
    /// </param>
    internal WorkItemPhase(
        SyncContext context,
        WorkItemPlanning planning,
        WorkItemPlan plan,
        IReadOnlyList<RelationChange> relations)
    {
        (_context, _planning, _plan, _relations) = (context, planning, plan, relations);
        _reported = new HashSet<long>(plan.Changes.Count);
        _applier = new WorkItemApplier(
            context.Store, context.Site, context.Known.Correlator, context.Sender, context.Log);
        _creations = new Creations(new Dictionary<IssueReference, Replica>(), [], _applier.HasDrawn);
    }

    /// <inheritdoc/>
    public override bool HasWrites => _plan.Changes.Any(change => change.IsWrite);

    /// <summary>How many relations were written with the work items.</summary>
    public int RelationsWritten => _packed.Count;

    /// <summary>What was written.</summary>
    internal WrittenWorkItems Written => new(_withContent, _packed, _creations);

    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var change in _plan.Changes.Where(change => !change.IsWrite))
        {
            yield return WorkItemResult.Of(change);
        }

        // What has content only is written when all work items exist.
        _withContent.AddRange(_plan.Changes.Where(change => change.IsContentOnly));
        var writes = _plan.Changes
            .Where(change => change.IsWrite && change.Action != ChangeAction.Remove && !change.IsContentOnly)
            .ToList();
        writes = await _context.Paths.CreateAsync(writes, cancellationToken).ConfigureAwait(false);
        var done = 0;
        var created = new Dictionary<IssueReference, Replica>();
        var checks = new Queue<(Dictionary<IssueReference, Replica> Created, Task<CreationCheck> Check)>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var (change, written) in WriteAsync(writes, cancellationToken).ConfigureAwait(false))
            {
                var result = written.Result;
                if (written.Existing is { } current)
                {
                    var replica = change.Replica;
                    // Contents are written beside the values; nobody else asks for those of an item that is written.
                    _context.Known.Set(
                        replica.Reference,
                        change.Content is not null ? current : current with { WorkItem = current.WorkItem.WithoutValues() });
                    if (change.Content is not null && result.IsApplied)
                    {
                        _withContent.Add(change);
                    }

                    if (change.Existing is null && result.Action is (ChangeAction.Create or ChangeAction.Keep))
                    {
                        created.Add(replica.Reference, replica);
                    }
                }

                foreach (var packed in written.Relations)
                {
                    _packed[packed.Change] = packed;
                }

                // Phases that follow in a run that may write to Jira ask what was written.
                if (change.Content is null && !KeepsResults)
                {
                    change.LetValuesGo();
                }

                if (created.Count == IWorkItemStore.BatchSize)
                {
                    // Those that exist are looked up while others are created.
                    checks.Enqueue((created, Creations.CheckAsync(_context, created, _applier.HasDrawn, stop.Token)));
                    created = [];
                }

                while (checks.TryPeek(out var first) && first.Check.IsCompletedSuccessfully)
                {
                    Take(await checks.Dequeue().Check.ConfigureAwait(false), first.Created);
                }

                _context.Report(new SyncProgress("Writing work items", ++done, writes.Count));
                yield return result;
            }

            checks.Enqueue((created, Creations.CheckAsync(_context, created, _applier.HasDrawn, stop.Token)));
            while (checks.TryDequeue(out var next))
            {
                Take(await next.Check.ConfigureAwait(false), next.Created);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(checks.Select(one => one.Check)))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Relations that were written with a twin would be in the way of those that are desired instead.
        var twins = _packed.Count > 0 ? _creations.Twins : [];
        _creations = _creations with { Twins = [.. _creations.Twins.Except(twins)] };
        foreach (var result in await _context.Twins.RecycleAsync(twins, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    private void Take(CreationCheck check, Dictionary<IssueReference, Replica> created)
    {
        _creations = _creations.With(_context, check, created);
        if (!KeepsResults)
        {
            // Nobody else asks for the relations of an item that was seen where it belongs and that is complete.
            foreach (var issue in created.Keys.Where(issue => !_creations.Unseen.ContainsKey(issue)))
            {
                _context.Known.LetRelationsGo(issue.Id);
            }
        }
    }

    /// <inheritdoc/>
    private protected override void Note(IRunResult result) => _reported.Add(((WorkItemResult)result).IssueId);

    /// <inheritdoc/>
    private protected override IReadOnlyList<IRunResult> FailRest(ServiceError error) =>
    [
        .. _plan.Changes.Where(change => !_reported.Contains(change.IssueId))
            .Select(change => WorkItemResult.Failed(change, error)),
    ];

    /// <summary>
    /// Writes work items. Those that somebody changed in between are read again, planned again by the same policy and
    /// written again; a saved plan has no policy, and must be applied as it is or not at all.
    /// </summary>
    private async IAsyncEnumerable<(WorkItemChange Change, WrittenWorkItem Written)> WriteAsync(
        List<WorkItemChange> changes,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var interrupted = new Dictionary<long, InterruptedWrite>();
        for (var round = 0; changes.Count > 0; round++)
        {
            var byIssue = changes.ToDictionary(change => change.IssueId);
            var changed = new List<InterruptedWrite>();
            var applied = _applier.ApplyAsync(changes, round == 0 ? _relations : [], cancellationToken);
            await foreach (var one in applied.ConfigureAwait(false))
            {
                var (change, written) = (byIssue[one.Result.IssueId], one);
                if (interrupted.TryGetValue(change.IssueId, out var before))
                {
                    (change, written) = before.With(change, written);
                }

                if (written.Result.Error?.Kind == Failure.WorkItemChanged && round < RoundsOfChanged
                    && _plan.Basis?.Replicas.ContainsKey(change.IssueId) == true)
                {
                    changed.Add(new InterruptedWrite(change, written));
                    continue;
                }

                yield return (change, written);
            }

            changes = [];
            var again = await PlanAgainAsync(changed, cancellationToken).ConfigureAwait(false);
            foreach (var one in changed)
            {
                var next = again.GetValueOrDefault(one.Change.IssueId);
                if (next is null || next.WorkItemId != one.Written.Result.WorkItemId
                    || next.Action is not (ChangeAction.Update or ChangeAction.Adopt or ChangeAction.Keep))
                {
                    yield return (one.Change, one.Written);
                }
                else if (next.IsWrite && !next.IsContentOnly)
                {
                    interrupted[next.IssueId] = one;
                    changes.Add(next);
                }
                else if (next.IsContentOnly && !one.Written.Result.IsApplied)
                {
                    _withContent.Add(next);
                }
                else
                {
                    yield return one.With(next, new WrittenWorkItem(WorkItemResult.Of(next), next.Existing));
                }
            }

            changes = await _context.Paths.CreateAsync(changes, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the work items of writes that found them changed, and plans those issues again.</summary>
    private async Task<Dictionary<long, WorkItemChange>> PlanAgainAsync(
        List<InterruptedWrite> changed, CancellationToken cancellationToken)
    {
        if (changed.Count == 0)
        {
            return [];
        }

        foreach (var one in changed)
        {
            if (one.Written.Existing is { } current)
            {
                _context.Known.Set(one.Change.Replica.Reference, current);
            }

            _context.Known.Forget(one.Change.IssueId);
        }

        var replicas = changed.ConvertAll(one => _plan.Basis!.Replicas[one.Change.IssueId]);
        await _context.Known.FindAsync(replicas.Select(replica => replica.Reference), cancellationToken)
            .ConfigureAwait(false);
        return (await _planning.PlanAsync(_plan.Basis!, replicas, cancellationToken).ConfigureAwait(false))
            .ToDictionary(change => change.IssueId);
    }

    /// <summary>A write that found its work item changed, perhaps after a part of it was done.</summary>
    /// <param name="Change">The change as it was planned first.</param>
    /// <param name="Written">What became of it.</param>
    private sealed record InterruptedWrite(WorkItemChange Change, WrittenWorkItem Written)
    {
        /// <summary>
        /// The whole of both, once the change was planned again: an item that was created before the interruption
        /// counts as created.
        /// </summary>
        /// <param name="next">The change as it was planned again.</param>
        /// <param name="after">What became of that.</param>
        public (WorkItemChange Change, WrittenWorkItem Written) With(WorkItemChange next, WrittenWorkItem after)
        {
            var result = after.Result;
            if (!Written.Result.IsApplied)
            {
                return (next, after);
            }

            var whole = Change with { Content = next.Content };
            return (whole, after with
            {
                Existing = after.Existing ?? Written.Existing,
                Relations = [.. Written.Relations, .. after.Relations],
                Result = result with
                {
                    Action = result.Error is null ? Change.Action : result.Action,
                    IsApplied = true,
                    Fields = [.. Change.Fields.Keys.Union(result.Fields)],
                },
            });
        }
    }
}
