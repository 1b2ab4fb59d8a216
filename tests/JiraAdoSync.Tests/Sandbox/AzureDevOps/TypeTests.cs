using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>
/// What an organisation has: relation types, work item types and states, fields, tags, areas and iterations.
/// </summary>
public sealed class TypeTests
{
    [Fact]
    public async Task There_are_the_21_recorded_relation_types()
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.GetAsync("_apis/wit/workitemrelationtypes")).Ok();
        Assert.Equal("21", reply["count"]);
        Assert.Equal(
            [
                "ArtifactLink  ", "AttachedFile  ", "Hyperlink  ",
                "Microsoft.VSTS.Common.Affects-Forward dependency true",
                "Microsoft.VSTS.Common.Affects-Reverse dependency false",
                "Microsoft.VSTS.Common.TestedBy-Forward dependency true",
                "Microsoft.VSTS.Common.TestedBy-Reverse dependency false",
                "Microsoft.VSTS.TestCase.SharedParameterReferencedBy-Forward dependency true",
                "Microsoft.VSTS.TestCase.SharedParameterReferencedBy-Reverse dependency false",
                "Microsoft.VSTS.TestCase.SharedStepReferencedBy-Forward dependency true",
                "Microsoft.VSTS.TestCase.SharedStepReferencedBy-Reverse dependency false",
                "System.LinkTypes.Dependency-Forward dependency true",
                "System.LinkTypes.Dependency-Reverse dependency false",
                "System.LinkTypes.Duplicate-Forward tree true", "System.LinkTypes.Duplicate-Reverse tree false",
                "System.LinkTypes.Hierarchy-Forward tree true", "System.LinkTypes.Hierarchy-Reverse tree false",
                "System.LinkTypes.Related network ",
                "System.LinkTypes.Remote.Dependency-Forward dependency true",
                "System.LinkTypes.Remote.Dependency-Reverse dependency false",
                "System.LinkTypes.Remote.Related network ",
            ],
            reply.List("value")
                .Select(type => $"{type!["referenceName"]} {type["attributes"]!["topology"]} {Lower(type["attributes"]!["isForward"])}")
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("System.LinkTypes.Hierarchy-Reverse",
        """{"usage":"workItemLink","editable":false,"enabled":true,"acyclic":true,"directional":true,"singleTarget":false,"topology":"tree","isForward":false,"oppositeEndReferenceName":"System.LinkTypes.Hierarchy-Forward","remote":false}""")]
    [InlineData("System.LinkTypes.Related",
        """{"usage":"workItemLink","editable":false,"enabled":true,"acyclic":false,"directional":false,"singleTarget":true,"topology":"network","remote":false}""")]
    [InlineData("System.LinkTypes.Remote.Dependency-Forward",
        """{"usage":"workItemLink","editable":false,"enabled":true,"acyclic":true,"directional":true,"singleTarget":true,"topology":"dependency","isForward":true,"oppositeEndReferenceName":"System.LinkTypes.Remote.Dependency-Reverse","remote":true}""")]
    [InlineData("Microsoft.VSTS.Common.Affects-Forward",
        """{"usage":"workItemLink","editable":true,"enabled":true,"acyclic":true,"directional":true,"singleTarget":true,"topology":"dependency","isForward":true,"oppositeEndReferenceName":"Microsoft.VSTS.Common.Affects-Reverse","remote":false}""")]
    [InlineData("Hyperlink", """{"usage":"resourceLink","editable":false,"enabled":true}""")]
    public async Task A_relation_type_has_the_recorded_attributes(string name, string attributes)
    {
        await using var ado = await Ado.StartAsync();
        var type = (await ado.GetAsync($"_apis/wit/workitemrelationtypes/{name.ToLowerInvariant()}")).Ok();
        Assert.Equal(name, type["referenceName"]);
        Assert.Equal(
            JsonNode.Parse(attributes)!.AsObject().OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value}"),
            type.Node("attributes")!.AsObject().OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value}"));
    }

    [Fact]
    public async Task A_relation_type_that_is_not_there_is_not_found()
    {
        await using var ado = await Ado.StartAsync();
        Assert.Equal(404, (await ado.GetAsync("_apis/wit/workitemrelationtypes/Nothing")).Status);
    }

    [Theory]
    [InlineData(ProcessTemplate.Agile, "Bug, Epic, Feature, Issue, Task, User Story")]
    [InlineData(ProcessTemplate.Scrum, "Bug, Epic, Feature, Impediment, Product Backlog Item, Task")]
    [InlineData(ProcessTemplate.Cmmi, "Bug, Change Request, Epic, Feature, Issue, Requirement, Review, Risk, Task")]
    [InlineData(ProcessTemplate.Basic, "Epic, Issue, Task")]
    public async Task Each_process_has_its_types_and_those_of_test_plans(ProcessTemplate process, string types)
    {
        await using var ado = await Ado.StartAsync(process: process);
        Assert.Equal(
            types.Split(", ").Concat(
            [
                "Code Review Request", "Code Review Response", "Feedback Request", "Feedback Response",
                "Shared Parameter",
                "Shared Steps", "Test Case", "Test Plan", "Test Suite",
            ]),
            (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypes")).Ok().Texts("value", "name"));
    }

    [Theory]
    [InlineData(ProcessTemplate.Agile, "User Story", "New Proposed, Active InProgress, Resolved InProgress, Closed Completed, Removed Removed")]
    [InlineData(ProcessTemplate.Agile, "Task", "New Proposed, Active InProgress, Closed Completed, Removed Removed")]
    [InlineData(ProcessTemplate.Scrum, "Product Backlog Item", "New Proposed, Approved Proposed, Committed InProgress, Done Completed, Removed Removed")]
    [InlineData(ProcessTemplate.Scrum, "Task", "To Do Proposed, In Progress InProgress, Done Completed, Removed Removed")]
    [InlineData(ProcessTemplate.Cmmi, "Requirement", "Proposed Proposed, Active InProgress, Resolved InProgress, Closed Completed")]
    [InlineData(ProcessTemplate.Basic, "Issue", "To Do Proposed, Doing InProgress, Done Completed")]
    public async Task A_type_has_its_states_with_their_categories(ProcessTemplate process, string type, string states)
    {
        await using var ado = await Ado.StartAsync(process: process);
        var reply = (await ado.GetAsync($"Fabrikam/_apis/wit/workitemtypes/{Uri.EscapeDataString(type)}/states")).Ok();
        Assert.Equal(states, string.Join(", ", reply.List("value").Select(one => $"{one!["name"]} {one["category"]}")));
        Assert.All(reply.List("value"), one => Assert.Matches("^[0-9a-f]{6}$", one!["color"]!.ToString()));
        var first = states.Split(", ")[0];
        var created = (await ado.TryCreateAsync(type, Op.Title("x"))).Ok();
        Assert.Equal(first[..first.LastIndexOf(' ')], created["fields", "System.State"]);
    }

    [Fact]
    public async Task A_type_is_read_alone_with_states_transitions_and_fields()
    {
        await using var ado = await Ado.StartAsync();
        var type = (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypes/bug")).Ok();
        Assert.Equal("Bug", type["name"]);
        Assert.Equal("Microsoft.VSTS.WorkItemTypes.Bug", type["referenceName"]);
        Assert.Equal("New", type["transitions", "", 0, "to"]);
        Assert.Equal(["New", "Active", "Resolved", "Closed"], type.Texts("states", "name"));
        Assert.Contains("System.Title", type.Texts("fields", "referenceName"));
        Assert.Equal(404, (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypes/Nothing")).Status);
    }

    [Fact]
    public async Task Fields_are_listed_read_by_either_name_and_made()
    {
        await using var ado = await Ado.StartAsync();
        Assert.Contains(
            "System.HyperLinkCount", (await ado.GetAsync("_apis/wit/fields")).Ok().Texts("value", "referenceName"));
        Assert.Equal("System.AreaPath", (await ado.GetAsync("_apis/wit/fields/System.AreaPath")).Ok()["referenceName"]);
        Assert.Equal(
            "System.AreaPath", (await ado.GetAsync("Fabrikam/_apis/wit/fields/Area%20Path")).Ok()["referenceName"]);
        Assert.Equal(404, (await ado.GetAsync("_apis/wit/fields/Custom.JiraId")).Status);
        (await ado.PostAsync("_apis/wit/fields", new JsonObject
        {
            ["name"] = "Jira id", ["referenceName"] = "Custom.JiraId", ["type"] = "string",
        })).Ok();
        Assert.Equal("string", (await ado.GetAsync("_apis/wit/fields/Custom.JiraId")).Ok()["type"]);
        var id = await ado.CreateAsync("Task", Op.Field("Custom.JiraId", "ABC-1"));
        Assert.Equal([id], await ado.IdsAsync("SELECT [System.Id] FROM WorkItems WHERE [Custom.JiraId] = 'ABC-1'"));
    }

    [Fact]
    public async Task Tags_are_those_that_items_have_had()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Field("System.Tags", "beta; alpha"));
        await ado.PatchAsync(id, Op.Remove("/fields/System.Tags"));
        var tags = (await ado.GetAsync("Fabrikam/_apis/wit/tags")).Ok();
        Assert.Equal(["alpha", "beta"], tags.Texts("value", "name"));
        Assert.Equal("beta", (await ado.GetAsync("Fabrikam/_apis/wit/tags/BETA")).Ok()["name"]);
        Assert.Equal("beta", (await ado.GetAsync($"Fabrikam/_apis/wit/tags/{tags["value", 1, "id"]}")).Ok()["name"]);
        Assert.Equal(404, (await ado.GetAsync("Fabrikam/_apis/wit/tags/gamma")).Status);
    }

    [Fact]
    public async Task A_tag_is_renamed_and_deleted_on_every_item()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Field("System.Tags", "alpha; beta"));
        var tag = (await ado.SendAsync("PATCH", "Fabrikam/_apis/wit/tags/beta", new JsonObject { ["name"] = "gamma" }))
            .Ok();
        Assert.Equal("gamma", tag["name"]);
        Assert.Equal("alpha; gamma", (await ado.ReadAsync(id))["fields", "System.Tags"]);
        Assert.Equal(204, (await ado.SendAsync("DELETE", "Fabrikam/_apis/wit/tags/alpha")).Status);
        Assert.Equal("gamma", (await ado.ReadAsync(id))["fields", "System.Tags"]);
        Assert.Equal(["gamma"], (await ado.GetAsync("Fabrikam/_apis/wit/tags")).Ok().Texts("value", "name"));
        Assert.Equal(404, (await ado.SendAsync("DELETE", "Fabrikam/_apis/wit/tags/alpha")).Status);
    }

    [Theory]
    [InlineData(ProcessTemplate.Agile, "User Story")]
    [InlineData(ProcessTemplate.Scrum, "Product Backlog Item")]
    [InlineData(ProcessTemplate.Cmmi, "Requirement")]
    [InlineData(ProcessTemplate.Basic, "Issue")]
    public async Task The_requirement_category_names_what_the_process_calls_so(ProcessTemplate process, string type)
    {
        await using var ado = await Ado.StartAsync(process: process);
        var category = (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypecategories/Microsoft.RequirementCategory"))
            .Ok();
        Assert.Equal(type, category["defaultWorkItemType", "name"]);
        Assert.Contains("Microsoft.TaskCategory",
            (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypecategories")).Ok().Texts("value", "referenceName"));
        Assert.Equal(404, (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypecategories/Nothing")).Status);
        var id = await ado.CreateAsync(type);
        await ado.CreateAsync();
        Assert.Equal([id], await ado.IdsAsync(
            "SELECT [System.Id] FROM WorkItems WHERE [System.WorkItemType] IN GROUP 'Microsoft.RequirementCategory'"));
    }

    [Fact]
    public async Task Areas_and_iterations_are_read_made_and_used()
    {
        await using var ado = await Ado.StartAsync();
        var roots = (await ado.GetAsync("Fabrikam/_apis/wit/classificationnodes?$depth=1")).Ok();
        Assert.Equal(["area", "iteration"], roots.Texts("value", "structureType"));
        Assert.Equal("Iteration 1", roots["value", 1, "children", 0, "name"]);
        var made = await ado.PostAsync(
            "Fabrikam/_apis/wit/classificationnodes/areas", new JsonObject { ["name"] = "Web" });
        Assert.InRange(made.Status, 200, 201);
        (await ado.PostAsync("Fabrikam/_apis/wit/classificationnodes/areas/Web", new JsonObject { ["name"] = "Shop" }))
            .Node("id");
        var node = (await ado.GetAsync("Fabrikam/_apis/wit/classificationnodes/areas/Web/Shop")).Ok();
        Assert.Equal("\\Fabrikam\\Area\\Web\\Shop", node["path"]);
        var id = await ado.CreateAsync("Task", Op.Field("System.AreaPath", "fabrikam\\web\\shop"));
        var item = await ado.ReadAsync(id, "all");
        Assert.Equal("Fabrikam\\Web\\Shop", item["fields", "System.AreaPath"]);
        Assert.Equal("Shop", item["fields", "System.NodeName"]);
        Assert.Equal("Web", item["fields", "System.AreaLevel2"]);
        Assert.Equal(node["id"], item["fields", "System.AreaId"]);
        Assert.Equal(404, (await ado.GetAsync("Fabrikam/_apis/wit/classificationnodes/areas/Nowhere")).Status);
        Assert.Equal(404, (await ado.GetAsync("Fabrikam/_apis/wit/classificationnodes/somewhere")).Status);
    }

    [Fact]
    public async Task Nodes_are_read_by_their_ids_and_one_that_is_missing_fails_or_is_null()
    {
        await using var ado = await Ado.StartAsync();
        var root = (await ado.GetAsync("Fabrikam/_apis/wit/classificationnodes")).Ok()["value", 0, "id"];
        Assert.Equal(404, (await ado.GetAsync($"Fabrikam/_apis/wit/classificationnodes?ids={root},999")).Status);
        var reply = (await ado.GetAsync($"Fabrikam/_apis/wit/classificationnodes?ids={root},999&errorPolicy=omit"))
            .Ok();
        Assert.Equal("2", reply["count"]);
        Assert.Equal(["Fabrikam", "null"], reply.Texts("value", "name"));
    }

    private static string Lower(JsonNode? flag) => flag?.ToJsonString() ?? "";

    [Fact]
    public async Task A_blank_item_has_what_a_form_begins_with_and_is_not_there()
    {
        await using var ado = await Ado.StartAsync();
        var blank = (await ado.GetAsync("Fabrikam/_apis/wit/workitems/$Bug")).Ok();
        Assert.Equal(["fields", "_links", "url"], blank.Json!.AsObject().Select(one => one.Key));
        Assert.Equal("1753-01-01T00:00:00Z", blank["fields", "Microsoft.VSTS.Common.StateChangeDate"]);
        Assert.Equal("3 - Medium", blank["fields", "Microsoft.VSTS.Common.Severity"]);
        Assert.Null(blank.Node("fields", "System.Title"));
        Assert.Equal(404, (await ado.GetAsync("Fabrikam/_apis/wit/workitems/$Nothing")).Status);
        Assert.Empty(await ado.IdsAsync("SELECT [System.Id] FROM WorkItems"));
    }
}
