using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>What is answered instead of a service that is down, or that gave up on a batch as a whole.</summary>
internal static class Outage
{
    /// <summary>
    /// Azure DevOps sends its error with a byte order mark; in front of Jira is a proxy with a page of its own.
    /// </summary>
    public static Answer Of(string service)
    {
        if (service == ServiceName.AzureDevOps)
        {
            var error = AdoError.Unavailable();
            var answer = error.ToAnswer();
            return (answer with { Body = [.. Encoding.UTF8.Preamble, .. answer.Body] })
                .With("x-tfs-serviceerror", Uri.EscapeDataString(error.Message));
        }

        return Answer.Text(
            503,
            "<!DOCTYPE html>\n<html><head><title>503 Service Temporarily Unavailable</title></head><body>"
                + "<h1>503 Service Temporarily Unavailable</h1></body></html>\n",
            "text/html").With("Retry-After", "1");
    }

    /// <summary><c>$batch</c> with one response for all its requests, which is a critical failure's.</summary>
    public static Answer OneResponse(int? status)
    {
        var failure = AdoError.Unverifiable().ToAnswer();
        return Listing.Of([new JsonObject
        {
            ["code"] = status ?? failure.Status,
            ["headers"] = new JsonObject { ["Content-Type"] = failure.ContentType },
            ["body"] = Encoding.UTF8.GetString(failure.Body),
        }]);
    }
}
