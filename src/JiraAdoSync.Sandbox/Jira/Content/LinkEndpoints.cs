using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>
/// Links and their types. Here, and only here, the names of the ends are flipped: <c>inwardIssue</c> is the source, the
/// one that says the outward phrase. The body {inwardIssue: A, outwardIssue: B, type: Blocks} makes "A blocks B", and
/// reading A shows B as <c>outwardIssue</c>.
/// </summary>
internal static class LinkEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("POST", "issueLink", WhereEnabled(Create));
        routes.AddOpen("GET", "issueLink/{linkId}", WhereEnabled(Get));
        routes.AddOpen("DELETE", "issueLink/{linkId}", WhereEnabled(Delete));
        routes.AddOpen("GET", "issueLinkType", WhereEnabled(request => Answer.Json(new JsonObject
        {
            ["issueLinkTypes"] = new JsonArray([.. request.Site.LinkTypes.Select(type => type.ToJson(request.Api))]),
        })));
        routes.AddOpen("GET", "issueLinkType/{issueLinkTypeId}",
            WhereEnabled(request => Answer.Json(TypeOf(request).ToJson(request.Api))));
        routes.Add("POST", "issueLinkType", WhereEnabled(CreateType));
        routes.Add("PUT", "issueLinkType/{issueLinkTypeId}", WhereEnabled(EditType));
        routes.Add("DELETE", "issueLinkType/{issueLinkTypeId}", WhereEnabled(request =>
        {
            RequireAdministrator(request);
            request.Site.Remove(TypeOf(request));
            return Answer.Empty(204);
        }));
    }

    private static Func<JiraRequest, Answer> WhereEnabled(Func<JiraRequest, Answer> answer) => request =>
        request.Site.Switches.IssueLinkingIsDisabled
            ? throw new JiraError(404, "Issue linking is currently disabled.")
            : answer(request);

    /// <summary>The link type that a body names; names are case-sensitive.</summary>
    public static IssueLinkType TypeOf(JiraSite site, JsonNode? reference)
    {
        if (reference.Get("id").Text() is { } id)
        {
            return site.LinkTypes.FirstOrDefault(type => type.Id == id)
                ?? throw new JiraError(404, $"No issue link type with id '{id}' found.");
        }

        var name = reference.Get("name").Text() ?? "";
        return site.LinkTypes.FirstOrDefault(type => type.Name == name)
            ?? throw new JiraError(404, $"No issue link type with name '{name}' found.");
    }

    private static Answer Create(JiraRequest request)
    {
        var body = request.Json();
        if (!request.IsSignedIn)
        {
            var named = Reference(body["inwardIssue"]) ?? "";
            throw new JiraError(401, $"No Link Issue Permission for issue '{named}'");
        }

        var source = request.Issue(Reference(body["inwardIssue"]) ?? "");
        var target = request.Issue(Reference(body["outwardIssue"]) ?? "");
        var type = TypeOf(request.Site, body["type"]);
        RequireLinking(request, source);
        if (source == target)
        {
            throw new JiraError(400, "You cannot link an issue to itself.");
        }

        var comment = body["comment"];
        if (comment is not null && (CommentEndpoints.Problem(request, comment)
            ?? CommentEndpoints.Refusal(request, source)) is { } problem)
        {
            throw JiraError.Field("comment", problem);
        }

        Link(request, type, source, target);
        if (comment is not null)
        {
            CommentEndpoints.Add(request, source, comment);
        }

        // No id, no address, no body; a link that existed already is answered in the same way.
        return Answer.Empty(201);
    }

    /// <summary>Links two issues and records it, unless the link exists already.</summary>
    public static void Link(JiraRequest request, IssueLinkType type, Issue source, Issue target)
    {
        if (JiraSite.Link(type, source, target) is null)
        {
            RequireRoom(request, source);
            RequireRoom(request, target);
            request.Journal.Linked(request.Site.AddLink(type, source, target));
        }
    }

    /// <summary>Says that an issue takes no more links, where it has as many as it may.</summary>
    public static void RequireRoom(JiraRequest request, Issue issue)
    {
        var limit = request.Site.Switches.JiraLinksPerIssue;
        if (issue.Links.Count >= limit)
        {
            throw new JiraError(413, $"The issue '{issue.Key}' has reached the limit of {limit} links.");
        }
    }

    // It is the source that needs the permission, and its lack is a 401, not a 403.
    private static void RequireLinking(JiraRequest request, Issue source) =>
        request.Require(Permission.LinkIssues, 401, $"No Link Issue Permission for issue '{source.Key}'", source);

    private static string? Reference(JsonNode? issue) => issue.Get("key").Text() ?? issue.Get("id").Text();

    private static IssueLink Find(JiraRequest request)
    {
        var id = request.Route("linkId");
        return request.Account is { } account && request.Site.Link(id) is { } link
            && account.CanSeeLinkTo(link.Source) && account.CanSeeLinkTo(link.Target)
            && (link.Source.IsReadable || link.Target.IsReadable)
            ? link : throw new JiraError(404, $"No issue link with id '{id}' exists.");
    }

    private static Answer Get(JiraRequest request)
    {
        var link = Find(request);
        return Answer.Json(new JsonObject
        {
            ["id"] = request.Route("linkId"),
            ["self"] = $"{request.Api}/issueLink/{link.Id}",
            ["type"] = link.Type.ToJson(request.Api),
            ["inwardIssue"] = request.Writer.Stub(link.Source),
            ["outwardIssue"] = request.Writer.Stub(link.Target),
        });
    }

    private static Answer Delete(JiraRequest request)
    {
        var link = Find(request);
        // The permission in one of the two projects is enough.
        if (!request.Author.Has(Permission.LinkIssues, link.Target))
        {
            RequireLinking(request, link.Source);
        }

        request.Site.Remove(link);
        request.Journal.Unlinked(link);

        return Answer.Empty(204);
    }

    private static void RequireAdministrator(JiraRequest request) =>
        request.Require("ADMINISTER", 403, "Only Jira administrators can access this resource.");

    private static IssueLinkType TypeOf(JiraRequest request) =>
        TypeOf(request.Site, new JsonObject { ["id"] = request.Route("issueLinkTypeId") });

    /// <summary>
    /// Names and phrases belong to the site: what is called "Blocks" elsewhere may have any wording here.
    /// </summary>
    private static Answer EditType(JiraRequest request)
    {
        RequireAdministrator(request);
        var (type, body) = (TypeOf(request), request.Json());
        if (body["name"].Text() is { } name
            && request.Site.LinkTypes.Any(
                one => one != type && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new JiraError(400, $"A link type with the name '{name}' already exists.");
        }

        type.Name = body["name"].Text() ?? type.Name;
        type.Inward = body["inward"].Text() ?? type.Inward;
        type.Outward = body["outward"].Text() ?? type.Outward;
        request.Site.MarkChanged();
        return Answer.Json(type.ToJson(request.Api));
    }

    private static Answer CreateType(JiraRequest request)
    {
        RequireAdministrator(request);
        var body = request.Json();
        var name = body["name"].Text();
        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(body["inward"].Text())
            || string.IsNullOrWhiteSpace(body["outward"].Text()))
        {
            throw new JiraError(400, "A link type needs name, inward and outward.");
        }

        if (request.Site.LinkTypes.Any(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new JiraError(400, $"A link type with the name '{name}' already exists.");
        }

        var created = request.Site.AddLinkType(null, name, body["inward"].Text()!, body["outward"].Text()!);
        return Answer.Json(created.ToJson(request.Api), 201);
    }
}
