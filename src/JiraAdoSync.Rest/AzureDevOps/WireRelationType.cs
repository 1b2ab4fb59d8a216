using System.Text.Json.Serialization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>A relation type as the organisation lists it. Attributes that do not apply are absent.</summary>
internal sealed record WireRelationType(string? ReferenceName, string? Name, WireRelationTypeAttributes? Attributes)
{
    public RelationType ToRelationType() => new()
    {
        ReferenceName = ReferenceName.Required("referenceName"),
        Name = Name ?? ReferenceName!,
        OppositeReferenceName = Attributes?.OppositeEndReferenceName ?? ReferenceName!,
        IsDirectional = Attributes?.Directional ?? false,
        IsForward = Attributes?.IsForward ?? true,
        IsTree = string.Equals(Attributes?.Topology, "tree", StringComparison.OrdinalIgnoreCase),
        IsAcyclic = Attributes?.Acyclic ?? false,
        IsEnabled = Attributes?.Enabled ?? true,
        IsRemote = Attributes?.Remote ?? false,
        IsWorkItemLink = string.Equals(Attributes?.Usage, "workItemLink", StringComparison.OrdinalIgnoreCase),
    };
}

internal sealed record WireRelationTypeAttributes(
    string? Usage,
    string? Topology,
    bool? Enabled,
    bool? Directional,
    bool? Acyclic,
    [property: JsonPropertyName("isForward")] bool? IsForward,
    bool? Remote,
    string? OppositeEndReferenceName);
