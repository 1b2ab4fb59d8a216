using System.Globalization;
using System.Text.Json;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay.Saved;

/// <summary>
/// Finds what a file has in the plan that was made again, see <see cref="SavedTwoWay"/>. A change of the file counts as
/// found only where the new plan has it with the same values before and after; what the new plan has beside it is left
/// for the next run.
/// </summary>
/// <param name="now">The plan that was made again.</param>
/// <param name="file">The plan of the file.</param>
internal sealed class PlanChoice(TwoWayPlan now, SavedPlan file)
{
    private readonly HashSet<object> _chosen = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _drift = [];
    private readonly SavedTwoWay _kept = file.TwoWay!;

    /// <summary>What is no longer as it was, as sentences.</summary>
    public IReadOnlyList<string> Drift => _drift;

    /// <summary>What of the new plan the file has.</summary>
    /// <exception cref="SyncException"><c>PlanDrifted</c>, with the list of differences.</exception>
    public TwoWayPlan Make()
    {
        Choose(
            _kept.Issues,
            KeptPlan.IssuesOf(now).ToList(),
            one => one.IsWrite,
            one => (one.WorkItemId, one.Copies.Count > 0),
            Describe);
        Choose(
            _kept.IssueLinks,
            KeptPlan.LinksOf(now).ToList(),
            one => one.IsWrite,
            one => (one.Source, one.Phrase, one.Target, one.Action),
            Describe);
        Choose(
            file.WorkItems,
            KeptPlan.WorkItemsOf(now).ToList(),
            one => WorkItemChange.Writes(one.Action),
            one => (one.IssueId, one.Action == ChangeAction.Remove ? one.WorkItemId : null),
            Describe);
        Choose(
            file.Relations,
            KeptPlan.RelationsOf(now).ToList(),
            one => one.Action is ChangeAction.Create or ChangeAction.Replace or ChangeAction.Degrade
                or ChangeAction.Remove,
            one => (one.Source, one.Target, one.Link?.LinkId, one.ReferenceName),
            Describe);
        _drift.AddRange(now.Updates.Where(one => _chosen.Contains(one.Line)).SelectMany(one => WithoutWorkItem(one.Pair)));
        return _drift.Count == 0 ? Chosen() : throw new SyncException(
            "PlanDrifted",
            "The two sides are no longer what the plan was made for, so nothing was written. Make a new plan. "
            + $"{Amount.Of(_drift.Count)} differences: {string.Join(" ", _drift.Take(20))}",
            _drift);
    }

    private TwoWayPlan Chosen()
    {
        var keys = _kept.Issues.Select(one => one.Key).Concat(_kept.Fields.Select(one => one.Key))
            .Concat(file.WorkItems.Select(one => one.Key)).ToHashSet();
        var plan = now.Of(
            now.Ado with
            {
                WorkItems = now.Ado.WorkItems with { Changes = [.. now.Ado.WorkItems.Changes.Where(_chosen.Contains)] },
                Relations = RelationPlan.Of([.. now.Ado.Relations.Changes.Where(_chosen.Contains)]),
            },
            _chosen.Contains);
        var updated = plan.Updates.Select(one => one.Pair.Pair.Issue.IssueId).ToHashSet();
        return plan with
        {
            Agreed = TwoWayPlan.Nothing,
            LinkNotes = [.. now.LinkNotes.Where(_chosen.Contains)],
            // What a run wrote over that broke off is reported once, by the run after it.
            Fields = [.. now.Fields.Where(one => keys.Contains(one.Key) || one.Reason == Reasons.Overwritten)],
            Pairs = now.Pairs.ToDictionary(
                one => one.Key,
                one => updated.Contains(one.Key) ? one.Value : one.Value with
                {
                    ToJira = new Dictionary<string, object?>(),
                    Target = null,
                }),
            Parents = now.Parents.Where(one => updated.Contains(one.Key)).ToDictionary(),
        };
    }

    /// <summary>
    /// Chooses the changes of one kind. Lines that write nothing are only shown: for them it is enough to be about the
    /// same.
    /// </summary>
    private void Choose<TLine, T, TName>(
        IReadOnlyList<T> wanted,
        List<(TLine Line, T Saved)> present,
        Func<T, bool> isWrite,
        Func<T, TName> nameOf,
        Func<T, T?, IEnumerable<string>> describe)
        where TLine : class
        where T : class
    {
        var byText = present.Where(one => isWrite(one.Saved)).ToLookup(one => Again(one.Saved));
        var byName = present.ToLookup(one => nameOf(one.Saved));
        foreach (var one in wanted)
        {
            if (!isWrite(one))
            {
                _chosen.UnionWith(byName[nameOf(one)].Where(other => !isWrite(other.Saved)).Select(other => other.Line));
            }
            else if (byText[Text(one)].FirstOrDefault(other => !_chosen.Contains(other.Line)).Line is { } line)
            {
                _chosen.Add(line);
            }
            else
            {
                _drift.AddRange(describe(one, byName[nameOf(one)].FirstOrDefault().Saved));
            }
        }
    }

