using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Benchmarks;

/// <summary>
/// Issues of any number as a real Jira has them: epics, stories, tasks, bugs and sub-tasks; three links for every two
/// issues, half of them within a neighbourhood, the rest anywhere, one in a hundred to an issue of another project;
/// sub-tasks under the story, task or bug before them, and a third of those under an epic. As JSON texts, and as the
/// replicas that they describe. The same number gives the same issues.
/// </summary>
internal sealed class JiraSample
{
    /// <summary>What selects the issues, and none of the other project's.</summary>
    public const string Jql = "project = BIG";

    private static readonly (string Name, string Outward, string Inward)[] LinkTypes =
    [
        ("Relates", "relates to", "relates to"),
        ("Blocks", "blocks", "is blocked by"),
        ("Depends", "depends on", "is depended on by"),
        ("Duplicate", "duplicates", "is duplicated by"),
    ];

    private static readonly IssueType Epic = new("1", "Epic", IsSubtask: false);
    private static readonly IssueType Subtask = new("5", "Sub-task", IsSubtask: true);

    private static readonly IssueType[] Others =
        [new("2", "Story", IsSubtask: false), new("3", "Task", IsSubtask: false), new("4", "Bug", IsSubtask: false)];

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
            if (id % 100 == 0)
            {
                links[source].Add(Link(id, random, source, Elsewhere(id)));
            }
            else if (source != target)
            {
                var link = Link(id, random, source, Reference(target));
                links[source].Add(link);
                links[target].Add(link with { ReadFrom = target + 1 });
            }
        }

        Replicas = Enumerable.Range(0, issues).Select(issue => new Replica
        {
            IssueId = issue + 1,
            Key = Key(issue),
            Type = TypeOf(issue),
            Status = new IssueStatus("To Do", "new"),
            Summary = $"Issue {issue} of a project that is large enough to show something",
            Parent = ParentOf(issue) is { } parent ? Reference(parent) : null,
            Links = links[issue],
        }).ToList();
        Lines = Replicas.Select(ToJson).ToList();
    }

    public IReadOnlyList<Replica> Replicas { get; }

    public IReadOnlyList<string> Lines { get; }

    private static IssueType TypeOf(int issue) =>
        issue % 50 == 0 ? Epic : issue % 5 == 0 ? Subtask : Others[issue % 3];

    private static int? ParentOf(int issue) =>
        TypeOf(issue) == Epic ? null
        : TypeOf(issue) == Subtask ? issue - 1
        : issue % 3 == 1 ? issue / 50 * 50
        : null;

    private static string Key(int issue) => string.Create(CultureInfo.InvariantCulture, $"BIG-{issue + 1}");

    private static IssueReference Reference(int issue) => new(issue + 1, Key(issue));

    private static IssueReference Elsewhere(int id) => new(1_000_000 + id, $"FAR-{id}");

    private static IssueLink Link(int id, Random random, int source, IssueReference target)
    {
        // The first type, Relates, is twice as frequent as any other.
        var type = random.Next(LinkTypes.Length + 1) % LinkTypes.Length;
        return new IssueLink
        {
            LinkId = id,
            Type = new LinkType($"{type}", LinkTypes[type].Name, LinkTypes[type].Outward, LinkTypes[type].Inward),
            Source = Reference(source),
            Target = target,
            ReadFrom = source + 1,
        };
    }

    /// <summary>An issue as Jira returns it, with a description of a usual length.</summary>
    private static string ToJson(Replica replica) => new JsonObject
    {
        ["id"] = $"{replica.IssueId}",
        ["key"] = replica.Key,
        ["fields"] = new JsonObject
        {
            ["summary"] = replica.Summary,
            ["description"] = new string('x', 800),
            ["project"] = new JsonObject { ["id"] = "10000", ["key"] = "BIG", ["name"] = "A big project" },
            ["issuetype"] = new JsonObject
            {
                ["id"] = replica.Type.Id,
                ["name"] = replica.Type.Name,
                ["subtask"] = replica.Type.IsSubtask,
            },
            ["status"] = new JsonObject
            {
                ["id"] = "1",
                ["name"] = replica.Status.Name,
                ["statusCategory"] =
                    new JsonObject { ["id"] = 2, ["key"] = replica.Status.Category, ["name"] = replica.Status.Name },
            },
            ["priority"] = new JsonObject { ["id"] = "3", ["name"] = "Medium" },
            ["labels"] = new JsonArray("large", "measured"),
            ["created"] = "2026-03-01T09:00:00.000+0000",
            ["updated"] = "2026-03-01T09:00:00.000+0000",
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
            ["type"] = new JsonObject
            {
                ["id"] = link.Type.Id,
                ["name"] = link.Type.Name,
                ["inward"] = link.Type.Inward,
                ["outward"] = link.Type.Outward,
            },
            [isSource ? "outwardIssue" : "inwardIssue"] = ToJson(isSource ? link.Target : link.Source),
        };
    }

    private static JsonObject ToJson(IssueReference issue) => new() { ["id"] = $"{issue.Id}", ["key"] = issue.Key };
}
