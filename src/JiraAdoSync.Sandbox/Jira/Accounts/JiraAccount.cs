using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Accounts;

/// <summary>
/// Somebody who can sign in, and what is kept from them. Data Center knows people by name, Cloud by id.
/// </summary>
internal sealed class JiraAccount(string id, string key, string emailAddress, string token)
{
    private HashSet<string> _hiddenProjects = [];
    private HashSet<string> _hiddenIssues = [];
    private HashSet<string> _missingPermissions = [];
    private HashSet<string> _outsideOf = [];

    public string Id { get; } = id;

    /// <summary>The key by which Data Center knows the account.</summary>
    public string Key { get; } = key;

    /// <summary>The number by which tasks name who submitted them.</summary>
    public long Number => long.Parse(Key.AsSpan("JIRAUSER".Length), CultureInfo.InvariantCulture);

    /// <summary>The mail address, which is the user name on Data Center, too.</summary>
    public string EmailAddress { get; } = emailAddress;

    public string Token { get; private set; } = token;

    /// <summary>A token with scopes, which is good at the gateway to Jira Cloud only.</summary>
    public string ScopedToken { get; private set; } = NewToken();

    /// <summary>An OAuth token, which is good there, too, and nowhere else.</summary>
    public string OAuthToken { get; private set; } = NewToken();

    public string DisplayName { get; private set; } = "Sandbox Account";

    /// <summary>Whether other people are not shown the mail address; Data Center shows it all the same.</summary>
    public bool HidesAddress { get; private set; }

    public bool IsActive { get; private set; } = true;

    public bool CanSee(JiraProject project) =>
        !_hiddenProjects.Contains(project.Key) && Has(Permission.Browse, null, project);

    public bool CanSee(Issue issue) =>
        issue.IsReadable && !_hiddenIssues.Contains(issue.Key) && !issue.FormerKeys.Any(_hiddenIssues.Contains)
        && (issue.Project is null || CanSee(issue.Project)) && Has(Permission.Browse, issue);

    /// <summary>
    /// Whether the account sees that a link leads to an issue. What is outside the seed shows at the ends of links to
    /// everybody; what is hidden from an account does not show even there.
    /// </summary>
    public bool CanSeeLinkTo(Issue issue) => !issue.IsReadable || CanSee(issue);

    /// <summary>
    /// Whether the account sees a comment: one that is restricted to a group or role shows to its members only, whoever
    /// wrote it, and to nobody else that it exists.
    /// </summary>
    public bool CanSee(JsonNode? comment) => IsIn(comment.Get("visibility"));

    /// <summary>Whether the account is in the group or role to which something is restricted.</summary>
    public bool IsIn(JsonNode? visibility) =>
        !((string[])["value", "identifier"]).Any(name => visibility.Get(name).Text() is { } group && _outsideOf.Contains(group));

    /// <summary>
    /// Whether the account has a permission. One may be missing on the whole site, in a project, or for an issue alone:
    /// then a look at the project is too optimistic.
    /// </summary>
    public bool Has(string permission, Issue? issue = null, JiraProject? project = null) =>
        _missingPermissions.Count == 0
        || (!_missingPermissions.Contains(permission)
            && ((project ?? issue?.Project) is not { } where
                || !_missingPermissions.Contains($"{where.Key}:{permission}"))
            && (issue is null || !_missingPermissions.Contains($"{issue.Key}:{permission}")));

    public bool IsCalled(string text) =>
        Id.Equals(text, StringComparison.OrdinalIgnoreCase) || Key.Equals(text, StringComparison.OrdinalIgnoreCase)
        || EmailAddress.Equals(text, StringComparison.OrdinalIgnoreCase);

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
        _outsideOf = Texts(body["outsideOf"]);
        HidesAddress = body["hidesAddress"].Text() == "true";
        IsActive = body["active"].Text() != "false";
    }

    /// <summary>The account as others see it, or as it sees itself.</summary>
    public JsonObject ToJson(JiraFlavor flavor, string api, bool toItself = false)
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

        if (toItself || !HidesAddress || flavor == JiraFlavor.DataCenter)
        {
            account["emailAddress"] = EmailAddress;
        }

        account["displayName"] = DisplayName;
        account["active"] = IsActive;
        account["timeZone"] = "Etc/UTC";
        return account;
    }

    public static string NewToken() =>
        "ATATT3x" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant();

    private static HashSet<string> Texts(JsonNode? list) =>
        (list as JsonArray ?? []).Select(one => one.Text()).OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
