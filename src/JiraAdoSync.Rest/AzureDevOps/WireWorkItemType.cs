using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>A work item type as the project lists it, with its workflow and its fields.</summary>
internal sealed record WireWorkItemType(
    string? Name,
    List<WireState?>? States,
    Dictionary<string, List<WireTransition?>?>? Transitions,
    List<WireField?>? FieldInstances,
    List<WireField?>? Fields)
{
    public WorkItemType ToWorkItemType() => new()
    {
        Name = Name.Required("name"),
        States = (States ?? []).Complete("states")
            .ConvertAll(state => new WorkItemState(state.Name.Required("name"), state.Category ?? string.Empty)),
        Transitions = (Transitions ?? []).ToDictionary(
            pair => pair.Key,
            pair => (IReadOnlyList<string>)(pair.Value ?? []).Complete("transitions")
                .ConvertAll(transition => transition.To.Required("to")),
            StringComparer.OrdinalIgnoreCase),
        Fields = (FieldInstances ?? Fields ?? []).Complete("fields")
            .DistinctBy(field => field.ReferenceName.Required("referenceName"), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(field => field.ReferenceName!, field =>
                field.Name ?? field.ReferenceName!, StringComparer.OrdinalIgnoreCase),
    };
}

internal sealed record WireState(string? Name, string? Category);

internal sealed record WireTransition(string? To);

/// <summary>A field, of a type or of the organisation; only the latter says what values it takes.</summary>
internal sealed record WireField(string? ReferenceName, string? Name, string? Type, bool? IsIdentity)
{
    public WorkItemField ToField() => new(ReferenceName.Required("referenceName"), Name ?? ReferenceName!, Kind());

    private FieldKind Kind() => Type?.ToUpperInvariant() switch
    {
        _ when ReferenceName!.Equals(WorkItemField.Tags.ReferenceName, StringComparison.OrdinalIgnoreCase) =>
            FieldKind.Tags,
        _ when IsIdentity is true => FieldKind.Person,
        "IDENTITY" => FieldKind.Person,
        "INTEGER" or "PICKLISTINTEGER" => FieldKind.Whole,
        "DOUBLE" or "PICKLISTDOUBLE" => FieldKind.Number,
        "BOOLEAN" => FieldKind.Flag,
        "DATETIME" => FieldKind.Date,
        "TREEPATH" => FieldKind.Path,
        "HTML" => FieldKind.Html,
        _ => FieldKind.Text,
    };
}

/// <summary>An area or an iteration with what is below it.</summary>
internal sealed record WireNode(
    string? Name, string? StructureType, WireNodeAttributes? Attributes, List<WireNode?>? Children)
{
    /// <summary>
    /// The paths as fields hold them, the project's name first and not the name of the tree, and whether somebody gave
    /// them dates.
    /// </summary>
    public IEnumerable<(string Path, bool IsDated)> Paths(string? above)
    {
        var path = above is null ? Name.Required("name") : $"{above}\\{Name}";
        return (Children ?? []).Complete("children").SelectMany(child => child.Paths(path))
            .Prepend((path, Attributes?.StartDate is not null));
    }
}

internal sealed record WireNodeAttributes(string? StartDate);
