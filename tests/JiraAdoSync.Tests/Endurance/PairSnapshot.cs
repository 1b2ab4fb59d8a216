using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// What both sides hold, over REST, in lines that two worlds share where they hold the same. A line that is there twice
/// is twice in it. Revisions, times and what marks say beside the issue's key are left out.
/// </summary>
internal static partial class PairSnapshot
{
    public static async Task<IReadOnlyList<string>> OfAsync(World world)
    {
        var board = (await Snapshot.OfAsync(world.Board))
            .Select(line => Revision().Replace(Mark().Replace(line, "[mark]"), string.Empty))
            .Select(line => Time().Replace($"Azure DevOps: {line}", "then"));
        return [.. board.Concat(await OfJiraAsync(world)).Order(StringComparer.Ordinal)];
    }

    /// <summary>What Jira alone holds.</summary>
    public static async Task<IReadOnlyList<string>> OfJiraAsync(World world) =>
        [.. (await JiraAsync(world)).Select(line => Time().Replace(line, "then")).Order(StringComparer.Ordinal)];

    /// <summary>What is missing and what is too many, each as often as it is.</summary>
    public static IReadOnlyList<string> Difference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        var (wanted, found) = (expected.CountBy(line => line).ToDictionary(), actual.CountBy(line => line).ToDictionary());
        return wanted.Keys.Union(found.Keys).Order(StringComparer.Ordinal)
            .Select(line => (Line: line, Wanted: wanted.GetValueOrDefault(line), Found: found.GetValueOrDefault(line)))
            .Where(one => one.Wanted != one.Found)
            .Select(one => $"{one.Found} instead of {one.Wanted} times: {one.Line}")
            .ToList();
    }

    private static async Task<List<string>> JiraAsync(World world)
    {
        using var client = world.Tracker.NewClient();
        var issues = await IssuesAsync(world);
        var names = issues.ToDictionary(issue => issue["key"]!.ToString(), issue => issue["fields"]!["summary"]!.ToString());
        var lines = new List<string>();
        foreach (var issue in issues)
        {
            var (key, fields) = (issue["key"]!.ToString(), issue["fields"]!);
            var name = $"Jira: {names[key]}";
            var labels = (fields["labels"]?.AsArray() ?? []).Select(one => one!.ToString()).Order(StringComparer.Ordinal);
            var parent = fields["parent"]?["key"]?.ToString();
            lines.Add($"{name}: {fields["issuetype"]!["name"]} {fields["status"]!["name"]} {fields["priority"]?["name"]} "
                + $"[{string.Join(' ', labels)}] below {(parent is null ? "nothing" : names.GetValueOrDefault(parent, parent))}");
            lines.AddRange((fields["issuelinks"]?.AsArray() ?? [])
                .Where(link => link!["outwardIssue"] is not null)
                .Select(link => $"{name} {link!["type"]!["outward"]} {names[link["outwardIssue"]!["key"]!.ToString()]}"));
            var comments = await JsonAsync(client, $"issue/{key}/comment?expand=renderedBody");
            lines.AddRange(comments["comments"]!.AsArray().Select(one => $"{name} says {Tag().Replace(one!["renderedBody"]!.ToString(), string.Empty)}"));
            foreach (var file in fields["attachment"]?.AsArray() ?? [])
            {
                var content = await client.GetStringAsync(new Uri($"attachment/content/{file!["id"]}", UriKind.Relative));
                lines.Add($"{name} has {file["filename"]}: {content}");
            }

            lines.AddRange((await JsonAsync(client, $"issue/{key}/remotelink")).AsArray()
                .Select(link => $"{name} links to {Number().Replace(link!["object"]!["title"]!.ToString(), "#")}"));
        }

        return lines.Select(line => Address().Replace(line, "sandbox")).Select(line => Item().Replace(line, "edit/#"))
            .Select(line => Copy().Replace(line, "work item #")).ToList();
    }

    private static async Task<List<JsonNode>> IssuesAsync(World world)
    {
        using var client = world.Tracker.NewClient();
        var page = await JsonAsync(
            client, "../3/search/jql?jql=project%20%3D%20SHOP%20ORDER%20BY%20key&fields=*all&maxResults=100");
        return page["issues"]!.AsArray().Select(issue => issue!).ToList();
    }

    private static async Task<JsonNode> JsonAsync(HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    [GeneratedRegex(@"#v\d+|\d{4}-\d\d-\d\d( \d\d:\d\d UTC)?")]
    private static partial Regex Time();

    [GeneratedRegex(@"\[JiraAdoSync 1 [^\]]*\]")]
    private static partial Regex Mark();

    [GeneratedRegex(@" rev \d+$")]
    private static partial Regex Revision();

    [GeneratedRegex(@"\b\d+\b")]
    private static partial Regex Number();

    [GeneratedRegex(@"127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"edit/\d+")]
    private static partial Regex Item();

    /// <summary>A text that was put back may have its tags in another order.</summary>
    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"work item \d+")]
    private static partial Regex Copy();
}
