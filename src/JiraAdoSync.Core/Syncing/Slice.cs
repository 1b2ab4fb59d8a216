using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>
/// The share of one run among several that do the same sync at the same time. Each of them plans the whole, and what
/// one does no other does: a work item belongs to its issue's slice, a link to that of its source, and a parent to that
/// of the parent, since relations of one parent are best written one after another.
/// </summary>
public sealed record Slice
{
    /// <summary>Takes one share of several.</summary>
    /// <param name="index">Which one, from 1.</param>
    /// <param name="count">How many there are.</param>
    /// <exception cref="SyncException"><c>SliceInvalid</c>.</exception>
    public Slice(int index, int count)
    {
        if (index < 1 || index > count)
        {
            throw new SyncException(
                "SliceInvalid",
                $"There is no slice {index} of {count}. Give both -SliceIndex, from 1, and -SliceCount, which is at least that.",
                index);
        }

        (Index, Count) = (index, count);
    }

    /// <summary>Which share it is, from 1.</summary>
    public int Index { get; }

    /// <summary>How many shares there are.</summary>
    public int Count { get; }

    /// <summary>Whether a work item is in this share.</summary>
    /// <param name="change">What is to be done with it.</param>
    public bool Has(WorkItemChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Has(change.IssueId);
    }

    /// <summary>Whether a link, a parent or an existing relation is in this share.</summary>
    /// <param name="change">What is to be done with it.</param>
    public bool Has(RelationChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var end = change.Desired?.Link.IsParent == true ? change.Target : change.Source;
        return Has(end.Issue?.Id ?? end.WorkItemId ?? 0);
    }

    private bool Has(long id) => id % Count == Index - 1;
}
