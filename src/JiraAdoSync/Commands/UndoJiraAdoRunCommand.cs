using System.Management.Automation;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>Takes back what a run did in Azure DevOps, as far as nobody changed it since.</summary>
/// <remarks>
/// Work items that the run created go to the recycle bin, fields get their former values, relations that it added are
/// removed, and those that it removed come back. Comments that it added go, edited ones get their former text, and
/// removed ones come back as new ones; areas and iterations that it made go where nothing uses them. What people or
/// later runs changed since is left, and the result says so. A run that was killed may have taken a relation of
/// somebody in place of its own, where others edited at that moment, and not have come to put it back. No later run
/// knows of that, and only this run's undo brings it back, with the account of the run. An undo leaves a record as any
/// run does, and can be undone. The next sync does what was taken back once more, unless Jira or its parameters have
/// changed.
/// </remarks>
/// <example>
/// <para>Shows what would be taken back.</para>
/// <code>
/// Get-JiraAdoRun | Select-Object -First 1 | Undo-JiraAdoRun -WhatIf
/// </code>
/// </example>
/// <example>
/// <para>Takes a run back without asking for each change.</para>
/// <code>
/// $results = Invoke-JiraAdoSync -Jql 'project = SHOP'
/// Undo-JiraAdoRun $results[-1].RunId -Confirm:$false
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Undo, "JiraAdoRun", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(UndoResult), typeof(SyncSummary))]
public sealed class UndoJiraAdoRunCommand : SyncCommand
{
    /// <summary>The id of the run, as its summary and Get-JiraAdoRun tell it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string RunId { get; set; } = null!;

    /// <summary>
    /// The folder of the run's record, or that record, as a run from the pipeline has it; by default the folder below
    /// the user's local application data. The undo's own record is put there too.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    public string? RunPath { get; set; }

    /// <summary>
    /// Accounts of Azure DevOps that ran syncs before this one, by unique name or id: what they wrote is ours too.
    /// </summary>
    [Parameter]
    public string[]? FormerAccount { get; set; }

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
        var record = NewRecord(run.RunId);
        var undo = new RunUndo(
            Ado.Client,
            Ado.Client,
            Jira.Client.Site,
            new OwnAccounts(Ado.Client.Account, FormerAccount ?? []),
            TimeProvider.System,
            new RunLog(record.WriteLine, TimeProvider.System),
            warning => Post(() => WriteWarning(warning)),
            ShowProgress);
        var steps = Await(token => undo.PlanAsync(changes, token));
        var isWanted = steps.ToLookup(
            step => step.Action == ChangeAction.Skip || ShouldProcess(Target(step), step.What));
        if (isWanted[true].Any(step => step.Action != ChangeAction.Skip))
        {
            record.Open();
            Expect(isWanted[true].Count(step => step.Action != ChangeAction.Skip));
        }

        var results = Collect(
            isWanted[false].Select(UndoResult.Of)
                .Concat(StreamBehind(token => undo.ApplyAsync(isWanted[true].ToList(), token))),
            result => result.IsApplied,
            result => result.Error is null ? null : Errors.Of(result.Error, result.What));
        Forget(results);
        WriteSummary(SummaryOf(results), started, record);
    }

    private static string Target(UndoStep step) => step.Change.Path is { } path ? path
        : step.Key is { } key ? $"{key} (work item {step.WorkItemId})" : $"Work item {step.WorkItemId}";

    /// <summary>A work item that went stands for nothing any more.</summary>
    private void Forget(IEnumerable<UndoResult> results)
    {
        var gone = results.Where(
            result => result is { IsApplied: true, IsRelation: false, Action: ChangeAction.Remove })
            .Select(result => result.WorkItemId)
            .ToHashSet();
        foreach (var entry in Cache.All.Where(entry => gone.Contains(entry.WorkItemId)).ToList())
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
