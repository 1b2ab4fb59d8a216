using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Flat queries.</summary>
public sealed class WiqlTests
{
    [Theory]
    [InlineData("[System.Title] = 'alpha one'", "1")]
    [InlineData("[System.Title] <> 'Alpha one'", "2, 3, 4")]
    [InlineData("[System.Id] > 2", "3, 4")]
    [InlineData("[System.Id] >= 2 AND [System.Id] <= 3", "2, 3")]
    [InlineData("[System.Id] < 2", "1")]
    [InlineData("[System.Id] IN (1, 4, 9)", "1, 4")]
    [InlineData("[System.Id] NOT IN (1, 4, 9)", "2, 3")]
    [InlineData("[System.Title] CONTAINS 'a o'", "1")]
    [InlineData("[System.Title] NOT CONTAINS 'alpha'", "2, 4")]
    [InlineData("[System.Title] CONTAINS WORDS 'three'", "3")]
    [InlineData("[System.Title] CONTAINS WORDS 'thr*'", "3")]
    [InlineData("[System.Title] CONTAINS WORDS 'hree'", "")]
    [InlineData("[System.WorkItemType] = 'Bug' OR [System.Id] = 1 AND [System.Title] = 'nothing'", "2")]
    [InlineData("([System.WorkItemType] = 'Bug' OR [System.Id] = 1) AND [System.Title] = 'nothing'", "")]
    [InlineData("NOT [System.WorkItemType] = 'Task'", "2")]
    [InlineData("[System.AreaPath] UNDER 'Fabrikam'", "1, 2, 3, 4")]
    [InlineData("[System.AreaPath] = 'Fabrikam\\Web'", "3")]
    [InlineData("[System.AreaPath] UNDER 'Fabrikam\\Web'", "3")]
    [InlineData("[System.AreaPath] NOT UNDER 'Fabrikam\\Web'", "1, 2, 4")]
    [InlineData("[System.Tags] CONTAINS 'red'", "1, 4")]
    [InlineData("[System.Tags] = 'red'", "1, 4")]
    [InlineData("[System.AssignedTo] = ''", "2, 4")]
    [InlineData("[System.AssignedTo] = 'Ana Bowman'", "3")]
    [InlineData("[System.AssignedTo] IN ('ana@contoso.example', 'x')", "3")]
    [InlineData("[System.CreatedBy] = @me", "1, 2, 3, 4")]
    [InlineData("[System.Description] IS EMPTY", "1, 3, 4")]
    [InlineData("[System.Description] IS NOT EMPTY", "2")]
    [InlineData("[System.HyperLinkCount] > 0", "4")]
    [InlineData("[System.TeamProject] = @project", "1, 2, 3, 4")]
    [InlineData("[System.State] EVER 'New'", "1, 2, 3, 4")]
    [InlineData("EVER [System.State] = 'Active'", "1")]
    [InlineData("[System.State] WAS EVER 'Active'", "1")]
    [InlineData("[Title] = \"It's \"\"here\"\"\"", "4")]
    [InlineData("[System.Title] = 'It''s \"here\"'", "4")]
    [InlineData("System.Title = 'beta two'", "2")]
    [InlineData("[System.ChangedDate] = [System.CreatedDate]", "2, 3, 4")]
    [InlineData("[System.CreatedDate] = @today", "1, 2, 3, 4")]
    [InlineData("[System.CreatedDate] >= @today - 1 AND [System.CreatedDate] < @Today + 1", "1, 2, 3, 4")]
    [InlineData("[System.CreatedDate] > @StartOfDay('-1d')", "1, 2, 3, 4")]
    [InlineData("[System.CreatedDate] >= @StartOfYear('+1y')", "")]
    [InlineData("[System.CreatedDate] >= @startOfMonth AND [System.CreatedDate] < @startOfMonth+1", "1, 2, 3, 4")]
    [InlineData("[System.CreatedDate] = '2026-05-20'", "1, 2, 3, 4")]
    [InlineData("[System.CreatedDate] > '2026-05-20'", "")]
    [InlineData("[System.Parent] = 1", "2")]
    public async Task Conditions_mean_what_people_write(string condition, string ids)
    {
        await using var ado = await WorldAsync();
        var found = await ado.IdsAsync($"SELECT [System.Id] FROM WorkItems WHERE {condition} ORDER BY [System.Id]");
        Assert.Equal(ids, string.Join(", ", found));
    }

