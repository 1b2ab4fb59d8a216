using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Content;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// Edits of one issue: fields on its edit screen, and properties in the same request. Nothing shows Jira which state of
/// the issue a client has seen; whoever writes last wins. A transition in the body is passed over.
/// </summary>
internal static class IssueEdition
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("PUT", "issue/{issueIdOrKey}", Edit);
        routes.AddOpen("PUT", "issue/{issueIdOrKey}/assignee", Assign);
    }

    /// <summary>Why an edit can't be done, or nothing.</summary>
    public static void Verify(Issue issue, IssueEdit edit)
    {
        if (Issue.IsSubtaskType((edit.Type ?? issue.Type)?.Json)
            && (edit.HasParent ? edit.Parent : issue.Parent) is null)
        {
            edit.Errors.TryAdd("parent", "Issue type is a sub-task but parent issue key or id not specified.");
        }

        if (edit.Type is { } type && Issue.IsSubtaskType(type.Json) != issue.IsSubtask)
        {
            // What an edit can't do, a move can.
            edit.Errors.TryAdd("issuetype", "The issue type selected is invalid.");
        }

        edit.Verify();
    }

    /// <summary>For a change that lost a race against another one; a switch says how many do.</summary>
    public static void RequireNoConflict(JiraSite site)
    {
        if (site.Switches.JiraEditsThatConflict > 0)
        {
            site.Switches.JiraEditsThatConflict--;
            throw new JiraError(409, "The issue could not be updated due to a conflicting update.");
        }
    }

    private static Answer Edit(JiraRequest request)
    {
        var (issue, site, body) = (request.Issue(), request.Site, request.Json());
        CreationMetaEndpoints.RefuseOverrides(request);
        request.Require(
            Permission.EditIssues, 403, "You do not have permission to edit issues in this project.", issue);
        var notifies = request.Query("notifyUsers") != "false";
        if (!notifies && !request.Author.Has(Permission.Administer)
            && !request.Author.Has(Permission.AdministerProjects, issue))
        {
            switch (site.Switches.SilentEditsWithoutPermission)
            {
                case SilentEditAnswer.IgnoreEdit:
                    return Answer.Empty(204);
                case SilentEditAnswer.Refuse:
                    throw new JiraError(403, "You do not have permission to disable notifications.");
                default:
                    notifies = true;
                    break;
            }
        }

        var edit = new IssueEdit(request, body, issue);
        Verify(issue, edit);
        var properties = EntityProperties.Read(body["properties"]);
        if (site.Switches.PropertiesOfEditsAreAtomic)
        {
            EntityProperties.Verify(properties);
        }

        RequireNoConflict(site);
        var before = new IssueSnapshot(site, issue);
        edit.Apply(issue);
        request.JournalThat(notifies).Edited(issue, before, edit.FieldNames.Any());
        edit.Attach(issue);
        SetProperties(request, issue, properties);
        return
            request.Flag("returnIssue") && (site.Flavor == JiraFlavor.Cloud || site.Switches.DataCenterKnowsReturnIssue)
            ? Answer.Json(
                request.Writer.Render(
                    issue,
                    new FieldSelection(edit.FieldNames),
                    null,
                    FieldSelection.Split(request.Query("expand"))))
            : Answer.Empty(204);
    }

    // The fields are saved by now; whether they stay so when the properties can't be saved is not documented.
    private static void SetProperties(
        JiraRequest request, Issue issue, List<(string Key, JsonNode? Value)> properties)
    {
        var switches = request.Site.Switches;
        if (properties.Count > 0 && switches.EditsThatLoseTheirProperties > 0)
        {
            switches.EditsThatLoseTheirProperties--;
            throw new JiraError(500, "Internal server error");
        }

        EntityProperties.Verify(properties);
        foreach (var (key, value) in properties)
        {
            PropertyEndpoints.Set(request, issue, key, value);
        }
    }

    /// <summary>For accounts that may assign issues and not edit them.</summary>
    private static Answer Assign(JiraRequest request)
    {
        var issue = request.Issue();
        request.Require(Permission.AssignIssues, 403, "You do not have permission to assign issues.", issue);
        var edit = new IssueEdit(
            request, new JsonObject { ["fields"] = new JsonObject { ["assignee"] = request.Json() } }, issue,
            Screen.Everything);
        edit.Verify();
        var before = new IssueSnapshot(request.Site, issue);
        edit.Apply(issue);
        request.Journal.Edited(issue, before);
        return Answer.Empty(204);
    }
}
