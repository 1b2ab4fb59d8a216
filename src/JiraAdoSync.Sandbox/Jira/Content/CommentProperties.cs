using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>
/// Properties of comments. They are kept with the comment; only a list by ids and their own routes show them.
/// </summary>
internal static class CommentProperties
{
    private const string Name = "properties";

    public static void Map(JiraRoutes routes)
    {
        const string One = "comment/{commentId}/properties/{propertyKey}";
        routes.AddOpen("GET", "comment/{commentId}/properties", request => Answer.Json(EntityProperties.Keys(
            $"{request.Api}/comment/{request.Route("commentId")}",
            (Find(request).Comment[Name] as JsonObject ?? []).Select(one => one.Key))));
        routes.AddOpen("GET", One, request =>
            Find(request).Comment[Name] is JsonObject all && all.TryGetPropertyValue(Key(request), out var value)
                ? Answer.Json(EntityProperties.One(Key(request), value))
                : throw EntityProperties.Missing(Key(request)));
        routes.Add("PUT", One, request =>
        {
            var comment = Editable(request);
            var value = EntityProperties.Value(request, Key(request));
            var isNew = (comment[Name] as JsonObject)?.ContainsKey(Key(request)) is not true;
            Take(comment, [(Key(request), value)]);
            return Answer.Empty(isNew ? 201 : 200);
        });
        routes.Add("DELETE", One, request => (Editable(request)[Name] as JsonObject)?.Remove(Key(request)) is true
            ? Answer.Empty(204)
            : throw EntityProperties.Missing(Key(request)));
    }

    /// <summary>Sets properties of a comment.</summary>
    public static void Take(JsonObject comment, IEnumerable<(string Key, JsonNode? Value)> properties)
    {
        foreach (var (key, value) in properties)
        {
            if (comment[Name] is not JsonObject all)
            {
                comment[Name] = all = [];
            }

            all[key] = value?.DeepClone();
        }
    }

    /// <summary>The properties of a comment as a list of it shows them.</summary>
    public static JsonArray Listed(JsonObject comment) => new(
        [.. (comment[Name] as JsonObject ?? []).Select(one => EntityProperties.One(one.Key, one.Value))]);

    private static string Key(JiraRequest request) => request.Route("propertyKey");

    private static (Issue Issue, JsonObject Comment) Find(JiraRequest request) =>
        request.Site.Comments.Find(request.Route("commentId"), request.Account)
            ?? throw new JiraError(404, $"Can not find a comment for the id: {request.Route("commentId")}.");

    private static JsonObject Editable(JiraRequest request)
    {
        var (issue, comment) = Find(request);
        CommentEndpoints.RequireOwn(request, issue, comment, "EDIT", 403, "edit");
        return comment;
    }
}
