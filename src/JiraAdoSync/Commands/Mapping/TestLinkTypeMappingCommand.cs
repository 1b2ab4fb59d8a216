using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Commands;

/// <summary>
/// Reports for every phrase of the data, and of the site's link types, how many links say it, what the mapping makes of
/// it, what is wrong, and what it could be mapped to.
/// </summary>
/// <remarks>
/// Run it before the first sync: a phrase that the mapping lacks is an error then. The suggestion is drawn from the
/// phrase's words and from the organisation's own relation types; it is a start, not an answer.
/// </remarks>
/// <example>
/// <para>Checks the default mapping.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping
/// </code>
/// </example>
/// <example>
/// <para>Shows only what is wrong with a mapping.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Test-LinkTypeMapping -Mapping @{ blocks = 'Successor' } |
///     Where-Object Problem
/// </code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "LinkTypeMapping", DefaultParameterSetName = OfReplica)]
[OutputType(typeof(MappingCoverage))]
public sealed class TestLinkTypeMappingCommand : JiraAdoCommand
{
    private const string OfReplica = "Replica";
    private const string OfLink = "Link";

    private readonly List<IssueLink> _links = [];

    /// <summary>The mapping, laid over Jira's standard wordings; see -NoDefaultLinkTypes.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(LinkTypeMappingCompleter))]
    [Hashtable]
    public Hashtable? Mapping { get; set; }

    /// <summary>
    /// Take the mapping alone. Without this it is laid over the default, and $null takes a type out.
    /// </summary>
    [Parameter]
    public SwitchParameter NoDefaultLinkTypes { get; set; }

    /// <summary>Issues as Get-JiraReplica reads them.</summary>
    [Parameter(ParameterSetName = OfReplica, ValueFromPipeline = true)]
    public Replica[]? Replica { get; set; }

    /// <summary>Links from Get-JiraIssueLinks.</summary>
    [Parameter(ParameterSetName = OfLink, ValueFromPipeline = true)]
    public IssueLink[]? Link { get; set; }

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
        _links.AddRange(Link ?? []);
        _links.AddRange((Replica ?? []).SelectMany(replica => replica.Links));
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        var types = Await(Ado.Client.GetRelationTypesAsync);
        var counts = _links.Where(link => !link.IsParent)
            .DistinctBy(link => link.LinkId)
            .GroupBy(link => link.Type)
            .ToDictionary(group => group.Key, group => group.Count());
        foreach (var type in Await(Jira.Client.GetLinkTypesAsync))
        {
            counts.TryAdd(type, 0);
        }

        var mapping = Mappings.OfLinkTypes(Mapping, types, NoDefaultLinkTypes);
        WriteAll(LinkTypeCoverage.Of(counts, mapping, types));
        if (mapping.UnusedKeys.ToList() is { Count: > 0 } unused)
        {
            WriteWarning(
                $"These entries of the mapping match no link type of the site: '{string.Join("', '", unused)}'.");
        }
    }
}
