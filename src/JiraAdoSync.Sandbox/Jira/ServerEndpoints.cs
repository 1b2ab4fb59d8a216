using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>The site, the account, and what the account may do.</summary>
internal static class ServerEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("GET", "serverInfo", request => Answer.Json(ServerInfo(request.Site)));
        routes.Add("GET", "myself", request =>
        {
            var myself = request.Author.ToJson(request.Site.Flavor, request.Api, toItself: true);
            myself["locale"] = "en_US";
            return Answer.Json(myself);
        });
        routes.Add("GET", "mypermissions", MyPermissions);
        routes.Add(
            "GET",
            "permissions",
            _ => Answer.Json(new JsonObject { ["permissions"] = All(Permission.All, _ => null) }));
        routes.Add(
            "GET",
            "configuration",
            _ =>
                Answer.Json(
                    new JsonObject
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

        if (asked?.FirstOrDefault(one => !Permission.All.Contains(one)) is { } unknown)
        {
            throw new JiraError(400, $"Unrecognized permission: {unknown}");
        }

        // The id of an issue, or of a project, wins over the key.
        var issue = (request.Query("issueId") ?? request.Query("issueKey")) is { Length: > 0 } named
            ? request.Issue(named)
            : null;
        var project = issue?.Project;
        if ((request.Query("projectId") ?? request.Query("projectKey")) is { Length: > 0 } name)
        {
            project = request.Site.Project(name) is { } found && request.Author.CanSee(found) ? found
                : throw new JiraError(404, $"No project could be found with key '{name}'.");
        }

        return Answer.Json(new JsonObject
        {
            ["permissions"] = All(asked ?? Permission.All, key => request.Author.Has(key, issue, project)),
        });
    }

    private static JsonObject All(IEnumerable<string> keys, Func<string, bool?> has)
    {
        var all = new JsonObject();
        foreach (var key in keys)
        {
            var name = string.Join(' ', key.Split('_').Select(word => word[..1] + word[1..].ToLowerInvariant()));
            var permission = new JsonObject
            {
                ["id"] = (Permission.All.ToList().IndexOf(key) + 10)
                    .ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["key"] = key,
                ["name"] = name,
                ["type"] = Permission.IsGlobal(key) ? "GLOBAL" : "PROJECT",
                ["description"] = $"{name}.",
            };
            if (has(key) is { } answer)
            {
                permission["havePermission"] = answer;
            }

            all[key] = permission;
        }

        return all;
    }
}
