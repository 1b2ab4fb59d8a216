using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Accounts;
using JiraAdoSync.Sandbox.AzureDevOps.Hooks;
using JiraAdoSync.Sandbox.AzureDevOps.Projects;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.AzureDevOps.Wiql;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>
/// Azure DevOps on the wire: routes, sign-in, versions, projects, headers and errors. What a route does is in the
/// endpoint classes, which never see the connection and run one at a time.
/// </summary>
internal sealed class AdoService(SandboxOptions options, string token) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly NotificationSender _sender = new();
    private Organization? _organization;
    private Uri? _uri;

    private Organization Organization => _organization!;

    /// <summary>Begins with an empty organisation at an address.</summary>
    public void Start(Uri uri)
    {
        lock (_gate)
        {
            _uri = uri;
            _organization = new Organization(uri, options.Process, options.Switches, options.TimeProvider, token)
            {
                Flavor = options.AzureDevOps,
                Hooks = new ServiceHooks(_sender.Outbox),
            };
        }
    }

    /// <summary>Looks at the organisation while no request changes it.</summary>
    public T Look<T>(Func<Organization, T> read)
    {
        lock (_gate)
        {
            Organization.Sender = Organization.Owner;
            return read(Organization);
        }
    }

    /// <summary>Forgets every work item.</summary>
    public void Reset() => Start(_uri!);

    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    public void Map(IEndpointRouteBuilder routes)
    {
        var map = new AdoRoutes(routes, HandleAsync);
        ProjectEndpoints.Map(map);
        TypeEndpoints.Map(map);
        FieldEndpoints.Map(map);
        WorkItemEndpoints.Map(map);
        HistoryEndpoints.Map(map);
        RecycleBinEndpoints.Map(map);
        WiqlEndpoints.Map(map);
        QueryEndpoints.Map(map);
        ArtifactUriEndpoints.Map(map);
        BatchEndpoint.Map(map);
        ReportingEndpoints.Map(map);
        ClassificationEndpoints.Map(map);
        TagEndpoints.Map(map);
        CommentEndpoints.Map(map);
        AttachmentEndpoints.Map(map);
        DiscoveryEndpoints.Map(map);
        HookEndpoints.Map(map);
        MapControl(routes, "GET", PeopleRoutes.Path, (organization, _) => PeopleRoutes.List(organization));
        MapControl(routes, "POST", PeopleRoutes.Path, PeopleRoutes.Add);
        MapControl(routes, "GET", AdoAccountRoutes.Path, (organization, _) => AdoAccountRoutes.List(organization));
        MapControl(routes, "POST", AdoAccountRoutes.Path, AdoAccountRoutes.Set);
    }

    private void MapControl(
        IEndpointRouteBuilder routes, string method, string path, Func<Organization, JsonNode?, Answer> handle) =>
        routes.MapMethods(path, [method], (RequestDelegate)(async context =>
        {
            var body = RequestReader.TryParse(
                await RequestReader.ReadBodyAsync(context.Request, context.RequestAborted));
            await Look(organization => handle(organization, body)).SendAsync(context.Response, context.RequestAborted);
        }));

    /// <summary>A request that no route takes.</summary>
    public Task HandleUnroutedAsync(HttpContext context)
    {
        var (sender, refusal) = Admit(context);
        return SendAsync(context, sender, refusal ?? (context.GetEndpoint() is null
            ? AdoError.NoController(PathInOrganization(context))
            : AdoError.MethodNotAllowed(context.Request.Method).ToAnswer()));
    }

    private static string PathInOrganization(HttpContext context) =>
        context.Request.Path.Value!["/ado".Length..] is { } path && path.IndexOf('/', 1) is > 0 and var end
            ? path[end..]
            : "/";

    private async Task HandleAsync(HttpContext context, PreviewRule preview, Func<AdoRequest, Answer> handle)
    {
        var (sender, refusal) = Admit(context);
        Answer answer;
        try
        {
            answer = refusal ?? await AnswerAsync(context, sender!, preview, handle);
        }
        catch (AdoError refused)
        {
            answer = refused.ToAnswer();
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == 413)
        {
            answer = AdoError.TooLarge().ToAnswer();
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException and not IOException)
        {
            await Console.Error.WriteLineAsync($"{context.Request.Method} {context.Request.Path}: {wrong}");
            answer = AdoError.Unexpected().ToAnswer();
        }

        await SendAsync(context, sender, answer);
    }

    /// <summary>Whoever has no token, or asks for an organisation that is not there, gets no further.</summary>
    private (AdoAccount? Sender, Answer? Refusal) Admit(HttpContext context)
    {
        var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Length < 2 || !segments[1].Equals(Organization.Name, StringComparison.OrdinalIgnoreCase)
            ? (null, Answer.Text(404, "<!DOCTYPE html><html><head><title>404 - Not found</title></head></html>",
                "text/html; charset=utf-8"))
            : Look(organization => AdoAuthentication.Check(organization.Accounts, context.Request));
    }

    private async Task<Answer> AnswerAsync(
        HttpContext context, AdoAccount sender, PreviewRule preview, Func<AdoRequest, Answer> handle)
    {
        var request = context.Request;
        var query = request.Query.TryGetValue("api-version", out var found) ? found.ToString() : null;
        var version = ApiVersion.Of(options.AzureDevOps, request.Method, query, request.Headers.Accept, preview);
        var body = await RequestReader.ReadBodyAsync(request, context.RequestAborted);
        Answer answer;
        lock (_gate)
        {
            Organization.Sender = sender;
            var name = request.RouteValues["project"] as string;
            var project = name is null ? null : Organization.Project(name) ?? throw AdoError.ProjectMissing(name);
            answer = handle(new AdoRequest(
                Organization, project, request.RouteValues, request.Query, request.ContentType, body,
                request.Headers.ContentRange));
            Organization.Hooks.Announce(Organization);
        }

        // Answers repeat the version; errors don't.
        return answer.ContentType is null || answer.Status >= 300 ? answer
            : answer with { ContentType = $"{answer.ContentType}; api-version={version.Text}" };
    }

    private Task SendAsync(HttpContext context, AdoAccount? sender, Answer answer)
    {
        var person = (sender ?? Organization.Owner).Person;
        var activity = Guid.NewGuid().ToString("D");
        var headers = context.Response.Headers;
        headers["activityid"] = activity;
        headers["x-tfs-session"] = activity;
        headers["x-vss-e2eid"] = activity;
        headers["x-tfs-processid"] = Organization.Id.ToString("D");
        headers["x-vss-senderdeploymentid"] = Organization.Id.ToString("D");
        headers["x-vss-userdata"] = $"{person.Id:D}:{person.UniqueName}";
        headers["request-context"] = $"appId=cid-v1:{Organization.Id:D}";
        headers["x-msedge-ref"] = $"Ref A: {activity} Ref B: SANDBOX";
        headers["x-content-type-options"] = "nosniff";
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains";
        headers["p3p"] = "CP=\"CAO DSP COR ADMa DEV CONo TELo CUR PSA PSD TAI IVDo OUR SAMi BUS DEM NAV STA UNI COM INT PHY ONL FIN PUR LOC CNT\"";
        headers["cache-control"] = "no-cache";
        headers["pragma"] = "no-cache";
        headers["expires"] = "-1";
        headers["x-ratelimit-cost"] = "0.014";
        return answer.SendAsync(context.Response, context.RequestAborted);
    }
}

