using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Lookup;

/// <summary>The histories of work items that a plan needs, each read once: while it is made nothing is written.</summary>
/// <param name="authorship">Says what is ours in them.</param>
internal sealed class PlanHistories(Authorship authorship)
{
    private readonly Dictionary<int, IReadOnlyList<WorkItemUpdate>> _known = [];

    /// <summary>Takes note of a history that was read.</summary>
    /// <param name="id">The work item.</param>
    /// <param name="history">Its history, with what is ours in it.</param>
    public void Know(int id, IReadOnlyList<WorkItemUpdate> history) => _known[id] = history;

    /// <summary>Reads those that were not read yet, and gives them all.</summary>
    /// <param name="ids">The work items.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadAsync(
        IEnumerable<int> ids, CancellationToken cancellationToken)
    {
        var all = ids.Distinct().ToList();
        var read = await authorship.ReadHistoriesAsync(all.Where(id => !_known.ContainsKey(id)), cancellationToken)
            .ConfigureAwait(false);
        foreach (var (id, history) in read)
        {
            _known[id] = history;
        }

        return all.ToDictionary(id => id, id => _known[id]);
    }
}
