using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Content;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// What a body's <c>fields</c> and <c>update</c> ask of an issue. All of it is checked before any of it is done, so
/// that a refused request changes nothing.
/// </summary>
internal sealed class IssueEdit
{
    private static readonly string[] Lists = ["labels", "components", "fixVersions", "versions"];
    private static readonly string[] Persons = ["assignee", "reporter"];

    private readonly JiraRequest _request;
    private readonly Issue? _issue;
    private readonly JsonObject _fields;
    private readonly HashSet<string> _verbs = [];
    private readonly Screen _screen;
    private readonly List<(string Field, string Verb, JsonNode? Value)> _lists = [];
    private readonly List<(IssueLinkType Type, Issue Other, bool IsOutward)> _links = [];
    private readonly List<JsonNode?> _comments = [];

    /// <summary>Reads what a body asks.</summary>
    /// <param name="request">Who asks.</param>
    /// <param name="body">The body.</param>
    /// <param name="issue">The issue; null for a new one.</param>
    /// <param name="screen">The screen of a transition; null for the create or the edit screen.</param>
    public IssueEdit(JiraRequest request, JsonObject body, Issue? issue = null, Screen? screen = null)
    {
        (_request, _issue) = (request, issue);
        _fields = body["fields"] as JsonObject is { } given ? (JsonObject)given.DeepClone() : [];
        HasType = _fields.ContainsKey("issuetype");
        Type = request.Site.IssueTypes.Find(_fields["issuetype"]);
        Project = issue?.Project ?? ((_fields["project"].Get("key") ?? _fields["project"].Get("id")).Text() is { } name
            ? request.Site.Project(name)
            : null);
        _screen = screen ?? (issue is null ? request.Site.Screens.OfCreation(Project, Type)
            : request.Site.Screens.OfEdit(Project, Type ?? issue.Type));
        ReadVerbs(body["update"], given: [.. _fields.Select(one => one.Key)]);
        foreach (var (field, value) in _fields)
        {
            Check(field, value);
        }

        ReadParent(issue);
        CheckRequired();
    }

    public Dictionary<string, string> Errors { get; } = [];

    public bool HasType { get; }

    public NamedThing? Type { get; }

    /// <summary>The project of the issue, or the one that a creation names.</summary>
    public JiraProject? Project { get; }

    /// <summary>The fields that the body names.</summary>
    public IEnumerable<string> FieldNames => _fields.Select(one => one.Key).Union(_verbs);

    public bool HasParent { get; private set; }

    public Issue? Parent { get; private set; }

    public JsonNode? this[string field] => _fields[field];

    public bool Names(string field) => _fields.ContainsKey(field);

    /// <summary>Says what is wrong, if anything is.</summary>
    public void Verify()
    {
        if (Errors.Count > 0)
        {
            throw JiraError.Fields(Errors);
        }
    }

    /// <summary>Sets fields, type and parent.</summary>
    public void Apply(Issue issue)
    {
        var site = _request.Site;
        issue.Type = Type ?? issue.Type;
        if (HasParent && issue.Parent != Parent)
        {
            site.SetParent(issue, Parent);
        }

        foreach (var (name, value) in _fields)
        {
            if (name is not ("project" or "issuetype" or "parent" or "issuelinks") && name != EpicLink)
            {
                if (site.CustomField(name) is { IsSprint: true } field && field.Id == name)
                {
                    PutIntoSprint(site, issue, value is null ? null : site.Sprints.Find(value.Text() ?? ""));
                    continue;
                }

                issue.Fields[name] = name switch
                {
                    "priority" => site.Priorities.Find(value)?.Json.DeepClone(),
                    "resolution" => site.Resolutions.Find(value)?.Json.DeepClone(),
                    _ => Persons.Contains(name) ? Find(value)?.ToJson(site, _request.Api)
                        : value is JsonArray list && RegistryOf(site, name) is not null
                            ? new JsonArray([.. list.Select(one => Known(site, name, one))]) : value?.DeepClone(),
                };
                site.FieldNames.Add(name);
            }
        }

        foreach (var (name, verb, value) in _lists)
        {
            var known = Known(site, name, value);
            var kept = (issue.Fields[name] as JsonArray ?? []).Where(one => !JsonNode.DeepEquals(one, known))
                .Select(one => one?.DeepClone());
            issue.Fields[name] = new JsonArray([.. kept, .. verb == "add" ? [known] : (JsonNode?[])[]]);
            site.FieldNames.Add(name);
        }

        if (_fields.ContainsKey(TimeTracking.Field))
        {
            TimeTracking.Spread(site, issue);
        }

        site.MarkChanged();
    }

