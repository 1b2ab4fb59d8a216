using System.Collections;
using System.Management.Automation;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Input;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Stages;

namespace JiraAdoSync.Commands;

/// <summary>Turns relations of work items into the issue links that they are to become.</summary>
/// <remarks>
/// A relation becomes the link type that becomes it: the inverse of the mapping of link types. Where several do, as
/// Related is made of "relates to" and "clones", -Mapping says which; without it, Related becomes "relates to".
/// Relations that are links of Jira's in other words, parents, and relations whose ends have no issue are reported with
/// the reason. Relations for which no link type is known are an error.
/// </remarks>
/// <example>
/// <para>Shows which links the relations of two work items would become.</para>
/// <code>
/// Get-AdoRelation -WorkItemId 1, 2 | Convert-RelationType
/// </code>
/// </example>
/// <example>
/// <para>Adds the links that the issues of an area lack.</para>
/// <code>
/// Get-AdoWorkItem -Wiql "[System.AreaPath] UNDER 'Fabrikam'" | Get-AdoRelation |
///     Convert-RelationType -Mapping @{ Related = 'relates to' } | Sync-JiraLink
/// </code>
/// </example>
[Cmdlet(VerbsData.Convert, "RelationType", HelpUri = OnlineHelp.Pages + "Convert-RelationType.md")]
[OutputType(typeof(DesiredIssueLink))]
public sealed class ConvertRelationTypeCommand : SyncCommand
{
    private readonly List<Relation> _relations = [];

    /// <summary>Relations from Get-AdoRelation.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Relation[] Relation { get; set; } = null!;

    /// <summary>
    /// From relation, by name or reference name, to the phrase that the issue of the work item with the relation says,
    /// as in @{ Successor = 'blocks' }.
    /// </summary>
    [Parameter(Position = 1)]
    [Hashtable]
    public Hashtable? Mapping { get; set; }

    /// <summary>
    /// Which relation each link type becomes, as Convert-LinkType takes it; by default Jira's standard wordings.
    /// </summary>
    [Parameter]
    [Hashtable]
    public Hashtable? LinkTypeMapping { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _relations.AddRange(Relation);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var types = Await(Ado.Client.GetRelationTypesAsync);
        var linkTypes = Await(Jira.Client.GetLinkTypesAsync);
        var links = Mappings.OfLinkTypes(LinkTypeMapping, types, isAlone: false);
        var inverse = new RelationInverse(links, Mappings.Relations(Mapping), types, linkTypes);
        var converter = new RelationConverter(
            new WorkItemReader(Ado.Client, Site, Accounts), Site, types, linkTypes, inverse);
        WriteAll(Await(token => converter.ConvertAsync(_relations, token)));
    }
}
