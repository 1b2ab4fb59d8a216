using System.Management.Automation;
using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Commands;

/// <summary>Tells the relations that stand on work items.</summary>
[Cmdlet(VerbsCommon.Get, "AdoRelation")]
[OutputType(typeof(Relation))]
public sealed class GetAdoRelationCommand : JiraAdoCommand
{
    private readonly List<int> _ids = [];

    /// <summary>Ids of work items, or objects that have a WorkItemId, such as correlations and results.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
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
