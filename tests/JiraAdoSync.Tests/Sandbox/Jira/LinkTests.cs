using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public class LinkTests
{
    [Fact]
    public async Task Writing_flips_the_names_the_inward_issue_of_the_body_is_the_source()
    {
        await using var jira = await TwoIssuesAsync();

        var created = await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        var source = await jira.GetAsync("issue/SHOP-1");
        var target = await jira.GetAsync("issue/SHOP-2");

        Assert.Equal(201, created.Status);
        Assert.Equal("", created.Text);
        Assert.Null(created.Header("Location"));
        Assert.Equal("id self type outwardIssue", source.Names("fields.issuelinks.0"));
        Assert.Equal("SHOP-2", source.At("fields.issuelinks.0.outwardIssue.key"));
        Assert.Equal("blocks", source.At("fields.issuelinks.0.type.outward"));
        Assert.Equal("id self type inwardIssue", target.Names("fields.issuelinks.0"));
        Assert.Equal("SHOP-1", target.At("fields.issuelinks.0.inwardIssue.key"));
        Assert.Equal("is blocked by", target.At("fields.issuelinks.0.type.inward"));
    }

    [Fact]
    public async Task Both_ends_show_one_id_and_of_the_other_issue_four_fields()
    {
        await using var jira = await TwoIssuesAsync();
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        var source = await jira.GetAsync("issue/SHOP-1");
        var target = await jira.GetAsync("issue/SHOP-2");

        Assert.Equal("10001", source.At("fields.issuelinks.0.id"));
        Assert.Equal("10001", target.At("fields.issuelinks.0.id"));
        Assert.Equal($"{jira.Server.JiraUri}/rest/api/3/issueLink/10001", source.At("fields.issuelinks.0.self"));
        Assert.Equal("id key self fields", source.Names("fields.issuelinks.0.outwardIssue"));
        Assert.Equal("summary status priority issuetype", source.Names("fields.issuelinks.0.outwardIssue.fields"));
    }

    [Fact]
    public async Task The_read_of_a_link_names_its_ends_as_writing_does()
    {
        await using var jira = await TwoIssuesAsync();
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        var link = await jira.GetAsync("issueLink/10001");

        Assert.Equal("id self type inwardIssue outwardIssue", link.Names());
        Assert.Equal("SHOP-1", link.At("inwardIssue.key"));
        Assert.Equal("SHOP-2", link.At("outwardIssue.key"));
    }

    [Fact]
    public async Task A_duplicate_is_answered_201_and_makes_no_second_link_but_the_other_direction_does()
    {
        await using var jira = await TwoIssuesAsync();
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        var again = await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        var once = await jira.GetAsync("issue/SHOP-1");
        var back = await jira.LinkAsync("SHOP-2", "Blocks", "SHOP-1");
        var twice = await jira.GetAsync("issue/SHOP-1");

        Assert.Equal((201, ""), (again.Status, again.Text));
        Assert.Single(once.Json["fields"]!["issuelinks"]!.AsArray());
        Assert.Equal(201, back.Status);
        Assert.Equal(2, twice.Json["fields"]!["issuelinks"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_link_is_written_by_ids_too()
    {
        await using var jira = await TwoIssuesAsync();
        var type = (await jira.GetAsync("issueLinkType")).Json["issueLinkTypes"]!.AsArray()
            .Single(one => one!["name"]!.ToString() == "Relates")!["id"];

        var created = await jira.PostAsync("issueLink",
            $$"""{"type": {"id": "{{type}}"}, "inwardIssue": {"id": "10001"}, "outwardIssue": {"id": "10002"} }""");

        Assert.Equal(201, created.Status);
        Assert.Equal("Relates", (await jira.GetAsync("issue/SHOP-1")).At("fields.issuelinks.0.type.name"));
    }

    [Fact]
    public async Task An_issue_is_not_linked_to_itself()
    {
        await using var jira = await TwoIssuesAsync();

        var reply = await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-1");

        Assert.Equal(400, reply.Status);
        Assert.Equal("You cannot link an issue to itself.", reply.Error);
    }

    [Theory]
    [InlineData("\"name\": \"blocks\"", "No issue link type with name 'blocks' found.")]
    [InlineData("\"name\": \"Nonsense\"", "No issue link type with name 'Nonsense' found.")]
    [InlineData("\"id\": \"1\"", "No issue link type with id '1' found.")]
    public async Task A_link_type_that_is_none_is_404_and_names_have_their_case(string type, string message)
    {
        await using var jira = await TwoIssuesAsync();

        var reply = await jira.PostAsync("issueLink",
            "{\"type\": {" + type
                + "}, \"inwardIssue\": {\"key\": \"SHOP-1\"}, \"outwardIssue\": {\"key\": \"SHOP-2\"}}");

        Assert.Equal(404, reply.Status);
        Assert.Equal(message, reply.Error);
    }

    [Theory]
    [InlineData("SHOP-1", "SHOP-9")]
    [InlineData("SHOP-9", "SHOP-1")]
    public async Task An_end_that_is_not_there_is_404(string source, string target)
    {
        await using var jira = await TwoIssuesAsync();

        Assert.Equal(404, (await jira.LinkAsync(source, "Blocks", target)).Status);
    }

    [Fact]
    public async Task Linking_without_an_account_lacks_a_permission_and_is_401()
    {
        await using var jira = await TwoIssuesAsync();
        jira.Authorization = null;

        var reply = await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        Assert.Equal(401, reply.Status);
        Assert.Equal("No Link Issue Permission for issue 'SHOP-1'", reply.Error);
    }

    [Fact]
    public async Task A_deleted_link_disappears_from_both_ends()
    {
        await using var jira = await TwoIssuesAsync();
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        var deleted = await jira.DeleteAsync("issueLink/10001");
        var again = await jira.DeleteAsync("issueLink/10001");

        Assert.Equal((204, ""), (deleted.Status, deleted.Text));
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["issuelinks"]!.ToJsonString());
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-2")).Json["fields"]!["issuelinks"]!.ToJsonString());
        Assert.Equal(404, again.Status);
        Assert.Equal("No issue link with id '10001' exists.", again.Error);
        Assert.Equal("No issue link with id '10001' exists.", (await jira.GetAsync("issueLink/10001")).Error);
    }

    [Fact]
    public async Task A_new_link_never_takes_the_id_of_an_old_one()
    {
        await using var jira = await TwoIssuesAsync();
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        await jira.DeleteAsync("issueLink/10001");

        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");

        Assert.Equal("10002", (await jira.GetAsync("issue/SHOP-1")).At("fields.issuelinks.0.id"));
    }

    [Fact]
    public async Task A_site_has_the_four_types_of_Jira()
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.GetAsync("issueLinkType");
        var types = reply.Json["issueLinkTypes"]!.AsArray();

        Assert.Equal("id name inward outward self", reply.Names("issueLinkTypes.0"));
        Assert.Equal(
            "Blocks/is blocked by/blocks Cloners/is cloned by/clones Duplicate/is duplicated by/duplicates Relates/relates to/relates to",
            string.Join(' ', types.Select(type => $"{type!["name"]}/{type["inward"]}/{type["outward"]}")));
        Assert.Equal(types[0]!.ToJsonString(), (await jira.GetAsync($"issueLinkType/{types[0]!["id"]}")).Text);
        Assert.Equal("No issue link type with id '1' found.", (await jira.GetAsync("issueLinkType/1")).Error);
    }

    [Fact]
    public async Task A_type_is_added_and_a_second_one_of_its_name_is_not()
    {
        await using var jira = await TwoIssuesAsync();

        var added = await jira.PostAsync("issueLinkType", """{"name": "Depends", "inward": "is needed by", "outward": "depends on"}""");
        var again = await jira.PostAsync("issueLinkType", """{"name": "depends", "inward": "is needed by", "outward": "depends on"}""");
        var half = await jira.PostAsync("issueLinkType", """{"name": "Half", "inward": "in"}""");

        Assert.Equal(201, added.Status);
        Assert.Equal("depends on", added.At("outward"));
        Assert.Equal(400, again.Status);
        Assert.Equal(400, half.Status);
        Assert.Equal(201, (await jira.LinkAsync("SHOP-1", "Depends", "SHOP-2")).Status);
    }

    [Fact]
    public async Task A_type_is_worded_anew_and_its_links_with_it()
    {
        await using var jira = await TwoIssuesAsync();
        await jira.LinkAsync("SHOP-1", "Cloners", "SHOP-2");
        var id = (await jira.GetAsync("issue/SHOP-1")).At("fields.issuelinks.0.type.id");

        var edited = await jira.PutAsync($"issueLinkType/{id}", """{"inward": "is cloned into", "outward": "is cloned from"}""");
        var duplicate = await jira.PutAsync($"issueLinkType/{id}", """{"name": "blocks"}""");

        Assert.Equal(("Cloners", "is cloned from"), (edited.At("name"), edited.At("outward")));
        Assert.Equal(400, duplicate.Status);
        Assert.Equal("is cloned into", (await jira.GetAsync("issue/SHOP-2")).At("fields.issuelinks.0.type.inward"));
    }

    [Fact]
    public async Task A_removed_type_removes_its_links()
    {
        await using var jira = await TwoIssuesAsync();
        await jira.LinkAsync("SHOP-1", "Cloners", "SHOP-2");
        var id = (await jira.GetAsync("issue/SHOP-1")).At("fields.issuelinks.0.type.id");

        Assert.Equal(204, (await jira.DeleteAsync($"issueLinkType/{id}")).Status);
        Assert.Equal(404, (await jira.DeleteAsync($"issueLinkType/{id}")).Status);
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["issuelinks"]!.ToJsonString());
    }

    [Fact]
    public async Task Links_do_not_move_updated_unless_a_switch_says_so()
    {
        var time = new SettableTime();
        var switches = new SandboxSwitches();
        await using var jira = await JiraWire.StartAsync(
            new SandboxOptions { TimeProvider = time, Switches = switches });
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");

        time.Now += TimeSpan.FromMinutes(1);
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        var still = await jira.GetAsync("issue/SHOP-1");
        switches.LinksMoveUpdated = true;
        await jira.DeleteAsync("issueLink/10001");
        var source = await jira.GetAsync("issue/SHOP-1");
        var target = await jira.GetAsync("issue/SHOP-2");
        time.Now += TimeSpan.FromMinutes(1);
        await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2");
        var linked = await jira.GetAsync("issue/SHOP-2");

        Assert.Equal("2026-03-11T12:00:00.000+0000", still.At("fields.updated"));
        Assert.Equal("2026-03-11T12:01:00.000+0000", source.At("fields.updated"));
        Assert.Equal("2026-03-11T12:01:00.000+0000", target.At("fields.updated"));
        Assert.Equal("2026-03-11T12:02:00.000+0000", linked.At("fields.updated"));
    }

    private static async Task<JiraWire> TwoIssuesAsync()
    {
        var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");
        return jira;
    }

    [Theory]
    [InlineData(2, 201, 201)]
    [InlineData(1, 413, 413)]
    public async Task An_issue_takes_as_many_links_to_issues_and_to_the_web_as_the_switch_says(
        int limit, int link, int remote)
    {
        await using var jira = await JiraWire.StartAsync();
        jira.Server.Switches.JiraLinksPerIssue = limit;
        foreach (var summary in (string[])["One", "Two", "Three"])
        {
            await jira.CreateAsync(summary);
        }

        Assert.Equal(201, (await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2")).Status);
        Assert.Equal(link, (await jira.LinkAsync("SHOP-3", "Blocks", "SHOP-2")).Status);
        Assert.Equal(201, (await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2")).Status);
        const string Web = """{"globalId": "1", "object": {"url": "http://x/1", "title": "1"}}""";
        Assert.Equal(201, (await jira.PostAsync("issue/SHOP-1/remotelink", Web)).Status);
        Assert.Equal(remote, (await jira.PostAsync("issue/SHOP-1/remotelink", """{"object": {"url": "http://x/2", "title": "2"}}""")).Status);
        Assert.Equal(200, (await jira.PostAsync("issue/SHOP-1/remotelink", Web)).Status);
    }

    [Theory]
    [InlineData(false, 200, 201)]
    [InlineData(true, 404, 404)]
    public async Task A_site_without_linking_knows_neither_types_nor_links(bool disabled, int types, int link)
    {
        await using var jira = await JiraWire.StartAsync();
        jira.Server.Switches.IssueLinkingIsDisabled = disabled;
        await jira.CreateAsync("One");
        await jira.CreateAsync("Two");

        var list = await jira.GetAsync("issueLinkType");
        Assert.Equal(types, list.Status);
        Assert.Equal(link, (await jira.LinkAsync("SHOP-1", "Blocks", "SHOP-2")).Status);
        if (disabled)
        {
            Assert.Equal("Issue linking is currently disabled.", list.Error);
        }
    }
}
