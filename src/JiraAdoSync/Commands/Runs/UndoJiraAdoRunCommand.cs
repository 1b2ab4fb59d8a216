using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Files;
using JiraAdoSync.Input;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;
using JiraAdoSync.Undo;

namespace JiraAdoSync.Commands;

/// <summary>Takes back what a run did in Azure DevOps and in Jira, as far as nobody changed it since.</summary>
/// <remarks>
/// Work items that the run created go to the recycle bin, fields get their former values, relations that it added are
/// removed, and those that it removed come back. Comments that it added go, edited ones get their former text, and
/// removed ones come back as new ones; areas and iterations that it made go where nothing uses them. What people or
/// later runs changed since is left, and the result says so. A run that was killed may have removed a relation of
/// somebody else instead of its own, where others edited at that moment, without restoring it. No later run knows of
/// that, and only this run's undo brings it back, with the account of the run. An undo leaves a record as any run does,
/// and can be undone. The next sync does again what was undone, unless Jira or its parameters have changed. What a run
/// of both directions did in Jira is undone too: fields, parents, statuses, links and comments, with a connection that
/// allows it (Connect-JiraSite -AllowWrite). Issues that it created stay unless -DeleteIssues says otherwise.
/// </remarks>
/// <example>
/// <para>Shows what would be undone.</para>
/// <code>
/// Get-JiraAdoRun | Select-Object -First 1 | Undo-JiraAdoRun -WhatIf
/// </code>
/// </example>
/// <example>
/// <para>Takes a run back without asking.</para>
/// <code>
/// $results = Invoke-JiraAdoSync -Jql 'project = SHOP'
/// Undo-JiraAdoRun $results[-1].RunId -Confirm:$false
/// </code>
/// </example>
/// <example>
/// <para>Shows what it would take to undo the latest run between the connected sites.</para>
/// <code>
/// Undo-JiraAdoRun -Last -WhatIf
/// </code>
/// </example>
[Cmdlet(
    VerbsCommon.Undo, "JiraAdoRun",
    SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = ById,
    HelpUri = OnlineHelp.Pages + "Undo-JiraAdoRun.md")]
[OutputType(typeof(UndoResult), typeof(SyncSummary))]
public sealed class UndoJiraAdoRunCommand : SyncCommand
{
    private bool _writesJira;
    private bool _isDeclined;

    private const string ById = "RunId";
    private const string ByTime = "Last";

    /// <summary>The id of the run, as its summary and Get-JiraAdoRun show it.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ById, ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string RunId { get; set; } = null!;

    /// <summary>
    /// Take back the latest run between the connected sites that changed something, is no undo, and is not undone yet.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = ByTime)]
    public SwitchParameter Last { get; set; }

    /// <summary>
    /// The folder of the run's record, or that record, as a run from the pipeline has it; by default the folder below
    /// the user's local application data. The undo's own record is put there too.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    public string? RunPath { get; set; }

    /// <summary>
    /// Delete the issues that the run created, as far as nobody edited them since. Jira has no recycle bin: this can't
    /// be undone. Without this they stay, and the results say so.
    /// </summary>
    [Parameter]
    public SwitchParameter DeleteIssues { get; set; }

    private protected override bool WritesJira => _writesJira;

    /// <summary>An undo that was declined took nothing back: the run is still the last one.</summary>
    private protected override bool LeavesRecord => base.LeavesRecord && !_isDeclined;

    private protected override string? RunFolder =>
        RunPath is null ? null : RunRecord.FolderOf(GetUnresolvedProviderPathFromPSPath(RunPath));

    /// <inheritdoc/>
    private protected override string? Interruption => Written is not { } written
        ? null
        : $"Interrupted: {written} undone. Run Undo-JiraAdoRun {RunId} again to continue.";

