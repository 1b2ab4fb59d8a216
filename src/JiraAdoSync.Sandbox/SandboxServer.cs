using System.Net;
using System.Security.Cryptography;
using JiraAdoSync.Sandbox.AzureDevOps;
using JiraAdoSync.Sandbox.Control;
using JiraAdoSync.Sandbox.Jira;
using JiraAdoSync.Sandbox.Model;
using JiraAdoSync.Sandbox.Page;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JiraAdoSync.Sandbox;

/// <summary>
/// Jira and Azure DevOps work item tracking on 127.0.0.1, over real HTTP, with state and the services' rules. Jira is
/// under <c>/jira</c>, the organisation under <c>/ado/contoso</c>, what scripts look at and upset it with under
/// <c>/sandbox</c>.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private const long BodyLimit = 64 * 1024 * 1024;

    private readonly WebApplication _application;
    private readonly JiraService _jira;
    private readonly AdoService _ado;
    private readonly OtherClient _otherClient;

    private SandboxServer(
        WebApplication application,
        JiraService jira,
        AdoService ado,
        OtherClient otherClient,
        SandboxOptions options,
        Uri address,
        string jiraToken,
        string adoToken)
    {
        _application = application;
        _jira = jira;
        _ado = ado;
        _otherClient = otherClient;
        Address = address;
        Switches = options.Switches;
        JiraToken = jiraToken;
        AdoToken = adoToken;
    }

    /// <summary>The address of the sandbox itself, such as <c>http://127.0.0.1:5080</c>.</summary>
    public Uri Address { get; }

    /// <summary>The address of the Jira site.</summary>
    public Uri JiraUri => new($"{Address.GetLeftPart(UriPartial.Authority)}/jira");

    /// <summary>The address of the Azure DevOps organisation.</summary>
    public Uri OrganizationUri => new($"{Address.GetLeftPart(UriPartial.Authority)}/ado/{Organization.Name}");

    /// <summary>The name of the Azure DevOps project.</summary>
    public string Project { get; } = "Fabrikam";

    /// <summary>The address of the chat-completions endpoint, without its route.</summary>
    public Uri ModelUri => new($"{Address.GetLeftPart(UriPartial.Authority)}/v1");

    /// <summary>The user of the Jira account.</summary>
    public string JiraUser { get; } = AccountName;

    /// <summary>The API token of the Jira account; Data Center takes it as password and as bearer token.</summary>
    public string JiraToken { get; }

    /// <summary>The token for Azure DevOps, as PAT and as bearer token.</summary>
    public string AdoToken { get; }

    /// <summary>
    /// How the sandbox answers where the services' answer is not established; may be changed at any time.
    /// </summary>
    public SandboxSwitches Switches { get; }

    private static string AccountName => "sandbox@example.com";

    /// <summary>Starts a sandbox; it takes requests when this ends.</summary>
    /// <exception cref="FormatException">A line of the seed is not a Jira issue.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<SandboxServer> StartAsync(
        SandboxOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (jiraToken, adoToken) = (NewToken("ATATT3x", 32), NewToken("", 63));
        var stats = new RequestStats();
        var faults = new FaultTable(options.FaultSeed);
        var budget = new UsageBudget(options.TimeProvider);
        var jiraBudget = new JiraBudget(options.TimeProvider);
        var otherClient = new OtherClient();
        var gate = new RequestGate(options, stats, faults, budget, jiraBudget, otherClient);
        var jira = new JiraService(options, AccountName, jiraToken, Seed.Of(options.Seed));
        var ado = new AdoService(options, adoToken);
        var model = new ModelEndpoint(options.TimeProvider);

        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var application = Build(options.Port);
        application.Use(next => context =>
        {
            if (options.Jira == JiraFlavor.Cloud)
            {
                JiraGateway.Lead(context);
            }

            return next(context);
        });
        application.UseRouting();
        application.Use(next => async context =>
        {
            await isReady.Task.WaitAsync(context.RequestAborted);
            await next(context);
        });
        if (options.Watcher is { } watcher)
        {
            application.Use(next => context => new ExchangeWatch(watcher).InvokeAsync(context, next));
        }

        application.Use(next => context => gate.InvokeAsync(context, next));
        application.Use(
            next => context => context.GetEndpoint() is RouteEndpoint ? next(context) : Unrouted(context, jira, ado));
        jira.Map(application);
        ado.Map(application);
        ControlRoutes.Map(application, stats, faults, options.Switches, () =>
        {
            jira.Reset();
            ado.Reset();
            budget.Clear();
            jiraBudget.Clear();
            model.Reset();
        });
        model.Map(application);
        BoardPage.Map(application, jira, ado, stats);
        try
        {
            // The address is known only now, and both services call themselves by it; early requests wait.
            await application.StartAsync(cancellationToken);
            var address = new Uri(application.Urls.First());
            var server = new SandboxServer(application, jira, ado, otherClient, options, address, jiraToken, adoToken);
            otherClient.Start(server.Address, AccountName, jiraToken, adoToken);
            jira.Start(server.JiraUri);
            ado.Start(server.OrganizationUri);
            isReady.SetResult();
            return server;
        }
        catch
        {
            await application.DisposeAsync();
            await jira.DisposeAsync();
            await ado.DisposeAsync();
            otherClient.Dispose();
            throw;
        }
    }

    /// <summary>Cuts what is still open and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _application.StopAsync(atOnce.Token);
        await _application.DisposeAsync();
        await _jira.DisposeAsync();
        await _ado.DisposeAsync();
        _otherClient.Dispose();
    }

    private static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyLimit;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        return builder.Build();
    }

    private static Task Unrouted(HttpContext context, JiraService jira, AdoService ado)
    {
        switch (ServiceName.Of(context))
        {
            case ServiceName.Jira:
                return jira.HandleUnroutedAsync(context);
            case ServiceName.AzureDevOps:
                return ado.HandleUnroutedAsync(context);
            default:
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
        }
    }

    private static string NewToken(string start, int bytes) =>
        start + Convert.ToHexString(RandomNumberGenerator.GetBytes(bytes))[..(bytes > 42 ? 84 : bytes)]
            .ToLowerInvariant();

    /// <summary>Signals of the process belong to whoever started the sandbox in it.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
