using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.Jira;

/// <summary>Custom fields, sprints, components, versions, and the lists that people choose from.</summary>
public sealed class FieldTests
{
    [Theory]
    [InlineData(JiraFlavor.Cloud, "customfield_10020", "customfield_10026")]
    [InlineData(JiraFlavor.DataCenter, "customfield_10100", "customfield_10106")]
    public async Task Sprint_and_story_points_are_found_by_their_schema(JiraFlavor flavor, string sprint, string points)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = flavor });
        var fields = (await jira.GetAsync("field")).Json.AsArray();
        Assert.Equal(
            sprint, fields.Single(field => Custom(field) == "com.pyxis.greenhopper.jira:gh-sprint")!["id"]!.ToString());
        Assert.Equal(points, fields.Single(field => field!["name"]!.ToString() == "Story Points")!["id"]!.ToString());
        Assert.Equal(flavor == JiraFlavor.Cloud ? 1 : 0,
            fields.Count(field => Custom(field) == "com.pyxis.greenhopper.jira:jsw-story-points"));
        Assert.Equal(flavor == JiraFlavor.Cloud ? 0 : 1,
            fields.Count(field => Custom(field) == "com.pyxis.greenhopper.jira:gh-epic-link"));

        static string? Custom(JsonNode? field) => field!["schema"]!["custom"]?.ToString();
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task An_issue_moves_through_sprints_by_edit_and_by_board(JiraFlavor flavor)
    {
        await using var jira = await JiraWire.StartAsync(new SandboxOptions { Jira = flavor });
        var field = flavor == JiraFlavor.Cloud ? "customfield_10020" : "customfield_10100";
        const string Agile = "/jira/rest/agile/1.0";
        Assert.Equal(201, (await jira.PostAsync($"{Agile}/sprint", """{"name": "Sprint 1", "originBoardId": 1, "startDate": "2026-03-01T00:00:00.000Z"}""")).Status);
        Assert.Equal("2", (await jira.PostAsync($"{Agile}/sprint", """{"name": "Sprint 2", "originBoardId": 1}""")).At("id"));
        Assert.Equal("2", (await jira.GetAsync($"{Agile}/board/1/sprint")).At("total"));
        await jira.CreateAsync("One");
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", $$$"""{"fields": {"{{{field}}}": 1} }""")).Status);
        await jira.PostAsync($"{Agile}/sprint/1", """{"state": "active"}""");
        Assert.Equal("SHOP-1", await jira.KeysAsync("sprint in openSprints()"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("sprint = \"Sprint 1\""));
        await jira.PostAsync($"{Agile}/sprint/1", """{"state": "closed"}""");
        Assert.Equal(204, (await jira.PostAsync($"{Agile}/sprint/2/issue", """{"issues": ["SHOP-1"]}""")).Status);
        var sprints = (await jira.GetAsync("issue/SHOP-1")).Json["fields"]![field]!.AsArray();
        Assert.Equal(2, sprints.Count);
        if (flavor == JiraFlavor.Cloud)
        {
            Assert.Equal("closed", sprints[0]!["state"]!.ToString());
            Assert.Equal("Sprint 2", sprints[1]!["name"]!.ToString());
        }
        else
        {
            Assert.Matches(@"^com\.atlassian\.greenhopper\.service\.sprint\.Sprint@[0-9a-f]+\[id=1,rapidViewId=1,state=CLOSED,name=Sprint 1,",
                sprints[0]!.ToString());
        }

        // What reads show is not what edits take.
        foreach (var value in (string[])["\"Sprint 1\"", "[{\"id\": 2}]", "[2]", "99"])
        {
            Assert.Equal("Number value expected as the Sprint id.", (await jira.PutAsync(
                "issue/SHOP-1", $$$"""{"fields": {"{{{field}}}": {{{value}}}} }""")).At($"errors.{field}"));
        }

        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", $$$"""{"fields": {"{{{field}}}": null} }""")).Status);
        Assert.Single((await jira.GetAsync("issue/SHOP-1")).Json["fields"]![field]!.AsArray());
    }

    [Theory]
    [InlineData("textfield", "\"a\"", "{\"value\": \"b\"}", "Operation value must be a string")]
    [InlineData("select", "{\"value\": \"a\"}", "\"b\"", "data was not an object")]
    [InlineData("multicheckboxes", "[{\"value\": \"a\"}]", "{\"value\": \"b\"}", "data was not an array")]
    [InlineData("labels", "[\"a\"]", "\"b\"", "data was not an array")]
    [InlineData("userpicker", "{\"accountId\": \"1\", \"displayName\": \"A\"}", "\"b\"", "data was not an object")]
    [InlineData("float", "7.5", "\"8\"", "Operation value must be a number")]
    public async Task Each_kind_of_custom_field_is_written_in_its_own_shape(
        string kind, string value, string wrong, string message)
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue(1, $"\"summary\": \"S\", \"customfield_10700\": {value}"));
        var schema = (await jira.GetAsync("field")).Json.AsArray()
            .Single(one => one!["id"]!.ToString() == "customfield_10700")!["schema"]!;
        Assert.EndsWith(":" + kind, schema["custom"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(message, (await jira.PutAsync("issue/SHOP-1", $$$"""{"fields": {"customfield_10700": {{{wrong}}}} }""")).At("errors.customfield_10700"));
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", $$$"""{"fields": {"customfield_10700": {{{value}}}} }""")).Status);
        Assert.Equal(204, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"customfield_10700": null} }""")).Status);
    }

    [Fact]
    public async Task Versions_are_renamed_released_and_removed_wherever_they_show()
    {
        await using var jira = await JiraWire.StartAsync();
        var created = await jira.PostAsync("version", """{"name": "1.0", "project": "SHOP", "description": "First"}""");
        Assert.Equal((201, "First", "false"), (created.Status, created.At("description"), created.At("released")));
        var path = $"version/{created.At("id")}";
        await jira.CreateAsync("One", more: "\"fixVersions\": [{\"name\": \"1.0\"}]");
        var changed = await jira.PutAsync(path, """{"name": "1.1", "released": true, "releaseDate": "2026-03-01"}""");
        Assert.Equal((200, "1.1", "true"), (changed.Status, changed.At("name"), changed.At("released")));
        Assert.Equal("1.1", (await jira.GetAsync("issue/SHOP-1")).At("fields.fixVersions.0.name"));
        Assert.Equal("1.1", (await jira.GetAsync("project/SHOP/version?maxResults=1")).At("values.0.name"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("fixVersion = \"1.1\""));
        Assert.Equal("A version with this name already exists in this project.",
            (await jira.PostAsync("version", """{"name": "1.1", "project": "SHOP"}""")).At("errors.name"));
        Assert.Equal(404, (await jira.PostAsync("version", """{"name": "2", "project": "NONE"}""")).Status);
        Assert.Equal(204, (await jira.DeleteAsync(path)).Status);
        Assert.Equal(404, (await jira.GetAsync(path)).Status);
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["fixVersions"]!.ToJsonString());
    }

    [Fact]
    public async Task Story_points_are_a_number()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One", more: "\"customfield_10026\": 5");
        Assert.Equal("5", (await jira.GetAsync("issue/SHOP-1")).At("fields.customfield_10026"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("\"Story Points\" > 3"));
        Assert.Equal("Operation value must be a number", (await jira.PutAsync(
            "issue/SHOP-1", """{"fields": {"customfield_10026": "many"} }""")).At("errors.customfield_10026"));
    }

    [Fact]
    public async Task A_seed_says_itself_what_its_custom_fields_are()
    {
        var named = JsonNode.Parse(
            SeedText.Issue(1, "\"summary\": \"S\", \"customfield_10500\": \"SHOP-2\", \"customfield_10501\": 3"))!;
        named["names"] = new JsonObject { ["customfield_10500"] = "Epic Link", ["customfield_10501"] = "Story Points" };
        named["schema"] = JsonNode.Parse("""
            {"customfield_10500": {"type": "any", "custom": "com.pyxis.greenhopper.jira:gh-epic-link", "customId": 10500},
             "customfield_10501": {"type": "number", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:float", "customId": 10501} }
            """);
        await using var jira = await JiraWire.StartAsync(
            new SandboxOptions { Jira = JiraFlavor.DataCenter, Seed = [named.ToJsonString(), SeedText.Issue(2)] });
        Assert.Equal("SHOP-2", (await jira.GetAsync("issue/SHOP-1")).At("fields.customfield_10500"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("\"Epic Link\" = SHOP-2"));
        Assert.Equal("SHOP-1", await jira.KeysAsync("\"Story Points\" = 3"));
        Assert.Single(
            (await jira.GetAsync("field")).Json.AsArray(), field => field!["name"]!.ToString() == "Epic Link");
    }

    [Theory]
    [InlineData("[{\"id\": 4, \"name\": \"S4\", \"state\": \"active\", \"boardId\": 1}]", "gh-sprint", "Sprint")]
    [InlineData("[{\"value\": \"a\"}]", "multicheckboxes", "customfield_10700")]
    [InlineData("[\"a\"]", "labels", "customfield_10700")]
    [InlineData("{\"type\": \"doc\", \"version\": 1, \"content\": []}", "textarea", "customfield_10700")]
    [InlineData("{\"accountId\": \"1\", \"displayName\": \"A\"}", "userpicker", "customfield_10700")]
    [InlineData("{\"id\": \"1\", \"value\": \"a\"}", "select", "customfield_10700")]
    [InlineData("7.5", "float", "customfield_10700")]
    [InlineData("\"text\"", "textfield", "customfield_10700")]
    public async Task A_field_is_guessed_by_its_value_where_the_seed_does_not_say(
        string value, string kind, string name)
    {
        await using var jira = await JiraWire.StartAsync(
            SeedText.Issue(1, $"\"summary\": \"S\", \"customfield_10700\": {value}"));
        var field = (await jira.GetAsync("field")).Json.AsArray()
            .Single(one => one!["id"]!.ToString() == "customfield_10700")!;
        Assert.EndsWith(":" + kind, field["schema"]!["custom"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(name, field["name"]!.ToString());
    }

    [Fact]
    public async Task A_rich_custom_field_is_a_document_and_rendered()
    {
        await using var jira = await JiraWire.StartAsync(SeedText.Issue(
            1, "\"summary\": \"S\", \"customfield_10700\": {\"type\": \"doc\", \"version\": 1, \"content\": [{\"type\": \"rule\"}]}"));
        Assert.Equal("<hr />\n",
            (await jira.GetAsync("issue/SHOP-1?expand=renderedFields")).At("renderedFields.customfield_10700"));
        Assert.Equal(400, (await jira.PutAsync("issue/SHOP-1", """{"fields": {"customfield_10700": "plain"} }""")).Status);
    }

    [Fact]
    public async Task Components_and_versions_are_made_chosen_and_shown_with_their_addresses()
    {
        await using var jira = await JiraWire.StartAsync();
        Assert.Equal(201, (await jira.PostAsync("component", """{"name": "Web", "project": "SHOP"}""")).Status);
        Assert.Equal(201, (await jira.PostAsync("version", """{"name": "1.0", "project": "SHOP"}""")).Status);
        await jira.CreateAsync(
            "One", more: "\"components\": [{\"name\": \"Web\"}], \"fixVersions\": [{\"name\": \"1.0\"}]");
        var issue = await jira.GetAsync("issue/SHOP-1");
        Assert.Equal("Web", issue.At("fields.components.0.name"));
        Assert.EndsWith($"/component/{issue.At("fields.components.0.id")}", issue.At("fields.components.0.self"),
            StringComparison.Ordinal);
        Assert.Equal("[]", issue.Json["fields"]!["versions"]!.ToJsonString());
        Assert.Equal("SHOP-1", await jira.KeysAsync("component = Web AND fixVersion = \"1.0\""));
        await jira.PutAsync("issue/SHOP-1", """{"update": {"components": [{"remove": {"name": "Web"} }]} }""");
        Assert.Equal("[]", (await jira.GetAsync("issue/SHOP-1")).Json["fields"]!["components"]!.ToJsonString());
        Assert.Equal("Component name 'None' is not valid", (await jira.PutAsync(
            "issue/SHOP-1", """{"fields": {"components": [{"name": "None"}]} }""")).At("errors.components"));
        Assert.Equal("1.0", (await jira.GetAsync("project/SHOP/versions")).At("0.name"));
    }

    [Fact]
    public async Task Labels_statuses_and_types_are_listed()
    {
        await using var jira = await JiraWire.StartAsync();
        await jira.CreateAsync("One", more: "\"labels\": [\"web\", \"ads\"]");
        Assert.Equal("""["ads","web"]""", (await jira.GetAsync("label")).Json["values"]!.ToJsonString());
        Assert.Equal("web", (await jira.GetAsync("label?startAt=1&maxResults=1")).At("values.0"));
        var statuses = await jira.GetAsync("statuses/search?statusCategory=IN_PROGRESS");
        Assert.Equal("In Progress", statuses.At("values.0.name"));
        Assert.Equal("1", statuses.At("total"));
        Assert.Equal("To Do", (await jira.GetAsync("issue/SHOP-1")).At("fields.statusCategory.name"));
        var project = (await jira.GetAsync("project/SHOP")).At("id");
        Assert.Equal("Sub-task", (await jira.GetAsync($"issuetype/project?projectId={project}&level=-1")).At("0.name"));
        Assert.Equal(404, (await jira.GetAsync("issuetype/project?projectId=77")).Status);
    }

    [Fact]
    public async Task Queries_are_parsed_into_trees()
    {
        await using var jira = await JiraWire.StartAsync();
        var parsed = (await jira.PostAsync("jql/parse", """
            {"queries": ["summary ~ test AND (labels in (urgent, \"not now\") OR assignee = currentUser()) ORDER BY updated DESC",
              "summary = test", "nonsense query", "project = NONE", "universe = 42", "not (status is empty)"]}
            """)).Json["queries"]!;
        Assert.Equal(
            """{"clauses":[{"field":{"name":"summary","encodedName":"summary"},"operator":"~","operand":{"value":"test","encodedValue":"test"}},"""
            + """{"clauses":[{"field":{"name":"labels","encodedName":"labels"},"operator":"in","operand":{"values":[{"value":"urgent","encodedValue":"urgent"},"""
            + """{"value":"not now","encodedValue":"\u0022not now\u0022"}],"encodedOperand":"(urgent, \u0022not now\u0022)"}},"""
            + """{"field":{"name":"assignee","encodedName":"assignee"},"operator":"=","operand":{"function":"currentUser","arguments":[],"encodedOperand":"currentUser()"}}],"operator":"or"}],"operator":"and"}""",
            parsed[0]!["structure"]!["where"]!.ToJsonString());
        Assert.Equal("desc", parsed[0]!["structure"]!["orderBy"]!["fields"]![0]!["direction"]!.ToString());
        Assert.Equal("The operator '=' is not supported by the 'summary' field.", parsed[1]!["errors"]![0]!.ToString());
        Assert.StartsWith("Error in the JQL Query", parsed[2]!["errors"]![0]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("NONE", parsed[3]!["errors"]![0]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Field 'universe' does not exist or you do not have permission to view it.",
            parsed[4]!["errors"]![0]!.ToString());
        Assert.Equal("not", parsed[5]!["structure"]!["where"]!["operator"]!.ToString());
        var warned = await jira.PostAsync("jql/parse?validation=warn", """{"queries": ["project = NONE"]}""");
        Assert.NotNull(warned.At("queries.0.warnings.0"));
        Assert.NotNull(warned.At("queries.0.structure.where.operator"));
    }
}
