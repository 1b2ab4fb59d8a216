using System.Collections;
using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Mapping.WorkItems;

namespace JiraAdoSync.Commands;

/// <summary>
/// Reports for every issue type of the data how many issues have it, what work item type it becomes, and what is wrong.
/// </summary>
/// <remarks>
/// Run it before the first sync: an issue type that the mapping lacks is an error then.
/// </remarks>
/// <example>
/// <para>Checks the default mapping.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' | Test-IssueTypeMapping
/// </code>
/// </example>
/// <example>
/// <para>Shows only what is wrong with a mapping.</para>
/// <code>
/// Get-JiraReplica -Jql 'project = SHOP' |
///     Test-IssueTypeMapping -TypeMapping @{ Story = 'Feature' } | Where-Object Problem
/// </code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "IssueTypeMapping")]
[OutputType(typeof(MappingCoverage))]
public sealed class TestIssueTypeMappingCommand : JiraAdoCommand
{
    private readonly List<Replica> _replicas = [];

    /// <summary>Issues as Get-JiraReplica reads them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public Replica[] Replica { get; set; } = null!;

    /// <summary>From issue type to work item type, laid over the default.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(TypeMappingCompleter))]
    [Hashtable]
    public Hashtable? TypeMapping { get; set; }

    /// <summary>The project that the work items are in; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    private AdoConnection Ado => Session.Resolve(AdoConnection);

    /// <inheritdoc/>
    protected override void Process() => _replicas.AddRange(Replica);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var projectTypes = Await(Ado.Client.GetWorkItemTypesAsync);
        WriteAll(new WorkItemTypeMapping(Mappings.WorkItemTypes(TypeMapping), projectTypes.Select(type => type.Name))
            .Coverage(_replicas));
    }
}
