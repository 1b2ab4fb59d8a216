using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Reporting;
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
/// <item>Rich texts go to Azure DevOps only, as one-way synchronisation has it.</item>
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
    ];

    private readonly FieldMapping _fields = input.Policy.Fields;
    private readonly BaseCheck _check = new(context, statuses, statusesOf);
    private readonly BaseProof _proof = new(
        account => account?.AccountId is { } id && id == context.Account, input.Site);

    /// <summary>The project of the work items.</summary>
    public required string Project { get; init; }

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
            one => one.Field, one => _proof.Check(pair, one.Field, NamesOf(pair, one.Field), one.Needs));
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
        var draft = new Draft(pair);
        draft.Needs |= pair.Base.Walk is not null || pair.Base.Pending is not null || pair.IsUnfinished
            ? Histories.Jira
            : Histories.None;
        foreach (var field in FieldsOf(pair))
        {
            Decide(pair, field, draft);
            ReportOverwritten(pair, field, draft);
        }

        var plan = new PairPlan
        {
            Pair = pair,
            WorkItem = null!,
            ToJira = draft.ToJira,
            Target = draft.Target,
            Results = draft.Results,
            Base = draft.Base.OrderBy(one => Order.IndexOf(one.Field) is >= 0 and var at ? at : Order.Count).ToList(),
            Needs = draft.Needs
                & ((pair.JiraHistory is null ? Histories.Jira : Histories.None)
                    | (pair.AdoHistory is null ? Histories.Ado : Histories.None)),
            NeedsStatuses = draft.NeedsStatuses,
            IsStateOpen = draft.IsStateOpen,
            NotInvertible = draft.NotInvertible,
        };
        return plan with { WorkItem = ChangeOf(pair, draft.ToAdo, plan) };
    }

    private void Decide(PairInput pair, PairField field, Draft draft)
    {
        draft.Needs |= field.Check.Needs;
        draft.NeedsStatuses |= field.Check.NeedsStatuses;
        if (field.Check.Kept.Count > 0)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.Kept,
                "Both sides changed these so soon after one another that nobody knows which came last, and they are kept: "
                + $"{string.Join(", ", field.Check.Kept)}.");
        }

        var merge = MergeOf(pair, field);
        var decision = FieldMerge.Decide(field.Pair, merge);
        draft.Needs |= FieldMerge.NeedsHistory(field.Pair, merge)
            ? Histories.Jira | Histories.Ado
            : Histories.None;
        draft.IsStateOpen |= IsState(field.Rule, field.Name) && !field.Pair.Corresponds && !decision.WritesAdo;
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
            case MergeAction.Conflict:
                draft.Report(field, ChangeAction.Conflict, decision.Reason ?? nameof(FieldConflict));
                draft.Carry(field);
                return;
            case MergeAction.Keep when !field.Pair.Corresponds && field.Pair.Direction != FieldDirection.None:
                draft.Report(field, ChangeAction.Skip, decision.Reason ?? Reasons.Direction);
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
            && !(field.Name == State ? TryToTarget(pair, field, draft) : TryToJira(pair, field, decision, draft)))
        {
            draft.Carry(field);
            return;
        }

        if (decision.WritesAdo)
        {
            draft.ToAdo[field.Name] = field.Pair.IsSet ? Tags(pair, field, decision) : field.JiraValue;
        }

        var stamp = decision.WritesJira ? draft.Stamp.Last : draft.Stamp;
        var after = field.Name == State && decision.WritesJira
            ? field.Now(stamp) with { Jira = Marks.ShortDigest.Of(draft.Target!.Id) }
            : field.After(stamp, decision);
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
        var names = IsState(field.Rule, field.Name) ? ["status"] : NamesOf(field.Rule);
        return pair.IsUnfinished && !(pair.JiraHistory ?? [])
            .Any(edit => names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase) && !IsOurs(edit))
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

    /// <summary>What a field of a pair is called in the histories of issues.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="field">The reference name.</param>
    private string[] NamesOf(PairInput pair, string field)
    {
        var rule = _fields.RulesFor(pair.Type).Present.FirstOrDefault(one =>
            one.Field.ReferenceName.Equals(field, StringComparison.OrdinalIgnoreCase));
        return rule is null && field.Equals(State, StringComparison.OrdinalIgnoreCase) ? ["status"] : NamesOf(rule);
    }

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
        if (mark?.TextDigest != change.TextDigest && !pair.IsTextOriginal)
        {
            foreach (var (name, value) in WorkItemPlanner.Differing(desired.Text, item))
            {
                fields[name] = value;
            }
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
                },
                item,
                input)
            : change with { FieldsDigest = mark!.FieldsDigest, TextDigest = mark.TextDigest };
    }

    /// <summary>The fields of a pair that are compared.</summary>
    private IEnumerable<PairField> FieldsOf(PairInput pair)
    {
        var rules = _fields.RulesFor(pair.Type).Present.ToDictionary(
            rule => rule.Field.ReferenceName, StringComparer.OrdinalIgnoreCase);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in pair.Desired.Fields.Values)
        {
            var rule = rules.GetValueOrDefault(name);
            var isUnknown = value is null && rule?.Field.Kind == FieldKind.Person
                && rule.Source.Reads.Any(id => !FieldValue.IsEmpty(FieldValue.Read(pair.Issue, id)));
            if (!isUnknown)
            {
                seen.Add(name);
                yield return Checked(pair, new PairField(
                    name, rule, value, pair.Item.Fields.GetValueOrDefault(name), TextOf(rule, name, value)));
            }
        }

        if (pair.Item.Id == 0)
        {
            // What a new work item will have where nothing is written is not known yet.
            yield break;
        }

        // Of what the mapping leaves as it is, an edit in Azure DevOps is one to write all the same.
        var left = rules.Values
            .Where(rule => !rule.IsRichText && !rule.Field.NeedsBypass && rule.Field.Kind != FieldKind.Tags
                && rule.Source.Reads.All(id => IsRead(pair, id))
                && rule.Source.IsInvertible(rule.Field, context.Fields))
            .Select(rule => (Name: rule.Field.ReferenceName, Rule: (FieldRule?)rule))
            .Concat(_fields.Has(WorkItemField.State) ? [] : [(State, null)]);
        foreach (var (name, rule) in left.Where(one => !seen.Contains(one.Name)
            && DirectionOf(one.Rule, IsState(one.Rule, one.Name)).IncludesJira()))
        {
            var value = pair.Item.Fields.GetValueOrDefault(name);
            yield return Checked(pair, new PairField(name, rule, value, value, null) { IsLeft = true });
        }
    }

    private static bool IsRead(PairInput pair, string id) =>
        FieldValue.IsAlwaysRead(id) || pair.Issue.Fields.ContainsKey(id);

    /// <summary>A field with what the histories say of its base.</summary>
    private PairField Checked(PairInput pair, PairField field)
    {
        var (name, rule) = (field.Name, field.Rule);
        var compared = PairOf(pair, field);
        // The steps of a way are nobody's edits.
        var isWalk = IsState(rule, name) && IsUnderWay(pair);
        var check = isWalk ? new CheckedBase(compared.Base) : _check.Check(new CheckedField(
            pair, compared, IsState(rule, name) ? ["status"] : NamesOf(rule),
            rule?.Source.Reads.ToList() is [var id] ? id : null,
            issue => TextsOf(pair, rule, name, issue),
            ado => TextOf(rule, name, ado)));
        return field with
        {
            Pair = compared with
            {
                Base = check.Base,
                IsUnsure = check.IsUnsure || (IsState(rule, name) && IsMovedOnTheWay(pair)),
            },
            Check = check,
            Recorded = pair.Base.Of(name),
        };
    }

    private FieldPair PairOf(PairInput pair, PairField field)
    {
        var (name, rule) = (field.Name, field.Rule);
        var isState = IsState(rule, name);
        var compared = new FieldPair
        {
            Field = name,
            Direction = DirectionOf(rule, isState),
            Jira = isState ? pair.Issue.Status.Id
                : field.IsLeft || IsManyToOne(rule) ? RawOf(rule!, pair.Issue)
                : field.Image,
            Ado = TextOf(rule, name, field.AdoValue),
            Corresponds = false,
            Base = isState ? OfWalk(pair) : pair.Base.Of(name),
            JiraEdit = PairHistory.OfJira(pair, isState ? ["status"] : NamesOf(rule)),
            AdoEdit = PairHistory.OfAdo(pair, name),
        };
        if (field.IsLeft)
        {
            return compared with
            {
                Corresponds = compared.Base is { } known
                    ? known.Ado == Marks.ShortDigest.Of(compared.Ado)
                    : compared.AdoEdit is { HasChanged: false } || (compared.AdoEdit is null && IsAsNew(pair, field)),
            };
        }

        if (rule?.Field.Kind == FieldKind.Tags && rule.Source.IsInvertible(rule.Field, context.Fields))
        {
            var jira = TagList.Split(field.JiraValue as string);
            // What Jira can't have is no business of the merge.
            var ado = TagList.Split(field.AdoValue as string)
                .Where(tag => jira.Contains(tag) || IssueValue.CanHaveElement(rule.Source.Reads.First(), tag))
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            return compared with
            {
                Jira = PairField.TextOf(jira),
                Ado = PairField.TextOf(ado),
                Corresponds = jira.SetEquals(ado),
                JiraSet = jira,
                AdoSet = ado,
            };
        }

        return compared with
        {
            Corresponds = isState
                ? statuses.Corresponds(pair.Issue, pair.Type, field.AdoValue as string)
                : field.Image == compared.Ado,
        };
    }

    /// <summary>Whether a work item has in a field what new ones have: then nobody edited it, as far as it shows.</summary>
    private static bool IsAsNew(PairInput pair, PairField field) => IsState(field.Rule, field.Name)
        ? field.AdoValue as string == pair.Type.Initial?.Name
        : field.Rule?.Field.Is(WorkItemField.Priority) == true
            ? FieldValue.ToText(field.AdoValue) is null or PriorityMapping.OfNewItems
            : FieldValue.IsEmpty(field.AdoValue);

    private static bool IsState(FieldRule? rule, string name) =>
        rule is null && name.Equals(State, StringComparison.OrdinalIgnoreCase);

    /// <summary>The base of the state. A step of a way that an earlier run began is no decision of a person.</summary>
    private Marks.FieldBase? OfWalk(PairInput pair) => pair.Base.Of(State) is { } known
        && pair.IsOnTheWay && IsUnderWay(pair)
            // Whatever the state is now, the way was begun for one: Azure DevOps is the side that counts.
            ? known with { Jira = Marks.ShortDigest.Of(pair.Issue.Status.Id), Ado = string.Empty }
            : pair.Base.Of(State);

    /// <summary>
    /// Reports what people edited in the moment before an issue was written by a run that broke off before it had
    /// looked in the history.
    /// </summary>
    private void ReportOverwritten(PairInput pair, PairField field, Draft draft)
    {
        var names = IsState(field.Rule, field.Name) ? ["status"] : NamesOf(field.Rule);
        var edits = pair.Base.Pending is not { } since || context.Account is null ? [] : (pair.JiraHistory ?? [])
            .Where(edit => names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase)
                && edit.When.ToUnixTimeMilliseconds() > since)
            .ToList();
        foreach (var (edit, at) in edits.Select((edit, at) => (edit, at)))
        {
            if (!IsOurs(edit) && at + 1 < edits.Count && IsOurs(edits[at + 1])
                && !edits.Skip(at + 1).Any(later => IsOurs(later) && (later.To, later.ToText) == (edit.To, edit.ToText)))
            {
                draft.Report(field, edit);
            }
        }
    }

    /// <summary>
    /// Whether the history says that somebody else moved an issue that is on its way: to a status on the way, or back
    /// to where it came from, which by itself looks like our own step, or like none.
    /// </summary>
    private bool IsMovedOnTheWay(PairInput pair) => IsUnderWay(pair)
        && context.Account is not null && MovesOf(pair).Exists(move => !IsOurs(move));

    /// <summary>
    /// Whether an issue is on a way that an earlier run began. Where nobody made the first step yet, all is as it was
    /// when that run decided, and is decided again.
    /// </summary>
    private bool IsUnderWay(PairInput pair) => pair.Base.Walk is { } walk && !IsAtItsEnd(pair)
        && !(pair.Issue.Status.Id == walk.From && MovesOf(pair).Count == 0);

    /// <summary>Whether a way that is under way by the property was at its end before the run broke off.</summary>
    private bool IsAtItsEnd(PairInput pair) =>
        pair.Base.Walk is { } walk
        && MovesOf(pair).Any(move => move.To == walk.To && (context.Account is null || IsOurs(move)));

    private static List<IssueFieldChange> MovesOf(PairInput pair) => (pair.JiraHistory ?? [])
        .Where(edit => edit.Field == "status"
            && edit.When.ToUnixTimeMilliseconds() > (pair.Base.Walk?.Since ?? pair.Base.Pending ?? pair.Base.Of(State)?.Updated ?? 0))
        .ToList();

    private bool IsOurs(IssueFieldChange edit) => edit.Author?.AccountId == context.Account;

    /// <summary>What an issue has as text as it is compared, and what the mapping makes of it.</summary>
    private (string? Compared, string? Image)? TextsOf(PairInput pair, FieldRule? rule, string name, Replica issue)
    {
        if (IsState(rule, name))
        {
            return (issue.Status.Id, null);
        }

        var values = new WorkItemMapper(_fields, input.Policy.States, input.Policy.People, Project, [])
            .Map(issue, pair.Type).Fields.Values;
        if (!values.TryGetValue(name, out var value))
        {
            return null;
        }

        var image = TextOf(rule, name, value);
        return (IsManyToOne(rule) ? RawOf(rule!, issue) : image, image);
    }

    /// <summary>
    /// Whether several values of Jira are one in Azure DevOps: then only Jira's own value says whether somebody changed
    /// it.
    /// </summary>
    private static bool IsManyToOne(FieldRule? rule) =>
        rule is not null
        && (rule.Field.Is(WorkItemField.Priority) || rule.Source is JiraFieldSource { Values: not null });

    private static string? RawOf(FieldRule rule, Replica issue) =>
        FieldValue.ToText(
            rule.Source.Reads.Select(id => FieldValue.Read(issue, id)).FirstOrDefault(one => one is not null));

    private string[] NamesOf(FieldRule? rule) => (rule?.Source.Reads ?? [])
        .SelectMany(id => context.Fields.Find(id).Select(field => field.Name).Prepend(id))
        .ToArray();

    /// <summary>
    /// Which way a field is written: as its entry says, else as the run does, as far as its values can.
    /// </summary>
    private FieldDirection DirectionOf(FieldRule? rule, bool isState) => rule?.Source.Direction
        ?? (isState || (rule is not null && rule.Source.IsInvertible(rule.Field, context.Fields)) ? policy.Direction
            : policy.Direction.IncludesAdo() ? FieldDirection.JiraToAdo
            : FieldDirection.None);

    private bool TryToTarget(PairInput pair, PairField field, Draft draft)
    {
        if (statuses.StatusOf(pair.Issue, pair.Type, (string)field.AdoValue!, statusesOf(pair.Issue)) is { } status)
        {
            draft.Target = status;
            return true;
        }

        draft.NotInvertible.Add((field.Name, (string)field.AdoValue!));
        return false;
    }

    /// <summary>Puts a value among those that go to Jira.</summary>
    private bool TryToJira(PairInput pair, PairField field, FieldDecision decision, Draft draft)
    {
        var rule = field.Rule!;
        if (field.Pair.IsSet)
        {
            var id = rule.Source.Reads.First();
            draft.ToJira[id] = IssueValue.OfSet(id, decision.JiraSet!, FieldValue.Read(pair.Issue, id)).Written;
            return true;
        }

        var value = rule.Source.InverseOf(field.AdoValue, pair.Issue, rule.Field, context);
        if (value is null && rule.Field.Kind == FieldKind.Person)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.UnknownPerson,
                $"'{field.AdoValue}' is nobody whom an issue of this run names. -UserMapping says who it is.");
            return false;
        }

        if (value is null)
        {
            draft.NotInvertible.Add((field.Name, FieldValue.Describe(field.AdoValue)));
            return false;
        }

        var again = new WorkItemMapper(_fields, input.Policy.States, input.Policy.People, Project, [])
            .Map(value.On(pair.Issue), pair.Type).Fields.Values;
        if (!again.TryGetValue(field.Name, out var back) || TextOf(rule, field.Name, back) != field.Pair.Ado)
        {
            draft.Report(field, ChangeAction.Skip, Reasons.NotInvertible,
                $"'{FieldValue.Describe(field.AdoValue)}' would come back from Jira as '{FieldValue.Describe(back)}'.");
            return false;
        }

        draft.ToJira[value.Field] = value.Written;
        if (IsManyToOne(rule))
        {
            draft.Raw[field.Name] = RawOf(rule, value.On(pair.Issue));
        }

        return true;
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

    /// <summary>
    /// A value as text that is equal while the value is: days as people mean them where Jira has no time, names in any
    /// case where the service takes them so.
    /// </summary>
    private string? TextOf(FieldRule? rule, string name, object? value) => value switch
    {
        null or "" => null,
        DateTimeOffset time when rule is not null && IsDay(rule) =>
            IssueValue.DayOf(time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        string text => rule?.Field.Kind is FieldKind.Person or FieldKind.Path || WorkItemPlanner.IsCaseless(name)
            ? text.ToUpperInvariant()
            : text,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private bool IsDay(FieldRule rule) =>
        rule.Source.Reads.Any(id =>
            id.Equals("duedate", StringComparison.OrdinalIgnoreCase)
            || IssueValue.SchemaOf(id, context.Fields) == "datepicker");

    /// <summary>What has been decided of a pair so far.</summary>
    private sealed class Draft(PairInput pair)
    {
        public Dictionary<string, object?> ToAdo { get; } = new(StringComparer.OrdinalIgnoreCase);

        public Dictionary<string, object?> ToJira { get; } = new(StringComparer.OrdinalIgnoreCase);

        public List<FieldResult> Results { get; } = [];

        public List<NextBase> Base { get; } = [];

        public List<(string Field, string Value)> NotInvertible { get; } = [];

        /// <summary>Jira's own values after the write, of fields of which several are one in Azure DevOps.</summary>
        public Dictionary<string, string?> Raw { get; } = new(StringComparer.OrdinalIgnoreCase);

        public IssueStatus? Target { get; set; }

        public Histories Needs { get; set; }

        public bool NeedsStatuses { get; set; }

        public bool IsStateOpen { get; set; }

        /// <summary>What the next base of the pair records beside the values.</summary>
        public BaseStamp Stamp { get; } = StampOf(pair);

        /// <summary>Records a base that no write has to make true.</summary>
        public void Keep(PairField field, Marks.FieldBase now) =>
            Base.Add(new NextBase(field.Name, field.Recorded, now, BaseNeeds.Nothing));

        /// <summary>Leaves the base of a field as it is.</summary>
        public void Carry(PairField field)
        {
            if (field.Recorded is { } known)
            {
                Keep(field, known);
            }
        }

        private static BaseStamp StampOf(PairInput pair) =>
            new(pair.Base.Counter + 1, pair.Issue.Updated ?? 0, pair.FirstRev > 0 ? pair.FirstRev : pair.Item.Rev);

        /// <summary>Reports an edit that a run wrote over.</summary>
        public void Report(PairField field, IssueFieldChange lost)
        {
            Report(field, ChangeAction.Conflict, Reasons.Overwritten,
                $"Somebody gave it this value in the moment before a run wrote it, and that run broke off before it could put it "
                + "back.",
                Side.AzureDevOps);
            Results[^1] = Results[^1] with
            {
                JiraValue = lost.ToText, JiraAuthor = lost.Author?.ToString(), JiraTime = lost.When,
            };
        }

        public void Report(
            PairField field, ChangeAction action, string reason, string? detail = null, Side? winner = null) =>
            Results.Add(new FieldResult
            {
                Action = action,
                Key = pair.Issue.Key,
                IssueId = pair.Issue.IssueId,
                WorkItemId = pair.Item.Id,
                Field = field.Name,
                JiraValue = field.Name == State ? pair.Issue.Status.Name : Whole(InJira(field)),
                AdoValue = Whole(field.AdoValue),
                JiraAuthor = field.Pair.JiraEdit?.Author,
                JiraTime = field.Pair.JiraEdit?.When,
                AdoAuthor = field.Pair.AdoEdit?.Author,
                AdoTime = field.Pair.AdoEdit?.When,
                Winner = winner,
                Reason = reason,
                Detail = detail ?? (action, winner) switch
                {
                    (ChangeAction.Conflict, null) =>
                        "Both sides changed it since they were last in step, and it stays as it is on both.",
                    (ChangeAction.Conflict, Side.Jira) => "Both sides changed it, and Jira's value was used.",
                    (ChangeAction.Conflict, _) => "Both sides changed it, and the value of Azure DevOps was used.",
                    _ => null,
                },
            });

        /// <summary>A value as text, whole: two long ones may differ at their ends only.</summary>
        private static string Whole(object? value) => FieldValue.ToText(value) ?? FieldValue.Describe(value);

        private object? InJira(PairField field) =>
            field
                .Rule?.Source.Reads.Select(id => FieldValue.Read(pair.Issue, id))
                .FirstOrDefault(one => one is not null)
            ?? field.JiraValue;
    }
}
