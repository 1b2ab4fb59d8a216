using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Files;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Output;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Profiles;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that bring both services together.</summary>
public abstract class SyncCommand : JiraAdoCommand
{
    private readonly ProgressMeter _progress;
    private bool _hasDeclined;
    private RunRecord? _record;
    private bool _isInterrupted;
    private int _planned;
    private int _written;
    private Synchronizer? _writing;

    /// <summary>Makes the command.</summary>
    protected SyncCommand() =>
        _progress = new ProgressMeter(TimeProvider.System, record => Post(() => WriteProgress(record)));

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    /// <summary>
    /// How many requests to each service may be under way at once. Fewer are while a service throttles.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int ThrottleLimit { get; set; } = 5;

    /// <summary>The connection to Jira, held to this command's limit.</summary>
    private protected JiraConnection Jira
    {
        get
        {
            var connection = Session.Resolve(JiraConnection);
            connection.Client.ThrottleLimit = ThrottleLimit;
            return connection;
        }
    }

    /// <summary>The connection to Azure DevOps, held to this command's limit.</summary>
    private protected AdoConnection Ado
    {
        get
        {
            var connection = Session.Resolve(AdoConnection);
            connection.Client.ThrottleLimit = ThrottleLimit;
            return connection;
        }
    }

    private protected CorrelationCache Cache => Session.Current.CacheOf(Jira, Ado);

    /// <summary>Whether those who follow work items are notified of writes.</summary>
    private protected virtual bool Notifies => false;

    /// <summary>Shows progress; may be called from any thread.</summary>
    private protected Action<SyncProgress> ShowProgress => _progress.Report;

    /// <summary>An empty report, with the addresses of what the session is connected to.</summary>
    private protected Report NewReport()
    {
        var ado = AdoConnection ?? Session.Current.Ado;
        return new Report
        {
            Site = (JiraConnection ?? Session.Current.Jira)?.Site,
            Project = ado is null
                ? null
                : $"{ado.OrganizationUri.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(ado.Project)}",
            Made = TimeProvider.System.GetUtcNow(),
        };
    }

    /// <summary>The folder for the run's record; null for that of the user's records.</summary>
    private protected virtual string? RunFolder => null;

    /// <summary>The profile that gave this command its parameters; null where none did.</summary>
    private protected virtual SyncProfile? UsedProfile => null;

    /// <summary>The record of this command's run.</summary>
    private protected RunRecord Record => _record ??= NewRecord(undoes: null);

    /// <summary>Whether the run may write to Jira, so that its record has changes of both sides.</summary>
    private protected virtual bool WritesJira => false;

    /// <summary>The record of a run.</summary>
    /// <param name="undoes">The run that it takes back; null where it is no undo.</param>
    private protected RunRecord NewRecord(string? undoes) => _record = new RunRecord(
        RunFolder,
        new Run
        {
            RunId = string.Empty,
            Started = default,
            Command = MyInvocation.MyCommand.Name,
            Site = Jira.Client.Site.BaseUrl,
            Organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            Project = Ado.Project,
            Undoes = undoes,
            WritesJira = WritesJira,
            ProfileName = UsedProfile?.Name,
            Profile = UsedProfile?.Text,
            ProfileHash = UsedProfile is { } profile ? SyncProfile.HashOf(profile.Text) : null,
        },
        TimeProvider.System,
        warning => Post(() => WriteWarning(warning)));

