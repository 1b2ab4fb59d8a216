using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public class SeedTests
{
    private static readonly string Program = typeof(SandboxServer).Assembly.Location;

    private const string BlocksType = """{"id": "10500", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}""";

    [Fact]
    public async Task What_issues_name_exists_on_the_site()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue("OPS", 7, 2007, """
            "summary": "Seeded", "issuetype": {"id": "77", "name": "Incident", "subtask": false}, "status": {"id": "88", "name": "Broken", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Progress"}},
            "issuelinks": [{"id": "900", "type": {"id": "501", "name": "Causes", "inward": "is caused by", "outward": "causes"}, "outwardIssue": {"id": "2008", "key": "OPS-8", "fields": {"summary": "Elsewhere"}}}]
            """.ReplaceLineEndings(" ")));

        var issue = await jira.GetAsync("issue/OPS-7");

        Assert.Equal("2007", issue.At("id"));
        Assert.Equal("OPS", issue.At("fields.project.key"));
        Assert.Equal("The OPS project", (await jira.GetAsync("project/OPS")).At("name"));
        Assert.Equal("Incident", (await jira.GetAsync("issuetype/77")).At("name"));
        Assert.Equal("Broken", (await jira.GetAsync("status/88")).At("name"));
        Assert.Equal("causes", (await jira.GetAsync("issueLinkType/501")).At("outward"));
        Assert.Equal("900", issue.At("fields.issuelinks.0.id"));
    }

    [Fact]
    public async Task A_link_whose_ends_both_name_it_is_one_link()
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue(1, $$"""
                "summary": "One", "issuelinks": [{"id": "900", "type": {{BlocksType}}, "outwardIssue": {"id": "1002", "key": "SHOP-2"} }]
                """.Trim()),
            SeedText.Issue(2, $$"""
                "summary": "Two", "issuelinks": [{"id": "900", "type": {{BlocksType}}, "inwardIssue": {"id": "1001", "key": "SHOP-1"} }]
                """.Trim()));

        var source = await jira.GetAsync("issue/SHOP-1");
        var target = await jira.GetAsync("issue/SHOP-2");

        Assert.Single(source.Json["fields"]!["issuelinks"]!.AsArray());
        Assert.Equal("SHOP-2", source.At("fields.issuelinks.0.outwardIssue.key"));
        Assert.Single(target.Json["fields"]!["issuelinks"]!.AsArray());
        Assert.Equal("SHOP-1", target.At("fields.issuelinks.0.inwardIssue.key"));
    }

    [Fact]
    public async Task An_end_outside_the_file_shows_in_the_link_and_nowhere_else()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(1, $$"""
            "summary": "One", "issuelinks": [{"id": "900", "type": {{BlocksType}}, "outwardIssue": {"id": "1002", "key": "SHOP-2", "fields": {"summary": "Hidden"} } }]
            """.Trim()));

        var link = await jira.GetAsync("issue/SHOP-1");

        Assert.Equal("SHOP-2", link.At("fields.issuelinks.0.outwardIssue.key"));
        Assert.Equal("Hidden", link.At("fields.issuelinks.0.outwardIssue.fields.summary"));
        Assert.Equal(404, (await jira.GetAsync("issue/SHOP-2")).Status);
        Assert.Equal("SHOP-1", await jira.KeysAsync("project = SHOP"));
        Assert.Equal("", (await jira.PostAsync("issue/bulkfetch", """{"issueIdsOrKeys": ["SHOP-2"]}""")).At("issues.0") ?? "");
        Assert.Equal(204, (await jira.DeleteAsync("issueLink/900")).Status);
        Assert.Equal("SHOP-3", await jira.CreateAsync("Two is in use"));
    }

    [Fact]
    public async Task Parents_come_from_the_child_and_from_the_parents_list()
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue(1, """
                "summary": "Epic", "subtasks": [{"id": "1003", "key": "SHOP-3"}]
                """.Trim()),
            SeedText.Issue(2, """
                "summary": "Story", "parent": {"id": "1001", "key": "SHOP-1"}
                """.Trim()),
            SeedText.Issue(3));

        Assert.Equal("SHOP-3 SHOP-2", await jira.KeysAsync("parent = SHOP-1"));
    }

    [Fact]
    public async Task A_reset_returns_to_the_seed()
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Seed = SeedText.Plain(2) });
        await jira.DeleteAsync("issue/SHOP-1");
        await jira.CreateAsync("Three");

        Assert.Equal(204, (await jira.SendAsync("POST", "/sandbox/reset")).Status);

        Assert.Equal("SHOP-2 SHOP-1", await jira.KeysAsync("project = SHOP"));
    }

    [Theory]
    [InlineData("""{"id": "1", "key": "SHOP-1"}""", "Line 1 of the seed is not a Jira issue: it needs id, key and fields.")]
    [InlineData("nonsense", "Line 1 of the seed is not a Jira issue: it needs id, key and fields.")]
    [InlineData("""{"id": "x", "key": "SHOP-1", "fields": {}}""", "Line 1 of the seed is not a Jira issue: it needs id, key and fields.")]
    public async Task A_line_that_is_no_issue_is_named(string line, string message)
    {
        var wrong = await Assert.ThrowsAsync<FormatException>(() => JiraWire.StartAsync(line));

        Assert.Equal(message, wrong.Message);
    }

    [Fact]
    public async Task An_issue_that_occurs_twice_is_named()
    {
        var wrong = await Assert.ThrowsAsync<FormatException>(
            () => JiraWire.StartAsync(SeedText.Issue(1), SeedText.Issue(1)));

        Assert.Equal("Line 2 of the seed repeats the issue SHOP-1 or its id 1001.", wrong.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_program_reads_a_seed_file_plain_or_compressed(bool compressed)
    {
        var file = Path.Combine(Path.GetTempPath(), $"sandbox-seed-{Guid.NewGuid():N}.jsonl");
        try
        {
            await using (var stream = File.Create(file))
            await using (Stream content = compressed ? new GZipStream(stream, CompressionLevel.Fastest) : stream)
            {
                await content.WriteAsync(Encoding.UTF8.GetBytes($"{SeedText.Issue(1)}\n\n{SeedText.Issue(2)}\n"),
                    TestContext.Current.CancellationToken);
            }

            using var program = Process.Start(new ProcessStartInfo("dotnet", ["exec", Program, "serve", "--seed", file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            try
            {
                var ready = JsonNode.Parse(
                    await program.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "{}")!;
                using var client = new HttpClient();
                client.DefaultRequestHeaders.Authorization = JiraWire.Basic(
                    $"{ready["jiraUser"]}", $"{ready["jiraToken"]}");

                var found = await client.GetStringAsync(
                    $"{ready["jira"]}/rest/api/3/search/jql?jql=project=SHOP", TestContext.Current.CancellationToken);

                Assert.Equal("""{"issues":[{"id":"1002"},{"id":"1001"}],"isLast":true}""", found);
            }
            finally
            {
                program.Kill();
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
