using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Rest.Jira;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Stages;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Commands;

/// <summary>What a profile keeps in step.</summary>
internal sealed record WatchedSelection(string Jql, string? Wiql)
{
    /// <summary>Whether the profile's runs may write to Jira.</summary>
    public required bool IsTwoWay { get; init; }
}

/// <summary>What a run is about; everything that the profile selects where nothing is named.</summary>
internal sealed record RunScope(IReadOnlyCollection<long> IssueIds, IReadOnlyCollection<int> WorkItemIds);

/// <summary>
/// Finds out what hints are about: the work items are read for their issues, and both services are asked which of them
/// the profile selects.
/// </summary>
internal sealed class WatchedRuns(
    JiraClient jira,
    AdoClient ado,
    WatchedSelection selection,
    Func<RunScope, CancellationToken, Task<SyncSummary>> run) : IWatchedRuns
{
    public Task<SyncSummary> SyncAllAsync(CancellationToken cancellationToken) =>
        run(new RunScope([], []), cancellationToken);

    public async Task<HintedRun> SyncAsync(IReadOnlyCollection<Hint> hints, CancellationToken cancellationToken)
    {
        var issues = hints.Where(hint => hint.Side == HintSide.Jira).Select(hint => hint.Id).ToHashSet();
        var loose = new HashSet<int>();
        var items = hints.Where(hint => hint.Side == HintSide.AzureDevOps).Select(hint => (int)hint.Id).ToHashSet();
        if (items.Count > 0)
        {
            var reader = new WorkItemReader(ado, jira.Site, new OwnAccounts(ado.Account, []));
            foreach (var item in await reader.ReadAsync(items, cancellationToken).ConfigureAwait(false))
            {
                if (item.IssueId is { } issue)
                {
                    issues.Add(issue);
                }
                else
                {
                    loose.Add(item.WorkItemId);
                }
            }
        }

        var summaries = new List<SyncSummary>();
        var selected = await SelectAsync(issues, cancellationToken).ConfigureAwait(false);
        if (selected.Count > 0)
        {
            summaries.Add(await run(new RunScope(selected, []), cancellationToken).ConfigureAwait(false));
        }

        if (await SelectLooseAsync(loose, cancellationToken).ConfigureAwait(false) is { Count: > 0 } found)
        {
            summaries.Add(await run(new RunScope([], found), cancellationToken).ConfigureAwait(false));
        }

        return new HintedRun(summaries, hints
            .Where(hint => hint.Side == HintSide.Jira && !selected.Contains(hint.Id)).ToList());
    }

    /// <summary>Which issues the query selects: ids that don't exist would make it fail.</summary>
    private async Task<HashSet<long>> SelectAsync(HashSet<long> issues, CancellationToken cancellationToken)
    {
        var selected = new HashSet<long>();
        if (issues.Count == 0)
        {
            return selected;
        }

        var readable = await jira.FindReadableAsync(issues, cancellationToken).ConfigureAwait(false);
        if (readable.Count > 0)
        {
            var query = Jql.And(Jql.WithoutOrder(selection.Jql), $"id in ({string.Join(',', readable)})");
            await foreach (
                var issue in jira.SearchAsync(query, IssueDetail.None, cancellationToken).ConfigureAwait(false))
            {
                selected.Add(issue.IssueId);
            }
        }

        return selected;
    }

    /// <summary>Which work items without an issue get one.</summary>
    private async Task<IReadOnlyList<int>> SelectLooseAsync(
        HashSet<int> items, CancellationToken cancellationToken)
    {
        if (!selection.IsTwoWay || selection.Wiql is null || items.Count == 0)
        {
            return [];
        }

        var condition = $"({Wiql.ConditionOf(selection.Wiql)}) AND [System.Id] IN ({string.Join(',', items)})";
        return await ado.QueryAsync(condition, cancellationToken).ConfigureAwait(false);
    }
}
