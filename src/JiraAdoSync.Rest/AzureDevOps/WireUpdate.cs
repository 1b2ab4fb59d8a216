using System.Text.Json;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>One entry of a work item's history.</summary>
internal sealed record WireUpdate(
    int? Id,
    int Rev,
    WireIdentity? RevisedBy,
    DateTimeOffset? RevisedDate,
    Dictionary<string, WireFieldUpdate?>? Fields,
    WireRelationUpdates? Relations)
{
    /// <param name="workItemId">The work item whose history it is of.</param>
    /// <param name="userId">The account that reads it.</param>
    public WorkItemUpdate ToUpdate(int workItemId, string? userId) => new(
        Rev,
        (Fields ?? []).ToDictionary(
            field => field.Key,
            field => (FieldValues.Of(field.Value.Required(field.Key).OldValue), FieldValues.Of(field.Value!.NewValue)),
            StringComparer.OrdinalIgnoreCase))
    {
        IsOwn = RevisedBy?.Id == userId,
        By = RevisedBy?.ToAccount(),
        Linked = Fields is null or { Count: 0 } ? RevisedDate : null,
        Added = ToRelations(Relations?.Added, "added", workItemId),
        Changed = ToRelations(Relations?.Updated, "updated", workItemId),
        Removed = ToRelations(Relations?.Removed, "removed", workItemId),
    };

    private static List<Relation> ToRelations(List<WireRelation?>? relations, string name, int workItemId) =>
        (relations ?? []).Complete(name).ConvertAll(relation => relation.ToRelation(workItemId));
}

internal sealed record WireIdentity(
    string? Id,
    string? ProviderDisplayName,
    string? UniqueName = null,
    string? DisplayName = null,
    Dictionary<string, System.Text.Json.JsonElement>? Properties = null
)
{
    /// <summary>The unique name of an account that is connected, which has it among its properties.</summary>
    public string? Name => UniqueName ?? (
        Properties?.GetValueOrDefault("Account") is { ValueKind: System.Text.Json.JsonValueKind.Object } account
        && account.TryGetProperty("$value", out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String
            ? value.GetString()
            : null);

    public Account? ToAccount() => Id is null ? null : new Account(Id, UniqueName);
}

internal sealed record WireFieldUpdate(JsonElement OldValue, JsonElement NewValue);

internal sealed record WireRelationUpdates(
    List<WireRelation?>? Added, List<WireRelation?>? Removed, List<WireRelation?>? Updated);
