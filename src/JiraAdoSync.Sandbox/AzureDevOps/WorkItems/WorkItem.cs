using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.Types;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>
/// A work item as it is now, with the list of its updates, from which earlier revisions are worked out. Fields hold CLR
/// values: string, int, double, bool, DateTime (UTC) and <see cref="Person"/>.
/// </summary>
internal sealed class WorkItem(Project project, WorkItemType type)
{
    /// <summary>What the service gives as the end of a revision that is still the last one.</summary>
    public static readonly DateTime NeverRevised = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>How error texts call an item that is being created.</summary>
    public const int Unsaved = -1;

    public int Id { get; set; } = Unsaved;

    public int Rev { get; set; }

    public int Watermark { get; set; }

    public Project Project { get; set; } = project;

    public WorkItemType Type { get; set; } = type;

    public Dictionary<FieldDefinition, object> Fields { get; } = [];

    public List<WorkItemLink> Links { get; } = [];

    public List<ResourceLink> Resources { get; } = [];

    public List<WorkItemUpdate> Updates { get; } = [];

    public List<WorkItemComment> Comments { get; } = [];

    public int CommentCount => Comments.Count(comment => !comment.IsDeleted);

    public DateTime AuthorizedDate { get; set; }

    public Person? AuthorizedAs { get; set; }

    public bool IsDeleted { get; set; }

    public DateTime DeletedDate { get; set; }

    /// <summary>Who moved it to the recycle bin, as the service writes it there.</summary>
    public string? DeletedBy { get; set; }

    public string AreaPath => Text(FieldCatalog.AreaPath);

    public string IterationPath => Text(FieldCatalog.IterationPath);

    public string State => Text(FieldCatalog.State);

    public string Title => Text(FieldCatalog.Title);

    public DateTime ChangedDate => (DateTime)Fields[FieldCatalog.ChangedDate];

    public IEnumerable<string> Tags => TagList.Split(Text(FieldCatalog.Tags));

    /// <summary>
    /// Links whose other end can be seen: those to deleted items are kept for their return, and not shown.
    /// </summary>
    public IEnumerable<WorkItemLink> VisibleLinks =>
        Links.Where(link => !link.Other(this).IsDeleted || Project.Organization.Switches.LinksOfDeletedItemsStay);

    public WorkItem? Parent => VisibleLinks
        .FirstOrDefault(link => link.Type == RelationTypes.Hierarchy && link.Target == this)?.Source;

    /// <summary>
    /// The relations in the order in which reads list them and patches count them. That is not the order of insertion,
    /// but the same as long as the set is the same.
    /// </summary>
    public List<Relation> Relations(bool listRead = false)
    {
        var organization = Project.Organization;
        var relations = VisibleLinks
            .Where(link => organization.Switches.LinksToUnreadableItemsShow
                || organization.Sender.CanRead(link.Other(this)))
            .Select(link => Relation.Of(this, link))
            .Concat(Resources.Select(Relation.Of)).ToList();
        var salt = listRead && organization.Switches.ListReadsOrderRelationsDifferently ? 0x9E3779B9u : 0u;
        relations.Sort((left, right) => left.OrderOn(Id, salt).CompareTo(right.OrderOn(Id, salt)));
        return relations;
    }

    public int CountOf(RelationType type) => Resources.Count(resource => resource.Type == type);

    private string Text(FieldDefinition field) => Fields.GetValueOrDefault(field) as string ?? "";
}

/// <summary>The text of System.Tags: names between semicolons.</summary>
internal static class TagList
{
    public static IEnumerable<string> Split(string text) =>
        text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    public static string Join(IEnumerable<string> tags) =>
        string.Join("; ", tags.Order(StringComparer.OrdinalIgnoreCase));
}
