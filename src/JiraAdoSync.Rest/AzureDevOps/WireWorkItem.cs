using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.AzureDevOps;

/// <summary>A work item as Azure DevOps returns it. One without relations has no such property.</summary>
[JsonConverter(typeof(WireObjectConverter<WireWorkItem>))]
internal sealed record WireWorkItem : IWireObject
{
    public int Id { get; private set; }

    public int Rev { get; private set; }

    public WireFields? Fields { get; private set; }

    public List<WireRelation?>? Relations { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "id":
                Id = reader.GetInt32();
                break;
            case "rev":
                Rev = reader.GetInt32();
                break;
            case "fields":
                Fields = FieldValues.Read(ref reader);
                break;
            case "relations":
                Relations = WireObject.ReadList<WireRelation>(ref reader);
                break;
        }
    }

    public WorkItem ToWorkItem() => new()
    {
        Id = Id.Id("id"),
        Rev = Rev.Id("rev"),
        Type = Text("System.WorkItemType"),
        Title = Text("System.Title"),
        Project = Text("System.TeamProject"),
        Fields = Fields?.Values ?? new Table<object?>(),
        CreatedBy = Fields?.CreatedBy,
        ChangedBy = Fields?.ChangedBy,
        Relations = (Relations ?? []).Complete("relations").Each(relation => relation.ToRelation(Id)),
    };

    public Revision ToRevision() => new(
        Id.Id("id"),
        Rev.Id("rev"),
        Fields?.Values.GetValueOrDefault("System.AuthorizedDate") as DateTimeOffset?,
        Fields?.AuthorizedAs);

    private string Text(string field) => Fields?.Values.GetValueOrDefault(field) as string ?? string.Empty;
}

/// <summary>
/// The values of a work item's fields, and the accounts behind those people whose names alone would prove nothing.
/// </summary>
internal sealed record WireFields(Table<object?> Values)
{
    public Account? CreatedBy { get; set; }

    public Account? ChangedBy { get; set; }

    public Account? AuthorizedAs { get; set; }
}

/// <summary>
/// The values of a work item's fields. A date is text in the one form that the service writes; a person is
/// an object, or as text where the identity is unknown.
/// </summary>
internal static partial class FieldValues
{
    /// <summary>A field's value as another part of an answer has it.</summary>
    public static object? Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when Date().IsMatch(value.GetString()!) && value.TryGetDateTimeOffset(out var date) =>
            date,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Object when value.TryGetProperty("uniqueName", out var name) => name.GetString(),
        JsonValueKind.Object when value.TryGetProperty("displayName", out var name) => name.GetString(),
        _ => null,
    };

    /// <summary>As many fields as most work items have a value of.</summary>
    private const int UsualCount = 32;

    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>Reads fields as they come.</summary>
    /// <exception cref="JsonException">They are no object.</exception>
    public static WireFields Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("'fields' is no object.");
        }

        var fields = new WireFields(new Table<object?>(UsualCount));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = RepeatedText.Read(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                fields.Values[name] = ReadValue(ref reader);
                continue;
            }

            var (person, account) = ReadPerson(ref reader);
            fields.Values[name] = person;
            switch (name)
            {
                case "System.CreatedBy":
                    fields.CreatedBy = account;
                    break;
                case "System.ChangedBy":
                    fields.ChangedBy = account;
                    break;
                case "System.AuthorizedAs":
                    fields.AuthorizedAs = account;
                    break;
            }
        }

        return fields;
    }

    private static object? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return IsDate(reader) && reader.TryGetDateTimeOffset(out var date)
                    ? date
                    : PackedText.TryRead(ref reader) ?? (object)RepeatedText.Read(ref reader);
            case JsonTokenType.Number:
                return reader.GetDouble();
            case JsonTokenType.True or JsonTokenType.False:
                return reader.TokenType == JsonTokenType.True ? True : False;
            default:
                reader.Skip();
                return null;
        }
    }

    /// <summary>
    /// Whether a text has the length and the letters of a date: what is left to see is whether it is one.
    /// </summary>
    private static bool IsDate(in Utf8JsonReader reader) =>
        !reader.ValueIsEscaped && reader.ValueSpan is [_, _, _, _, (byte)'-', _, _, (byte)'-', _, _, (byte)'T', ..,
            (byte)'Z'] and { Length: >= 20 and <= 28 };

    private static (string? Name, Account? Account) ReadPerson(ref Utf8JsonReader reader)
    {
        string? uniqueName = null, displayName = null, id = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUnique = reader.ValueTextEquals("uniqueName"u8);
            var isDisplay = reader.ValueTextEquals("displayName"u8);
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
            }
            else if (isUnique)
            {
                uniqueName = RepeatedText.Read(ref reader);
            }
            else if (isDisplay)
            {
                displayName = RepeatedText.Read(ref reader);
            }
            else if (isId)
            {
                id = RepeatedText.Read(ref reader);
            }
        }

        return (uniqueName ?? displayName, id is null ? null : Repeated<Account>.Of(new Account(id, uniqueName)));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$")]
    private static partial Regex Date();
}

/// <summary>
/// A relation in a work item's list, with its attributes. It has no id: its index in the list identifies it.
/// </summary>
[JsonConverter(typeof(WireObjectConverter<WireRelation>))]
internal sealed record WireRelation : IWireObject
{
    public string? Rel { get; private set; }

    public string? Url { get; private set; }

    public string? Name { get; private set; }

    public string? Comment { get; private set; }

    public bool IsLocked { get; private set; }

    public DateTimeOffset? AuthorizedDate { get; private set; }

    public long? ResourceSize { get; private set; }

    public void Take(string member, ref Utf8JsonReader reader)
    {
        switch (member)
        {
            case "rel":
                Rel = RepeatedText.ReadValue(ref reader);
                break;
            case "url":
                Url = reader.GetString();
                break;
            case "attributes":
                WireObject.Fill(this, ref reader);
                break;
            case "name":
                Name = RepeatedText.ReadValue(ref reader);
                break;
            case "comment":
                Comment = reader.GetString();
                break;
            case "isLocked":
                IsLocked = reader.GetBoolean();
                break;
            case "authorizedDate":
                AuthorizedDate = reader.GetDateTimeOffset();
                break;
            case "resourceSize":
                ResourceSize = WireObject.ReadNumber(ref reader);
                break;
        }
    }

    /// <summary>
    /// The relation. Addresses of work items come with the project's GUID, its name or neither, so only the id at their
    /// end is compared.
    /// </summary>
    public Relation ToRelation(int workItemId)
    {
        return new Relation
        {
            WorkItemId = workItemId,
            ReferenceName = Rel.Required("rel"),
            Name = Name,
            TargetWorkItemId = Rel is "Hyperlink" or "AttachedFile" or "ArtifactLink" ? null : FindId(Url),
            Url = Url ?? string.Empty,
            Comment = Comment,
            IsLocked = IsLocked,
            AuthorizedDate = AuthorizedDate,
            Size = ResourceSize,
        };
    }

    /// <summary>The id at the end of a work item's address; null where it is none.</summary>
    private static int? FindId(ReadOnlySpan<char> address)
    {
        const string Items = "/_apis/wit/workitems";
        var end = address.LastIndexOf('/');
        return end >= 0
            && address[..end].EndsWith(Items, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(address[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : null;
    }
}
