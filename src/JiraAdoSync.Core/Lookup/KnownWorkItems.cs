using System.Runtime.CompilerServices;
using System.Threading.Channels;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Lookup;

/// <summary>
/// The work items of the issues of a run, as far as they are known: each issue is sought once.
/// </summary>
/// <param name="cache">What the session knows.</param>
/// <param name="correlator">Finds work items.</param>
internal sealed class KnownWorkItems(CorrelationCache cache, Correlator correlator)
{
    private readonly Dictionary<long, FoundWorkItem> _existing = [];
    private readonly Dictionary<long, IssueReference> _sought = [];
    private int _settled;

    /// <summary>The work items that were found or made, by issue id.</summary>
    public IReadOnlyDictionary<long, FoundWorkItem> Existing => _existing;

    /// <summary>The issues whose work items were sought, by id, whether or not one was found.</summary>
    public IReadOnlyDictionary<long, IssueReference> Sought => _sought;

    /// <summary>Whether most of the issues have no work item, as far as they have been looked up by now.</summary>
    public bool AreMostNew => 2 * _existing.Count <= _settled;

    /// <summary>What finds them.</summary>
    public Correlator Correlator => correlator;

    /// <summary>Records the work item that an issue has from now on.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="found">The work item.</param>
    public void Set(IssueReference issue, FoundWorkItem found)
    {
        _existing[issue.Id] = found;
        cache.Set(new Correlation { IssueId = issue.Id, Key = issue.Key, WorkItemId = found.WorkItem.Id });
    }

    /// <summary>Lets the relations go of an issue's work item whose values were let go.</summary>
    /// <param name="issueId">The issue.</param>
    public void LetRelationsGo(long issueId)
    {
        if (_existing[issueId] is { WorkItem: { LacksValues: true } item } found)
        {
            _existing[issueId] = found with { WorkItem = item with { Relations = [] } };
        }
    }

    /// <summary>Puts back the values that were let go of an issue's work item, or what it is by now.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="item">The work item as it was read again.</param>
    /// <param name="mark">Its mark.</param>
    public void PutBack(long issueId, WorkItem item, WorkItemMark mark) =>
        _existing[issueId] = new FoundWorkItem(item, mark) { Address = _existing[issueId].Address };

    /// <summary>Has the work item of an issue sought and read anew.</summary>
    public void Forget(long issueId)
    {
        _existing.Remove(issueId);
        _sought.Remove(issueId);
    }

    /// <summary>An end with the work item that was created for it since the plan was made.</summary>
    public RelationEnd Resolve(RelationEnd end) =>
        end.WorkItemId is null && end.Issue is not null && _existing.TryGetValue(end.Issue.Id, out var found)
            ? end with { WorkItemId = found.WorkItem.Id }
            : end;

    /// <summary>
    /// Finds work items in whole requests, of issues as they come, several requests side by side.
    /// </summary>
    /// <param name="arrived">The issues.</param>
    /// <param name="look">
    /// Looks at an issue and its work item, null where it has none; returns what is to be kept of the work item.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task FindAsTheyComeAsync(
        ChannelReader<Replica> arrived,
        Func<Replica, FoundWorkItem?, FoundWorkItem?> look,
        CancellationToken cancellationToken)
    {
        var waiting = new Dictionary<long, Replica>();
        var sought = SideBySide.SelectAsync(
            InBatchesAsync(arrived, waiting, cancellationToken), correlator.SeekAsync, cancellationToken);
        await foreach (var findings in sought.ConfigureAwait(false))
        {
            await TakeAsync(findings, cancellationToken).ConfigureAwait(false);
            foreach (var issue in findings.Issues)
            {
                if (waiting.Remove(issue.Id, out var replica)
                    && look(replica, _existing.GetValueOrDefault(issue.Id)) is { } found)
                {
                    _existing[issue.Id] = found;
                }
            }
        }
    }

    /// <summary>Finds and reads the work items of issues that were not sought before.</summary>
    public async Task FindAsync(IEnumerable<IssueReference> issues, CancellationToken cancellationToken)
    {
        var unsought = issues.Where(issue => _sought.TryAdd(issue.Id, issue)).ToList();
        if (unsought.Count > 0)
        {
            await TakeAsync(
                await correlator.SeekAsync(unsought, cancellationToken).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whole requests' worth of issues: the items of those that the cache knows are read at once, the others are looked
    /// up first. Kept apart, both fill their requests.
    /// </summary>
    private async IAsyncEnumerable<IReadOnlyCollection<IssueReference>> InBatchesAsync(
        ChannelReader<Replica> arrived,
        Dictionary<long, Replica> waiting,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (known, unknown) = (new List<IssueReference>(), new List<IssueReference>());
        await foreach (var replica in arrived.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var issue = replica.Reference;
            var batch = cache.TryGet(issue.Id, out _) ? known : unknown;
            if (_sought.TryAdd(issue.Id, issue))
            {
                batch.Add(issue);
                waiting.Add(issue.Id, replica);
            }

            if (batch.Count == IWorkItemStore.BatchSize)
            {
                yield return batch.ToList();
                batch.Clear();
            }
        }

        foreach (var rest in new[] { known, unknown }.Where(rest => rest.Count > 0))
        {
            yield return rest;
        }
    }

    private async Task TakeAsync(Findings findings, CancellationToken cancellationToken)
    {
        foreach (var (issueId, found) in await correlator.SortAsync(findings, cancellationToken).ConfigureAwait(false))
        {
            _existing[issueId] = found;
        }

        _settled += findings.Issues.Count;
    }
}
