using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Links;

namespace JiraAdoSync.TwoWay.Stages;

/// <summary>
/// What one relation is to become in Jira: a link of <see cref="Type"/>, whose <see cref="Source"/> says the outward
/// phrase. Where it becomes none, it says why: nothing is dropped.
/// </summary>
public sealed record DesiredIssueLink
{
    /// <summary>The work item that has the relation.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The relation on it.</summary>
    public required RelationType Relation { get; init; }

    /// <summary>The work item at the other end.</summary>
    public required int TargetWorkItemId { get; init; }

    /// <summary>The issue that says the outward phrase; null where the link is left out.</summary>
    public IssueReference? Source { get; init; }

    /// <summary>The link's type; null where the link is left out.</summary>
    public LinkType? Type { get; init; }

    /// <summary>The other issue; null where the link is left out.</summary>
    public IssueReference? Target { get; init; }

    /// <summary>The wording from source to target.</summary>
    public string? Phrase => Type?.Outward;

    /// <summary>
    /// Why there is no link: <c>FromJira</c> (it is a link of Jira's in other words), <c>NoIssue</c> (an end has no
    /// issue), or <c>Parent</c> (hierarchy is the issues' own parent).
    /// </summary>
    public string? LeftOut { get; init; }

    /// <summary>Whether the issue of the work item that has the relation is the link's target.</summary>
    internal bool IsTurned { get; init; }

    /// <summary>The links that say the same as the relation, seen from the work item that has it.</summary>
    internal IReadOnlyList<IssueLinkKind> Equivalents { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() =>
        LeftOut is null ? $"{Source} {Phrase} {Target}" : $"{WorkItemId} {Relation.Name} {TargetWorkItemId}: {LeftOut}";
}

/// <summary>Turns relations into the links that they are to become, each once although both its ends show it.</summary>
/// <param name="reader">Reads which issues work items belong to.</param>
/// <param name="site">The issues' site.</param>
/// <param name="types">The organisation's relation types.</param>
/// <param name="linkTypes">The site's link types.</param>
/// <param name="inverse">Which link a relation becomes.</param>
public sealed class RelationConverter(
    WorkItemReader reader,
    JiraSite site,
    RelationTypes types,
    IReadOnlyList<LinkType> linkTypes,
    RelationInverse inverse)
{

    /// <summary>Converts.</summary>
    /// <param name="relations">The relations as work items have them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>RelationTypeUnmapped</c>: no link type becomes some of them.</exception>
    public async Task<IReadOnlyList<DesiredIssueLink>> ConvertAsync(
        IReadOnlyCollection<Relation> relations, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(relations);
        var wanted = relations
            .Where(relation =>
                relation.TargetWorkItemId is not null
                && types.TryFind(relation.ReferenceName, out var type)
                && type.IsUsable)
            .ToList();
        var ids = wanted
            .SelectMany(relation => (int[])[relation.WorkItemId, relation.TargetWorkItemId!.Value])
            .ToHashSet();
        var items = (await reader.ReadMarkedAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(one =>
            one.Item.Id);
        var desired = new List<DesiredIssueLink>();
        var seen = new HashSet<(string, int, int)>();
        var unmapped = new Dictionary<RelationType, int>();
        foreach (var relation in wanted)
        {
            var (type, source, target) = (
                types[relation.ReferenceName],
                relation.WorkItemId,
                relation.TargetWorkItemId!.Value);
            if (!seen.Add(Canonical(type, source, target)))
            {
                continue;
            }

            var link = new DesiredIssueLink { WorkItemId = source, Relation = type, TargetWorkItemId = target };
            if (type.ReferenceName is RelationTypes.HierarchyReverse or RelationTypes.HierarchyForward)
            {
                desired.Add(link with { LeftOut = Reasons.Parent });
            }
            else if (IsOfJira(type, source, target))
            {
                desired.Add(link with { LeftOut = Reasons.FromJira });
            }
            else if (Issue(source) is not { } from || Issue(target) is not { } to)
            {
                desired.Add(link with { LeftOut = Reasons.NoIssue });
            }
            else if (inverse.KindOf(type) is not { } kind)
            {
                unmapped[type] = unmapped.GetValueOrDefault(type) + 1;
            }
            else
            {
                desired.Add(link with
                {
                    Type = kind.Type,
                    Source = kind.IsInward ? to : from,
                    Target = kind.IsInward ? from : to,
                    IsTurned = kind.IsInward,
                    Equivalents = EquivalentsOf(type, from, to),
                });
            }
        }

        return inverse.RefusalOf(unmapped, "Mapping") is { } refusal ? throw refusal : desired;

        IssueReference? Issue(int id) => items.TryGetValue(id, out var one) ? one.Issue : null;

        // Whether a comment shows at both ends is not documented: either end's mark counts.
        bool IsOfJira(RelationType type, int source, int target) =>
            HasMark(source, type.ReferenceName, target) || HasMark(target, type.OppositeReferenceName, source);

        bool HasMark(int id, string name, int other) => items.TryGetValue(id, out var one)
            && one.Item.Relations.Any(relation => relation.TargetWorkItemId == other
                && relation.ReferenceName.Equals(name, StringComparison.OrdinalIgnoreCase)
                && RelationMark.Of(relation, site) is not null);
    }

    private List<IssueLinkKind> EquivalentsOf(RelationType type, IssueReference from, IssueReference to) => linkTypes
        .SelectMany(linkType => (IssueLinkKind[])[new(linkType, false), new(linkType, true)])
        .Where(kind => inverse.Corresponds(
            new IssueLink
            {
                LinkId = 1,
                Type = kind.Type,
                Source = kind.IsInward ? to : from,
                Target = kind.IsInward ? from : to,
                ReadFrom = from.Id,
            },
            kind.IsInward ? types.Opposite(type) : type))
        .ToList();

    private static (string, int, int) Canonical(RelationType type, int source, int target) =>
        type.IsDirectional
            ? type.IsForward ? (type.ReferenceName, source, target) : (type.OppositeReferenceName, target, source)
            : (type.ReferenceName, Math.Min(source, target), Math.Max(source, target));
}
