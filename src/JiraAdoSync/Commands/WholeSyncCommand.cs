using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Commands;

/// <summary>What the cmdlets have that are about a whole sync, the one that runs it and the one that checks it.</summary>
public abstract class WholeSyncCommand : WorkItemCommand
{
    /// <summary>
    /// A file with one hashtable, whose entries are parameters of this command: Jql and all mappings. A .psd1 holds
    /// data only; in a .ps1 values may be script blocks. Parameters that are given here come before it.
    /// New-JiraAdoProfile writes one.
    /// </summary>
    [Parameter]
    public string? Profile { get; set; }

    /// <summary>
    /// From phrase to the relation on the work item of the issue that says it; by default Jira's standard wordings.
    /// It is laid over the default, see -NoDefaultLinkTypes.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(LinkTypeMappingCompleter))]
    [Hashtable]
    public Hashtable? LinkTypeMapping { get; set; }

    /// <summary>
    /// Take the mapping alone. Without this it is laid over the default, and $null takes a type out.
    /// </summary>
    [Parameter]
    public SwitchParameter NoDefaultLinkTypes { get; set; }

    /// <summary>What to do with links whose type the mapping does not have.</summary>
    [Parameter]
    public UnmappedLinks Unmapped { get; set; }

    /// <summary>What to do with a link that the relation types do not allow beside existing ones.</summary>
    [Parameter]
    public LinkConflict OnConflict { get; set; }

    /// <summary>What to do where somebody else gave a work item another parent than Jira has.</summary>
    [Parameter]
    public ParentConflict ParentConflict { get; set; }

    /// <summary>
    /// Make areas and iterations that -FieldMapping names and that do not exist; iterations get no dates.
    /// </summary>
    [Parameter]
    public SwitchParameter CreatePaths { get; set; }

    /// <summary>
    /// Bring the history over as one comment: a table of what was changed in Jira, when and by whom, with the
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

    /// <summary>
    /// Which way values go: from Jira to Azure DevOps, the other way, or both. Anything but the first needs a
    /// connection that allows it (Connect-JiraSite -AllowWrite). An entry of -FieldMapping may say otherwise for its
    /// field, as in @{ Priority = @{ Field = 'priority'; Direction = 'JiraToAdo' } }. Writing to Jira is a preview: an
    /// edit that somebody makes during a run can be lost, see docs/two-way.md.
    /// </summary>
    [Parameter]
    public FieldDirection Direction { get; set; } = FieldDirection.JiraToAdo;

    /// <summary>
    /// The key of the project in Jira in which selected work items get issues that have none. Without it none is
    /// created.
    /// </summary>
    [Parameter]
    public string? JiraProject { get; set; }

    /// <summary>
    /// From state to status, by name or id, or to a list of which the first that the type has is used, as in
    /// @{ Resolved = 'In Review', 'Done' }. A state without an entry becomes what the mapping of states makes it of.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? StatusMapping { get; set; }

    /// <summary>
    /// From relation to the phrase that the issue of its work item says, where several link types become the relation,
    /// as in @{ Related = 'relates to' }, which is the default for it.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? RelationMapping { get; set; }

    /// <summary>
    /// How many per cent of the pairs may be changed in Jira in one kind (updates, transitions, links, creations); 20
    /// may whatever this says. More stop the run before its first write.
    /// </summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int WriteLimit { get; set; } = TwoWayPolicy.DefaultWriteLimit;

    /// <summary>
    /// Values for fields that the screens of transitions demand, by name or id, as in @{ Resolution = 'Done' }. A value
    /// is a text, a number, a date, a list of these, or a hashtable in Jira's own shape.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? TransitionField { get; set; }

    /// <summary>Have each issue link to its work item, so that people in Jira see it.</summary>
    [Parameter]
    public SwitchParameter IncludeWorkItemLinks { get; set; }

    internal RelationPolicy RelationPolicy => new()
    {
        OnConflict = OnConflict,
        ParentConflict = ParentConflict,
        Prune = Prune,
        PruneLimit = PruneLimit,
    };

    /// <summary>What the user chose for both sides.</summary>
    /// <param name="baseline">Which side counts where nobody knows what both had in common; null where none does.</param>
    internal TwoWayPolicy ReadTwoWayPolicy(Side? baseline) => new()
    {
        Direction = Direction,
        Merge = new MergePolicy(
            FieldConflict == FieldConflict.Overwrite ? FieldConflict.Hold : FieldConflict, baseline),
        Statuses = Mappings.Statuses(StatusMapping).ToList(),
        Relations = Mappings.Relations(RelationMapping).ToList(),
        JiraProject = JiraProject,
        Prune = Prune,
        MayCreate = !NoCreate,
        WriteLimit = WriteLimit,
        LinksWorkItems = IncludeWorkItemLinks,
    };
}