/// <summary>
/// The route table. Most routes exist at the organisation and at the project; a project's name and its id are the same.
/// </summary>
internal sealed class AdoRoutes(
    IEndpointRouteBuilder routes, Func<HttpContext, PreviewRule, Func<AdoRequest, Answer>, Task> handle)
{
    public void Organization(
        string method, string path, Func<AdoRequest, Answer> answer, PreviewRule preview = PreviewRule.Released) =>
        Add(method, $"/ado/{{organization}}/_apis/{path}", answer, preview);

    public void Project(
        string method, string path, Func<AdoRequest, Answer> answer, PreviewRule preview = PreviewRule.Released) =>
        Add(method, $"/ado/{{organization}}/{{project}}/_apis/{path}", answer, preview);

    public void Team(string method, string path, Func<AdoRequest, Answer> answer) =>
        Add(method, $"/ado/{{organization}}/{{project}}/{{team}}/_apis/{path}", answer, PreviewRule.Released);

    public void Both(
        string method, string path, Func<AdoRequest, Answer> answer, PreviewRule preview = PreviewRule.Released)
    {
        Organization(method, path, answer, preview);
        Project(method, path, answer, preview);
    }

    private void Add(string method, string template, Func<AdoRequest, Answer> answer, PreviewRule preview) =>
        routes.MapMethods(template, [method], (RequestDelegate)(context => handle(context, preview, answer)));
}
