using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace JiraAdoSync.Tests.Sandbox.AzureDevOps;

/// <summary>Who gets in, by which version of the API, and what a request gets that fits no route.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task A_wrong_token_gets_the_sign_in_page_with_203()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.SendAsync("GET", "_apis/projects", change: WithBasic(":wrong"));
        Assert.Equal(203, reply.Status);
        Assert.Equal("text/html; charset=utf-8", reply.ContentType);
        Assert.Contains("<title>Azure DevOps Services | Sign In</title>", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_gets_an_empty_401_where_the_client_wants_no_redirect()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.SendAsync("GET", "_apis/projects", change: request =>
        {
            WithBasic(":wrong")(request);
            request.Headers.Add("X-TFS-FedAuthRedirect", "Suppress");
        });
        Assert.Equal(401, reply.Status);
        Assert.Equal("", reply.Text);
        Assert.StartsWith("Basic realm=\"http", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_credentials_at_all_get_the_sign_in_page()
    {
        await using var ado = await Ado.StartAsync();
        using var http = new HttpClient();
        using var response = await http.GetAsync(
            new Uri($"{ado.Server.OrganizationUri}/_apis/projects?api-version=7.1"),
            TestContext.Current.CancellationToken);
        Assert.Equal(203, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_token_passes_with_any_user_name_and_as_bearer()
    {
        await using var ado = await Ado.StartAsync();
        var token = ado.Server.AdoToken;
        (await ado.SendAsync("GET", "_apis/projects", change: WithBasic($"anybody@example.com:{token}"))).Ok();
        (await ado.SendAsync("GET", "_apis/projects", change: request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token))).Ok();
    }

    [Fact]
    public async Task A_wrong_bearer_token_gets_TF400813()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.SendAsync("GET", "_apis/projects", change: request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "expired"));
        Assert.Equal(401, reply.Status);
        Assert.StartsWith("TF400813: The user '", reply.Message, StringComparison.Ordinal);
        Assert.Equal("UnauthorizedRequestException", reply["typeKey"]);
        Assert.Equal("3000", reply["eventId"]);
    }

    [Fact]
    public async Task Connection_data_says_who_one_is_and_that_the_service_is_hosted()
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.GetAsync("_apis/connectionData?api-version=7.1-preview.1")).Ok();
        Assert.Equal("Sandbox Account", reply["authenticatedUser", "providerDisplayName"]);
        Assert.Equal("Sandbox Account", reply["authorizedUser", "providerDisplayName"]);
        Assert.Equal("hosted", reply["deploymentType"]);
    }

    [Fact]
    public async Task Connection_data_is_a_preview_in_every_version()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.GetAsync("_apis/connectionData?api-version=7.1");
        Assert.Equal(400, reply.Status);
        Assert.Equal("VssInvalidPreviewVersionException", reply["typeKey"]);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("4.1")]
    [InlineData("5.0")]
    [InlineData("5.1-preview")]
    [InlineData("6.0")]
    [InlineData("7.0")]
    [InlineData("7.1")]
    [InlineData("7.1-preview.3")]
    [InlineData("7.2-preview")]
    public async Task A_version_is_read_from_the_query_and_repeated(string version)
    {
        await using var ado = await Ado.StartAsync();
        var reply = (await ado.GetAsync($"_apis/projects?api-version={version}")).Ok();
        Assert.Equal($"application/json; charset=utf-8; api-version={version}", reply.ContentType);
    }

    [Fact]
    public async Task A_version_is_read_from_the_Accept_header()
    {
        await using var ado = await Ado.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{ado.Server.OrganizationUri}/_apis/projects"));
        WithBasic($":{ado.Server.AdoToken}")(request);
        request.Headers.TryAddWithoutValidation("Accept", "application/json;api-version=7.0");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var reply = (await Reply.ReadAsync(response)).Ok();
        Assert.Equal("application/json; charset=utf-8; api-version=7.0", reply.ContentType);
    }

    [Fact]
    public async Task A_write_without_a_version_is_refused()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.SendTextAsync("POST", "Fabrikam/_apis/wit/wiql?api-version=", "{}");
        Assert.Equal(400, reply.Status);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri($"{ado.Server.OrganizationUri}/Fabrikam/_apis/wit/wiql"));
        WithBasic($":{ado.Server.AdoToken}")(request);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var missing = await Reply.ReadAsync(response);
        missing.Refused(400, "VssVersionNotSpecifiedException",
            "No api-version was supplied for the \"POST\" request. The version must be supplied either as part of the "
            + "Accept header (e.g. \"application/json; api-version=1.0\") or as a query parameter (e.g. \"?api-version=1.0\").");
    }

    [Theory]
    [InlineData("9.9", "VssVersionOutOfRangeException")]
    [InlineData("0.9", "VssVersionOutOfRangeException")]
    [InlineData("seven", "VssInvalidApiVersionException")]
    [InlineData("7.2", "VssInvalidPreviewVersionException")]
    public async Task A_version_that_is_not_there_is_refused(string version, string typeKey)
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.GetAsync($"_apis/projects?api-version={version}");
        Assert.Equal(400, reply.Status);
        Assert.Equal(typeKey, reply["typeKey"]);
        Assert.Equal("application/json; charset=utf-8", reply.ContentType);
    }

    [Theory]
    [InlineData("Fabrikam/_apis/wit/tags")]
    [InlineData("Fabrikam/_apis/wit/workitemtypes/Bug/states")]
    public async Task What_was_released_with_7_0_is_a_preview_in_6_0(string path)
    {
        await using var ado = await Ado.StartAsync();
        Assert.Equal(400, (await ado.GetAsync($"{path}?api-version=5.0")).Status);
        Assert.Equal(400, (await ado.GetAsync($"{path}?api-version=6.0")).Status);
        (await ado.GetAsync($"{path}?api-version=6.0-preview.1")).Ok();
        (await ado.GetAsync($"{path}?api-version=7.0")).Ok();
    }

    [Fact]
    public async Task An_unknown_route_gets_a_plain_text_404()
    {
        await using var ado = await Ado.StartAsync();
        var reply = await ado.GetAsync("Fabrikam/_apis/wit/nothing");
        Assert.Equal(404, reply.Status);
        Assert.StartsWith("text/plain", reply.ContentType, StringComparison.Ordinal);
        Assert.Equal(
            "The controller for path '/Fabrikam/_apis/wit/nothing' was not found or does not implement IController.",
            reply.Text);
    }

    [Fact]
    public async Task An_unknown_organisation_is_not_found()
    {
        await using var ado = await Ado.StartAsync();
        using var http = new HttpClient();
        using var response = await http.GetAsync(
            new Uri(ado.Server.Address, "/ado/fabrikam/_apis/projects"), TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_project_that_is_not_there_gets_TF200016()
    {
        await using var ado = await Ado.StartAsync();
        (await ado.GetAsync("Nowhere/_apis/wit/workitems/1")).Refused(404, "ProjectDoesNotExistWithNameException",
            "TF200016: The following project does not exist: Nowhere. Verify that the name of the project is correct and that "
            + "the project exists on the specified Azure DevOps Server.");
    }

    [Fact]
    public async Task Every_answer_has_an_activity_id_of_its_own()
    {
        await using var ado = await Ado.StartAsync();
        var first = await ado.GetAsync("_apis/projects");
        var second = await ado.GetAsync("_apis/wit/workitems/1");
        Assert.True(Guid.TryParse(first.Headers["activityid"], out var one));
        Assert.True(Guid.TryParse(second.Headers["activityid"], out var other));
        Assert.NotEqual(one, other);
        Assert.Equal("nosniff", first.Headers["x-content-type-options"]);
        Assert.Equal("no-cache", first.Headers["cache-control"]);
        Assert.Contains("x-ratelimit-cost", first.Headers.Keys);
    }

    [Fact]
    public async Task The_project_is_listed_and_read_by_name_and_by_id()
    {
        await using var ado = await Ado.StartAsync();
        var list = (await ado.GetAsync("_apis/projects")).Ok();
        Assert.Equal(["Fabrikam", "Tailspin"], list.Texts("value", "name"));
        var id = list["value", 0, "id"];
        var project = (await ado.GetAsync($"_apis/projects/{id}?includeCapabilities=true")).Ok();
        Assert.Equal("Fabrikam", project["name"]);
        Assert.Equal("Agile", project["capabilities", "processTemplate", "templateName"]);
        Assert.Equal(id, (await ado.GetAsync("_apis/projects/fabrikam")).Ok()["id"]);
        (await ado.GetAsync($"{id}/_apis/wit/workitemtypes")).Ok();
    }

    private static Action<HttpRequestMessage> WithBasic(string pair) => request =>
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
}
