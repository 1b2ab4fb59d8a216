using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Content;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>
/// Transitions of one issue, as its workflow has them. A status of the category "done" resolves the issue and any other
/// makes it unresolved, unless the transition says otherwise. A field can be set only where the transition has a screen
/// and the field is on it.
/// </summary>
internal static class TransitionEndpoints
{
    public static void Map(JiraRoutes routes)
    {
        routes.AddOpen("GET", "issue/{issueIdOrKey}/transitions", List);
        routes.AddOpen("POST", "issue/{issueIdOrKey}/transitions", request =>
        {
            Move(request, request.Issue(), request.Json());
            return Answer.Empty(204);
        });
    }

    /// <summary>The transitions that the account can do now, or the one of them that the query names.</summary>
    public static JsonArray Of(JiraRequest request)
    {
        var (site, issue) = (request.Site, request.Issue());
        var withFields = request.Expands("transitions.fields");
        return new JsonArray([.. Leading(request, issue)
            .Where(one => IsAvailable(request, issue, one) || request.Flag("includeUnavailableTransitions"))
            .Where(one => request.Query("transitionId") is not { } id || one.Id == id)
            .Select(transition =>
            {
                var json = new JsonObject
                {
                    ["id"] = transition.Id,
                    ["name"] = transition.Name,
                    ["to"] = request.Writer.Named(site.Statuses, Target(site, issue, transition)),
                    ["hasScreen"] = transition.Screen is not null,
                    ["isGlobal"] = transition.From is null,
                    ["isInitial"] = false,
                    ["isAvailable"] = IsAvailable(request, issue, transition),
                    ["isConditional"] = transition.Condition is not null,
                    ["looped"] = transition.To is null,
                };
                if (withFields)
                {
                    json["fields"] = FieldMetadata.ById(FieldMetadata.Of(
                        request, transition.Screen ?? Screen.None, issue.Project, issue.Type, issue,
                        site.Switches.TransitionFieldsLeaveOutResolution ? "resolution" : null));
                }

                return json;
            })]);
    }

    /// <summary>The transitions from the status of an issue; none for who may not transition it.</summary>
    public static IEnumerable<WorkflowTransition> Leading(JiraRequest request, Issue issue) =>
        request.Author.Has(Permission.TransitionIssues, issue)
            ? request.Site.Workflows.Of(issue).Transitions(request.Site).Where(one => one.LeadsFrom(issue.Status))
            : [];

    public static bool IsAvailable(JiraRequest request, Issue issue, WorkflowTransition transition) =>
        transition.Condition?.Holds(issue, request.Author) is not false;

    public static NamedThing? Target(JiraSite site, Issue issue, WorkflowTransition transition) =>
        transition.To is null ? issue.Status : site.Statuses.Find(transition.To);

    /// <summary>Does the transition that a body names, and sets what the body gives for its screen.</summary>
    public static void Move(JiraRequest request, Issue issue, JsonObject body, bool notifies = true)
    {
        var site = request.Site;
        var id = body["transition"].Get("id").Text() ?? throw new JiraError(400, "Missing 'transition' identifier");
        var transition = Leading(request, issue).FirstOrDefault(
            one => one.Id == id && IsAvailable(request, issue, one))
            ?? throw new JiraError(400, $"Transition id '{id}' is not valid for this issue.");
        var edit = new IssueEdit(request, body, issue, transition.Screen ?? Screen.None);
        edit.Verify();
        var properties = EntityProperties.Read(body["properties"]);
        EntityProperties.Verify(properties);
        IssueEdition.RequireNoConflict(site);

        var before = new IssueSnapshot(site, issue);
        issue.Status = Target(site, issue, transition);
        issue.Fields["status"] = null;
        Resolve(site, issue, transition);
        edit.Apply(issue);
        request.JournalThat(notifies).Edited(issue, before);
        edit.Attach(issue);
        foreach (var (key, value) in properties)
        {
            PropertyEndpoints.Set(request, issue, key, value);
        }
    }

    private static void Resolve(JiraSite site, Issue issue, WorkflowTransition transition)
    {
        if (transition.KeepsResolution)
        {
            return;
        }

        var isDone = issue.Status?.Json["statusCategory"].Get("key").Text() == "done";
        var resolution = transition.Resolution is { } name ? site.Resolutions.Ensure(name, []) : null;
        if (resolution is null && isDone == issue.Fields["resolution"] is not null)
        {
            return;
        }

        resolution ??= isDone ? site.Resolutions.Find("Done") ?? site.Resolutions.All[0] : null;
        issue.Fields["resolution"] = resolution?.Json.DeepClone();
        issue.Fields["resolutiondate"] = resolution is null ? null : JiraTime.Write(site.Now);
    }

    private static Answer List(JiraRequest request)
    {
        request.Issue();
        return Answer.Json(new JsonObject { ["expand"] = "transitions", ["transitions"] = Of(request) });
    }
}
