using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// What a board holds, in lines that two boards share where they hold the same: fields, relations, comments and files.
/// An item of ours is called by its issue's key, since ids and nonces are drawn anew on each board; one of others by
/// its id. A relation has the comment that one of its ends shows: it may be written on either.
/// </summary>
internal static partial class Snapshot
{
    public static async Task<IReadOnlyList<string>> OfAsync(Board board)
    {
        var items = await board.ItemsAsync();
        var names = items.ToDictionary(item => (int)item["id"]!, NameOf);
        var comments = (from item in items
                        from relation in item["relations"]?.AsArray() ?? []
                        where relation["attributes"]?["comment"] is not null
                        select (Edge: EdgeOf(item, relation), Comment: relation["attributes"]!["comment"]!.ToString()))
            .ToLookup(one => one.Edge, one => one.Comment);
        return items
            .SelectMany(item => LinesOf(item, names, comments))
            .Concat(await DiscussionsAsync(board, items, names))
            .Select(line => Address().Replace(line, "sandbox"))
            .Select(line => File().Replace(line, "attachments/"))
            .Select(line => Page().Replace(line, match => $"edit/{names.GetValueOrDefault(int.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture))}"))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>
    /// The board holds what it should; reports the lines that are missing, and those that are too many.
    /// </summary>
    public static async Task AssertAsync(IReadOnlyList<string> expected, Board board, string occasion)
    {
        var actual = await OfAsync(board);
        var missing = expected.Except(actual).Select(line => $"missing: {line}");
        var tooMany = actual.Except(expected).Select(line => $"too many: {line}")
            .Concat(actual.CountBy(line => line).Where(pair => pair.Value > 1)
                .Select(pair => $"{pair.Value} times: {pair.Key}"));
        var difference = missing.Concat(tooMany).ToList();
        Xunit.Assert.True(difference.Count == 0,
            $"{occasion}: {difference.Count} lines differ.\n{string.Join('\n', difference.Take(20))}");
    }

    private static IEnumerable<string> LinesOf(
        JsonNode item,
        Dictionary<int, string> names,
        ILookup<(string Type, string Ends), string> comments)
    {
        var name = names[(int)item["id"]!];
        var fields = item["fields"]!;
        yield return $"{name}: {fields["System.WorkItemType"]} \"{fields["System.Title"]}\" {fields["System.State"]} rev {item["rev"]}";
        foreach (var (field, value) in fields.AsObject().Where(field => !IsKept(field.Key)))
        {
            yield return $"{name} {field}: {(value as JsonObject)?["uniqueName"] ?? value}";
        }

        foreach (var relation in item["relations"]?.AsArray() ?? [])
        {
            var target = int.TryParse(relation!["url"]!.ToString().Split('/')[^1], out var id)
                && names.TryGetValue(id, out var other)
                ? other : relation["url"]!.ToString();
            var comment = Nonce().Replace(string.Join("\" \"", comments[EdgeOf(item, relation)]), "[JiraAdoSync 1 ");
            yield return $"{name} {relation["rel"]} {target} \"{comment}\"{(relation["attributes"]?["isLocked"]?.GetValue<bool>() == true ? " locked" : "")}";
        }
    }

    /// <summary>Comments and files, which have to be asked for item by item.</summary>
    private static async Task<IReadOnlyList<string>> DiscussionsAsync(
        Board board, IEnumerable<JsonNode> items, Dictionary<int, string> names)
    {
        var lines = new List<string>();
        foreach (var item in items)
        {
            var id = (int)item["id"]!;
            if ((double?)item["fields"]!["System.CommentCount"] > 0)
            {
                lines.AddRange(
                    (await board.CommentsAsync(id)).Select(comment => $"{names[id]} says {comment["text"]}"));
            }

            if ((item["relations"]?.AsArray() ?? []).Any(relation => relation!["rel"]!.ToString() == "AttachedFile"))
            {
                lines.AddRange((await board.FilesAsync(id))
                    .Select(file => $"{names[id]} has {file.Key} {Convert.ToHexString(file.Value)}"));
            }
        }

        return lines;
    }

    /// <summary>
    /// Whether the service itself keeps a field: it records when and by whom, or numbers things anew on each board.
    /// </summary>
    private static bool IsKept(string field) =>
        field.EndsWith("Date", StringComparison.Ordinal) || field.EndsWith("By", StringComparison.Ordinal)
        || field is "System.Id" or "System.Rev" or "System.Watermark" or "System.Parent" or "System.AreaId" or "System.IterationId" or "System.Reason"
            or "System.History";

    /// <summary>A relation as both of its ends show it.</summary>
    private static (string Type, string Ends) EdgeOf(JsonNode item, JsonNode relation)
    {
        string[] ends = [item["id"]!.ToString(), relation["url"]!.ToString().Split('/')[^1]];
        return (Direction().Replace(relation["rel"]!.ToString(), string.Empty),
            string.Join(' ', ends.Order(StringComparer.Ordinal)));
    }

    private static string NameOf(JsonNode item)
    {
        var mark = (item["relations"]?.AsArray() ?? [])
            .Select(relation => relation!["attributes"]?["comment"]?.ToString() ?? string.Empty)
            .FirstOrDefault(comment => comment.Contains("[JiraAdoSync 1 ", StringComparison.Ordinal));
        return mark is null ? $"#{item["id"]}" : mark.Split(' ')[0];
    }

    [GeneratedRegex("-(Forward|Reverse)$")]
    private static partial Regex Direction();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"attachments/[0-9a-f-]{36}")]
    private static partial Regex File();

    [GeneratedRegex(@"edit/(?<id>\d+)")]
    private static partial Regex Page();

    [GeneratedRegex(@"\[JiraAdoSync 1 \S+ ")]
    private static partial Regex Nonce();
}
