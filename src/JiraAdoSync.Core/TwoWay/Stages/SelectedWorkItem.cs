using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;

namespace JiraAdoSync.TwoWay.Stages;

/// <summary>A work item, with its issue where it has one.</summary>
public sealed record SelectedWorkItem
{
    /// <summary>The work item's id.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The work item's type.</summary>
    public required string WorkItemType { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>Its state.</summary>
    public string? State { get; init; }

    /// <summary>The key of its issue; null where it has none, or marks of several.</summary>
    public string? Key { get; init; }

    /// <summary>The id of its issue.</summary>
    public long? IssueId { get; init; }

    /// <summary>The fields that have a value, by reference name.</summary>
    public IReadOnlyDictionary<string, object?> Fields
    {
        get;
        init => field = Listing.Of(value);
    } = new Table<object?>();

    /// <inheritdoc/>
    public override string ToString() => $"{WorkItemType} {WorkItemId}: {Title}";
}

/// <summary>
/// Reads work items, and which issues they belong to: a mark counts only where an account of ours put it.
/// </summary>
/// <param name="store">The work items.</param>
/// <param name="site">The issues' site.</param>
/// <param name="accounts">The accounts whose marks count.</param>
public sealed class WorkItemReader(IWorkItemStore store, JiraSite site, OwnAccounts accounts)
{
    private readonly Authorship _authorship = new(store, accounts, site);

    /// <summary>Reads work items, 200 a request. Those that don't exist or can't be read are left out.</summary>
    /// <param name="ids">Their ids, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work items, in the order of their ids.</returns>
    public async Task<IReadOnlyList<SelectedWorkItem>> ReadAsync(
        IReadOnlyCollection<int> ids, CancellationToken cancellationToken) =>
        (await ReadMarkedAsync(ids, cancellationToken).ConfigureAwait(false))
            .Select(one => new SelectedWorkItem
            {
                WorkItemId = one.Item.Id,
                WorkItemType = one.Item.Type,
                Title = one.Item.Title,
                State = one.Item.Fields.GetValueOrDefault(WorkItemField.State.ReferenceName) as string,
                Key = one.Issue?.Key,
                IssueId = one.Issue?.Id,
                Fields = one.Item.Fields,
            })
            .OrderBy(item => item.WorkItemId)
            .ToList();

    internal async Task<IReadOnlyList<(WorkItem Item, IssueReference? Issue)>> ReadMarkedAsync(
        IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var items = await _authorship.ReadAsync(ids.Distinct().ToList(), cancellationToken).ConfigureAwait(false);
        return items
            .Select(item =>
                (
                    item,
                    WorkItemMark
                        .FindAll(item, site)
                        .Select(one => one.Mark.Issue)
                        .DistinctBy(issue => issue.Id)
                        .ToList()
                        is [var only]
                        ? only
                        : null))
            .ToList();
    }
}
