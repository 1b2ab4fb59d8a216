using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Planning.Relations;

namespace JiraAdoSync.Syncing;

/// <summary>The phase that writes relations: removals first, since they make room, then additions.</summary>
public sealed class RelationPhase : RunPhase
{
    private readonly SyncContext _context;
    private readonly IReadOnlyList<RelationChange> _changes;
    private readonly IReadOnlyDictionary<RelationChange, PackedRelation> _packed;
    private readonly HashSet<(string, string, long?)> _reported;

    internal RelationPhase(
        SyncContext context,
        IReadOnlyList<RelationChange> changes,
        IReadOnlyDictionary<RelationChange, PackedRelation> packed) =>
        (_context, _changes, _packed, _reported) = (context, changes, packed, new(changes.Count));

    /// <inheritdoc/>
    public override bool HasWrites => _changes.Any(change => change.IsWrite);

    /// <summary>How many relations that were written with work items have their result by now.</summary>
    public int RelationsReported { get; private set; }

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var writes = new List<RelationChange>();
        foreach (var planned in _changes)
        {
            var (source, target) = (_context.Known.Resolve(planned.Source), _context.Known.Resolve(planned.Target));
            var isResolved = source == planned.Source && target == planned.Target;
            var change = isResolved ? planned : planned with { Source = source, Target = target };
            RelationsReported += _packed.ContainsKey(planned) ? 1 : 0;
            var exists = _packed.TryGetValue(planned, out var packed)
                && packed.IsBetween(change.Source.WorkItemId, change.Target.WorkItemId);
            if (change.IsWrite && !exists)
            {
                writes.Add(change);
            }
            else
            {
                yield return exists ? RelationResult.Done(change) : RelationResult.Of(change);
            }
        }

        if (writes.Count == 0)
        {
            yield break;
        }

        var types = await _context.Store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        var applier = new RelationApplier(
            _context.Store, _context.Site, types, _context.Sender, _context.Log)
        {
            IsRead = _context.Known.Sought.ContainsKey,
        };
        var done = 0;
        await foreach (var result in applier.ApplyAsync(writes, cancellationToken).ConfigureAwait(false))
        {
            _context.Report(new SyncProgress("Writing relations", ++done, writes.Count));
            yield return result;
        }
    }

    /// <inheritdoc/>
    private protected override void Note(IRunResult result) => _reported.Add(Name((RelationResult)result));

    /// <inheritdoc/>
    private protected override IReadOnlyList<IRunResult> FailRest(ServiceError error) =>
    [
        .. _changes.Where(change => !_reported.Contains(Name(RelationResult.Of(change))))
            .Select(change => RelationResult.Failed(change, error)),
    ];

    private static (string, string, long?) Name(RelationResult result) =>
        (result.Source, result.Target, result.LinkId);
}
