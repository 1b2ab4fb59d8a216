using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Files;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Output;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.Profiles;
using JiraAdoSync.Reporting;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that bring both services together.</summary>
public abstract partial class SyncCommand : JiraAdoCommand
{
    private readonly ProgressMeter _progress;
    private bool _hasDeclined;
    private RunRecord? _record;
    private bool _isInterrupted;
    private int _planned;
    private int _written;
    private WorkItemPhase? _itemPhase;
    private RelationPhase? _relationPhase;
    private readonly List<IRunResult> _results = [];
    private readonly Dictionary<(Type, ChangeAction, bool), IRunResult> _kinds = [];
    private readonly Dictionary<Type, IReadOnlyList<IRunResult>> _shown = [];

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

    /// <summary>
    /// Addresses that the site had before: what was marked with them is ours too. Marks keep the address that they were
    /// made with, since a relation can be edited by its index only, which nothing guards, and to edit all of them would
    /// put people's own at risk. So give them with each run, best in a profile: without them, work items from then are
    /// made again.
    /// </summary>
    [Parameter]
    public Uri[]? FormerSite { get; set; }

    /// <summary>
    /// Accounts of Azure DevOps that ran syncs before this one, by unique name (such as an e-mail address) or id: what
    /// they marked is ours too. A mark that anybody else put on a work item is ignored, with a warning, and its issue
    /// gets a work item of its own.
    /// </summary>
    [Parameter]
    public string[]? FormerAccount { get; set; }

    /// <summary>The connection to Jira, held to this command's limit.</summary>
    private protected JiraConnection Jira => Session.Resolve(JiraConnection, ThrottleLimit);

    /// <summary>The connection to Azure DevOps, held to this command's limit.</summary>
    private protected AdoConnection Ado => Session.Resolve(AdoConnection, ThrottleLimit);

    private protected CorrelationCache Cache => Session.Current.CacheOf(Jira, Ado);

    /// <summary>Whether those who follow work items are notified of writes.</summary>
    private protected virtual bool Notifies => false;

    /// <summary>The field with the id of a work item's issue; null where there is none.</summary>
    private protected virtual string? FieldOfCorrelation => null;

    /// <summary>Shows progress; may be called from any thread.</summary>
    private protected Action<SyncProgress> ShowProgress => _progress.Report;

    /// <summary>The folder for the run's record; null for that of the user's records.</summary>
    private protected virtual string? RunFolder => null;

    /// <summary>The profile that gave this command its parameters; null where none did.</summary>
    private protected virtual SyncProfile? UsedProfile => null;

    /// <summary>The record of this command's run.</summary>
    private protected RunRecord Record => _record ??= NewRecord(undoes: null);

    /// <summary>Whether the run is one that happened, so that its record is kept.</summary>
    private protected virtual bool LeavesRecord => !IsWhatIf;

    /// <summary>Whether the run may write to Jira, so that its record has changes of both sides.</summary>
    private protected virtual bool WritesJira => false;

    /// <summary>The record of a run.</summary>
    /// <param name="undoes">The run that it takes back; null where it is no undo.</param>
    private protected RunRecord NewRecord(string? undoes)
    {
        var run = RunRecord.Of(MyInvocation.MyCommand.Name, Jira, Ado) with { Undoes = undoes, WritesJira = WritesJira };
        run = UsedProfile is not { } profile ? run : run with
        {
            ProfileName = profile.Name,
            Profile = profile.Text,
            ProfileHash = SyncProfile.HashOf(profile.Text),
        };
        return _record = new RunRecord(RunFolder, run, TimeProvider.System, warning => Post(() => WriteWarning(warning)));
    }

    /// <summary>How much of what this command set out to write is written.</summary>
    private protected string? Written => _planned == 0
        ? null
        : _written + WrittenAhead < _planned
            ? string.Create(CultureInfo.InvariantCulture, $"{_written + WrittenAhead:N0} of {_planned:N0}")
            : string.Create(CultureInfo.InvariantCulture, $"all {_planned:N0} changes planned so far");

    /// <summary>How many relations were written with work items and have no result yet.</summary>
    private int WrittenAhead => (_itemPhase?.RelationsWritten ?? 0) - (_relationPhase?.RelationsReported ?? 0);

    /// <inheritdoc/>
    private protected override string? Interruption => Written is not { } written
        ? null
        : $"Interrupted: {written} written. Run again to continue, or Undo-JiraAdoRun {Record.RunId}.";

    /// <summary>The accounts whose marks count.</summary>
    private protected OwnAccounts Accounts => new(Ado.Client.Account, FormerAccount ?? []);

