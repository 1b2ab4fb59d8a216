using System.Text;
using JiraAdoSync.Sandbox.AzureDevOps;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// What every request to either service passes on its way in: it adds to the statistics, waits for the latency, and
/// meets the fault rules and the throttle. A client that disconnects stops waiting at once.
/// </summary>
internal sealed class RequestGate(
    SandboxOptions options, RequestStats stats, FaultTable faults, UsageBudget budget, JiraBudget jiraBudget,
    OtherClient otherClient)
{
    private const string Cost = "x-ratelimit-cost";

    private readonly LinkCollisions _collisions = new();

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (ServiceName.Of(context) is not { } service || otherClient.Sent(context.Request))
        {
            await next(context);
            return;
        }

        var route = ServiceName.RouteOf(context);
        var cut = true;
        try
        {
            cut = await PassAsync(context, next, service, route);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected; nobody reads an answer.
        }
        finally
        {
            stats.Count(service, route, new RecentRequest(
                options.TimeProvider.GetUtcNow(),
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                cut ? 0 : context.Response.StatusCode));
            if (cut)
            {
                // Only now: whoever sees the connection closed may ask for the statistics at once.
                context.Abort();
            }
        }
    }

    private async Task<bool> PassAsync(HttpContext context, RequestDelegate next, string service, string route)
    {
        var (delay, fault, chance) = faults.Next(service, context.Request.Method, route);
        var (slowdown, headers, isRefused) = service == ServiceName.AzureDevOps
            ? budget.Next(options.Switches.ThroughputUnits) : (TimeSpan.Zero, [], false);
        if (headers.Count > 0)
        {
            stats.Throttled(service, slowdown, isRefused);
        }

        if (service == ServiceName.Jira && await KeepJirasLimitsAsync(context, route))
        {
            return false;
        }

        var items = service == ServiceName.AzureDevOps && options.Switches.ParallelLinkWritesCollide
            ? await LinkCollisions.TouchedByAsync(context.Request) : [];
        if (_collisions.Hold(items) is { } busy)
        {
            var collision = LinkCollisions.Refusal(busy);
            await collision.SendAsync(context.Response, context.RequestAborted);
            return false;
        }

        try
        {
            await WaitAsync(options.Latency + delay + slowdown, context.RequestAborted);
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            if (isRefused)
            {
                await AdoError.Throttled().ToAnswer().SendAsync(context.Response, context.RequestAborted);
                return false;
            }

            // Before the answer is there: whoever has it may send the next request at once.
            context.Response.OnStarting(ChargeAsync);
            var isCut = await MeetAsync(context, next, service, fault, chance);
            if (isCut)
            {
                await ChargeAsync();
            }

            return isCut;
        }
        finally
        {
            _collisions.Release(items);
        }

        Task ChargeAsync()
        {
            budget.Charge(context.Response.Headers[Cost]);
            return Task.CompletedTask;
        }
    }

    /// <summary>Jira's limits, where they are on: whether the request was refused.</summary>
    private async Task<bool> KeepJirasLimitsAsync(HttpContext context, string route)
    {
        var (request, switches) = (context.Request, options.Switches);
        Answer? refusal = null;
        if (options.Jira == JiraFlavor.Cloud && switches.JiraCloudLimits
            && jiraBudget.NextOfCloud(request.Method, route, request.Path) is { } met)
        {
            refusal = Throttling.CloudRefusal(options.TimeProvider.GetUtcNow(), met.Reason, met.Limit, met.Wait);
        }
        else if (options.Jira == JiraFlavor.DataCenter
            && switches.JiraDataCenterRequestsPerSecond is > 0 and var perSecond
            && request.Headers.Authorization.Count > 0)
        {
            var (headers, isRefused) = jiraBudget.NextOfDataCenter(perSecond);
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            refusal = isRefused ? Answer.Text(429, "Rate limit exceeded.") : null;
        }

        if (refusal is null)
        {
            return false;
        }

        stats.Throttled(ServiceName.Jira, TimeSpan.Zero, isBlocked: true);
        await refusal.SendAsync(context.Response, context.RequestAborted);
        return true;
    }

    private async Task<bool> MeetAsync(
        HttpContext context, RequestDelegate next, string service, FaultRule? fault, Random? chance)
    {
        var now = options.TimeProvider.GetUtcNow();
        switch (fault?.Kind)
        {
            case FaultKind.Status:
                var body = Encoding.UTF8.GetBytes(fault.Body ?? "");
                await SendAsync(new Answer(fault.Status ?? 500, body, body.Length > 0 ? fault.BodyType : null));
                return false;

            case FaultKind.Throttle when fault.Status is >= 200 and < 300:
                stats.Throttled(service, TimeSpan.Zero, isBlocked: false);
                foreach (var (name, value) in Throttling
                    .Headers(service, options.Jira, now, context.Request.Method, fault.Reason).Concat(fault.Headers))
                {
                    context.Response.Headers[name] = value;
                }

                await next(context);
                return false;

            case FaultKind.Throttle:
                stats.Throttled(service, TimeSpan.Zero, isBlocked: true);
                var refusal = Throttling.Refusal(service, options.Jira, now, context.Request.Method, fault.Reason);
                await SendAsync(refusal with
                {
                    Status = fault.Status ?? refusal.Status,
                    Body = fault.Body is null ? refusal.Body : Encoding.UTF8.GetBytes(fault.Body),
                });
                return false;

            case FaultKind.Outage:
                await SendAsync(Outage.Of(service));
                return false;

            case FaultKind.OneResponse:
                await SendAsync(Outage.OneResponse(fault.Status));
                return false;

            case FaultKind.OtherClient:
                await otherClient.SendAsync(fault.Request, context);
                await next(context);
                return false;

            case FaultKind.Garble:
                await GarbleAsync(context, next, fault.How, chance!);
                return false;

            case FaultKind.DropBefore:
                return true;

            case FaultKind.DropAfter:
                // The answer is discarded; not even its headers reach the connection.
                context.Response.Body = new MemoryStream();
                await next(context);
                return true;

            default:
                await next(context);
                return false;
        }

        Task SendAsync(Answer answer)
        {
            foreach (var (name, value) in fault.Headers)
            {
                answer.With(name, value);
            }

            return answer.SendAsync(context.Response, context.RequestAborted);
        }
    }

    private static async Task GarbleAsync(HttpContext context, RequestDelegate next, string? how, Random chance)
    {
        var response = context.Response;
        var connection = response.Body;
        using var answer = new MemoryStream();
        response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = connection;
        }

        if (response.StatusCode is 204 or 304)
        {
            return;
        }

        var (body, type) = Garbling.Spoil(answer.ToArray(), response.ContentType, how, chance);
        response.ContentType = type;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        time > TimeSpan.Zero ? Task.Delay(time, options.TimeProvider, cancellationToken) : Task.CompletedTask;
}
