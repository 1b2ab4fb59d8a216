using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Planning.Relations;

/// <summary>
/// One end of an edge while planning: an existing work item, or an issue whose work item is to be created. There is
/// one node for each, so that nodes are compared by reference.
/// </summary>
internal sealed class Node : IComparable<Node>
{
    /// <summary>The work item's id; for one to be created, the issue's id below zero.</summary>
    private readonly long _order;

    private RelationEnd? _end;

    private Node(long order, int number) => (_order, Number) = (order, number);

    /// <summary>Its number in the graph, from 0.</summary>
    public int Number { get; }

    /// <summary>The work item; null where it is yet to be created.</summary>
    public int? WorkItemId => _order > 0 ? (int)_order : null;

    /// <summary>The work item as it was read; null where it was not.</summary>
    public WorkItem? Existing { get; init; }

    /// <summary>The id of the work item's issue; null where no issue is known.</summary>
    public long? IssueId { get; set; }

    /// <summary>The issue by name, as far as it is known.</summary>
    public IssueReference? Issue { get; set; }

    /// <summary>How many links it has, current and decided.</summary>
    public int LinkCount { get; set; }

    public static Node OfWorkItem(int id, int number, WorkItem? item) => new(id, number) { Existing = item };

    public static Node OfIssueToCreate(long issueId, int number) => new(-issueId, number) { IssueId = issueId };

    public override int GetHashCode() => Number;

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public int CompareTo(Node? other) => other is null ? 1 : _order.CompareTo(other._order);

    /// <summary>The node as an end of a planned relation.</summary>
    /// <param name="issue">The issue as the link names it; null where the relation has no link.</param>
    public RelationEnd ToEnd(IssueReference? issue)
    {
        if (_end is null || _end.Issue != (issue ?? Issue))
        {
            _end = new RelationEnd(issue ?? Issue, WorkItemId) { Existing = Existing };
        }

        return _end;
    }

    public override string ToString() => ToEnd(null).ToString();
}
