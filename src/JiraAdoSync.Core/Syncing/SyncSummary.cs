using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Syncing;

/// <summary>
/// How a run ended. No value is zero: in PowerShell that would count as false. And it has 64 bits: of such,
/// ConvertTo-Json writes the name.
/// </summary>
public enum SyncOutcome : long
{
    /// <summary>Nothing had to be written, or nothing was to be.</summary>
    NoChange = 1,

    /// <summary>Everything that had to be written was.</summary>
    Changed,

    /// <summary>Something that should have been written was not; the next run tries again.</summary>
    Partial,

    /// <summary>Nothing of what should have been written was.</summary>
    Failed,

    /// <summary>Something would be written: under -WhatIf, where nothing is.</summary>
    WouldChange,
}

/// <summary>What a run did, reported once at its end.</summary>
public sealed record SyncSummary
{
    /// <summary>How it ended.</summary>
    public required SyncOutcome Outcome { get; init; }

    /// <summary>How many issues were read.</summary>
    public required int Issues { get; init; }

    /// <summary>How many work items got each action.</summary>
    public required IReadOnlyDictionary<string, int> WorkItems { get; init => field = Listing.Of(value); }

    /// <summary>How many links, parents and relations got each action.</summary>
    public required IReadOnlyDictionary<string, int> Relations { get; init => field = Listing.Of(value); }

    /// <summary>How many issues got each action, where the run may write to Jira.</summary>
    public IReadOnlyDictionary<string, int> JiraIssues { get; init => field = Listing.Of(value); } = new Table<int>();

    /// <summary>How many issue links got each action, where the run may write to Jira.</summary>
    public IReadOnlyDictionary<string, int> JiraLinks { get; init => field = Listing.Of(value); } = new Table<int>();

    /// <summary>How many fields both sides changed since they were last in step.</summary>
    public int Conflicts { get; init; }

