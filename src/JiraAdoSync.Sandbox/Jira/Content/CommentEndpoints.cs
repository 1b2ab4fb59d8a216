using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>Comments of issues: documents in v3, markup in v2.</summary>
internal static class CommentEndpoints
{
    private const string Author = "author";
    private const int IdsPerList = 1000;

    public static void Map(JiraRoutes routes, JiraFlavor flavor)
    {
        const string One = "issue/{issueIdOrKey}/comment/{id}";
        routes.AddOpen("GET", "issue/{issueIdOrKey}/comment", List);
        routes.AddOpen("POST", "issue/{issueIdOrKey}/comment", Create);
        routes.AddOpen("GET", One, request => Answer.Json(Render(request, request.Issue(), Find(request))));
        routes.AddOpen("PUT", One, Update);
        routes.AddOpen("DELETE", One, request =>
        {
            var (issue, comment) = (request.Issue(), Find(request));
            RequireOwn(request, issue, comment, "DELETE", 400, "delete");
            All(issue).Remove(comment);
            request.Journal.Commented(issue, comment, "comment_deleted", "issue_comment_deleted");
            return Answer.Empty(204);
        });
        if (flavor == JiraFlavor.Cloud)
        {
            routes.AddOpen("POST", "comment/list", ListByIds);
        }
    }

    public static string? Problem(JiraRequest request, JsonNode? comment) =>
        comment.Get("body") is not { } body || (body is JsonValue && string.IsNullOrWhiteSpace(body.Text()))
            ? "Comment body can not be empty!"
            : request.Author.IsIn(comment.Get("visibility")) ? RichText.Problem(body, request.Version)
            : $"You are currently not a member of the {comment.Get("visibility").Get("type").Text()}: "
                + $"{comment.Get("visibility").Get("value").Text()}.";

    /// <summary>Why an account may not comment on an issue, or null.</summary>
    public static string? Refusal(JiraRequest request, Issue? issue, JiraProject? project = null) =>
        request.Author.Has(Permission.AddComments, issue, project) ? null
            : $"{request.Author.DisplayName}, you do not have the permission to comment on this issue.";

    /// <summary>Says that an issue takes no more comments, where it has as many as it may.</summary>
    public static void RequireRoom(JiraRequest request, Issue issue)
    {
        var limit = request.Site.Switches.JiraCommentsPerIssue;
        if ((issue.Fields["comment"].Get("comments") as JsonArray)?.Count >= limit)
        {
            throw new JiraError(413, $"The issue '{issue.Key}' has reached the limit of {limit} comments.");
        }
    }

    /// <summary>Adds a comment that was found to have no problem.</summary>
    public static JsonObject Add(JiraRequest request, Issue issue, JsonNode given)
    {
        var site = request.Site;
        var now = JiraTime.Write(site.Now);
        var comment = new JsonObject
        {
            ["self"] = "",
            ["id"] = site.NextId("comment").ToString(CultureInfo.InvariantCulture),
            [Author] = request.Author.ToJson(site.Flavor, request.Api),
            ["body"] = given["body"]!.DeepClone(),
            ["updateAuthor"] = request.Author.ToJson(site.Flavor, request.Api),
            ["created"] = now,
            ["updated"] = now,
        };
        if (given["visibility"] is { } visibility)
        {
            comment["visibility"] = visibility.DeepClone();
        }

        if (site.Flavor == JiraFlavor.Cloud)
        {
            comment["jsdPublic"] = true;
        }

        CommentProperties.Take(comment, EntityProperties.Read(given["properties"]));
        All(issue).Add(comment);
        site.Comments.Add(issue, comment["id"].Text()!);
        site.FieldNames.Add("comment");
        request.Journal.Commented(issue, comment, "comment_created", "issue_commented");
        return comment;
    }

    /// <summary>For what needs a permission on all comments, or on those of the account itself.</summary>
    public static void RequireOwn(
        JiraRequest request, Issue issue, JsonNode comment, string verb, int status, string doing)
    {
        var isOwn = request.Author.Id == comment[Author].Get("accountId").Text()
            || request.Author.Key == comment[Author].Get("key").Text();
        if (!request.Author.Has($"{verb}_ALL_COMMENTS", issue)
            && !(isOwn && request.Author.Has($"{verb}_OWN_COMMENTS", issue)))
        {
            throw new JiraError(
                status, $"{request.Author.DisplayName}, you do not have the permission to {doing} this comment.");
        }
    }

    private static JsonArray All(Issue issue) => issue.ListIn("comment", "comments");

    private static JsonNode Find(JiraRequest request)
    {
        var id = request.Route("id");
        return All(request.Issue())
                .FirstOrDefault(comment => comment.Get("id").Text() == id && request.Author.CanSee(comment))
            ?? throw new JiraError(404, $"Can not find a comment for the id: {id}.");
    }

    private static Answer Create(JiraRequest request)
    {
        var issue = request.Issue();
        var body = request.Json();
        if (Refusal(request, issue) is { } refusal)
        {
            throw new JiraError(400, refusal);
        }

        if (Problem(request, body) is { } problem)
        {
            throw JiraError.Field("comment", problem);
        }

        RequireRoom(request, issue);
        EntityProperties.Verify(EntityProperties.Read(body["properties"]));
        return Answer.Json(Render(request, issue, Add(request, issue, body)), 201);
    }

    private static Answer List(JiraRequest request)
    {
        var issue = request.Issue();
        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 100), 0, 5000));
        var all = All(issue).Where(request.Author.CanSee).ToList();
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

    /// <summary>
    /// Comments of any issues by their ids, and the only list that shows their properties. What can't be seen is
    /// missing.
    /// </summary>
    private static Answer ListByIds(JiraRequest request)
    {
        if (request.Json()["ids"] is not JsonArray { Count: > 0 and <= IdsPerList } ids)
        {
            throw new JiraError(400, $"ids must have between 1 and {IdsPerList} ids of comments.");
        }

        var found = ids.Select(id => id.Text()).OfType<string>().Distinct()
            .Select(id => request.Site.Comments.Find(id, request.Account)).OfType<(Issue Issue, JsonObject Comment)>()
            .Select(one =>
            {
                var json = Render(request, one.Issue, one.Comment);
                if (request.Expands("properties"))
                {
                    json["properties"] = CommentProperties.Listed(one.Comment);
                }

                return json;
            }).ToArray();
        return Answer.Json(new JsonObject
        {
            ["maxResults"] = 1_048_576,
            ["startAt"] = 0,
            ["total"] = found.Length,
            ["isLast"] = true,
            ["values"] = new JsonArray(found),
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
        RequireOwn(request, issue, comment, "EDIT", 400, "edit");
        if (Problem(request, body) is { } problem)
        {
            throw JiraError.Field("comment", problem);
        }

        var properties = EntityProperties.Read(body["properties"]);
        EntityProperties.Verify(properties);
        comment["body"] = body["body"]!.DeepClone();
        comment["updateAuthor"] = request.Author.ToJson(request.Site.Flavor, request.Api);
        comment["updated"] = JiraTime.Write(request.Site.Now);
        if (body["visibility"] is { } visibility)
        {
            comment["visibility"] = visibility.DeepClone();
        }

        CommentProperties.Take((JsonObject)comment, properties);
        request.JournalThat(request.Query("notifyUsers") != "false")
            .Commented(issue, comment, "comment_updated", "issue_comment_edited");
        return Answer.Json(Render(request, issue, comment));
    }
}
