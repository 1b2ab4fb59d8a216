using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Syncing;

/// <summary>
/// The phase that ends a run that created work items. What another run created too is recycled where ours is the
/// younger, and the run does not end before the look-up shows what it created: a next run would create it again.
/// </summary>
public sealed class SettlingPhase : RunPhase
{
    private const int Looks = 6;

    private readonly SyncContext _context;
    private readonly Creations _created;

    internal SettlingPhase(SyncContext context, Creations created) => (_context, _created) = (context, created);

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var creations = _created;
        for (var look = 1; creations.Unseen.Count > 0 && look <= Looks; look++)
        {
            if (look > 1)
            {
                await _context.Sender.PauseAsync(look - 1, cancellationToken).ConfigureAwait(false);
            }

            var unseen = creations.Unseen;
            var check = await Creations.CheckAsync(_context, unseen, creations.IsOurs, cancellationToken)
                .ConfigureAwait(false);
            creations = (creations with { Unseen = new Dictionary<IssueReference, Replica>() })
                .With(_context, check, unseen);
        }

        if (creations.Unseen.Count > 0)
        {
            _context.Warn($"Azure DevOps' look-up does not show {Amount.Of(creations.Unseen.Count)} of the new work items yet, that of "
                + $"{creations.Unseen.Keys.First()} for one. Wait some minutes before the next run: it could make them a second "
                + "time, which the one after it would mend.");
        }

        foreach (var result in await _context.Twins.RecycleAsync(creations.Twins, cancellationToken)
            .ConfigureAwait(false))
        {
            yield return result;
        }
    }
}
