using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>Cloud's tasks, by id: those of bulk operations in a queue of their own, and all of them as tasks.</summary>
internal static class TaskEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        BulkIssues.Add(routes, "GET", "bulk/queue/{taskId}", Queue);
        routes.Add("GET", "task/{taskId}", request => Answer.Json(Find(request).ToJson(request.Api)));
        routes.Add("POST", "task/{taskId}/cancel", request =>
        {
            var task = Find(request);
            if (!task.IsPending)
            {
                return Answer.Json(new JsonArray($"The task {task.Id} has ended."), 400);
            }

            task.Cancel(request.Site.Now);
            return Answer.Empty(202);
        });
    }

    private static Answer Queue(JiraRequest request)
    {
        var task = request.Site.Tasks.Find(request.Route("taskId"))
            ?? throw new JiraError(404, $"The task with id '{request.Route("taskId")}' does not exist.");
        request.Require(Permission.BulkChange, 403, "You do not have permission to make bulk changes.");
        return task.IsBulk ? Answer.Json(task.ToQueueJson())
            : throw new JiraError(400, "The task associated with this taskId is not a bulk operation task");
    }

    private static JiraTask Find(JiraRequest request)
    {
        var task = request.Site.Tasks.Find(request.Route("taskId"))
            ?? throw new JiraError(404, $"The task with id '{request.Route("taskId")}' does not exist.");
        return task.Submitter == request.Author || request.Author.Has(Permission.Administer) ? task
            : throw new JiraError(403, "You do not have permission to see this task.");
    }
}
