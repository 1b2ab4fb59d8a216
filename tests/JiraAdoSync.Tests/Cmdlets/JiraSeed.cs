using System.Text.Json.Nodes;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Raw Jira issues for a sandbox, described in a few words: issue n has the id 1000 + n and the key SHOP-n.
/// </summary>
internal sealed class JiraSeed
{
    private readonly SortedDictionary<int, JsonObject> _issues = [];
    private int _lastLinkId = 500;

    public IEnumerable<string> Lines => _issues.Values.Select(issue => issue.ToJsonString());

    public JiraSeed Issue(int number, string type, string? summary = null)
    {
        _issues.Add(number, new JsonObject
        {
            ["id"] = $"{1000 + number}",
            ["key"] = $"SHOP-{number}",
            ["fields"] = new JsonObject
            {
                ["summary"] = summary ?? $"Issue {number}",
                ["issuetype"] = new JsonObject
                {
                    ["id"] = $"{10000 + (type.Length * 100) + type[0]}",
                    ["name"] = type,
                    ["subtask"] = type == "Sub-task",
                },
                ["project"] = new JsonObject { ["id"] = "10000", ["key"] = "SHOP", ["name"] = "Web shop" },
                ["status"] = new JsonObject
                {
                    ["id"] = "1",
                    ["name"] = "To Do",
                    ["statusCategory"] = new JsonObject { ["id"] = 2, ["key"] = "new", ["name"] = "To Do" },
                },
                ["created"] = "2026-03-01T09:00:00.000+0000",
                ["updated"] = "2026-03-01T09:00:00.000+0000",
                ["issuelinks"] = new JsonArray(),
                ["subtasks"] = new JsonArray(),
            },
        });
        return this;
    }

    /// <summary>Sets fields of an issue to what JSON says.</summary>
    public JiraSeed Fields(int number, string json)
    {
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
        {
            _issues[number]["fields"]![name] = value?.DeepClone();
        }

        return this;
    }

    /// <summary>Gives an issue a status of a category.</summary>
    public JiraSeed Status(int number, string name, string category)
    {
        _issues[number]["fields"]!["status"] = new JsonObject
        {
            ["id"] = $"{100 + name.Length}",
            ["name"] = name,
            ["statusCategory"] =
                new JsonObject { ["id"] = category == "done" ? 3 : 4, ["key"] = category, ["name"] = name },
        };
        return this;
    }

    /// <summary>Says what a custom field is called and of what kind it is.</summary>
    public JiraSeed Custom(string id, string name, string schema)
    {
        var issue = _issues.Values.First();
        (issue["names"] ??= new JsonObject()).AsObject()[id] = name;
        (issue["schema"] ??= new JsonObject()).AsObject()[id] =
            new JsonObject { ["type"] = "any", ["custom"] = schema, ["customId"] = int.Parse(id.Split('_')[1]) };
        return this;
    }

    public JiraSeed Parent(int child, int parent)
    {
        _issues[child]["fields"]!["parent"] = Reference(parent);
        return this;
    }

    /// <summary>A link as both of its ends show it; an end that is not in the seed shows nothing.</summary>
    public JiraSeed Link(int source, string phrase, int target)
    {
        var (name, inward) = phrase switch
        {
            "blocks" => ("Blocks", "is blocked by"),
            "relates to" => ("Relates", "relates to"),
            "duplicates" => ("Duplicate", "is duplicated by"),
            _ => (phrase, $"is the other end of {phrase}"),
        };
        var id = ++_lastLinkId;
        JsonObject Entry(string end, int other) => new()
        {
            ["id"] = $"{id}",
            ["type"] = new JsonObject { ["id"] = $"{200 + name.Length}", ["name"] = name, ["inward"] = inward,
                ["outward"] = phrase },
            [end] = Reference(other),
        };
        Links(source)?.Add(Entry("outwardIssue", target));
        Links(target)?.Add(Entry("inwardIssue", source));
        return this;
    }

    private JsonArray? Links(int issue) =>
        _issues.TryGetValue(issue, out var found) ? found["fields"]!["issuelinks"]!.AsArray() : null;

    private static JsonObject Reference(int number) =>
        new() { ["id"] = $"{1000 + number}", ["key"] = $"SHOP-{number}" };
}
