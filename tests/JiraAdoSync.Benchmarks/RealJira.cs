using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Jira;
using JiraAdoSync.Tests;

namespace JiraAdoSync.Benchmarks;

/// <summary>
/// A real Jira multiplied to any number of issues, with three links for every two of them: its issues once more and
/// once more with other ids, each link between the same two issues in every copy, and then from copy to copy, so that
/// the types, the degrees and the sizes of the texts stay what they are. As JSON texts, and as the replicas that they
/// describe.
/// </summary>
internal sealed class RealJira
{
    private const int LinksAcross = 4;

    private RealJira(string file, int issues)
    {
        var originals = Read(file);
        var links = Multiply(LinksOf(originals), originals.Count, issues);
        Lines = Enumerable.Range(0, issues)
            .Select(issue => Write(originals[issue % originals.Count], issue, originals.Count, links[issue]))
            .ToArray();
        Replicas = Array.ConvertAll(Lines, ToReplica);
    }

    public byte[][] Lines { get; }

    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>Multiplies the data beside the repository; null where they are absent.</summary>
    public static RealJira? Find(int issues) =>
        Repository.Shared("data", "titanium-small.jsonl.gz") is { } file ? new RealJira(file, issues) : null;

    private static List<JsonObject> Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (JsonObject)JsonNode.Parse(line)!)
            .ToList();
    }

    /// <summary>
    /// The links between two issues, as indexes in the list. An end outside it is any issue of the list.
    /// </summary>
    private static List<(JsonNode Type, int Source, int Target)> LinksOf(List<JsonObject> originals)
    {
        var indexes = IndexesOf(originals);
        int IndexOf(JsonNode end) => indexes.TryGetValue(end["id"]!.ToString(), out var index)
            ? index
            : int.Parse(end["id"]!.ToString(), CultureInfo.InvariantCulture) % originals.Count;
        return originals
            .SelectMany((issue, index) => issue["fields"]!["issuelinks"]!.AsArray().Select(link => (
                Id: link!["id"]!.ToString(),
                Type: link["type"]!,
                Source: link["inwardIssue"] is { } source ? IndexOf(source) : index,
                Target: link["outwardIssue"] is { } target ? IndexOf(target) : index)))
            .DistinctBy(link => link.Id)
            .Select(link => (link.Type, link.Source, link.Target))
            .ToList();
    }

    private static Dictionary<string, int> IndexesOf(List<JsonObject> originals) => originals
        .Select((issue, index) => (Id: issue["id"]!.ToString(), index))
        .ToDictionary(pair => pair.Id, pair => pair.index);

    private static List<JsonObject>[] Multiply(
        List<(JsonNode Type, int Source, int Target)> links, int size, int issues)
    {
        var all = Enumerable.Range(0, issues).Select(_ => new List<JsonObject>()).ToArray();
        var copies = (issues + size - 1) / size;
        var id = 0;
        for (var across = 0; across < LinksAcross; across++)
        {
            for (var copy = 0; copy < copies; copy++)
            {
                foreach (var (type, from, to) in links)
                {
                    var source = ((copy * size) + from) % issues;
                    var target = (((copy + (across * 5)) * size) + to + (across * 17)) % issues;
                    if (source == target || ++id > issues * 3 / 2)
                    {
                        continue;
                    }

                    all[source].Add(Link(id, type, "outwardIssue", target, size));
                    all[target].Add(Link(id, type, "inwardIssue", source, size));
                }
            }
        }

        return all;
    }

    private static JsonObject Link(int id, JsonNode type, string end, int other, int size) => new()
    {
        ["id"] = $"{id}",
        ["type"] = type.DeepClone(),
        [end] = Reference(other, size),
    };

    private static JsonObject Reference(int issue, int size) =>
        new() { ["id"] = $"{issue + 1}", ["key"] = Key(issue, size) };

    private static string Key(int issue, int size) =>
        string.Create(CultureInfo.InvariantCulture, $"COPY{issue / size}-{(issue % size) + 1}");

    private static byte[] Write(JsonObject original, int issue, int size, List<JsonObject> links)
    {
        var copy = (JsonObject)original.DeepClone();
        copy["id"] = $"{issue + 1}";
        copy["key"] = Key(issue, size);
        copy["fields"]!["project"] = new JsonObject { ["id"] = "1", ["key"] = "BIG", ["name"] = "Big" };
        if (copy["fields"]!["parent"] is not null)
        {
            // The parent of a sub-task is right before it, or nearly so.
            copy["fields"]!["parent"] = issue == 0 ? null : Reference(issue - 1, size);
        }

        copy["fields"]!["issuelinks"] = new JsonArray([.. links]);
        return JsonSerializer.SerializeToUtf8Bytes(copy);
    }

    private static Replica ToReplica(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        var fields = document.RootElement.GetProperty("fields");
        var self = ToReference(document.RootElement);
        return new Replica
        {
            IssueId = self.Id,
            Key = self.Key,
            Type = new IssueType(
                "1", fields.GetProperty("issuetype").GetProperty("name").GetString()!, IsSubtask: false),
            Status = new IssueStatus("Open", "new"),
            Summary = fields.GetProperty("summary").GetString() ?? string.Empty,
            Parent = fields.TryGetProperty("parent", out var parent) && parent.ValueKind == JsonValueKind.Object
                ? ToReference(parent)
                : null,
            Links = fields.GetProperty("issuelinks").EnumerateArray().Select(link => ToLink(link, self)).ToList(),
        };
    }

    private static IssueLink ToLink(JsonElement link, IssueReference self)
    {
        var type = link.GetProperty("type");
        var isSource = link.TryGetProperty("outwardIssue", out var other);
        var end = ToReference(isSource ? other : link.GetProperty("inwardIssue"));
        return new IssueLink
        {
            LinkId = Number(link.GetProperty("id")),
            Type = new LinkType(Text(type, "id"), Text(type, "name"), Text(type, "outward"), Text(type, "inward")),
            Source = isSource ? self : end,
            Target = isSource ? end : self,
            ReadFrom = self.Id,
        };
    }

    private static IssueReference ToReference(JsonElement issue) =>
        new(Number(issue.GetProperty("id")), Text(issue, "key"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static long Number(JsonElement text) => long.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
