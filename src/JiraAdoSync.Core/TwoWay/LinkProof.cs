using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Looks in the histories of both sides whether somebody removed links that are on one side only.
/// </summary>
/// <param name="context">What the phases of a run share.</param>
/// <param name="types">The organisation's relation types.</param>
/// <param name="inverse">Which link a relation becomes.</param>
/// <param name="issueOf">The issues of work items.</param>
/// <param name="histories">The histories that the plan needs.</param>
internal sealed class LinkProof(
    TwoWayContext context,
    RelationTypes types,
    RelationInverse inverse,
    IReadOnlyDictionary<int, IssueReference> issueOf,
    PlanHistories histories)
{
    /// <summary>What the links of an issue are called in its history.</summary>
    private static readonly string[] LinkFields = ["issuelinks", "Link"];

    private readonly Dictionary<long, int> _itemOf = issueOf
        .GroupBy(one => one.Value.Id)
        .ToDictionary(group => group.Key, group => group.Min(one => one.Key));

    private ILookup<long, IssueFieldChange> _edits = Enumerable.Empty<IssueFieldChange>().ToLookup(edit => edit.IssueId);

    private IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>> _updates =
        new Dictionary<int, IReadOnlyList<WorkItemUpdate>>();

    /// <summary>
    /// The links of which the history of neither end shows that somebody deleted them: only the property of the issue says
    /// that they were ever there, and whoever edits the issue can write it. And those that somebody made anew since they
    /// went from the other side. They count as new.
    /// </summary>
    /// <param name="deleted">The links, and whether it is Azure DevOps that lacks them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlySet<LinkBase>> FindUnprovenAsync(
        IReadOnlyList<(LinkBase Link, bool IsMissingInAdo)> deleted, CancellationToken cancellationToken)
    {
        if (deleted.Count == 0)
        {
            return new HashSet<LinkBase>();
        }

        var ends = deleted.SelectMany(one => new[] { one.Link.Source, one.Link.Target }).ToHashSet();
        var ofAdo = histories.ReadAsync(ends.Select(end => _itemOf[end]), cancellationToken);
        var ofJira = context.Issues.ReadChangesAsync(ends, cancellationToken);
        await Task.WhenAll(ofAdo, ofJira).ConfigureAwait(false);
        _updates = await ofAdo.ConfigureAwait(false);
        _edits = (await ofJira.ConfigureAwait(false))
            .Where(IsOfLinks)
            .ToLookup(edit => edit.IssueId);
        return deleted.Where(one => !IsBorneOut(one.Link, one.IsMissingInAdo)).Select(one => one.Link).ToHashSet();
    }

    /// <summary>
    /// The links of Jira, by id, whose relations people removed: without a base nothing else distinguishes a link that is
    /// new from one that was deleted. The mark of the relation names the link, unless a run removed that and an undo gave
    /// it back as a new one.
    /// </summary>
    /// <param name="missing">The links that have no relation and are in no base.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlySet<long>> FindRemovedAsync(
        IReadOnlyList<DesiredRelation> missing, CancellationToken cancellationToken)
    {
        if (missing.Count == 0 || !context.Policy.Direction.IncludesJira())
        {
            return new HashSet<long>();
        }

        var ends = missing.SelectMany(one => new[] { one.Source.Id, one.Target.Id });
        var read = await histories
            .ReadAsync(ends.Select(end => _itemOf[end]), cancellationToken).ConfigureAwait(false);
        var removed = read.Values
            .SelectMany(history => history)
            .Where(update => !update.IsOurs)
            .SelectMany(update => update.Removed)
            .Select(relation => RelationMark.Of(relation, context.Sync.Site)?.LinkId)
            .OfType<long>()
            .ToHashSet();
        var open = missing
            .Where(one => !removed.Contains(one.Link.LinkId!.Value) && IsLastRemovedByPeople(one, read))
            .ToList();
        removed.UnionWith(await FindOwnAsync(open, cancellationToken).ConfigureAwait(false));
        return removed;
    }

    /// <summary>Whether the last that happened to the relation of a link is that a person removed it.</summary>
    private bool IsLastRemovedByPeople(
        DesiredRelation missing, IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>> read)
    {
        var (source, target) = (_itemOf[missing.Source.Id], _itemOf[missing.Target.Id]);
        return read[source].LastOrDefault(update => update.Added.Concat(update.Removed).Any(Is)) is { IsOurs: false } last
            && last.Removed.Any(Is) && !last.Added.Any(Is);

        bool Is(Relation relation) => relation.TargetWorkItemId == target
            && (relation.ReferenceName == missing.Relation!.ReferenceName
                || RelationMark.Of(relation, context.Sync.Site)?.LinkId is not null);
    }

    /// <summary>Those links, by id, that our account made last, by the histories of their sources.</summary>
    private async Task<IEnumerable<long>> FindOwnAsync(
        List<DesiredRelation> links, CancellationToken cancellationToken)
    {
        if (links.Count == 0)
        {
            return [];
        }

        var edits = await context.Issues
            .ReadChangesAsync(links.Select(one => one.Source.Id).ToHashSet(), cancellationToken).ConfigureAwait(false);
        return links
            .Where(one => edits.LastOrDefault(edit => edit.IssueId == one.Source.Id && edit.To == one.Target.Key
                && IsOfLinks(edit) && Says(edit, one.Link.Type.Outward))?.Author?.AccountId == context.Issues.Account.AccountId)
            .Select(one => one.Link.LinkId!.Value);
    }

    /// <summary>
    /// Whether what is on one side came there before it went on the other: else somebody made it anew, and no run did.
    /// </summary>
    private bool IsBorneOut(LinkBase link, bool isMissingInAdo)
    {
        var (jira, ado) = (InJira(link), InAdo(link));
        return isMissingInAdo
            ? ado.Removed is not null && !(jira.Added > ado.Removed)
            : jira.Removed is not null && !(ado.Added > jira.Removed);
    }

    /// <summary>When people last made a link in Jira, and when it was last removed there.</summary>
    private (DateTimeOffset? Added, DateTimeOffset? Removed) InJira(LinkBase link)
    {
        var type = inverse.TypeOf(link.Type);
        var seen = EditsOf(link.Source, link.Target, type?.Outward)
            .Concat(EditsOf(link.Target, link.Source, type?.Inward))
            .ToLookup(edit => edit.To is not null, edit => (DateTimeOffset?)edit.When);
        return (seen[true].Max(), seen[false].Max());
    }

    private IEnumerable<IssueFieldChange> EditsOf(long issue, long other, string? phrase) => _edits[issue]
        .Where(edit => (edit.To ?? edit.From) == issueOf[_itemOf[other]].Key
            && Says(edit, phrase)
            && (edit.To is null || edit.Author?.AccountId is not { } author
                || author != context.Issues.Account.AccountId));

    private static bool IsOfLinks(IssueFieldChange edit) =>
        LinkFields.Contains(edit.Field, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an edit is of a link with a phrase, as far as it says so.</summary>
    private static bool Says(IssueFieldChange edit, string? phrase) =>
        (edit.ToText ?? edit.FromText) is not { } text || phrase is null
        || text.Contains(phrase, StringComparison.OrdinalIgnoreCase);

    /// <summary>When people last made a relation, and when it was last removed.</summary>
    private (DateTimeOffset? Added, DateTimeOffset? Removed) InAdo(LinkBase link)
    {
        var (added, removed) = (new List<DateTimeOffset>(), new List<DateTimeOffset>());
        foreach (var (one, other) in new[] { (link.Source, link.Target), (link.Target, link.Source) })
        {
            foreach (var update in _updates[_itemOf[one]])
            {
                var time = PairHistory.TimeOf(update) ?? DateTimeOffset.MinValue;
                added.AddRange(update.Added.Where(relation => !update.IsOurs && Is(relation, other)).Select(_ => time));
                removed.AddRange(update.Removed.Where(relation => Is(relation, other)).Select(_ => time));
            }
        }

        return (Last(added), Last(removed));

        bool Is(Relation relation, long other) => relation.TargetWorkItemId == _itemOf[other]
            && types.TryFind(relation.ReferenceName, out var type)
            && (type.ReferenceName == link.Relation || type.OppositeReferenceName == link.Relation);
    }

    private static DateTimeOffset? Last(List<DateTimeOffset> times) => times.Count == 0 ? null : times.Max();
}
