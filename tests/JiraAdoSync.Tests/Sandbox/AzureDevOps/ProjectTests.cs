using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Several projects in the organisation, and work items that move between them.</summary>
public sealed class ProjectTests
{
    private static readonly JsonObject[] ToTailspin =
    [
        Op.Field("System.TeamProject", "Tailspin"), Op.Field("System.AreaPath", "Tailspin"),
        Op.Field("System.IterationPath", "Tailspin"),
    ];

    [Fact]
    public async Task A_moved_item_keeps_id_relations_and_history_and_is_found_in_its_new_project_only()
    {
        await using var ado = await Ado.StartAsync();
        var child = await ado.CreateAsync();
        var id = await ado.CreateAsync(
            "User Story", Op.Child(ado.Url(child)), Op.Hyperlink("https://jira.example/issues/?jql=id%3D1"));
        var moved = (await ado.PatchAsync(id, ToTailspin)).Ok();
        var tailspin = (await ado.GetAsync("_apis/projects/Tailspin")).Ok();
        Assert.Equal($"{ado.Server.OrganizationUri}/{tailspin["id"]}/_apis/wit/workItems/{id}", moved["url"]);
        Assert.Equal("Tailspin", moved["fields", "System.TeamProject"]);
        Assert.Equal("Tailspin", moved["fields", "System.AreaPath"]);
        Assert.Equal("2", moved["rev"]);
        Assert.Equal(["Hyperlink ?jql=id%3D1", $"System.LinkTypes.Hierarchy-Forward {child}"], moved.Relations());
        Assert.Equal(
            $"{ado.Server.OrganizationUri}/{tailspin["id"]}/_apis/wit/workItems/{id}",
            (await ado.ReadAsync(child))["relations", 0, "url"]);

        (await ado.GetAsync($"Tailspin/_apis/wit/workitems/{id}")).Ok();
        Assert.Equal(404, (await ado.GetAsync($"Fabrikam/_apis/wit/workitems/{id}")).Status);
        const string All = "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project";
        Assert.Equal([child], await ado.IdsAsync(All));
        Assert.Equal($"{id}", (await ado.QueryAsync(All, scope: "Tailspin/")).Ok()["workItems", 0, "id"]);

        var update = (await ado.GetAsync($"_apis/wit/workItems/{id}/updates/2")).Ok();
        Assert.Equal("Fabrikam", update["fields", "System.TeamProject", "oldValue"]);
        Assert.Equal("Tailspin", update["fields", "System.TeamProject", "newValue"]);
        Assert.Equal("Fabrikam",
            (await ado.GetAsync($"_apis/wit/workItems/{id}/revisions/1")).Ok()["fields", "System.TeamProject"]);
    }

    [Fact]
    public async Task Addresses_are_looked_up_in_a_project_and_across_the_organisation()
    {
        await using var ado = await Ado.StartAsync();
        const string Mark = "https://jira.example/issues/?jql=id%3D1";
        var id = await ado.CreateAsync("Task", Op.Hyperlink(Mark));
        (await ado.PatchAsync(id, ToTailspin)).Ok();
        var asked = new JsonObject { ["artifactUris"] = new JsonArray(Mark) };
        Assert.Equal($"{id}",
            (await ado.PostAsync("_apis/wit/artifacturiquery", asked)).Ok()["artifactUrisQueryResult", Mark, 0, "id"]);
        Assert.Equal($"{id}", (await ado.PostAsync("Tailspin/_apis/wit/artifacturiquery", asked))
            .Ok()["artifactUrisQueryResult", Mark, 0, "id"]);
        Assert.Null((await ado.PostAsync("Fabrikam/_apis/wit/artifacturiquery", asked))
            .Ok()["artifactUrisQueryResult", Mark, 0, "id"]);
    }

