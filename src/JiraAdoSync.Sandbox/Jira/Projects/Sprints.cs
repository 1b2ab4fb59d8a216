using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>
/// The sprints of the site's one board. Cloud shows them in issues as objects, Data Center as the text of an object.
/// </summary>
internal sealed class Sprints
{
    public const int BoardId = 1;

    private readonly SortedDictionary<long, JsonObject> _byId = [];

    public IEnumerable<JsonObject> All => _byId.Values;

    public JsonObject? Find(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? _byId.GetValueOrDefault(number)
            : null;

    /// <summary>Keeps the sprints that an issue of the seed names.</summary>
    public void Learn(JsonNode? value)
    {
        foreach (var sprint in (value as JsonArray ?? []).OfType<JsonObject>())
        {
            if (long.TryParse(sprint["id"].Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                _byId.TryAdd(id, (JsonObject)sprint.DeepClone());
            }
        }
    }

    public JsonObject Add(JsonObject given)
    {
        var id = _byId.Count == 0 ? 1 : _byId.Keys.Last() + 1;
        var sprint = new JsonObject { ["id"] = id, ["name"] = given["name"].Text(), ["state"] = "future",
            ["boardId"] = BoardId };
        foreach (var name in (string[])["startDate", "endDate", "goal"])
        {
            if (given[name].Text() is { } text)
            {
                sprint[name] = text;
            }
        }

        _byId.Add(id, sprint);
        return sprint;
    }

    /// <summary>A sprint in the text form of Data Center.</summary>
    public static string ToText(JsonNode? sprint)
    {
        var parts = ((string, string)[])
        [
            ("id", "id"), ("rapidViewId", "boardId"), ("state", "state"), ("name", "name"), ("startDate", "startDate"),
            ("endDate", "endDate"), ("completeDate", "completeDate"), ("activatedDate", "activatedDate"),
            ("sequence", "id"), ("goal", "goal"),
        ];
        return "com.atlassian.greenhopper.service.sprint.Sprint@"
            + $"{sprint.Get("id").Text()?.GetHashCode(StringComparison.Ordinal):x}"
            + "[" + string.Join(',', parts.Select(part => $"{part.Item1}={Value(part.Item2)}")) + "]";

        string Value(string name) => sprint.Get(name).Text() is { } text
            ? name == "state" ? text.ToUpperInvariant() : text : "<null>";
    }
}
