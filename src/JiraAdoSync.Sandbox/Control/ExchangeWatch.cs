using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>Keeps the bodies of a request and of its answer on their way, for whoever watches.</summary>
internal sealed class ExchangeWatch(Action<Exchange> watcher)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (ServiceName.Of(context) is null)
        {
            await next(context);
            return;
        }

        context.Request.EnableBuffering();
        var request = await RequestReader.ReadBodyAsync(context.Request, context.RequestAborted);
        context.Request.Body.Position = 0;
        var connection = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = connection;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        watcher(new Exchange(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.ContentType,
            request,
            context.Response.StatusCode,
            context.Response.ContentType,
            answer.ToArray()));
        if (answer.Length > 0)
        {
            await connection.WriteAsync(answer.ToArray(), context.RequestAborted);
        }
    }
}
