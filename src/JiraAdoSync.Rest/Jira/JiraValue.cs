using System.Text.Json;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// Values of Jira's JSON as plain ones that scripts can use: text, numbers, lists and dictionaries. Addresses of pictures
/// and of the API itself are left out of what describes a thing. Older versions of Data Center write a sprint as the text
/// <c>...Sprint@1f[id=7,state=ACTIVE,name=Sprint 7,startDate=...]</c>, which becomes what newer ones and Cloud answer.
/// </summary>
internal static partial class JiraValue
{
    private const string OldSprint = "com.atlassian.greenhopper.service.sprint.Sprint@";

    private static readonly string[] Addresses = ["self", "avatarUrls", "iconUrl"];

    public static object? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(Of).ToArray(),
        JsonValueKind.Object => Describe(value),
        _ => null,
    };

    private static Table<object?> Describe(JsonElement thing)
    {
        var values = new Table<object?>();
        foreach (var one in thing.EnumerateObject().Where(one => !Addresses.Contains(one.Name)))
        {
            values[one.Name] = Of(one.Value);
        }

        return values;
    }

    private static object Text(string text)
    {
        if (!text.StartsWith(OldSprint, StringComparison.Ordinal))
        {
            return text;
        }

        var sprint = new Table<object?>();
        foreach (Match part in SprintPart().Matches(text))
        {
            sprint[part.Groups["name"].Value] = part.Groups["value"].Value is "<null>" ? null : part.Groups["value"].Value;
        }

        return sprint;
    }

    /// <summary>A part of a sprint; names of sprints may have commas, so a part ends where the next one or the end is.</summary>
    [GeneratedRegex(@"[\[,](?<name>[A-Za-z]+)=(?<value>.*?)(?=,[A-Za-z]+=|\]$)", RegexOptions.Singleline)]
    private static partial Regex SprintPart();
}
