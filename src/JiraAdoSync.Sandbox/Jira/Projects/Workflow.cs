using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Projects;

/// <summary>What must hold for a transition to be offered; what is absent always holds.</summary>
/// <param name="Permission">A permission that the account needs beside the one to transition.</param>
/// <param name="Accounts">The mail addresses of those who may.</param>
/// <param name="IsAssignee">Whether only the assignee may.</param>
/// <param name="SubtasksIn">The statuses in one of which each sub-task must be.</param>
/// <param name="Fields">Fields that must have a value.</param>
internal sealed record TransitionCondition(
    string? Permission, IReadOnlyList<string>? Accounts, bool IsAssignee, IReadOnlyList<string>? SubtasksIn,
    IReadOnlyList<string> Fields)
{
    public bool Holds(Issue issue, JiraAccount account) =>
        (Permission is null || account.Has(Permission, issue))
        && (Accounts is null || Accounts.Any(account.IsCalled))
        && (!IsAssignee || issue.Fields["assignee"] is { } assignee
            && (assignee["accountId"] ?? assignee["name"]).Text() is { } name && account.IsCalled(name))
        && (SubtasksIn is null || issue.Children.Where(child => child.IsSubtask)
            .All(child => SubtasksIn.Any(status => child.Status?.IsCalled(status) is true)))
        && Fields.All(field => issue.HasValue(field));
}

/// <summary>One transition of a workflow.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="From">The statuses from which it leads; null for all, as of a global transition.</param>
/// <param name="To">The status to which it leads; null where the issue stays in its status.</param>
/// <param name="Screen">What may be set on the way; null for a transition without a screen.</param>
/// <param name="Condition">What must hold for it to be offered.</param>
/// <param name="Resolution">The resolution that it sets; null for what the category of the status says.</param>
/// <param name="KeepsResolution">Whether the resolution stays as it is.</param>
internal sealed record WorkflowTransition(
    string Id, string Name, IReadOnlyList<string>? From, string? To, Screen? Screen, TransitionCondition? Condition,
    string? Resolution, bool KeepsResolution)
{
    public bool LeadsFrom(NamedThing? status) => From is null || From.Any(name => status?.IsCalled(name) is true);
}

/// <summary>A workflow: where issues begin, and the ways between statuses.</summary>
internal sealed class Workflow(
    string name, string? project, IReadOnlyList<string>? types, string? initial,
    Func<JiraSite, IReadOnlyList<WorkflowTransition>> transitions)
{
    /// <summary>
    /// Jira's simplified workflow: every status can be reached from every other, nothing is asked on the way.
    /// </summary>
    public static Workflow Simplified { get; } = new(
        "Simplified workflow", null, null, null, site => [.. site.Statuses.All.Select((status, index) =>
            new WorkflowTransition(((index * 10) + 11).ToString(CultureInfo.InvariantCulture), status.Name, null,
                status.Id, null, null, null, false))]);

    public string Name { get; } = name;

    /// <summary>Whether the workflow is of issues of a project and a type.</summary>
    public bool IsOf(JiraProject? ofProject, NamedThing? type) =>
        (project is null || ofProject?.IsCalled(project) is true)
        && (types is null || types.Any(one => type?.IsCalled(one) is true));

    public IReadOnlyList<WorkflowTransition> Transitions(JiraSite site) => transitions(site);

    /// <summary>Where issues begin: the first status of the category "to do", unless the workflow says.</summary>
    public NamedThing Initial(JiraSite site) => (initial is null ? null : site.Statuses.Find(initial))
        ?? site.Statuses.All.FirstOrDefault(one => one.Json["statusCategory"].Get("key").Text() == "new")
        ?? site.Statuses.All[0];

    /// <summary>The statuses that the workflow names, in the order of the site.</summary>
    public IEnumerable<NamedThing> Statuses(JiraSite site)
    {
        var all = Transitions(site);
        return site.Statuses.All.Where(status => status == Initial(site) || all.Any(one =>
            (one.To is { } to && status.IsCalled(to)) || one.From?.Any(status.IsCalled) is true));
    }
}

