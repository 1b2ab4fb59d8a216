using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>
/// Links to what is outside Jira. A write with a <c>globalId</c> that the issue has already replaces that link: what
/// the write leaves out is removed from it.
/// </summary>
internal static class RemoteLinkEndpoints
{
    private const int GlobalIdLimit = 255;

    private static readonly string[] Kept = ["globalId", "application", "relationship", "object"];

    public static void Map(JiraRoutes routes)
    {
        const string One = "issue/{issueIdOrKey}/remotelink/{linkId}";
        routes.AddOpen("GET", "issue/{issueIdOrKey}/remotelink", List);
        routes.AddOpen("POST", "issue/{issueIdOrKey}/remotelink", Write);
        routes.AddOpen("DELETE", "issue/{issueIdOrKey}/remotelink", DeleteByGlobalId);
        routes.AddOpen("GET", One, request => Answer.Json(ToJson(request, request.Issue(), Find(request))));
        routes.AddOpen("PUT", One, Update);
        routes.AddOpen("DELETE", One, request =>
        {
            RequireLinking(request);
            request.Issue().RemoteLinks.Remove(Find(request));
            Touch(request);
            return Answer.Empty(204);
        });
    }

    private static Answer List(JiraRequest request)
    {
        var issue = request.Issue();
        return request.Query("globalId") is { } globalId
            ? Answer.Json(ToJson(
                request, issue, issue.RemoteLinks.Find(link => link.GlobalId == globalId) ?? throw Missing(globalId)))
            : Answer.Json(new JsonArray([.. issue.RemoteLinks.Select(link => ToJson(request, issue, link))]));
    }

    private static Answer Write(JiraRequest request)
    {
        var issue = request.Issue();
        var json = Read(request);
        var globalId = json["globalId"].Text();
        var index = globalId is null ? -1 : issue.RemoteLinks.FindIndex(link => link.GlobalId == globalId);
        var id = index < 0 ? request.Site.NextId("remotelink") : issue.RemoteLinks[index].Id;
        var link = new RemoteLink(id, globalId, json);
        if (index < 0)
        {
            var limit = request.Site.Switches.JiraLinksPerIssue;
            if (issue.RemoteLinks.Count >= limit)
            {
                throw new JiraError(413, $"The issue '{issue.Key}' has reached the limit of {limit} remote links.");
            }

            issue.RemoteLinks.Add(link);
        }
        else
        {
            issue.RemoteLinks[index] = link;
        }

        Touch(request);
        return Answer.Json(
            new JsonObject { ["id"] = id, ["self"] = Self(request, issue, link) }, index < 0 ? 201 : 200);
    }

    private static Answer Update(JiraRequest request)
    {
        var links = request.Issue().RemoteLinks;
        var index = links.IndexOf(Find(request));
        var json = Read(request);
        links[index] = new RemoteLink(links[index].Id, json["globalId"].Text(), json);
        Touch(request);
        return Answer.Empty(204);
    }

    private static Answer DeleteByGlobalId(JiraRequest request)
    {
        RequireLinking(request);
        var globalId = request.Query("globalId") ?? throw JiraError.Field("globalId", "'globalId' is required.");
        if (request.Issue().RemoteLinks.RemoveAll(link => link.GlobalId == globalId) == 0)
        {
            throw Missing(globalId);
        }

        Touch(request);
        return Answer.Empty(204);
    }

    private static void RequireLinking(JiraRequest request) => request.Require(
        Permission.LinkIssues, 403, "You do not have permission to link issues.", request.Issue());

    private static void Touch(JiraRequest request) =>
        request.Site.Touch(request.Issue(), request.Site.Switches.LinksMoveUpdated);

    private static JsonObject Read(JiraRequest request)
    {
        RequireLinking(request);
        var body = request.Json();
        var errors = new Dictionary<string, string>();
        foreach (var name in (string[])["title", "url"])
        {
            if (string.IsNullOrWhiteSpace(body["object"].Get(name).Text()))
            {
                errors[name] = $"'{name}' is required.";
            }
        }

        if (body["globalId"].Text()?.Length > GlobalIdLimit)
        {
            errors["globalId"] = "'globalId' must be less than 255 characters.";
        }

        return errors.Count > 0 ? throw JiraError.Fields(errors)
            : new JsonObject(body.Where(one => Kept.Contains(one.Key))
                .Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone())));
    }

    private static RemoteLink Find(JiraRequest request)
    {
        var id = request.Route("linkId");
        return request.Issue().RemoteLinks.Find(link => link.Id.ToString(CultureInfo.InvariantCulture) == id)
            ?? throw Missing(id);
    }

    private static JsonObject ToJson(JiraRequest request, Issue issue, RemoteLink link)
    {
        var json = (JsonObject)link.Json.DeepClone();
        json["id"] = link.Id;
        json["self"] = Self(request, issue, link);
        return json;
    }

    private static string Self(JiraRequest request, Issue issue, RemoteLink link) =>
        string.Create(CultureInfo.InvariantCulture, $"{request.Api}/issue/{issue.Key}/remotelink/{link.Id}");

    private static JiraError Missing(string id) => new(404, $"The remote issue link '{id}' does not exist.");
}