    /// <summary>Adds links and comments, which have entries in the history of their own.</summary>
    public void Attach(Issue issue)
    {
        foreach (var (type, other, isOutward) in _links)
        {
            LinkEndpoints.Link(_request, type, isOutward ? issue : other, isOutward ? other : issue);
        }

        foreach (var comment in _comments)
        {
            CommentEndpoints.Add(_request, issue, comment!);
        }
    }

    private string? EpicLink => _request.Site.Flavor == JiraFlavor.DataCenter ? _request.Site.EpicLinkField : null;

    private void ReadVerbs(JsonNode? update, HashSet<string> given)
    {
        foreach (var (name, operations) in update as JsonObject ?? [])
        {
            _verbs.Add(name);
            if (operations is not JsonArray)
            {
                Errors.TryAdd(name, "data was not an array");
            }

            if (given.Contains(name))
            {
                Errors.TryAdd(name, $"Field '{name}' can't be in both 'fields' and 'update'.");
                continue;
            }

            foreach (var operation in operations as JsonArray ?? [])
            {
                var (verb, value) = (operation as JsonObject)?.FirstOrDefault() ?? default;
                switch (name, verb)
                {
                    case ("issuelinks", "add") when MayAddLink():
                        ReadLink(value);
                        break;
                    case ("comment", "add") when _screen != Screen.None:
                        ReadComment(value);
                        break;
                    case (_, "set" or "edit"):
                        _fields[name] = value?.DeepClone();
                        break;
                    case (_, "add" or "remove") when IsSettable(name) && (Lists.Contains(name)
                        || name.StartsWith("customfield_", StringComparison.Ordinal)):
                        CheckLabel(name, value);
                        CheckNamed(name, value);
                        _lists.Add((name, verb, value));
                        break;
                    default:
                        Errors.TryAdd(name, NotOnScreen(name));
                        break;
                }
            }
        }
    }

    private static string NotOnScreen(string name) =>
        $"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.";

    /// <summary>
    /// Whether a field is on the screen, and the account has the permission that it needs of its own.
    /// </summary>
    private bool IsSettable(string name) => JiraFields.IsEditable(_request.Site, name)
        && (_screen.Has(name) || (_issue is null && name is "project" or "issuetype" or "parent"))
        && (name != "parent" || _issue is null || _request.Site.Flavor == JiraFlavor.Cloud
            || _request.Site.Switches.DataCenterEditsParents)
        && (Permission.ToSet(name) is not { } permission || _request.Author.Has(permission, _issue, Project));

    // No document mentions links in the bodies of issues, though clients write them.
    private bool MayAddLink() => IsSettable("issuelinks")
        && (_issue is not null || _request.Site.Switches.CreationsMayAddLinks);

    private void ReadComment(JsonNode? value)
    {
        var problem = CommentEndpoints.Problem(_request, value)
            ?? CommentEndpoints.Refusal(_request, _issue, Project);
        _comments.Add(value is JsonObject && problem is null ? value
            : throw JiraError.Field("comment", problem ?? "Comment body can not be empty!"));
        if (_issue is not null)
        {
            CommentEndpoints.RequireRoom(_request, _issue);
        }
    }

