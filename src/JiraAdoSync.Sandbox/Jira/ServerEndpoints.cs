using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>The site, the account, and what the account may do.</summary>
internal static class ServerEndpoints
{
    private static readonly string[] Permissions =
    [
        "BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "DELETE_ISSUES", "LINK_ISSUES", "ADD_COMMENTS",
        "TRANSITION_ISSUES",
        "ADMINISTER",
    ];

    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("GET", "serverInfo", request => Answer.Json(ServerInfo(request.Site)));
        routes.Add("GET", "myself", request =>
        {
            var myself = request.Author.ToJson(request.Site.Flavor, request.Api);
            myself["locale"] = "en_US";
            return Answer.Json(myself);
        });
        routes.Add("GET", "mypermissions", MyPermissions);
        routes.Add("GET", "permissions", _ => Answer.Json(new JsonObject { ["permissions"] = All(Permissions, null) }));
        routes.Add("GET", "configuration", _ => Answer.Json(new JsonObject
        {
            ["votingEnabled"] = true,
            ["watchingEnabled"] = true,
            ["unassignedIssuesAllowed"] = true,
            ["subTasksEnabled"] = true,
            ["issueLinkingEnabled"] = true,
            ["timeTrackingEnabled"] = true,
            ["timeTrackingConfiguration"] = new JsonObject
            {
                ["workingHoursPerDay"] = 8.0,
                ["workingDaysPerWeek"] = 5.0,
                ["timeFormat"] = "pretty",
                ["defaultUnit"] = "minute",
            },
            ["attachmentsEnabled"] = true,
        }));
    }

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
        var asked = request.Query("permissions") is { } list ? FieldSelection.Split(list) : null;
        if (asked is null or [] && request.Site.Flavor == JiraFlavor.Cloud)
        {
            throw new JiraError(400, "The 'permissions' query parameter is required.");
        }

        if (asked?.FirstOrDefault(one => !Permissions.Contains(one)) is { } unknown)
        {
            throw new JiraError(400, $"Unrecognized permission: {unknown}");
        }

        if ((request.Query("issueKey") ?? request.Query("issueId")) is { Length: > 0 } issue)
        {
            request.Issue(issue);
        }

        if ((request.Query("projectKey") ?? request.Query("projectId")) is { Length: > 0 } name
            && (request.Site.Project(name) is not { } project || !request.Author.CanSee(project)))
        {
            throw new JiraError(404, $"No project could be found with key '{name}'.");
        }

        return Answer.Json(new JsonObject { ["permissions"] = All(asked ?? Permissions, request.Account) });
    }

    private static JsonObject All(IEnumerable<string> keys, JiraAccount? account)
    {
        var all = new JsonObject();
        foreach (var key in keys)
        {
            var name = string.Join(' ', key.Split('_').Select(word => word[..1] + word[1..].ToLowerInvariant()));
            var permission = new JsonObject
            {
                ["id"] = (Array.IndexOf(Permissions, key) + 10)
                    .ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["key"] = key,
                ["name"] = name,
                ["type"] = key == "ADMINISTER" ? "GLOBAL" : "PROJECT",
                ["description"] = $"{name}.",
            };
            if (account is not null)
            {
                permission["havePermission"] = account.Has(key);
            }

            all[key] = permission;
        }

        return all;
    }
}
