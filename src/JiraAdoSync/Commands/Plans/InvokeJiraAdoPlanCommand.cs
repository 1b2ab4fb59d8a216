using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Files;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>
/// Applies a plan from a file, exactly as written; refused where Azure DevOps has changed since the plan was
/// made.
/// </summary>
/// <remarks>
/// It is refused, before anything is written, where the file was edited or where a work item that the plan touches
/// is no longer as it was: the error PlanDrifted lists the differences. Run the plan stage again then. So it is where
/// a work item that the plan writes to does not carry our mark for its issue and the plan does not adopt it.
///
/// The hash in the file protects against accidents. Where others can write the file between the approval and here,
/// give -ExpectedHash.
/// </remarks>
/// <example>
/// <para>Applies a plan.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan plan.json
/// Invoke-JiraAdoPlan -Path plan.json
/// </code>
/// </example>
/// <example>
/// <para>Shows what a plan would do.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan plan.json
/// Invoke-JiraAdoPlan plan.json -WhatIf
/// </code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "JiraAdoPlan", SupportsShouldProcess = true)]
[OutputType(typeof(WorkItemResult), typeof(RelationResult), typeof(SyncSummary))]
public sealed class InvokeJiraAdoPlanCommand : SyncCommand
{
    /// <summary>A file that Export-JiraAdoPlan wrote.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

    /// <summary>
    /// The hash that Export-JiraAdoPlan printed for the plan that was approved: any other plan is refused. It must come
    /// by another way than the file, since whoever edits the file can write the hash in it anew.
    /// </summary>
    [Parameter]
    [ValidatePattern("^[0-9A-Fa-f]{64}$")]
    public string? ExpectedHash { get; set; }

    /// <summary>
    /// Have Azure DevOps notify those who follow work items; a sync suppresses that where the account may.
    /// </summary>
    [Parameter]
    public SwitchParameter Notify { get; set; }

    /// <summary>
    /// The reference name of a text field that holds the id of each work item's issue, such as Custom.JiraId, for
    /// organisations that have one: work items are found by it, without a mark too, and it is written with the other
    /// fields. What it does not find is looked up by its mark.
    /// </summary>
    [Parameter]
    public string? CorrelationField { get; set; }

    private protected override bool Notifies => Notify;

    /// <summary>The folder for the run's record; by default below the user's local application data.</summary>
    [Parameter]
    public string? RunPath { get; set; }

    private protected override string? RunFolder =>
        RunPath is null ? null : GetUnresolvedProviderPathFromPSPath(RunPath);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var run = StartRun();
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        var plan = PlanFile.Read(TextFile.Read(path, "PlanFileInvalid"), path, ExpectedHash);
        var organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/');
        if (plan.Site != Jira.Site
            || !string.Equals(plan.Organization, organization, StringComparison.OrdinalIgnoreCase)
            || !string.Equals(plan.Project, Ado.Project, StringComparison.OrdinalIgnoreCase))
        {
            throw new SyncException(
                "PlanFileInvalid",
                $"'{path}' is a plan for {plan.Site} and the project {plan.Project} of {plan.Organization}, and the session is "
                + $"connected to {Jira.Site} and {Ado.Project} of {organization}. Connect to those.",
                path);
        }

        var synchronizer = new Synchronizer(NewContext(CorrelationField));
        var types = Await(Ado.Client.GetRelationTypesAsync);
        var relations = plan.Relations.Select(relation => relation.ToChange(types, Site)).ToList();
        var now = Await(token => synchronizer.CheckDriftAsync(plan, token));
        var workItems = plan.WorkItems
            .Select(item => item.ToChange(item.WorkItemId is { } id ? now.GetValueOrDefault(id)?.Title : null))
            .ToList();
        var whole = new SyncPlan(new WorkItemPlan(workItems), new RelationPlan(relations, null));
        Await(token => synchronizer.CheckPermissionAsync(whole, token));
        Apply(synchronizer.Apply(Approve(whole)));
        EndRun(SummaryOf(workItems.Count), run);
    }
}
