using System.Text;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Entity properties of issues. A write answers 201 the first time and 200 from then on; <c>updated</c> stays, as no
/// document says that it moves.
/// </summary>
internal static class PropertyEndpoints
{
    private const int KeyLimit = 255;
    private const int ValueLimit = 32_768;

    public static void Map(JiraRoutes routes)
    {
        const string One = "issue/{issueIdOrKey}/properties/{propertyKey}";
        routes.AddOpen("GET", "issue/{issueIdOrKey}/properties", request =>
        {
            var issue = request.Issue();
            return Answer.Json(new JsonObject
            {
                ["keys"] = new JsonArray([.. issue.Properties.Keys.Select(key => new JsonObject
                {
                    ["self"] = $"{request.Api}/issue/{issue.Key}/properties/{Uri.EscapeDataString(key)}",
                    ["key"] = key,
                })]),
            });
        });
        routes.AddOpen(
            "GET", One, request => request.Issue().Properties.TryGetValue(request.Route("propertyKey"), out var value)
            ? Answer.Json(new JsonObject { ["key"] = request.Route("propertyKey"), ["value"] = value?.DeepClone() })
                : throw Missing(request));
        routes.AddOpen("PUT", One, Write);
        routes.AddOpen("DELETE", One, request =>
            request.Issue().Properties.Remove(request.Route("propertyKey"))
                ? Answer.Empty(204)
                : throw Missing(request));
    }

    /// <summary>The properties that the body of a new issue brings.</summary>
    public static List<(string Key, JsonNode? Value)> Read(JsonNode? list) =>
        [.. (list as JsonArray ?? []).Select(one => (one.Get("key").Text() ?? "", one.Get("value")?.DeepClone()))];

    private static Answer Write(JiraRequest request)
    {
        var issue = request.Issue();
        var key = request.Route("propertyKey");
        request.Require("EDIT_ISSUES", 403, "You do not have permission to edit issues in this project.");
        if (key.Length > KeyLimit)
        {
            throw new JiraError(400, $"The property key must not be longer than {KeyLimit} characters.");
        }

        if (Encoding.UTF8.GetString(request.Body).Length > ValueLimit)
        {
            throw new JiraError(400, $"The property value must not be longer than {ValueLimit} characters.");
        }

        var value = request.Body.Length == 0 ? throw JiraError.InvalidJson() : RequestReader.TryParse(request.Body);
        if (value is null && !request.Body.AsSpan().SequenceEqual("null"u8))
        {
            throw JiraError.InvalidJson();
        }

        var isNew = !issue.Properties.ContainsKey(key);
        issue.Properties[key] = value;
        return Answer.Empty(isNew ? 201 : 200);
    }

    private static JiraError Missing(JiraRequest request) =>
        new(404, $"The property {request.Route("propertyKey")} does not exist.");
}
