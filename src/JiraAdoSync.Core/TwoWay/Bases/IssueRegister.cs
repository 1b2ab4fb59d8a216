using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using JiraAdoSync.Marks;

namespace JiraAdoSync.TwoWay.Bases;

/// <summary>
/// What an issue says of its pair, in its property <see cref="Key"/>:
/// <code>
/// {"format":1,"nonce":"1a2b3c4d5e6f","organization":"https://dev.azure.com/contoso","project":"Fabrikam","workItem":12,
/// "counter":5,"fields":{"System.Title":[5,"AAAA","AAAA"],"System.Tags":[5,"BBBB","BBBB","CCCCDDDD"]},
/// "stamps":{"5":[1790000000000,12]},
/// "links":[["10001",1001,1002,"System.LinkTypes.Related","ado"]],"comments":[[7,10012,1]]}
/// </code>
/// A field has the number of the write, the digests of Jira's value and of that of Azure DevOps, and where it is a set
/// those of its elements. The stamp of such a number says when the issue had last been updated and which revision the
/// work item had, see <see cref="FieldBase.Updated"/>. What Jira refused is in <c>"refused":{"System.Title":"AAAABBBB"}</c>,
/// and what Azure DevOps did in <c>"refusedByAdo":{"System.Title":"AAAABBBBCCCC"}</c>, see <see cref="Refusal"/>. Whoever may
/// edit the issue may write the property: it is parsed strictly, it never proves identity, and what is not exactly this is no
/// register.
/// </summary>
public sealed partial record IssueRegister
{
    /// <summary>The property's key.</summary>
    public const string Key = "jiraadosync";

    /// <summary>
    /// The property of an issue that had none before a run which was undone. Jira keeps a property until somebody deletes it.
    /// </summary>
    internal const string Nothing = "{}";

    /// <summary>How many characters the value of a property may have.</summary>
    public const int MaximumLength = 32_768;

    private const int Format = 1;
    private const int MaximumCounter = 99_999_999;
    private const int MaximumFields = 200;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The nonce of the work item's mark.</summary>
    public required string Nonce { get; init; }

    /// <summary>The address of the organisation.</summary>
    public required string Organization { get; init; }

    /// <summary>The project.</summary>
    public required string Project { get; init; }

    /// <summary>The work item of the issue.</summary>
    public required int WorkItem { get; init; }

    /// <summary>The number of the write that it came with.</summary>
    public required int Counter { get; init; }

    /// <summary>What both sides had of each field, by reference name.</summary>
    public IReadOnlyDictionary<string, FieldBase> Fields { get; init; } = new Dictionary<string, FieldBase>();

    /// <summary>The links of which the issue is the source.</summary>
    public IReadOnlyList<LinkBase> Links { get; init; } = [];

    /// <summary>The comments that were copied to the issue.</summary>
    public IReadOnlyList<CommentBase> Comments { get; init; } = [];

    /// <summary>The files that were copied to the issue.</summary>
    public IReadOnlyList<FileBase> Files { get; init; } = [];

    /// <summary>
    /// When the issue had last been updated as a run read it before it wrote, in milliseconds of Unix time, until the
    /// run has looked in the history for edits that came between; null where it has.
    /// </summary>
    public long? Pending { get; init; }

    /// <summary>The way through the workflow that is under way; null where none is.</summary>
    public IssueWalkMark? Walk { get; init; }

    /// <summary>The register of an issue that is about to be written, whose history is then to be looked at.</summary>
    /// <param name="updated">When the issue was last updated, as it was read before the write.</param>
    /// <param name="earlier">The moment since which an earlier run did not look; null where none broke off.</param>
    internal IssueRegister Awaiting(long? updated, long? earlier) =>
        this with { Pending = updated < earlier ? updated : earlier ?? updated };

