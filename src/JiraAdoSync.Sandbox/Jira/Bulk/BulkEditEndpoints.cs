using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Bulk;

/// <summary>
/// Cloud's bulk edit: one set of values for all issues of a request, so it is good for equal values only. Texts such as
/// the summary are not among its fields, and neither is the parent.
/// </summary>
internal static class BulkEditEndpoints
{
    private const int FieldLimit = 200;

    private static readonly string[] NotOffered = ["summary", "project", "issuelinks", "timetracking", "security", "parent"];

    public static void Map(JiraRoutes routes)
    {
        BulkIssues.Add(routes, "GET", "bulk/issues/fields", List);
        BulkIssues.Add(routes, "POST", "bulk/issues/fields", Submit);
    }

    private static Answer List(JiraRequest request)
    {
        BulkIssues.RequirePermission(request, 403);
        var issues = BulkIssues.ReadQuery(request);
        var each = issues.ConvertAll(issue =>
            request.Author.Has(Permission.EditIssues, issue)
                ? FieldMetadata
                    .Of(
                        request,
                        request.Site.Screens.OfEdit(issue.Project, issue.Type),
                        issue.Project,
                        issue.Type,
                        issue)
                    .ToDictionary(field => field["fieldId"].Text()!)
                : []);
        var text = request.Query("searchText") ?? "";
        var fields = each[0].Values.Where(field => each.TrueForAll(one => one.ContainsKey(field["fieldId"].Text()!))
            && !NotOffered.Contains(field["fieldId"].Text())
            && field["name"].Text()!.Contains(text, StringComparison.OrdinalIgnoreCase)).Select(Offer).ToList();
        return fields.Count == 0 ? throw new JiraError(404, "No editable fields were found for the issues.")
            : Answer.Json(BulkIssues.Page(request, "fields", fields));

        JsonNode Offer(JsonObject field)
        {
            var id = field["fieldId"].Text()!;
            var json = new JsonObject
            {
                ["id"] = id,
                ["name"] = field["name"].Text(),
                ["type"] = id.StartsWith("customfield_", StringComparison.Ordinal)
                    ? field["schema"].Get("custom").Text()
                    : id,
                ["isRequired"] = field["required"]!.GetValue<bool>(),
            };
            if (id is "labels" or "components" or "fixVersions" or "versions")
            {
                json["multiSelectFieldOptions"] = new JsonArray("ADD", "REMOVE", "REPLACE", "REMOVE_ALL");
            }
            else if (id is "assignee" or "reporter")
            {
                var keys = string.Join(',', issues.Select(issue => issue.Project?.Key).Distinct());
                json["searchUrl"] = $"{request.Api}/user/assignable/multiProjectSearch?projectKeys={keys}&query=";
            }

            return json;
        }
    }

    private static Answer Submit(JiraRequest request)
    {
        BulkIssues.RequirePermission(request, 400);
        var body = request.Json();
        if (body["selectedActions"] is not JsonArray { Count: > 0 and <= FieldLimit } actions
            || body["editedFieldsInput"] is not JsonObject input)
        {
            throw new JiraError(
                400,
                $"selectedActions must name between 1 and {FieldLimit} fields, and editedFieldsInput their values.");
        }

        var issues = BulkIssues.Read(request, body["selectedIssueIdsOrKeys"]);
        var edit = BulkEditInput.Read(input);
        var chosen = actions.Select(one => one.Text()).OfType<string>().ToList();
        if (edit.Fields.Where(field => !chosen.Contains(field)).ToList() is { Count: > 0 } beside)
        {
            throw new JiraError(400, "The following editedFieldInput values are not listed as selectedActions : "
                + string.Join(", ", beside));
        }

        if (chosen.Where(field => !edit.Fields.Contains(field)).ToList() is { Count: > 0 } without)
        {
            throw new JiraError(
                400, $"The following selectedActions have no editedFieldInput values : {string.Join(", ", without)}");
        }

        return BulkIssues.Submit(
            request,
            "Bulk edit",
            [.. issues.Select(issue => (issue, (Action<Issue>)(one => Change(request, one, edit))))],
            body["sendBulkNotification"]);
    }

    private static void Change(JiraRequest request, Issue issue, BulkEditInput input)
    {
        request.Require(
            Permission.EditIssues, 400, "You do not have permission to edit issues in this project.", issue);
        var edit = new IssueEdit(request, input.ToBody(), issue);
        IssueEdition.Verify(issue, edit);
        var before = new IssueSnapshot(request.Site, issue);
        edit.Apply(issue);
        request.JournalThat(notifies: false).Edited(issue, before);
    }
}
