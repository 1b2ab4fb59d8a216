using JiraAdoSync.Watching;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>
/// What changed among the organisation's work items, from two reports of the service: revisions, and links, which have no
/// revision at one of their ends. The token of each last page is where the next call goes on. The reports are those of the
/// organisation: a project's own miss what moves.
/// </summary>
/// <param name="client">The organisation.</param>
/// <param name="time">The clock.</param>
public sealed class AdoFeed(AdoClient client, TimeProvider time) : IChangeFeed
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private string? _revisions;
    private string? _links;

    /// <summary>
    /// Whether a revision is one that a run of this watcher made: by our account, in the time of a run. The watcher would
    /// only find that there is nothing to do.
    /// </summary>
    public Func<DateTimeOffset, bool> IsOurs { get; init; } = _ => false;

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<Hint>> ReadAsync(CancellationToken cancellationToken)
    {
        var ids = new HashSet<long>();
        var revisions = await client.ReadRevisionFeedAsync(_start, _revisions, cancellationToken).ConfigureAwait(false);
        foreach (var revision in revisions.Values)
        {
            var isOurs = revision.By?.Id is { } by
                && by.Equals(client.Account.Id, StringComparison.OrdinalIgnoreCase)
                && revision.Date is { } date && IsOurs(date);
            if (!isOurs)
            {
                ids.Add(revision.WorkItemId);
            }
        }

        var links = await client.ReadLinkFeedAsync(_start, _links, cancellationToken).ConfigureAwait(false);
        foreach (var link in links.Values.Where(link => !IsOurs(link.Date)))
        {
            ids.Add(link.SourceId);
            ids.Add(link.TargetId);
        }

        // Only when both were read: what fails is read again as a whole.
        (_revisions, _links) = (revisions.Token, links.Token);
        return ids.Select(id => new Hint(HintSide.AzureDevOps, id)).ToList();
    }
}
