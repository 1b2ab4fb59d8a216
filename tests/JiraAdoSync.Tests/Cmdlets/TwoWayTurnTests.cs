using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>What people change between runs that go both ways and runs that go one way.</summary>
public sealed class TwoWayTurnTests
{
    private const string Options = "-IncludeComments -IncludeAttachments";
    private const string OneWay = $"Invoke-JiraAdoSync -Jql 'project = SHOP' {Options}";
    private const string Both = $"Invoke-JiraAdoSync -Jql 'project in (SHOP, OTHER)' -Wiql '[System.Id] > 0' -Direction Both {Options}";
    private const string Related = "System.LinkTypes.Related";

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_copy_of_a_comment_that_a_person_edited_stays_so_whichever_way_runs_go(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var original = await eve.CommentAsync("SHOP-1", "From Jira");
        world.RunAnew(Both);
        var copy = (int)(await ann.CommentsAsync(id)).Single()["id"]!;
        var text = (await ann.CommentsAsync(id)).Single()["text"]!.ToString();
        await ann.EditCommentAsync(id, copy, $"{text}<p>Ann adds this</p>");
        foreach (var command in new[] { OneWay, Both, OneWay, Both })
        {
            await eve.EditCommentAsync("SHOP-1", original, $"From Jira, edited before {Guid.NewGuid():N}");
            world.RunAnew(command);
            Assert.Contains("Ann adds this", Assert.Single(await ann.CommentsAsync(id))["text"]!.ToString(), StringComparison.Ordinal);
            Assert.Single(await CommentsAsync(world));
        }

        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, "A person's words")]
    [InlineData(JiraFlavor.Cloud, "")]
    [InlineData(JiraFlavor.DataCenter, "")]
    public async Task A_copy_of_a_file_whose_comment_somebody_takes_away_is_neither_copied_back_nor_made_again(
        JiraFlavor flavor, string comment)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await eve.AttachAsync("SHOP-1", "log.txt", "From Jira"u8.ToArray());
        world.RunAnew(Both);
        var file = Assert.Single(await FilesAsync(ann, id));
        await ann.SetCommentAsync(id, file["url"]!.ToString(), comment);

        var files = 1;
        foreach (var command in new[] { Both, OneWay, Both })
        {
            world.RunAnew(command);
            Assert.Equal(files, (await AttachmentsAsync(world)).Count);
            Assert.Equal(files, (await FilesAsync(ann, id)).Count);
            await eve.AttachAsync("SHOP-1", $"log {++files}.txt", Encoding.UTF8.GetBytes($"Another, {files}"));
        }

        world.RunAnew(Both);
        Assert.Equal(files, (await AttachmentsAsync(world)).Count);
        Assert.Equal(files, (await FilesAsync(ann, id)).Count);
        Assert.Equal("NoChange", world.RunAnew(Both).RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_file_of_Azure_DevOps_that_gets_another_comment_is_not_attached_again(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        var id = await world.Board.IdOfAsync("Issue 1");
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        await ann.AttachAsync(id, "plan.txt", "One", "A person's file");
        world.RunAnew(Both);
        var file = Assert.Single(await FilesAsync(ann, id));
        await ann.SetCommentAsync(id, file["url"]!.ToString(), "The final plan");

        foreach (var command in new[] { Both, OneWay, $"{Both} -Prune" })
        {
            world.RunAnew(command);
            Assert.Single(await FilesAsync(ann, id));
            Assert.Single(await AttachmentsAsync(world));
        }
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud, false)]
    [InlineData(JiraFlavor.Cloud, true)]
    [InlineData(JiraFlavor.DataCenter, false)]
    public async Task Links_stay_where_an_administrator_renames_their_type(JiraFlavor flavor, bool isMadeInAdo)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await (isMadeInAdo
            ? ann.RelateAsync(await ann.IdOfAsync("Issue 1"), Related, await ann.IdOfAsync("Issue 2"))
            : eve.LinkAsync("SHOP-1", "Relates", "SHOP-2"));
        world.RunAnew($"{Both} -Prune");
        var type = await LinkTypeAsync(world, "Relates");
        using var client = world.Tracker.NewClient();
        using (var renamed = await client.PutAsJsonAsync(
            new Uri($"issueLinkType/{type}", UriKind.Relative),
            new JsonObject { ["name"] = "Kin", ["inward"] = "is kin to", ["outward"] = "is kin to" }, TestContext.Current.CancellationToken))
        {
            renamed.EnsureSuccessStatusCode();
        }

        // What the mapping does not know stops a run before it writes.
        world.Reconnect();
        Assert.Equal("LinkTypeUnmapped", world.Run($"{Both} -Prune").FailureId);
        world.RunAnew($"{Both} -Prune -LinkTypeMapping @{{ 'is kin to' = 'Related' }}");
        Assert.Contains("Issue 1 Related Issue 2", await ann.RelationsAsync());
        Assert.Contains(
            "SHOP-2", world.Run("Get-JiraIssueLinks -Key SHOP-1").Succeeded().Output.Select(one => $"{one.Properties["Target"].Value}"));
        Assert.Equal("NoChange", world.RunAnew($"{Both} -Prune -LinkTypeMapping @{{ 'is kin to' = 'Related' }}").RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Links_whose_type_an_administrator_deletes_are_removed_with_Prune_alone(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        await eve.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        world.RunAnew(Both);
        using var client = world.Tracker.NewClient();
        using (var deleted = await client.DeleteAsync(
            new Uri($"issueLinkType/{await LinkTypeAsync(world, "Blocks")}", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            deleted.EnsureSuccessStatusCode();
        }

        world.RunAnew(Both);
        Assert.Contains("Issue 1 Successor Issue 2", await ann.RelationsAsync());
        world.RunAnew($"{Both} -Prune");
        Assert.DoesNotContain("Issue 1 Successor Issue 2", await ann.RelationsAsync());
        Assert.Equal("NoChange", world.RunAnew($"{Both} -Prune").RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_issue_that_moves_to_another_project_stays_the_pair_that_it_was(JiraFlavor flavor)
    {
        await using var world = await StartAsync(flavor);
        using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
        using var eve = await world.JoinJiraAsync("eve@contoso.example");
        var (one, other) = (await ann.IdOfAsync("Issue 1"), await ann.IdOfAsync("Issue 2"));
        await ann.RelateAsync(one, Related, other);
        await ann.CommentAsync(one, "<p>Said before</p>");
        world.RunAnew($"{Both} -Prune");
        await world.Tracker.MoveAsync("SHOP-1", "OTHER");
        await ann.SetFieldAsync(one, "System.Title", "Moved");
        world.RunAnew($"{Both} -Prune");

        Assert.Equal("Moved", await SummaryAsync(world, "OTHER-1"));
        Assert.Equal(4, (await ann.ItemsAsync()).Count);
        await ann.UnrelateAsync(one, Related, other);
        world.RunAnew($"{Both} -Prune");
        Assert.DoesNotContain(
            "SHOP-2", world.Run("Get-JiraIssueLinks -Key OTHER-1").Succeeded().Output.Select(link => $"{link.Properties["Target"].Value}"));
        Assert.DoesNotContain("Moved Related Issue 2", await ann.RelationsAsync());
        Assert.Equal("NoChange", world.RunAnew($"{Both} -Prune").RunOutcome());
    }

    private static async Task<World> StartAsync(JiraFlavor flavor)
    {
        // The site has both link types.
        var seed = new JiraSeed().Issue(1, "Story").Issue(2, "Story").Issue(3, "Story").Issue(4, "Story")
            .Link(3, "blocks", 4).Link(4, "relates to", 3);
        var world = (await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();
        await world.Tracker.CreateProjectAsync("OTHER");
        world.Run(Both).Succeeded();
        return world;
    }

    /// <summary>The files of a work item.</summary>
    private static async Task<List<JsonNode>> FilesAsync(Board board, int id) => (await board.ItemAsync(id))["relations"]!
        .AsArray().OfType<JsonNode>().Where(one => one["rel"]!.ToString() == "AttachedFile").ToList();

    private static async Task<JsonNode> GetAsync(World world, string path)
    {
        using var client = world.Tracker.NewClient();
        return JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)))!;
    }

    private static async Task<string> LinkTypeAsync(World world, string name) =>
        (await GetAsync(world, "issueLinkType"))["issueLinkTypes"]!.AsArray()
        .Single(type => type!["name"]!.ToString() == name)!["id"]!.ToString();

    private static async Task<string> SummaryAsync(World world, string key) =>
        (await GetAsync(world, $"issue/{key}"))["fields"]!["summary"]!.ToString();

    private static async Task<JsonArray> CommentsAsync(World world) =>
        (await GetAsync(world, "issue/SHOP-1/comment"))["comments"]!.AsArray();

    private static async Task<JsonArray> AttachmentsAsync(World world) =>
        (await GetAsync(world, "issue/SHOP-1?fields=attachment"))["fields"]!["attachment"]!.AsArray();
}
