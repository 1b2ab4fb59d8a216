using System.Management.Automation;
using JiraAdoSync.Input;
using JiraAdoSync.TwoWay.Stages;

namespace JiraAdoSync.Commands;

/// <summary>Reads work items, with the keys of their issues where they have one.</summary>
/// <remarks>
/// A query is a flat WIQL query or only its WHERE clause; queries for links and of the past are refused. It is read by
/// pages, so it may find any number, and the results come in the order of their ids. Which issue a work item belongs to
/// is what our mark on it says. It is the first stage of the way to Jira, as Get-JiraReplica is of the other.
/// </remarks>
/// <example>
/// <para>Reads the work items of an area.</para>
/// <code>
/// Get-AdoWorkItem -Wiql "[System.AreaPath] UNDER 'Fabrikam' AND [System.State] &lt;&gt; 'Removed'"
/// </code>
/// </example>
/// <example>
/// <para>Shows what issues they would get.</para>
/// <code>
/// $q = "[System.Tags] CONTAINS 'jira'"
/// Get-AdoWorkItem -Wiql $q | Sync-JiraIssue -JiraProject SHOP -WhatIf
/// </code>
/// </example>
[Cmdlet(VerbsCommon.Get, "AdoWorkItem", DefaultParameterSetName = ById)]
[OutputType(typeof(SelectedWorkItem))]
public sealed class GetAdoWorkItemCommand : SyncCommand
{
    private const string ById = "Id";
    private const string ByQuery = "Wiql";

    private readonly List<int> _ids = [];

    /// <summary>A flat WIQL query, or only its WHERE clause.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByQuery)]
    public string Wiql { get; set; } = null!;

    /// <summary>Ids of work items, or objects that have a WorkItemId, such as correlations and results.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ById, ValueFromPipeline = true,
        ValueFromPipelineByPropertyName = true)]
    [Alias("WorkItemId")]
    [ArgumentCompleter(typeof(WorkItemIdCompleter))]
    public int[] Id { get; set; } = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName == ById)
        {
            _ids.AddRange(Id);
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        // The session's connections are known to the pipeline's own thread alone.
        var client = Ado.Client;
        var reader = new WorkItemReader(client, Site, Accounts);
        var ids = ParameterSetName == ById
            ? _ids.Distinct().ToList()
            : Await(token => client.QueryAsync(Wiql, token)).ToList();
        var items = Await(token => reader.ReadAsync(ids, token));
        WriteAll(items);
        foreach (var missing in ids.Except(items.Select(item => item.WorkItemId)))
        {
            WriteError(Errors.WorkItemNotFound(missing));
        }
    }
}
