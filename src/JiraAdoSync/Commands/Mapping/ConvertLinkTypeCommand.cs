using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Commands;

/// <summary>Turns links into the relations that they are to become.</summary>
/// <remarks>
/// A mapping entry says which relation is created on the work item of the issue that says the phrase; one end defines
/// the other. Phrases that the mapping lacks are an error before anything is written, unless -Unmapped says
/// otherwise. See about_JiraAdoSync_Mapping.
/// </remarks>
/// <example>
/// <para>Maps by Jira's standard wordings.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Get-JiraIssueLinks -IncludeParent | Convert-LinkType
/// </code>
/// </example>
/// <example>
/// <para>Maps by a table of one's own; links of other types become Related.</para>
/// <code>
/// $map = @{ 'blocks' = 'Successor'; 'Cloners' = $null }
/// Get-JiraIssueLinks -Key SHOP-2, SHOP-4 | Convert-LinkType -Mapping $map -Unmapped Related
/// </code>
/// </example>
[Cmdlet(VerbsData.Convert, "LinkType")]
[OutputType(typeof(DesiredRelation))]
public sealed class ConvertLinkTypeCommand : JiraAdoCommand
{
    private readonly List<IssueLink> _links = [];

    /// <summary>Links from Get-JiraIssueLinks.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public IssueLink[] Link { get; set; } = null!;

    /// <summary>
    /// From phrase to the relation on the work item of the issue that says it; by default Jira's standard wordings.
    /// It is laid over the default, see -NoDefaultLinkTypes.
    /// </summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(LinkTypeMappingCompleter))]
    [Hashtable]
    public Hashtable? Mapping { get; set; }

    /// <summary>
    /// Take the mapping alone. Without this it is laid over the default, and $null takes a type out.
    /// </summary>
    [Parameter]
    public SwitchParameter NoDefaultLinkTypes { get; set; }

    /// <summary>What to do with links whose type the mapping does not have.</summary>
    [Parameter]
    public UnmappedLinks Unmapped { get; set; }

    /// <summary>
    /// The organisation whose relation types hold; by default the one that the session is connected to.
    /// </summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _links.AddRange(Link);

    /// <inheritdoc/>
    protected override void Finish() => WriteAll(ConvertLinks(
        Session.Resolve(AdoConnection), _links, Mapping, Unmapped, NoDefaultLinkTypes));
}
