using System.Text.Json;
using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>One entry of a work item's history.</summary>
internal sealed record WireUpdate(
    int Rev,
    WireIdentity? RevisedBy,
    Dictionary<string, WireFieldUpdate?>? Fields,
    WireRelationUpdates? Relations)
{
    public WorkItemUpdate ToUpdate(int workItemId) => new(
        Rev,
        (Fields ?? []).ToDictionary(
            field => field.Key,
            field => (FieldValues.Of(field.Value.Required(field.Key).OldValue), FieldValues.Of(field.Value!.NewValue)),
            StringComparer.OrdinalIgnoreCase),
        (Relations?.Added ?? []).Complete("added")
            .Concat((Relations?.Updated ?? []).Complete("updated"))
            .Select(relation => relation.ToRelation(workItemId))
            .ToList());
}

internal sealed record WireIdentity(string? Id, string? ProviderDisplayName);

internal sealed record WireFieldUpdate(JsonElement OldValue, JsonElement NewValue);

internal sealed record WireRelationUpdates(List<WireRelation?>? Added, List<WireRelation?>? Removed, List<WireRelation?>? Updated);
