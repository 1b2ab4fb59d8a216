using System.Text;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// What every request to either service passes on its way in: it is counted, waits for the latency, and meets the fault
/// rules. A client that goes away ends its wait at once.
/// </summary>
internal sealed class RequestGate(SandboxOptions options, RequestStats stats, FaultTable faults)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (ServiceName.Of(context) is not { } service)
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
            // The client is gone; there is nobody to answer.
        }
        finally
        {
            stats.Count(service, context.Request.Method, route, cut ? 0 : context.Response.StatusCode);
        }
    }

    private async Task<bool> PassAsync(HttpContext context, RequestDelegate next, string service, string route)
    {
        var (delay, fault) = faults.Next(service, context.Request.Method, route);
        await WaitAsync(options.Latency + delay, context.RequestAborted);
        switch (fault?.Kind)
        {
            case FaultKind.Status:
                var body = Encoding.UTF8.GetBytes(fault.Body ?? "");
                await SendAsync(new Answer(fault.Status ?? 500, body, body.Length > 0 ? fault.BodyType : null));
                return false;

            case FaultKind.Throttle when fault.Status is >= 200 and < 300:
                foreach (var (name, value) in Throttling.Headers(service, options.Jira, options.TimeProvider.GetUtcNow())
                    .Concat(fault.Headers))
                {
                    context.Response.Headers[name] = value;
                }

                await next(context);
                return false;

            case FaultKind.Throttle:
                var refusal = Throttling.Refusal(service, options.Jira, options.TimeProvider.GetUtcNow());
                await SendAsync(refusal with
                {
                    Status = fault.Status ?? refusal.Status,
                    Body = fault.Body is null ? refusal.Body : Encoding.UTF8.GetBytes(fault.Body),
                });
                return false;

            case FaultKind.DropBefore:
                context.Abort();
                return true;

            case FaultKind.DropAfter:
                // The answer goes where nobody reads it; not even its headers reach the connection.
                context.Response.Body = new MemoryStream();
                await next(context);
                context.Abort();
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

    private Task WaitAsync(TimeSpan time, CancellationToken token) =>
        time > TimeSpan.Zero ? Task.Delay(time, options.TimeProvider, token) : Task.CompletedTask;
}
