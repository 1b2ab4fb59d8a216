using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>The report of revisions, and how clients find their routes.</summary>
public sealed class ReportTests
{
    [Fact]
    public async Task Every_revision_is_reported_in_order_with_people_as_texts()
    {
        await using var ado = await Ado.StartAsync();
        await ado.CreateAsync("Task", Op.Field("System.Description", "long"));
        await ado.CreateAsync("Bug");
        await ado.PatchAsync(1, Op.Title("b"));
        var report = (await ado.GetAsync("Fabrikam/_apis/wit/reporting/workitemrevisions")).Ok();
        Assert.Equal(["1", "2", "1"], report.Texts("values", "id"));
        Assert.Equal(["1", "1", "2"], report.Texts("values", "rev"));
        Assert.Equal(["An item", "An item", "b"], report.Texts("values", "fields", "System.Title"));
        Assert.Equal("Sandbox Account <sandbox@contoso.example>", report["values", 0, "fields", "System.CreatedBy"]);
        Assert.Equal("1", report["values", 0, "fields", "System.Rev"]);
        Assert.Null(report.Node("values", 0, "fields", "System.Description"));
        Assert.Equal("true", report["isLastBatch"]);
        Assert.Contains(
            $"continuationToken={report["continuationToken"]}", report["nextLink"], StringComparison.Ordinal);
        var expanded = (await ado.GetAsync("_apis/wit/reporting/workitemrevisions?$expand=fields")).Ok();
        Assert.Equal("long", expanded["values", 0, "fields", "System.Description"]);
    }

    [Fact]
    public async Task A_report_continues_from_its_token_page_by_page()
    {
        await using var ado = await Ado.StartAsync();
        await ado.CreateAsync();
        await ado.CreateAsync();
        await ado.CreateAsync();
        const string path = "_apis/wit/reporting/workitemrevisions?fields=System.Id&$maxPageSize=2";
        var first = (await ado.GetAsync(path)).Ok();
        Assert.Equal(["1", "2"], first.Texts("values", "id"));
        Assert.Equal("false", first["isLastBatch"]);
        var second = (await ado.GetAsync($"{path}&continuationToken={first["continuationToken"]}")).Ok();
        Assert.Equal(["3"], second.Texts("values", "id"));
        Assert.Equal("true", second["isLastBatch"]);
        await ado.PatchAsync(1, Op.Title("b"));
        var third = (await ado.GetAsync($"{path}&continuationToken={second["continuationToken"]}")).Ok();
        Assert.Equal("""[{"id":1,"rev":2,"fields":{"System.Id":1}}]""", third.List("values").ToJsonString());
        var none = (await ado.GetAsync($"{path}&continuationToken={third["continuationToken"]}")).Ok();
        Assert.Empty(none.List("values"));
        Assert.Equal(third["continuationToken"], none["continuationToken"]);
        Assert.Equal(400, (await ado.GetAsync($"{path}&continuationToken=soon")).Status);
    }

    [Fact]
    public async Task A_link_is_in_no_report_of_revisions()
    {
        await using var ado = await Ado.StartAsync();
        var (a, b) = (await ado.CreateAsync(), await ado.CreateAsync());
        await ado.PatchAsync(a, Op.Related(ado.Url(b)));
        Assert.Equal(2, (await ado.GetAsync("_apis/wit/reporting/workitemrevisions")).Ok().List("values").Count);
    }

    [Theory]
    [InlineData("includeLatestOnly=true", "2.1, 1.2, 3.2")]
    [InlineData("types=Bug", "2.1")]
    [InlineData("startDateTime=2026-01-01T12:00:00Z", "1.2, 3.2")]
    [InlineData("includeDiscussionChangesOnly=true", "3.2")]
    [InlineData("includeDeleted=true", "1.1, 2.1, 3.1, 4.1, 1.2, 3.2, 4.2")]
    [InlineData("", "1.1, 2.1, 3.1, 1.2, 3.2")]
    public async Task A_report_is_filtered(string filter, string expected)
    {
        var clock = new Clock("2026-01-01T00:00:00Z");
        await using var ado = await Ado.StartAsync(time: clock);
        await ado.CreateAsync();
        await ado.CreateAsync("Bug");
        await ado.CreateAsync();
        await ado.CreateAsync();
        clock.Now = clock.Now.AddDays(1);
        await ado.PatchAsync(1, Op.Title("b"));
        await ado.PatchAsync(3, Op.Field("System.History", "said"));
        await ado.SendAsync("DELETE", "_apis/wit/workitems/4");
        var report = (await ado.GetAsync($"_apis/wit/reporting/workitemrevisions?{filter}")).Ok();
        Assert.Equal(expected, string.Join(", ", report.List("values").Select(one => $"{one!["id"]}.{one["rev"]}")));
    }

    [Fact]
    public async Task A_report_by_POST_has_its_filter_in_the_body()
    {
        await using var ado = await Ado.StartAsync();
        await ado.CreateAsync("Task", Op.Field("System.Tags", "red"));
        await ado.CreateAsync("Bug");
        var report = (await ado.PostAsync("Fabrikam/_apis/wit/reporting/workitemrevisions", new JsonObject
        {
            ["types"] = new JsonArray("Task"),
            ["fields"] = new JsonArray("System.CreatedBy", "System.Tags"),
            ["includeIdentityRef"] = true,
            ["includeTagRef"] = true,
        })).Ok();
        Assert.Equal(["1"], report.Texts("values", "id"));
        Assert.Equal("Sandbox Account", report["values", 0, "fields", "System.CreatedBy", "displayName"]);
        Assert.Equal("red", report["values", 0, "fields", "System.Tags", 0, "name"]);
    }

