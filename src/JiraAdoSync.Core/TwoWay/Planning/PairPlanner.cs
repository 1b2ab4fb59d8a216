using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// Decides for a pair what the work item gets, what the issue gets, and what both have in common afterwards.
/// <list type="number">
/// <item>Values are compared as Azure DevOps has them: Jira's through the mapping. The state alone is compared by the
/// status itself, since what the user says of states may differ from the inverse of what they say of statuses.</item>
/// <item>A value for Jira is mapped forth again before it is written. If that is not what the work item has, the
/// two sides would correct each other for ever: it is held, reason <c>NotInvertible</c>.</item>
/// <item>Rich texts go to Azure DevOps only, as one-way synchronisation has it, unless their entry of the field mapping
/// gives them another direction: see <see cref="PairTexts"/>.</item>
/// <item>The base of a field is recorded by the write that makes it true: that of a value for Azure DevOps in the
/// mark, that of one for Jira in the issue's property. What was not written leaves the base as it was.</item>
/// <item>A pair that has no base gets one in its mark, and nothing in Jira changes, unless the user says that Azure
/// DevOps counts. What Azure DevOps changed since is written to Jira in the next run.</item>
/// </list>
/// </summary>
internal sealed class PairPlanner(
    WorkItemPlanInput input,
    TwoWayPolicy policy,
    InverseContext context,
    StatusMapping statuses,
    Func<Replica, IReadOnlyList<IssueStatus>> statusesOf)
{
    private static readonly string State = WorkItemField.State.ReferenceName;

    /// <summary>The fields that matter most, for a mark that has no room for all.</summary>
    private static readonly List<string> Order =
    [
        WorkItemField.Title.ReferenceName,
        State,
        WorkItemField.AssignedTo.ReferenceName,
        WorkItemField.Tags.ReferenceName,
        WorkItemField.Priority.ReferenceName,
        .. TextField.OfDescription,
    ];

    private readonly PairWalk _walk = new(context.Account);
    private readonly BaseProof _proof = new(
        account => account?.AccountId is { } id && id == context.Account, input.Site);

    /// <summary>The project of the work items.</summary>
    public required string Project { get; init; }

    private PairFields Fields => field ??= new(input, policy, context, statuses, statusesOf) { Project = Project };

    private PairTexts Texts => field ??= new(input, _walk, Fields.NamesOf);

    private PairInverse Inverse => field ??= new(Fields, context, statuses, statusesOf);

    /// <summary>
    /// Makes the plan of a pair. What it says of the base is what histories bear out: see <see cref="BaseCheck"/> for
    /// what both sides may have had in between, and <see cref="BaseProof"/> for what one register alone says.
    /// </summary>
    /// <param name="pair">The pair.</param>
    /// <returns>The plan; with <see cref="PairPlan.Needs"/>, what must be read before it is one.</returns>
    public PairPlan Plan(PairInput pair)
    {
        var plan = PlanOnce(pair);
        var doubtful = plan.Needs == Histories.None && !plan.NeedsStatuses ? BaseProof.Doubtful(plan) : [];
        if (doubtful.Count == 0)
        {
            return plan;
        }

        var checks = doubtful.ToDictionary(
            one => one.Field,
            one => _proof.Check(
                pair, one.Field, Fields.NamesOf(pair, one.Field), one.Needs, Texts.HtmlOf(pair, one.Field)));
        // Histories of issues come first: many are read at once.
        var missing = checks.Values.All(check => check.IsEnough) ? Histories.None
            : pair.JiraHistory is null ? Histories.Jira
            : pair.AdoHistory is null ? Histories.Ado
            : Histories.None;
        return missing != Histories.None ? plan with { Needs = missing } : PlanOnce(pair with
        {
            Base = pair.Base.With(
                checks.ToDictionary(one => one.Key, one => one.Value.Base),
                doubtful.All(one => !one.Needs.HasFlag(BaseNeeds.Walk) || checks[one.Field].IsEnough)),
        });
    }

    private PairPlan PlanOnce(PairInput pair)
    {
        var draft = new PairDraft(pair);
        draft.Needs |= pair.Base.Walk is not null || pair.Base.Pending is not null || pair.IsUnfinished
            ? Histories.Jira
            : Histories.None;
        foreach (var field in Fields.FieldsOf(pair).Concat(Texts.FieldsOf(pair)))
        {
            Decide(pair, field, draft);
            FindOverwritten(pair, edit => field.Names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase))
                .ForEach(edit => draft.Report(field, edit));
        }

        FindOverwritten(pair, ParentMerge.IsEdit).ForEach(draft.ReportParent);
        ReportTexts(pair, draft);

        // Which values the rules of Azure DevOps refuse depends on the state, too.
        var state = draft.ToAdo.GetValueOrDefault(State) as string ?? pair.State;
        var plan = new PairPlan
        {
            Pair = pair,
            WorkItem = null!,
            ToJira = draft.ToJira,
            Names = draft.Names,
            Texts = draft.Texts,
            Target = draft.Target,
            Continued = _walk.Continued(pair),
            Results = draft.Results,
            Base = draft.Base
                .Select(one => one.IfRefused?.Refused is not { } refused ? one
                    : one with { IfRefused = one.IfRefused with { Refused = refused.In(state) } })
                .OrderBy(one => Order.IndexOf(one.Field) is >= 0 and var at ? at : Order.Count)
                .ToList(),
            Needs = draft.Needs
                & ((pair.JiraHistory is null ? Histories.Jira : Histories.None)
                    | (pair.AdoHistory is null ? Histories.Ado : Histories.None)
                    | (pair.Texts is null ? Histories.Texts : Histories.None)),
            NeedsStatuses = draft.NeedsStatuses,
            IsStateOpen = draft.IsStateOpen,
            NotInvertible = draft.NotInvertible,
        };
        return plan with { WorkItem = ChangeOf(pair, draft.ToAdo, plan) };
    }

    private void Decide(PairInput pair, PairField field, PairDraft draft)
    {
        draft.Needs |= field.Check.Needs;
        draft.NeedsStatuses |= field.Check.NeedsStatuses;
        if (field.Check.Kept.Count > 0)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.Kept,
                "Both sides changed these so soon after one another that nobody knows which came last, and they are kept: "
                + $"{string.Join(", ", field.Check.Kept)}.");
        }

        if (field.IsMoved)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.Changed,
                "Somebody edited the text in Jira while the run was under way; the next run looks at it again.");
            draft.Carry(field);
            return;
        }

        var merge = MergeOf(pair, field);
        var decision = FieldMerge.Decide(field.Pair, merge);
        if (decision.Action == MergeAction.Conflict && IsPersonUnknown(field) && IsNamed(field))
        {
            // No run could assign it so far, and the user says by now who it is.
            decision = new FieldDecision(MergeAction.ToAzureDevOps, null);
        }

        draft.Needs |= FieldMerge.NeedsHistory(field.Pair, merge)
            ? Histories.Jira | Histories.Ado
            : Histories.None;
        draft.IsStateOpen |= PairFields.IsState(field) && !field.Pair.Corresponds && !decision.WritesAdo;
        if (
            decision.IsBaseline
            && decision.WritesJira
            && pair.Base.IsEmpty
            && merge.Baseline != Side.AzureDevOps)
        {
            // The next run finds that Azure DevOps changed it.
            draft.Keep(field, field.AsInJira(draft.Stamp));
            draft.Report(field, ChangeAction.Skip, Reasons.NoBase,
                "The pair had no base yet: what Azure DevOps changed is written to Jira in the next run.");
            return;
        }

        switch (decision.Action)
        {
            case MergeAction.Conflict when IsPersonUnknown(field):
                draft.Report(field, ChangeAction.Skip, Reasons.UnknownPerson,
                    $"'{field.JiraValue}' is nobody to whom Azure DevOps assigned it. -UserMapping says who it is there.");
                draft.Carry(field);
                return;
            case MergeAction.Conflict:
                draft.Report(field, ChangeAction.Conflict, decision.Reason ?? nameof(FieldConflict));
                draft.Carry(PairFields.IsUnproven(field.Recorded) || field.Recorded?.IsOpen == true
                    ? field with { Recorded = draft.Stamp.OfOpen() }
                    : field);
                return;
            case MergeAction.Keep when !field.Pair.Corresponds && field.Pair.Direction != FieldDirection.None:
                draft.Report(field, ChangeAction.Skip, decision.Reason ?? Reasons.Direction, decision.Reason switch
                {
                    Reasons.EmptyRefused =>
                        $"{(field.Pair.Jira is null ? "Azure DevOps" : "Jira")} refused to have it emptied, so both sides stay as they are.",
                    Reasons.ValueRefused when field.Pair.RefusedBy == Side.Jira =>
                        "Jira refused the value of Azure DevOps. Both sides stay as they are until somebody changes it on either.",
                    Reasons.ValueRefused =>
                        "Azure DevOps refused the value of Jira. Both sides stay as they are until somebody changes it on either, "
                        + "or the state of the work item.",
                    _ => null,
                });
                draft.Carry(field);
                return;
            case MergeAction.Keep:
                if (field.Pair.Direction != FieldDirection.None)
                {
                    draft.Keep(field, field.Now(draft.Stamp));
                }

                return;
        }

        if (
            decision.WritesJira
            && !(field.Text is not null ? PairTexts.TryToJira(pair, field, draft)
                : field.Name == State ? Inverse.TryToTarget(pair, field, draft)
                : Inverse.TryToJira(pair, field, decision, draft)))
        {
            draft.Carry(field);
            return;
        }

        if (decision.WritesAdo)
        {
            foreach (var name in field.Text?.Fields ?? [field.Name])
            {
                draft.ToAdo[name] = field.Pair.IsSet ? Tags(pair, field, decision) : field.JiraValue;
            }
        }

        var stamp = decision.WritesJira ? draft.Stamp.Last : draft.Stamp;
        var after = field.Name == State && decision.WritesJira
            ? field.Now(stamp) with { Jira = Marks.ShortDigest.Of(draft.Target!.Id) }
            : field.After(stamp, decision);
        if (field.Text is not null && decision.WritesJira)
        {
            // What Jira makes of a text is known when it was read back.
            after = after with { Jira = Marks.FieldBase.Unknown };
        }

        if (draft.Raw.TryGetValue(field.Name, out var raw))
        {
            after = after with { Jira = Marks.ShortDigest.Of(raw) };
        }

        // Where nothing is known yet and the run breaks off before it writes to Jira, the next one finds that Azure DevOps
        // changed what Jira has now.
        var before = field.Recorded
            ?? (decision is { IsBaseline: true, WritesJira: true } ? field.AsInJira(draft.Stamp) : null);
        draft.Base.Add(new NextBase(field.Name, before, after,
            (decision.WritesAdo ? BaseNeeds.Ado : BaseNeeds.Nothing)
            | (!decision.WritesJira ? BaseNeeds.Nothing : field.Name == State ? BaseNeeds.Walk : BaseNeeds.Jira))
        {
            RestsOnBase = RestsOnBase(field.Pair, decision) && !field.Check.IsFromHistory,
            IfRefused = decision.WritesJira ? field.Refused(stamp, decision) : field.RefusedByAdo(stamp),
            AfterAdo = decision.Action == MergeAction.ToBoth ? field.AfterAdo(draft.Stamp, decision) : null,
        });
        if (decision.IsDecidedConflict)
        {
            draft.Report(field, ChangeAction.Conflict, decision.Reason ?? nameof(FieldConflict),
                winner: decision.WritesJira ? Side.AzureDevOps : Side.Jira);
        }
        else if (field.Pair.IsSet && decision.Reason is { } reason)
        {
            draft.Report(field, ChangeAction.Skip, reason);
        }
    }

    /// <summary>
    /// What the user chose; where a run broke off that created the issue, its work item counts for what nobody edited in
    /// Jira since.
    /// </summary>
    private MergePolicy MergeOf(PairInput pair, PairField field)
    {
        return pair.IsUnfinished && !(pair.JiraHistory ?? [])
            .Any(edit => field.Names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase) && !_walk.IsOurs(edit))
            ? policy.Merge with { Baseline = Side.AzureDevOps }
            : policy.Merge;
    }

    /// <summary>
    /// Whether a decision writes over something because the base says that nobody changed it. A set that only grows
    /// loses nothing, and a one-way field is written over in any case.
    /// </summary>
    private bool RestsOnBase(FieldPair field, FieldDecision decision) =>
        field.Base is not null && !decision.IsDecidedConflict
        && (field.Direction != FieldDirection.JiraToAdo || policy.Merge.FieldConflict == FieldConflict.Keep)
        && !(field.IsSet && field.JiraSet!.IsSubsetOf(decision.JiraSet!) && field.AdoSet!.IsSubsetOf(decision.AdoSet!));

    /// <summary>What is to be done with the work item: its fields, its rich texts, and its mark.</summary>
    private WorkItemChange ChangeOf(PairInput pair, Dictionary<string, object?> toAdo, PairPlan plan)
    {
        var (item, mark, desired) = (pair.Item, pair.Found.Mark, pair.Desired);
        var change = new WorkItemChange
        {
            Action = ChangeAction.Keep,
            Replica = pair.Issue,
            WorkItemType = desired.WorkItemType,
            Existing = pair.Found,
            FieldsDigest = WorkItemPlanner.DigestOf(desired),
            TextDigest = policy.Direction.IncludesAdo() || mark is null ? desired.Text.Digest : mark.TextDigest,
            UnknownPeople = desired.UnknownPeople,
            BypassRules = input.Policy.BypassRules,
        };
        var fields = toAdo.ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in NewTexts(pair))
        {
            fields[name] = value;
        }

        if (policy.Direction.IncludesAdo() && desired.WorkItemType is { } type && type != item.Type)
        {
            fields[WorkItemField.Type.ReferenceName] = type;
        }

        // A pair without a base gets one, a moved issue its new key. Else the mark waits for the next write.
        var isWrite =
            fields.Count > 0
            || mark is null
            || mark.Issue.Key != change.Key
            || mark.TextDigest != change.TextDigest
            || (pair.Base.IsEmpty && plan.Base.Count > 0);
        return isWrite
            ? WorkItemPlanner.OnTheWay(
                change with
                {
                    Action = mark is null ? ChangeAction.Adopt : ChangeAction.Update,
                    Fields = fields,
                    Base = plan.BaseAfter(BaseNeeds.Ado),
                    BaseIfRefused = plan.BaseIfRefused(BaseNeeds.Ado),
                },
                item,
                input)
            : change with { FieldsDigest = mark!.FieldsDigest, TextDigest = mark.TextDigest };
    }

    /// <summary>The rich texts that go to Azure DevOps only, as far as they are to be written.</summary>
    private List<KeyValuePair<string, object?>> NewTexts(PairInput pair) =>
        (policy.Direction.IncludesAdo() || pair.Found.Mark is null)
        && pair.Found.Mark?.TextDigest != pair.Desired.Text.Digest && !pair.IsTextOriginal
            ? WorkItemPlanner.Differing(pair.Desired.Text, pair.Item)
            : [];

    /// <summary>Reports those of them that people edited in Azure DevOps, and that are written over.</summary>
    private void ReportTexts(PairInput pair, PairDraft draft)
    {
        foreach (var (name, html) in pair.Found.Mark is null ? [] : NewTexts(pair))
        {
            if (PairHistory.OfAdo(pair, name) is not { } edit)
            {
                draft.Needs |= Histories.Ado;
            }
            else if (edit.HasChanged)
            {
                draft.ReportText(name, html, edit);
            }
        }
    }

    /// <summary>
    /// Whether a field is empty in Azure DevOps since a run could not name Jira's person there: nobody edited it on
    /// either side since.
    /// </summary>
    private static bool IsPersonUnknown(PairField field) => field.Rule?.Field.Kind == FieldKind.Person
        && FieldValue.IsEmpty(field.AdoValue) && !FieldValue.IsEmpty(field.JiraValue)
        && field.Pair is { Base: null, JiraEdit.HasChanged: false, AdoEdit.HasChanged: false };

    /// <summary>Whether the user's table has the person whom Azure DevOps lacks.</summary>
    private bool IsNamed(PairField field) => field.Pair.Direction.IncludesAdo()
        && field.JiraValue is string person && input.Policy.People.NamesFor(person).Any();

    /// <summary>
    /// Finds what people edited in the moment before an issue was written by a run that broke off before it had looked
    /// in the history.
    /// </summary>
    private List<IssueFieldChange> FindOverwritten(PairInput pair, Func<IssueFieldChange, bool> isOfField)
    {
        var edits = pair.Base.Pending is not { } since || context.Account is null ? [] : (pair.JiraHistory ?? [])
            .Where(edit => isOfField(edit) && edit.When.ToUnixTimeMilliseconds() > since)
            .ToList();
        // A step of a way may lead over what somebody chose, and on from it: only what stayed was put back.
        var left = edits.Where((edit, at) => _walk.IsOurs(edit) && (at + 1 == edits.Count || !_walk.IsOurs(edits[at + 1])))
            .ToList();
        return edits.Zip(edits.Skip(1))
            .Where(one => !_walk.IsOurs(one.First) && _walk.IsOurs(one.Second)
                && !left.Exists(later => later.When >= one.First.When
                    && (later.To, later.ToText) == (one.First.To, one.First.ToText)))
            .Select(one => one.First)
            .ToList();
    }

    /// <summary>
    /// The tags that a work item is to have: those of the merge, and those that are no business of it.
    /// </summary>
    private static string Tags(PairInput pair, PairField field, FieldDecision decision)
    {
        var present = TagList.Split(pair.Item.Fields.GetValueOrDefault(field.Name) as string);
        return TagList.Join(present.Where(tag => decision.AdoSet!.Contains(tag) || !field.Pair.AdoSet!.Contains(tag))
            .Concat(decision.AdoSet!.Where(tag => !present.Contains(tag)).Order(StringComparer.OrdinalIgnoreCase))
            .Take(FieldValue.TagLimit));
    }
}
