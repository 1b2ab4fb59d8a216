using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync.Lookup;

/// <summary>
/// What is known so far of which work item belongs to which issue, for one Jira site and one project. It saves look-ups
/// and decides nothing: what is read of a work item verifies an entry, and a wrong one is dropped.
/// </summary>
public sealed class CorrelationCache
{
    private readonly Dictionary<long, Correlation> _byIssue = [];

    /// <summary>The entries, by issue id.</summary>
    public IEnumerable<Correlation> All => _byIssue.Values.OrderBy(entry => entry.IssueId);

    /// <summary>Finds an issue's entry.</summary>
    /// <param name="issueId">The issue's id.</param>
    /// <param name="correlation">The entry.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(long issueId, [NotNullWhen(true)] out Correlation? correlation) =>
        _byIssue.TryGetValue(issueId, out correlation);

    /// <summary>Keeps an entry, instead of an earlier one for its issue.</summary>
    /// <param name="correlation">The entry.</param>
    public void Set(Correlation correlation)
    {
        ArgumentNullException.ThrowIfNull(correlation);
        _byIssue[correlation.IssueId] = correlation;
    }

    /// <summary>Drops an issue's entry.</summary>
    /// <param name="issueId">The issue's id.</param>
    public bool Remove(long issueId) => _byIssue.Remove(issueId);
}
