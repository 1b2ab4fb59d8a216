using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Links and their types. Here, and only here, the names of the ends are flipped: <c>inwardIssue</c> is the source, the
/// one that says the outward phrase. The body {inwardIssue: A, outwardIssue: B, type: Blocks} makes "A blocks B", and
/// reading A shows B as <c>outwardIssue</c>.
/// </summary>
internal static class LinkEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("POST", "issueLink", Create);
        routes.AddOpen("GET", "issueLink/{linkId}", Get);
        routes.AddOpen("DELETE", "issueLink/{linkId}", Delete);
        routes.AddOpen("GET", "issueLinkType", request => Answer.Json(new JsonObject
        {
            ["issueLinkTypes"] = new JsonArray([.. request.Site.LinkTypes.Select(type => type.ToJson(request.Api))]),
        }));
        routes.AddOpen("GET", "issueLinkType/{issueLinkTypeId}", request => Answer.Json(
            (request.Site.LinkTypes.FirstOrDefault(type => type.Id == request.Route("issueLinkTypeId"))
                ?? throw new JiraError(404, $"No issue link type with id '{request.Route("issueLinkTypeId")}' found.")).ToJson(request.Api)));
        routes.Add("POST", "issueLinkType", CreateType);
    }

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
        if (source == target)
        {
            throw new JiraError(400, "You cannot link an issue to itself.");
        }

        request.Site.AddLink(type, source, target);
        if (request.Site.Switches.LinksMoveUpdated)
        {
            request.Site.Touch(source);
            request.Site.Touch(target);
        }

        // No id, no address, no body; a link that stood already is answered in the same way.
        return Answer.Empty(201);
    }

    private static string? Reference(JsonNode? issue) => issue.Get("key").Text() ?? issue.Get("id").Text();

    private static IssueLink Find(JiraRequest request)
    {
        var id = request.Route("linkId");
        return request.IsSignedIn && request.Site.Link(id) is { } link && (link.Source.IsReadable || link.Target.IsReadable)
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
        request.Site.Remove(link);
        if (request.Site.Switches.LinksMoveUpdated)
        {
            request.Site.Touch(link.Source);
            request.Site.Touch(link.Target);
        }

        return Answer.Empty(204);
    }

    private static Answer CreateType(JiraRequest request)
    {
        var body = request.Json();
        var name = body["name"].Text();
        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(body["inward"].Text()) || string.IsNullOrWhiteSpace(body["outward"].Text()))
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
