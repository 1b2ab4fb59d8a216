using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>Comments of issues: documents in v3, markup in v2.</summary>
internal static class CommentEndpoints
{
    private const string Author = "author";

    public static void Map(JiraRoutes routes)
    {
        const string One = "issue/{issueIdOrKey}/comment/{id}";
        routes.AddOpen("GET", "issue/{issueIdOrKey}/comment", List);
        routes.AddOpen("POST", "issue/{issueIdOrKey}/comment", request =>
        {
            var issue = request.Issue();
            var body = request.Json();
            return Problem(request, body) is { } problem ? throw JiraError.Field("comment", problem)
                : Answer.Json(request.Writer.Comment(issue, Add(request, issue, body)), 201);
        });
        routes.AddOpen("GET", One, request => Answer.Json(Render(request, request.Issue(), Find(request))));
        routes.AddOpen("PUT", One, Update);
        routes.AddOpen("DELETE", One, request =>
        {
            var (issue, comment) = (request.Issue(), Find(request));
            All(issue).Remove(comment);
            request.Journal.Commented(issue, comment, "comment_deleted", "issue_comment_deleted");
            return Answer.Empty(204);
        });
    }

    public static string? Problem(JiraRequest request, JsonNode? comment) =>
        comment.Get("body") is not { } body || (body is JsonValue && string.IsNullOrWhiteSpace(body.Text()))
            ? "Comment body can not be empty!" : RichText.Problem(body, request.Version);

    /// <summary>Adds a comment that was found to have no problem.</summary>
    public static JsonObject Add(JiraRequest request, Issue issue, JsonNode given)
    {
        var site = request.Site;
        request.Require("ADD_COMMENTS", 400,
            $"{request.Author.DisplayName}, you do not have the permission to comment on this issue.");
        var comment = new JsonObject
        {
            ["self"] = "",
            ["id"] = site.NextId("comment").ToString(CultureInfo.InvariantCulture),
            [Author] = request.Author.ToJson(site.Flavor, request.Api),
            ["body"] = given["body"]!.DeepClone(),
            ["updateAuthor"] = request.Author.ToJson(site.Flavor, request.Api),
            ["created"] = JiraTime.Write(site.Now),
            ["updated"] = JiraTime.Write(site.Now),
        };
        if (given["visibility"] is { } visibility)
        {
            comment["visibility"] = visibility.DeepClone();
        }

        if (site.Flavor == JiraFlavor.Cloud)
        {
            comment["jsdPublic"] = true;
        }

        All(issue).Add(comment);
        site.FieldNames.Add("comment");
        request.Journal.Commented(issue, comment, "comment_created", "issue_commented");
        return comment;
    }

    private static JsonArray All(Issue issue) => issue.ListIn("comment", "comments");

    private static JsonNode Find(JiraRequest request)
    {
        var id = request.Route("id");
        return All(request.Issue()).FirstOrDefault(comment => comment.Get("id").Text() == id)
            ?? throw new JiraError(404, $"Can not find a comment for the id: {id}.");
    }

    private static Answer List(JiraRequest request)
    {
        var issue = request.Issue();
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 100), 0, 5000));
        var all = All(issue).ToList();
        if (request.Query("orderBy") is "-created")
        {
            all.Reverse();
        }

        return Answer.Json(new JsonObject
        {
            ["startAt"] = start,
            ["maxResults"] = max,
            ["total"] = all.Count,
            ["comments"] = new JsonArray(
                [.. all.Skip(start).Take(max).Select(comment => Render(request, issue, comment))]),
        });
    }

    private static JsonObject Render(JiraRequest request, Issue issue, JsonNode? comment)
    {
        var json = request.Writer.Comment(issue, comment);
        if (request.Expands("renderedBody"))
        {
            json["renderedBody"] = request.Writer.RenderedBody(issue, comment);
        }

        return json;
    }

    private static Answer Update(JiraRequest request)
    {
        var (issue, comment, body) = (request.Issue(), Find(request), request.Json());
        if (Problem(request, body) is { } problem)
        {
            throw JiraError.Field("comment", problem);
        }

        comment["body"] = body["body"]!.DeepClone();
        comment["updateAuthor"] = request.Author.ToJson(request.Site.Flavor, request.Api);
        comment["updated"] = JiraTime.Write(request.Site.Now);
        request.Journal.Commented(issue, comment, "comment_updated", "issue_comment_edited");
        return Answer.Json(request.Writer.Comment(issue, comment));
    }
}
