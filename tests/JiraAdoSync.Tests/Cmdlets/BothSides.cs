using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>An issue or a work item as its service shows it by REST, in words that both sides share.</summary>
/// <param name="Name">The key, or the id.</param>
/// <param name="Type">The type's name.</param>
/// <param name="Fields">Title, priority, state, tags and assignee as each side has them, by the words below.</param>
/// <param name="Parent">The parent's name; null where it has none.</param>
/// <param name="Links">Links seen from here, as <c>Successor of 12</c> or <c>blocks ALOY-2</c>.</param>
internal sealed record SeenItem(
    string Name, string Type, IReadOnlyDictionary<string, string> Fields, string? Parent, IReadOnlySet<string> Links)
{
    public const string Title = "System.Title";
    public const string Priority = "Microsoft.VSTS.Common.Priority";
    public const string State = "System.State";
    public const string Tags = "System.Tags";
    public const string Assignee = "System.AssignedTo";

    /// <summary>All fields that are compared.</summary>
    public static readonly string[] All = [Title, Priority, State, Tags, Assignee];

    /// <summary>The address of the issue in the mark of a work item; null for one without, and for issues.</summary>
    public string? IssueId { get; init; }
}

/// <summary>Reads both sides whole, by REST and not through the module.</summary>
internal static class BothSides
{
    private const string Wanted = "summary,priority,status,labels,assignee,parent,issuelinks,issuetype,customfield_10008";

    /// <summary>All issues that a query finds, by key.</summary>
    public static async Task<IReadOnlyDictionary<string, SeenItem>> IssuesAsync(World world, JiraFlavor flavor, string jql)
    {
        using var client = world.Tracker.NewClient();
        var found = new Dictionary<string, SeenItem>();
        string? next = null;
        do
        {
            var body = new JsonObject
            {
                ["jql"] = jql,
                ["maxResults"] = 100,
                ["fields"] = new JsonArray([.. Wanted.Split(',').Select(name => JsonValue.Create(name))]),
            };
            if (flavor == JiraFlavor.DataCenter)
            {
                body["startAt"] = found.Count;
            }
            else if (next is not null)
            {
                body["nextPageToken"] = next;
            }

            using var answer = await client.PostAsJsonAsync(flavor == JiraFlavor.DataCenter ? "search" : "search/jql", body);
            var page = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!;
            foreach (var issue in page["issues"]!.AsArray())
            {
                found.Add(issue!["key"]!.ToString(), Of(issue));
            }

            next = flavor == JiraFlavor.DataCenter
                ? found.Count < (int)page["total"]! ? string.Empty : null
                : page["nextPageToken"]?.ToString();
        }
        while (next is not null);
        return found;
    }

    /// <summary>All work items, by id.</summary>
    public static async Task<IReadOnlyDictionary<int, SeenItem>> WorkItemsAsync(World world) =>
        (await world.Board.ItemsAsync()).ToDictionary(item => (int)item["id"]!, OfItem);

    private static SeenItem Of(JsonNode issue)
    {
        var fields = issue["fields"]!;
        return new SeenItem(
            issue["key"]!.ToString(),
            fields["issuetype"]!["name"]!.ToString(),
            new Dictionary<string, string>
            {
                [SeenItem.Title] = fields["summary"]!.ToString().Trim(),
                [SeenItem.Priority] = fields["priority"]?["name"]?.ToString() ?? string.Empty,
                [SeenItem.State] = fields["status"]!["name"]!.ToString(),
                [SeenItem.Tags] = SetOf(fields["labels"]?.AsArray().Select(one => one!.ToString()) ?? []),
                [SeenItem.Assignee] = fields["assignee"]?["emailAddress"]?.ToString() ?? string.Empty,
            },
            fields["parent"]?["key"]?.ToString() ?? fields["customfield_10008"]?.ToString(),
            (fields["issuelinks"]?.AsArray() ?? []).Select(link => link!["outwardIssue"] is { } target
                ? $"{link["type"]!["outward"]} {target["key"]}"
                : $"{link["type"]!["inward"]} {link["inwardIssue"]!["key"]}").ToHashSet())
        {
            IssueId = issue["id"]!.ToString(),
        };
    }

    private static SeenItem OfItem(JsonNode item)
    {
        var fields = item["fields"]!;
        var relations = (item["relations"]?.AsArray() ?? []).Select(one => one!).ToList();
        return new SeenItem(
            item["id"]!.ToString(),
            fields["System.WorkItemType"]!.ToString(),
            new Dictionary<string, string>
            {
                [SeenItem.Title] = fields[SeenItem.Title]!.ToString(),
                [SeenItem.Priority] = fields[SeenItem.Priority]?.ToString() ?? string.Empty,
                [SeenItem.State] = fields[SeenItem.State]!.ToString(),
                [SeenItem.Tags] = SetOf(fields[SeenItem.Tags]?.ToString().Split("; ") ?? []),
                [SeenItem.Assignee] = fields[SeenItem.Assignee]?["uniqueName"]?.ToString() ?? string.Empty,
            },
            relations.Where(one => NameOf(one) == "Parent").Select(TargetOf).SingleOrDefault(),
            relations
                .Where(one => one["rel"]!.ToString().StartsWith("System.LinkTypes", StringComparison.Ordinal)
                    && NameOf(one) is not ("Parent" or "Child"))
                .Select(one => $"{NameOf(one)} {TargetOf(one)}")
                .ToHashSet())
        {
            IssueId = relations
                .Where(one => one["rel"]!.ToString() == "Hyperlink"
                    && one["attributes"]!["comment"]?.ToString().Contains("[JiraAdoSync 1 ", StringComparison.Ordinal) == true)
                .Select(one => one["url"]!.ToString().Split("jql=id%3D")[1])
                .SingleOrDefault(),
        };
    }

    /// <summary>A set as text that is equal while the set is.</summary>
    public static string SetOf(IEnumerable<string> elements) => string.Join(
        "; ", elements.Where(one => one.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase));

    private static string NameOf(JsonNode relation) => relation["attributes"]!["name"]?.ToString() ?? string.Empty;

    private static string TargetOf(JsonNode relation) =>
        int.Parse(relation["url"]!.ToString().Split('/')[^1], CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture);
}
