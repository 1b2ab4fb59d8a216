namespace JiraAdoSync.Planning;

/// <summary>
/// One end of an edge while planning: a work item that stands, or an issue whose work item is to be created.
/// </summary>
internal readonly record struct Node : IComparable<Node>
{
    private readonly long _value;

    private Node(long value) => _value = value;

    /// <summary>The work item; null where it is yet to be created.</summary>
    public int? WorkItemId => _value > 0 ? (int)_value : null;

    public static Node OfWorkItem(int id) => new(id);

    public static Node OfIssueToCreate(long issueId) => new(-issueId);

    public int CompareTo(Node other) => _value.CompareTo(other._value);
}
