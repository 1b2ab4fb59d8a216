using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.Jira;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>What is asked of Jira about the histories of issues.</summary>
public sealed partial class JiraClient
{
    private const int HistoriesPerRequest = 1000;
    private const int EntriesPerPage = 10_000;

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<long, object>> ReadEditorsAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<long, Edit>();
        var ids = issueIds.Select(id => id.ToString(CultureInfo.InvariantCulture));
        var read = IsCloud
            ? ids.Chunk(HistoriesPerRequest).SelectAheadAsync(ThrottleLimit, ReadEditsAsync, cancellationToken)
            : ids.Chunk(PageSize).SelectAheadAsync(ThrottleLimit, SearchEditsAsync, cancellationToken);
        await foreach (var edits in read.ConfigureAwait(false))
        {
            foreach (var edit in edits.Where(
                edit => !latest.TryGetValue(edit.IssueId, out var other)
                    || (other.When, other.Number).CompareTo((edit.When, edit.Number)) <= 0))
            {
                latest[edit.IssueId] = edit;
            }
        }

        return latest.ToDictionary(pair => pair.Key, pair => pair.Value.Author);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IssueFieldChange>> ReadChangesAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(issueIds);
        var ids = issueIds.Select(id => id.ToString(CultureInfo.InvariantCulture));
        var read = IsCloud
            ? ids.Chunk(HistoriesPerRequest)
                .SelectAheadAsync(
                    ThrottleLimit,
                    (chunk, cancellationToken) => ReadHistoriesAsync(chunk, ChangesOf, cancellationToken),
                    cancellationToken)
            : ids.Chunk(PageSize)
                .SelectAheadAsync(
                    ThrottleLimit,
                    (chunk, cancellationToken) => SearchHistoriesAsync(chunk, ChangesOf, cancellationToken),
                    cancellationToken);
        var changes = new List<IssueFieldChange>();
        await foreach (var found in read.ConfigureAwait(false))
        {
            changes.AddRange(found);
        }

        // Data Center lists the newest first, and where a database cuts times to whole seconds, several have the same one.
        return changes.OrderBy(change => change.When).ThenBy(change => NumberOf(change.EditId)).ToList();
    }

    /// <summary>The number of an entry: those of one time count up. 0 for an id of another form.</summary>
    private static long NumberOf(string? id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private Task<List<Edit>> ReadEditsAsync(string[] ids, CancellationToken cancellationToken) =>
        ReadHistoriesAsync(ids, EditsOf, cancellationToken);

    private Task<List<Edit>> SearchEditsAsync(string[] ids, CancellationToken cancellationToken) =>
        SearchHistoriesAsync(ids, EditsOf, cancellationToken);

    private async Task<List<T>> ReadHistoriesAsync<T>(
        string[] ids, Func<List<WireHistory>, List<T>> take, CancellationToken cancellationToken)
    {
        var edits = new List<T>();
        var pages = new HashSet<string>();
        var list = new EndlessList<(long, string?, double)>();
        string? next = null;
        do
        {
            var body = new { issueIdsOrKeys = ids, maxResults = EntriesPerPage, nextPageToken = next };
            (var page, var entries, next) = await _connection
                .SendAsync<WireHistoryPage, (List<WireHistory> Page, List<T> Entries, string?)>(
                    RestRequest.Post($"{_api}/changelog/bulkfetch", body),
                    answer =>
                    {
                        var histories = answer.IssueChangeLogs.Complete("issueChangeLogs");
                        return (histories, take(histories), answer.NextPageToken);
                    },
                    cancellationToken)
                .ConfigureAwait(false);
            edits.AddRange(entries);
            if (next is not null && !pages.Add(next))
            {
                throw Incomplete("a page that does not lead to the next one");
            }

            if (
                next is not null
                && list.IsShownBy(
                    page.SelectMany(
                        history => history.ChangeHistories ?? [],
                        (history, entry) => (history.IssueId, entry?.Id, entry?.When ?? 0))))
            {
                throw Incomplete("page after page of changes that came before, or that have no end");
            }
        }
        while (next is not null);
        return edits;
    }

    /// <summary>Data Center returns histories with the issues.</summary>
    private Task<List<T>> SearchHistoriesAsync<T>(
        string[] ids, Func<List<WireHistory>, List<T>> take, CancellationToken cancellationToken)
    {
        string[] fields = ["id"], expand = ["changelog"];
        return PassingOverUnknownAsync(ids, names =>
        {
            var body = new { jql = JqlOf(names), fields, expand, maxResults = PageSize, validateQuery = false };
            return _connection.SendAsync<WireHistoriesBeside, List<T>>(
                RestRequest.Post($"{_api}/search", body),
                page => take(page.Issues.Complete("issues")
                    .ConvertAll(issue => new WireHistory(issue.Id, issue.Changelog?.Histories))),
                cancellationToken);
        });
    }

    /// <summary>The edits that somebody made; one of a deleted account has no author.</summary>
    private static List<Edit> EditsOf(IEnumerable<WireHistory> histories) => histories
        .SelectMany(history => history.ChangeHistories.Complete("changeHistories"), (history, entry) =>
            (history.IssueId, Entry: entry))
        .Where(one => one.Entry.Author is IReadOnlyDictionary<string, object?>)
        .Select(one => new Edit(one.IssueId.Id("issueId"), one.Entry.When, NumberOf(one.Entry.Id), one.Entry.Author!))
        .ToList();

    private static List<IssueFieldChange> ChangesOf(IEnumerable<WireHistory> histories) =>
        (from history in histories
         from entry in history.ChangeHistories.Complete("changeHistories")
         from item in (entry.Items ?? []).Complete("items")
         select new IssueFieldChange(
             history.IssueId.Id("issueId"),
             entry.Id ?? string.Empty,
             item.FieldId ?? item.Field.Required("field"),
             DateTimeOffset.FromUnixTimeMilliseconds((long)entry.When),
             JiraPerson.Of(entry.Author))
         {
             Name = item.Field ?? item.FieldId!,
             From = item.From,
             FromText = item.FromString,
             To = item.To,
             ToText = item.ToString,
         }).ToList();

    private sealed record Edit(long IssueId, double When, long Number, object Author);

    private sealed record WireHistoryPage(List<WireHistory?>? IssueChangeLogs, string? NextPageToken);

    private sealed record WireHistoriesBeside(List<WireIssueWithHistory?>? Issues);

    private sealed record WireIssueWithHistory(long Id, WireChangelog? Changelog);

    private sealed record WireChangelog(List<WireHistoryEntry?>? Histories);

    private sealed record WireHistory(long IssueId, List<WireHistoryEntry?>? ChangeHistories);

    /// <summary>An entry of a history. Its time is a number in bulk, and text beside an issue.</summary>
    private sealed record WireHistoryEntry(
        string? Id,
        [property: JsonConverter(typeof(JiraValue))] object? Author,
        JsonElement? Created,
        List<WireHistoryItem?>? Items)
    {
        public double When => Created switch
        {
            { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
            { ValueKind: JsonValueKind.String } text => WireContent.Time(text.GetString()!).ToUnixTimeMilliseconds(),
            _ => throw new JsonException("It has no 'created'."),
        };
    }

    private sealed class WireHistoryItem
    {
        public string? Field { get; init; }

        public string? FieldId { get; init; }

        public string? From { get; init; }

        public string? FromString { get; init; }

        public string? To { get; init; }

        public new string? ToString { get; init; }
    }
}
