using System.Text.Json;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>A work item as Azure DevOps returns it. One without relations has no such property.</summary>
internal sealed partial record WireWorkItem(
    int Id,
    int Rev,
    Dictionary<string, JsonElement>? Fields,
    List<WireRelation?>? Relations)
{
    public WorkItem ToWorkItem() => new()
    {
        Id = Id.Id("id"),
        Rev = Rev.Id("rev"),
        Type = Text("System.WorkItemType"),
        Title = Text("System.Title"),
        Project = Text("System.TeamProject"),
        Fields = (Fields ?? []).ToDictionary(field => field.Key, field => Value(field.Value), StringComparer.OrdinalIgnoreCase),
        Relations = (Relations ?? []).Complete("relations").ConvertAll(relation => relation.ToRelation(Id)),
    };

    private string Text(string field) =>
        Fields is not null && Fields.TryGetValue(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : string.Empty;

    /// <summary>
    /// A date comes as text in the one form that the service writes; a person comes as an object, or as text where the
    /// identity is unknown.
    /// </summary>
    public static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when Date().IsMatch(value.GetString()!) && value.TryGetDateTimeOffset(out var date) => date,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Object when value.TryGetProperty("uniqueName", out var name) => name.GetString(),
        JsonValueKind.Object when value.TryGetProperty("displayName", out var name) => name.GetString(),
        _ => null,
    };

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$")]
    private static partial Regex Date();
}

/// <summary>A relation as it stands in a work item's list. It has no id: its place in the list is its name.</summary>
internal sealed partial record WireRelation(string? Rel, string? Url, WireRelationAttributes? Attributes)
{
    /// <summary>
    /// The relation. Addresses of work items come with the project's GUID, its name or neither, so only the id at their
    /// end is compared.
    /// </summary>
    public Relation ToRelation(int workItemId)
    {
        var target = WorkItemAddress().Match(Url ?? string.Empty);
        return new Relation
        {
            WorkItemId = workItemId,
            ReferenceName = Rel.Required("rel"),
            Name = Attributes?.Name,
            TargetWorkItemId = target.Success && Rel is not ("Hyperlink" or "AttachedFile" or "ArtifactLink")
                && int.TryParse(target.Groups["id"].ValueSpan, out var id) ? id : null,
            Url = Url ?? string.Empty,
            Comment = Attributes?.Comment,
            IsLocked = Attributes?.IsLocked ?? false,
        };
    }

    [GeneratedRegex(@"/_apis/wit/workitems/(?<id>[0-9]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex WorkItemAddress();
}

internal sealed record WireRelationAttributes(string? Name, string? Comment, bool? IsLocked);
