using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.Types;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

/// <summary>
/// The discussion of a work item. A new comment is a revision with System.History, however it was written; that a
/// change or deletion of one makes a revision too is not documented, and the answer that is harder on a client.
/// </summary>
internal static class CommentEndpoints
{
    private const int PageSize = 200;

    private static readonly string[] Reactions = ["like", "dislike", "heart", "hooray", "smile", "confused"];

    public static void Map(AdoRoutes routes)
    {
        const string one = "wit/workItems/{workItemId}/comments/{commentId}";
        routes.Both("GET", "wit/workItems/{workItemId}/comments", List, PreviewRule.Always);
        routes.Both("POST", "wit/workItems/{workItemId}/comments", Add, PreviewRule.Always);
        routes.Both("GET", one, request =>
        {
            var (item, comment) = Find(request, includeDeleted: request.Flag("includeDeleted"));
            return Answer.Json(ToJson(item, comment, WithRendered(request)));
        }, PreviewRule.Always);
        routes.Both("PATCH", one, request =>
        {
            var text = Text(request);
            return Change(request, comment => comment with { Text = text });
        }, PreviewRule.Always);
        routes.Both(
            "DELETE", one, request =>
                Change(request, comment => comment with { IsDeleted = true }), PreviewRule.Always);
        routes.Both("GET", $"{one}/versions", request =>
        {
            var (item, comment) = Find(request, includeDeleted: true);
            return Listing.Of(comment.Earlier.Append(comment).Select(version => VersionJson(item, version)));
        }, PreviewRule.Always);
        routes.Both("GET", $"{one}/versions/{{version}}", request =>
        {
            var (item, comment) = Find(request, includeDeleted: true);
            var number = request.RouteId("version");
            return Answer.Json(
                VersionJson(item, comment.Earlier.Append(comment).FirstOrDefault(version => version.Version == number)
                ?? throw AdoError.CommentMissing(item.Id, comment.Id)));
        }, PreviewRule.Always);
        routes.Both("GET", $"{one}/reactions", request =>
        {
            var (item, comment) = Find(request, includeDeleted: false);
            return Listing.Of(
                Reactions.Where(comment.Reactions.Contains).Select(type => ReactionJson(item, comment, type)));
        }, PreviewRule.Always);
        routes.Both("PUT", $"{one}/reactions/{{reactionType}}", request => React(request, true), PreviewRule.Always);
        routes.Both("DELETE", $"{one}/reactions/{{reactionType}}", request =>
            React(request, false), PreviewRule.Always);
        routes.Both("GET", $"{one}/reactions/{{reactionType}}/users", request =>
        {
            var (_, comment) = Find(request, includeDeleted: false);
            return Listing.Of(comment.Reactions.Contains(Reaction(request))
                ? [request.Organization.Account.ToJson(request.Organization.Uri)] : []);
        }, PreviewRule.Always);
    }

    private static Answer List(AdoRequest request)
    {
        var item = WorkItemEndpoints.Find(request, request.RouteId("workItemId"));
        var all = item.Comments.Where(comment => !comment.IsDeleted || request.Flag("includeDeleted")).ToList();
        if (request.Query("ids") is { } ids)
        {
            var asked = ids.Split(',').ToHashSet();
            all.RemoveAll(comment => !asked.Contains(comment.Id.ToString(CultureInfo.InvariantCulture)));
        }

        // The newest is first, unless the order is asked for by name or by number.
        if (request.Query("order") is not { } order
            || !(order == "1" || order.Equals("asc", StringComparison.OrdinalIgnoreCase)))
        {
            all.Reverse();
        }

        var start = request.QueryNumber("continuationToken") ?? 0;
        var page = all.Skip(start).Take(Math.Min(request.QueryNumber("$top") ?? PageSize, PageSize)).ToList();
        var body = new JsonObject
        {
            ["totalCount"] = all.Count,
            ["count"] = page.Count,
            ["comments"] = new JsonArray([.. page.Select(comment => ToJson(item, comment, WithRendered(request)))]),
        };
        if (page.Count > 0 && start + page.Count < all.Count)
        {
            body["continuationToken"] = $"{start + page.Count}";
            body["nextPage"] = $"{WorkItemJson.Url(request.Organization.Uri, item)}/comments"
                + $"?continuationToken={start + page.Count}&$top={page.Count}&api-version=7.1-preview.4";
        }

        return Answer.Json(body);
    }

    private static Answer Add(AdoRequest request)
    {
        var item = WorkItemEndpoints.Find(request, request.RouteId("workItemId"));
        var text = Text(request);
        new WorkItemPatch(
            request.Organization, new PatchOptions(ValidateOnly: false, BypassRules: false),
            [new PatchOperation("add", $"/fields/{FieldCatalog.History.ReferenceName}", text)], _ => null).Update(item);
        return Answer.Json(ToJson(item, item.Comments[^1], withRendered: false));
    }