    [Fact]
    public async Task An_answer_has_the_documented_shape()
    {
        await using var ado = await WorldAsync();
        var reply = (await ado.QueryAsync(
            "select [System.Id], [Title] from workitems where [System.Id] < 3 order by [System.Title] desc, [System.Id]")).Ok();
        Assert.Equal("flat", reply["queryType"]);
        Assert.Equal("workItem", reply["queryResultType"]);
        Assert.Equal("2026-05-20T10:00:00Z", reply["asOf"]);
        Assert.Equal(["System.Id", "System.Title"], reply.Texts("columns", "referenceName"));
        Assert.Equal(["System.Title", "System.Id"], reply.Texts("sortColumns", "field", "referenceName"));
        Assert.Equal("true", reply["sortColumns", 0, "descending"]);
        Assert.Null((await ado.QueryAsync("SELECT [System.Id] FROM WorkItems")).Ok().Node("sortColumns"));
        Assert.Equal(["2", "1"], reply.Texts("workItems", "id"));
        Assert.EndsWith("/_apis/wit/workItems/2", reply["workItems", 0, "url"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_exists_at_the_organisation_the_project_and_the_team()
    {
        await using var ado = await WorldAsync();
        foreach (var scope in (string[])["", "Fabrikam/", "Fabrikam/Fabrikam%20Team/"])
        {
            var reply = await ado.QueryAsync("SELECT [System.Id] FROM WorkItems", scope: scope);
            Assert.Equal(4, reply.Ok().List("workItems").Count);
        }

        var macro = await ado.QueryAsync(
            "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project", scope: "");
        Assert.Equal(400, macro.Status);
        Assert.Contains("@project", macro.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_takes_the_first_ones()
    {
        await using var ado = await WorldAsync();
        Assert.Equal(
            [4, 3], await ado.IdsAsync("SELECT [System.Id] FROM WorkItems ORDER BY [System.Id] DESC", "&$top=2"));
    }

    [Theory]
    [InlineData("SELECT [System.Id] FROM", "TF51006: The query statement is not valid at position 23. The error is caused by «».")]
    [InlineData("SELECT [System.Id] FROM Things", "TF51006: The query statement is not valid at position 24. The error is caused by «Things».")]
    [InlineData("SELECT [System.Id] WHERE [System.Id] = 1",
        "TF51006: The query statement is missing FROM at position 19. The error is caused by «WHERE».")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [System.Id] = ",
        "TF51006: The query statement is not valid at position 54. The error is caused by «».")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [Nothing] = 1",
        "TF51005: The query references a field that does not exist. The error is caused by «[Nothing]».")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [System.Id] = 'x'",
        "TF51011: The specified value has the wrong type for the field. The error is caused by «'x'».")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [System.Title] = 'x",
        "TF51004: The query has a text without an end. The error is caused by «'x».")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [System.Title] = @nothing",
        "TF51023: The macro @nothing is unknown. The error is caused by «@nothing».")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [System.CreatedDate] > '2026-05-20T10:00:00Z'",
        "You cannot supply a time with the date when running a query using date precision. "
        + "The error is caused by «'2026-05-20T10:00:00Z'».")]
    [InlineData("SELECT [System.Id] FROM WorkItems ; DROP",
        "TF51006: The query statement is not valid at position 34. The error is caused by «;».")]
    public async Task A_query_that_is_none_is_refused_with_its_position(string query, string message)
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.QueryAsync(query);
        Assert.Equal(message, reply.Message);
        Assert.Equal(400, reply.Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"query":7e}""")]
    public async Task A_body_without_a_query_is_a_bad_request(string body)
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.SendTextAsync("POST", "Fabrikam/_apis/wit/wiql", body);
        Assert.Equal(400, reply.Status);
        Assert.NotNull(reply.Message);
    }

    [Fact]
    public async Task A_query_of_more_than_32000_characters_is_refused_and_so_is_one_without_a_bottom()
    {
        await using var ado = await Ado.StartAsync();
        var long1 = $"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = '{new string('x', 32_000)}'";
        Assert.Equal(400, (await ado.QueryAsync(long1)).Status);
        var deep = $"SELECT [System.Id] FROM WorkItems WHERE {new string('(', 5000)}[System.Id] = 1{new string(')', 5000)}";
        Assert.Equal(400, (await ado.QueryAsync(deep)).Status);
    }

    [Fact]
    public async Task Times_are_distinguished_only_with_timePrecision()
    {
        await using var ado = await WorldAsync();
        const string query = "SELECT [System.Id] FROM WorkItems WHERE [System.ChangedDate] > '2026-05-20T09:30:00Z'";
        Assert.Equal(400, (await ado.QueryAsync(query)).Status);
        Assert.Equal([1], await ado.IdsAsync(query, "&timePrecision=true"));
    }

    [Fact]
    public async Task More_results_than_the_limit_are_cut_or_refused()
    {
        await using var ado = await Ado.StartAsync(switches => switches.QueryLimit = 2);
        await ado.CreateAsync();
        await ado.CreateAsync();
        await ado.CreateAsync();
        const string all = "SELECT [System.Id] FROM WorkItems ORDER BY [System.Id]";
        Assert.Equal([1, 2], await ado.IdsAsync(all));
        ado.Switches.QueryOverLimit = QueryOverLimitAnswer.Refuse;
        Assert.Equal(
            "VS402337: The number of work items returned exceeds the size limit of 2. Change the query to return fewer items.",
            (await ado.QueryAsync(all)).Message);
        Assert.Equal([1, 2], await ado.IdsAsync(all, "&$top=2"));
        Assert.Equal([1, 2], await ado.IdsAsync("SELECT [System.Id] FROM WorkItems WHERE [System.Id] < 3"));
    }

    /// <summary>
    /// Four items: a task tagged red that was changed an hour later and has a child; a bug with a description, that
    /// child; a task of Ana's in an area; a task with a hyperlink, a tag of two and quotes in its title.
    /// </summary>
    private static async Task<Ado> WorldAsync()
    {
        var clock = new Clock("2026-05-20T09:00:00Z");
        var ado = await Ado.StartAsync(time: clock);
        await ado.PostAsync(
            "Fabrikam/_apis/wit/classificationnodes/areas", new System.Text.Json.Nodes.JsonObject { ["name"] = "Web" });
        (await ado.TryCreateAsync("Task", Op.Title("Alpha one"), Op.Field("System.Tags", "red"))).Ok();
        (await ado.TryCreateAsync(
            "Bug", Op.Title("Beta two"), Op.Field("System.Description", "Some"), Op.Parent(ado.Url(1)))).Ok();
        (await ado.TryCreateAsync(
            "Task", Op.Title("Alpha, three"), Op.Field("System.AreaPath", "Fabrikam\\Web"),
            Op.Field("System.AssignedTo", "ana@contoso.example"))).Ok();
        (await ado.TryCreateAsync(
            "Task", Op.Title("It's \"here\""), Op.Field("System.Tags", "blue; red"),
            Op.Hyperlink("https://example.com/"))).Ok();
        clock.Now = clock.Now.AddHours(1);
        (await ado.PatchAsync(1, Op.Field("System.State", "Active"), Op.Field("System.AssignedTo", "Cleo Diaz"))).Ok();
        return ado;
    }
}
