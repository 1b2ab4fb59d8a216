using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>Plans a run over both sides: reads what the plan needs, and decides.</summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayPlanning(TwoWayContext context)
{
    private readonly RelationPlanning _relations = new(context.Sync);

    /// <summary>Plans work items, of which some may be changed while the plan is applied.</summary>
    public WorkItemPlanning WorkItems { get; } = new(context.Sync) { MergesTexts = true };

    /// <summary>Plans pairs.</summary>
    public TwoWayPairing Pairing { get; } = new(context);

    /// <summary>Plans and copies comments.</summary>
    public TwoWayContents Contents { get; } = new(context);

    /// <summary>Makes the plan. Nothing is written.</summary>
    /// <param name="selection">What was read.</param>
    /// <param name="desired">What the issues' links and parents are to become.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<TwoWayPlan> PlanAsync(
        TwoWaySelection selection,
        IReadOnlyCollection<DesiredRelation> desired,
        CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var selected = selection.Replicas.Select(issue => issue.IssueId).ToHashSet();
        // What links need is read while pairs are planned.
        var linkTypes = NeedsLinkTypes(selection) ? context.Issues.GetLinkTypesAsync(stop.Token) : null;
        var outside = context.Sync.Outside.LookUpAsync(IssueReading.EndsBeyond(desired, selected.Contains), stop.Token);
        try
        {
            return await PlanAsync(selection, desired, linkTypes, outside, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(outside, linkTypes ?? Task.CompletedTask)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TwoWayPlan> PlanAsync(
        TwoWaySelection selection,
        IReadOnlyCollection<DesiredRelation> desired,
        Task<IReadOnlyList<LinkType>>? linkTypes,
        Task outside,
        CancellationToken cancellationToken)
    {
        var pairs = new List<PairPlan>();
        Pairing.Unmarked = await new RemovedMarks(context.Sync.Authorship, context.Sync.Site)
            .FindAsync(
                selection.Unpaired,
                selection.Replicas
                    .Where(issue => !context.Sync.Known.Existing.ContainsKey(issue.IssueId))
                    .Select(issue => IssueRegister.Parse(issue.Property)?.WorkItem)
                    .OfType<int>()
                    .ToHashSet(),
                cancellationToken)
            .ConfigureAwait(false);
        var items = await WorkItems.PlanAsync(
            selection.Replicas,
            context.WorkItems,
            (input, cancellationToken) => Pairing.DecideAsync(input, pairs, isCreated: false, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        var (discussed, copies) = await Contents.PlanAsync(pairs, isCreated: false, cancellationToken)
            .ConfigureAwait(false);
        var fresh = selection.Unpaired.ExceptBy(Pairing.Unmarked.Values, item => item.Id).ToList();
        var creations = await PlanCreationsAsync(selection with { Unpaired = fresh }, cancellationToken)
            .ConfigureAwait(false);
        items = items with { Changes = [.. items.Changes.Where(change => !IsHalfCreated(change, creations))] };
        var histories = new PlanHistories(context.Sync.Authorship);
        foreach (var pair in discussed.Where(one => one.Pair.AdoHistory is not null))
        {
            histories.Know(pair.Pair.Item.Id, pair.Pair.AdoHistory!);
        }

        // Whether a parent outside the selection has a work item is part of the decision.
        await outside.ConfigureAwait(false);
        var links = await PlanLinksAsync(
            selection, discussed, creations, desired, linkTypes, histories, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RelationChange> removals = [.. links.Plan.AdoRemovals, .. links.Parents.Removals];
        _relations.ToRemove = [.. removals.SelectMany(change => change.Removes).Select(one => one.Relation)];
        // Where both sides have a parent, the merge has decided which one counts.
        var relations = await _relations.PlanAsync(
            links.Plan.Desired,
            selection.Replicas,
            items,
            context.Relations with { ParentConflict = ParentConflict.Replace },
            histories,
            cancellationToken).ConfigureAwait(false);
        links.FindShared(relations.Changes);
        var plan = new TwoWayPlan
        {
            Ado = new SyncPlan(
                items with { Changes = [.. items.Changes.Select(links.WithBase)] },
                relations with
                {
                    Changes = [.. relations.Changes, .. removals],
                }),
            Fields = [.. links.Pairs.Values.SelectMany(pair => pair.Results)],
            Replicas = selection.Replicas,
            Pairs = links.Pairs,
            Parents = links.Parents.ToJira,
            Creations = creations.ConvertAll(one => (LineOf(one), one)),
            Updates = UpdatesOf(links),
            Copies = [.. copies.Select(copy => (copy.Line(), copy))],
            Additions = [.. links.Plan.Additions.Select(link => (links.LineOf(link), link))],
            Removals = [.. links.Plan.Removals.Select(link => (TwoWayLinks.LineOf(link), link))],
            Agreed = links.Plan.Agreed.Where(link => links.Pairs.ContainsKey(link.Source)).ToLookup(link => link.Source),
            LinkNotes = links.NoteLines(),
            Beyond = links.Beyond,
        };
        WarnOfDeleted(selection);
        WarnOfUnmarked(selection.Replicas);
        return plan with
        {
            Refusals =
            [
                .. new[] { WorkItems.RefusalOf(plan.Ado.WorkItems.Changes, context.Relations.PruneLimit) }
                    .OfType<SyncException>(),
                .. TwoWayRefusal.Of(plan, context.Policy, selection, Pairing.StatusesOf, links.Refusal),
            ],
        };
    }

    /// <summary>
    /// Whether an issue without a work item is one that an earlier run created and did not come to mark: instead of
    /// creating another one, this run marks it.
    /// </summary>
    private static bool IsHalfCreated(WorkItemChange change, List<PlannedIssue> creations) =>
        change.Reason == Reasons.WorkItemMissing && IssueRegister.Parse(change.Replica.Property) is { } register
        && creations.Exists(one => one.Item.Id == register.WorkItem);

    private async Task<List<PlannedIssue>> PlanCreationsAsync(
        TwoWaySelection selection, CancellationToken cancellationToken)
    {
        var policy = context.Policy;
        return policy.JiraProject is not { } project || !policy.MayCreate || !policy.Direction.IncludesJira()
            || selection.Unpaired.Count == 0
            ? []
            : await new TwoWayCreations(context, Pairing).PlanAsync(selection, project, cancellationToken)
                .ConfigureAwait(false);
    }

    private async Task<TwoWayLinks> PlanLinksAsync(
        TwoWaySelection selection,
        IReadOnlyList<PairPlan> pairs,
        List<PlannedIssue> creations,
        IReadOnlyCollection<DesiredRelation> desired,
        Task<IReadOnlyList<LinkType>>? known,
        PlanHistories histories,
        CancellationToken cancellationToken)
    {
        var types = await context.Sync.Store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        // The plan of pairs may have found more work items.
        known ??= NeedsLinkTypes(selection) ? context.Issues.GetLinkTypesAsync(cancellationToken) : null;
        var linkTypes = known is null
            ? selection.Replicas.SelectMany(issue => issue.Links).Select(link => link.Type).Distinct().ToList()
            : await known.ConfigureAwait(false);
        var inverse = new RelationInverse(context.Links, context.Policy.Relations, types, linkTypes);
        return await new TwoWayLinks(context, types, inverse, histories)
            .PlanAsync(selection, pairs, creations, desired, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether some relation may become a link, so that the site's link types are needed.</summary>
    private bool NeedsLinkTypes(TwoWaySelection selection) =>
        context.Policy.Relations.Count > 0
        || selection
            .Unpaired.Concat(context.Sync.Known.Existing.Values.Select(found => found.WorkItem))
            .SelectMany(item => item.Relations)
            .Any(relation =>
                relation.TargetWorkItemId is not null
                && RelationMark.Of(relation, context.Sync.Site) is null
                && !RelationTypes.IsHierarchy(relation));

    private void WarnOfDeleted(TwoWaySelection selection)
    {
        if (selection.Unreadable.Count > 0)
        {
            var (item, issue) = selection.Unreadable[0];
            context.Sync.Warn(selection.Unreadable.Count == 1
                ? $"{Reasons.IssueMissing}: {issue}, the issue of work item {item.Id}, does not exist any more or can't be read. The work item is left as it is."
                : $"{Reasons.IssueMissing}: the issues of {Amount.Of(selection.Unreadable.Count)} work items do not exist any more or can't be read, "
                    + $"{string.Join(", ", selection.Unreadable.Take(3).Select(one => $"{one.Issue} of work item {one.Item.Id}"))}"
                    + $"{(selection.Unreadable.Count > 3 ? " and others" : string.Empty)}. The work items are left as they are; Get-JiraAdoOrphan lists them.");
        }
    }

    /// <summary>Says of which work items the mark was removed whose issues are not in the run.</summary>
    private void WarnOfUnmarked(IReadOnlyList<Replica> selected)
    {
        var others = Pairing.Unmarked.ExceptBy(selected.Select(issue => issue.IssueId), one => one.Key)
            .Select(one => $"{one.Value}")
            .ToList();
        if (others.Count > 0)
        {
            context.Sync.Warn(
                $"{Reasons.MarkRemoved}: somebody removed the mark of {Listing.Of(others)}, whose issues this run does not read, so no "
                + "issue is created for them. Set-JiraAdoCorrelation makes a work item and its issue a pair again.");
        }
    }

    private static List<(IssueResult Line, PairPlan Pair)> UpdatesOf(TwoWayLinks links) => links.Pairs.Values
        .Select(pair => (Line: LineOf(pair, links.Parents.ToJira), Pair: pair))
        .Where(one => one.Line is not null)
        .Select(one => (one.Line!, one.Pair))
        .ToList();

    private static IssueResult LineOf(PlannedIssue planned) => new()
    {
        Action = ChangeAction.Create,
        WorkItemId = planned.Item.Id,
        IssueType = planned.Type.Name,
        Summary = planned.Item.Title,
        Fields = [.. planned.Fields.Keys],
        Detail = planned.LeftOut.Count == 0 ? null : string.Join(" ", planned.LeftOut),
    };

    /// <summary>What is to be done with an issue; null where nothing is.</summary>
    private static IssueResult? LineOf(PairPlan pair, IReadOnlyDictionary<long, PlannedParent> parents)
    {
        var issue = pair.Pair.Issue;
        string[] fields =
        [
            .. pair.ToJira.Keys, .. parents.ContainsKey(issue.IssueId) ? ["parent"] : Array.Empty<string>(),
            .. pair.Target is null ? Array.Empty<string>() : ["status"],
        ];
        return fields.Length == 0 ? null : IssueResult.Of(issue, pair.Pair.Item.Id, fields);
    }
}
