using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.AzureDevOps.Relations;

/// <summary>
/// A work item link type: its two ends are relation types of their own, or one if it has no direction.
/// </summary>
internal sealed record LinkType(
    string BaseName, string ForwardName, string? ReverseName, string Topology, bool Editable = false,
    bool Remote = false)
{
    public bool IsDirectional => ReverseName is not null;

    /// <summary>A work item has one link at most at its reverse end: one parent, one original.</summary>
    public bool IsTree => Topology == "tree";

    public bool IsAcyclic => Topology != "network";
}

/// <summary>What <c>rel</c> of a relation names: one end of a link type, or a kind of resource link.</summary>
internal sealed class RelationType
{
    private RelationType(string referenceName, string name, LinkType? link, bool isForward) =>
        (ReferenceName, Name, Link, IsForward) = (referenceName, name, link, isForward);

    public string ReferenceName { get; }

    public string Name { get; }

    /// <summary>The link type of which this is an end; null for files, hyperlinks and artifacts.</summary>
    public LinkType? Link { get; }

    public bool IsForward { get; }

    /// <summary>The relation type that the other work item shows.</summary>
    public RelationType Opposite { get; private set; } = null!;

    public static IEnumerable<RelationType> EndsOf(LinkType link)
    {
        if (!link.IsDirectional)
        {
            var only = new RelationType(link.BaseName, link.ForwardName, link, isForward: true);
            only.Opposite = only;
            return [only];
        }

        var forward = new RelationType($"{link.BaseName}-Forward", link.ForwardName, link, isForward: true);
        var reverse = new RelationType($"{link.BaseName}-Reverse", link.ReverseName!, link, isForward: false);
        (forward.Opposite, reverse.Opposite) = (reverse, forward);
        return [forward, reverse];
    }

    public static RelationType Resource(string referenceName, string name) =>
        new(referenceName, name, link: null, isForward: false);

    public JsonObject ToJson(Uri organization, bool enabled)
    {
        var attributes = new JsonObject
        {
            ["usage"] = Link is null ? "resourceLink" : "workItemLink",
            ["editable"] = Link?.Editable ?? false,
            ["enabled"] = enabled,
        };
        if (Link is not null)
        {
            attributes["acyclic"] = Link.IsAcyclic;
            attributes["directional"] = Link.IsDirectional;
            // Recorded as it is: false where one target is the rule, true where it is not.
            attributes["singleTarget"] = !Link.IsTree;
            attributes["topology"] = Link.Topology;
            if (Link.IsDirectional)
            {
                attributes["isForward"] = IsForward;
                attributes["oppositeEndReferenceName"] = Opposite.ReferenceName;
            }

            attributes["remote"] = Link.Remote;
        }

        return new JsonObject
        {
            ["attributes"] = attributes,
            ["referenceName"] = ReferenceName,
            ["name"] = Name,
            ["url"] = $"{organization}/_apis/wit/workItemRelationTypes/{ReferenceName}",
        };
    }
}

/// <summary>The 21 relation types of an organisation, in the order in which the service lists them.</summary>
internal static class RelationTypes
{
    public static readonly RelationType AttachedFile = RelationType.Resource("AttachedFile", "Attached File");
    public static readonly RelationType Hyperlink = RelationType.Resource("Hyperlink", "Hyperlink");
    public static readonly RelationType ArtifactLink = RelationType.Resource("ArtifactLink", "Artifact Link");

    public static readonly LinkType Hierarchy = new("System.LinkTypes.Hierarchy", "Child", "Parent", "tree");

    public static IReadOnlyList<RelationType> All { get; } =
    [
        .. RelationType.EndsOf(
            new("Microsoft.VSTS.Common.Affects", "Affects", "Affected By", "dependency", Editable: true)),
        .. RelationType.EndsOf(new(
            "Microsoft.VSTS.TestCase.SharedParameterReferencedBy", "Referenced By", "References", "dependency",
            Editable: true)),
        .. RelationType.EndsOf(
            new("Microsoft.VSTS.Common.TestedBy", "Tested By", "Tests", "dependency", Editable: true)),
        .. RelationType.EndsOf(new(
            "Microsoft.VSTS.TestCase.SharedStepReferencedBy", "Test Case", "Shared Steps", "dependency",
            Editable: true)),
        .. RelationType.EndsOf(new(
            "System.LinkTypes.Remote.Dependency", "Produces For", "Consumes From", "dependency", Remote: true)),
        .. RelationType.EndsOf(new("System.LinkTypes.Duplicate", "Duplicate", "Duplicate Of", "tree")),
        .. RelationType.EndsOf(new("System.LinkTypes.Dependency", "Successor", "Predecessor", "dependency")),
        .. RelationType.EndsOf(Hierarchy),
        .. RelationType.EndsOf(new("System.LinkTypes.Related", "Related", null, "network")),
        .. RelationType.EndsOf(new("System.LinkTypes.Remote.Related", "Remote Related", null, "network", Remote: true)),
        AttachedFile,
        Hyperlink,
        ArtifactLink,
    ];

    /// <summary>A link type that a customer made; organisations have it where the switch says so.</summary>
    public static IReadOnlyList<RelationType> OfCustomer { get; } =
        [.. RelationType.EndsOf(
            new("Contoso.LinkTypes.Verification", "Verifies", "Verified By", "dependency", Editable: true))];

    /// <summary>The relation types that an organisation lists.</summary>
    public static IEnumerable<RelationType> Listed(SandboxSwitches switches) =>
        switches.HasCustomerLinkType ? All.Concat(OfCustomer) : All;

    /// <summary>The relation type of a name in any case, or null.</summary>
    public static RelationType? Find(string referenceName) =>
        All.Concat(OfCustomer)
            .FirstOrDefault(type => type.ReferenceName.Equals(referenceName, StringComparison.OrdinalIgnoreCase));

    /// <summary>One end of a link type.</summary>
    public static RelationType End(LinkType link, bool forward) =>
        All.Concat(OfCustomer).First(type => type.Link == link && type.IsForward == (forward || !link.IsDirectional));
}
