namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>What one save changed of a field.</summary>
internal sealed record FieldChange(FieldDefinition Field, object? Old, object? New);

/// <summary>
/// One entry of a work item's history. A save of fields, files or hyperlinks makes a revision; one that only touches
/// work item links, at either end, is an entry of its own at the revision that stood.
/// </summary>
internal sealed class WorkItemUpdate(int id, int rev, Person by, DateTime date)
{
    public int Id { get; } = id;

    public int Rev { get; } = rev;

    public Person By { get; } = by;

    public DateTime Date { get; } = date;

    public List<FieldChange> Fields { get; } = [];

    public List<Relation> Added { get; } = [];

    public List<Relation> Removed { get; } = [];

    public List<Relation> Updated { get; } = [];

    public bool IsRevision => Fields.Count > 0;
}
