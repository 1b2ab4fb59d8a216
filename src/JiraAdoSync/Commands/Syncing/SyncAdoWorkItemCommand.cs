using System.Management.Automation;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>Creates a work item for each issue, and keeps it up to date.</summary>
/// <remarks>
/// A work item is found again by its mark, on any machine. An existing one is changed only when the issue changed
/// since, and then only where it differs; what people edited meanwhile is written over, or kept with -FieldConflict
/// Keep. The help of Invoke-JiraAdoSync lists the fields. Relations are not touched: pipe the links to
/// Sync-AdoRelation, or let Invoke-JiraAdoSync do both.
/// </remarks>
/// <example>
/// <para>Syncs the issues of a project as work items.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Sync-AdoWorkItem
/// </code>
/// </example>
/// <example>
/// <para>Shows what would be written where Jira's improvements become user stories.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' |
///     Sync-AdoWorkItem -TypeMapping @{ Improvement = 'User Story' } -WhatIf
/// </code>
/// </example>
/// <example>
/// <para>Brings comments and attachments too; read with the issues, they cost no request of an issue that did not
/// change.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' -IncludeComments -IncludeAttachments |
///     Sync-AdoWorkItem -IncludeComments -IncludeAttachments
/// </code>
/// </example>
[Cmdlet(
    VerbsData.Sync, "AdoWorkItem",
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.Pages + "Sync-AdoWorkItem.md")]
[OutputType(typeof(WorkItemResult))]
public sealed class SyncAdoWorkItemCommand : WorkItemCommand
{
    private readonly List<Replica> _replicas = [];

    /// <summary>Issues as Get-JiraReplica reads them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Replica[] Replica { get; set; } = null!;

    /// <summary>
    /// Make areas and iterations that -FieldMapping names and that do not exist; iterations get no dates.
    /// </summary>
    [Parameter]
    public SwitchParameter CreatePaths { get; set; }

    /// <summary>
    /// Bring the issue's history over as one comment: a table of what was changed in Jira, when and by whom, with the
    /// last 200 changes. It follows when the issue changes. Jira is asked for the histories of many issues at once.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeHistory { get; set; }

    /// <summary>
    /// Bring web links over as hyperlinks. Jira is asked for them one issue at a time, and only of issues whose
    /// "updated" has moved since.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeWebLinks { get; set; }

    /// <summary>
    /// How many per cent of our relations may be removed in one run, and how many of our work items as twins of others;
    /// 20 may be removed whatever this says.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int PruneLimit { get; set; } = 10;

    /// <inheritdoc/>
    protected override void Process() => _replicas.AddRange(Replica);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var synchronizer = new Synchronizer(NewContext(CorrelationField));
        var policy = ReadPolicy(CreatePaths, IncludeHistory, IncludeWebLinks);
        RefuseUnread(policy.Fields);
        WarnOfUnread(IncludeComments, replica => replica.Comments is null, nameof(IncludeComments));
        WarnOfUnread(IncludeAttachments, replica => replica.Attachments is null, nameof(IncludeAttachments));
        var plan = Await(token => synchronizer.PlanWorkItemsAsync(_replicas, policy, PruneLimit, token));
        if (plan.Refusal is { } refusal)
        {
            throw refusal;
        }

        Await(token => synchronizer.CheckPermissionAsync(plan, token));
        Apply(synchronizer.Apply(Approve(plan)));
        EndRecord();
    }

    /// <summary>
    /// What was not read with the issues does not show what changed, so every run asks for it again.
    /// </summary>
    private void WarnOfUnread(bool isWanted, Func<Replica, bool> isUnread, string parameter)
    {
        var count = isWanted ? _replicas.Count(isUnread) : 0;
        if (count > 0)
        {
            WriteWarning($"{Amount.Of(count)} {(count == 1 ? "issue was" : "issues were")} read without -{parameter}, so each run asks Jira once more for all "
                + $"that {(count == 1 ? "it has" : "they have")}. Read them with Get-JiraReplica -{parameter}.");
        }
    }

    /// <summary>What a mapping reads must have been asked of Jira when the issues were read.</summary>
    private void RefuseUnread(FieldMapping mapping)
    {
        var unread = mapping.GivenReads.Where(id => _replicas.Exists(replica => !replica.Fields.ContainsKey(id)))
            .ToList();
        if (unread.Count > 0)
        {
            throw new SyncException(
                "FieldNotRead",
                $"-FieldMapping needs fields that the replicas were read without: {string.Join(", ", unread)}. Read them with "
                + $"Get-JiraReplica -Field '{string.Join("', '", unread)}'.",
                unread);
        }
    }
}