    private static Answer Change(AdoRequest request, Func<WorkItemComment, WorkItemComment> change)
    {
        var (item, comment) = Find(request, includeDeleted: false);
        if (!request.Organization.Sender.CanEditIn(item.AreaPath))
        {
            throw AdoError.AreaNotEditable();
        }

        var before = item.CommentCount;
        var changed = change(comment) with
        {
            Version = comment.Version + 1,
            Earlier = [.. comment.Earlier, comment with { Earlier = [] }],
            ModifiedBy = request.Organization.Account,
            ModifiedDate = request.Organization.Now,
        };
        item.Comments[item.Comments.IndexOf(comment)] = changed;
        request.Organization.Revise(item, item.CommentCount == before
            ? [] : [new FieldChange(FieldCatalog.CommentCount, before, item.CommentCount)]);
        return Answer.Json(ToJson(item, changed, withRendered: false));
    }

    // Reactions make neither a version nor a revision.
    private static Answer React(AdoRequest request, bool engage)
    {
        var (item, comment) = Find(request, includeDeleted: false);
        var type = Reaction(request);
        var reactions = new HashSet<string>(comment.Reactions);
        _ = engage ? reactions.Add(type) : reactions.Remove(type);
        var changed = comment with { Reactions = reactions };
        item.Comments[item.Comments.IndexOf(comment)] = changed;
        return Answer.Json(ReactionJson(item, changed, type));
    }

    // Official clients send the number of the enumeration.
    private static string Reaction(AdoRequest request)
    {
        var text = request.Route("reactionType");
        return Array.Find(Reactions, type => type.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < Reactions.Length ? Reactions[number]
                : throw AdoError.Bound(
                    $"The request is invalid. The value '{text}' is not valid for the parameter 'reactionType'."));
    }

    private static JsonObject ReactionJson(WorkItem item, WorkItemComment comment, string type) => new()
    {
        ["type"] = type,
        ["commentId"] = comment.Id,
        ["count"] = comment.Reactions.Contains(type) ? 1 : 0,
        ["isCurrentUserEngaged"] = comment.Reactions.Contains(type),
        ["url"] = $"{WorkItemJson.Url(item.Project.Organization.Uri, item)}/comments/{comment.Id}/reactions/{type}",
    };

    private static JsonObject VersionJson(WorkItem item, WorkItemComment comment)
    {
        var body = ToJson(item, comment, withRendered: false);
        foreach (var name in (string[])["workItemId", "commentId", "format"])
        {
            body.Remove(name);
        }

        body["url"] = $"{body["url"]}/versions/{comment.Version}";
        return body;
    }

    private static (WorkItem Item, WorkItemComment Comment) Find(AdoRequest request, bool includeDeleted)
    {
        var item = WorkItemEndpoints.Find(request, request.RouteId("workItemId"));
        var id = request.RouteId("commentId");
        return (item, item.Comments.Find(comment => comment.Id == id && (includeDeleted || !comment.IsDeleted))
            ?? throw AdoError.CommentMissing(item.Id, id));
    }

    private static string Text(AdoRequest request) =>
        request.Json("request").GetAnyCase("text").Text() is { Length: > 0 } text
            ? text : throw AdoError.NullArgument("text");

    // The flag renderedText is 8, renderedTextOnly 16 and all -17.
    private static bool WithRendered(AdoRequest request) => request.Query("$expand") is { } expand
        && (int.TryParse(expand, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var flags)
            ? (flags & 24) != 0
            : expand.StartsWith("renderedText", StringComparison.OrdinalIgnoreCase)
                || expand.Equals("all", StringComparison.OrdinalIgnoreCase));

    private static JsonObject ToJson(WorkItem item, WorkItemComment comment, bool withRendered)
    {
        var organization = item.Project.Organization.Uri;
        var body = new JsonObject
        {
            // The OpenAPI document calls it id, the official example commentId.
            ["workItemId"] = item.Id,
            ["id"] = comment.Id,
            ["commentId"] = comment.Id,
            ["version"] = comment.Version,
            ["text"] = comment.Text,
            ["createdBy"] = comment.CreatedBy.ToJson(organization),
            ["createdDate"] = WorkItemJson.Date(comment.CreatedDate),
            ["modifiedBy"] = comment.ModifiedBy.ToJson(organization),
            ["modifiedDate"] = WorkItemJson.Date(comment.ModifiedDate),
            ["isDeleted"] = comment.IsDeleted,
            ["format"] = "html",
            ["url"] = $"{WorkItemJson.Url(organization, item)}/comments/{comment.Id}",
        };
        if (withRendered)
        {
            body["renderedText"] = comment.Text;
        }

        return body;
    }
}
