using JiraAdoSync.Sandbox.AzureDevOps.Relations;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>
/// The fields of the organisation, in the order in which reads list them. Those of the system that rules speak of have
/// a name here; custom ones are added by request.
/// </summary>
internal sealed class FieldCatalog
{
    public static readonly FieldDefinition Id = Number("System.Id", "ID", item => item.Id, FieldShown.Expanded);
    public static readonly FieldDefinition Rev = Number("System.Rev", "Rev", item => item.Rev, FieldShown.Expanded);
    public static readonly FieldDefinition AreaPath = Field("System.AreaPath", "Area Path", FieldType.TreePath);
    public static readonly FieldDefinition TeamProject =
        Field("System.TeamProject", "Team Project", FieldType.String) with { Computed = item => item.Project.Name };
    public static readonly FieldDefinition IterationPath = Field(
        "System.IterationPath", "Iteration Path", FieldType.TreePath);
    public static readonly FieldDefinition WorkItemType =
        Field("System.WorkItemType", "Work Item Type", FieldType.String) with { Computed = item => item.Type.Name };
    public static readonly FieldDefinition State = Field("System.State", "State", FieldType.String);
    public static readonly FieldDefinition Reason = Field("System.Reason", "Reason", FieldType.String);
    public static readonly FieldDefinition AssignedTo = Field("System.AssignedTo", "Assigned To", FieldType.Identity);
    public static readonly FieldDefinition CreatedDate = Bypass(
        "System.CreatedDate", "Created Date", FieldType.DateTime);
    public static readonly FieldDefinition CreatedBy = Bypass("System.CreatedBy", "Created By", FieldType.Identity);
    public static readonly FieldDefinition ChangedDate = Bypass(
        "System.ChangedDate", "Changed Date", FieldType.DateTime);
    public static readonly FieldDefinition ChangedBy = Bypass("System.ChangedBy", "Changed By", FieldType.Identity);
    public static readonly FieldDefinition CommentCount =
        Number("System.CommentCount", "Comment Count", item => item.CommentCount, FieldShown.Always);
    public static readonly FieldDefinition Title =
        Field("System.Title", "Title", FieldType.String) with { MaxLength = 255 };
    public static readonly FieldDefinition StateChangeDate =
        Bypass("Microsoft.VSTS.Common.StateChangeDate", "State Change Date", FieldType.DateTime);
    public static readonly FieldDefinition Priority =
        Field("Microsoft.VSTS.Common.Priority", "Priority", FieldType.Integer)
            with { AllowedValues = ["1", "2", "3", "4"] };
    public static readonly FieldDefinition Severity = Field(
        "Microsoft.VSTS.Common.Severity", "Severity", FieldType.String) with
    {
        AllowedValues = ["1 - Critical", "2 - High", "3 - Medium", "4 - Low"],
    };

    public static readonly FieldDefinition ValueArea =
        Field("Microsoft.VSTS.Common.ValueArea", "Value Area", FieldType.String)
            with { AllowedValues = ["Architectural", "Business"] };
    public static readonly FieldDefinition ActivatedDate = Bypass(
        "Microsoft.VSTS.Common.ActivatedDate", "Activated Date", FieldType.DateTime);
    public static readonly FieldDefinition ActivatedBy = Bypass(
        "Microsoft.VSTS.Common.ActivatedBy", "Activated By", FieldType.Identity);
    public static readonly FieldDefinition ResolvedDate = Bypass(
        "Microsoft.VSTS.Common.ResolvedDate", "Resolved Date", FieldType.DateTime);
    public static readonly FieldDefinition ResolvedBy = Bypass(
        "Microsoft.VSTS.Common.ResolvedBy", "Resolved By", FieldType.Identity);
    public static readonly FieldDefinition ResolvedReason = Field(
        "Microsoft.VSTS.Common.ResolvedReason", "Resolved Reason", FieldType.String);
    public static readonly FieldDefinition ClosedDate = Bypass(
        "Microsoft.VSTS.Common.ClosedDate", "Closed Date", FieldType.DateTime);
    public static readonly FieldDefinition ClosedBy = Bypass(
        "Microsoft.VSTS.Common.ClosedBy", "Closed By", FieldType.Identity);
    public static readonly FieldDefinition Tags = Field("System.Tags", "Tags", FieldType.PlainText);
    public static readonly FieldDefinition History = Field("System.History", "History", FieldType.History);
    public static readonly FieldDefinition Parent = Number(
        "System.Parent", "Parent", item => item.Parent is { } parent ? parent.Id : null, FieldShown.Always);
    public static readonly FieldDefinition IsDeleted =
        Computed("System.IsDeleted", "Is Deleted", FieldType.Boolean, item => item.IsDeleted, FieldShown.OnRequest);
    public static readonly FieldDefinition RevisedDate = Computed(
        "System.RevisedDate", "Revised Date", FieldType.DateTime, _ => WorkItem.NeverRevised, FieldShown.Expanded);
    public static readonly FieldDefinition AuthorizedDate = Computed(
        "System.AuthorizedDate", "Authorized Date", FieldType.DateTime, item =>
            item.AuthorizedDate, FieldShown.Expanded);
    public static readonly FieldDefinition AuthorizedAs = Computed(
        "System.AuthorizedAs", "Authorized As", FieldType.Identity, item => item.AuthorizedAs, FieldShown.Expanded);
    public static readonly FieldDefinition Watermark = Number(
        "System.Watermark", "Watermark", item => item.Watermark, FieldShown.Expanded);

