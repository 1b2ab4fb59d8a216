using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Applying.WorkItems;

/// <summary>Takes the second work items away that another run made for the same issues.</summary>
/// <param name="store">The project's work items.</param>
/// <param name="correlator">Reads twins again before they go.</param>
/// <param name="log">Takes note of those that went.</param>
internal sealed class TwinRecycler(IWorkItemStore store, Correlator correlator, RunLog log)
{
    private const int Attempts = 3;

    /// <summary>What is to be done with a twin.</summary>
    /// <param name="twin">The twin.</param>
    /// <param name="replica">Its issue.</param>
    public static WorkItemChange RemovalOf(Twin twin, Replica replica) => new()
    {
        Action = ChangeAction.Remove,
        Replica = replica,
        WorkItemType = twin.Found.WorkItem.Type,
        Existing = twin.Found,
        Reason = Reasons.Twin,
        Detail = $"Another run made it too, and nobody has worked on it; {twin.KeptWorkItemId} is used for {twin.Issue}.",
    };

    /// <summary>
    /// Moves twins to the recycle bin. Each is read again before it is moved, and looked for afterwards: other runs may
    /// be at the same, and a request that names one that is moved already moves none.
    /// </summary>
    public async Task<List<WorkItemResult>> RecycleAsync(
        IEnumerable<WorkItemChange> changes, CancellationToken cancellationToken)
    {
        var results = new List<WorkItemResult>();
        var twins = changes.Where(change => change.Action == ChangeAction.Remove).ToList();
        var sent = new HashSet<int>();
        ServiceError? error = null;
        for (var attempt = 1; twins.Count > 0; attempt++)
        {
            var there = await correlator
                .ReadTwinsAsync(twins.ConvertAll(twin => (twin.IssueId, twin.WorkItemId!.Value)), cancellationToken)
                .ConfigureAwait(false);
            var rest = new List<WorkItemChange>();
            foreach (var twin in twins)
            {
                var id = twin.WorkItemId!.Value;
                if (!there.TryGetValue(id, out var isUntouched))
                {
                    if (sent.Contains(id))
                    {
                        log.Recycled(twin.Replica.Reference, twin.Existing!.WorkItem);
                    }

                    results.Add(WorkItemResult.Of(twin) with { IsApplied = sent.Contains(id) });
                }
                else if (!isUntouched)
                {
                    results.Add(WorkItemResult.Of(twin) with
                    {
                        Action = ChangeAction.Skip,
                        Detail = $"People have worked on {id} meanwhile, so it is left alone.",
                    });
                }
                else if (attempt > Attempts)
                {
                    error ??= new ServiceError(Failure.RequestFailed, $"Work item {id} did not go to the recycle bin.");
                    results.Add(WorkItemResult.Of(twin) with
                    {
                        Action = ChangeAction.Fail,
                        Reason = error.Kind.ToString(),
                        Error = error,
                    });
                }
                else
                {
                    rest.Add(twin);
                    sent.Add(id);
                }
            }

            twins = rest;
            log.Recycling(rest.Select(twin => ((IssueReference?)twin.Replica.Reference, twin.Existing!.WorkItem)));
            error = await store.RecycleAsync(rest.ConvertAll(twin => twin.WorkItemId!.Value), cancellationToken)
                .ConfigureAwait(false);
        }

        return results;
    }
}
