using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// The fields of pairs as they are compared: as Azure DevOps has them, Jira's through the mapping, each as a text that
/// is equal while the value is.
/// </summary>
internal sealed class PairFields(
    WorkItemPlanInput input,
    TwoWayPolicy policy,
    InverseContext context,
    StatusMapping statuses,
    Func<Replica, IReadOnlyList<IssueStatus>> statusesOf)
{
    private static readonly string State = WorkItemField.State.ReferenceName;

    private readonly BaseCheck _check = new(context, statuses, statusesOf);
    private readonly PairWalk _walk = new(context.Account);
    private readonly Dictionary<FieldRule, string[]> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>The project of the work items.</summary>
    public required string Project { get; init; }

    /// <summary>The plain fields that an issue becomes, by reference name.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="issue">The issue as it is, or as it would be.</param>
    public IReadOnlyDictionary<string, object?> Map(PairInput pair, Replica issue) =>
        new WorkItemMapper(input.Policy.Fields, input.Policy.States, input.Policy.People, Project, [])
            .Map(issue, pair.Type).Fields.Values;

    /// <summary>The fields of a pair that are compared.</summary>
    /// <param name="pair">The pair.</param>
    public IEnumerable<PairField> FieldsOf(PairInput pair)
    {
        var rules = input.Policy.Fields.RulesFor(pair.Type).Present.ToDictionary(
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
            .Concat(input.Policy.Fields.Has(WorkItemField.State) ? [] : [(State, null)]);
        foreach (var (name, rule) in left.Where(one => !seen.Contains(one.Name)
            && DirectionOf(one.Rule, IsState(one.Rule, one.Name)).IncludesJira()))
        {
            var value = pair.Item.Fields.GetValueOrDefault(name);
            yield return Checked(pair, new PairField(name, rule, value, value, null) { IsLeft = true });
        }
    }

    /// <summary>What a field of a pair is called in the histories of issues.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="field">The reference name.</param>
    public string[] NamesOf(PairInput pair, string field)
    {
        if (input.Policy.Fields.MergedTextsOf(pair.Type).FirstOrDefault(one => one.Field == field) is { } text)
        {
            return NamesOf(text.Source);
        }

        var rule = input.Policy.Fields.RulesFor(pair.Type).Present.FirstOrDefault(one =>
            one.Field.ReferenceName.Equals(field, StringComparison.OrdinalIgnoreCase));
        return rule is null && field.Equals(State, StringComparison.OrdinalIgnoreCase) ? ["status"] : NamesOf(rule);
    }

    /// <summary>What an issue has as text as it is compared, and what the mapping makes of it.</summary>
    private (string? Compared, string? Image)? TextsOf(PairInput pair, FieldRule? rule, string name, Replica issue)
    {
        if (IsState(rule, name))
        {
            return (issue.Status.Id, null);
        }

        if (!Map(pair, issue).TryGetValue(name, out var value))
        {
            return null;
        }

        var image = TextOf(rule, name, value);
        return (IsManyToOne(rule) ? RawOf(rule!, issue) : image, image);
    }

    /// <summary>Jira's own value as text.</summary>
    /// <param name="rule">The rule that maps it.</param>
    /// <param name="issue">The issue.</param>
    public static string? RawOf(FieldRule rule, Replica issue) =>
        FieldValue.ToText(
            rule.Source.Reads.Select(id => FieldValue.Read(issue, id)).FirstOrDefault(one => one is not null));

    /// <summary>
    /// Whether several values of Jira are one in Azure DevOps: then only Jira's own value says whether somebody changed
    /// it.
    /// </summary>
    /// <param name="rule">The rule that maps it; null where none does.</param>
    public static bool IsManyToOne(FieldRule? rule) =>
        rule is not null
        && (rule.Field.Is(WorkItemField.Priority) || rule.Source is JiraFieldSource { Values: not null });

    /// <summary>
    /// A value as text that is equal while the value is: days as people mean them where Jira has no time, names in any
    /// case where the service takes them so.
    /// </summary>
    /// <param name="rule">The rule that maps it; null where none does.</param>
    /// <param name="name">The reference name of the field.</param>
    /// <param name="value">The value.</param>
    public string? TextOf(FieldRule? rule, string name, object? value) => value switch
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

    /// <summary>Whether a field is the state, as no entry of the user maps it.</summary>
    /// <param name="field">The field.</param>
    public static bool IsState(PairField field) => field.Text is null && IsState(field.Rule, field.Name);

    private static bool IsState(FieldRule? rule, string name) =>
        rule is null && name.Equals(State, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a field of Jira is called in the histories of issues.</summary>
    /// <param name="id">The field's id.</param>
    public string[] NamesOf(string id) => context.Fields.Find(id).Select(field => field.Name).Prepend(id).ToArray();

    private string[] NamesOf(FieldRule? rule)
    {
        if (rule is null)
        {
            return [];
        }

        if (!_names.TryGetValue(rule, out var names))
        {
            names = rule.Source.Reads.SelectMany(NamesOf).ToArray();
            _names.Add(rule, names);
        }

        return names;
    }

    private static bool IsRead(PairInput pair, string id) =>
        FieldValue.IsAlwaysRead(id) || pair.Issue.Fields.ContainsKey(id);

    /// <summary>A field with what the histories say of its base.</summary>
    private PairField Checked(PairInput pair, PairField field)
    {
        var (name, rule) = (field.Name, field.Rule);
        var names = IsState(rule, name) ? ["status"] : NamesOf(rule);
        var compared = PairOf(pair, field);
        // The steps of a way are nobody's edits.
        var isWalk = IsState(rule, name) && (_walk.IsUnderWay(pair) || _walk.HasArrived(pair));
        var check = isWalk ? new CheckedBase(compared.Base) : _check.Check(new CheckedField(
            pair, compared, names,
            rule?.Source.Reads.ToList() is [var id] ? id : null,
            issue => TextsOf(pair, rule, name, issue),
            ado => TextOf(rule, name, ado)));
        return field with
        {
            Pair = compared with
            {
                Base = check.Base,
                IsUnsure = check.IsUnsure || (IsState(rule, name) && _walk.IsMovedOnTheWay(pair)),
            },
            Names = names,
            Check = check,
            Recorded = check.IsBlind ? BaseStamp.Of(pair).OfOpen(check.Base!.Elements) : pair.Base.Of(name),
        };
    }

    /// <summary>
    /// Whether histories bear out only a part of a value. Recorded as it is it would be as old as what it was a part of,
    /// and what both sides had long before would count as their last agreement.
    /// </summary>
    /// <param name="known">The base.</param>
    public static bool IsUnproven(Marks.FieldBase? known) => known is { Elements: null }
        && (known.Jira == Marks.FieldBase.Unknown || known.Ado == Marks.FieldBase.Unknown);

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
            State = pair.State,
            Corresponds = false,
            Base = isState ? _walk.BaseOf(pair) : pair.Base.Of(name),
            JiraEdit = PairHistory.OfJira(pair, isState ? ["status"] : NamesOf(rule)),
            AdoEdit = PairHistory.OfAdo(pair, name),
            IsByProcessRule = rule?.Field.Kind == FieldKind.Person && field.Image is null
                && pair.IsOwnAccount(field.AdoValue as string),
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
                : field.Image == compared.Ado || IsNobodysChoice(compared),
        };
    }

    /// <summary>
    /// Whether Azure DevOps has what only a rule of its process gave it, and nobody chose anything since: to take it away
    /// is what the rule may refuse.
    /// </summary>
    private static bool IsNobodysChoice(FieldPair field) => field.IsByProcessRule && (field.Base is null
        ? field is { JiraEdit: { IsKnown: true, HasChanged: false }, AdoEdit: { IsKnown: true, HasChanged: false } }
        : !field.HasJiraChanged && !field.HasAdoChanged);

    /// <summary>Whether a work item has in a field what new ones have: then nobody edited it, as far as it shows.</summary>
    private static bool IsAsNew(PairInput pair, PairField field) => IsState(field.Rule, field.Name)
        ? field.AdoValue as string == pair.Type.Initial?.Name
        : field.Rule?.Field.Is(WorkItemField.Priority) == true
            ? FieldValue.ToText(field.AdoValue) is null or PriorityMapping.OfNewItems
            : FieldValue.IsEmpty(field.AdoValue);

    /// <summary>
    /// Which way a field is written: as its entry says, else as the run does, as far as its values can.
    /// </summary>
    private FieldDirection DirectionOf(FieldRule? rule, bool isState) => rule?.Source.Direction
        ?? (isState || (rule is not null && rule.Source.IsInvertible(rule.Field, context.Fields)) ? policy.Direction
            : policy.Direction.IncludesAdo() ? FieldDirection.JiraToAdo
            : FieldDirection.None);

    private bool IsDay(FieldRule rule) =>
        rule.Source.Reads.Any(id =>
            id.Equals("duedate", StringComparison.OrdinalIgnoreCase)
            || IssueValue.SchemaOf(id, context.Fields) == "datepicker");
}
