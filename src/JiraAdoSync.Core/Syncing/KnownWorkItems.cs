using System.Threading.Channels;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;

namespace JiraAdoSync.Syncing;

/// <summary>The work items that stand for the issues of a run, as far as they are known: each issue is sought once.</summary>
/// <param name="cache">What the session knows.</param>
/// <param name="correlator">Finds work items.</param>
internal sealed class KnownWorkItems(CorrelationCache cache, Correlator correlator)
{
    private readonly Dictionary<long, FoundWorkItem> _standing = [];
    private readonly Dictionary<long, IssueReference> _sought = [];

    /// <summary>The work items that were found or made, by issue id.</summary>
    public IReadOnlyDictionary<long, FoundWorkItem> Standing => _standing;

    /// <summary>The issues whose work items were sought, by id, whether or not one was found.</summary>
    public IReadOnlyDictionary<long, IssueReference> Sought => _sought;

    /// <summary>What finds them.</summary>
    public Correlator Correlator => correlator;

    /// <summary>Takes note of the work item that stands for an issue from now on.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="found">The work item.</param>
    public void Stand(IssueReference issue, FoundWorkItem found)
    {
        _standing[issue.Id] = found;
        cache.Set(new Correlation { IssueId = issue.Id, Key = issue.Key, WorkItemId = found.WorkItem.Id });
    }

    /// <summary>An end with the work item that was created for it since the plan was made.</summary>
    public RelationEnd Resolve(RelationEnd end) =>
        end.WorkItemId is null && end.Issue is not null && _standing.TryGetValue(end.Issue.Id, out var found)
            ? end with { WorkItemId = found.WorkItem.Id }
            : end;

    /// <summary>Finds work items in whole requests, of as many issues as have come while the last ones were sought.</summary>
    public async Task FindAsTheyComeAsync(ChannelReader<IssueReference> arrived, CancellationToken token)
    {
        // The items of those that the cache knows are read at once, the others are looked up first. Kept apart, both fill
        // their requests.
        var (known, unknown) = (new List<IssueReference>(), new List<IssueReference>());
        while (await arrived.WaitToReadAsync(token).ConfigureAwait(false))
        {
            while (arrived.TryRead(out var issue))
            {
                (cache.TryGet(issue.Id, out _) ? known : unknown).Add(issue);
            }

            await FindFullAsync(known).ConfigureAwait(false);
            await FindFullAsync(unknown).ConfigureAwait(false);
        }

        await FindAsync(known, token).ConfigureAwait(false);
        await FindAsync(unknown, token).ConfigureAwait(false);

        async Task FindFullAsync(List<IssueReference> waiting)
        {
            var full = waiting.Count / IWorkItemStore.BatchSize * IWorkItemStore.BatchSize;
            await FindAsync(waiting.GetRange(0, full), token).ConfigureAwait(false);
            waiting.RemoveRange(0, full);
        }
    }

    /// <summary>Finds and reads the work items of issues that were not sought before.</summary>
    public async Task FindAsync(IEnumerable<IssueReference> issues, CancellationToken token)
    {
        var unsought = issues.Where(issue => _sought.TryAdd(issue.Id, issue)).ToList();
        if (unsought.Count == 0)
        {
            return;
        }

        foreach (var (issueId, found) in await correlator.FindAsync(unsought, token).ConfigureAwait(false))
        {
            _standing[issueId] = found;
        }
    }
}
