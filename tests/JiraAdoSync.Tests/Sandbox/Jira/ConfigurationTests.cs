using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

public class ConfigurationTests
{
    [Fact]
    public async Task Projects_are_paged()
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue("AAA", 1, 1), SeedText.Issue(1));

        var first = await jira.GetAsync("project/search?maxResults=1");
        var last = await jira.GetAsync("project/search?maxResults=1&startAt=1");
        var found = await jira.GetAsync("project/search?query=shop");

        Assert.Equal("self maxResults startAt total isLast values nextPage", first.Names());
        Assert.Equal(("AAA", "2", "false"), (first.At("values.0.key"), first.At("total"), first.At("isLast")));
        Assert.Equal(("SHOP", "true"), (last.At("values.0.key"), last.At("isLast")));
        Assert.Null(last.At("nextPage"));
        Assert.Equal(("SHOP", "1"), (found.At("values.0.key"), found.At("total")));
    }

    [Fact]
    public async Task A_project_is_read_by_key_and_id_and_shows_its_types()
    {
        await using var jira = await JiraWire.StartAsync();

        var byKey = await jira.GetAsync("project/SHOP");
        var byId = await jira.GetAsync($"project/{byKey.At("id")}");
        var none = await jira.GetAsync("project/NONE");

        Assert.Equal("Shop", byKey.At("name"));
        Assert.Equal("Epic Story Task Bug Sub-task",
            string.Join(' ', byKey.Json["issueTypes"]!.AsArray().Select(type => type!["name"]!.ToString())));
        Assert.Equal(byKey.Text, byId.Text);
        Assert.Equal(404, none.Status);
        Assert.Equal("No project could be found with key 'NONE'.", none.Error);
    }

    [Fact]
    public async Task Statuses_have_one_of_three_categories()
    {
        await using var jira = await JiraWire.StartAsync();

        var reply = await jira.GetAsync("status");

        Assert.Equal("To Do/new In Progress/indeterminate Done/done", string.Join(' ', reply.Json.AsArray()
            .Select(status => $"{status!["name"]}/{status["statusCategory"]!["key"]}")));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("done")]
    public async Task Categories_of_statuses_are_read_alone(string name)
    {
        await using var jira = await JiraWire.StartAsync();

        Assert.Equal(3, (await jira.GetAsync("statuscategory")).Json.AsArray().Count);
        Assert.EndsWith($"/statuscategory/{(name == "2" ? 2 : 3)}",
            (await jira.GetAsync($"statuscategory/{name}")).At("self"), StringComparison.Ordinal);
        Assert.Equal(404, (await jira.GetAsync("statuscategory/none")).Status);
    }

    [Fact]
    public async Task Cloud_still_reports_what_all_projects_take_at_once()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue("AAA", 1, 1), SeedText.Issue(1));

        var plain = await jira.GetAsync("issue/createmeta?projectKeys=shop");
        var expanded = await jira.GetAsync(
            "issue/createmeta?projectKeys=SHOP&issuetypeNames=Bug&expand=projects.issuetypes.fields");
        await using var server = await JiraWire.StartAsync(new SandboxOptions { Jira = JiraFlavor.DataCenter });

        Assert.Equal(("SHOP", null), (plain.At("projects.0.key"), plain.At("projects.1.key")));
        Assert.Null(plain.At("projects.0.issuetypes.0.fields"));
        Assert.Equal("Bug", expanded.At("projects.0.issuetypes.0.name"));
        Assert.Equal("true", expanded.At("projects.0.issuetypes.0.fields.summary.required"));
        Assert.Equal(404, (await server.GetAsync("issue/createmeta")).Status);
    }

    [Fact]
    public async Task Fields_list_their_schemas()
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue(1, "\"summary\": \"S\", \"customfield_10020\": \"x\""));

        var fields = (await jira.GetAsync("field")).Json.AsArray();

        Assert.Equal("""{"type":"array","system":"issuelinks","items":"issuelinks"}""",
            fields.Single(field => field!["id"]!.ToString() == "issuelinks")!["schema"]!.ToJsonString());
        Assert.Equal("10020", fields.Single(
            field => field!["id"]!.ToString() == "customfield_10020")!["schema"]!["customId"]!.ToString());
        Assert.Equal("""["cf[10020]","customfield_10020"]""",
            fields.Single(field => field!["id"]!.ToString() == "customfield_10020")!["clauseNames"]!.ToJsonString());
    }
}
