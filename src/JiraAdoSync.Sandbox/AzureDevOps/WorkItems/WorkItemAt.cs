using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.Types;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>
/// A work item as it was at a time or at a revision, worked out from its updates. What is computed and was not
/// recorded, such as the parts of a path, is as it is now.
/// </summary>
internal sealed class WorkItemAt
{
    private readonly WorkItem _item;
    private readonly Dictionary<FieldDefinition, object?> _fields = [];
    private readonly List<Relation> _relations = [];
    private readonly Person? _authorizedAs;

    public WorkItemAt(WorkItem item, DateTime date)
        : this(item, item.Updates.Where(update => update.Date <= date))
    {
    }

    public WorkItemAt(WorkItem item, int rev)
        : this(item, item.Updates.Where(update => update.Rev <= rev))
    {
    }

    private WorkItemAt(WorkItem item, IEnumerable<WorkItemUpdate> updates)
    {
        _item = item;
        foreach (var update in updates)
        {
            Rev = update.Rev;
            if (update.IsRevision)
            {
                _authorizedAs = update.By;
                // A text of the discussion belongs to its own revision only.
                _fields.Remove(FieldCatalog.History);
            }

            foreach (var change in update.Fields)
            {
                _fields[change.Field] = change.New;
            }

            foreach (var removed in update.Removed.Concat(update.Updated))
            {
                _relations.RemoveAll(removed.IsSameAs);
            }

            _relations.AddRange(update.Added.Concat(update.Updated));
        }

        _relations.Sort((left, right) => left.OrderOn(item.Id, 0).CompareTo(right.OrderOn(item.Id, 0)));
    }

    /// <summary>0 where the item was not there yet.</summary>
    public int Rev { get; }

    public bool Exists => Rev > 0;

    public IReadOnlyList<Relation> Relations => _relations;

    public IReadOnlyDictionary<FieldDefinition, object?> Fields => _fields;

    public object? ValueOf(FieldDefinition field) =>
        _fields.TryGetValue(field, out var value) ? value : field == FieldCatalog.Parent ? Parent
        : field == FieldCatalog.AuthorizedAs ? _authorizedAs
        : field.Computed is null ? null : field.ValueOf(_item);

    private object? Parent => _relations
        .Find(relation => relation.Type.Link == RelationTypes.Hierarchy && !relation.Type.IsForward)?.Target?.Id;
}
