using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Decides what becomes of the parents of a run's pairs, and completes their plans: the parent is a field of its child.
/// </summary>
/// <param name="context">What the phases of a run share.</param>
/// <param name="types">The organisation's relation types.</param>
/// <param name="issueOf">The issues of work items.</param>
/// <param name="histories">The histories that the plan needs.</param>
internal sealed class TwoWayParents(
    TwoWayContext context,
    RelationTypes types,
    IReadOnlyDictionary<int, IssueReference> issueOf,
    PlanHistories histories)
{
    private readonly Dictionary<long, PlannedParent> _toJira = [];
    private readonly List<RelationChange> _removals = [];
    private readonly HashSet<long> _leftToJira = [];
    private readonly HashSet<(int Child, int Parent)> _ours = [];
    private HashSet<long> _withWorkItem = [];

    /// <summary>The parents that issues are to get.</summary>
    public IReadOnlyDictionary<long, PlannedParent> ToJira => _toJira;

    /// <summary>Parents that work items are to lose.</summary>
    public IReadOnlyList<RelationChange> Removals => _removals;

    /// <summary>Takes note of the parents that runs gave: their marks may show at either end only.</summary>
    /// <param name="items">Work items.</param>
    public void FindOurs(IEnumerable<WorkItem> items) => _ours.UnionWith(
        from item in items
        from relation in item.Relations
        where RelationTypes.IsHierarchy(relation) && RelationMark.Of(relation, context.Sync.Site) is not null
        let other = relation.TargetWorkItemId ?? 0
        select relation.ReferenceName == RelationTypes.HierarchyReverse ? (item.Id, other) : (other, item.Id));

    /// <summary>Decides.</summary>
    /// <param name="pairs">The plans of pairs.</param>
    /// <param name="replicas">The issues that were read, by id.</param>
    /// <param name="toCreate">The issues that are created in this run, by work item.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plans, with what parents mean for them.</returns>
    public async Task<IReadOnlyList<PairPlan>> DecideAsync(
        IReadOnlyList<PairPlan> pairs,
        Dictionary<long, Replica> replicas,
        IReadOnlyDictionary<int, PlannedIssue> toCreate,
        CancellationToken cancellationToken)
    {
        _withWorkItem = issueOf.Values.Select(issue => issue.Id).ToHashSet();
        var read = await ReadAsync(pairs, replicas, cancellationToken).ConfigureAwait(false);
        var proven = await ProveAsync(pairs, cancellationToken).ConfigureAwait(false);
        var reparented = await FindReparentedAsync(proven, cancellationToken).ConfigureAwait(false);
        return proven.Select(pair => Decide(pair, read, toCreate, reparented)).ToList();
    }

    /// <summary>
    /// What Jira's links and parents are to become, with the parents that count instead of Jira's where these don't.
    /// </summary>
    /// <param name="desired">What they are to become as Jira has them.</param>
    /// <param name="pairs">The plans of pairs.</param>
    public IReadOnlyCollection<DesiredRelation> Among(
        IEnumerable<DesiredRelation> desired, IEnumerable<PairPlan> pairs) => desired
        .Where(one => !(one.Link.IsParent && _leftToJira.Contains(one.Source.Id)))
        .Concat(pairs.Select(Held).OfType<DesiredRelation>())
        .ToList();

    /// <summary>The issues that may become parents, as far as they were not read.</summary>
    private async Task<IReadOnlyDictionary<long, Replica>> ReadAsync(
        IReadOnlyList<PairPlan> pairs, Dictionary<long, Replica> replicas, CancellationToken cancellationToken)
    {
        var wanted = pairs
            .Select(pair => ParentMerge.ParentOf(pair.Pair.Item)?.TargetWorkItemId)
            .OfType<int>()
            .Select(item => issueOf.GetValueOrDefault(item)?.Id)
            .OfType<long>()
            .Where(id => !replicas.ContainsKey(id))
            .Distinct()
            .Select(id => id.ToString(CultureInfo.InvariantCulture))
            .ToList();
        var all = replicas.ToDictionary();
        if (wanted.Count > 0 && context.Policy.Direction.IncludesJira())
        {
            await foreach (
                var parent in context
                    .Issues.ReadAsync(wanted, IssueDetail.None, cancellationToken)
                    .ConfigureAwait(false))
            {
                all[parent.IssueId] = parent;
            }
        }

        return all;
    }

    /// <summary>Whether a run gave a work item the parent that it has.</summary>
    private bool IsOurs(WorkItem item) =>
        ParentMerge.ParentOf(item)?.TargetWorkItemId is { } parent && _ours.Contains((item.Id, parent));

    /// <summary>The parent of a pair as both sides have it.</summary>
    private FieldPair ParentOf(PairPlan pair) => ParentMerge.Of(
        pair.Pair.Issue, pair.Pair.Item, issueOf, pair.Pair.Base, IsOurs(pair.Pair.Item), context.Policy.Direction);

    /// <summary>
    /// The parent in Azure DevOps that stays although Jira has another one, or is to get it: it is ours and would be
    /// removed otherwise. Null where there is none.
    /// </summary>
    private DesiredRelation? Held(PairPlan pair) => _leftToJira.Contains(pair.Pair.Issue.IssueId) && IsOurs(pair.Pair.Item)
        && issueOf.TryGetValue(ParentMerge.ParentOf(pair.Pair.Item)!.TargetWorkItemId!.Value, out var parent)
        ? new DesiredRelation
        {
            Link = new IssueLink
            {
                LinkId = null,
                Type = LinkType.Parent,
                Source = pair.Pair.Issue.Reference,
                Target = parent,
                ReadFrom = pair.Pair.Issue.IssueId,
            },
            Relation = types.Parent,
        }
        : null;

    private PairPlan Decide(
        PairPlan pair,
        IReadOnlyDictionary<long, Replica> read,
        IReadOnlyDictionary<int, PlannedIssue> toCreate,
        HashSet<long> reparented)
    {
        var issue = pair.Pair.Issue;
        var field = ParentOf(pair);
        if (reparented.Contains(issue.IssueId))
        {
            field = field with
            {
                JiraEdit = new FieldEdit(false, null, null),
                AdoEdit = new FieldEdit(true, null, null),
            };
        }

        var decision = FieldMerge.Decide(field, context.Policy.Merge);
        if (decision.Action != MergeAction.Keep && HasLostWorkItem(pair, field))
        {
            // That its relation waits is said with the relations.
            return Next(pair, field, null, BaseNeeds.Nothing, null, null);
        }

        if (decision.Action != MergeAction.Keep && UnreadableParent(pair, read) is { } unreadable)
        {
            return Next(pair, field, null, BaseNeeds.Nothing, Reasons.IssueMissing,
                $"Its parent in Azure DevOps is that of {unreadable}, which does not exist any more or can't be read. It is left as it is.");
        }

        var now = new FieldBase(pair.Pair.Base.Counter + 1, ShortDigest.Of(field.Jira), ShortDigest.Of(field.Ado));
        if (
            decision.IsBaseline
            && decision.WritesJira
            && pair.Pair.Base.IsEmpty
            && context.Policy.Merge.Baseline != Side.AzureDevOps)
        {
            _leftToJira.Add(issue.IssueId);
            return Next(
                pair,
                field,
                now with
                {
                    Ado = ShortDigest.Of(field.Jira),
                },
                BaseNeeds.Nothing,
                Reasons.NoBase,
                "The pair had no base yet: what Azure DevOps changed is written to Jira in the next run.");
        }

        switch (decision.Action)
        {
            case MergeAction.Keep when field.Corresponds:
                return field.Direction == FieldDirection.None
                    ? pair
                    : Next(pair, field, now, BaseNeeds.Nothing, null, null);
            case MergeAction.ToAzureDevOps:
                if (field.Jira is null)
                {
                    Remove(pair);
                }

                return Next(pair, field, now with { Ado = ShortDigest.Of(field.Jira) }, BaseNeeds.Relation, null, null);
            case MergeAction.ToJira:
                return WriteToJira(pair, field, now, read, toCreate);
            default:
                _leftToJira.Add(issue.IssueId);
                return Next(pair, field, null, BaseNeeds.Nothing, decision.Reason ?? Reasons.FieldConflict,
                    !field.IsRefused ? null
                        : "Jira refused the parent of Azure DevOps. Both sides stay as they are until somebody changes it on either.",
                    decision.Action == MergeAction.Conflict ? ChangeAction.Conflict : ChangeAction.Skip);
        }
    }

    /// <summary>Whether the work item of Jira's parent was deleted, and with it its relations: nobody took the parent away.</summary>
    private bool HasLostWorkItem(PairPlan pair, FieldPair field) => field.Ado is null
        && pair.Pair.Issue.Parent is { } parent
        && !_withWorkItem.Contains(parent.Id) && !context.Sync.Outside.IsMarked(parent.Id);

    /// <summary>
    /// The issue of the parent in Azure DevOps where Jira has no parent since that can't be read any more: nobody took it
    /// away. Null where it is another case.
    /// </summary>
    private IssueReference? UnreadableParent(PairPlan pair, IReadOnlyDictionary<long, Replica> read) =>
        pair.Pair.Issue.Parent is null && ParentMerge.ParentOf(pair.Pair.Item)?.TargetWorkItemId is { } item
        && issueOf.TryGetValue(item, out var issue) && !read.ContainsKey(issue.Id)
            ? issue
            : null;

    /// <summary>
    /// The issues whose work items lost the parent that a run had given them, by the hand of a person, and that are in
    /// no base: the histories of the work items say so.
    /// </summary>
    private async Task<HashSet<long>> FindReparentedAsync(
        IReadOnlyList<PairPlan> pairs, CancellationToken cancellationToken)
    {
        var open = pairs
            .Where(pair => context.Policy.Direction.IncludesJira() && pair.Pair.Issue.Parent is not null
                && pair.Pair.Base.Of(ParentMerge.Field) is null && pair.Pair.Found.Mark is not null)
            .Where(pair =>
            {
                var field = ParentOf(pair);
                return !field.Corresponds && !IsOurs(pair.Pair.Item)
                    && issueOf.Values.Any(issue => issue.Id == pair.Pair.Issue.Parent!.Id);
            })
            .ToList();
        if (open.Count == 0)
        {
            return [];
        }

        var read = await histories
            .ReadAsync(open.Select(pair => pair.Pair.Item.Id), cancellationToken).ConfigureAwait(false);
        return open
            .Where(pair => read[pair.Pair.Item.Id].Any(update => !update.IsOurs && update.Removed.Any(relation =>
                relation.ReferenceName == RelationTypes.HierarchyReverse
                && RelationMark.Of(relation, context.Sync.Site) is { LinkId: null }
                && relation.TargetWorkItemId is { } target
                && issueOf.GetValueOrDefault(target)?.Id == pair.Pair.Issue.Parent!.Id)))
            .Select(pair => pair.Pair.Issue.IssueId)
            .ToHashSet();
    }

    /// <summary>
    /// Replaces what pairs are known to have had as parents by what the histories of both sides say, where the two differ:
    /// see <see cref="ParentHistory"/>. Where these leave it open, what the mark or the property alone says must be borne out.
    /// </summary>
    private async Task<IReadOnlyList<PairPlan>> ProveAsync(
        IReadOnlyList<PairPlan> pairs, CancellationToken cancellationToken)
    {
        var open = pairs
            // The first run over a pair writes nothing to Jira.
            .Where(pair => !pair.Pair.Base.IsEmpty && ParentOf(pair) is { Corresponds: false, IsRefused: false } field
                && field.Direction != FieldDirection.None)
            .ToList();
        if (open.Count == 0)
        {
            return pairs;
        }

        var edits = (await context.Issues
            .ReadChangesAsync(open.ConvertAll(pair => pair.Pair.Issue.IssueId), cancellationToken).ConfigureAwait(false))
            .ToLookup(edit => edit.IssueId);
        var unsettled = open.FindAll(pair => !IsForJira(pair));
        var updates = await histories
            .ReadAsync(unsettled.Select(pair => pair.Pair.Item.Id), cancellationToken).ConfigureAwait(false);
        var proof = BaseProof.For(context.Issues);
        var proven = unsettled.ToDictionary(pair => pair.Pair.Issue.IssueId, Proven);
        return pairs.Select(pair => proven.GetValueOrDefault(pair.Pair.Issue.IssueId, pair)).ToList();

        // Where no person changed the parent in Jira since a run gave it, or ever, it is still what both last had.
        bool IsForJira(PairPlan pair)
        {
            var (field, policy) = (ParentOf(pair), context.Policy.Merge);
            return (ParentMerge.EditsIn(edits[pair.Pair.Issue.IssueId]) is not [.., var last]
                    || last.Author?.AccountId == context.Issues.Account.AccountId)
                && (field.Base is not null || policy.Baseline is null)
                && FieldMerge.Decide(field, policy) is { Action: MergeAction.ToJira, IsDecidedConflict: false };
        }

        bool IsDoubtful(PairPlan pair, FieldPair field) => field.Base is not null && !pair.Pair.Base.IsAgreed(ParentMerge.Field)
            && FieldMerge.Decide(field, context.Policy.Merge).Action is MergeAction.ToJira or MergeAction.ToAzureDevOps;

        static List<string> NamesOf(PairInput pair) =>
            ParentMerge.EditsIn(pair.JiraHistory!).Select(edit => edit.Field).Distinct().ToList();

        PairPlan Proven(PairPlan pair)
        {
            var read = pair.Pair with
            {
                JiraHistory = edits[pair.Pair.Issue.IssueId].ToList(), AdoHistory = updates[pair.Pair.Item.Id],
            };
            var field = ParentOf(pair);
            var known = ParentHistory.BaseOf(read, field, issueOf, context.Issues.Account.AccountId)
                ?? (IsDoubtful(pair, field)
                    ? proof.Check(read, ParentMerge.Field, NamesOf(read), BaseNeeds.Jira | BaseNeeds.Ado).Base
                    : null);
            if (known is null)
            {
                return pair with { Pair = read };
            }

            return pair with
            {
                Pair = read with
                {
                    Base = read.Base.With(
                        new Dictionary<string, FieldBase> { [ParentMerge.Field] = known }, keepsWalk: true),
                },
            };
        }
    }

    private PairPlan WriteToJira(
        PairPlan pair,
        FieldPair field,
        FieldBase now,
        IReadOnlyDictionary<long, Replica> read,
        IReadOnlyDictionary<int, PlannedIssue> toCreate)
    {
        var issue = pair.Pair.Issue;
        _leftToJira.Add(issue.IssueId);
        var workItem = ParentMerge.ParentOf(pair.Pair.Item)?.TargetWorkItemId;
        var parent = workItem is { } id ? issueOf.GetValueOrDefault(id) : null;
        var created = parent is null && workItem is { } other ? toCreate.GetValueOrDefault(other) : null;
        if (workItem is not null && parent is null && created is null)
        {
            return Next(pair, field, null, BaseNeeds.Nothing, Reasons.Pending,
                $"Its parent, work item {workItem}, has no issue.");
        }

        var type = created?.Type ?? (parent is null ? null : read.GetValueOrDefault(parent.Id)?.Type);
        if (parent is not null && type is null)
        {
            return Next(pair, field, null, BaseNeeds.Nothing, Reasons.Pending, $"Its parent {parent} can't be read.");
        }

        var name = parent?.ToString() ?? $"the issue of work item {workItem}";
        if (ObstacleTo(issue, type, name, created?.Project ?? (parent is null ? null : TwoWayPairing.ProjectOf(parent.Key)))
            is var (reason, detail))
        {
            return Next(pair, field, null, BaseNeeds.Nothing, reason, detail);
        }

        _toJira[issue.IssueId] = new PlannedParent(parent, created is null ? null : workItem);
        var after = now with { Jira = ShortDigest.Of(field.Ado) };
        // The parent that is to be created has an id of its own only then.
        return Next(pair, field, created is null ? after : null, BaseNeeds.Jira, null, null);
    }

    /// <summary>Why Jira would refuse a parent; null where it takes it.</summary>
    private (string Reason, string Detail)? ObstacleTo(Replica issue, IssueType? parent, string name, string? project)
    {
        if (HierarchyRules.Problem(issue.Type, parent) is { } problem)
        {
            return (problem, problem == Reasons.TypeBorder
                ? $"Jira lets no issue become a sub-task, or cease to be one, by its parent: {issue.Key} is a {issue.Type}"
                    + (parent is null ? "." : $", and {name} a {parent}.")
                : $"Jira has no level at which a {issue.Type} is below a {parent}.");
        }

        if (!issue.Type.IsSubtask)
        {
            return null;
        }

        return !TwoWayPairing.ProjectOf(issue).Equals(project, StringComparison.OrdinalIgnoreCase)
            ? (Reasons.ProjectBorder, $"Jira keeps a sub-task in the project of its parent, and {name} is in {project}.")
            : !context.Issues.MovesSubtasks
            ? (Reasons.ParentFixed, "Jira Data Center gives a sub-task its parent when it is created, and no other one by its API.")
            : null;
    }

    private void Remove(PairPlan pair)
    {
        var relation = ParentMerge.ParentOf(pair.Pair.Item)!;
        var mark = RelationMark.Of(relation, context.Sync.Site);
        if (IsOurs(pair.Pair.Item) && context.Policy.Prune)
        {
            // One-way synchronisation removes what is ours.
            return;
        }

        _removals.Add(
            new RelationChange
            {
                Action = ChangeAction.Remove,
                Source = new RelationEnd(pair.Pair.Issue.Reference, pair.Pair.Item.Id),
                Relation = types.Parent,
                Target = new RelationEnd(
                    issueOf.GetValueOrDefault(relation.TargetWorkItemId!.Value),
                    relation.TargetWorkItemId),
                Reason = Reasons.LinkMissing,
                Detail = "Somebody took the parent away in Jira.",
                Removes = [new CurrentRelation(relation, mark)],
            });
    }

    /// <summary>
    /// A pair with what is to be said of its parent, and with what both sides will have in common of it.
    /// </summary>
    private static PairPlan Next(
        PairPlan pair, FieldPair field, FieldBase? after, BaseNeeds needs, string? reason, string? detail,
        ChangeAction action = ChangeAction.Skip)
    {
        var (next, known) = (after ?? field.Base, pair.Pair.Base.Of(ParentMerge.Field));
        return pair with
        {
            Base = next is null ? pair.Base
                : [.. pair.Base, new NextBase(ParentMerge.Field, known, next, after is null ? BaseNeeds.Nothing : needs)
                {
                    IfRefused = (known ?? next with { Jira = ShortDigest.Of(field.Jira), Ado = ShortDigest.Of(field.Jira) })
                        .WithRefused(field.Jira, field.Ado),
                }],
            Results = reason is null ? pair.Results
                : [.. pair.Results, new FieldResult
                {
                    Action = action,
                    Key = pair.Pair.Issue.Key,
                    IssueId = pair.Pair.Issue.IssueId,
                    WorkItemId = pair.Pair.Item.Id,
                    Field = ParentMerge.Field,
                    JiraValue = pair.Pair.Issue.Parent?.Key,
                    AdoValue = ParentMerge.ParentOf(pair.Pair.Item)?.TargetWorkItemId?.ToString(CultureInfo.InvariantCulture),
                    Reason = reason,
                    Detail = detail,
                }],
        };
    }
}
