using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Benchmarks;

/// <summary>
/// Issues of any number with three links for every two of them: half of the links within a neighbourhood, as in a real
/// Jira, the rest anywhere, and every fifth issue under a parent. As JSON texts, and as the replicas that they stand
/// for.
/// </summary>
internal sealed class JiraSample
{
    private static readonly (string Name, string Outward, string Inward)[] Types =
    [
        ("Relates", "relates to", "relates to"),
        ("Relates", "relates to", "relates to"),
        ("Blocks", "blocks", "is blocked by"),
        ("Depends", "depends on", "is depended on by"),
        ("Duplicate", "duplicates", "is duplicated by"),
    ];

    public JiraSample(int issues)
    {
        var random = new Random(1);
        var links = Enumerable.Range(0, issues).Select(_ => new List<IssueLink>()).ToArray();
        for (var id = 1; id <= issues * 3 / 2; id++)
        {
            var source = random.Next(issues);
            var target = id % 2 == 0
                ? random.Next(issues)
                : Math.Clamp(source + random.Next(-20, 21), 0, issues - 1);
            if (source != target)
            {
                var link = Link(id, random.Next(Types.Length), source, target);
                links[source].Add(link);
                links[target].Add(link with { ReadFrom = target + 1 });
            }
        }

        Replicas = Enumerable.Range(0, issues).Select(issue => new Replica
        {
            IssueId = issue + 1,
            Key = Key(issue),
            Type = new IssueType("1", "Story", IsSubtask: false),
            Status = new IssueStatus("Open", "new"),
            Summary = $"Issue {issue}",
            Parent = issue % 5 == 0 && issue > 0 ? Reference(random.Next(issue)) : null,
            Links = links[issue],
        }).ToList();
        Lines = Replicas.Select(ToJson).ToList();
    }

    public IReadOnlyList<Replica> Replicas { get; }

    public IReadOnlyList<string> Lines { get; }

    private static string Key(int issue) => string.Create(CultureInfo.InvariantCulture, $"BIG-{issue + 1}");

    private static IssueReference Reference(int issue) => new(issue + 1, Key(issue));

    private static IssueLink Link(int id, int type, int source, int target) => new()
    {
        LinkId = id,
        Type = new LinkType($"{type}", Types[type].Name, Types[type].Outward, Types[type].Inward),
        Source = Reference(source),
        Target = Reference(target),
        ReadFrom = source + 1,
    };

    /// <summary>An issue as Jira returns it, with a description of a usual length.</summary>
    private static string ToJson(Replica replica) => new JsonObject
    {
        ["id"] = $"{replica.IssueId}",
        ["key"] = replica.Key,
        ["fields"] = new JsonObject
        {
            ["summary"] = replica.Summary,
            ["description"] = new string('x', 800),
            ["issuetype"] = new JsonObject { ["id"] = "1", ["name"] = replica.Type.Name, ["subtask"] = false },
            ["status"] = new JsonObject { ["name"] = replica.Status.Name },
            ["parent"] = replica.Parent is null ? null : ToJson(replica.Parent),
            ["issuelinks"] = new JsonArray([.. replica.Links.Select(link => ToJson(link, replica))]),
        },
    }.ToJsonString();

    private static JsonObject ToJson(IssueLink link, Replica replica)
    {
        var isSource = link.Source.Id == replica.IssueId;
        return new JsonObject
        {
            ["id"] = $"{link.LinkId}",
            ["type"] = new JsonObject { ["name"] = link.Type.Name, ["inward"] = link.Type.Inward, ["outward"] = link.Type.Outward },
            [isSource ? "outwardIssue" : "inwardIssue"] = ToJson(isSource ? link.Target : link.Source),
        };
    }

    private static JsonObject ToJson(IssueReference issue) => new() { ["id"] = $"{issue.Id}", ["key"] = issue.Key };
}
