using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Links;

/// <summary>
/// Decides which relations that people made become links in Jira, and what becomes of links that one side deleted.
/// <list type="number">
/// <item>A relation that carries our mark is Jira's own link in other words, degraded or not, and is never written
/// back.</item>
/// <item>A relation between two items with issues becomes a link, unless some link between the two corresponds to
/// it.</item>
/// <item>A link that was on both sides when they were last in step and is missing on one was deleted there: with
/// <c>-Prune</c> it is removed on the other side, and without it stays as it is. It is never made again.</item>
/// <item>A link that is in no base is new. Parents are no links: they are fields of the child.</item>
/// <item>A relation that Azure DevOps has for want of the one that a link should become, whoever made it, is that link's:
/// whoever removes it removes the link, and while the link is there nobody removed the relation.</item>
/// </list>
/// <code>
/// base            Jira            Azure DevOps
/// -               -               12 Successor 13       SHOP-1 blocks SHOP-2 is added
/// -               A relates to B  A Related B           nothing: they correspond
/// A blocks B      -               A Successor B         deleted in Jira: the relation is removed with -Prune
/// A blocks B      A blocks B      -                     deleted in Azure DevOps: the link is removed with -Prune
/// </code>
/// </summary>
internal static class LinkPlanner
{
    /// <summary>Makes the plan; the same input in any order gives the same plan.</summary>
    /// <param name="input">All that it is made from.</param>
    public static LinkPlan Plan(LinkPlanInput input)
    {
        var relations = Relations(input);
        var issueOf = input.IssueOf;
        var byPair = relations.ToLookup(one => (one.Source, one.Target));
        var workItemOf = issueOf.GroupBy(one => one.Value.Id)
            .ToDictionary(group => group.Key, group => group.Min(one => one.Key));
        var inStep = new Dictionary<long, List<LinkBase>>();
        var removals = new List<IssueLink>();
        var desired = new List<DesiredRelation>();
        var notes = new List<LinkNote>();
        var missing = new List<DesiredRelation>();
        var deleted = new List<(LinkBase Link, bool IsMissingInAdo)>();
        var agreed = new List<LinkBase>();
        var shared = new HashSet<SeenRelation>();
        var inJira = input.Desired.Select(one => one.Link.LinkId).OfType<long>().ToHashSet();
        var read = input.Items.Select(item => item.Id).ToHashSet();
        foreach (var one in input.Desired)
        {
            if (one.Link.IsParent || one.Relation is null)
            {
                desired.Add(one);
                continue;
            }

            var known = input.Base.GetValueOrDefault(one.Source.Id, [])
                .FirstOrDefault(link => link.Type == one.Link.Type.Id && link.Target == one.Target.Id);
            var match = workItemOf.TryGetValue(one.Source.Id, out var source)
                && workItemOf.TryGetValue(one.Target.Id, out var target)
                    ? Between(source, target).FirstOrDefault(relation => Is(relation, one, known, source))
                    : default;
            if (match is not null)
            {
                var link = new LinkBase(
                    one.Link.Type.Id, one.Source.Id, one.Target.Id, match.TypeOn(source),
                    match.IsOurs ? Origin.Jira : known?.Origin ?? Origin.AzureDevOps);
                Add(one.Source.Id, link);
                shared.Add(match);
                desired.Add(one);
                // The mark of a relation that a run made names its link, unless that was removed and made anew.
                if (input.ToJira && link != known && !(match.Mark?.LinkId is { } id && inJira.Contains(id)))
                {
                    agreed.Add(link);
                }
            }
            else if (
                (known is not null || (one.Link.LinkId is { } linkId && input.RemovedInAdo.Contains(linkId)))
                && workItemOf.TryGetValue(one.Source.Id, out source)
                && workItemOf.TryGetValue(one.Target.Id, out target)
                && read.Contains(source)
                && read.Contains(target))
            {
                deleted.AddRange(known is null ? [] : [(known, true)]);
                if (input.Prune && input.ToJira)
                {
                    removals.Add(one.Link);
                }
                else
                {
                    Carry(known);
                    notes.Add(new LinkNote(one.Source, one.Phrase, one.Target, Reasons.LinkMissing,
                        "Somebody removed the relation in Azure DevOps; -Prune removes the link in Jira, too."));
                }
            }
            else
            {
                Carry(known);
                desired.Add(one);
                if (known is null && one.Link.LinkId is not null)
                {
                    missing.Add(one);
                }
            }
        }

        var additions = new List<PlannedLink>();
        var adoRemovals = new List<RelationChange>();
        var unmapped = new Dictionary<RelationType, int>();
        // Where the run removes, the planner of relations removes ours whose links nobody sees any more.
        foreach (var relation in relations.Where(one => !one.IsOurs || !input.Prune))
        {
            Decide(relation);
        }

        return new LinkPlan
        {
            Additions = additions,
            Removals = removals,
            Desired = desired,
            AdoRemovals = adoRemovals,
            InStep = inStep.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<LinkBase>)pair.Value),
            Agreed = agreed,
            Notes = notes,
            Missing = missing
                .Where(one =>
                    workItemOf.TryGetValue(one.Source.Id, out var source)
                    && read.Contains(source)
                    && workItemOf.TryGetValue(one.Target.Id, out var target)
                    && read.Contains(target))
                .ToList(),
            Deleted = deleted,
            Unmapped = unmapped,
        };

        IEnumerable<SeenRelation> Between(int one, int other) => byPair[(one, other)].Concat(byPair[(other, one)]);

        void Carry(LinkBase? known)
        {
            if (known is not null)
            {
                Add(known.Source, known);
            }
        }

        void Add(long issue, LinkBase link)
        {
            if (!inStep.TryGetValue(issue, out var links))
            {
                inStep.Add(issue, links = []);
            }

            links.Add(link);
        }

        void Decide(SeenRelation relation)
        {
            var (source, target) = (IssueAt(relation.Source), IssueAt(relation.Target));
            var isNew = input.ToCreate.Contains(relation.Source) || input.ToCreate.Contains(relation.Target);
            if (!isNew && (source is null || target is null
                || !(input.Issues.ContainsKey(source.Id) || input.Issues.ContainsKey(target.Id))))
            {
                return;
            }

            if (isNew && !(HasIssue(relation.Source) && HasIssue(relation.Target)))
            {
                return;
            }

            if (
                !isNew
                && LinksBetween(source!.Id, target!.Id)
                    .Any(link => Corresponds(input.Inverse, input.Types, link, source.Id, relation.Type)))
            {
                return;
            }

            var known = isNew ? null : KnownOf(source!.Id, target!.Id, relation);
            if (relation.Mark is { } mark)
            {
                if (!isNew && IsLeft(mark, source!.Id, target!.Id))
                {
                    Carry(known);
                    notes.Add(RemovedInJira(relation, source, target));
                }

                return;
            }

            if (shared.Contains(relation))
            {
                return;
            }

            if (known is not null)
            {
                deleted.Add((known, false));
                if (input.Prune)
                {
                    adoRemovals.Add(Removal(relation, source!, target!));
                }
                else
                {
                    Carry(known);
                    notes.Add(RemovedInJira(relation, source!, target!));
                }

                return;
            }

            if (!input.ToJira)
            {
                return;
            }

            if (input.Inverse.KindOf(relation.Type) is not { } kind)
            {
                unmapped[relation.Type] = unmapped.GetValueOrDefault(relation.Type) + 1;
                return;
            }

            additions.Add(
                kind.IsInward
                    ? new PlannedLink(
                        kind.Type,
                        relation.Target,
                        relation.Source,
                        input.Types.Opposite(relation.Type).ReferenceName)
                    : new PlannedLink(kind.Type, relation.Source, relation.Target, relation.Type.ReferenceName));
        }

        LinkBase? KnownOf(long source, long target, SeenRelation relation) =>
            input.Base.GetValueOrDefault(source, []).FirstOrDefault(link =>
                link.Target == target && link.Relation == relation.Type.ReferenceName)
            ?? input.Base.GetValueOrDefault(target, []).FirstOrDefault(link =>
                link.Target == source && link.Relation == relation.Type.OppositeReferenceName);

        // Jira hides links to issues that the account can't see: one end alone proves nothing.
        bool IsLeft(RelationMark mark, long one, long other) => mark.LinkId is { } id
            && input.Issues.ContainsKey(one) && input.Issues.ContainsKey(other)
            && LinksBetween(one, other).All(link => link.LinkId != id);

        IssueReference? IssueAt(int workItem) => issueOf.GetValueOrDefault(workItem);

        bool HasIssue(int workItem) => issueOf.ContainsKey(workItem) || input.ToCreate.Contains(workItem);

        IEnumerable<IssueLink> LinksBetween(long one, long other) => LinksOf(one).Concat(LinksOf(other))
            .Where(link => (link.Source.Id == one && link.Target.Id == other)
                || (link.Source.Id == other && link.Target.Id == one));

        IEnumerable<IssueLink> LinksOf(long issue) => input.Issues.GetValueOrDefault(issue)?.Links ?? [];
    }

    /// <summary>
    /// Whether a relation between two items is what a link became, degraded or not. One that somebody turned round is not.
    /// </summary>
    private static bool Is(SeenRelation relation, DesiredRelation desired, LinkBase? known, int source) =>
        (relation.Mark is { } mark && mark.LinkId == desired.Link.LinkId)
        || relation.TypeOn(source) == desired.Relation!.ReferenceName
        || relation.TypeOn(source) == known?.Relation;

    private static bool Corresponds(
        RelationInverse inverse, RelationTypes types, IssueLink link, long source, RelationType relation) =>
        inverse.Corresponds(link, link.Source.Id == source ? relation : types.Opposite(relation));

    /// <summary>Every relation between two work items once, in its forward direction, parents left out.</summary>
    private static List<SeenRelation> Relations(LinkPlanInput input)
    {
        var seen = new Dictionary<(int, int, string), SeenRelation>();
        foreach (var relation in input.Items.OrderBy(item => item.Id).SelectMany(item => item.Relations))
        {
            if (
                relation.TargetWorkItemId is not { } target
                || !input.Types.TryFind(relation.ReferenceName, out var type)
                || !type.IsUsable
                || type == input.Types.Parent
                || type == input.Types.Opposite(input.Types.Parent))
            {
                continue;
            }

            var isTurned = type.IsDirectional ? !type.IsForward : relation.WorkItemId > target;
            var (from, to) = isTurned ? (target, relation.WorkItemId) : (relation.WorkItemId, target);
            var forward = isTurned ? input.Types.Opposite(type) : type;
            var mark = RelationMark.Of(relation, input.Site);
            var one = new SeenRelation(from, to, forward, mark, relation);
            seen[(from, to, forward.ReferenceName)] = seen.TryGetValue((from, to, forward.ReferenceName), out var other)
                && other.IsOurs ? other : one;
        }

        return seen.Values.OrderBy(one => one.Source).ThenBy(one => one.Target)
            .ThenBy(one => one.Type.ReferenceName, StringComparer.Ordinal).ToList();
    }

    private static LinkNote RemovedInJira(SeenRelation relation, IssueReference source, IssueReference target) => new(
        source, relation.Type.Name, target, Reasons.LinkMissing,
        "Somebody removed the link in Jira; -Prune removes the relation in Azure DevOps, too.");

    private static RelationChange Removal(SeenRelation relation, IssueReference source, IssueReference target)
    {
        var isSource = relation.Relation.WorkItemId == relation.Source;
        var (owner, other) = isSource ? (source, target) : (target, source);
        return new RelationChange
        {
            Action = ChangeAction.Remove,
            Source = new RelationEnd(owner, relation.Relation.WorkItemId),
            Relation = relation.Type.ReferenceName == relation.Relation.ReferenceName ? relation.Type : null,
            Target = new RelationEnd(other, relation.Relation.TargetWorkItemId),
            Reason = Reasons.LinkMissing,
            Detail = "Somebody removed the link in Jira.",
            Removes = [new CurrentRelation(relation.Relation, null)],
        };
    }

    /// <summary>A relation in its forward direction, with where it was seen.</summary>
    private sealed record SeenRelation(int Source, int Target, RelationType Type, RelationMark? Mark, Relation Relation)
    {
        public bool IsOurs => Mark is not null;

        /// <summary>The reference name as it is on one of the two.</summary>
        public string TypeOn(int workItem) => workItem == Source ? Type.ReferenceName : Type.OppositeReferenceName;
    }
}
