using JiraAdoSync.Sandbox.Jira.Issues;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>Cloud's bulk deletion: for good, sub-tasks included.</summary>
internal static class BulkDeletion
{
    public static void Map(JiraRoutes routes) =>
        BulkIssues.Add(routes, "POST", "bulk/issues/delete", request =>
        {
            BulkIssues.RequirePermission(request, 403);
            var body = request.Json();
            var issues = BulkIssues.Read(request, body["selectedIssueIdsOrKeys"]);
            return BulkIssues.Submit(request, "Bulk delete", [.. issues.Select(issue => (issue, (Action<Issue>)(one =>
            {
                // With its parent it may be deleted already.
                if (request.Site.Known(one.Key) == one)
                {
                    IssueEndpoints.Delete(request, one, withSubtasks: true);
                }
            })))], body["sendBulkNotification"]);
        });
}