    /// <summary>A field that must have a value gets one at creation, and keeps one from then on.</summary>
    private void CheckRequired()
    {
        foreach (var name in _screen.Required)
        {
            var isGiven = _fields.ContainsKey(name) || _verbs.Contains(name);
            if (_issue is null && !isGiven && _screen.Default(name) is { } value)
            {
                _fields[name] = value;
            }
            else if (isGiven ? _fields.ContainsKey(name) && Issue.IsEmpty(_fields[name])
                : _issue is null || (!_issue.HasValue(name) && _screen.Has(name)))
            {
                Errors.TryAdd(name, $"{JiraFields.NameOf(_request.Site, name)} is required.");
            }
        }
    }

    // Unlike POST /issueLink this is said as reading says it: outwardIssue is what this issue points to.
    private void ReadLink(JsonNode? value)
    {
        if (_links.Count > 0 && _request.Site.Switches.SeveralLinksInABody is not SeveralLinksAnswer.Accept)
        {
            if (_request.Site.Switches.SeveralLinksInABody == SeveralLinksAnswer.Refuse)
            {
                Errors.TryAdd("issuelinks", "Only one link can be added at once.");
            }

            return;
        }

        var type = LinkEndpoints.TypeOf(_request.Site, value.Get("type"));
        var outward = value.Get("outwardIssue");
        var reference = outward ?? value.Get("inwardIssue");
        var other = _request.Issue(reference.Get("key").Text() ?? reference.Get("id").Text() ?? "");
        LinkEndpoints.RequireRoom(_request, other);
        if (_issue is not null)
        {
            LinkEndpoints.RequireRoom(_request, _issue);
        }

        _links.Add((type, other, outward is not null));
    }

    private void ReadParent(Issue? issue)
    {
        var site = _request.Site;
        HasParent = _fields.ContainsKey("parent") || (EpicLink is { } field && _fields.ContainsKey(field));
        var name = _fields["parent"].Get("key").Text() ?? _fields["parent"].Get("id").Text()
            ?? (EpicLink is { } epicLink ? _fields[epicLink].Text() : null);
        if (name is null)
        {
            return;
        }

        Parent = site.Readable(name, _request.Account);
        if (Parent is null)
        {
            Errors["parent"] = "Could not find issue by id or key.";
        }
        else if (issue is not null && Parent.IsBelow(issue))
        {
            Errors["parent"] = "An issue cannot be its own parent, nor the parent of an issue above it.";
        }
        else if ((Type ?? issue?.Type) is { } type && !MayBeParent(Parent, type))
        {
            Errors["parentId"] = "Given parent work item does not belong to appropriate hierarchy.";
        }
        else if (Issue.IsSubtaskType((Type ?? issue?.Type)?.Json) && Project is not null && Parent.Project != Project)
        {
            Errors["project"] = "Sub-tasks must be created in the same project as the parent.";
        }
    }

    private bool MayBeParent(Issue parent, NamedThing type) => parent.Type is not { } above
        || (_request.Site.Switches.ParentsAreOneLevelAbove ? above.HierarchyLevel == type.HierarchyLevel + 1
            : above.HierarchyLevel >= 0 || type.HierarchyLevel >= 0);

