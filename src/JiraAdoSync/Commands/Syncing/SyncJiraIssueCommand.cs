using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>
/// Brings issues in Jira in step with work items: it creates those that are missing and changes the others.
/// </summary>
/// <remarks>
/// It is the mirror image of Sync-AdoWorkItem, with the same mappings, which it reads the other way round. A work item
/// without an issue gets one in -JiraProject; of the others those fields are written that changed in Azure DevOps since
/// the two were last in step, and statuses by transitions. A field that both sides changed is held and reported. Work
/// items get nothing but our mark. It needs a connection that allows writes (Connect-JiraSite -AllowWrite).
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
[Cmdlet(VerbsData.Sync, "JiraIssue", SupportsShouldProcess = true, HelpUri = OnlineHelp.Pages + "Sync-JiraIssue.md")]
[OutputType(typeof(IssueResult))]
public sealed class SyncJiraIssueCommand : WorkItemCommand
{
    private readonly List<int> _ids = [];

    /// <summary>Ids of work items, or objects that have a WorkItemId, as Get-AdoWorkItem emits them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(WorkItemIdCompleter))]
    public int[] WorkItemId { get; set; } = null!;

    /// <summary>
    /// The key of the project in which work items without an issue get one. Without it none is created.
    /// </summary>
    [Parameter]
    public string? JiraProject { get; set; }

    /// <summary>
    /// From state to status, by name or id, or to a list of which the first that the issue's type has is used, as in
    /// @{ Resolved = 'In Review', 'Done' }. A state without an entry becomes what the mapping of states makes it of.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? StatusMapping { get; set; }

    /// <summary>
    /// How many per cent of the pairs may be changed in one kind (updates, transitions, creations); 20 may whatever
    /// this says. More stop the command before its first write.
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
        var types = Await(Ado.Client.GetRelationTypesAsync);
        // Twins stay as they are, however many there are.
        var run = new TwoWayRun(NewTwoWayContext(
            Policy,
            items,
            new RelationPolicy { PruneLimit = 100 },
            Mappings.OfLinkTypes(null, types, isAlone: false),
            transitionFields: null));
        var read = Await(token => run.ReadAsync([], _ids.Distinct().ToList(), token));
        var plan = Await(token => run.PlanAsync(read, [], token));
        if (plan.Refusal is { } refusal)
        {
            throw refusal;
        }

        var approved = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var line in plan.Issues)
        {
            var isWrite = line.Action is ChangeAction.Create or ChangeAction.Update;
            if (isWrite && ShouldProcess($"{line.Key ?? $"#{line.WorkItemId}"} \"{line.Summary}\"", Describe(line)))
            {
                approved.Add(line);
            }
            else
            {
                WriteObject(isWrite && !IsWhatIf ? line with { Action = ChangeAction.Declined } : line);
            }
        }

        if (approved.Count > 0)
        {
            var wanted = approved.Cast<IssueResult>().Select(line => line.WorkItemId).ToHashSet();
            Apply(run.ApplyIssues(plan.Of(MarksOf(plan.Ado, wanted), approved.Contains)));
        }
    }

    /// <summary>Work items get nothing but the mark that belongs to what is written to their issues.</summary>
    private static SyncPlan MarksOf(SyncPlan plan, HashSet<int> workItems) => plan with
    {
        WorkItems = plan.WorkItems with
        {
            Changes = plan.WorkItems.Changes
                .Where(change => change.IsWrite && change.WorkItemId is { } id && workItems.Contains(id))
                .ToList(),
        },
    };

    private new void Apply(IEnumerable<RunPhase> phases)
    {
        Record.Open();
        var isWhole = true;
        foreach (var phase in phases)
        {
            foreach (var result in Stream(phase.ApplyAsync).ToList())
            {
                if (result is IssueResult)
                {
                    WriteObject(result);
                    isWhole &= result.Problem is null;
                }

                if (result.Problem is { } error)
                {
                    WriteError(Errors.Of(error, result.Subject));
                }
            }

            if (phase.EndedBy is { } failure)
            {
                isWhole = false;
                WriteError(Errors.Of(failure));
            }
        }

        Record.End(isWhole ? "Changed" : "Partial");
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