    [Theory]
    [InlineData("_apis/Location", "e81700f7-3be2-46de-8624-2eb35882fcaa", "resourceAreas", "_apis/{resource}/{areaId}")]
    [InlineData("_apis/wit", "72c7ddf8-2cdc-4f60-90cd-ab71c14a399b", "workItems", "{project}/_apis/{area}/{resource}/{id}")]
    [InlineData("_apis/core", "603fe2ac-9723-48b9-88ad-09305aa6c6e1", "projects", "_apis/{resource}/{*projectId}")]
    [InlineData("_apis", "1a9c53f7-f243-4447-b110-35ef023636e4", "wiql", "{project}/{team}/_apis/{area}/{resource}")]
    public async Task Routes_are_found_by_the_ids_that_clients_know(
        string path, string id, string resource, string template)
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.SendAsync("OPTIONS", path)).Ok();
        var location = reply.List("value").Single(one => (string?)one!["id"] == id)!;
        Assert.Equal(resource, (string?)location["resourceName"]);
        Assert.Equal(template, (string?)location["routeTemplate"]);
        Assert.Equal(
            ["id", "area", "resourceName", "routeTemplate", "resourceVersion", "minVersion", "maxVersion",
                "releasedVersion"],
            location.AsObject().Select(one => one.Key));
        Assert.Equal($"{reply.List("value").Count}", reply["count"]);
    }

    [Fact]
    public async Task Resource_areas_say_where_they_are()
    {
        await using var ado = await Ado.StartAsync();
        var areas = (await ado.GetAsync("_apis/resourceAreas?api-version=7.1-preview.1")).Ok();
        Assert.Equal(["core", "wit"], areas.Texts("value", "name"));
        var wit = (await ado.GetAsync(
            "_apis/resourceAreas/5264459E-e5e0-4bd8-b118-0985e68a4ec5?api-version=7.1-preview.1")).Ok();
        Assert.Equal($"{ado.Server.OrganizationUri}/", wit["locationUrl"]);
        Assert.Equal(404, (await ado.GetAsync($"_apis/resourceAreas/{Guid.Empty}?api-version=7.1-preview.1")).Status);
    }

    [Fact]
    public async Task Reads_go_without_a_version_as_the_official_clients_connect()
    {
        await using var ado = await Ado.StartAsync();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", ado.Server.AdoToken);
        foreach (var path in (string[])["_apis/connectionData", "_apis/projects"])
        {
            using var response = await http.GetAsync(
                new Uri($"{ado.Server.OrganizationUri}/{path}"), TestContext.Current.CancellationToken);
            (await Reply.ReadAsync(response)).Ok();
        }
    }

    [Fact]
    public async Task A_field_of_a_type_lists_the_values_it_takes()
    {
        await using var ado = await Ado.StartAsync();
        var state = (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypes/Task/fields/System.State?$expand=all")).Ok();
        Assert.Equal("true", state["alwaysRequired"]);
        Assert.Equal("""["New","Active","Closed","Removed"]""", state.List("allowedValues").ToJsonString());
        var plain = (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypes/Task/fields")).Ok();
        Assert.All(plain.List("value"), field => Assert.Null(field!["allowedValues"]));
        Assert.Equal(404, (await ado.GetAsync("Fabrikam/_apis/wit/workitemtypes/Task/fields/Custom.Nothing")).Status);
    }

    [Fact]
    public async Task The_report_of_discussions_has_the_revisions_that_say_something()
    {
        await using var ado = await Ado.StartAsync();
        var id = await ado.CreateAsync();
        (await ado.PatchAsync(id, Op.Title("Renamed"))).Ok();
        (await ado.PatchAsync(id, Op.Field("System.History", "Said <b>this</b>"))).Ok();
        var report = (await ado.GetAsync(
            "Fabrikam/_apis/wit/reporting/workItemRevisions/discussions?$maxPageSize=10&api-version=7.1")).Ok();
        Assert.Equal(["3"], report.Texts("values", "rev"));
        Assert.Equal("Said <b>this</b>", report["values", 0, "fields", "System.History"]);
        Assert.Equal("true", report["isLastBatch"]);
        Assert.Contains(
            "/workItemRevisions/discussions?continuationToken=", report["nextLink"], StringComparison.Ordinal);
        var only = (await ado.GetAsync(
            "_apis/wit/reporting/workitemrevisions?includeDiscussionChangesOnly=true&api-version=7.1")).Ok();
        Assert.Equal(["3"], only.Texts("values", "rev"));
        (await ado.PatchAsync(id, Op.Field("System.History", "And that"))).Ok();
        var next = (await ado.GetAsync(
            $"_apis/wit/reporting/workItemRevisions/discussions?continuationToken={report["continuationToken"]}&api-version=7.1")).Ok();
        Assert.Equal(["4"], next.Texts("values", "rev"));
    }
}
