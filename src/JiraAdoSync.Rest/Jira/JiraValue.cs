using System.Text.Json;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// Values of Jira's JSON as plain ones that scripts can use: text, numbers, lists and dictionaries. Addresses of pictures
/// and of the API itself are left out of what describes a thing.
/// </summary>
internal static class JiraValue
{
    private static readonly string[] Addresses = ["self", "avatarUrls", "iconUrl"];

    public static object? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(Of).ToArray(),
        JsonValueKind.Object => Describe(value),
        _ => null,
    };

    private static Dictionary<string, object?> Describe(JsonElement thing)
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var one in thing.EnumerateObject().Where(one => !Addresses.Contains(one.Name)))
        {
            values[one.Name] = Of(one.Value);
        }

        return values;
    }
}