    /// <summary>The register once rich texts were read back: until then what Jira has of them is not known.</summary>
    /// <param name="texts">The digests of what Jira keeps, by reference name.</param>
    internal IssueRegister With(IReadOnlyDictionary<string, string> texts) => texts.Count == 0 ? this : this with
    {
        Fields = Fields.ToDictionary(
            field => field.Key,
            field => field.Value.Jira == FieldBase.Unknown && texts.TryGetValue(field.Key, out var digest)
                ? field.Value with { Jira = digest }
                : field.Value,
            StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>
    /// Whether the property has room for one of some links: those for which it has none would be written by each run.
    /// </summary>
    /// <param name="links">The links.</param>
    internal bool HasRoomFor(IEnumerable<LinkBase> links) => Parse(ToJson())?.Links.Intersect(links).Any() == true;

    /// <summary>Reads a property.</summary>
    /// <param name="json">Its value; null where the issue has none.</param>
    /// <returns>The register; null where there is none, or where it is none of ours.</returns>
    public static IssueRegister? Parse(string? json)
    {
        if (json is null || json.Length > MaximumLength)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return Read(document.RootElement);
        }
        catch (Exception malformed) when (
            malformed is JsonException or InvalidOperationException or FormatException or KeyNotFoundException
                or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>
    /// The property's value. What would make it too long is left out, comments first and then links: a link that is in
    /// no base is completed and never deleted.
    /// </summary>
    public string ToJson()
    {
        var json = Write(this);
        for (var less = this; json.Length > MaximumLength; json = Write(less))
        {
            less = less.Comments.Count > 0 ? less with { Comments = Half(less.Comments) }
                : less.Files.Count > 0 ? less with { Files = Half(less.Files) }
                : less.Links.Count > 0 ? less with { Links = Half(less.Links) }
                : less with { Fields = less.Fields.Take(less.Fields.Count / 2).ToDictionary() };
        }

        return json;

        static List<T> Half<T>(IReadOnlyList<T> all) => all.Skip((all.Count + 1) / 2).ToList();
    }

    private static IssueRegister? Read(JsonElement root)
    {
        var stamps = root.TryGetProperty("stamps", out var known) ? StampsOf(known) : [];
        var refused = RefusalsIn(root, Side.Jira).Concat(RefusalsIn(root, Side.AzureDevOps))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        var register = new IssueRegister
        {
            Nonce = Text(root.GetProperty("nonce"), 12),
            Organization = Text(root.GetProperty("organization"), 500),
            Project = Text(root.GetProperty("project"), 100),
            WorkItem = root.GetProperty("workItem").GetInt32(),
            Counter = root.GetProperty("counter").GetInt32(),
            Fields = root.GetProperty("fields")
                .EnumerateObject()
                .Take(MaximumFields + 1)
                .ToDictionary(
                    field => field.Name,
                    field => FieldOf(field.Value, stamps) with { Refused = refused.GetValueOrDefault(field.Name) },
                    StringComparer.OrdinalIgnoreCase),
            Links = root.GetProperty("links").EnumerateArray().Select(LinkOf).ToList(),
            Comments = root.GetProperty("comments").EnumerateArray().Select(CommentOf).ToList(),
            Files = root.TryGetProperty("files", out var files) ? files.EnumerateArray().Select(FileOf).ToList() : [],
            Pending = root.TryGetProperty("pending", out var pending) ? pending.GetInt64() : null,
            Walk = root.TryGetProperty("walk", out var walk) ? WalkOf(walk) : null,
        };
        return root.GetProperty("format").GetInt32() == Format && register.IsSound ? register : null;
    }

    private bool IsSound => NoncePattern().IsMatch(Nonce) && WorkItem > 0 && Counter is > 0 and <= MaximumCounter
        && Fields.Count <= MaximumFields
        && Fields.All(one => NamePattern().IsMatch(one.Key) && one.Value.Counter > 0
            && one.Value.Counter <= Counter && ShortDigest.Is(one.Value.Jira) && ShortDigest.Is(one.Value.Ado)
            && (one.Value.Elements ?? []).All(ShortDigest.Is)
            && one.Value.Refused is not { IsSound: false })
        && Links.All(link => link.Source > 0 && link.Target > 0)
        && (Pending is null or > 0)
        && Walk?.Since is null or > 0
        && Files.All(file => file.Attachment > 0)
        && Comments.All(comment => comment is { WorkItemComment: > 0, Comment: > 0, Version: > 0 });

    private static IEnumerable<KeyValuePair<string, Refusal>> RefusalsIn(JsonElement root, Side by) =>
        !root.TryGetProperty(MemberOf(by), out var refused) ? [] : refused.EnumerateObject().Take(MaximumFields)
            .Select(field => KeyValuePair.Create(field.Name, new Refusal(by, Text(field.Value, Refusal.LengthByAdo))));

    private static string MemberOf(Side by) => by == Side.Jira ? "refused" : "refusedByAdo";

    private static Dictionary<int, (long Updated, int Rev)> StampsOf(JsonElement stamps) => stamps.EnumerateObject()
        .Take(MaximumFields + 1)
        .Select(stamp => (Counter: int.Parse(stamp.Name, NumberStyles.None, CultureInfo.InvariantCulture),
            Parts: Parts(stamp.Value, 2, 2)))
        .ToDictionary(stamp => stamp.Counter, stamp => (stamp.Parts[0].GetInt64(), stamp.Parts[1].GetInt32()));

    private static FieldBase FieldOf(JsonElement entry, Dictionary<int, (long Updated, int Rev)> stamps)
    {
        var parts = Parts(entry, 3, 4);
        var (updated, rev) = stamps.GetValueOrDefault(parts[0].GetInt32());
        return new FieldBase(
            parts[0].GetInt32(), Text(parts[1], ShortDigest.Length), Text(parts[2], ShortDigest.Length))
        {
            Elements = parts.Count == 4
                ? Text(parts[3], MaximumLength).Chunk(ShortDigest.Length).Select(digits => new string(digits)).ToList()
                : null,
        }.At(updated, rev);
    }

    private static LinkBase LinkOf(JsonElement entry)
    {
        var parts = Parts(entry, 5, 5);
        return new LinkBase(
            Text(parts[0], 50),
            parts[1].GetInt64(),
            parts[2].GetInt64(),
            Text(parts[3], 200),
            parts[4].GetString() switch
            {
                "jira" => Origin.Jira,
                "ado" => Origin.AzureDevOps,
                _ => throw new JsonException("There is no such origin."),
            });
    }

    private static CommentBase CommentOf(JsonElement entry)
    {
        var parts = Parts(entry, 3, 3);
        return new CommentBase(parts[0].GetInt32(), parts[1].GetInt64(), parts[2].GetInt32());
    }

    private static FileBase FileOf(JsonElement entry)
    {
        var parts = Parts(entry, 2, 2);
        return new FileBase(Guid.ParseExact(Text(parts[0], 32), "N"), parts[1].GetInt64());
    }

    private static IssueWalkMark WalkOf(JsonElement walk) => new(
        Text(walk.GetProperty("from"), 50),
        Text(walk.GetProperty("to"), 50),
        walk.GetProperty("steps").EnumerateArray().Select(step => Text(step, 50)).ToList())
    {
        Since = walk.TryGetProperty("since", out var since) ? since.GetInt64() : null,
    };

    private static List<JsonElement> Parts(JsonElement entry, int least, int most)
    {
        var parts = entry.EnumerateArray().ToList();
        return parts.Count >= least && parts.Count <= most
            ? parts
            : throw new JsonException("An entry has other parts.");
    }

    private static string Text(JsonElement value, int most) =>
        value.GetString() is { } text && text.Length <= most && !text.Any(char.IsControl)
            ? text
            : throw new JsonException("A text is missing, too long, or none.");

    private static string Write(IssueRegister register)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("nonce", register.Nonce);
            json.WriteString("organization", register.Organization);
            json.WriteString("project", register.Project);
            json.WriteNumber("workItem", register.WorkItem);
            json.WriteNumber("counter", register.Counter);
            json.WriteStartObject("fields");
            foreach (var (name, field) in register.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
            {
                json.WriteStartArray(name);
                json.WriteNumberValue(field.Counter);
                json.WriteStringValue(field.Jira);
                json.WriteStringValue(field.Ado);
                if (field.Elements is { } elements)
                {
                    json.WriteStringValue(string.Concat(elements));
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteStartObject("stamps");
            foreach (var stamp in register.Fields.Values.Where(field => field is { Updated: > 0, Rev: > 0 })
                .DistinctBy(field => field.Counter).OrderBy(field => field.Counter))
            {
                json.WriteStartArray(stamp.Counter.ToString(CultureInfo.InvariantCulture));
                json.WriteNumberValue(stamp.Updated);
                json.WriteNumberValue(stamp.Rev);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            foreach (var refused in register.Fields.Where(field => field.Value.Refused is not null)
                .OrderBy(field => field.Key, StringComparer.Ordinal).GroupBy(field => field.Value.Refused!.By))
            {
                json.WriteStartObject(MemberOf(refused.Key));
                foreach (var (name, field) in refused)
                {
                    json.WriteString(name, field.Refused!.Values);
                }

                json.WriteEndObject();
            }

            json.WriteStartArray("links");
            foreach (var link in register.Links)
            {
                json.WriteStartArray();
                json.WriteStringValue(link.Type);
                json.WriteNumberValue(link.Source);
                json.WriteNumberValue(link.Target);
                json.WriteStringValue(link.Relation);
                json.WriteStringValue(link.Origin == Origin.Jira ? "jira" : "ado");
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("comments");
            foreach (var comment in register.Comments)
            {
                json.WriteStartArray();
                json.WriteNumberValue(comment.WorkItemComment);
                json.WriteNumberValue(comment.Comment);
                json.WriteNumberValue(comment.Version);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            if (register.Files.Count > 0)
            {
                json.WriteStartArray("files");
                foreach (var file in register.Files)
                {
                    json.WriteStartArray();
                    json.WriteStringValue(file.File.ToString("N"));
                    json.WriteNumberValue(file.Attachment);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
            }

            if (register.Pending is { } pending)
            {
                json.WriteNumber("pending", pending);
            }

            if (register.Walk is { } walk)
            {
                json.WriteStartObject("walk");
                json.WriteString("from", walk.From);
                json.WriteString("to", walk.To);
                if (walk.Since is { } since)
                {
                    json.WriteNumber("since", since);
                }

                json.WriteStartArray("steps");
                walk.Steps.ToList().ForEach(json.WriteStringValue);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    [GeneratedRegex(@"^[0-9a-f]{8}([0-9a-f]{4})?\z")]
    private static partial Regex NoncePattern();

    [GeneratedRegex(@"^[A-Za-z0-9_.\- ]{1,128}\z")]
    private static partial Regex NamePattern();
}
