using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Marks;
using JiraAdoSync.Sandbox;
using JiraAdoSync.TwoWay.Bases;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// What a two-way run takes for common to both sides is written where people may write: in the text of the mark, which
/// members of the project can change, and in a property, which editors of the issue can. Nobody but us can speak for us
/// there: a forged base makes no edit of a person be written over without a word, removes nothing, and sends nothing of
/// a work item to an issue that is not its own.
/// </summary>
public sealed class ForeignBaseTests
{
    private const string Both = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both";
    private const string Title = "System.Title";
    private const string State = "System.State";
    private const string Tags = "System.Tags";

    [Theory]
    [InlineData(true, JiraFlavor.Cloud)]
    [InlineData(false, JiraFlavor.Cloud)]
    [InlineData(true, JiraFlavor.DataCenter)]
    [InlineData(false, JiraFlavor.DataCenter)]
    public async Task A_forged_property_leaves_what_both_sides_changed_a_conflict(bool hidesJirasEdit, JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, Title, "Ann's");
        await eve.SetSummaryAsync("SHOP-1", "Eve's");
        await ForgeAsync(eve, world, 1, property => property["fields"]![Title] = hidesJirasEdit
            ? Entry(property, "Eve's", "Issue 1")
            : Entry(property, "Issue 1", "Ann's"));
        for (var run = 0; run < 2; run++)
        {
            world.Reconnect();
            var held = world.Run(Both).Succeeded();
            Assert.Equal(["Conflict SHOP-1 System.Title"], held.Rows("FieldResult", "Action", "Key", "Field"));
            Assert.Equal("Eve's", await SummaryAsync(world, "SHOP-1"));
            Assert.Equal("Ann's", await world.Board.FieldAsync(id, Title));
            // Another field of both is written meanwhile: that carries no forged base into a mark of ours.
            await eve.SetFieldsAsync("SHOP-1", $$"""{ "priority": { "name": "{{(run == 0 ? "Low" : "High")}}" } }""");
        }

