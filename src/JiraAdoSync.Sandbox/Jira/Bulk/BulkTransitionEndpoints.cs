using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>
/// Cloud's bulk transition. It offers, workflow by workflow, the transitions that all issues have in common and that
/// need nothing to be filled in; the answer says whether some were left out for that.
/// </summary>
internal static class BulkTransitionEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        BulkIssues.Add(routes, "GET", "bulk/issues/transition", List);
        BulkIssues.Add(routes, "POST", "bulk/issues/transition", Submit);
    }

    private static Answer List(JiraRequest request)
    {
        BulkIssues.RequirePermission(request, 403);
        var groups = BulkIssues.ReadQuery(request).GroupBy(request.Site.Workflows.Of);
        return Answer.Json(BulkIssues.Page(request, "availableTransitions", [.. groups.Select(group => (JsonNode)Group(
            request, [.. group]))]));
    }

    private static JsonObject Group(JiraRequest request, List<Issue> issues)
    {
        var each = issues.ConvertAll(issue => TransitionEndpoints.Leading(request, issue)
            .Where(one => TransitionEndpoints.IsAvailable(request, issue, one)).ToList());
        var common = each[0].Where(one => each.TrueForAll(list => list.Contains(one)) && one.Screen is null).ToList();
        return new JsonObject
        {
            ["isTransitionsFiltered"] = each.SelectMany(list => list).Distinct().Count() > common.Count,
            ["issues"] = new JsonArray([.. issues.Select(issue => JsonValue.Create(issue.Key))]),
            ["transitions"] = new JsonArray([.. common.Select(one =>
            {
                var target = TransitionEndpoints.Target(request.Site, issues[0], one);
                return new JsonObject
                {
                    ["transitionId"] = Number(one.Id),
                    ["transitionName"] = one.Name,
                    ["to"] = new JsonObject
                    {
                        ["statusId"] = Number(target?.Id),
                        ["statusName"] = target?.Name,
                    },
                };
            })]),
        };
    }

    private static Answer Submit(JiraRequest request)
    {
        BulkIssues.RequirePermission(request, 403);
        var body = request.Json();
        if (body["bulkTransitionInputs"] is not JsonArray { Count: > 0 } inputs)
        {
            throw new JiraError(400, "bulkTransitionInputs must not be empty.");
        }

        var moves = new List<(Issue Issue, Action<Issue> Change)>();
        foreach (var input in inputs)
        {
            var id = input.Get("transitionId").Text() ?? throw new JiraError(400, "transitionId must be given.");
            moves.AddRange(BulkIssues.Read(request, input.Get("selectedIssueIdsOrKeys"))
                .Select(issue => (issue, (Action<Issue>)(one => Move(request, one, id)))));
        }

        return moves.Count > BulkIssues.Limit
            ? throw new JiraError(400, $"No more than {BulkIssues.Limit} issues can be changed at once.")
            : BulkIssues.Submit(request, "Bulk transition", moves, body["sendBulkNotification"]);
    }

    private static void Move(JiraRequest request, Issue issue, string id)
    {
        if (TransitionEndpoints.Leading(request, issue).FirstOrDefault(one => one.Id == id) is { Screen: not null })
        {
            throw new JiraError(400, $"The transition '{id}' has a screen, which a bulk transition can't fill in.");
        }

        TransitionEndpoints.Move(
            request, issue, new JsonObject { ["transition"] = new JsonObject { ["id"] = id } }, notifies: false);
    }

    private static int Number(string? id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