    private void Check(string name, JsonNode? value)
    {
        var site = _request.Site;
        string? problem = null;
        if (!IsSettable(name))
        {
            problem = NotOnScreen(name);
        }
        else if (!_screen.Takes(name, value))
        {
            problem = $"Specify a valid value for {name}.";
        }
        else if (name == "summary")
        {
            var summary = value.Text();
            problem = value is not null && value.GetValueKind() != JsonValueKind.String
                ? "Operation value must be a string"
                : string.IsNullOrWhiteSpace(summary) ? "You must specify a summary of the issue."
                : summary.Length > 255 ? "Summary must be less than 255 characters."
                : summary.Contains('\n', StringComparison.Ordinal)
                    ? "The summary is invalid because it contains newline characters."
                    : null;
        }
        else if (JiraFields.IsRich(site, name))
        {
            problem = RichText.Problem(value, _request.Version);
        }
        else if (name.StartsWith("customfield_", StringComparison.Ordinal) && site.CustomField(name) is { } custom
            && custom.Id == name)
        {
            problem = custom.Problem(value, site.Sprints);
        }
        else if (name == TimeTracking.Field)
        {
            problem = TimeTracking.Problem(value);
        }
        else if (name == "duedate" && value is not null && JiraTime.Read(value.Text()) is null)
        {
            problem = $"Error parsing date string: {value.Text()}";
        }
        else if (name == "issuetype" && site.IssueTypes.Find(value) is null)
        {
            problem = "Specify a valid issue type";
        }
        else if (name == "issuetype" && Project is not null && !site.Screens.Exists(Project, Type!))
        {
            problem = "The issue type selected is invalid.";
        }
        else if ((name == "priority" && site.Priorities.Find(value) is null)
            || (name == "resolution" && value is not null && site.Resolutions.Find(value) is null))
        {
            problem = $"Specify a valid 'id' or 'name' for {name}";
        }
        else if (Persons.Contains(name) && value is not null && !IsNobody(value))
        {
            problem = Find(value) is not { } person ? "User does not exist."
                : name == "assignee" && !person.IsAssignable(Project)
                    ? $"User '{NameOf(value)}' cannot be assigned issues."
                    : null;
        }
        else if (Lists.Contains(name) && value is not null and not JsonArray)
        {
            problem = "data was not an array";
        }

        if (problem is not null)
        {
            Errors.TryAdd(name, problem);
        }

        foreach (var one in Lists.Contains(name) ? value as JsonArray ?? [] : [])
        {
            CheckLabel(name, one);
            CheckNamed(name, one);
        }
    }

    /// <summary>The components or versions of the site, for a field that holds some.</summary>
    private static Registry? RegistryOf(JiraSite site, string field) => field switch
    {
        "components" => site.Components,
        "fixVersions" or "versions" => site.Versions,
        _ => null,
    };

    private void CheckNamed(string name, JsonNode? value)
    {
        if (RegistryOf(_request.Site, name) is { } registry && registry.Find(value) is null)
        {
            Errors.TryAdd(name, $"{(name == "components" ? "Component" : "Version")} name "
                + $"'{value.Get("name").Text() ?? value.Get("id").Text()}' is not valid");
        }
    }

    /// <summary>A component or version as the site knows it; anything else as it was given.</summary>
    private static JsonNode? Known(JiraSite site, string field, JsonNode? value) =>
        RegistryOf(site, field)?.Find(value) is { } thing ? thing.Json.DeepClone() : value?.DeepClone();

    /// <summary>Puts an issue into a sprint, or into none; sprints that are over stay in its list.</summary>
    public static void PutIntoSprint(JiraSite site, Issue issue, JsonObject? sprint)
    {
        var field = site.CustomFields.First(one => one.IsSprint).Id;
        var over = (issue.Fields[field] as JsonArray ?? []).Where(one => one.Get("id").Text() is { } id
            && site.Sprints.Find(id)?["state"].Text() == "closed" && id != sprint?["id"].Text())
                .Select(one => one?.DeepClone());
        var all = new JsonArray([.. over, .. sprint is null ? [] : (JsonNode?[])[sprint.DeepClone()]]);
        issue.Fields[field] = all.Count == 0 ? null : all;
    }

    private void CheckLabel(string name, JsonNode? label)
    {
        if (name == "labels"
            && (label.Text() is not { Length: > 0 } text || text.Contains(' ', StringComparison.Ordinal)))
        {
            Errors.TryAdd(name, $"The label '{label.Text()}' contains spaces which is invalid.");
        }
    }

    /// <summary>
    /// An object that names nobody takes the person away; -1 means who is assigned by default, here nobody.
    /// </summary>
    private static bool IsNobody(JsonNode value) => value is JsonObject named
        && named.Any(
            one => one.Key is "accountId" or "id" or "name" && (one.Value is null || one.Value.Text() == "-1"));

    private static string? NameOf(JsonNode? value) =>
        value.Get("accountId").Text() ?? value.Get("id").Text() ?? value.Get("name").Text();

    /// <summary>Somebody who can sign in, or whom an issue of the site names.</summary>
    private Person? Find(JsonNode? value) => NameOf(value) is { } name ? _request.Site.People.Find(name) : null;
}
