using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.Types;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>What one save changed of a field.</summary>
internal readonly record struct FieldChange(FieldDefinition Field, object? Old, object? New);

/// <summary>What one save changed of the relations that a work item shows.</summary>
internal sealed class RelationChanges
{
    public List<Relation> Added { get; } = [];

    public List<Relation> Removed { get; } = [];

    public List<Relation> Updated { get; } = [];
}

/// <summary>
/// One entry of a work item's history. A save of fields, files or hyperlinks makes a revision; one that only touches
/// work item links, at either end, is an entry of its own at the revision before it. There are several for each work
/// item, so that nothing here takes more room than it needs.
/// </summary>
internal sealed class WorkItemUpdate(
    int id, int rev, Person by, DateTime date, IEnumerable<FieldChange> fields, RelationChanges? relations = null)
{
    public int Id { get; } = id;

    public int Rev { get; } = rev;

    public Person By { get; } = by;

    public DateTime Date { get; } = date;

    public IReadOnlyList<FieldChange> Fields { get; } = [.. fields];

    public IReadOnlyList<Relation> Added { get; } = [.. relations?.Added ?? []];

    public IReadOnlyList<Relation> Removed { get; } = [.. relations?.Removed ?? []];

    public IReadOnlyList<Relation> Updated { get; } = [.. relations?.Updated ?? []];

    public bool IsRevision => Fields.Count > 0;
}
