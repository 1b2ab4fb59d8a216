using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>A link that was added or removed.</summary>
/// <param name="SourceId">The work item at the forward end.</param>
/// <param name="TargetId">The one at the other end.</param>
/// <param name="Date">When.</param>
public readonly record struct LinkChange(int SourceId, int TargetId, DateTimeOffset Date);

/// <summary>What a report has since some token, and the token to go on with.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Values">What it lists, oldest first.</param>
/// <param name="Token">The token; null where the report has had nothing yet.</param>
public sealed record FeedPart<T>(IReadOnlyList<T> Values, string? Token);

/// <summary>The organisation's reports of what changed.</summary>
public sealed partial class AdoClient
{
    /// <summary>Reads the report of revisions to its end, those of deleted work items too.</summary>
    /// <param name="start">Since when, where there is no token.</param>
    /// <param name="token">The token of an earlier call.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<FeedPart<Revision>> ReadRevisionFeedAsync(
        DateTimeOffset start,
        string? token,
        CancellationToken cancellationToken) =>
        ReadFeedAsync<WireWorkItem, Revision>(
            path =>
                RestRequest.Post(
                    $"_apis/wit/reporting/workitemrevisions?{path}&{Version}",
                    new
                    {
                        fields = AuthorFields,
                        includeIdentityRef = true,
                        includeDeleted = true,
                    }),
            start,
            token,
            revision => revision.ToRevision(),
            cancellationToken);

    /// <summary>Reads the report of links to its end.</summary>
    /// <param name="start">Since when, where there is no token.</param>
    /// <param name="token">The token of an earlier call.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<FeedPart<LinkChange>> ReadLinkFeedAsync(
        DateTimeOffset start,
        string? token,
        CancellationToken cancellationToken) =>
        ReadFeedAsync<WireLinkChange, LinkChange>(
            path => RestRequest.Get($"_apis/wit/reporting/workitemlinks?{path}&{Version}"),
            start, token,
            link => new LinkChange(link.SourceId.Id("sourceId"), link.TargetId.Id("targetId"), link.ChangedDate),
            cancellationToken);

    private async Task<FeedPart<TResult>> ReadFeedAsync<TWire, TResult>(
        Func<string, RestRequest> request,
        DateTimeOffset start,
        string? token,
        Func<TWire, TResult> convert,
        CancellationToken cancellationToken)
        where TWire : class
    {
        var values = new List<TResult>();
        while (true)
        {
            var from = token is null
                ? $"startDateTime={Uri.EscapeDataString(start.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}"
                : $"continuationToken={Uri.EscapeDataString(token)}";
            var before = token;
            var (page, next, isLast) = await _connection.SendAsync<WireFeed<TWire>, (List<TResult>, string?, bool)>(
                request(from),
                answer => (
                    answer.Values.Complete("values").ConvertAll(one => convert(one)),
                    answer.ContinuationToken,
                    answer.IsLastBatch),
                cancellationToken).ConfigureAwait(false);
            values.AddRange(page);
            token = next ?? token;
            if (isLast || next is null || next == before)
            {
                return new FeedPart<TResult>(values, token);
            }

            if (values.Count > EndlessList<int>.MostEntries)
            {
                throw new JsonException(Endless);
            }
        }
    }

    private sealed record WireFeed<T>(List<T?>? Values, string? ContinuationToken, bool IsLastBatch)
        where T : class;

    /// <summary>The document leaves the types of these values open.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    private sealed record WireLinkChange(int SourceId, int TargetId, DateTimeOffset ChangedDate);
}
