using JiraAdoSync.Jira;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// What changed among the issues of a query: Jira has no feed, so the query is asked for what was updated lately. It
/// reaches back by <see cref="Jql.Overlap"/> each time, since the index may be behind; what was seen with the same time
/// is left out.
/// </summary>
/// <param name="client">The site.</param>
/// <param name="jql">The query.</param>
/// <param name="time">The clock.</param>
public sealed class JiraFeed(JiraClient client, string jql, TimeProvider time) : IChangeFeed
{
    private static readonly IssueDetail Updated = new() { Fields = ["updated"] };

    private DateTimeOffset _since = time.GetUtcNow();
    private Dictionary<long, string> _seen = [];

    /// <inheritdoc/>
    public async Task<FeedNews> ReadAsync(CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var seen = new Dictionary<long, string>();
        var hints = new List<Hint>();
        await foreach (
            var issue in client
                .SearchAsync(Jql.UpdatedSince(jql, _since, started), Updated, cancellationToken)
                .ConfigureAwait(false))
        {
            var updated = issue.Fields.GetValueOrDefault("updated")?.ToString() ?? string.Empty;
            seen[issue.IssueId] = updated;
            if (_seen.GetValueOrDefault(issue.IssueId) != updated)
            {
                hints.Add(new Hint(HintSide.Jira, issue.IssueId));
            }
        }

        (_since, _seen) = (started, seen);
        return new FeedNews(hints, []);
    }
}
