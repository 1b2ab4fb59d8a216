using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// Somebody who can sign in, and what is kept from them. Data Center knows people by name, Cloud by id.
/// </summary>
internal sealed class JiraAccount(string id, string key, string emailAddress, string token)
{
    private HashSet<string> _hiddenProjects = [];
    private HashSet<string> _hiddenIssues = [];
    private HashSet<string> _missingPermissions = [];

    public string Id { get; } = id;

    /// <summary>The key by which Data Center knows the account.</summary>
    public string Key { get; } = key;

    /// <summary>The mail address, which is the user name on Data Center, too.</summary>
    public string EmailAddress { get; } = emailAddress;

    public string Token { get; private set; } = token;

    /// <summary>A token with scopes, which is good at the gateway to Jira Cloud only.</summary>
    public string ScopedToken { get; private set; } = NewToken();

    /// <summary>An OAuth token, which is good there, too, and nowhere else.</summary>
    public string OAuthToken { get; private set; } = NewToken();

    public string DisplayName { get; private set; } = "Sandbox Account";

    public bool CanSee(JiraProject project) => !_hiddenProjects.Contains(project.Key);

    public bool CanSee(Issue issue) =>
        issue.IsReadable && !_hiddenIssues.Contains(issue.Key) && !issue.FormerKeys.Any(_hiddenIssues.Contains)
        && (issue.Project is null || CanSee(issue.Project));

    /// <summary>
    /// Whether the account sees that a link leads to an issue. What is outside the seed shows at the ends of links to
    /// everybody; what is hidden from an account does not show even there.
    /// </summary>
    public bool CanSeeLinkTo(Issue issue) => !issue.IsReadable || CanSee(issue);

    public bool Has(string permission) => !_missingPermissions.Contains(permission);

    public bool IsCalled(string text) =>
        Id.Equals(text, StringComparison.OrdinalIgnoreCase) || Key.Equals(text, StringComparison.OrdinalIgnoreCase)
        || EmailAddress.Equals(text, StringComparison.OrdinalIgnoreCase);

    public bool Matches(string text) => DisplayName.Contains(text, StringComparison.OrdinalIgnoreCase)
        || EmailAddress.Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes what a control request says of the account; what it leaves out is as at the beginning.</summary>
    public void Set(JsonObject body)
    {
        DisplayName = body["displayName"].Text() ?? DisplayName;
        Token = body["token"].Text() ?? Token;
        ScopedToken = body["scopedToken"].Text() ?? ScopedToken;
        OAuthToken = body["oauthToken"].Text() ?? OAuthToken;
        _hiddenProjects = Texts(body["hiddenProjects"]);
        _hiddenIssues = Texts(body["hiddenIssues"]);
        _missingPermissions = Texts(body["withoutPermissions"]);
    }

    public JsonObject ToJson(JiraFlavor flavor, string api)
    {
        var account = new JsonObject();
        if (flavor == JiraFlavor.Cloud)
        {
            account["self"] = $"{api}/user?accountId={Id}";
            account["accountId"] = Id;
            account["accountType"] = "atlassian";
        }
        else
        {
            account["self"] = $"{api}/user?username={Uri.EscapeDataString(EmailAddress)}";
            account["key"] = Key;
            account["name"] = EmailAddress;
        }

        account["emailAddress"] = EmailAddress;
        account["displayName"] = DisplayName;
        account["active"] = true;
        account["timeZone"] = "Etc/UTC";
        return account;
    }

    public static string NewToken() =>
        "ATATT3x" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant();

    private static HashSet<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(one => one.Text()).OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
