using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>The site, the account, and what the account may do.</summary>
internal static class ServerEndpoints
{
    private static readonly string[] Permissions =
    [
        "BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "DELETE_ISSUES", "LINK_ISSUES", "ADD_COMMENTS", "TRANSITION_ISSUES",
        "ADMINISTER",
    ];

    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("GET", "serverInfo", request => Answer.Json(ServerInfo(request.Site)));
        routes.Add("GET", "myself", request => Answer.Json(Account(request)));
        routes.Add("GET", "mypermissions", MyPermissions);
        routes.Add("GET", "permissions", _ => Answer.Json(new JsonObject { ["permissions"] = All(Permissions, withHave: false) }));
        routes.Add("GET", "configuration", _ => Answer.Json(new JsonObject
        {
            ["votingEnabled"] = true,
            ["watchingEnabled"] = true,
            ["unassignedIssuesAllowed"] = true,
            ["subTasksEnabled"] = true,
            ["issueLinkingEnabled"] = true,
            ["timeTrackingEnabled"] = true,
            ["attachmentsEnabled"] = true,
        }));
    }

    /// <summary>The account as issues and <c>/myself</c> show it; Data Center knows people by name, Cloud by id.</summary>
    public static JsonObject Account(JiraRequest request)
    {
        var site = request.Site;
        var account = new JsonObject();
        if (site.Flavor == JiraFlavor.Cloud)
        {
            account["self"] = $"{request.Api}/user?accountId={AccountId}";
            account["accountId"] = AccountId;
            account["accountType"] = "atlassian";
        }
        else
        {
            account["self"] = $"{request.Api}/user?username={Uri.EscapeDataString(site.User)}";
            account["key"] = "JIRAUSER10000";
            account["name"] = site.User;
        }

        account["emailAddress"] = site.User;
        account["displayName"] = "Sandbox Account";
        account["active"] = true;
        account["timeZone"] = "Etc/UTC";
        account["locale"] = "en_US";
        return account;
    }

    public const string AccountId = "712020:sandbox-account";

    private static JsonObject ServerInfo(JiraSite site)
    {
        var cloud = site.Flavor == JiraFlavor.Cloud;
        return new JsonObject
        {
            ["baseUrl"] = site.Uri.ToString(),
            ["version"] = cloud ? "1001.0.0-SNAPSHOT" : "10.3.0",
            ["versionNumbers"] = cloud ? new JsonArray(1001, 0, 0) : new JsonArray(10, 3, 0),
            ["deploymentType"] = cloud ? "Cloud" : "Server",
            ["buildNumber"] = 100300,
            ["buildDate"] = "2026-01-01T00:00:00.000+0000",
            ["serverTime"] = JiraTime.Write(site.Now),
            ["scmInfo"] = "sandbox",
            ["serverTitle"] = "Jira sandbox",
            ["defaultLocale"] = new JsonObject { ["locale"] = "en_US" },
        };
    }

    private static Answer MyPermissions(JiraRequest request)
    {
        var asked = request.Query("permissions")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (asked is null && request.Site.Flavor == JiraFlavor.Cloud)
        {
            throw new JiraError(400, "The 'permissions' query parameter is required.");
        }

        if (asked?.FirstOrDefault(one => !Permissions.Contains(one)) is { } unknown)
        {
            throw new JiraError(400, $"Unrecognized permission: {unknown}");
        }

        return Answer.Json(new JsonObject { ["permissions"] = All(asked ?? Permissions, withHave: true) });
    }

    private static JsonObject All(IEnumerable<string> keys, bool withHave)
    {
        var all = new JsonObject();
        foreach (var key in keys)
        {
            var name = string.Join(' ', key.Split('_').Select(word => word[..1] + word[1..].ToLowerInvariant()));
            var permission = new JsonObject
            {
                ["id"] = (Array.IndexOf(Permissions, key) + 10).ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["key"] = key,
                ["name"] = name,
                ["type"] = key == "ADMINISTER" ? "GLOBAL" : "PROJECT",
                ["description"] = $"{name}.",
            };
            if (withHave)
            {
                permission["havePermission"] = true;
            }

            all[key] = permission;
        }

        return all;
    }
}
