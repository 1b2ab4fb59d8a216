using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Accounts;

/// <summary>
/// <c>/sandbox/jira/accounts</c>: who can sign in to Jira. <c>POST</c> takes <c>{"emailAddress", "displayName",
/// "token", "scopedToken", "oauthToken", "hiddenProjects", "hiddenIssues", "withoutPermissions", "hidesAddress",
/// "outsideOf", "active"}</c>, adds the account or changes it, and answers with its tokens. A permission is missing everywhere as
/// <c>EDIT_ISSUES</c>, in a project as <c>SHOP:EDIT_ISSUES</c>, and for an issue as <c>SHOP-7:EDIT_ISSUES</c>.
/// It is in all groups and roles to which comments are restricted but those in <c>outsideOf</c>.
/// </summary>
internal static class AccountRoutes
{
    public const string Path = "/sandbox/jira/accounts";

    public static Answer List(JiraSite site) =>
        Answer.Json(new JsonArray([.. site.Accounts.Select(account => ToControlJson(site, account))]));

    public static Answer Set(JiraSite site, JsonNode? body)
    {
        if (body is not JsonObject given || given["emailAddress"].Text() is not { Length: > 0 } address
            || address.Contains(':', StringComparison.Ordinal))
        {
            return Answer.Json(new JsonObject { ["error"] = "The body is an object with an emailAddress." }, 400);
        }

        var account = site.Account(address) ?? site.AddAccount(address, JiraAccount.NewToken());
        account.Set(given);
        site.MarkChanged();
        return Answer.Json(ToControlJson(site, account));
    }

    private static JsonObject ToControlJson(JiraSite site, JiraAccount account)
    {
        var json = account.ToJson(site.Flavor, $"{site.Uri}/rest/api/2", toItself: true);
        json["token"] = account.Token;
        if (site.Flavor == JiraFlavor.Cloud)
        {
            json["scopedToken"] = account.ScopedToken;
            json["oauthToken"] = account.OAuthToken;
        }

        return json;
    }
}
