using System.Management.Automation;
using JiraAdoSync.Applying;
using JiraAdoSync.Files;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Commands;

/// <summary>
/// Writes a plan to a file that people can read and approve. Invoke-JiraAdoPlan applies exactly that, as long as Azure
/// DevOps is what the plan was made for.
/// </summary>
/// <remarks>
/// The file is JSON that people can read, with the hash of its own text: a file that was damaged is refused. Whoever
/// edits a plan on purpose can write its hash anew, so the hash is also printed: give it to Invoke-JiraAdoPlan with
/// -ExpectedHash. In a job of Azure Pipelines it is the output variable planHash.
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
[Cmdlet(
    VerbsData.Export, "JiraAdoPlan",
    SupportsShouldProcess = true,
    HelpUri = OnlineHelp.Pages + "Export-JiraAdoPlan.md")]
public sealed class ExportJiraAdoPlanCommand : JiraAdoCommand
{
    private readonly List<WorkItemChange> _workItems = [];
    private readonly List<RelationChange> _relations = [];
    private bool _isTwoWay;

    /// <summary>The file; an existing one is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = null!;

    /// <summary>The plan of work items from Invoke-JiraAdoSync -PlanOnly.</summary>
    [Parameter(ValueFromPipeline = true)]
    public WorkItemChange[]? WorkItem { get; set; }

    /// <summary>The plan of relations from Invoke-JiraAdoSync -PlanOnly or Compare-AdoRelation.</summary>
    [Parameter(ValueFromPipeline = true)]
    public RelationChange[]? Relation { get; set; }

    /// <summary>
    /// What a plan writes to Jira, and its conflicts: a file can't hold them, so that a plan that has them is refused
    /// as a whole.
    /// </summary>
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
        _isTwoWay |= Result is { Length: > 0 };
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (_isTwoWay || _workItems.Exists(change => change.HasBase))
        {
            throw new SyncException(
                "ParameterConflict",
                "A plan file holds what is written to Azure DevOps, and this plan may write to Jira, or is no plan. Read such a plan "
                + "with -PlanOnly and -Report, and start the run with the same parameters; what changed meanwhile is planned anew.",
                nameof(Result));
        }

        if (RelationPlan.Of(_relations).Refusal is { } refusal)
        {
            throw refusal;
        }

        var path = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(path, $"Write a plan of {Amount.Of(_workItems.Count)} work items and {Amount.Of(_relations.Count)} relations"))
        {
            return;
        }

        var plan = SavedPlan.Of(_workItems, _relations, new SavedPlan
        {
            Site = Jira.Site,
            Organization = Ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            Project = Ado.Project,
            Written = TimeProvider.System.GetUtcNow(),
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
}
