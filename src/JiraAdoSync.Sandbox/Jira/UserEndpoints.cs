using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>Who can sign in, as others see them.</summary>
internal static class UserEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.Add("GET", "user", Get);
        routes.Add("GET", "user/search", request => Search(request, required: true));
        routes.Add("GET", "user/assignable/search", request => Search(request, required: false));
        routes.Add("GET", "users/search", request => Search(request, required: false));
        routes.Add("GET", "users", request => Search(request, required: false));
    }

    private static Answer Get(JiraRequest request)
    {
        var asked = request.Site.Flavor == JiraFlavor.Cloud ? request.Query("accountId") : request.Query("username")
            ?? request.Query("key");
        return asked is null
            ? throw new JiraError(400, request.Site.Flavor == JiraFlavor.Cloud
                ? "The query parameter 'accountId' is required."
                    : "Either the 'username' or the 'key' query parameters need to be provided")
            : request.Site.Account(asked) is { } account ? Answer.Json(account.ToJson(request.Site.Flavor, request.Api))
            : throw new JiraError(404, request.Site.Flavor == JiraFlavor.Cloud
                ? "Specified user does not exist or you do not have required permissions"
                    : $"The user named '{asked}' does not exist");
    }

    private static Answer Search(JiraRequest request, bool required)
    {
        var text = request.Query("query") ?? request.Query("username");
        var id = request.Query("accountId");
        if (required && text is null && id is null)
        {
            throw new JiraError(400, "The username query parameter was not provided");
        }

        var (start, max) = (
            Math.Max(request.Number("startAt", 0), 0), Math.Clamp(request.Number("maxResults", 50), 0, 1000));
        return Answer.Json(new JsonArray([.. request.Site.Accounts
            .Where(account => (id is null || account.Id == id) && (text is null or "." || account.Matches(text)))
            .Skip(start).Take(max).Select(account => account.ToJson(request.Site.Flavor, request.Api))]));
    }
}
