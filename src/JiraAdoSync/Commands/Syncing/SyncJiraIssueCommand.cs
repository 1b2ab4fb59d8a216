using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Stages;

namespace JiraAdoSync.Commands;

/// <summary>Brings issues in Jira in step with work items: it creates those that are missing and changes the others.</summary>
/// <remarks>
/// It is the mirror image of Sync-AdoWorkItem, with the same mappings, which it reads the other way round. A work item
/// without an issue gets one in -JiraProject; of the others those fields are written that changed in Azure DevOps since the
/// two were last in step, and statuses by transitions. A field that both sides changed is held and told. Work items get
/// nothing but our mark. It needs a connection that allows writes (Connect-JiraSite -AllowWrite).
/// </remarks>
/// <example>
/// <para>Shows what issues would be created and changed.</para>
/// <code>
/// Get-AdoWorkItem -Wiql "[System.Tags] CONTAINS 'jira'" | Sync-JiraIssue -JiraProject SHOP -WhatIf
/// </code>
/// </example>
/// <example>
/// <para>Brings the issues of two work items in step.</para>
/// <code>
/// Get-AdoWorkItem -Id 1, 2 | Sync-JiraIssue -JiraProject SHOP
/// </code>
/// </example>
[Cmdlet(VerbsData.Sync, "JiraIssue", SupportsShouldProcess = true)]
[OutputType(typeof(IssueResult))]
public sealed class SyncJiraIssueCommand : WorkItemCommand
{
    private readonly List<int> _ids = [];

    /// <summary>Ids of work items, or objects that have a WorkItemId, as Get-AdoWorkItem emits them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(WorkItemIdCompleter))]
    public int[] WorkItemId { get; set; } = null!;

    /// <summary>The key of the project in which work items without an issue get one. Without it none is created.</summary>
    [Parameter]
    public string? JiraProject { get; set; }

    /// <summary>
    /// From state to status, by name or id, or to a list of which the first that the issue's type has is taken, as in
    /// @{ Resolved = 'In Review', 'Done' }. A state without an entry becomes what the mapping of states makes it of.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? StatusMapping { get; set; }

    /// <summary>
    /// How many per cent of the pairs may be changed in one kind (updates, transitions, creations); 20 may whatever this
    /// says. More stop the command before its first write.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int WriteLimit { get; set; } = 100;

    private protected override bool WritesJira => true;

    /// <inheritdoc/>
    protected override void Process() => _ids.AddRange(WorkItemId);

    /// <inheritdoc/>
    protected override void Finish()
    {
        TwoWayRun.RequireWrites(Jira.Client);
        var items = ReadPolicy();
        var synchronizer = NewSynchronizer();
        var run = new TwoWayRun(
            synchronizer, Jira.Client, Jira.Client, Policy, items, Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            warning => Post(() => WriteWarning(warning)))
        {
            Notify = Notify,
        };
        var types = Await(Ado.Client.GetRelationTypesAsync);
        var links = Mappings.OfLinkTypes(null, types, isAlone: false);
        var plan = Await(token => run.PlanAsync(
            [], _ids.Distinct().ToList(), DetailOf(items) with { Property = true }, _ => [], links, new RelationPolicy(), token));
        if (plan.Refusal is { } refusal)
        {
            throw refusal;
        }

        var wanted = new HashSet<int>();
        foreach (var line in plan.Issues)
        {
            var isWrite = line.Action is ChangeAction.Create or ChangeAction.Update;
            if (isWrite && ShouldProcess($"{line.Key ?? $"#{line.WorkItemId}"} \"{line.Summary}\"", Describe(line)))
            {
                wanted.Add(line.WorkItemId);
            }
            else
            {
                WriteObject(isWrite && !IsWhatIf ? line with { Action = ChangeAction.Declined } : line);
            }
        }

        if (wanted.Count > 0)
        {
            Apply(synchronizer, run, plan, wanted);
        }
    }

    private void Apply(
        JiraAdoSync.Syncing.Synchronizer synchronizer, TwoWayRun run, TwoWayPlan plan, HashSet<int> wanted)
    {
        Record.Open();
        // What an issue's property says of its pair must be true: marks are written first.
        var marks = plan.WorkItems.Where(change => change.IsWrite && change.WorkItemId is { } id && wanted.Contains(id)).ToList();
        var written = Stream(token => synchronizer.ApplyWorkItemsAsync(marks, [], token)).ToList();
        foreach (var failed in written.Where(result => result.Error is not null))
        {
            WriteError(Errors.Of(failed.Error!, failed.Key));
        }

        var results = Await(token => run.ApplyIssuesAsync(
            plan,
            written.Where(result => result.IsApplied).Select(result => result.IssueId).ToHashSet(),
            line => wanted.Contains(line.WorkItemId),
            token));
        foreach (var result in results)
        {
            WriteObject(result);
            if (result.Error is { } error)
            {
                WriteError(Errors.Of(error, result.Key ?? $"#{result.WorkItemId}"));
            }
        }

        Record.End(results.All(result => result.Error is null) ? "Changed" : "Partial");
    }

    private TwoWayPolicy Policy => new()
    {
        Direction = FieldDirection.AdoToJira,
        Merge = new MergePolicy(FieldConflict == FieldConflict.Overwrite ? FieldConflict.Hold : FieldConflict, null),
        Statuses = Mappings.Statuses(StatusMapping).ToList(),
        JiraProject = JiraProject,
        MayCreate = !NoCreate,
        WriteLimit = WriteLimit,
    };

    private static string Describe(IssueResult line) => line.Action == ChangeAction.Create
        ? $"Create {line.IssueType} in Jira"
        : $"Update in Jira: {string.Join(", ", line.Fields)}";
}
