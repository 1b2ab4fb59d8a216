using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using JiraAdoSync.Drafting;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Mapping;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Planning;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Output;

/// <summary>
/// What the views show of an object: hidden properties of it, which <c>JiraAdoSync.types.ps1xml</c> names. They are
/// methods and no scripts, so that they are read in every language mode. Texts from services are printable.
/// </summary>
public static class Shown
{
    /// <summary>What was or would be done, in its colour.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Action(PSObject one) =>
        Value(one) is ChangeAction action ? Formatting.Action(action) : Text(one);

    /// <summary>What is wrong with a mapping, and the way out.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Advice(PSObject one) =>
        one?.BaseObject is MappingCoverage coverage ? Formatting.Problem(coverage) : null;

    /// <summary>What an issue becomes.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Becomes(PSObject one) => Formatting.Becomes(one);

    /// <summary>What a change of a run was about, without the work item.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Change(PSObject one) =>
        one?.BaseObject is RunChange change ? Formatting.Text(change.ToString().Split(": ", 2)[^1]) : null;

    /// <summary>How many changes a run made, with a question mark where some are unsure.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Changes(PSObject one) =>
        one?.BaseObject is Run run ? $"{run.Changes}{(run.Unsure > 0 ? "?" : string.Empty)}" : null;

    /// <summary>Why, or what it is in Jira where there is nothing to explain.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Detail(PSObject one) => Formatting.Detail(one) ?? Text(one);

    /// <summary>How long a run took.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Duration(PSObject one) =>
        one?.BaseObject is SyncSummary summary ? Formatting.Seconds(summary.Seconds) : null;

    /// <summary>The first keys that failed.</summary>
    /// <param name="one">What is shown.</param>
    public static string? FailedKeys(PSObject one) => Keys(one);

    /// <summary>What a check found.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Finding(PSObject one) =>
        one?.BaseObject is SyncCheck check ? Formatting.Finding(check) : null;

    /// <summary>Whether it was done; null where that is not said.</summary>
    /// <param name="one">What is shown.</param>
    public static string? IsApplied(PSObject one) => Text(one);

    /// <summary>The issue that a change is about.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Issue(PSObject one) => Formatting.Issue(one);

    /// <summary>The whole object in one line.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Line(PSObject one) => Formatting.Line(one);

    /// <summary>The links of an issue, as people say them.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Links(PSObject one) =>
        one?.BaseObject is Replica replica ? Formatting.Links(replica) : null;

    /// <summary>The name.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Name(PSObject one) => Text(one);

    /// <summary>How a run ended, in its colour.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Outcome(PSObject one) => Value(one) switch
    {
        SyncOutcome outcome => Formatting.Outcome(outcome),
        null or "" => "(did not end)",
        var word => Formatting.Text(word),
    };

    /// <summary>How many issues were changed in which way; null where none was, so that it is not shown.</summary>
    /// <param name="one">What is shown.</param>
    public static string? JiraIssues(PSObject one) =>
        one?.BaseObject is SyncSummary { JiraIssues: { Count: > 0 } counts } ? Formatting.Counts(counts) : null;

    /// <summary>How many issue links were changed in which way; null where none was.</summary>
    /// <param name="one">What is shown.</param>
    public static string? JiraLinks(PSObject one) =>
        one?.BaseObject is SyncSummary { JiraLinks: { Count: > 0 } counts } ? Formatting.Counts(counts) : null;

    /// <summary>How many fields both sides changed, and the first keys to decide; null where there are none.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Conflicts(PSObject one) => one?.BaseObject is not SyncSummary summary
        || summary.Conflicts + summary.ConflictKeys.Count == 0 ? null
        : summary.ConflictKeys.Count == 0 ? $"{Amount.Of(summary.Conflicts)}, all decided"
        : $"{Amount.Of(summary.Conflicts)}, to decide: {Formatting.Keys(summary.ConflictKeys)}";

    /// <summary>The field's reference name.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Field(PSObject one) => Text(one);

    /// <summary>What Jira has, and who gave it that value.</summary>
    /// <param name="one">What is shown.</param>
    public static string? InJira(PSObject one) => one?.BaseObject is FieldResult field
        ? WithOrigin(field.JiraValue, FieldWording.Origin(field.JiraAuthor, field.JiraTime)) : null;

