using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Tests;

/// <summary>The relation types that every organisation has, as far as the planner is concerned.</summary>
internal static class StandardRelationTypes
{
    public static RelationTypes All { get; } = new(
    [
        .. Pair("System.LinkTypes.Hierarchy", "Child", "Parent", isTree: true),
        .. Pair("System.LinkTypes.Duplicate", "Duplicate", "Duplicate Of", isTree: true),
        .. Pair("System.LinkTypes.Dependency", "Successor", "Predecessor", isTree: false),
        .. Pair("System.LinkTypes.Remote.Dependency", "Produces For", "Consumes From", isTree: false)
            .Select(type => type with { IsRemote = true }),
        .. Pair("Contoso.Disabled", "Before", "After", isTree: false).Select(type => type with { IsEnabled = false }),
        Undirected("System.LinkTypes.Related", "Related"),
        Undirected("Hyperlink", "Hyperlink") with { IsWorkItemLink = false },
    ]);

    public static RelationType Successor => All["System.LinkTypes.Dependency-Forward"];

    public static RelationType Predecessor => All["System.LinkTypes.Dependency-Reverse"];

    public static RelationType DuplicateOf => All["System.LinkTypes.Duplicate-Reverse"];

    public static RelationType Child => All["System.LinkTypes.Hierarchy-Forward"];

    public static RelationType Parent => All.Parent;

    public static RelationType Related => All.Related;

    /// <summary>Both ends of a directional type.</summary>
    public static IEnumerable<RelationType> Pair(string name, string forward, string reverse, bool isTree)
    {
        var type = new RelationType
        {
            ReferenceName = $"{name}-Forward",
            OppositeReferenceName = $"{name}-Reverse",
            Name = forward,
            IsDirectional = true,
            IsForward = true,
            IsTree = isTree,
            IsAcyclic = true,
        };
        return
        [
            type,
            type with
            {
                ReferenceName = $"{name}-Reverse",
                OppositeReferenceName = $"{name}-Forward",
                Name = reverse,
                IsForward = false,
            },
        ];
    }

    private static RelationType Undirected(string referenceName, string name) => new()
    {
        ReferenceName = referenceName,
        OppositeReferenceName = referenceName,
        Name = name,
        IsDirectional = false,
        IsForward = true,
        IsTree = false,
        IsAcyclic = false,
    };
}