    private readonly Dictionary<string, FieldDefinition> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, FieldDefinition> _byTitle = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FieldDefinition> _all = [];

    public FieldCatalog()
    {
        foreach (var field in BuiltIn())
        {
            Add(field);
        }
    }

    public IReadOnlyList<FieldDefinition> All => _all;

    public void Add(FieldDefinition field)
    {
        _byName.Add(field.ReferenceName, field);
        _byTitle.TryAdd(field.Name, field);
        _all.Add(field);
    }

    /// <summary>By reference name, in any case.</summary>
    public FieldDefinition? ByReferenceName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// By reference name or by the name that people see, in any case, as queries and paths accept both.
    /// </summary>
    public FieldDefinition? Find(string name) => _byName.GetValueOrDefault(name) ?? _byTitle.GetValueOrDefault(name);

    private static IEnumerable<FieldDefinition> BuiltIn() =>
    [
        Id,
        Number("System.AreaId", "Area ID", item => item.Project.Areas.Find(item.AreaPath)?.Id, FieldShown.Expanded),
        AreaPath,
        TeamProject,
        Computed("System.NodeName", "Node Name", FieldType.String, item =>
            item.AreaPath.Split('\\')[^1], FieldShown.Expanded),
        .. Levels("Area", item => item.AreaPath),
        Rev,
        AuthorizedDate,
        RevisedDate,
        Number("System.IterationId", "Iteration ID", item =>
            item.Project.Iterations.Find(item.IterationPath)?.Id, FieldShown.Expanded),
        IterationPath,
        .. Levels("Iteration", item => item.IterationPath),
        WorkItemType,
        State,
        Reason,
        AssignedTo,
        CreatedDate,
        CreatedBy,
        ChangedDate,
        ChangedBy,
        AuthorizedAs,
        Number("System.PersonId", "Person ID", _ => 1001, FieldShown.Expanded),
        Watermark,
        IsDeleted,
        CommentCount,
        Title,
        Parent,
        StateChangeDate,
        ActivatedDate,
        ActivatedBy,
        ResolvedDate,
        ResolvedBy,
        ResolvedReason,
        ClosedDate,
        ClosedBy,
        Priority,
        Severity,
        ValueArea,
        .. Processes.Fields(),
        Field("System.Description", "Description", FieldType.Html),
        History,
        Tags,
        Number("System.AttachedFileCount", "Attached File Count", item => item.CountOf(RelationTypes.AttachedFile)),
        Number("System.ExternalLinkCount", "External Link Count", item => item.CountOf(RelationTypes.ArtifactLink)),
        Number("System.HyperLinkCount", "Hyperlink Count", item => item.CountOf(RelationTypes.Hyperlink)),
        Number("System.RelatedLinkCount", "Related Link Count", item => item.VisibleLinks.Count()),
        Number("System.RemoteLinkCount", "Remote Link Count", _ => 0),
    ];

    private static IEnumerable<FieldDefinition> Levels(string tree, Func<WorkItem, string> path)
    {
        for (var level = 1; level <= 7; level++)
        {
            var index = level - 1;
            yield return Computed($"System.{tree}Level{level}", $"{tree} Level {level}", FieldType.String,
                item => path(item).Split('\\').ElementAtOrDefault(index), FieldShown.Expanded);
        }
    }

    private static FieldDefinition Field(string referenceName, string name, FieldType type) =>
        new(referenceName, name, type) { MaxLength = type == FieldType.String ? 255 : null };

    private static FieldDefinition Bypass(string referenceName, string name, FieldType type) =>
        new(referenceName, name, type) { Writing = FieldWriting.Bypass };

    private static FieldDefinition Computed(
        string referenceName, string name, FieldType type, Func<WorkItem, object?> value, FieldShown shown) =>
        new(referenceName, name, type) { Writing = FieldWriting.Never, Computed = value, Shown = shown };

    private static FieldDefinition Number(
        string referenceName, string name, Func<WorkItem, int?> value, FieldShown shown = FieldShown.OnRequest) =>
        Computed(referenceName, name, FieldType.Integer, item => value(item), shown);
}
