using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>Who watches an issue and who votes for it.</summary>
internal static class WatcherEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("GET", "issue/{issueIdOrKey}/watchers", request =>
        {
            var watchers = request.Issue().Watchers;
            return Answer.Json(new JsonObject
            {
                ["self"] = $"{request.Api}/issue/{request.Issue().Key}/watchers",
                ["isWatching"] = watchers.Contains(request.Author),
                ["watchCount"] = watchers.Count,
                ["watchers"] = People(request, watchers),
            });
        });
        routes.AddOpen("POST", "issue/{issueIdOrKey}/watchers", request =>
        {
            // The body is the name alone, a JSON text; without one the account itself watches.
            var name = RequestReader.TryParse(request.Body).Text();
            request.Issue().Watchers.Add(name is null ? request.Author : Person(request, name));
            return Answer.Empty(204);
        });
        routes.AddOpen("DELETE", "issue/{issueIdOrKey}/watchers", request =>
        {
            var name = request.Query(request.Site.Flavor == JiraFlavor.Cloud ? "accountId" : "username")
                ?? throw new JiraError(400, "Either the user's account ID or name must be provided.");
            request.Issue().Watchers.Remove(Person(request, name));
            return Answer.Empty(204);
        });
        routes.AddOpen("GET", "issue/{issueIdOrKey}/votes", request =>
        {
            var voters = request.Issue().Voters;
            return Answer.Json(new JsonObject
            {
                ["self"] = $"{request.Api}/issue/{request.Issue().Key}/votes",
                ["votes"] = voters.Count,
                ["hasVoted"] = voters.Contains(request.Author),
                ["voters"] = People(request, voters),
            });
        });
        routes.AddOpen(
            "POST", "issue/{issueIdOrKey}/votes", request => Vote(request, voters => voters.Add(request.Author)));
        routes.AddOpen(
            "DELETE", "issue/{issueIdOrKey}/votes", request => Vote(request, voters => voters.Remove(request.Author)));
    }

    private static Answer Vote(JiraRequest request, Action<HashSet<JiraAccount>> change)
    {
        change(request.Issue().Voters);
        return Answer.Empty(204);
    }

    private static JiraAccount Person(JiraRequest request, string name) => request.Site.Account(name)
        ?? throw new JiraError(404, request.Site.Flavor == JiraFlavor.Cloud
            ? "Specified user does not exist or you do not have required permissions"
                : $"The user \"{name}\" does not exist");

    private static JsonArray People(JiraRequest request, IEnumerable<JiraAccount> accounts) =>
        new([.. accounts.Select(account => account.ToJson(request.Site.Flavor, request.Api))]);
}