/// <summary>The workflows of the site; the simplified one is of whatever no other is.</summary>
internal sealed class Workflows
{
    private List<Workflow> _all = [];

    public Workflow Of(JiraProject? project, NamedThing? type) =>
        _all.Find(workflow => workflow.IsOf(project, type)) ?? Workflow.Simplified;

    public Workflow Of(Issue issue) => Of(issue.Project, issue.Type);

    /// <summary>
    /// Takes workflows from a control request, <c>[{"name", "project", "issueTypes", "initial", "transitions": [{"id",
    /// "name", "from", "to", "screen", "required", "allowed", "condition", "resolution", "keepsResolution"}]}]</c>;
    /// says what is wrong, or null. Statuses that the site does not have come with <c>"statuses": [{"name",
    /// "category"}]</c>, the category being <c>new</c>, <c>indeterminate</c> or <c>done</c>. A transition without
    /// <c>from</c> is global, one without <c>to</c> leaves the status. <c>screen</c> is a list of fields, absent for
    /// none. <c>condition</c> is <c>{"permission", "accounts", "assignee", "subtasksIn", "fields"}</c>.
    /// </summary>
    public string? Set(JiraSite site, JsonNode? body)
    {
        if (body is not JsonArray list || list.Any(one => one is not JsonObject))
        {
            return "The body is an array of workflows.";
        }

        foreach (var status in list.SelectMany(one => one.Get("statuses") as JsonArray ?? []))
        {
            var category = StatusCategory.Find(status.Get("category").Text() ?? "new");
            if (status.Get("name").Text() is not { Length: > 0 } name || category is null)
            {
                return "A status has a name and a category, which is new, indeterminate or done.";
            }

            site.Statuses.Ensure(name, new JsonObject
            {
                ["description"] = "",
                ["statusCategory"] = StatusCategory.Json(category),
            });
        }

        var read = new List<Workflow>();
        foreach (var one in list.OfType<JsonObject>())
        {
            var transitions = (one["transitions"] as JsonArray ?? []).Select(Transition).ToList();
            var unknown = transitions.SelectMany(transition => (transition.From ?? []).Append(transition.To))
                .Append(one["initial"].Text()).FirstOrDefault(
                    status => status is not null && site.Statuses.Find(status) is null);
            if (unknown is not null)
            {
                return $"There is no status '{unknown}'.";
            }

            read.Add(new Workflow(
                one["name"].Text() ?? "Workflow", one["project"].Text(), Texts(one["issueTypes"]),
                one["initial"].Text(), _ => transitions));
        }

        _all = read;
        return null;
    }

    private static WorkflowTransition Transition(JsonNode? json, int index)
    {
        var required = Texts(json.Get("required")) ?? [];
        return new WorkflowTransition(
            json.Get("id").Text() ?? ((index + 1) * 10 + 1).ToString(CultureInfo.InvariantCulture),
            json.Get("name").Text() ?? json.Get("to").Text() ?? "Transition",
            Texts(json.Get("from")),
            json.Get("to").Text(),
            Texts(json.Get("screen")) is { } fields
                ? new Screen(new FieldSelection(fields), required, null, json.Get("allowed")?.DeepClone() as JsonObject)
                : null,
            json.Get("condition") is JsonObject condition
                ? new TransitionCondition(
                    condition["permission"].Text(), Texts(condition["accounts"]),
                    condition["assignee"].Text() == "true", Texts(condition["subtasksIn"]),
                    Texts(condition["fields"]) ?? [])
                : null,
            json.Get("resolution").Text(),
            json.Get("keepsResolution").Text() == "true");
    }

    private static string[]? Texts(JsonNode? list) => list is JsonArray names
        ? [.. names.Select(one => one.Text()).OfType<string>()]
        : list.Text() is { } one ? [one] : null;
}
