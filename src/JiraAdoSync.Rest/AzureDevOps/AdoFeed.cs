using JiraAdoSync.Watching;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>
/// What changed among the organisation's work items, from two reports of the service: revisions, and links, which have
/// no revision at one of their ends. The next call continues with the token of each last page. The reports are those of
/// the organisation: a project's own miss what moves.
/// </summary>
/// <param name="client">The organisation.</param>
/// <param name="time">The clock.</param>
public sealed class AdoFeed(AdoClient client, TimeProvider time) : IChangeFeed
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private string? _revisions;
    private string? _links;

    /// <summary>
    /// Whether a time is in that of a run of this watcher: what our account changed then is an echo, most likely.
    /// </summary>
    public Func<DateTimeOffset, bool> IsInRun { get; init; } = _ => false;

    /// <inheritdoc/>
    public async Task<FeedNews> ReadAsync(CancellationToken cancellationToken)
    {
        var ids = new HashSet<long>();
        var echoes = new HashSet<long>();
        var revisions = await client.ReadRevisionFeedAsync(_start, _revisions, cancellationToken).ConfigureAwait(false);
        foreach (var revision in revisions.Values)
        {
            var isOurs = revision.By?.Id is { } by
                && by.Equals(client.Account.Id, StringComparison.OrdinalIgnoreCase)
                && revision.Date is { } date && IsInRun(date);
            (isOurs ? echoes : ids).Add(revision.WorkItemId);
        }

        var links = await client.ReadLinkFeedAsync(_start, _links, cancellationToken).ConfigureAwait(false);
        foreach (var link in links.Values)
        {
            // The report names nobody, and a change of a link alone makes no revision: somebody else may have made it.
            ids.Add(link.SourceId);
            ids.Add(link.TargetId);
        }

        // Only when both were read: what fails is read again as a whole.
        (_revisions, _links) = (revisions.Token, links.Token);
        return new FeedNews(HintsOf(ids), HintsOf(echoes.Except(ids)));

        static List<Hint> HintsOf(IEnumerable<long> ids) =>
            ids.Select(id => new Hint(HintSide.AzureDevOps, id)).ToList();
    }
}
