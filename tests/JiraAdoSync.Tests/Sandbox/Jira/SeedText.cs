using System.Text.Json.Nodes;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Raw issues for a seed, one line each.</summary>
internal static class SeedText
{
    /// <summary>Issue n of project SHOP, with the id 1000 + n; the fields are written as JSON properties.</summary>
    public static string Issue(int number, string? fields = null) => Issue("SHOP", number, 1000 + number, fields);

    public static string Issue(string project, int number, int id, string? fields = null)
    {
        var all = JsonNode.Parse("{" + (fields ?? $"\"summary\": \"Issue {number}\"") + "}")!.AsObject();
        all["project"] ??= new JsonObject
        {
            ["id"] = project == "SHOP" ? "10000" : "10050",
            ["key"] = project,
            ["name"] = $"The {project} project",
        };
        all["status"] ??= JsonNode.Parse(
            """{"id": "1", "name": "To Do", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}}""");
        return new JsonObject { ["id"] = $"{id}", ["key"] = $"{project}-{number}", ["fields"] = all }.ToJsonString();
    }

    public static IEnumerable<string> Plain(int count) => Enumerable.Range(1, count).Select(number => Issue(number));
}
