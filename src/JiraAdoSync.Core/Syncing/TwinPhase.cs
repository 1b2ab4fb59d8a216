using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>The phase that moves planned twins to the recycle bin: until then their relations exist.</summary>
public sealed class TwinPhase : RunPhase
{
    private readonly SyncContext _context;
    private readonly IReadOnlyList<WorkItemChange> _twins;

    internal TwinPhase(SyncContext context, IReadOnlyList<WorkItemChange> twins) =>
        (_context, _twins) = (context, twins);

    /// <inheritdoc/>
    public override bool HasWrites => _twins.Count > 0;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var result in await _context.Twins.RecycleAsync(_twins, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    /// <inheritdoc/>
    private protected override IReadOnlyList<IRunResult> FailRest(ServiceError error) =>
        [.. _twins.Select(twin => WorkItemResult.Failed(twin, error))];
}
