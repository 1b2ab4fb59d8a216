using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.Undo;

namespace JiraAdoSync.Output;

/// <summary>What the views need that a property alone does not show.</summary>
public static class Formatting
{
    private const string Red = "\e[31m";
    private const string Green = "\e[32m";
    private const string Yellow = "\e[33m";
    private const string Cyan = "\e[36m";
    private const string Grey = "\e[90m";
    private const string Reset = "\e[0m";

    /// <summary>
    /// An action as a plan has it, sign first and in its colour; hosts without colours leave the colour out.
    /// </summary>
    /// <param name="action">The action.</param>
    public static string Action(ChangeAction action)
    {
        var (sign, colour) = action switch
        {
            ChangeAction.Create => ('+', Green),
            ChangeAction.Adopt => ('=', Green),
            ChangeAction.Update or ChangeAction.Replace or ChangeAction.Degrade => ('~', Yellow),
            ChangeAction.Remove => ('-', Red),
            ChangeAction.Fail => ('!', Red),
            ChangeAction.Conflict => ('!', Yellow),
            ChangeAction.Pending or ChangeAction.Skip or ChangeAction.Declined => ('.', Cyan),
            _ => ('=', Grey),
        };
        return $"{colour}{sign} {action}{Reset}";
    }

    /// <summary>An outcome in its colour.</summary>
    /// <param name="outcome">The outcome.</param>
    public static string Outcome(SyncOutcome outcome)
    {
        var colour = outcome switch
        {
            SyncOutcome.NoChange => Grey,
            SyncOutcome.Changed => Green,
            SyncOutcome.WouldChange => Cyan,
            SyncOutcome.Partial => Yellow,
            _ => Red,
        };
        return $"{colour}{outcome}{Reset}";
    }

    /// <summary>The links of an issue, as people say them.</summary>
    /// <param name="replica">The issue.</param>
    public static string Links(Replica replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        return Text(string.Join("; ", replica.Links))!;
    }

    /// <summary>The issue that a change is about.</summary>
    /// <param name="change">A change or a result.</param>
    public static string? Issue(object change) => Text(Unwrap(change) switch
    {
        WorkItemChange one => one.Key,
        WorkItemResult one => one.Key,
        RelationChange one => one.Source.ToString(),
        RelationResult one => one.Source,
        IssueResult one => one.Key ?? $"#{one.WorkItemId}",
        IssueLinkResult one => one.Source,
        FieldResult one => one.Key,
        _ => null,
    });

    /// <summary>
    /// What it becomes: a work item, a relation to another issue, or what is written to Jira, which then is named.
    /// </summary>
    /// <param name="change">A change or a result.</param>
    public static string? Becomes(object change) => Text(Unwrap(change) switch
    {
        WorkItemChange one => WorkItem(one.WorkItemType, one.WorkItemId),
        WorkItemResult one => WorkItem(one.WorkItemType, one.WorkItemId),
        RelationChange one => Relation(one.Relation?.Name, one.Target.ToString()),
        RelationResult one => Relation(one.Relation, one.Target),
        IssueResult one => Wording.Becomes(one),
        IssueLinkResult one => Wording.Becomes(one),
        FieldResult one => FieldWording.Becomes(one),
        _ => null,
    });

    /// <summary>Why, or what it is in Jira where there is nothing to explain.</summary>
    /// <param name="change">A change or a result.</param>
    public static string? Detail(object change) => Text(Unwrap(change) switch
    {
        WorkItemChange { Action: ChangeAction.Update or ChangeAction.Adopt, Existing.WorkItem.Title: var title } one
            when title != one.Summary => $"{Wording.Of(one)} (now \"{title}\")",
        WorkItemChange one => Wording.Of(one),
        WorkItemResult one => Wording.Of(one),
        RelationChange one => one.Detail ?? one.Desired?.Phrase,
        RelationResult one => one.Detail ?? one.Phrase,
        IssueResult one => Wording.Of(one),
        IssueLinkResult one => one.Error?.Message ?? one.Detail ?? one.Relation,
        FieldResult { Action: ChangeAction.Skip, Detail: { } detail } => detail,
        FieldResult one => FieldWording.Values(one),
        _ => null,
    });

    /// <summary>The fields that a change writes, as the end of a sentence; nothing where it writes none.</summary>
    /// <param name="change">The change.</param>
    internal static string? Written(WorkItemChange change) => change.Fields.Count == 0 ? null
        : $": {string.Join(", ", change.Fields.Keys.Order(StringComparer.Ordinal))}";

