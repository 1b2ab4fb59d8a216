using System.Threading.Channels;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Syncing;

/// <summary>The phase that reads.</summary>
/// <param name="context">What the phases share.</param>
internal sealed class IssueReading(SyncContext context)
{
    /// <summary>
    /// Reads issues. While more of them arrive, the work items of those that are there are found; what is linked with
    /// them outside the selection is looked up beside the last page.
    /// </summary>
    /// <param name="issues">The issues, page by page.</param>
    /// <param name="convert">Converts the links of all issues into desired relations.</param>
    /// <param name="mapping">Maps the issues that are there.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The issues, each once, and the desired relations.</returns>
    public async Task<IssuesRead> ReadAsync(
        IAsyncEnumerable<Replica> issues,
        Func<IReadOnlyList<Replica>, IReadOnlyCollection<DesiredRelation>> convert,
        EarlyMapping mapping,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(convert);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrived = Channel.CreateUnbounded<Replica>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        mapping.Types = context.Store.GetWorkItemTypesAsync(stop.Token);
        var types = Task.WhenAll(context.Store.GetRelationTypesAsync(stop.Token), (Task)mapping.Types);
        var aside = Task.WhenAll(types, FindAsync());
        var outside = Task.CompletedTask;
        var replicas = new List<Replica>();
        var seen = new HashSet<long>();
        try
        {
            await foreach (var replica in issues.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (seen.Add(replica.IssueId))
                {
                    replicas.Add(replica);
                    arrived.Writer.TryWrite(replica);
                    context.Report(new SyncProgress("Reading issues", replicas.Count, null));
                }

                if (aside.IsFaulted)
                {
                    break;
                }
            }

            arrived.Writer.Complete();
            await types.ConfigureAwait(false);
            var relations = aside.IsFaulted ? [] : convert(replicas);
            outside = context.Outside.LookUpAsync(EndsBeyond(relations, seen.Contains), stop.Token);
            await Task.WhenAll(aside, outside).ConfigureAwait(false);
            return new IssuesRead(replicas, relations);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(aside, outside).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task FindAsync()
        {
            try
            {
                await context
                    .Known
                    .FindAsTheyComeAsync(
                        arrived.Reader, (replica, found) => mapping.Map(replica, found, stop.Token), stop.Token)
                    .ConfigureAwait(false);
            }
            finally
            {
                await mapping.Permission.ConfigureAwait(false);
            }
        }
    }

    /// <summary>The ends of relations that are none of some issues, each once.</summary>
    internal static List<IssueReference> EndsBeyond(IEnumerable<DesiredRelation> relations, Predicate<long> isAmong) =>
        relations
        .SelectMany(one => new[] { one.Source, one.Target })
        .Where(issue => !isAmong(issue.Id))
        .DistinctBy(issue => issue.Id)
        .ToList();
}
