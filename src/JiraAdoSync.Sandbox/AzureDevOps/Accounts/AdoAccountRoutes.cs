using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.AzureDevOps.Accounts;

/// <summary>
/// <c>/sandbox/ado/accounts</c>: who can sign in to Azure DevOps. <c>POST</c> takes <c>{"displayName", "uniqueName",
/// "token", "deny", "areas"}</c>, adds the account or changes it, and answers with its token. <c>deny</c> lists
/// permissions (<c>readWorkItems</c>, <c>editWorkItems</c>, <c>deleteWorkItems</c>,
/// <c>permanentlyDeleteWorkItems</c>, <c>bypassRules</c>, <c>suppressNotifications</c>, <c>editNodes</c>);
/// <c>areas</c> lists the area paths, such as <c>Fabrikam\Web</c>, to which reading and writing is limited, with all
/// below them. Without them the account may do everything everywhere.
/// </summary>
internal static class AdoAccountRoutes
{
    public const string Path = "/sandbox/ado/accounts";

    public static Answer List(Organization organization) =>
        Answer.Json(new JsonArray([.. organization.Accounts.Select(account => account.ToJson(organization.Uri))]));

    public static Answer Set(Organization organization, JsonNode? body)
    {
        if (body is not JsonObject given || given["uniqueName"].Text() is not { Length: > 0 } uniqueName)
        {
            return Refused("The body is an object with a uniqueName and a displayName.");
        }

        var known = organization.Accounts
            .FirstOrDefault(one => one.Person.UniqueName.Equals(uniqueName, StringComparison.OrdinalIgnoreCase));
        if (known is null && given["displayName"].Text() is not { Length: > 0 })
        {
            return Refused("A new account needs a displayName.");
        }

        var account = known ?? new AdoAccount(
            new Person(given["displayName"].Text()!, uniqueName), AdoAccount.NewToken());
        if (account.Set(given) is { } problem)
        {
            return Refused(problem);
        }

        if (known is null)
        {
            organization.Add(account);
        }

        return Answer.Json(account.ToJson(organization.Uri));
    }

    private static Answer Refused(string problem) => Answer.Json(new JsonObject { ["error"] = problem }, 400);
}
