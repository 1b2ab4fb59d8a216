using System.Globalization;
using System.Management.Automation;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Files;
using JiraAdoSync.Output;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Profiles;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>
/// Applies a plan from a file, exactly as written; refused where what it is about has changed since the plan was made.
/// </summary>
/// <remarks>
/// It is refused, before anything is written, where the file was edited or where a work item that the plan touches
/// is no longer as it was: the error PlanDrifted lists the differences. Run the plan stage again then. So it is where
/// a work item that the plan writes to does not carry our mark for its issue and the plan does not adopt it.
///
/// A plan that may write to Jira needs a connection that allows it (Connect-JiraSite -AllowWrite). It is made again before
/// it is applied, from the same issues and work items and with the parameters that the file keeps. What the file has is
/// written, and nothing else; where either side has another value than the plan saw, or the two call for something
/// else, nothing is, and PlanDrifted says what. That takes as many requests as planning does. -FormerSite, -FormerAccount and
/// -CorrelationField have to be as for the plan: they say whose marks count, which a file does not.
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
/// <example>
/// <para>Applies a plan over both sides.</para>
/// <code>
/// $null = Connect-JiraSite https://contoso.atlassian.net (Get-Credential) -AllowWrite
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -PlanOnly | Export-JiraAdoPlan plan.json
/// Invoke-JiraAdoPlan -Path plan.json
/// </code>
/// </example>
[Cmdlet(
    VerbsLifecycle.Invoke, "JiraAdoPlan",
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.Pages + "Invoke-JiraAdoPlan.md")]
[OutputType(
    typeof(WorkItemResult), typeof(RelationResult), typeof(IssueResult), typeof(IssueLinkResult), typeof(FieldResult),
    typeof(SyncSummary))]
public sealed class InvokeJiraAdoPlanCommand : SyncCommand
{
    private bool _isTwoWay;
    private SyncProfile? _profile;

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

    /// <summary>
    /// For a plan that may write to Jira: how many per cent of the pairs may be changed there in one kind, instead of
    /// what the plan was made with; 20 may whatever this says.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int? WriteLimit { get; set; }

    private protected override bool Notifies => Notify;

    private protected override string? FieldOfCorrelation => CorrelationField;

    private protected override bool WritesJira => _isTwoWay;

    private protected override SyncProfile? UsedProfile => _profile;

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

        if (plan.TwoWay is not null)
        {
            ApplyBothWays(plan, path, run);
            return;
        }

        if (WriteLimit is not null)
        {
            throw new SyncException(
                "ParameterConflict",
                $"'{path}' is a plan that writes nothing to Jira. Leave -WriteLimit out.",
                nameof(WriteLimit));
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

    /// <summary>
    /// Applies a plan over both sides: makes it again, with the parameters in the file and from what it was made from,
    /// and writes what the file has, where the new plan has all of it.
    /// </summary>
    private void ApplyBothWays(SavedPlan file, string path, (long Started, long JiraRequests, long AdoRequests) run)
    {
        var jira = Jira.Client;
        TwoWayRun.RequireWrites(jira);
        _isTwoWay = true;
        var saved = file.TwoWay!;
        using var given = PlannedRun.CommandOf(saved, path);
        _profile = PlannedRun.ProfileOf(saved);
        RequireMarksOf(given);
        var names = PlannedRun.IdsOf(saved.SelectedIssues, path)
            .Select(id => id.ToString(CultureInfo.InvariantCulture)).ToList();
        var workItems = PlannedRun.IdsOf(saved.SelectedWorkItems, path)
            .Where(id => id <= int.MaxValue).Select(id => (int)id).ToList();
        var context = NewTwoWayContext(given, saved.Baseline, WriteLimit ?? given.WriteLimit);
        var twoWay = new TwoWayRun(context);
        var issues = Stream(token => jira.ReadAsync(names, context.Detail, token)).Select(Session.Current.Remember).ToList();
        var read = Await(token => twoWay.ReadAsync(issues, workItems, token));
        var desired = ConvertLinks(context, read.Replicas, given.Unmapped);
        var plan = Await(token => twoWay.PlanAsync(read, desired, file, token));
        var parameters = PlannedRun.ParametersOf(given);
        plan = plan with
        {
            Fields = plan.Fields
                .Select(field => !field.IsOpen ? field : field with
                {
                    Decide = CommandThatDecides(field.Key, given.Direction, parameters),
                })
                .ToList(),
        };
        WarnOf(plan.Fields, given.Direction);
        if (plan.Refusal is not null)
        {
            throw plan.Refusal;
        }

        Await(token => twoWay.CheckPermissionAsync(plan, token));
        Apply(twoWay.Apply(Approve(plan)));
        EndRun(SummaryOf(plan, file.WorkItems.Count), run);
    }

    /// <summary>Requires what says whose marks count: a file, which anybody may have written, does not.</summary>
    private void RequireMarksOf(InvokeJiraAdoSyncCommand planned)
    {
        foreach (var name in PlannedRun.OfMarks)
        {
            var (then, now) = (ValueOf(planned, name), ValueOf(this, name));
            if (then != now)
            {
                throw new SyncException(
                    "ParameterConflict",
                    $"The plan was made with {Shown(name, then)}, and is to be applied with {Shown(name, now)}. It says which work "
                    + "items are ours: give here what the plan was made with.",
                    name);
            }
        }

        static string? ValueOf(PSCmdlet command, string name) =>
            CommandText.Data(command.GetType().GetProperty(name)!.GetValue(command));

        static string Shown(string name, string? value) => value is null or "$null" ? $"no -{name}" : $"-{name} {value}";
    }
}