    /// <inheritdoc/>
    protected override void Process()
    {
        var started = StartRun();
        if (Last)
        {
            RunId = FindLast();
        }

        var (run, changes) = RunRecord.Read(RunFolder, RunId);
        if (run.Site != Jira.Client.Site.BaseUrl
            || !string.Equals(run.Project, Ado.Project, StringComparison.OrdinalIgnoreCase)
            || !string.Equals(
                run.Organization, Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'), StringComparison.OrdinalIgnoreCase))
        {
            throw new SyncException(
                "RunElsewhere",
                $"The run {run.RunId} was from {run.Site} to {run.Organization} {run.Project}, and the session is connected to "
                + $"{Jira.Client.Site.BaseUrl} and {Ado}. Connect to those.",
                run.RunId);
        }

        Undo(run, changes, started);
    }

    private void Undo(
        Run run, IReadOnlyList<RunChange> changes, (long Started, long JiraRequests, long AdoRequests) started)
    {
        _writesJira = changes.Any(change => change.Issue is not null);
        if (_writesJira && !IsWhatIf && !Jira.Client.AllowsWrites)
        {
            throw new SyncException(
                "JiraIsReadOnly",
                $"The run {run.RunId} wrote to Jira, and this connection only reads. Connect with -AllowWrite.",
                run.RunId);
        }

        var record = NewRecord(run.RunId);
        var context = NewContext(correlationField: null);
        var issues = new IssueUndo(Jira.Client, context.Log, DeleteIssues);
        var undo = new RunUndo(context);
        IReadOnlyList<UndoStep> steps =
        [
            .. Await(token => undo.PlanAsync(changes, token)),
            .. _writesJira || Jira.Client.AllowsWrites ? Await(token => issues.PlanAsync(changes, undo, token)) : [],
        ];
        var isConfirmed = steps.All(step => step.Action == ChangeAction.Skip)
            || ShouldProcess($"run {run.RunId}, {run.Project}", $"Undo it: {Totals(steps)}");
        _isDeclined = !isConfirmed && !IsWhatIf;
        var isWanted = steps.ToLookup(step => step.Action == ChangeAction.Skip || isConfirmed);
        if (isWanted[true].Any(step => step.Action != ChangeAction.Skip))
        {
            record.Open();
            Expect(isWanted[true].Count(step => step.Action != ChangeAction.Skip));
        }

        var results = Collect(
            isWanted[false].Select(step => IsWhatIf
                    ? UndoResult.Of(step)
                    : UndoResult.Of(step) with { Action = ChangeAction.Declined })
                .Concat(StreamBehind(
                    token => undo.ApplyAsync(isWanted[true].Where(step => step is not IssueStep).ToList(), token)))
                .Concat(StreamBehind(
                    token => issues.ApplyAsync(isWanted[true].OfType<IssueStep>().ToList(), token))),
            result => result.IsApplied,
            result => result.Error is null ? null : Errors.Of(result.Error, result.What));
        Forget(results);
        WriteSummary(SummaryOf(results), started, record);
    }

    /// <summary>The latest run that an undo would take something of back.</summary>
    /// <exception cref="SyncException"><c>RunNotFound</c>.</exception>
    private string FindLast()
    {
        var undone = new HashSet<string>();
        foreach (var (run, _) in RunRecord.ReadAll(RunFolder, unreadable => WriteError(Errors.Of(unreadable))))
        {
            if (run.Undoes is { } other)
            {
                // One that broke off, failed in part or was itself undone left something to take back.
                if (
                    run.Outcome is nameof(SyncOutcome.Changed) or nameof(SyncOutcome.NoChange)
                    && !undone.Contains(run.RunId))
                {
                    undone.Add(other);
                }
            }
            else if (run.Changes > 0 && !undone.Contains(run.RunId) && RunRecord.IsOf(run, Jira, Ado))
            {
                return run.RunId;
            }
        }

        throw new SyncException(
            "RunNotFound",
            $"No run between {Jira.Site} and {Ado} has left anything to undo. Get-JiraAdoRun -All lists the runs of all sites.",
            Ado);
    }

    /// <summary>What is confirmed, in one line.</summary>
    private static string Totals(IReadOnlyCollection<UndoStep> steps)
    {
        var parts = steps
            .Where(step => step.Action != ChangeAction.Skip)
            .GroupBy(step =>
                step switch
                {
                    IssueStep { IsDeletion: true } => (5, "issue deleted in Jira", "issues deleted in Jira"),
                    IssueStep => (6, "change in Jira undone", "changes in Jira undone"),
                    PathStep => (4, "area or iteration changed", "areas and iterations changed"),
                    CommentStep => (3, "comment changed", "comments changed"),
                    RelationStep { Action: ChangeAction.Remove } => (1, "relation removed", "relations removed"),
                    RelationStep => (2, "relation added", "relations added"),
                    { Action: ChangeAction.Remove } => (
                        0,
                        "work item to the recycle bin",
                        "work items to the recycle bin"),
                    { Action: ChangeAction.Create } => (
                        0,
                        "work item back from the recycle bin",
                        "work items back from the recycle bin"),
                    _ => (0, "work item as it was", "work items as they were"),
                })
            .OrderBy(group => group.Key.Item1)
            .Select(group => string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Count():N0} {(group.Count() == 1 ? group.Key.Item2 : group.Key.Item3)}"));
        return string.Join(", ", parts);
    }

    /// <summary>A work item that was recycled belongs to no issue any more.</summary>
    private void Forget(IEnumerable<UndoResult> results)
    {
        var recycled = results.Where(
            result => result is { IsApplied: true, IsRelation: false, Action: ChangeAction.Remove })
            .Select(result => result.WorkItemId)
            .ToHashSet();
        foreach (var entry in Cache.All.Where(entry => recycled.Contains(entry.WorkItemId)).ToList())
        {
            Cache.Remove(entry.IssueId);
        }
    }

    private static SyncSummary SummaryOf(IReadOnlyCollection<UndoResult> results)
    {
        var workItems = results.Where(result => !result.IsRelation).Select(result => new WorkItemResult
        {
            Action = result.Action,
            Key = result.Key ?? (result.WorkItemId == 0 ? result.What : $"#{result.WorkItemId}"),
            IssueId = 0,
            WorkItemType = null,
            WorkItemId = result.WorkItemId,
            Summary = result.What,
            IsApplied = result.IsApplied,
        });
        var relations = results.Where(result => result.IsRelation).Select(result => new RelationResult
        {
            Action = result.Action,
            Source = result.Key ?? $"#{result.WorkItemId}",
            Relation = null,
            Target = string.Empty,
            WorkItemId = result.WorkItemId,
            TargetWorkItemId = null,
            Phrase = null,
            LinkId = null,
            IsApplied = result.IsApplied,
        });
        return SyncSummary.Of(results.Select(result => result.WorkItemId).Where(id => id > 0).Distinct().Count(),
            workItems.ToList(), relations.ToList());
    }
}