    /// <summary>The keys of issues with such a field that nobody has decided yet.</summary>
    public IReadOnlyList<string> ConflictKeys { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>The keys that relations wait for.</summary>
    public required IReadOnlyList<string> PendingKeys { get; init => field = Listing.Of(value); }

    /// <summary>The keys of what failed.</summary>
    public required IReadOnlyList<string> FailedKeys { get; init => field = Listing.Of(value); }

    /// <summary>How many requests Jira got.</summary>
    public required long JiraRequests { get; init; }

    /// <summary>How many requests Azure DevOps got.</summary>
    public required long AdoRequests { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The run's id, by which Get-JiraAdoRun and Undo-JiraAdoRun know it.</summary>
    public required string RunId { get; init; }

    /// <summary>
    /// The same for a run that only shows what it would do: its counts are those of what would be done.
    /// </summary>
    public SyncSummary AsPlan() => this with
    {
        Outcome = WorkItems.Keys.Any(IsWorkItemWrite) || Relations.Keys.Any(IsRelationWrite)
            || JiraIssues.Keys.Concat(JiraLinks.Keys).Any(IsWorkItemWrite)
            ? SyncOutcome.WouldChange
            : Outcome,
    };

    /// <summary>Makes the summary of a run's results.</summary>
    /// <param name="issues">How many issues were read.</param>
    /// <param name="workItems">The results of work items.</param>
    /// <param name="relations">The results of relations.</param>
    public static SyncSummary Of(
        int issues,
        IReadOnlyCollection<WorkItemResult> workItems,
        IReadOnlyCollection<RelationResult> relations)
    {
        var applied = workItems.Count(one => one.IsApplied) + relations.Count(one => one.IsApplied);
        var failed = workItems.Where(one => one.Action == ChangeAction.Fail).Select(one => one.Key)
            .Concat(relations.Where(one => one.Action == ChangeAction.Fail).Select(one => one.Source))
            .Distinct()
            .ToList();
        return new SyncSummary
        {
            Outcome = (applied, failed.Count) switch
            {
                // Where a mapping leaves out every issue, nothing of what was selected arrives.
                (0, 0) when workItems.Count > 0 && workItems.All(one => one.IsLeftOut) => SyncOutcome.Partial,
                (0, 0) => SyncOutcome.NoChange,
                (_, 0) => SyncOutcome.Changed,
                (0, _) => SyncOutcome.Failed,
                _ => SyncOutcome.Partial,
            },
            Issues = issues,
            WorkItems = Count(workItems.Select(one => one.Action)),
            Relations = Count(relations.Select(one => one.Action)),
            PendingKeys = relations.Where(one => one.Action == ChangeAction.Pending)
                .SelectMany(one => new[] { (one.WorkItemId, one.Source), (one.TargetWorkItemId, one.Target) })
                .Where(end => end.Item1 is null)
                .Select(end => end.Item2)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .ToList(),
            FailedKeys = failed,
            JiraRequests = 0,
            AdoRequests = 0,
            Seconds = 0,
            RunId = string.Empty,
        };
    }

    /// <summary>The summary of a run that wrote to Jira, too.</summary>
    /// <param name="issues">How many issues got each action.</param>
    /// <param name="links">How many issue links got each action.</param>
    /// <param name="conflicts">
    /// The fields that both sides changed: the issue's key, and whether nobody has decided it.
    /// </param>
    /// <param name="hasApplied">Whether something was written to Jira.</param>
    /// <param name="failed">The keys of issues of which something should have been written and was not.</param>
    public SyncSummary With(
        IReadOnlyDictionary<string, int> issues,
        IReadOnlyDictionary<string, int> links,
        IReadOnlyCollection<(string Key, bool IsOpen)> conflicts,
        bool hasApplied,
        IReadOnlyCollection<string> failed)
    {
        ArgumentNullException.ThrowIfNull(conflicts);
        ArgumentNullException.ThrowIfNull(failed);
        hasApplied |= Outcome is SyncOutcome.Changed or SyncOutcome.Partial;
        var hasFailed = failed.Count > 0 || Outcome is SyncOutcome.Partial or SyncOutcome.Failed;
        return this with
        {
            Outcome = (hasApplied, hasFailed) switch
            {
                (false, false) => Outcome,
                (true, false) => SyncOutcome.Changed,
                (true, true) => SyncOutcome.Partial,
                _ => SyncOutcome.Failed,
            },
            JiraIssues = issues,
            JiraLinks = links,
            Conflicts = conflicts.Count,
            ConflictKeys = conflicts.Where(one => one.IsOpen).Select(one => one.Key)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .ToList(),
            FailedKeys = [.. FailedKeys.Concat(failed).Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    /// <summary>The summary of a run that could not read some of the issues that it was asked for by name.</summary>
    /// <param name="keys">Their keys or ids.</param>
    public SyncSummary Without(IReadOnlyCollection<string> keys) => keys.Count == 0 ? this : this with
    {
        Outcome = Issues == 0 ? SyncOutcome.Failed
            : Outcome is SyncOutcome.NoChange or SyncOutcome.Changed ? SyncOutcome.Partial
            : Outcome,
        FailedKeys = [.. FailedKeys.Concat(keys).Distinct(StringComparer.OrdinalIgnoreCase)],
    };

    private static bool IsWorkItemWrite(string action) => action is nameof(ChangeAction.Create)
        or nameof(ChangeAction.Update) or nameof(ChangeAction.Adopt) or nameof(ChangeAction.Remove);

    private static bool IsRelationWrite(string action) => action is nameof(ChangeAction.Create)
        or nameof(ChangeAction.Replace) or nameof(ChangeAction.Degrade) or nameof(ChangeAction.Remove);

    private static Dictionary<string, int> Count(IEnumerable<ChangeAction> actions) => actions
        .GroupBy(action => action)
        .OrderBy(group => group.Key)
        .ToDictionary(group => group.Key.ToString(), group => group.Count());
}
