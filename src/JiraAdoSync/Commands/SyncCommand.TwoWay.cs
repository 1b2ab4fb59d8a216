using JiraAdoSync.Applying;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Output;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that apply a plan over both sides.</summary>
public abstract partial class SyncCommand
{
    /// <summary>Asks about each change of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>What of it nobody declined.</returns>
    private protected TwoWayPlan Approve(TwoWayPlan plan)
    {
        var ado = Approve(plan.Ado);
        var issues = plan.Issues.ToLookup(line => line.Action is (ChangeAction.Create or ChangeAction.Update)
            && IsWanted($"{line.Key ?? $"#{line.WorkItemId}"} \"{line.Summary}\"", Describe(line)));
        var links = plan.Links.ToLookup(line => line.Action is (ChangeAction.Create or ChangeAction.Remove)
            && IsWanted($"{line.Source} -> {line.Target}", Describe(line)));
        Show<IssuePhase>(plan.Fields.Concat<IRunResult>(issues[false].Select(NotWanted)));
        Show<LinkPhase>(links[false].Select(NotWanted));
        var approved = new HashSet<object>([.. issues[true], .. links[true]], ReferenceEqualityComparer.Instance);
        Expect(approved.Count);
        return plan.Of(ado, approved.Contains);
    }

    /// <summary>What a run's results come to, with those of Jira.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="count">How many issues the run is about.</param>
    private protected SyncSummary SummaryOf(TwoWayPlan plan, int count)
    {
        var (issues, links) = (Results.OfType<IssueResult>().ToList(), Results.OfType<IssueLinkResult>().ToList());
        return SummaryOf(count).With(
            Count(issues.Select(one => one.Action)),
            Count(links.Select(one => one.Action)),
            plan.Fields.Where(field => field.Action == ChangeAction.Conflict)
                .Select(field => (field.Key, field.IsOpen))
                .ToList(),
            // What was written and put back was written, too, and what somebody changed meanwhile is for the next run:
            // neither makes a run a failure.
            issues.Exists(one => one.IsApplied || one.Reason is Reasons.Changed or Reasons.Overwritten)
                || links.Exists(one => one.IsApplied),
            issues.Where(one => one.Action == ChangeAction.Fail || one.Reason is Reasons.Changed or Reasons.Overwritten)
                .Select(one => one.Key ?? $"#{one.WorkItemId}")
                .Concat(links.Where(one => one.Action == ChangeAction.Fail).Select(one => one.Source))
                .ToList());
    }

    private static string Describe(IssueResult line) => line.Action == ChangeAction.Create
        ? $"Create {line.IssueType} in Jira"
        : $"Update in Jira: {string.Join(", ", line.Fields)}";

    private static string Describe(IssueLinkResult line) => line.Action == ChangeAction.Remove
        ? $"Remove the link '{line.Phrase}' in Jira"
        : $"Add the link '{line.Phrase}' in Jira";

    private IssueResult NotWanted(IssueResult line) =>
        IsWhatIf || line.Action is not (ChangeAction.Create or ChangeAction.Update)
            ? line
            : line with
            {
                Action = ChangeAction.Declined,
                Detail = Declined(Describe(line)),
            };

    private IssueLinkResult NotWanted(IssueLinkResult line) =>
        IsWhatIf || line.Action is not (ChangeAction.Create or ChangeAction.Remove)
            ? line
            : line with { Action = ChangeAction.Declined, Detail = Declined(Describe(line)) };

    /// <summary>Warns of conflicts, of what was written over, and of fields that stay different.</summary>
    /// <param name="fields">What the plan says of fields.</param>
    /// <param name="direction">Which way values go.</param>
    private protected void WarnOf(IReadOnlyList<FieldResult> fields, FieldDirection direction)
    {
        var conflicts = fields.Where(field => field.IsOpen).ToList();
        if (conflicts.Count > 0)
        {
            WriteWarning($"Conflict: both sides changed {Amount.Of(conflicts.Count, "field")}, which "
                + $"{(conflicts.Count == 1 ? "stays as it is" : "stay as they are")}; {Describe(conflicts[0], direction)}.");
            WriteIssues(conflicts.ConvertAll(field => $"Conflict: {Describe(field, direction)}."));
        }

        foreach (var lost in fields.Where(field => field.Reason == Reasons.Overwritten))
        {
            WriteWarning(
                $"Overwritten: {lost.Field} of {lost.Key} was {FieldWording.Excerpts(lost).Jira} by "
                    + $"{FieldWording.Origin(lost.JiraAuthor ?? "somebody", lost.JiraTime)} in Jira. {lost.Detail}");
        }

        foreach (var group in fields.Where(field => field.Action == ChangeAction.Skip).GroupBy(field => field.Reason))
        {
            var first = group.First();
            WriteWarning($"{group.Key}: {Amount.Of(group.Count())} {(group.Count() == 1 ? "field stays" : "fields stay")} different on the two sides; "
                + $"{first.Field} of {first.Key} for one. {first.Detail}".TrimEnd());
        }
    }

    private static string Describe(FieldResult field, FieldDirection direction) =>
        $"{field.Field} of {field.Key}: {FieldWording.ValuesAndTimes(field)}. To decide it: {field.Decide}"
        + (direction == FieldDirection.Both ? ", or AdoWins" : string.Empty);

    /// <summary>The command that decides the conflicts of an issue: that of a run, for the issue alone.</summary>
    /// <param name="key">The issue's key.</param>
    /// <param name="direction">Which way values go.</param>
    /// <param name="parameters">The parameters of the run.</param>
    private protected static string CommandThatDecides(
        string key, FieldDirection direction, IEnumerable<KeyValuePair<string, object?>> parameters)
    {
        string[] ofTheRun =
        [
            "Jql", "Wiql", "Key", "IssueId", "WorkItemId", "UpdatedSince", "Baseline", "FieldConflict", "PlanOnly", "Summary",
            "Report", "JiraConnection", "AdoConnection", "ThrottleLimit", "WhatIf", "Confirm",
        ];
        // Jira's value can't win where nothing is written to work items.
        var winner = direction.IncludesAdo() ? FieldConflict.JiraWins : FieldConflict.AdoWins;
        return CommandText.Of(
            "Invoke-JiraAdoSync",
            [
                .. parameters.Where(one => !ofTheRun.Contains(one.Key)),
                new("Key", key),
                new("FieldConflict", winner),
            ]);
    }

    private static Dictionary<string, int> Count(IEnumerable<ChangeAction> actions) => actions
        .GroupBy(action => action)
        .OrderBy(group => group.Key)
        .ToDictionary(group => group.Key.ToString(), group => group.Count());
}
