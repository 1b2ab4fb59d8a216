using System.Management.Automation;
using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>
/// Applies a plan from a file, exactly as it stands there; refused where Azure DevOps is no longer what it was made
/// for.
/// </summary>
/// <remarks>
/// It is refused, before anything is written, where the file was edited or where a work item that the plan touches
/// is no longer as it was: the error PlanDrifted lists the differences. Run the plan stage again then.
/// </remarks>
/// <example>
/// <para>Applies a plan.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan plan.json
/// Invoke-JiraAdoPlan -Path plan.json
/// </code>
/// </example>
/// <example>
/// <para>Tells what a plan would do.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan plan.json
/// Invoke-JiraAdoPlan plan.json -WhatIf
/// </code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "JiraAdoPlan", SupportsShouldProcess = true)]
[OutputType(typeof(WorkItemResult), typeof(RelationResult), typeof(SyncSummary))]
public sealed class InvokeJiraAdoPlanCommand : LookUpCommand
{
    /// <summary>A file that Export-JiraAdoPlan wrote.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

    /// <summary>
    /// Have Azure DevOps notify those who follow work items; a sync suppresses that where the account may.
    /// </summary>
    [Parameter]
    public SwitchParameter Notify { get; set; }

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
        var plan = PlanFile.Read(TextFile.Read(path, "PlanFileInvalid"), path);
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

        var synchronizer = NewSynchronizer();
        var types = Await(Ado.Client.GetRelationTypesAsync);
        var workItems = plan.WorkItems.Select(item => item.ToChange()).ToList();
        var relations = plan.Relations.Select(relation => relation.ToChange(types, Site)).ToList();
        Await(token => synchronizer.CheckDriftAsync(plan, token));
        Await(token => synchronizer.CheckPermissionAsync(workItems, token));
        Apply(synchronizer, workItems, relations, workItems.Count, run);
    }
}
