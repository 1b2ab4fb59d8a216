using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
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

    /// <summary>The project of Jira in which runs create issues.</summary>
    public string? JiraProject { get; init; }

    /// <summary>Whether a pair is selected, too, whose work item is.</summary>
    public bool HasWorkItems => IsTwoWay && Wiql is not null;

    /// <summary>The issues whose changes matter: a pair may be selected by its work item only.</summary>
    public string WatchedJql =>
        HasWorkItems && JiraProject is not null
            ? JiraAdoSync.Jira.Jql.Or(Jql, $"project = \"{JiraProject}\"")
            : Jql;
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
    CorrelationCache cache,
    WatchedSelection selection,
    Func<RunScope, CancellationToken, Task<SyncSummary>> run) : IWatchedRuns
{
    public Task<SyncSummary> SyncAllAsync(CancellationToken cancellationToken) =>
        run(new RunScope([], []), cancellationToken);

    public async Task<HintedRun> SyncAsync(IReadOnlyCollection<Hint> hints, CancellationToken cancellationToken)
    {
        var issues = hints.Where(hint => hint.Side == HintSide.Jira).Select(hint => hint.Id).ToHashSet();
        var items = hints.Where(hint => hint.Side == HintSide.AzureDevOps).Select(hint => (int)hint.Id).ToHashSet();
        var read = await ReadAsync(items, cancellationToken).ConfigureAwait(false);
        var pairs = issues
            .Select(issue => (Issue: issue, Item: cache.TryGet(issue, out var known) ? known.WorkItemId : (int?)null))
            .Where(pair => pair.Item is not null)
            .Concat(read.Where(item => item.IssueId is not null)
                .Select(item => (Issue: item.IssueId!.Value, Item: (int?)item.WorkItemId)))
            .ToLookup(pair => pair.Issue, pair => pair.Item!.Value);
        issues.UnionWith(pairs.Select(pair => pair.Key));
        var summaries = new List<SyncSummary>();
        var selected = await SelectAsync(issues, cancellationToken).ConfigureAwait(false);
        if (selected.Count > 0)
        {
            summaries.Add(await run(new RunScope(selected.Keys, []), cancellationToken).ConfigureAwait(false));
        }

        // What the query of issues does not select may be selected by its work item.
        var others = pairs.Where(pair => !selected.ContainsKey(pair.Key)).SelectMany(pair => pair)
            .Concat(read.Where(item => item.IssueId is null).Select(item => item.WorkItemId)).ToHashSet();
        var found = await SelectAsync(others, cancellationToken).ConfigureAwait(false);
        if (found.Count > 0)
        {
            summaries.Add(await run(new RunScope([], found), cancellationToken).ConfigureAwait(false));
        }

        return new HintedRun(summaries, hints
            .Where(hint => hint.Side == HintSide.Jira && !selected.ContainsKey(hint.Id)
                && !pairs[hint.Id].Any(found.Contains))
            .ToList())
        {
            Keys = [.. selected.Values, .. read.Where(item => found.Contains(item.WorkItemId)).Select(item => item.Key).OfType<string>()],
        };
    }

    private async Task<IReadOnlyList<SelectedWorkItem>> ReadAsync(
        HashSet<int> items, CancellationToken cancellationToken) =>
        items.Count == 0
            ? []
            : await new WorkItemReader(ado, jira.Site, new OwnAccounts(ado.Account, []))
                .ReadAsync(items, cancellationToken)
                .ConfigureAwait(false);

    /// <summary>Which issues the query selects: ids that don't exist would make it fail.</summary>
    private async Task<Dictionary<long, string>> SelectAsync(
        HashSet<long> issues, CancellationToken cancellationToken)
    {
        var selected = new Dictionary<long, string>();
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
                selected[issue.IssueId] = issue.Key;
            }
        }

        return selected;
    }

    /// <summary>Which work items the query of work items selects.</summary>
    private async Task<IReadOnlyList<int>> SelectAsync(HashSet<int> items, CancellationToken cancellationToken)
    {
        if (!selection.HasWorkItems || items.Count == 0)
        {
            return [];
        }

        var condition = $"({Wiql.ConditionOf(selection.Wiql!)}) AND [System.Id] IN ({string.Join(',', items)})";
        return await ado.QueryAsync(condition, cancellationToken).ConfigureAwait(false);
    }
}
