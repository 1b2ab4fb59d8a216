using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;

namespace JiraAdoSync.Commands;

/// <summary>
/// Makes the graph of a Jira selection stand in Azure DevOps: work items, relations, parents. It reads both sides,
/// plans the whole, and only then writes what differs; the last object is a summary.
/// </summary>
/// <remarks>
/// Every link, every parent and every relation of ours gets a decision before the first write. What can't be done
/// is a result that says why, and the next run tries again. A second run changes only what changed. The summary's
/// Outcome is NoChange, Changed, Partial or Failed.
/// </remarks>
/// <example>
/// <para>Plans, and writes nothing.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly
/// </code>
/// </example>
/// <example>
/// <para>Syncs, and keeps the summary.</para>
/// <code>
/// $results = Invoke-JiraAdoSync -Jql 'project = SHOP'
/// $results[-1].Outcome
/// </code>
/// </example>
/// <example>
/// <para>Syncs with a mapping of one's own, and removes relations whose link is gone.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -LinkTypeMapping @{ blocks = 'Successor'; 'relates to' = 'Related' } `
///     -TypeMapping @{ 'New Feature' = 'Feature', 'User Story' } -Prune
/// </code>
/// </example>
/// <example>
/// <para>Shares one large sync among the parallel jobs of a pipeline; a run without slices completes it.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -SliceIndex $env:SYSTEM_JOBPOSITIONINPHASE -SliceCount $env:SYSTEM_TOTALJOBSINPHASE
/// </code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "JiraAdoSync", SupportsShouldProcess = true)]
[OutputType(typeof(WorkItemResult), typeof(RelationResult), typeof(SyncSummary), typeof(WorkItemChange), typeof(RelationChange))]
public sealed class InvokeJiraAdoSyncCommand : WorkItemCommand
{
    /// <summary>A bounded query, such as <c>project = ABC</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(JqlCompleter))]
    public string Jql { get; set; } = null!;

    /// <summary>
    /// From phrase to the relation on the work item of the issue that says it; by default Jira's standard wordings.
    /// What is given here stands alone.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(LinkTypeMappingCompleter))]
    public Hashtable? LinkTypeMapping { get; set; }

    /// <summary>What to do with links whose type the mapping does not have.</summary>
    [Parameter]
    public UnmappedLinks Unmapped { get; set; }

    /// <summary>What to do with a link that the relation types do not allow beside what stands.</summary>
    [Parameter]
    public LinkConflict OnConflict { get; set; }

    /// <summary>What to do where somebody else gave a work item another parent than Jira has.</summary>
    [Parameter]
    public ParentConflict ParentConflict { get; set; }

    /// <summary>Remove relations of ours whose link is gone in Jira.</summary>
    [Parameter]
    public SwitchParameter Prune { get; set; }

    /// <summary>How many per cent of our relations may go in one run; 20 may go whatever this says.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int PruneLimit { get; set; } = 10;

    /// <summary>
    /// Which share of the sync this run takes, from 1, where several take one each at the same time. Each reads and plans
    /// the whole; a last run without slices completes what waited for another's work items.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int? SliceIndex { get; set; }

    /// <summary>How many shares there are.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int? SliceCount { get; set; }

    /// <summary>Tell the plan, and write nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <inheritdoc/>
    protected override void Finish()
    {
        var run = StartRun();
        var slice = SliceIndex is null && SliceCount is null ? null : new Slice(SliceIndex ?? 0, SliceCount ?? 0);
        var (workItemPolicy, relationPolicy) = (ReadPolicy(), RelationPolicy);
        var synchronizer = NewSynchronizer();

        var jira = Jira.Client;
        var replicas =
            Await(token => synchronizer.ReadAsync(jira.SearchAsync(Jql, workItemPolicy.Fields.Detail, token), token));
        replicas.ToList().ForEach(replica => Session.Current.Remember(replica));
        if (replicas.Count == 0)
        {
            WriteWarning(Await(Jira.Client.MayBrowseAsync)
                ? $"The query finds no issue that this account may see: {Jql}"
                : "The query finds nothing, since the account may not browse any project of this Jira.");
        }

        var links = replicas.SelectMany(replica => replica.ParentAndLinks());
        var desired = ConvertLinks(Ado, links, LinkTypeMapping, Unmapped);
        var workItems = Await(token => synchronizer.PlanWorkItemsAsync(replicas, workItemPolicy, token));
        var toCreate = workItems.Where(change => change.Action == ChangeAction.Create).Select(change => change.IssueId).ToHashSet();
        var relations = Await(token => synchronizer.PlanRelationsAsync(desired, replicas, toCreate, relationPolicy, token));
        if (slice is not null)
        {
            workItems = workItems.Where(slice.Has).ToList();
            relations = relations with { Changes = relations.Changes.Where(slice.Has).ToList() };
        }

        if (PlanOnly)
        {
            WarnOfPeople(workItems.Where(change => change.IsWrite).SelectMany(change => change.UnknownPeople));
            WritePlan(workItems, relations);
            return;
        }

        if (relations.Refusal is not null)
        {
            throw relations.Refusal;
        }

        Apply(synchronizer, workItems, relations.Changes, OnConflict, replicas.Count, run);
    }

    private RelationPolicy RelationPolicy => new()
    {
        OnConflict = OnConflict,
        ParentConflict = ParentConflict,
        Prune = Prune,
        PruneLimit = PruneLimit,
    };
}
