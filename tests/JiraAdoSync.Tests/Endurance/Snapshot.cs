using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// What a board holds, in lines that two boards share where they hold the same: an item of ours is called by its
/// issue's key, since ids and nonces are drawn anew on each board; one of others by its id, with all that it has. A
/// relation has the comment that one of its ends shows: it may be written on either.
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
            .Select(line => Address().Replace(line, "sandbox"))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>The board holds what it should; tells the lines that are missing, and those that are too many.</summary>
    public static async Task AssertAsync(IReadOnlyList<string> expected, Board board, string occasion)
    {
        var actual = await OfAsync(board);
        var missing = expected.Except(actual).Select(line => $"missing: {line}");
        var tooMany = actual.Except(expected).Select(line => $"too many: {line}")
            .Concat(actual.CountBy(line => line).Where(pair => pair.Value > 1).Select(pair => $"{pair.Value} times: {pair.Key}"));
        var difference = missing.Concat(tooMany).ToList();
        Xunit.Assert.True(difference.Count == 0, $"{occasion}: {difference.Count} lines differ.\n{string.Join('\n', difference.Take(20))}");
    }

    private static IEnumerable<string> LinesOf(
        JsonNode item,
        Dictionary<int, string> names,
        ILookup<(string Type, string Ends), string> comments)
    {
        var name = names[(int)item["id"]!];
        var fields = item["fields"]!;
        yield return $"{name}: {fields["System.WorkItemType"]} \"{fields["System.Title"]}\" {fields["System.State"]} rev {item["rev"]}";
        foreach (var relation in item["relations"]?.AsArray() ?? [])
        {
            var target = int.TryParse(relation!["url"]!.ToString().Split('/')[^1], out var id) && names.TryGetValue(id, out var other)
                ? other : relation["url"]!.ToString();
            var comment = Nonce().Replace(string.Join("\" \"", comments[EdgeOf(item, relation)]), "[JiraAdoSync 1 ");
            yield return $"{name} {relation["rel"]} {target} \"{comment}\"";
        }
    }

    /// <summary>A relation as both of its ends tell it.</summary>
    private static (string Type, string Ends) EdgeOf(JsonNode item, JsonNode relation)
    {
        string[] ends = [item["id"]!.ToString(), relation["url"]!.ToString().Split('/')[^1]];
        return (Direction().Replace(relation["rel"]!.ToString(), string.Empty), string.Join(' ', ends.Order(StringComparer.Ordinal)));
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

    [GeneratedRegex(@"\[JiraAdoSync 1 \S+ ")]
    private static partial Regex Nonce();
}
