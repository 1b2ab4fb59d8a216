using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Stored queries.</summary>
public sealed class QueryTests
{
    private const string Tasks = "SELECT [System.Id], [System.Title] FROM WorkItems WHERE [System.WorkItemType] = 'Task' AND [System.TeamProject] = @project";
    private const string Queries = "Fabrikam/_apis/wit/queries";

    [Fact]
    public async Task A_query_is_stored_in_a_folder_found_by_id_and_path_and_run_by_its_id()
    {
        await using var ado = await Ado.StartAsync();
        var task = await ado.CreateAsync();
        await ado.CreateAsync("Bug");
        Assert.Equal(["My Queries", "Shared Queries"], (await ado.GetAsync(Queries)).Ok().Texts("value", "name"));
        Assert.Equal(201, (await ado.PostAsync($"{Queries}/Shared%20Queries", JsonNode.Parse("""{"name": "Team", "isFolder": true}"""))).Status);
        var made = await ado.PostAsync(
            $"{Queries}/Shared%20Queries/Team", new JsonObject { ["name"] = "Tasks", ["wiql"] = Tasks });
        Assert.Equal(201, made.Status);
        Assert.Equal("Shared Queries/Team/Tasks", made["path"]);
        Assert.Equal("flat", made["queryType"]);
        Assert.Equal("true", made["isPublic"]);
        var read = (await ado.GetAsync($"{Queries}/Shared%20Queries/Team/Tasks?$expand=wiql&api-version=7.1")).Ok();
        Assert.Equal(made["id"], read["id"]);
        Assert.Equal(Tasks, read["wiql"]);
        Assert.Equal("Tasks", (await ado.GetAsync($"{Queries}?$depth=2&api-version=7.1"))
            .Ok()["value", 1, "children", 0, "children", 0, "name"]);
        Assert.Equal("Tasks", (await ado.GetAsync($"{Queries}?$filter=task&api-version=7.1")).Ok()["value", 0, "name"]);

        foreach (var scope in (string[])["", "Fabrikam/", "Fabrikam/Fabrikam%20Team/"])
        {
            var result = (await ado.GetAsync($"{scope}_apis/wit/wiql/{made["id"]}")).Ok();
            Assert.Equal($"{task}", result["workItems", 0, "id"]);
            Assert.Single(result.List("workItems"));
        }

        Assert.Equal(404, (await ado.GetAsync($"Tailspin/_apis/wit/wiql/{made["id"]}")).Status);
    }

    [Fact]
    public async Task A_query_is_changed_moved_and_removed()
    {
        await using var ado = await Ado.StartAsync();
        var made = await ado.PostAsync(
            $"{Queries}/My%20Queries", new JsonObject { ["name"] = "Tasks", ["wiql"] = Tasks });
        Assert.Equal(409, (await ado.PostAsync(
            $"{Queries}/My%20Queries", new JsonObject { ["name"] = "tasks", ["wiql"] = Tasks })).Status);
        Assert.Equal(400, (await ado.PostAsync(
            $"{Queries}/My%20Queries", new JsonObject { ["name"] = "Bad", ["wiql"] = "SELECT" })).Status);
        (await ado.SendAsync("PATCH", $"{Queries}/{made["id"]}", new JsonObject
        {
            ["name"] = "Tree",
            ["wiql"] = "SELECT [System.Id] FROM WorkItemLinks WHERE [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' MODE (Recursive)",
        })).Ok();
        (await ado.PostAsync($"{Queries}/Shared%20Queries", new JsonObject { ["id"] = made["id"] })).Ok();
        Assert.Equal("tree", (await ado.GetAsync($"{Queries}/Shared%20Queries/Tree")).Ok()["queryType"]);
        Assert.Equal(204, (await ado.SendAsync("DELETE", $"{Queries}/{made["id"]}")).Status);
        Assert.Equal(404, (await ado.GetAsync($"{Queries}/{made["id"]}")).Status);
        Assert.Equal(400, (await ado.SendAsync("DELETE", $"{Queries}/Shared%20Queries")).Status);
    }

    [Fact]
    public async Task Answers_to_a_query_of_the_organisation_have_addresses_of_the_organisation()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        const string All = "SELECT [System.Id] FROM WorkItems";
        Assert.Equal(ado.Url(id), (await ado.QueryAsync(All, scope: "")).Ok()["workItems", 0, "url"]);
        Assert.NotEqual(ado.Url(id), (await ado.QueryAsync(All)).Ok()["workItems", 0, "url"]);
        Assert.Equal(ado.Url(id), (await ado.GetAsync(
            $"_apis/wit/workItems?ids={id}&fields=System.Title&api-version=7.1")).Ok()["value", 0, "url"]);
    }
}