    /// <summary>
    /// What something is, in one line: all that PowerShell lists of it where it follows a table of others and has no
    /// view.
    /// </summary>
    /// <param name="one">What a cmdlet emits.</param>
    public static string? Line(object one) => Text(Unwrap(one) switch
    {
        WorkItemChange change => Line(change.Action, change),
        WorkItemResult result => Line(result.Action, result),
        RelationChange change => Line(change.Action, change),
        RelationResult result => Line(result.Action, result),
        IssueResult result => Line(result.Action, result),
        IssueLinkResult result => Line(result.Action, result),
        FieldResult result => Line(result.Action, result),
        UndoResult result => WithDetail(result.What, result.Detail),
        var other => other,
    });

    /// <summary>
    /// A text from a service as it may be printed: see <see cref="Printable"/>.
    /// </summary>
    /// <param name="value">The text, or what says it.</param>
    public static string? Text(object? value) => Printable.Of(value?.ToString());

    /// <summary>What is wrong with a mapping, and the way out.</summary>
    /// <param name="coverage">One line of a coverage report.</param>
    public static string? Problem(MappingCoverage coverage)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        return coverage.Problem is null
            ? null
            : Text($"{coverage.Problem.TrimEnd('.')}; could be {coverage.Suggestion}");
    }

    /// <summary>Counts as people say them: <c>9 Create, 2 Keep</c>.</summary>
    /// <param name="counts">Counts by action.</param>
    public static string Counts(IReadOnlyDictionary<string, int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return counts.Count == 0
            ? "0"
            : Text(string.Join(", ", counts.Select(pair => $"{Amount.Of(pair.Value)} {pair.Key}")))!;
    }

    /// <summary>What a check found: what something becomes, or what is wrong.</summary>
    /// <param name="check">The check.</param>
    public static string? Finding(SyncCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        var becomes = check.MapsTo is null ? null : $"-> {check.MapsTo}";
        return Text(becomes is null || check.Detail is null ? becomes ?? check.Detail : $"{becomes}. {check.Detail}");
    }

    /// <summary>The result of a preflight in words, and how the gaps are closed.</summary>
    /// <param name="checks">The checks.</param>
    public static string Checks(IReadOnlyCollection<SyncCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        var (failed, warnings) = (
            checks.Count(check => check.Result == CheckResult.Failed),
            checks.Count(check => check.Result == CheckResult.Warning));
        var entries = MappingChecks.Entries(checks.Where(check => check.Result != CheckResult.Passed));
        return Text(
            $"{Amount.Of(checks.Count, "check")}, {Amount.Of(failed)} failed, {Amount.Of(warnings, "warning")}. "
                + (failed > 0 ? "A run would stop before its first write." : "A run can start.")
                + (entries.Length == 0 ? string.Empty : $" Entries that close the gaps: {entries}")
        )!;
    }

    /// <summary>The result of a plan in words: how much it would write, and how much it would leave.</summary>
    /// <param name="workItems">Its work items.</param>
    /// <param name="relations">Its links, parents and relations.</param>
    /// <param name="inJira">What of it is written to Jira, and the conflicts; null for a plan of one way.</param>
    public static string Plan(
        IReadOnlyCollection<WorkItemChange> workItems,
        IReadOnlyCollection<RelationChange> relations,
        TwoWayPlan? inJira = null)
    {
        ArgumentNullException.ThrowIfNull(workItems);
        ArgumentNullException.ThrowIfNull(relations);
        var jira = inJira is null ? [] : InJira(inJira);
        if (workItems.Count + relations.Count + jira.Count == 0)
        {
            return "Plan: nothing.";
        }

        var items = workItems.ToLookup(change => change.Action);
        var links = relations.ToLookup(change => change.Action);
        string?[] writes =
        [
            Things("to add", items[ChangeAction.Create].Count(), links[ChangeAction.Create].Count()),
            Things("to change", Count(items, ChangeAction.Update, ChangeAction.Adopt),
                links[ChangeAction.Replace].Count()),
            Things("to add as Related", 0, links[ChangeAction.Degrade].Count()),
            Things("to remove", items[ChangeAction.Remove].Count(), links[ChangeAction.Remove].Count()),
        ];
        string?[] others =
        [
            Things("unchanged", items[ChangeAction.Keep].Count(),
                Count(links, ChangeAction.Keep, ChangeAction.Adopt, ChangeAction.Merge)),
            Things("waiting", 0, links[ChangeAction.Pending].Count()),
            Things("left out", items[ChangeAction.Skip].Count(), links[ChangeAction.Skip].Count()),
            Things("impossible", items[ChangeAction.Fail].Count(), links[ChangeAction.Fail].Count()),
        ];
        var (write, other) = (Joined(writes.Concat(jira.Where(one => one.IsWrite).Select(one => one.Text))),
            Joined(jira.Where(one => !one.IsWrite).Select(one => one.Text).Concat(others)));
        return (write, other) switch
        {
            ("", _) => $"Plan: nothing to write; {other}.",
            (_, "") => $"Plan: {write}. Nothing is written yet.",
            _ => $"Plan: {write}; {other}. Nothing is written yet.",
        };

        static int Count<T>(ILookup<ChangeAction, T> changes, params ChangeAction[] actions) =>
            actions.Sum(action => changes[action].Count());

        static string Joined(IEnumerable<string?> parts) => string.Join(", ", parts.OfType<string>());
    }

    /// <summary>What a plan writes to Jira, and what of it nobody has decided.</summary>
    private static List<(string? Text, bool IsWrite)> InJira(TwoWayPlan plan)
    {
        var issues = plan.Issues.ToLookup(line => line.Action);
        var links = plan.Links.ToLookup(line => line.Action);
        return new[]
        {
            (Things("to add in Jira", issues[ChangeAction.Create].Count(), links[ChangeAction.Create].Count(), "issue"),
                true),
            (Things("to change in Jira", issues[ChangeAction.Update].Count(), 0, "issue"), true),
            (Things("to remove in Jira", 0, links[ChangeAction.Remove].Count(), "issue"), true),
            (plan.Fields.Count(field => field.IsOpen) is > 0 and var open ? Amount.Of(open, "conflict") : null, false),
        }.Where(one => one.Item1 is not null).ToList();
    }

    /// <summary>
    /// A number of work items and links, and what is to be done with them; null where there are none.
    /// </summary>
    private static string? Things(string what, int items, int links, string item = "work item") => (items, links) switch
    {
        (0, 0) => null,
        (_, 0) => $"{Amount.Of(items, item)} {what}",
        (0, _) => $"{Amount.Of(links, "link")} {what}",
        _ => $"{Amount.Of(items, item)} and {Amount.Of(links, "link")} {what}",
    };

    /// <summary>A duration as people say it.</summary>
    /// <param name="seconds">The duration in seconds.</param>
    public static string Seconds(double seconds) => seconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60} min {(int)seconds % 60} s");

    /// <summary>
    /// The Duration of a summary, for scripts that want a TimeSpan; JSON gets the seconds. It is a method and no
    /// script, so that it is read on any thread, and after the session's end.
    /// </summary>
    /// <param name="summary">The summary.</param>
    public static TimeSpan Duration(PSObject summary) =>
        summary?.BaseObject is SyncSummary one
            ? TimeSpan.FromTicks((long)Math.Round(one.Seconds * TimeSpan.TicksPerSecond))
            : default;

    /// <summary>The first keys, and how many more there are.</summary>
    /// <param name="keys">The keys.</param>
    public static string Keys(IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        const int Shown = 8;
        if (keys.Count == 0)
        {
            return "0";
        }

        var first = Text(string.Join(", ", keys.Take(Shown)))!;
        return keys.Count > Shown ? $"{first} and {Amount.Of(keys.Count - Shown)} more" : first;
    }

    /// <summary>How many requests each service got.</summary>
    /// <param name="summary">The summary.</param>
    public static string Requests(SyncSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return $"{Amount.Of(summary.JiraRequests)} to Jira, {Amount.Of(summary.AdoRequests)} to Azure DevOps";
    }

    private static string Line(ChangeAction action, object change) =>
        WithDetail($"{action} {Issue(change)} {Becomes(change)}", Detail(change));

    private static string WithDetail(string text, string? detail) => detail is null ? text : $"{text}: {detail}";

    private static string? WorkItem(string? type, int? id) => id is null ? type : $"{type} {id}";

    private static string Relation(string? relation, string target) =>
        relation is null ? $"- {target}" : $"{relation} {target}";

    private static object Unwrap(object change) => change is PSObject wrapped ? wrapped.BaseObject : change;
}
