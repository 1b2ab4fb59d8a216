using System.Globalization;
using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>The three groups in which Jira sorts statuses.</summary>
internal static class StatusCategory
{
    private static readonly (int Id, string Key, string Name, string Color)[] All =
    [
        (2, "new", "To Do", "blue-gray"), (4, "indeterminate", "In Progress", "yellow"), (3, "done", "Done", "green"),
    ];

    public static IEnumerable<string> Keys => All.Select(one => one.Key);

    public static JsonObject Json(string key)
    {
        var found = All.First(one => one.Key == key);
        return new JsonObject { ["id"] = found.Id, ["key"] = found.Key, ["colorName"] = found.Color,
            ["name"] = found.Name };
    }

    /// <summary>The key of a category by its key, name or id, or null.</summary>
    public static string? Find(string text) => All
        .Where(one => one.Key.Equals(text, StringComparison.OrdinalIgnoreCase)
            || one.Name.Equals(text, StringComparison.OrdinalIgnoreCase)
            || one.Id.ToString(CultureInfo.InvariantCulture) == text)
        .Select(one => one.Key).FirstOrDefault();
}