    /// <summary>An issue is not written where its work item should be, too: what it would remember is not true.</summary>
    private IEnumerable<string> WithoutWorkItem(PairPlan pair) => now.Ado.WorkItems.Changes
        .Where(change => change.IsWrite && change.IssueId == pair.Pair.Issue.IssueId && !_chosen.Contains(change))
        .Select(change =>
            $"{change.Replica.Key} is to be written together with its work item {pair.Pair.Item.Id}, of which the plan has "
            + "nothing.");

    private IEnumerable<string> Describe(SavedIssue then, SavedIssue? present)
    {
        if (then.Action == ChangeAction.Create && present is null)
        {
            return [$"Work item {then.WorkItemId} was to get an issue, and it has one by now, or is not selected any more."];
        }

        var values = (present?.Values ?? []).ToDictionary(value => value.Field);
        var differences = then.Values.SelectMany(value => Describe(then, value, values.GetValueOrDefault(value.Field)))
            .Concat(values.Keys.Except(then.Values.Select(value => value.Field))
                .Select(field => $"{then.Name} would get '{field}', too, by now."))
            .ToList();
        return differences.Count > 0
            ? differences
            : [$"What was to be written to {then.Name} is no longer what is to be written: {Differences(then, present)}."];
    }

    private IEnumerable<string> Describe(SavedIssue issue, SavedValue then, SavedValue? present)
    {
        if (present is not null)
        {
            return Text(then.Before) != Text(present.Before)
                ? [$"'{then.Field}' of {issue.Name} is {Shown(present.Before)} in Jira, and was {Shown(then.Before)}."]
                : Text(then.After) != Text(present.After)
                    ? [$"'{then.Field}' of {issue.Name} is to be {Shown(present.After)} by now, and was to be "
                        + $"{Shown(then.After)}."]
                    : [];
        }

        var conflict = now.Fields.FirstOrDefault(field => field.WorkItemId == issue.WorkItemId && field.IsOpen);
        return
        [
            $"'{then.Field}' of {issue.Name} was to be {Shown(then.After)}, and is not to be written any more"
            + (conflict is null ? "." : $": {conflict.Field} is '{conflict.JiraValue}' in Jira and "
                + $"'{conflict.AdoValue}' in Azure DevOps."),
        ];
    }

    private static IEnumerable<string> Describe(SavedIssueLink then, SavedIssueLink? present) =>
    [
        $"The link '{then.Source} {then.Phrase} {then.Target}' is not to be "
        + $"{(then.Action == ChangeAction.Remove ? "removed" : "added")} in Jira any more"
        + (present is null ? "." : $": {Differences(then, present)}."),
    ];

    private static IEnumerable<string> Describe(SavedWorkItem then, SavedWorkItem? present)
    {
        if (then.Action == ChangeAction.Create)
        {
            return
            [
                present?.WorkItemId is { } id
                    ? $"{then.Key} was to be created, and it has work item {id} by now."
                    : $"{then.Key} was to be created, and is not any more, or otherwise: {Differences(then, present)}.",
            ];
        }

        return present?.WorkItemId != then.WorkItemId
            ? [$"Work item {then.WorkItemId} is not that of {then.Key} any more, or can't be read."]
            : present!.Rev != then.Rev
                ? [$"Work item {then.WorkItemId} was edited: it has revision {present.Rev}, and the plan is for {then.Rev}."]
                : [$"Work item {then.WorkItemId} of {then.Key} is to be written otherwise: {Differences(then, present)}."];
    }

    private static IEnumerable<string> Describe(SavedRelation then, SavedRelation? present) =>
    [
        $"The relation {then.Source.Key ?? $"#{then.Source.WorkItemId}"} {then.Relation} "
        + $"{then.Target.Key ?? $"#{then.Target.WorkItemId}"} is to be treated otherwise: {Differences(then, present)}.",
    ];

    /// <summary>The parts of a change that are not the same any more.</summary>
    private static string Differences<T>(T then, T? present)
    {
        if (present is null)
        {
            return "nothing is to be done";
        }

        var (left, right) = (Parts(Text(then)), Parts(Again(present)));
        var names = left.Keys.Union(right.Keys)
            .Where(name => left.GetValueOrDefault(name) != right.GetValueOrDefault(name)).ToList();
        return string.Join(", ", names.Select(name =>
            $"'{name}' is {Cut(right.GetValueOrDefault(name))}, and was {Cut(left.GetValueOrDefault(name))}"));

        static Dictionary<string, string> Parts(string text)
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.EnumerateObject().ToDictionary(part => part.Name, part => part.Value.GetRawText());
        }
    }

    private static string Shown(JsonElement? value) => value is null ? "nothing" : Cut(value.Value.GetRawText());

    private static string Cut(string? text) => text is null ? "nothing"
        : Printable.Of(text.Length <= 80 ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..80]}…"));

    /// <summary>A change as a file has it, once it was read.</summary>
    private static string Again<T>(T saved) => Text(JsonSerializer.Deserialize<T>(Text(saved), PlanFile.Json));

    private static string Text<T>(T saved) => JsonSerializer.Serialize(saved, PlanFile.Json);
}