    [Fact]
    public async Task A_move_needs_an_area_and_an_iteration_of_the_new_project()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Field("System.TeamProject", "Tailspin"))).Refused(
            400, "WorkItemTrackingTreeNodeNotFoundException",
            $"TF401347: Invalid tree name given for work item {id}, field 'System.AreaPath'.");
        (await ado.PatchAsync(id, Op.Field("System.TeamProject", "Tailspin"), Op.Field("System.AreaPath", "Tailspin")))
            .Refused(
            400, "WorkItemTrackingTreeNodeNotFoundException",
            $"TF401347: Invalid tree name given for work item {id}, field 'System.IterationPath'.");
        (await ado.PatchAsync(id, Op.Field("System.TeamProject", "Nowhere"))).Refused(
            400, "WorkItemProjectChangeException",
            "VS402834: A work item cannot be in this team project: Nowhere. It does not exist, or you do not have permission to access it.");
        Assert.Equal("Fabrikam", (await ado.ReadAsync(id))["fields", "System.TeamProject"]);
    }

    [Theory]
    [InlineData(true, "New")]
    [InlineData(false, "Active")]
    public async Task A_moved_item_begins_in_the_first_state_where_the_switch_says_so(bool resets, string state)
    {
        await using var ado = await Ado.StartAsync(switches => switches.MovesResetState = resets);
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Field("System.State", "Active"))).Ok();
        Assert.Equal(state, (await ado.PatchAsync(id, ToTailspin)).Ok()["fields", "System.State"]);
    }

    [Fact]
    public async Task A_type_changes_by_itself_and_with_a_move_to_a_project_of_another_process()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("User Story");
        Assert.Equal("Feature", (await ado.PatchAsync(id, Op.Field("System.WorkItemType", "Feature")))
            .Ok()["fields", "System.WorkItemType"]);
        await CreateProjectAsync(ado, "Scrummy", ProcessTemplate.Scrum);
        JsonObject[] toScrum =
        [
            Op.Field("System.TeamProject", "Scrummy"), Op.Field("System.AreaPath", "Scrummy"),
            Op.Field("System.IterationPath", "Scrummy"),
        ];
        (await ado.PatchAsync(id, Op.Field("System.WorkItemType", "User Story"))).Ok();
        (await ado.PatchAsync(id, toScrum)).Refused(
            400, "WorkItemTypeChangeException",
            "VS403072: The work item type User Story does not exist in project Scrummy.");
        var moved = (await ado.PatchAsync(id, [.. toScrum, Op.Field("System.WorkItemType", "Product Backlog Item")]))
            .Ok();
        Assert.Equal("Product Backlog Item", moved["fields", "System.WorkItemType"]);
        Assert.Equal("User Story", (await ado.GetAsync($"_apis/wit/workItems/{id}/updates/4"))
            .Ok()["fields", "System.WorkItemType", "oldValue"]);
    }

    [Fact]
    public async Task Projects_come_and_go_by_operations()
    {
        await using var ado = await Ado.StartAsync();
        Assert.Equal(["Fabrikam", "Tailspin"], (await ado.GetAsync("_apis/projects")).Ok().Texts("value", "name"));
        await CreateProjectAsync(ado, "Third", ProcessTemplate.Basic);
        var third = (await ado.GetAsync("_apis/projects/Third?includeCapabilities=true")).Ok();
        Assert.Equal("Basic", third["capabilities", "processTemplate", "templateName"]);
        Assert.Null(third.Node("description"));
        var item = (await ado.SendAsync(
            "POST", "Third/_apis/wit/workitems/$Issue", new JsonArray(Op.Title("In the third")), Op.MediaType)).Ok()
                .Number("id");
        Assert.Equal(202, (await ado.SendAsync("DELETE", $"_apis/projects/{third["id"]}")).Status);
        Assert.Equal(404, (await ado.GetAsync("_apis/projects/Third")).Status);
        Assert.Equal(404, (await ado.GetAsync($"_apis/wit/workitems/{item}")).Status);
        Assert.Equal(404, (await ado.GetAsync("_apis/operations/00000000-0000-0000-0000-000000000000")).Status);
        Assert.StartsWith("TF200019",
            (await ado.PostAsync("_apis/projects", Project("fabrikam", Process(ProcessTemplate.Agile)))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "TF200014", (await ado.PostAsync("_apis/projects", Project("a/b", Process(ProcessTemplate.Agile)))).Message,
            StringComparison.Ordinal);
        Assert.Equal(404, (await ado.PostAsync("_apis/projects", Project("Fourth", "none"))).Status);
        Assert.Equal(["Agile", "Scrum", "CMMI", "Basic"],
            (await ado.GetAsync("_apis/process/processes")).Ok().Texts("value", "name"));
        Assert.Equal(
            "CMMI", (await ado.GetAsync($"_apis/process/processes/{Process(ProcessTemplate.Cmmi)}")).Ok()["name"]);
        Assert.Equal(
            "Scrum", (await ado.GetAsync($"_apis/work/processes/{Process(ProcessTemplate.Scrum)}")).Ok()["name"]);
        Assert.Equal(
            Process(ProcessTemplate.Agile), (await ado.GetAsync("_apis/work/processes")).Ok()["value", 0, "typeId"]);
    }

    [Fact]
    public async Task A_project_gets_another_name_and_its_trees_and_items_follow()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync("Task", Op.Field("System.IterationPath", "Fabrikam\\Iteration 1"));
        var project = (await ado.GetAsync("_apis/projects/Fabrikam")).Ok()["id"];
        var answer = await ado.SendAsync(
            "PATCH", $"_apis/projects/{project}", new JsonObject { ["name"] = "Fabric", ["description"] = "New" });
        Assert.Equal((202, "notSet"), (answer.Status, answer["status"]));
        Assert.Equal("New", (await ado.GetAsync("_apis/projects/Fabric")).Ok()["description"]);
        Assert.Equal(404, (await ado.GetAsync("_apis/projects/Fabrikam")).Status);
        var item = await ado.ReadAsync(id);
        Assert.Equal("Fabric", item["fields", "System.AreaPath"]);
        Assert.Equal("Fabric\\Iteration 1", item["fields", "System.IterationPath"]);
        Assert.Equal("1", item["rev"]);
        Assert.StartsWith("TF200019", (await ado.SendAsync(
            "PATCH", $"_apis/projects/{project}", new JsonObject { ["name"] = "Tailspin" })).Message,
                StringComparison.Ordinal);
    }

    private static async Task CreateProjectAsync(Ado ado, string name, ProcessTemplate process)
    {
        var queued = await ado.PostAsync("_apis/projects", Project(name, Process(process)));
        Assert.Equal(202, queued.Status);
        Assert.Equal("notSet", queued["status"]);
        Assert.Equal("succeeded", (await ado.GetAsync($"_apis/operations/{queued["id"]}")).Ok()["status"]);
    }

    // The ids are the same in every organisation.
    private static string Process(ProcessTemplate process) => process switch
    {
        ProcessTemplate.Agile => "adcc42ab-9882-485e-a3ed-7678f01f66bc",
        ProcessTemplate.Scrum => "6b724908-ef14-45cf-84f8-768b5384da45",
        ProcessTemplate.Cmmi => "27450541-8e31-4150-9947-dc59f998fc01",
        _ => "b8a3a935-7e91-48b8-a94c-606d37c3e9f2",
    };

    private static JsonObject Project(string name, string process) => new()
    {
        ["name"] = name,
        ["visibility"] = "private",
        ["capabilities"] = new JsonObject
        {
            ["versioncontrol"] = new JsonObject { ["sourceControlType"] = "Git" },
            ["processTemplate"] = new JsonObject { ["templateTypeId"] = process },
        },
    };
}
