using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync.Lookup;

/// <summary>
/// What is known so far of which work item belongs to which issue, for one Jira site and one project. It saves look-ups
/// and decides nothing: what is read of a work item verifies an entry, and a wrong one is dropped.
/// </summary>
public sealed class CorrelationCache
{
    private readonly Dictionary<long, Correlation> _byIssue = [];
    private readonly Dictionary<int, long> _assigned = [];

    /// <summary>The entries, by issue id.</summary>
    public IEnumerable<Correlation> All => _byIssue.Values.OrderBy(entry => entry.IssueId);

    /// <summary>Finds an issue's entry.</summary>
    /// <param name="issueId">The issue's id.</param>
    /// <param name="correlation">The entry.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(long issueId, [NotNullWhen(true)] out Correlation? correlation) =>
        _byIssue.TryGetValue(issueId, out correlation);

    /// <summary>
    /// Keeps an entry, instead of an earlier one for its issue. A work item that is named for an issue no longer
    /// belongs to another one that was named before: it would get the content of both.
    /// </summary>
    /// <param name="correlation">The entry.</param>
    public void Set(Correlation correlation)
    {
        ArgumentNullException.ThrowIfNull(correlation);
        if (correlation.IsAssigned)
        {
            if (_assigned.TryGetValue(correlation.WorkItemId, out var other) && other != correlation.IssueId
                && TryGet(other, out var former) && former.IsAssigned && former.WorkItemId == correlation.WorkItemId)
            {
                Remove(other);
            }

            _assigned[correlation.WorkItemId] = correlation.IssueId;
        }

        _byIssue[correlation.IssueId] = correlation;
    }

    /// <summary>Drops an issue's entry.</summary>
    /// <param name="issueId">The issue's id.</param>
    public bool Remove(long issueId) => _byIssue.Remove(issueId);
}
