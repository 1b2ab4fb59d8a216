using System.Management.Automation;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Input;

namespace JiraAdoSync.Commands;

/// <summary>Gets the relations of work items.</summary>
/// <remarks>
/// Each work item lists its own relations, so a link between two work items shows once at each end. A
/// relation of ours carries our mark in its comment.
/// </remarks>
/// <example>
/// <para>Gets the relations of two work items.</para>
/// <code>
/// Get-AdoRelation -WorkItemId 1, 2
/// </code>
/// </example>
/// <example>
/// <para>Gets our relations of all work items that belong to issues.</para>
/// <code>
/// Get-JiraAdoCorrelation | Get-AdoRelation | Where-Object Comment -like '*`[jira:*'
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "AdoRelation")]
[OutputType(typeof(Relation))]
public sealed class GetAdoRelationCommand : JiraAdoCommand
{
    private readonly List<int> _ids = [];

    /// <summary>Ids of work items, or objects that have a WorkItemId, such as correlations and results.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(WorkItemIdCompleter))]
    public int[] WorkItemId { get; set; } = null!;

    /// <summary>The project to read from; by default the one that the session is connected to.</summary>
    [Parameter]
    public AdoConnection? AdoConnection { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _ids.AddRange(WorkItemId);

    /// <inheritdoc/>
    protected override void Finish()
    {
        var connection = Session.Resolve(AdoConnection);
        var ids = _ids.Distinct().ToList();
        var items = Await(token => connection.Client.ReadAsync(ids, token)).ToDictionary(item => item.Id);
        foreach (var id in ids)
        {
            if (items.TryGetValue(id, out var item))
            {
                // The service's own order means nothing to people.
                WriteAll(item.Relations
                    .OrderBy(relation => relation.ReferenceName, StringComparer.Ordinal)
                    .ThenBy(relation => relation.TargetWorkItemId));
            }
            else
            {
                WriteError(Errors.WorkItemNotFound(id));
            }
        }
    }
}