    /// <summary>What Azure DevOps has, and who gave it that value.</summary>
    /// <param name="one">What is shown.</param>
    public static string? InAdo(PSObject one) => one?.BaseObject is FieldResult field
        ? WithOrigin(field.AdoValue, FieldWording.Origin(field.AdoAuthor, field.AdoTime)) : null;

    /// <summary>Why, as a sentence.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Why(PSObject one) =>
        one?.BaseObject is FieldResult field ? Formatting.Text(field.Detail) : null;

    /// <summary>The command that decides a conflict.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Decide(PSObject one) => Text(one);

    /// <summary>The first keys that wait for other issues.</summary>
    /// <param name="one">What is shown.</param>
    public static string? PendingKeys(PSObject one) => Keys(one);

    /// <summary>The project of a run, and whether it was an undo.</summary>
    /// <param name="one">What is shown.</param>
    public static string? ProjectOfRun(PSObject one) =>
        one?.BaseObject is Run run ? Formatting.Text($"{run.Project}{(run.Undoes is null ? null : " (undo)")}") : null;

    /// <summary>How many relations were changed in which way.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Relations(PSObject one) => Counts(one);

    /// <summary>How many issues were read.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Issues(PSObject one) =>
        one?.BaseObject is SyncSummary summary ? Amount.Of(summary.Issues) : null;

    /// <summary>How many requests each service got.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Requests(PSObject one) =>
        one?.BaseObject is SyncSummary summary ? Formatting.Requests(summary) : null;

    /// <summary>What it is as text.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Self(PSObject one) => Formatting.Text(one?.BaseObject);

    /// <summary>When a run began, in local time.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Started(PSObject one) => one?.BaseObject is Run run
        ? LocalTime(run.Started)
        : null;

    /// <summary>How many work items were changed in which way.</summary>
    /// <param name="one">What is shown.</param>
    public static string? WorkItems(PSObject one) => Counts(one);

    /// <summary>The relations that were added.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Added(PSObject one) => Text(one);

    /// <summary>The values after a change.</summary>
    /// <param name="one">What is shown.</param>
    public static string? After(PSObject one) => Text(one);

    /// <summary>The values before a change.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Before(PSObject one) => Text(one);

    /// <summary>The cmdlet.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Command(PSObject one) => Text(one);

    /// <summary>The comment.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Comment(PSObject one) => Text(one);

    /// <summary>The comments that were changed.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Comments(PSObject one) => Text(one);

    /// <summary>The issue's key.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Key(PSObject one) => Text(one);

    /// <summary>Why it is left out.</summary>
    /// <param name="one">What is shown.</param>
    public static string? LeftOut(PSObject one) => Text(one);

    /// <summary>What it becomes.</summary>
    /// <param name="one">What is shown.</param>
    public static string? MapsTo(PSObject one) => Text(one);

    /// <summary>The organisation.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Organization(PSObject one) => Text(one);

    /// <summary>The organisation's address.</summary>
    /// <param name="one">What is shown.</param>
    public static string? OrganizationUri(PSObject one) => Text(one);

    /// <summary>The parent.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Parent(PSObject one) => Text(one);

    /// <summary>The path.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Path(PSObject one) => Text(one);

    /// <summary>The wording of a link.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Phrase(PSObject one) => Text(one);

    /// <summary>What is wrong with a mapping.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Problem(PSObject one) => Text(one);

    /// <summary>The project.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Project(PSObject one) => Text(one);

    /// <summary>Why, as a word.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Reason(PSObject one) => Text(one);

    /// <summary>The fixed name.</summary>
    /// <param name="one">What is shown.</param>
    public static string? ReferenceName(PSObject one) => Text(one);

    /// <summary>The relation.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Relation(PSObject one) => Text(one);

    /// <summary>The relations that were removed.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Removed(PSObject one) => Text(one);

    /// <summary>The run's id.</summary>
    /// <param name="one">What is shown.</param>
    public static string? RunId(PSObject one) => Text(one);

    /// <summary>The Jira site.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Site(PSObject one) => Text(one);

    /// <summary>The source of a link.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Source(PSObject one) => Text(one);

    /// <summary>The status.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Status(PSObject one) => Text(one);

    /// <summary>What a mapping could have.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Suggestion(PSObject one) => Text(one);

    /// <summary>The summary.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Summary(PSObject one) => Text(one);

    /// <summary>The target of a link.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Target(PSObject one) => Text(one);

    /// <summary>The title.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Title(PSObject one) => Text(one);

    /// <summary>The type.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Type(PSObject one) => Text(one);