    /// <summary>The site of the issues, with its former addresses.</summary>
    private protected JiraSite Site => Jira.Client.Site with { Former = (FormerSite ?? []).Select(Former).ToList() };

    /// <summary>Takes what a plan warns of; on the pipeline's thread.</summary>
    private protected virtual void Warn(string warning) => WriteWarning(warning);

    /// <summary>What the phases of a run share.</summary>
    /// <param name="correlationField">The field with the id of a work item's issue; null where there is none.</param>
    private protected SyncContext NewContext(string? correlationField) => new()
    {
        Store = Notifies ? Ado.Client.Notifying() : Ado.Client,
        Source = Jira.Client,
        Contents = new ContentPorts(Jira.Client, Ado.Client),
        Site = Site,
        Cache = Cache,
        CorrelationField = correlationField,
        FormerAccounts = FormerAccount ?? [],
        Log = new RunLog(Record.WriteLine, TimeProvider.System),
        Warn = warning => Post(() => Warn(warning)),
        Report = ShowProgress,
    };

    private static JiraSite Former(Uri address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" }
        ? new JiraSite(address)
        : throw new SyncException(
            "AddressInvalid",
            $"-FormerSite '{address}' is no address of a site. Give it whole, such as https://jira.contoso.com.",
            address);

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

    /// <summary>What became of the changes by now.</summary>
    private protected IReadOnlyList<IRunResult> Results => _results;

    /// <summary>Asks about each change of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>What of it nobody declined.</returns>
    private protected SyncPlan Approve(SyncPlan plan)
    {
        var items = Ask(plan.WorkItems.Changes);
        var relations = Ask(plan.Relations.Changes);
        Expect(items[true].Count(change => change.IsWrite) + relations[true].Count(change => change.IsWrite));
        var declined = plan with { WorkItems = plan.WorkItems with { Changes = [.. items[false]] } };
        Show<WorkItemPhase>(declined.Items.Select(NotWanted));
        Show<TwinPhase>(declined.Twins.Select(NotWanted));
        Show<RelationPhase>(relations[false].Select(NotWanted));
        return plan with
        {
            WorkItems = plan.WorkItems with { Changes = [.. items[true]] },
            Relations = plan.Relations with { Changes = [.. relations[true]] },
        };
    }

    /// <summary>Has results shown with those of a phase, such as those of changes that were declined.</summary>
    /// <typeparam name="TPhase">The phase.</typeparam>
    /// <param name="results">The results.</param>
    private protected void Show<TPhase>(IEnumerable<IRunResult> results)
        where TPhase : RunPhase => _shown[typeof(TPhase)] = results.ToList();

    /// <summary>Applies what was approved, phase by phase, and writes a result for each change.</summary>
    /// <param name="phases">The phases.</param>
    private protected void Apply(IEnumerable<RunPhase> phases)
    {
        foreach (var phase in phases)
        {
            _itemPhase = phase as WorkItemPhase ?? _itemPhase;
            _relationPhase = phase as RelationPhase ?? _relationPhase;
            OpenRecord(phase.HasWrites);
            var results = Collect(
                _shown.GetValueOrDefault(phase.GetType(), []).Concat(StreamBehind(phase.ApplyAsync)),
                result => result.IsApplied && phase is not SettlingPhase,
                result => result.Problem is null ? null : Errors.Of(result.Problem, result.Subject));
            if (phase.EndedBy is { } failure)
            {
                Interrupt(failure);
            }

            _results.AddRange(results.Select(Remembered));
            Warn(phase, results);
        }
    }

    /// <summary>
    /// What is kept of a result for the summary: of what was done or needed nothing, the first of its kind instead of
    /// each.
    /// </summary>
    private IRunResult Remembered(IRunResult result)
    {
        (Type, ChangeAction, bool)? kind = result switch
        {
            _ when AzurePipelines.IsJob => null,
            WorkItemResult { Error: null, Action: not ChangeAction.Skip } item =>
                (typeof(WorkItemResult), item.Action, item.IsApplied),
            RelationResult { Error: null, Action: not ChangeAction.Pending } relation =>
                (typeof(RelationResult), relation.Action, relation.IsApplied),
            _ => null,
        };
        return kind is null || _kinds.TryAdd(kind.Value, result) ? result : _kinds[kind.Value];
    }

    /// <summary>Plans relations only.</summary>
    private protected RelationPlan PlanRelations(
        Synchronizer synchronizer,
        IReadOnlyCollection<DesiredRelation> desired,
        Replica[]? scope,
        RelationPolicy policy)
    {
        if (policy.Prune && scope is null)
        {
            throw new SyncException(
                "ParameterMissing",
                "-Prune needs -Scope: only the issues that were read can show that a link no longer exists. Pass the replicas, as in "
                + "-Scope $replicas.",
                nameof(policy.Prune));
        }

        return Await(
            token => synchronizer.PlanRelationsAsync(desired, scope ?? [], policy, token));
    }

    /// <summary>What a run's results come to.</summary>
    /// <param name="issues">How many issues were read.</param>
    private protected SyncSummary SummaryOf(int issues) => SyncSummary.Of(
        issues, _results.OfType<WorkItemResult>().ToList(), _results.OfType<RelationResult>().ToList());

    /// <summary>Ends a run: writes its summary, and the last line of its record.</summary>
    /// <param name="summary">What the results come to.</param>
    /// <param name="run">The start of the run.</param>
    /// <returns>Whether all that should have been written was.</returns>
    private protected bool EndRun(SyncSummary summary, (long Started, long JiraRequests, long AdoRequests) run)
    {
        summary = WriteSummary(summary, run, Record);
        if (AzurePipelines.IsJob)
        {
            ReportToJob(_results, summary);
        }

        return summary.Outcome is SyncOutcome.NoChange or SyncOutcome.Changed && !_hasDeclined;
    }

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
    private protected void EndRecord() =>
        EndRecord(SummaryOf(_results.OfType<WorkItemResult>().Count()).Outcome, Record);

    /// <summary>Writes the last line of a run's record.</summary>
    /// <returns>How the run ended, where it may have been interrupted.</returns>
    private SyncOutcome EndRecord(SyncOutcome outcome, RunRecord record)
    {
        outcome = outcome == SyncOutcome.WouldChange ? outcome
            : _isInterrupted && outcome == SyncOutcome.Changed ? SyncOutcome.Partial
            : _isInterrupted && outcome == SyncOutcome.NoChange ? SyncOutcome.Failed
            : outcome;
        if (LeavesRecord)
        {
            record.End(outcome.ToString());
        }

        WritePosted();
        return outcome;
    }

    /// <summary>Shows a report on the page of the job's run, and gives later steps the outcome.</summary>
    private void ReportToJob(IEnumerable<IRunResult> results, SyncSummary? summary)
    {
        var report = NewReport(JiraConnection, AdoConnection);
        report.Summary = summary;
        foreach (var result in results)
        {
            report.Note(result);
        }

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
            WriteWarning($"LeftOut: {Amount.Of(lacking.Count)} {(lacking.Count == 1 ? "work item lacks" : "work items lack")} something of what "
                + $"the issue holds. Each result says what; that of {lacking[0].Key}: {lacking[0].LeftOut[0]}");
        }
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

    /// <summary>Counts what is to be written, so that an interruption can report the progress.</summary>
    private protected void Expect(int writes) => _planned += writes;

    /// <summary>Warns of what a phase did not do as one might expect, once a kind.</summary>
    private void Warn(RunPhase phase, List<IRunResult> results)
    {
        var items = results.OfType<WorkItemResult>().ToList();
        var skipped = phase is WorkItemPhase ? items.Count(result => result.Action == ChangeAction.Skip) : 0;
        if (skipped > 0)
        {
            var isAll = items.TrueForAll(result => result is { Action: ChangeAction.Skip, Reason: Reasons.LeftOut });
            WriteWarning(
                $"Skip: {Amount.Of(skipped)} {(skipped == 1 ? "issue gets" : "issues get")} no work item. Each result says why."
                + (isAll ? " -TypeMapping leaves out all that was read, so nothing arrives." : string.Empty));
        }

        if (phase is WorkItemPhase)
        {
            WarnOfPeople(items.Where(result => result.IsApplied).SelectMany(result => result.UnknownPeople));
        }

        if (phase is WorkItemPhase or ContentPhase)
        {
            WarnOfLeftOut(items);
        }

        var relations = results.OfType<RelationResult>().ToList();
        WarnOf(relations, ChangeAction.Pending, "an end has no work item yet; the next run tries again");
        WarnOf(relations, ChangeAction.Skip, "left out");
        WarnOf(relations, ChangeAction.Degrade, "not possible as mapped, so Related");
        WarnOf(relations, ChangeAction.Merge, "the same relation as another link's");
        WarnOfJira(results.OfType<IssueResult>().ToList());
    }

    /// <summary>
    /// Warns of edits that somebody made in the moment before an issue was written, each; and once of issues that are
    /// not as their work items.
    /// </summary>
    private void WarnOfJira(IReadOnlyCollection<IssueResult> results)
    {
        var refused = results.Where(result => IssueRefusal.Is(result.Reason)).ToList();
        foreach (var group in refused.GroupBy(result => result.Reason))
        {
            var first = group.First();
            WriteWarning($"{group.Key}: {Amount.Of(group.Count(), "issue")} of Jira "
                + (group.Count() == 1 ? "keeps" : "keep")
                + $" values that people {(group.Key == Reasons.EmptyRefused ? "took away" : "changed")} in Azure DevOps; "
                + $"{first.Key} for one. {first.Detail}");
        }

        var skipped = results.Where(result => result.Action == ChangeAction.Skip).Except(refused).ToLookup(
            result => result.Reason == Reasons.Overwritten);
        foreach (var result in skipped[true])
        {
            WriteWarning($"Overwritten: {result.Detail}");
        }

        foreach (var group in skipped[false].GroupBy(result => result.Reason))
        {
            var first = group.First();
            WriteWarning($"{group.Key}: {Amount.Of(group.Count(), "issue")} of Jira "
                + $"{(group.Count() == 1 ? "is" : "are")} left as {(group.Count() == 1 ? "it is" : "they are")}; "
                + $"{((IRunResult)first).Subject} for one. {first.Detail}".TrimEnd());
        }
    }

    /// <summary>Writes a plan, its counts, and a warning where it is one that is not applied.</summary>
    /// <param name="plan">What of it is written to Azure DevOps.</param>
    /// <param name="inJira">The whole of it, where it may write to Jira.</param>
    private protected void WritePlan(SyncPlan plan, TwoWayPlan? inJira = null)
    {
        var (workItems, relations) = (plan.WorkItems.Changes, plan.Relations.Changes);
        workItems.ToList().ForEach(WriteRow);
        relations.ToList().ForEach(WriteRow);
        WriteHost(Formatting.Plan(workItems, relations, inJira));
        if (AzurePipelines.IsJob)
        {
            IEnumerable<IRunResult> results =
            [
                .. workItems.Select(WorkItemResult.Of), .. relations.Select(RelationResult.Of),
                .. inJira?.Issues ?? [], .. inJira?.Links ?? [], .. inJira?.Fields ?? [],
            ];
            ReportToJob(results, summary: null);
        }

        if ((plan.Refusal ?? plan.Relations.Refusal) is { } refusal)
        {
            WriteWarning($"This plan would not be applied. {refusal.Message}");
        }
    }

    /// <summary>Separates the changes that nobody objects to from the others.</summary>
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

    /// <summary>Whether nobody declines a change.</summary>
    private protected bool IsWanted(string target, string action)
    {
        var isWanted = ShouldProcess(target, action);
        _hasDeclined |= !isWanted;
        return isWanted;
    }

    /// <summary>
    /// Takes the results of a phase, with a progress bar; at its end it writes them, and an error for each that has
    /// one.
    /// </summary>
    /// <typeparam name="T">What they are.</typeparam>
    /// <param name="results">The results.</param>
    /// <param name="isWritten">Whether a result is one of the writes that were expected, and was written.</param>
    /// <param name="errorOf">Makes the error of a result; null where it has none.</param>
    private protected List<T> Collect<T>(
        IEnumerable<T> results, Func<T, bool> isWritten, Func<T, ErrorRecord?> errorOf)
    {
        var all = new List<T>();
        try
        {
            foreach (var result in results)
            {
                all.Add(result);
                _written += isWritten(result) ? 1 : 0;
            }
        }
        catch (Exception failed) when (failed is ServiceException or SyncException)
        {
            WriteRows();
            throw;
        }

        WriteRows();
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

    /// <summary>Makes the record before the first write, so that nothing is done that can't be recorded.</summary>
    private void OpenRecord(bool hasWrites)
    {
        if (hasWrites)
        {
            Record.Open();
            WritePosted();
        }
    }

    private void Interrupt(ServiceException failure)
    {
        _isInterrupted = true;
        WriteError(Errors.Of(failure));
    }

    private static string Describe(WorkItemChange change) => change.Action switch
    {
        ChangeAction.Create => $"Create {change.WorkItemType}",
        ChangeAction.Adopt => $"Mark work item {Named(change)}{Formatting.Written(change)}",
        ChangeAction.Remove => $"Move work item {Named(change)} to the recycle bin",
        _ => $"Update work item {Named(change)}{Formatting.Written(change)}",
    };

    private static string Named(WorkItemChange change) => $"{change.WorkItemId} \"{change.Existing?.WorkItem.Title}\"";

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
            WriteWarning($"{action}: {Amount.Of(count)} ({what}). Each result says why.");
        }
    }
}
