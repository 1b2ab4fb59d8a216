using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>Properties of one issue. A write answers 201 the first time and 200 from then on.</summary>
internal static class PropertyEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        const string One = "issue/{issueIdOrKey}/properties/{propertyKey}";
        routes.AddOpen("GET", "issue/{issueIdOrKey}/properties", request =>
        {
            var issue = request.Issue();
            return Answer.Json(EntityProperties.Keys($"{request.Api}/issue/{issue.Key}", issue.Properties.Keys));
        });
        routes.AddOpen("GET", One, request => request.Issue().Properties.TryGetValue(Key(request), out var value)
            ? Answer.Json(EntityProperties.One(Key(request), value))
            : throw EntityProperties.Missing(Key(request)));
        routes.AddOpen("PUT", One, request =>
        {
            var issue = Editable(request);
            var value = EntityProperties.Value(request, Key(request));
            return Answer.Empty(Set(request, issue, Key(request), value) ? 201 : 200);
        });
        routes.AddOpen("DELETE", One, request =>
        {
            var issue = Editable(request);
            return Remove(request, issue, Key(request)) ? Answer.Empty(204)
                : throw EntityProperties.Missing(Key(request));
        });
    }

    /// <summary>Sets a property; says whether the issue did not have it.</summary>
    public static bool Set(JiraRequest request, Issue issue, string key, JsonNode? value)
    {
        var isNew = !issue.Properties.ContainsKey(key);
        issue.Properties[key] = value?.DeepClone();
        request.Journal.PropertyChanged(issue);
        return isNew;
    }

    /// <summary>Removes a property; says whether the issue had it.</summary>
    public static bool Remove(JiraRequest request, Issue issue, string key)
    {
        var isKnown = issue.Properties.Remove(key);
        if (isKnown)
        {
            request.Journal.PropertyChanged(issue);
        }

        return isKnown;
    }

    private static string Key(JiraRequest request) => request.Route("propertyKey");

    private static Issue Editable(JiraRequest request)
    {
        var issue = request.Issue();
        request.Require(
            Permission.EditIssues, 403, "You do not have permission to edit issues in this project.", issue);
        return issue;
    }
}
