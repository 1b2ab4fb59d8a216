using System.Management.Automation;
using JiraAdoSync.Applying;
using JiraAdoSync.Files;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Commands;

/// <summary>
/// Writes a plan to a file that people can read and approve. Invoke-JiraAdoPlan applies exactly that, as long as both
/// sides are what the plan was made for.
/// </summary>
/// <remarks>
/// The file is JSON that people can read, with the hash of its own text: a file that was damaged is refused. Whoever
/// edits a plan on purpose can write its hash anew, so the hash is also printed: give it to Invoke-JiraAdoPlan with
/// -ExpectedHash. In a job of Azure Pipelines it is the output variable planHash.
///
/// The file of a plan that may write to Jira has what is to be written on either side with the values before and after,
/// the conflicts, and the parameters of the run as a profile: with these the plan is made again before it is applied, so
/// that mappings can't have script blocks. Older versions of the module refuse it.
///
/// The file names the site, the organisation and the project, and what was there when the plan was made. It holds texts
/// of issues, and is readable by its owner only.
/// </remarks>
/// <example>
/// <para>Writes the whole plan of a run.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Export-JiraAdoPlan -Path plan.json
/// </code>
/// </example>
/// <example>
/// <para>Writes a plan of work items only.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -PlanOnly | Where-Object WorkItemType |
///     Export-JiraAdoPlan plan.json
/// </code>
/// </example>
/// <example>
/// <para>Writes the plan of a run over both sides.</para>
/// <code>
/// Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -PlanOnly | Export-JiraAdoPlan plan.json
/// </code>
/// </example>
[Cmdlet(
    VerbsData.Export, "JiraAdoPlan",
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.Pages + "Export-JiraAdoPlan.md")]
public sealed class ExportJiraAdoPlanCommand : JiraAdoCommand
{
    private readonly List<WorkItemChange> _workItems = [];
    private readonly List<RelationChange> _relations = [];
    private readonly List<object> _rows = [];
    private PlannedRun? _run;

    /// <summary>The file; an existing one is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

    /// <summary>The plan of work items from Invoke-JiraAdoSync -PlanOnly.</summary>
    [Parameter(ValueFromPipeline = true)]
    public WorkItemChange[]? WorkItem { get; set; }

    /// <summary>The plan of relations from Invoke-JiraAdoSync -PlanOnly or Compare-AdoRelation.</summary>
    [Parameter(ValueFromPipeline = true)]
    public RelationChange[]? Relation { get; set; }

    /// <summary>What a plan writes to Jira, and its conflicts, from Invoke-JiraAdoSync -Direction Both -PlanOnly.</summary>
    [Parameter(ValueFromPipeline = true)]
    public IRunResult[]? Result { get; set; }

    /// <summary>The site that the issues are of; by default the one that the session is connected to.</summary>
    [Parameter]
    public JiraConnection? JiraConnection { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    private JiraConnection Jira => Session.Resolve(JiraConnection);

    private AdoConnection Ado => Session.Resolve(AdoConnection);

    /// <inheritdoc/>
    protected override void Process()
    {
        _workItems.AddRange(WorkItem ?? []);
        _relations.AddRange(Relation ?? []);
        _rows.AddRange([.. WorkItem ?? [], .. Relation ?? [], .. Result ?? []]);
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        _run = PlannedRunOf(_rows);
        if ((_run?.Plan.Refusal ?? RelationPlan.Of(_relations).Refusal) is { } refusal)
        {
            throw refusal;
        }

        var path = GetUnresolvedProviderPathFromPSPath(Path);
        var others = _rows.Count - _workItems.Count - _relations.Count;
        if (!ShouldProcess(path, $"Write a plan of {Amount.Of(_workItems.Count)} work items and {Amount.Of(_relations.Count)} relations"
            + (_run is null ? string.Empty : $", and {Amount.Of(others, "row")} about Jira")))
        {
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        var plan = _run?.Save(_rows, now) ?? SavedPlan.Of(_workItems, _relations, new SavedPlan
        {
            Site = Jira.Site,
            Organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            Project = Ado.Project,
            Written = now,
            WorkItems = [],
            Relations = [],
            Basis = [],
        });
        var (text, hash) = PlanFile.Write(plan);
        TextFile.Write(path, text, "PlanFileUnwritable");
        WriteHost($"The plan's hash (SHA-256) is {hash}.");
        if (AzurePipelines.IsJob)
        {
            WriteHost(AzurePipelines.Variable("planHash", hash));
        }
    }

    /// <summary>The run over both sides that the rows are of; null where they are of one that is not.</summary>
    /// <exception cref="SyncException"><c>ParameterConflict</c>: they are of no plan, or of several.</exception>
    private static PlannedRun? PlannedRunOf(List<object> rows)
    {
        var runs = rows.Select(row => Session.Current.PlannedRuns.TryGetValue(row, out var run) ? (PlannedRun)run : null)
            .Distinct(ReferenceEqualityComparer.Instance)
            .Cast<PlannedRun?>()
            .ToList();
        var isOfBoth = rows.Exists(row => row is IRunResult or WorkItemChange { HasBase: true });
        return runs.Count <= 1 && (!isOfBoth || runs[0] is not null) ? runs.FirstOrDefault() : throw new SyncException(
            "ParameterConflict",
            runs.Count > 1
                ? "These are rows of more than one plan. Write each plan to a file of its own."
                : "These are no rows of a plan, or of one of another session. Pipe what Invoke-JiraAdoSync -PlanOnly writes here.",
            nameof(Result));
    }
}
