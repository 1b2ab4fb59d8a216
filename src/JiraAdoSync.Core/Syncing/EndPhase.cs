using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Planning.Relations;

namespace JiraAdoSync.Syncing;

/// <summary>
/// The phase that looks for ends that were to be created and that this run did not create: other slices may have done
/// it by now.
/// </summary>
public sealed class EndPhase : RunPhase
{
    private readonly SyncContext _context;
    private readonly IReadOnlyList<RelationChange> _changes;

    internal EndPhase(SyncContext context, IReadOnlyList<RelationChange> changes) =>
        (_context, _changes) = (context, changes);

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var missing = _changes
            .Where(change => change.IsWrite)
            .SelectMany(change => new[] { change.Source, change.Target })
            .Select(_context.Known.Resolve)
            .Where(end => end.WorkItemId is null)
            .Select(end => end.Issue!)
            .DistinctBy(issue => issue.Id)
            .ToList();
        if (missing.Count == 0)
        {
            yield break;
        }

        var found = await _context.Known.Correlator.FindMarkedAsync(missing, cancellationToken).ConfigureAwait(false);
        foreach (var issue in missing)
        {
            if (found[issue.Id].FirstOrDefault() is { } first)
            {
                _context.Known.Set(issue, first);
            }
        }
    }
}
