using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Bulk;
using JiraAdoSync.Sandbox.Jira.Content;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Jql;
using JiraAdoSync.Sandbox.Jira.Notifications;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Jira on the wire: versions, sign-in, headers and errors. What a route does is in the endpoint classes, which never
/// see the connection and run one at a time.
/// </summary>
internal sealed class JiraService(SandboxOptions options, string user, string token, Seed seed) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly NotificationSender _sender = new();
    private Uri? _uri;
    private JiraSite? _site;

    private bool IsCloud => options.Jira == JiraFlavor.Cloud;

    /// <summary>Begins with the seed at an address.</summary>
    public void Start(Uri uri)
    {
        lock (_gate)
        {
            _uri = uri;
            _site = new JiraSite(uri, options, (user, token), new Webhooks(_sender.Outbox), seed);
        }
    }

    /// <summary>Looks at the site while no request changes it.</summary>
    public T Look<T>(Func<JiraSite, T> read)
    {
        lock (_gate)
        {
            return read(_site!);
        }
    }

    /// <summary>Resets to the seed.</summary>
    public void Reset() => Start(_uri!);

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var version in IsCloud ? ["3", "2", "latest"] : (string[])["2", "latest"])
        {
            var map = new JiraRoutes(routes, version, HandleAsync);
            ServerEndpoints.Map(map);
            SearchEndpoints.Map(map, options.Jira);
            IssueEndpoints.Map(map, options.Jira);
            IssueCreation.Map(map);
            IssueEdition.Map(map);
            LinkEndpoints.Map(map);
            ConfigurationEndpoints.Map(map);
            TransitionEndpoints.Map(map);
            RemoteLinkEndpoints.Map(map);
            PropertyEndpoints.Map(map);
            CommentEndpoints.Map(map, options.Jira);
            CommentProperties.Map(map);
            WorklogEndpoints.Map(map);
            WatcherEndpoints.Map(map);
            AttachmentEndpoints.Map(map);
            HistoryEndpoints.Map(map, options.Jira);
            CreationMetaEndpoints.Map(map, options.Jira);
            UserEndpoints.Map(map, options.Jira);
            LookupEndpoints.Map(map, options.Jira);
            ReleaseEndpoints.Map(map);
            if (IsCloud)
            {
                TaskEndpoints.Map(map);
                MoveEndpoints.Map(map);
                BulkEditEndpoints.Map(map);
                BulkTransitionEndpoints.Map(map);
                BulkDeletion.Map(map);
                BulkPropertyEndpoints.Map(map);
                JqlParseEndpoint.Map(map);
                WebhookEndpoints.MapDynamic(map);
            }
        }

        SprintEndpoints.Map(new JiraRoutes(routes, "2", HandleAsync, "/jira/rest/agile/1.0"));
        if (IsCloud)
        {
            JiraGateway.Map(new JiraRoutes(routes, "2", HandleAsync, "/jira/_edge"));
        }

        WebhookEndpoints.Map(new JiraRoutes(routes, "2", HandleAsync, "/jira/rest/webhooks/1.0"));
        AttachmentEndpoints.MapContent(new JiraRoutes(routes, "2", HandleAsync, "/jira/secure"));
        MapControl(routes, "GET", AccountRoutes.Path, (site, _) => AccountRoutes.List(site));
        MapControl(routes, "POST", AccountRoutes.Path, AccountRoutes.Set);
        MapControl(routes, "POST", MoveRoutes.Path, MoveRoutes.Move);
        MapControl(routes, "PUT", "/sandbox/jira/screens", (site, body) => Checked(site.Screens.Set(body)));
        MapControl(routes, "PUT", "/sandbox/jira/workflows", (site, body) => Checked(site.Workflows.Set(site, body)));
        MapControl(routes, "GET", Mails.Path, (site, _) => Answer.Json(site.Mails.ToJson()));
    }

    private static Answer Checked(string? problem) =>
        problem is null ? Answer.Empty(204) : Answer.Json(new JsonObject { ["error"] = problem }, 400);

    public ValueTask DisposeAsync() => _sender.DisposeAsync();

    private void MapControl(
        IEndpointRouteBuilder routes, string method, string path, Func<JiraSite, JsonNode?, Answer> handle) =>
            routes.MapMethods(
        path, [method], (RequestDelegate)(async context =>
        {
            var body = RequestReader.TryParse(
                await RequestReader.ReadBodyAsync(context.Request, context.RequestAborted));
            Answer answer;
            lock (_gate)
            {
                answer = handle(_site!, body);
            }

            await answer.SendAsync(context.Response, context.RequestAborted);
        }));

    /// <summary>A request that no route takes.</summary>
    public Task HandleUnroutedAsync(HttpContext context)
    {
        var answer = context.GetEndpoint() is not null ? Answer.Empty(405)
            : Answer.Json(
                new JsonObject { ["message"] = $"null for uri: {_uri}{context.Request.Path.Value!["/jira".Length..]}",
                    ["status-code"] = 404 }, 404);
        return SendAsync(context, answer, Check(context.Request));
    }

    private (JiraSignIn SignIn, JiraAccount? Account) Check(HttpRequest request)
    {
        lock (_gate)
        {
            return JiraAuthentication.Check(_site!, request);
        }
    }

    private async Task HandleAsync(HttpContext context, string version, bool isOpen, Func<JiraRequest, Answer> handle)
    {
        var who = Check(context.Request);
        Answer answer;
        try
        {
            answer = Refuse(who.SignIn, isOpen, JiraGateway.Led(context))
                ?? await AnswerAsync(context, version, who.Account, handle);
        }
        catch (JiraError refused)
        {
            answer = refused.ToAnswer();
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == 413)
        {
            answer = new JiraError(413, "The request entity is too large.").ToAnswer();
        }
        catch (Exception wrong) when (wrong is not OperationCanceledException and not IOException)
        {
            await Console.Error.WriteLineAsync($"{context.Request.Method} {context.Request.Path}: {wrong}");
            answer = new JiraError(500, "Internal server error").ToAnswer();
        }

        await SendAsync(context, answer, who);
    }

    /// <summary>
    /// Wrong credentials mostly look like none at all: searches find nothing and issues do not exist. What is about the
    /// account itself says so, and Data Center says so of a wrong password.
    /// </summary>
    private Answer? Refuse(JiraSignIn signIn, bool isOpen, bool isAtGateway)
    {
        if (signIn == JiraSignIn.SignedIn)
        {
            return null;
        }

        if (isAtGateway)
        {
            return JiraGateway.Refusal();
        }

        if (!IsCloud && signIn == JiraSignIn.WrongPassword)
        {
            return Answer.Text(401, "<html><head><title>Unauthorized (401)</title></head><body>"
                + "<h1>Unauthorized (401)</h1><p>Encountered a 401 error while loading this page.</p></body></html>",
                "text/html;charset=UTF-8")
                .With("WWW-Authenticate", "OAuth realm=\"sandbox\"");
        }

        return isOpen && (signIn == JiraSignIn.Anonymous || options.Switches.WrongJiraCredentialsAreAnonymous) ? null
            : Answer.Json(
                new JsonObject { ["message"] = "Client must be authenticated to access this resource.",
                    ["status-code"] = 401 }, 401)
                .With("WWW-Authenticate", "OAuth realm=\"sandbox\"");
    }

    private async Task<Answer> AnswerAsync(
        HttpContext context, string version, JiraAccount? account, Func<JiraRequest, Answer> handle)
    {
        var request = context.Request;
        var body = await RequestReader.ReadBodyAsync(request, context.RequestAborted);
        var isFile = request.Path.Value!.EndsWith("/attachments", StringComparison.Ordinal);
        if (body.Length > 0 && request.Method is "POST" or "PUT"
            && !MediaType.Is(request.ContentType, isFile ? "multipart/form-data" : "application/json"))
        {
            return Answer.Json(new JsonObject { ["message"] = "Unsupported Media Type", ["status-code"] = 415 }, 415);
        }

        lock (_gate)
        {
            _site!.Tasks.Advance();
            return handle(new JiraRequest(
                _site!, version == "latest" ? "2" : version, account, request.RouteValues, request.Query, body)
            {
                ContentType = request.ContentType,
                TokenCheck = request.Headers["X-Atlassian-Token"],
                AtGateway = JiraGateway.Led(context),
            });
        }
    }

    private Task SendAsync(HttpContext context, Answer answer, (JiraSignIn SignIn, JiraAccount? Account) who)
    {
        var signIn = who.SignIn;
        var headers = context.Response.Headers;
        headers["X-AREQUESTID"] = Guid.NewGuid().ToString("N");
        headers["X-Content-Type-Options"] = "nosniff";
        headers["Cache-Control"] = "no-cache, no-store, no-transform";
        if (IsCloud)
        {
            headers["Atl-Traceid"] = Guid.NewGuid().ToString("N");
        }
        else
        {
            headers["X-AUSERNAME"] = who.Account?.EmailAddress ?? "anonymous";
        }

        if (signIn is JiraSignIn.WrongPassword or JiraSignIn.WrongToken)
        {
            headers["X-Seraph-LoginReason"] = "AUTHENTICATED_FAILED";
        }
        else if (!IsCloud && signIn == JiraSignIn.SignedIn)
        {
            headers["X-Seraph-LoginReason"] = "OK";
        }

        var type = answer.ContentType?.Replace("; charset=utf-8", ";charset=UTF-8", StringComparison.Ordinal);
        return (answer with { ContentType = type }).SendAsync(context.Response, context.RequestAborted);
    }
}

/// <summary>The route table of one version of the API.</summary>
internal sealed class JiraRoutes(
    IEndpointRouteBuilder routes, string version, Func<HttpContext, string, bool, Func<JiraRequest, Answer>,
    Task> handle,
    string? root = null)
{
    /// <summary>A route that needs an account.</summary>
    public void Add(string method, string path, Func<JiraRequest, Answer> answer) =>
        Add(method, path, isOpen: false, answer);

    /// <summary>A route that answers anybody, though what it shows depends on who asks.</summary>
    public void AddOpen(string method, string path, Func<JiraRequest, Answer> answer) =>
        Add(method, path, isOpen: true, answer);

    private void Add(string method, string path, bool isOpen, Func<JiraRequest, Answer> answer) => routes.MapMethods(
        $"{root ?? $"/jira/rest/api/{version}"}/{path}", [method],
        (RequestDelegate)(context => handle(context, version, isOpen, answer)));
}
