using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Three projects of a real Jira: ten link types, half of the links leading out of the file.</summary>
public sealed class TitaniumTests
{
    /// <summary>What each link type is to become on its source, as the mapping below says it.</summary>
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["Relates"] = "Related",
        ["Cloners"] = "Related",
        ["Includes"] = "Related",
        ["Gantt End to End"] = "Related",
        ["Blocks"] = "Successor",
        ["Gantt: start-finish"] = "Successor",
        ["Gantt: finish-start"] = "Successor",
        ["Gantt End to Start"] = "Successor",
        ["Depends"] = "Predecessor",
        ["Duplicate"] = "Duplicate Of",
    };

    [Fact]
    public async Task A_real_Jira_is_synced_whole_and_a_second_run_writes_nothing()
    {
        var file = Repository.Shared("data", "titanium-small.jsonl.gz");
        Assert.SkipWhen(file is null, "shared/data/titanium-small.jsonl.gz is not beside the repository.");
        var lines = await ReadAsync(file);
        var issues = lines.ConvertAll(line => JsonNode.Parse(line)!);
        var ids = issues.Select(issue => issue["id"]!.ToString()).ToHashSet();
        var links = issues.SelectMany(LinksOf).DistinctBy(link => link.Id).ToList();
        var whole = links.Where(link => ids.Contains(link.Source) && ids.Contains(link.Target)).ToList();
        var parents = issues.Count(issue => issue["fields"]!["parent"] is not null);

        await using var world = await World.StartAsync(lines);
        await world.ResetRequestsAsync();
        var run = world.Run(Sync).Succeeded();
        Assert.Equal("Changed", run.Summary.Properties["Outcome"].Value.ToString());
        Assert.Equal(
            links.Count - whole.Count, run.Rows("RelationResult", "Action").Count(action => action == "Pending"));
        // 22 pages, which bring the renderings of descriptions, the list of fields, and that of the site's own
        // priorities.
        Assert.Equal(24, (await world.RequestsAsync("jira")).Values.Sum());
        // Eleven batches of creations need eleven more, since nearly all issues are done.
        // Descriptions that link to issues cost a read and a batch for up to 200 of them.
        Assert.InRange((await world.RequestsAsync("ado")).Values.Sum(), 1, 64);

        // Each edge, seen on the board and not through the module.
        var items = await world.Board.ItemsAsync();
        Assert.Equal(issues.Count, items.Count);
        var issueOf = items.ToDictionary(item => item["id"]!.ToString(), IssueOf);
        var current = items.SelectMany(item => RelationsOf(item, issueOf)).ToHashSet();
        Assert.All(whole, link => Assert.Contains((link.Source, Expected[link.Type], link.Target), current));
        Assert.All(
            issues.Where(issue => issue["fields"]!["parent"] is not null),
            issue => Assert.Contains(
                (issue["id"]!.ToString(), "Parent", issue["fields"]!["parent"]!["id"]!.ToString()), current));
        var merged = run.Rows("RelationResult", "Action").Count(action => action == "Merge");
        Assert.Equal(1, merged);
        Assert.Equal(2 * (whole.Count + parents - merged), current.Count);

        world.Run("Disconnect-JiraAdo");
        world.Connect();
        await world.ResetRequestsAsync();
        Assert.Equal("NoChange", world.Run(Sync).Succeeded().Summary.Properties["Outcome"].Value.ToString());
        Assert.DoesNotContain(
            (await world.RequestsAsync("ado")).Keys, route => route.Contains("$batch", StringComparison.Ordinal));
    }

    private const string Sync =
        """
        Invoke-JiraAdoSync -Jql 'project in (ALOY, MOD, DAEMON)' -TypeMapping @{
            Improvement = 'User Story'; 'New Feature' = 'Feature', 'User Story'
        } -LinkTypeMapping ((Get-LinkTypeMapping) + @{
            Cloners = 'Related'; Includes = 'Related'; 'Gantt: start-finish' = 'Successor'; 'Gantt: finish-start' = 'Successor'
            'Gantt End to Start' = 'Successor'; 'Gantt End to End' = 'Related'
        })
        """;

    internal static async Task<List<string>> ReadAsync(string file)
    {
        await using var zipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(zipped);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static IEnumerable<(string Id, string Type, string Source, string Target)> LinksOf(JsonNode issue)
    {
        var self = issue["id"]!.ToString();
        return issue["fields"]!["issuelinks"]!.AsArray().Select(link => link!).Select(link => (
            link["id"]!.ToString(),
            link["type"]!["name"]!.ToString(),
            link["outwardIssue"] is null ? link["inwardIssue"]!["id"]!.ToString() : self,
            link["outwardIssue"]?["id"]!.ToString() ?? self));
    }

    /// <summary>The issue of a work item, by the address of its mark.</summary>
    private static string IssueOf(JsonNode item) => item["relations"]!.AsArray()
        .Single(relation => relation!["rel"]!.ToString() == "Hyperlink")!["url"]!.ToString()
        .Split("jql=id%3D")[1];

    private static IEnumerable<(string Source, string Relation, string Target)> RelationsOf(
        JsonNode item, Dictionary<string, string> issueOf) => item["relations"]!.AsArray()
        .Select(relation => relation!)
        .Where(relation => relation["rel"]!.ToString() != "Hyperlink")
        .Select(relation => (
            issueOf[((int)item["id"]!).ToString(CultureInfo.InvariantCulture)],
            relation["attributes"]!["name"]!.ToString(),
            issueOf[relation["url"]!.ToString().Split('/')[^1]]));
}
