using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// Values of Jira's JSON as plain ones that scripts can use: text, numbers, lists and dictionaries. Addresses of
/// pictures and of the API itself are left out of what describes a thing. Older versions of Data Center write a sprint
/// as the text <c>...Sprint@1f[id=7,state=ACTIVE,name=Sprint 7,startDate=...]</c>, which becomes what newer ones and
/// Cloud answer.
/// </summary>
internal sealed partial class JiraValue : JsonConverter<object>
{
    private const string OldSprint = "com.atlassian.greenhopper.service.sprint.Sprint@";

    private static readonly string[] Addresses = ["self", "avatarUrls", "iconUrl"];
    private static readonly object True = true;
    private static readonly object False = false;

    public static object? Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return Text(RepeatedText.Read(ref reader));
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var whole) ? whole : reader.GetDouble();
            case JsonTokenType.True or JsonTokenType.False:
                return reader.TokenType == JsonTokenType.True ? True : False;
            case JsonTokenType.StartArray:
                var items = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref reader));
                }

                return items.ToArray();
            case JsonTokenType.StartObject:
                return Describe(ref reader);
            default:
                return null;
        }
    }

    public override object? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        Read(ref reader);

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are read only.");

    private static Table<object?> Describe(ref Utf8JsonReader reader)
    {
        var values = new Table<object?>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = RepeatedText.Read(ref reader);
            reader.Read();
            if (Addresses.Contains(name))
            {
                reader.Skip();
            }
            else
            {
                values[name] = Read(ref reader);
            }
        }

        return values.Shared();
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
            sprint[part.Groups["name"].Value] = part.Groups["value"].Value is "<null>"
                ? null
                : part.Groups["value"].Value;
        }

        return sprint;
    }

    /// <summary>
    /// A part of a sprint; names of sprints may have commas, so a part ends where the next one or the end is.
    /// </summary>
    [GeneratedRegex(@"[\[,](?<name>[A-Za-z]+)=(?<value>.*?)(?=,[A-Za-z]+=|\]$)", RegexOptions.Singleline)]
    private static partial Regex SprintPart();
}