    /// <summary>The run that was undone.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Undoes(PSObject one) => Text(one);

    /// <summary>The address.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Url(PSObject one) => Text(one);

    /// <summary>The user.</summary>
    /// <param name="one">What is shown.</param>
    public static string? User(PSObject one) => Text(one);

    /// <summary>What was undone.</summary>
    /// <param name="one">What is shown.</param>
    public static string? What(PSObject one) => Text(one);

    /// <summary>The type of the work item.</summary>
    /// <param name="one">What is shown.</param>
    public static string? WorkItemType(PSObject one) => Text(one);

    /// <summary>What a check is about.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Area(PSObject one) => Text(one);

    /// <summary>The entry that closes a gap.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Entry(PSObject one) => Text(one);

    /// <summary>The parameter that takes an entry.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Parameter(PSObject one) => Text(one);

    /// <summary>What two profiles say of an entry, and what that changes, in lines that break between words.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Contrast(PSObject one) => string.Join(
        '\n',
        new[] { $"{Before(one) ?? "(nothing)"} -> {After(one) ?? "(nothing)"}", Effect(one) }
            .Where(line => !string.IsNullOrEmpty(line))
            .Select(line => Wrapped(line!, 74)));

    /// <summary>What a difference between profiles changes on the board.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Effect(PSObject one) => Text(one);

    /// <summary>The state.</summary>
    /// <param name="one">What is shown.</param>
    public static string? State(PSObject one) => Text(one);

    /// <summary>The words of a description.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Words(PSObject one) => Text(one);

    /// <summary>The values of a drafted entry.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Values(PSObject one) => one?.BaseObject is DraftEntry { Values: { Count: > 0 } values }
        ? Formatting.Text(string.Join(", ", values))
        : "(left out)";

    /// <summary>A whole draft, in lines.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Draft(PSObject one) => one?.BaseObject is ProfileDraft ? DraftView.Of(one) : null;

    /// <summary>When a watcher's last run ended, in local time.</summary>
    /// <param name="one">What is shown.</param>
    public static string? LastRun(PSObject one) =>
        one?.BaseObject is WatchStatus { LastRun: { } last } ? LocalTime(last) : null;

    /// <summary>How a watcher's last run ended.</summary>
    /// <param name="one">What is shown.</param>
    public static string? LastOutcome(PSObject one) => Text(one);

    /// <summary>The Jira site of a watcher.</summary>
    /// <param name="one">What is shown.</param>
    public static string? JiraSite(PSObject one) => Text(one);

    /// <summary>The project of a watcher.</summary>
    /// <param name="one">What is shown.</param>
    public static string? AdoProject(PSObject one) => Text(one);

    /// <summary>The profile of a watcher.</summary>
    /// <param name="one">What is shown.</param>
    public static string? Profile(PSObject one) => Text(one);

    /// <summary>The last failure of a watcher.</summary>
    /// <param name="one">What is shown.</param>
    public static string? LastError(PSObject one) => Text(one);

    private static string LocalTime(DateTimeOffset time) =>
        time.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string WithOrigin(string? value, string? origin) =>
        $"{(string.IsNullOrEmpty(value) ? "nothing" : Formatting.Text(value))}{(origin is null ? null : $" ({origin})")}";

    private static string? Counts(PSObject one, [CallerMemberName] string name = "") =>
        Value(one, name) is IReadOnlyDictionary<string, int> counts ? Formatting.Counts(counts) : null;

    private static string? Keys(PSObject one, [CallerMemberName] string name = "") =>
        Value(one, name) is IReadOnlyList<string> keys ? Formatting.Keys(keys) : null;

    /// <summary>A text in lines of at most a width, unless a word alone is longer.</summary>
    private static string Wrapped(string text, int width)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' '))
        {
            if (lines.Count > 0 && lines[^1].Length + word.Length < width)
            {
                lines[^1] += $" {word}";
            }
            else
            {
                lines.Add(word);
            }
        }

        return string.Join('\n', lines);
    }

    private static string? Text(PSObject one, [CallerMemberName] string name = "") =>
        Formatting.Text(Value(one, name));

    /// <summary>The value of the property that is called as the caller is.</summary>
    private static object? Value(PSObject one, [CallerMemberName] string name = "")
    {
        ArgumentNullException.ThrowIfNull(one);
        return one.Properties[name]?.Value is PSObject wrapped ? wrapped.BaseObject : one.Properties[name]?.Value;
    }
}