        world.Run("Invoke-JiraAdoSync -Key SHOP-1 -Direction Both -FieldConflict AdoWins").Succeeded();
        Assert.Equal("Ann's", await SummaryAsync(world, "SHOP-1"));
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task A_forged_base_in_the_text_of_a_mark_leaves_what_both_sides_changed_a_conflict(
        bool hidesJirasEdit, bool isAsItWouldBe)
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        var (mallory, _) = await world.JoinAsync("mallory@contoso.example");
        using var _3 = mallory;
        await ann.SetFieldAsync(id, Title, "Ann's");
        await eve.SetSummaryAsync("SHOP-1", "Eve's");
        var forged = hidesJirasEdit ? Base(99, "Eve's", "Issue 1") : Base(99, "Issue 1", "Ann's");
        var rev = (int)(await world.Board.ItemAsync(id))["rev"]!;
        // The revision that the mark names is as it will be after this edit, or as it was.
        await ForgeMarkAsync(mallory, id, forged, isAsItWouldBe ? rev + 1 : null);
        for (var run = 0; run < 2; run++)
        {
            world.Reconnect();
            var held = world.Run(Both).Succeeded();
            Assert.Equal(["Conflict SHOP-1 System.Title"], held.Rows("FieldResult", "Action", "Key", "Field"));
            Assert.Equal("Eve's", await SummaryAsync(world, "SHOP-1"));
            Assert.Equal("Ann's", await world.Board.FieldAsync(id, Title));
            await eve.SetFieldsAsync("SHOP-1", $$"""{ "priority": { "name": "{{(run == 0 ? "Low" : "High")}}" } }""");
        }
    }

    [Fact]
    public async Task A_forged_base_that_a_one_way_run_copied_is_no_more_ours_than_before()
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ForgeMarkAsync(ann, id, Base(99, "Eve's", "Issue 1"), null);
        await eve.SetFieldsAsync("SHOP-1", """{"priority":{"name":"Low"}}""");
        world.Run("Invoke-JiraAdoSync -Jql 'project = SHOP' -FieldConflict Keep").Succeeded();
        await ann.SetFieldAsync(id, Title, "Ann's");
        await eve.SetSummaryAsync("SHOP-1", "Eve's");
        world.Reconnect();
        var held = world.Run(Both).Succeeded();
        Assert.Equal(["Conflict SHOP-1 System.Title"], held.Rows("FieldResult", "Action", "Key", "Field"));
        Assert.Equal("Eve's", await SummaryAsync(world, "SHOP-1"));
    }

    [Fact]
    public async Task A_forged_way_through_the_workflow_makes_no_decision_of_a_person_a_step_of_ours()
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, State, "Closed");
        await eve.SetStatusAsync("SHOP-1", "In Progress");
        var status = (await world.Tracker.FieldsAsync("SHOP-1"))["status"]!["id"]!.ToString();
        await ForgeAsync(eve, world, 1, property => property["walk"] = new JsonObject
        {
            ["from"] = "1", ["to"] = "999", ["steps"] = new JsonArray(status, "999"),
        });
        world.Reconnect();
        var held = world.Run(Both).Succeeded();
        Assert.Equal(["Conflict SHOP-1 System.State"], held.Rows("FieldResult", "Action", "Key", "Field"));
        Assert.Equal("In Progress", (await world.Tracker.FieldsAsync("SHOP-1"))["status"]!["name"]!.ToString());
        Assert.Equal("Closed", await world.Board.FieldAsync(id, State));
    }

    [Fact]
    public async Task Forged_elements_remove_no_label_and_no_tag()
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        var id = await world.Board.IdOfAsync("Issue 1");
        await ann.SetFieldAsync(id, Tags, "web; hers");
        await eve.SetFieldsAsync("SHOP-1", """{"labels":["web","his"]}""");
        await ForgeAsync(eve, world, 1, property => property["fields"]![Tags] = new JsonArray(
            (int)property["counter"]!, ShortDigest.Of("x"), ShortDigest.Of("y"),
            string.Concat(new[] { "HERS", "HIS", "WEB" }.Select(tag => ShortDigest.Of(tag)))));
        world.Reconnect();
        world.Run(Both).Succeeded();
        Assert.Equal(["hers", "his", "web"], (await world.Board.FieldAsync(id, Tags))!.Split("; ").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["hers", "his", "web"],
            (await world.Tracker.FieldsAsync("SHOP-1"))["labels"]!.AsArray().Select(one => one!.ToString()).Order(StringComparer.Ordinal));

        // What people really remove is removed on the other side, too.
        await ann.ReplaceFieldAsync(id, Tags, "hers; web");
        await eve.SetFieldsAsync("SHOP-1", """{"labels":["web","his","more"]}""");
        world.Run(Both).Succeeded();
        Assert.Equal(["more", "web"], (await world.Board.FieldAsync(id, Tags))!.Split("; ").Order(StringComparer.Ordinal));
        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Forged_links_of_a_base_have_nothing_removed_on_either_side(JiraFlavor flavor)
    {
        await using var world = await StartAsync(Seed(), flavor);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        var ids = new List<int>();
        for (var number = 1; number <= 3; number++)
        {
            ids.Add(await world.Board.IdOfAsync($"Issue {number}"));
        }

        // Ann relates two, and Eve links two others; both are new, and Eve's property says that both are old.
        await ann.RelateAsync(ids[0], "System.LinkTypes.Related", ids[1]);
        await eve.LinkAsync("SHOP-1", "Blocks", "SHOP-3");
        var types = (await world.Tracker.FieldsAsync("SHOP-1"))["issuelinks"]!.AsArray();
        var blocks = types.Single()!["type"]!["id"]!.ToString();
        await ForgeAsync(eve, world, 1, property => property["links"] = new JsonArray(
            new JsonArray("10003", 1001, 1002, "System.LinkTypes.Related", "ado"),
            new JsonArray(blocks, 1001, 1003, "System.LinkTypes.Dependency-Forward", "jira")));
        world.Reconnect();
        world.Run($"{Both} -Prune").Succeeded();
        Assert.Contains("Issue 1 Related Issue 2", await world.Board.RelationsAsync());
        Assert.Contains("Issue 1 Successor Issue 3", await world.Board.RelationsAsync());
        Assert.Equal(2, (await world.Tracker.FieldsAsync("SHOP-1"))["issuelinks"]!.AsArray().Count);

        // What people really remove is removed.
        await eve.UnlinkAsync("SHOP-1", "SHOP-3");
        await ann.UnrelateAsync(ids[0], ids[1]);
        world.Run($"{Both} -Prune").Succeeded();
        Assert.Empty((await world.Tracker.FieldsAsync("SHOP-1"))["issuelinks"]!.AsArray());
        Assert.Empty(await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_forged_parent_of_a_base_takes_no_parent_away()
    {
        await using var world = await StartAsync(Seed().Issue(4, "Epic", "The epic"), JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        var (story, epic) = (await world.Board.IdOfAsync("Issue 1"), await world.Board.IdOfAsync("The epic"));
        await ann.RelateAsync(story, "System.LinkTypes.Hierarchy-Reverse", epic);
        await ForgeAsync(eve, world, 1, property => property["fields"]!["System.Parent"] = Entry(property, "1004", "1004"));
        world.Reconnect();
        world.Run($"{Both} -Prune").Succeeded();
        Assert.Contains("Issue 1 Parent The epic", await world.Board.RelationsAsync());
    }

    [Fact]
    public async Task A_private_work_item_reaches_no_issue_by_a_forged_mark_or_property()
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        const string All = $"{Both} -Wiql '[System.Id] > 0' -JiraProject SHOP";
        world.Run(All).Succeeded();
        var secret = await ann.CreateAsync("User Story", "Secret");
        var marked = await ann.CreateAsync("User Story", "Secret, too");
        var genuine = await world.Board.IdOfAsync("Issue 1");
        // Eve's issue says to be the issue of Ann's item; and an item of Ann's gets a mark of Eve's issue by a third.
        await ForgeAsync(eve, world, 1, property => property["workItem"] = secret);
        var (mallory, _) = await world.JoinAsync("mallory@contoso.example");
        using var _3 = mallory;
        var mark = (await world.Board.MarksAsync(genuine)).Single();
        await mallory.HyperlinkAsync(marked, mark.Url, mark.Comment);
        world.Reconnect();
        var run = world.Run(All).Succeeded();
        Assert.Contains(run.Warnings, warning => warning.StartsWith("RegisterIgnored:", StringComparison.Ordinal));
        for (var number = 1; number <= 3; number++)
        {
            Assert.Equal($"Issue {number}", await SummaryAsync(world, $"SHOP-{number}"));
        }

        // The one without a mark gets an issue of its own, as -JiraProject says; the other one gets none.
        Assert.Equal(
            ["Create Secret"], run.Rows("IssueResult", "Action", "Summary").Where(row => row.StartsWith("Create", StringComparison.Ordinal)));
        Assert.Equal("Issue 1", await world.Board.FieldAsync(genuine, Title));
    }

    [Theory]
    [InlineData("counter", "99999999")]
    [InlineData("links", """[["10001",1001,1002,"\u001b[2J","ado"]]""")]
    [InlineData("walk", """{"from":"1","to":"2","steps":["2","2","2","2","2","2","2"]}""")]
    [InlineData("organization", "\"https://dev.azure.com/##vso[task.complete]\"")]
    public async Task A_property_at_its_limits_ends_no_run_and_is_set_right_by_the_next_write(string name, string json)
    {
        await using var world = await StartAsync(Seed(), JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        world.Run(Both).Succeeded();
        await ForgeAsync(eve, world, 1, property => property[name] = JsonNode.Parse(json));
        var id = await world.Board.IdOfAsync("Issue 1");
        for (var edit = 1; edit <= 3; edit++)
        {
            await ann.SetFieldAsync(id, Title, $"Named {edit}");
            world.Reconnect();
            var run = world.Run(Both).Succeeded();
            Assert.All(run.Warnings, warning => Assert.Equal(Printable.Of(warning), warning));
            Assert.Equal($"Named {edit}", await SummaryAsync(world, "SHOP-1"));
            Assert.NotNull(IssueRegister.Parse((await eve.PropertyAsync("SHOP-1", IssueRegister.Key))!.ToJsonString()));
        }

        Assert.Equal("NoChange", world.Run(Both).Succeeded().RunOutcome());
    }

    [Fact]
    public async Task A_base_is_proven_by_histories_of_issues_many_at_once_and_by_those_of_work_items_where_these_say_nothing()
    {
        var seed = new JiraSeed();
        Enumerable.Range(1, 30).ToList().ForEach(number => seed.Issue(number, "Story"));
        await using var world = await StartAsync(seed, JiraFlavor.Cloud);
        var (ann, eve) = await PeopleAsync(world);
        using var _1 = ann;
        using var _2 = eve;
        const string Run = $"{Both} -WriteLimit 100";
        world.Run(Run).Succeeded();
        var ids = (await world.Board.ItemsAsync()).Select(item => (int)item["id"]!).ToList();
        for (var round = 1; round <= 4; round++)
        {
            // To Jira twice, so that the property is ahead of the mark, then to Azure DevOps, and to Jira again.
            foreach (var (id, at) in ids.Select((id, at) => (id, at)))
            {
                await (round == 3
                    ? eve.SetSummaryAsync($"SHOP-{at + 1}", $"Eve {round} {at}")
                    : ann.SetFieldAsync(id, Title, $"Ann {round} {at}"));
            }

            world.Reconnect();
            await world.ResetRequestsAsync();
            Assert.Equal("Changed", world.Run(Run).Succeeded().RunOutcome());
            // What Jira had last came from there, and only the text of the mark says that Azure DevOps had it, too.
            Assert.Equal(
                round == 4 ? ids.Count : 0,
                (await world.RequestsAsync("ado")).Where(route => route.Key.Contains("updates", StringComparison.OrdinalIgnoreCase))
                    .Sum(route => route.Value));
            Assert.InRange(
                (await world.RequestsAsync("jira")).Where(route => route.Key.Contains("changelog", StringComparison.Ordinal))
                    .Sum(route => route.Value),
                0, 3);
        }

        Assert.Equal("NoChange", world.Run(Run).Succeeded().RunOutcome());
    }

    private static JiraSeed Seed() => new JiraSeed()
        .Issue(1, "Story").Issue(2, "Story").Issue(3, "Story")
        .Fields(1, """{ "priority": { "name": "Medium", "id": "3" }, "labels": ["web"] }""")
        .Status(2, "In Progress", "indeterminate")
        .Status(3, "Done", "done");

    private static async Task<World> StartAsync(JiraSeed seed, JiraFlavor flavor) =>
        (await World.StartAsync(seed.Lines, adjust: options => options with { Jira = flavor })).ThatWritesJira();

    /// <summary>Ann works in Azure DevOps, and Eve in Jira.</summary>
    private static async Task<(Board Ann, Tracker Eve)> PeopleAsync(World world) => (
        (await world.JoinAsync("ann@contoso.example")).Board, await world.JoinJiraAsync("eve@contoso.example"));

    /// <summary>Changes the property of an issue that the last run wrote, or writes one like it.</summary>
    private static async Task ForgeAsync(Tracker eve, World world, int number, Action<JsonNode> forge)
    {
        var key = $"SHOP-{number}";
        var id = (await world.Board.ItemsAsync()).First(item => item["relations"]?.AsArray().Any(relation =>
            relation!["url"]!.ToString().EndsWith($"id%3D{1000 + number}", StringComparison.Ordinal)) == true)["id"];
        var mark = (await world.Board.MarksAsync((int)id!))[0];
        var property = await eve.PropertyAsync(key, IssueRegister.Key) ?? new JsonObject
        {
            ["format"] = 1,
            ["nonce"] = mark.Comment.Split(' ')[3],
            ["organization"] = world.Sandbox.OrganizationUri.AbsoluteUri.TrimEnd('/'),
            ["project"] = world.Sandbox.Project,
            ["workItem"] = (int)id!,
            ["counter"] = 1,
            ["fields"] = new JsonObject(),
            ["links"] = new JsonArray(),
            ["comments"] = new JsonArray(),
        };
        property = property.DeepClone();
        property["counter"] = (int)property["counter"]! + 50;
        forge(property);
        await eve.SetPropertyAsync(key, IssueRegister.Key, property);
    }

    private static JsonArray Entry(JsonNode property, string jira, string ado) =>
        new((int)property["counter"]!, ShortDigest.Of(jira), ShortDigest.Of(ado));

    private static KeyValuePair<string, FieldBase> Base(int counter, string jira, string ado) =>
        KeyValuePair.Create(Title, new FieldBase(counter, ShortDigest.Of(jira), ShortDigest.Of(ado)));

    /// <summary>Puts another base into the text of the mark.</summary>
    private static async Task ForgeMarkAsync(Board board, int id, KeyValuePair<string, FieldBase> forged, int? rev)
    {
        var mark = (await board.MarksAsync(id)).Single();
        var words = mark.Comment.Split(' ');
        words[4] = rev?.ToString(CultureInfo.InvariantCulture) ?? words[4];
        var known = MarkBase.Parse(words[5][8..])!;
        var others = new[] { State, Tags, "Microsoft.VSTS.Common.Priority" }
            .Where(name => known.Of(name) is not null)
            .Select(name => KeyValuePair.Create(name, known.Of(name)!));
        words[5] = words[5][..8] + MarkBase.Write([forged, .. others], 150);
        await board.SetCommentAsync(id, mark.Url, string.Join(' ', words));
    }

    private static async Task<string> SummaryAsync(World world, string key) => (await world.Tracker.FieldsAsync(key))["summary"]!.ToString();
}