    /// <summary>How much of what this command set out to write is written.</summary>
    private protected string? Written => _planned == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(_written + (_writing?.RelationsWithoutResult ?? 0), _planned):N0} of {_planned:N0}");

    /// <inheritdoc/>
    private protected override string? Interruption => Written is not { } written
        ? null
        : $"Interrupted: {written} written. Run again to continue, or Undo-JiraAdoRun {Record.RunId}.";

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _record?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The start of a run: what its summary counts from.</summary>
    private protected (long Started, long JiraRequests, long AdoRequests) StartRun() =>
        (TimeProvider.System.GetTimestamp(), Jira.Client.RequestsSent, Ado.Client.RequestsSent);

    /// <summary>
    /// Applies a whole plan for which the permission has been checked, writes a result for each change, and the
    /// summary
    /// at the end.
    /// </summary>
    /// <returns>Whether all that should have been written was.</returns>
    private protected bool Apply(
        Synchronizer synchronizer,
        IReadOnlyList<WorkItemChange> workItems,
        IReadOnlyList<RelationChange> relations,
        int issues,
        (long Started, long JiraRequests, long AdoRequests) run)
    {
        var twins = workItems.Where(change => change.Action == ChangeAction.Remove).ToList();
        var others = workItems.Where(change => change.Action != ChangeAction.Remove).ToList();
        var wantedWorkItems = Ask(others);
        var wantedRelations = Ask(relations);
        AskFurther();
        Expect(wantedWorkItems[true].Count(change => change.IsWrite)
            + wantedRelations[true].Count(change => change.IsWrite));
        var workItemResults = Apply(synchronizer, wantedWorkItems, wantedRelations[true]);
        FollowWorkItems(workItemResults);
        Try(() => Await(token => synchronizer.FindEndsAsync(relations, token)));
        var relationResults = Apply(synchronizer, wantedRelations);
        FollowRelations(relationResults);
        workItemResults.AddRange(ApplyContents(synchronizer));
        FollowContents();
        // Twins go last: until then their relations stand.
        workItemResults.AddRange(Apply(synchronizer, twins));
        workItemResults.AddRange(Settle(synchronizer));
        var summary = WriteSummary(Complete(SyncSummary.Of(issues, workItemResults, relationResults)), run, Record);
        if (AzurePipelines.IsJob)
        {
            TellJob(workItemResults, relationResults, summary);
        }

        return summary.Outcome is SyncOutcome.NoChange or SyncOutcome.Changed && !_hasDeclined;
    }

    /// <summary>Asks about what a run writes beside work items and relations.</summary>
    private protected virtual void AskFurther()
    {
    }

    /// <summary>Writes what follows work items, before relations.</summary>
    /// <param name="results">What became of the work items.</param>
    private protected virtual void FollowWorkItems(IReadOnlyList<WorkItemResult> results)
    {
    }

    /// <summary>Writes what follows relations.</summary>
    /// <param name="results">What became of the relations.</param>
    private protected virtual void FollowRelations(IReadOnlyList<RelationResult> results)
    {
    }

    /// <summary>Writes what follows the contents of work items.</summary>
    private protected virtual void FollowContents()
    {
    }

    /// <summary>Adds to a summary what a run wrote beside work items and relations.</summary>
    /// <param name="summary">The summary.</param>
    private protected virtual SyncSummary Complete(SyncSummary summary) => summary;

    /// <summary>Writes the summary of a run, and the last line of its record.</summary>
    private protected SyncSummary WriteSummary(
        SyncSummary summary,
        (long Started, long JiraRequests, long AdoRequests) run,
        RunRecord record)
    {
        summary = (IsWhatIf ? summary.AsPlan() : summary).Without(NotRead);
        var outcome = EndRecord(summary.Outcome, record);
        summary = summary with
        {
            Outcome = outcome,
            JiraRequests = Jira.Client.RequestsSent - run.JiraRequests,
            AdoRequests = Ado.Client.RequestsSent - run.AdoRequests,
            Seconds = Math.Round(TimeProvider.System.GetElapsedTime(run.Started).TotalSeconds, 3),
            RunId = record.RunId,
        };
        Note(summary);
        WriteObject(summary);
        return summary;
    }

    /// <summary>Ends the record of a stage, which has no summary.</summary>
    private protected void EndRecord(
        IReadOnlyCollection<WorkItemResult> workItems, IReadOnlyCollection<RelationResult> relations) =>
        EndRecord(SyncSummary.Of(workItems.Count, workItems, relations).Outcome, Record);

    /// <summary>Writes the last line of a run's record.</summary>
    /// <returns>How the run ended, where it may have been interrupted.</returns>
    private SyncOutcome EndRecord(SyncOutcome outcome, RunRecord record)
    {
        outcome = outcome == SyncOutcome.WouldChange ? outcome
            : _isInterrupted && outcome == SyncOutcome.Changed ? SyncOutcome.Partial
            : _isInterrupted && outcome == SyncOutcome.NoChange ? SyncOutcome.Failed
            : outcome;
        if (!IsWhatIf)
        {
            record.End(outcome.ToString());
        }

        WritePosted();
        return outcome;
    }

    /// <summary>Whether the command only tells what it would do.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
        ? given is SwitchParameter { IsPresent: true }
        : SessionState.PSVariable.GetValue("WhatIfPreference") is SwitchParameter { IsPresent: true } or true;

    /// <summary>Shows a report on the page of the job's run, and gives later steps the outcome.</summary>
    private void TellJob(
        IEnumerable<WorkItemResult> workItems,
        IEnumerable<RelationResult> relations,
        SyncSummary? summary)
    {
        var report = NewReport();
        report.Summary = summary;
        workItems.ToList().ForEach(report.Add);
        relations.ToList().ForEach(report.Add);
        var folder = Environment.GetEnvironmentVariable("AGENT_TEMPDIRECTORY") ?? Path.GetTempPath();
        var path = Path.Combine(folder, $"JiraAdoSync {(summary is null ? "plan" : "run")} {Guid.NewGuid():N}.md");
        try
        {
            TextFile.Write(path, MarkdownReport.Write(report), "ReportUnwritable");
            WriteHost(AzurePipelines.Summary(path));
        }
        catch (SyncException unwritable)
        {
            // The run is done, whatever becomes of its summary.
            WriteWarning(unwritable.Message);
        }

        foreach (var line in summary is null ? [] : AzurePipelines.Outcome(summary))
        {
            WriteHost(line);
        }
    }

    /// <summary>Writes work items that nobody objected to, and a result for each change.</summary>
    private protected List<WorkItemResult> Apply(Synchronizer synchronizer, IReadOnlyList<WorkItemChange> changes)
    {
        var wanted = Ask(changes);
        Expect(wanted[true].Count(change => change.IsWrite));
        return Apply(synchronizer, wanted, []);
    }

    /// <summary>Warns once of all people whose fields are left empty.</summary>
    private protected void WarnOfPeople(IEnumerable<string> unknown)
    {
        var people = unknown.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (people.Count > 0)
        {
            WriteWarning($"These people are unknown in Azure DevOps, and fields with them were left empty: {string.Join(", ", people)}. "
                + "Say who they are with -UserMapping.");
        }
    }

    /// <summary>Warns once of all work items that lack something of their issue's content.</summary>
    private void WarnOfLeftOut(IEnumerable<WorkItemResult> results)
    {
        var lacking = results.Where(result => result.LeftOut.Count > 0 && result.Error is null).ToList();
        if (lacking.Count > 0)
        {
            WriteWarning($"LeftOut: {lacking.Count} {(lacking.Count == 1 ? "work item lacks" : "work items lack")} something of what "
                + $"the issue holds. Each result says what; that of {lacking[0].Key}: {lacking[0].LeftOut[0]}");
        }
    }

    /// <summary>Writes comments, files and hyperlinks of the work items that were written.</summary>
    private protected List<WorkItemResult> ApplyContents(Synchronizer synchronizer)
    {
        var results = Collect(
            StreamBehind(synchronizer.ApplyContentsAsync),
            result => result.IsApplied,
            result => result.Error is null ? null : Errors.Of(result.Error, result.Key),
            (_, _) => []);
        WarnOfLeftOut(results);
        return results;
    }

    /// <summary>Writes relations that nobody objected to, and a result for each change.</summary>
    private protected List<RelationResult> Apply(Synchronizer synchronizer, IReadOnlyList<RelationChange> changes)
    {
        var wanted = Ask(changes);
        Expect(wanted[true].Count(change => change.IsWrite));
        return Apply(synchronizer, wanted);
    }

    /// <summary>Whether results and changes are written, or what they come to only.</summary>
    private protected virtual bool IsSummaryOnly => false;

    /// <summary>Takes each result and each change that is, or would be, written to the pipeline.</summary>
    private protected virtual void Note(object row)
    {
    }

    /// <summary>Writes a row, unless the summary alone is wanted.</summary>
    private protected void WriteRow(object row)
    {
        Note(row);
        if (!IsSummaryOnly)
        {
            WriteObject(row);
        }
    }

    /// <summary>Counts what is to be written, so that an interruption can tell how far it came.</summary>
    private protected void Expect(int writes) => _planned += writes;

    private List<WorkItemResult> Apply(
        Synchronizer synchronizer,
        ILookup<bool, WorkItemChange> isWanted,
        IEnumerable<RelationChange> relations)
    {
        _writing = synchronizer;
        OpenRecord(isWanted[true].Any(change => change.IsWrite));
        var results = Collect(
            isWanted[false].Select(change => NotWanted(change))
                .Concat(StreamBehind(
                    token => synchronizer.ApplyWorkItemsAsync(isWanted[true].ToList(), relations, token))),
            result => result.IsApplied,
            result => result.Error is null ? null : Errors.Of(result.Error, result.Key),
            (done, error) => Left(isWanted[true], done, error));
        var skipped = results.Count(result => result.Action == ChangeAction.Skip);
        if (skipped > 0)
        {
            var isAll = results.TrueForAll(result => result is { Action: ChangeAction.Skip, Reason: Reasons.LeftOut });
            WriteWarning(
                $"Skip: {skipped} {(skipped == 1 ? "issue gets" : "issues get")} no work item. Each result says why."
                + (isAll ? " -TypeMapping leaves out all that was read, so nothing arrives." : string.Empty));
        }

        WarnOfPeople(results.Where(result => result.IsApplied).SelectMany(result => result.UnknownPeople));
        WarnOfLeftOut(results);
        return results;
    }

    private List<RelationResult> Apply(Synchronizer synchronizer, ILookup<bool, RelationChange> isWanted)
    {
        OpenRecord(isWanted[true].Any(change => change.IsWrite));
        var results = Collect(
            isWanted[false].Select(change => NotWanted(change))
                .Concat(StreamBehind(token => synchronizer.ApplyRelationsAsync(isWanted[true].ToList(), token))),
            result => result.IsApplied,
            result => result.Error is null ? null : Errors.Of(result.Error, $"{result.Source} -> {result.Target}"),
            (done, error) => Left(isWanted[true], done, error));
        WarnOf(results, ChangeAction.Pending, "an end has no work item yet; the next run tries again");
        WarnOf(results, ChangeAction.Skip, "left out");
        WarnOf(results, ChangeAction.Degrade, "not possible as mapped, so Related");
        WarnOf(results, ChangeAction.Merge, "the same relation as another link's");
        return results;
    }

    /// <summary>Writes a plan, its counts, and a warning where it is one that is not applied.</summary>
    private protected void WritePlan(IReadOnlyList<WorkItemChange> workItems, RelationPlan relations)
    {
        workItems.ToList().ForEach(WriteRow);
        relations.Changes.ToList().ForEach(WriteRow);
        WriteHost(Formatting.Plan(workItems, relations.Changes));
        if (AzurePipelines.IsJob)
        {
            TellJob(workItems.Select(WorkItemResult.Of), relations.Changes.Select(RelationResult.Of), summary: null);
        }

        if (relations.Refusal is not null)
        {
            WriteWarning($"This plan would not be applied. {relations.Refusal.Message}");
        }
    }

    /// <summary>Ends what created work items: with no twin of its own, and with what it created to be found.</summary>
    private protected List<WorkItemResult> Settle(Synchronizer synchronizer) => Collect(
        Stream(synchronizer.SettleAsync),
        _ => false,
        result => result.Error is null ? null : Errors.Of(result.Error, result.Key),
        (_, _) => []);

    /// <summary>Tells the changes that nobody objects to from the others.</summary>
    private ILookup<bool, WorkItemChange> Ask(IEnumerable<WorkItemChange> changes) => changes.ToLookup(change =>
        !change.IsWrite || IsWanted($"{change.Key} \"{change.Summary}\"", Describe(change)));

    private ILookup<bool, RelationChange> Ask(IEnumerable<RelationChange> changes) => changes.ToLookup(change =>
        !change.IsWrite || IsWanted($"{change.Source} -> {change.Target}", Describe(change)));

    /// <summary>The result of a change that is only shown, or that somebody declined.</summary>
    private WorkItemResult NotWanted(WorkItemChange change) => IsWhatIf
        ? WorkItemResult.Of(change)
        : WorkItemResult.Of(change) with { Action = ChangeAction.Declined, Detail = Declined(Describe(change)) };

    private RelationResult NotWanted(RelationChange change) => IsWhatIf
        ? RelationResult.Of(change)
        : RelationResult.Of(change) with { Action = ChangeAction.Declined, Detail = Declined(Describe(change)) };

    /// <summary>What is said of a change that somebody declined.</summary>
    private protected static string Declined(string action) => $"Not confirmed: {action}.";

    /// <summary>Whether nobody objects to a change.</summary>
    private protected bool IsWanted(string target, string action)
    {
        var isWanted = ShouldProcess(target, action);
        _hasDeclined |= !isWanted;
        return isWanted;
    }

    /// <summary>
    /// Takes the results of a phase, with a bar while it goes on; at its end it writes them, and an error for each
    /// that
    /// has one.
    /// </summary>
    /// <typeparam name="T">What they are.</typeparam>
    /// <param name="results">The results.</param>
    /// <param name="isWritten">Whether a result is one of the writes that were expected, and was written.</param>
    /// <param name="errorOf">Makes the error of a result; null where it has none.</param>
    /// <param name="left">
    /// The results of what was not done, told the others and why, where a service fails altogether in the middle: what
    /// was written so far is no less so. Null where that ends the command.
    /// </param>
    private protected List<T> Collect<T>(
        IEnumerable<T> results,
        Func<T, bool> isWritten,
        Func<T, ErrorRecord?> errorOf,
        Func<List<T>, ServiceError, IReadOnlyList<T>>? left = null)
    {
        var all = new List<T>();
        ServiceException? failure = null;
        try
        {
            foreach (var result in results)
            {
                all.Add(result);
                _written += isWritten(result) ? 1 : 0;
            }
        }
        catch (ServiceException failed) when (left is not null)
        {
            var rest = left(all, failed.Error);
            all.AddRange(rest);
            failure = rest.Count == 0 ? failed : null;
        }
        catch (Exception failed) when (failed is ServiceException or SyncException)
        {
            WriteRows();
            throw;
        }

        WriteRows();
        if (failure is not null)
        {
            Interrupt(failure);
        }

        return all;

        void WriteRows()
        {
            _progress.Complete();
            WritePosted();
            foreach (var result in all)
            {
                WriteRow(result!);
                if (errorOf(result) is { } error)
                {
                    WriteError(error);
                }
            }
        }
    }

    /// <summary>Makes the record before the first write, so that nothing is done that can't be told.</summary>
    private protected void OpenRecord(bool hasWrites)
    {
        if (hasWrites)
        {
            Record.Open();
            WritePosted();
        }
    }

    /// <summary>Does what may fail without undoing what is done: the run is Partial then.</summary>
    private protected void Try(Action step)
    {
        try
        {
            step();
        }
        catch (ServiceException failure)
        {
            Interrupt(failure);
        }
    }

    private void Interrupt(ServiceException failure)
    {
        _isInterrupted = true;
        WriteError(Errors.Of(failure));
    }

    private static List<WorkItemResult> Left(
        IEnumerable<WorkItemChange> changes, List<WorkItemResult> done, ServiceError error)
    {
        var ids = done.Select(result => result.IssueId).ToHashSet();
        return changes.Where(change => !ids.Contains(change.IssueId))
            .Select(change => WorkItemResult.Of(change) with
            {
                Action = ChangeAction.Fail,
                Reason = error.Kind.ToString(),
                Error = error,
            })
            .ToList();
    }

    private static List<RelationResult> Left(
        IEnumerable<RelationChange> changes, List<RelationResult> done, ServiceError error)
    {
        var told = done.Select(result => (result.Source, result.Target, result.LinkId)).ToHashSet();
        return changes.Select(RelationResult.Of)
            .Where(result => !told.Contains((result.Source, result.Target, result.LinkId)))
            .Select(result => result with
            {
                Action = ChangeAction.Fail, Reason = error.Kind.ToString(), Detail = error.Message, Error = error,
            })
            .ToList();
    }

    private static string Describe(WorkItemChange change) => change.Action switch
    {
        ChangeAction.Create => $"Create {change.WorkItemType}{Formatting.Written(change)}",
        ChangeAction.Adopt => $"Mark work item {Named(change)}{Formatting.Written(change)}",
        ChangeAction.Remove => $"Move work item {Named(change)} to the recycle bin",
        _ => $"Update work item {Named(change)}{Formatting.Written(change)}",
    };

    private static string Named(WorkItemChange change) => $"{change.WorkItemId} \"{change.Standing?.WorkItem.Title}\"";

    private static string Describe(RelationChange change) => change.Action switch
    {
        ChangeAction.Remove => $"Remove {change.Relation}",
        ChangeAction.Replace => $"Replace {string.Join(", ", change.Removes)} by {change.Relation}",
        ChangeAction.Degrade => $"Add {change.Relation} (degraded)",
        _ => $"Add {change.Relation}",
    };

    private void WarnOf(IEnumerable<RelationResult> results, ChangeAction action, string what)
    {
        var count = results.Count(result => result.Action == action);
        if (count > 0)
        {
            WriteWarning($"{action}: {count} ({what}). Each result says why.");
        }
    }
}
