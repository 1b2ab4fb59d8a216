using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Bulk;
using JiraAdoSync.Sandbox.Jira.Content;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Jira.Jql;
using JiraAdoSync.Sandbox.Jira.Notifications;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira;

/// <summary>
/// The site: the whole state of the Jira side. It is not safe for several threads; the service lets one request in at a
/// time.
/// </summary>
internal sealed class JiraSite
{
    private static readonly Dictionary<string, string> CategoryOfDefaults = new()
    {
        ["To Do"] = "new",
        ["In Progress"] = "indeterminate",
        ["Done"] = "done",
    };

    private readonly Dictionary<long, Issue> _byId = [];
    private readonly Dictionary<string, Issue> _byKey = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<long, IssueLink> _links = [];
    private readonly List<IssueLinkType> _linkTypes = [];
    private readonly List<JiraProject> _projects = [];
    private readonly Registry _projectThings = new("project");
    private long _lastIssue = 10000;
    private long _lastLink = 10000;

    private readonly List<JiraAccount> _accounts = [];
    private readonly SortedDictionary<string, CustomField> _customFields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastIds = [];
    private string? _epicLinkField;

    public JiraSite(Uri uri, SandboxOptions options, (string Address, string Token) account, Webhooks webhooks,
        IEnumerable<string> seed)
    {
        (Uri, Flavor, Switches, Time, Webhooks) = (uri, options.Jira, options.Switches, options.TimeProvider, webhooks);
        _accounts.Add(new JiraAccount("712020:sandbox-account", "JIRAUSER10000", account.Address, account.Token));
        JiraSeed.Load(this, seed);
        AddDefaults();
    }

    /// <summary>The address, without a slash at the end; the site calls itself so.</summary>
    public Uri Uri { get; }

    public JiraFlavor Flavor { get; }

    /// <summary>Who can sign in; the first sees and may do everything unless that is changed.</summary>
    public IReadOnlyList<JiraAccount> Accounts => _accounts;

    public SandboxSwitches Switches { get; }

    public TimeProvider Time { get; }

    public Webhooks Webhooks { get; }

    /// <summary>What attachments hold, by id.</summary>
    public Dictionary<string, byte[]> Contents { get; } = [];

    /// <summary>
    /// The field in which Data Center keeps the epic of an issue. Its id is another on each site: it is none that the
    /// site's issues have.
    /// </summary>
    public string EpicLinkField => _epicLinkField ??= FreeField(10_008);

    public Registry IssueTypes { get; } = new("issuetype");

    public Registry Statuses { get; } = new("status");

    public Registry Priorities { get; } = new("priority");

    public Registry Resolutions { get; } = new("resolution");

    public Registry Components { get; } = new("component");

    public Registry Versions { get; } = new("version");

    public Sprints Sprints { get; } = new();

    /// <summary>What may be set of new issues and of others.</summary>
    public Screens Screens { get; } = new();

    public Workflows Workflows { get; } = new();

    /// <summary>What Cloud does in the background.</summary>
    public JiraTasks Tasks => field ??= new JiraTasks(this);

    public People People => field ??= new People(this);

    public Mails Mails { get; } = new();

    /// <summary>Which issue each comment is at, by the id of the comment.</summary>
    public CommentIndex Comments => field ??= new CommentIndex(this);

    /// <summary>The custom fields of the site, in the order of their ids.</summary>
    public IEnumerable<CustomField> CustomFields => _customFields.Values;

    public IReadOnlyList<JiraProject> Projects => _projects;

    public IReadOnlyList<IssueLinkType> LinkTypes => _linkTypes;

    /// <summary>Names of custom and other fields that issues of the site hold.</summary>
    public SortedSet<string> FieldNames { get; } = new(StringComparer.Ordinal);

    /// <summary>Results of searches that are being paged through.</summary>
    public SearchCache Searches { get; } = new();

    /// <summary>Grows with every write, so that results of a search can be kept while nothing changes.</summary>
    public long Version { get; private set; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Every issue that is readable at all.</summary>
    public IEnumerable<Issue> Issues => _byId.Values.Where(issue => issue.IsReadable);

    /// <summary>The issues that an account may read; the site itself, which has no account, reads all.</summary>
    public IEnumerable<Issue> IssuesOf(JiraAccount? account) =>
        account is null ? Issues : _byId.Values.Where(account.CanSee);

    public JiraAccount? Account(string text) => _accounts.Find(account => account.IsCalled(text));

    public JiraAccount AddAccount(string address, string token)
    {
        var number = 10_000 + _accounts.Count;
        _accounts.Add(new JiraAccount(
            string.Create(CultureInfo.InvariantCulture, $"712020:sandbox-account-{number}"),
            string.Create(CultureInfo.InvariantCulture, $"JIRAUSER{number}"), address, token));
        return _accounts[^1];
    }

    /// <summary>The custom field of an id or, in any case, of a name.</summary>
    public CustomField? CustomField(string idOrName) => _customFields.GetValueOrDefault(idOrName)
        ?? CustomFields.FirstOrDefault(field => field.Name.Equals(idOrName, StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes a custom field into the site as its seed says that it is, or as a value shows.</summary>
    public void LearnField(string id, JsonNode? value, string? name, JsonObject? schema)
    {
        if (!_customFields.ContainsKey(id))
        {
            if (name is not null && schema is not null)
            {
                _customFields.Add(id, Jira.Issues.CustomField.Given(id, name, schema));
            }
            else if (value is not null || name is not null)
            {
                _customFields.Add(id, Jira.Issues.CustomField.Guess(id, name, value));
            }
        }

        if (value is JsonArray && _customFields.GetValueOrDefault(id) is { IsSprint: true })
        {
            Sprints.Learn(value);
        }
    }

    /// <summary>The next id of a kind of thing: of comments, of attachments, of entries in histories.</summary>
    public long NextId(string kind) => _lastIds[kind] = _lastIds.GetValueOrDefault(kind, 10_000) + 1;

    /// <summary>Whatever was found so far may be found no more.</summary>
    public void MarkChanged() => Version++;

    /// <summary>An issue of an id or a key, readable or not.</summary>
    public Issue? Known(string idOrKey) =>
        _byKey.GetValueOrDefault(idOrKey)
        ?? (long.TryParse(idOrKey, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? _byId.GetValueOrDefault(id)
            : null);

    public Issue? Readable(string idOrKey, JiraAccount? account) =>
        Known(idOrKey) is { IsReadable: true } issue && account?.CanSee(issue) is not false ? issue : null;

    public IssueLink? Link(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? _links.GetValueOrDefault(number)
            : null;

    public JiraProject? Project(string text) => _projects.Find(project => project.IsCalled(text));

    public JiraProject LearnProject(JsonNode? value, string issueKey)
    {
        var key = value.Get("key").Text() ?? issueKey[..Math.Max(issueKey.LastIndexOf('-'), 0)];
        if (_projects.Find(project => project.Key == key) is { } known)
        {
            return known;
        }

        var json = value as JsonObject ?? [];
        var thing = _projectThings.Learn(
            json.ContainsKey("name") ? json : new JsonObject { ["name"] = key, ["key"] = key })!;
        var created = new JiraProject(thing, key);
        created.Thing.Json["key"] = key;
        _projects.Add(created);
        return created;
    }

    public IssueLinkType LearnLinkType(JsonNode? value)
    {
        var id = value.Get("id").Text();
        var name = value.Get("name").Text() ?? id ?? "";
        return _linkTypes.Find(type => id is not null ? type.Id == id : type.Name == name)
            ?? AddLinkType(id, name, value.Get("inward").Text() ?? name, value.Get("outward").Text() ?? name);
    }

    public IssueLinkType AddLinkType(string? id, string name, string inward, string outward)
    {
        var type = new IssueLinkType(
            id ?? (_linkTypes.Select(one => long.TryParse(one.Id, out var number) ? number : 0).DefaultIfEmpty(9999)
                .Max() + 1)
                .ToString(CultureInfo.InvariantCulture),
            name, inward, outward);
        _linkTypes.Add(type);
        Version++;
        return type;
    }

    public void Add(Issue issue)
    {
        _byId.Add(issue.Id, issue);
        _byKey[issue.Key] = issue;
        _lastIssue = Math.Max(_lastIssue, issue.Id);
        // Keys of issues that nobody can read are in use, too.
        var prefix = issue.Key[..Math.Max(issue.Key.LastIndexOf('-'), 0)];
        if ((issue.Project ?? _projects.Find(one => one.Key == prefix)) is { } project)
        {
            project.LastNumber = Math.Max(project.LastNumber, issue.Number);
        }

        Version++;
    }

    public long NextIssueId() => _lastIssue + 1;

    /// <summary>A link that exists between two issues in this direction.</summary>
    public static IssueLink? Link(IssueLinkType type, Issue source, Issue target) =>
        source.Links.Find(one => one.Type == type && one.Source == source && one.Target == target);

    /// <summary>Links two issues; a link that exists already is found instead, as Jira does.</summary>
    public IssueLink AddLink(IssueLinkType type, Issue source, Issue target, long? id = null)
    {
        if (id is { } known && _links.TryGetValue(known, out var existing))
        {
            return existing;
        }

        if (id is null && Link(type, source, target) is { } same)
        {
            return same;
        }

        var link = new IssueLink(id ?? (_lastLink + 1), type, source, target);
        _lastLink = Math.Max(_lastLink, link.Id);
        _links.Add(link.Id, link);
        source.Links.Add(link);
        target.Links.Add(link);
        Version++;
        return link;
    }

    public void Remove(IssueLink link)
    {
        _links.Remove(link.Id);
        link.Source.Links.Remove(link);
        link.Target.Links.Remove(link);
        Version++;
    }

    /// <summary>Removes a type of links and the links of it.</summary>
    public void Remove(IssueLinkType type)
    {
        _links.Values.Where(link => link.Type == type).ToList().ForEach(Remove);
        _linkTypes.Remove(type);
        Version++;
    }

    public void Remove(Issue issue)
    {
        issue.Links.ToList().ForEach(Remove);
        SetParent(issue, null);
        issue.Children.ToList().ForEach(child => SetParent(child, null));
        _byId.Remove(issue.Id);
        foreach (var key in issue.FormerKeys.Append(issue.Key))
        {
            _byKey.Remove(key);
        }

        Version++;
    }

    /// <summary>Moves an issue to another project, its sub-tasks with it.</summary>
    public void Move(Issue issue, JiraProject project)
    {
        issue.MoveTo(project);
        _byKey[issue.Key] = issue;
        issue.Children.Where(child => child.IsSubtask).ToList().ForEach(child => Move(child, project));
        Version++;
    }

    /// <summary>Removes a project and all its issues.</summary>
    public void Remove(JiraProject project)
    {
        _byId.Values.Where(issue => issue.Project == project).ToList().ForEach(Remove);
        _projects.Remove(project);
        Version++;
    }

    public void SetParent(Issue issue, Issue? parent)
    {
        issue.Parent?.Children.Remove(issue);
        issue.Parent = parent;
        issue.ParentLinkId = ++_lastLink;
        parent?.Children.Add(issue);
        Version++;
    }

    /// <summary>Marks an issue as just written: the search index may lag behind.</summary>
    public void Touch(Issue issue, bool moveUpdated = true)
    {
        if (moveUpdated)
        {
            issue.Updated = Now;
            issue.Fields["updated"] = JiraTime.Write(issue.Updated);
        }

        Version++;
    }

    /// <summary>The first id from a number on that no field has.</summary>
    private string FreeField(int from) => Enumerable.Range(from, int.MaxValue - from)
        .Select(number => string.Create(CultureInfo.InvariantCulture, $"customfield_{number}"))
        .First(name => !FieldNames.Contains(name));

    /// <summary>What every Jira site has, where the seed brought nothing of that name.</summary>
    private void AddDefaults()
    {
        if (_projects.Count == 0)
        {
            LearnProject(new JsonObject { ["id"] = "10000", ["key"] = "SHOP", ["name"] = "Shop" }, "SHOP-1");
        }

        AddType("Epic", "A collection of related bugs, stories and tasks.", false);
        AddType("Story", "Functionality expressed as a user goal.", false);
        AddType("Task", "A small, distinct piece of work.", false);
        AddType("Bug", "A problem or error.", false);
        if (!IssueTypes.All.Any(type => Issue.IsSubtaskType(type.Json)))
        {
            AddType("Sub-task", "A piece of work within a larger one.", true);
        }

        foreach (var (name, category) in CategoryOfDefaults)
        {
            Statuses.Ensure(
                name, new JsonObject { ["description"] = "", ["statusCategory"] = StatusCategory.Json(category) });
        }

        foreach (var name in (string[])["Highest", "High", "Medium", "Low", "Lowest"])
        {
            Priorities.Ensure(name, []);
        }

        Resolutions.Ensure("Done", []);
        AddFields();
        AddLink("Blocks", "is blocked by", "blocks");
        AddLink("Cloners", "is cloned by", "clones");
        AddLink("Duplicate", "is duplicated by", "duplicates");
        AddLink("Relates", "relates to", "relates to");

        void AddFields()
        {
            foreach (var id in FieldNames.Where(name => name.StartsWith("customfield_", StringComparison.Ordinal))
                .ToList())
            {
                if (!_customFields.ContainsKey(id))
                {
                    _customFields.Add(id, Jira.Issues.CustomField.Guess(id, null, null));
                }
            }

            if (Flavor == JiraFlavor.DataCenter)
            {
                _epicLinkField = CustomFields.FirstOrDefault(field => field.IsEpicLink)?.Id ?? EpicLinkField;
                Add(Jira.Issues.CustomField.EpicLink(_epicLinkField));
            }
            else if (CustomFields.FirstOrDefault(field => field.Id == "customfield_10016") is not { IsNumber: false })
            {
                // Where every fresh site has it; a seed without names can't say.
                Add(Jira.Issues.CustomField.StoryPointEstimate("customfield_10016"));
            }

            if (!CustomFields.Any(field => field.IsSprint))
            {
                Add(Jira.Issues.CustomField.Sprint(FreeField(Flavor == JiraFlavor.Cloud ? 10_020 : 10_100)));
            }

            if (CustomField("Story Points") is null)
            {
                Add(Jira.Issues.CustomField.StoryPoints(FreeField(Flavor == JiraFlavor.Cloud ? 10_026 : 10_106)));
            }
        }

        void Add(CustomField field)
        {
            if (_customFields.GetValueOrDefault(field.Id) is not { } known || known.Name == known.Id)
            {
                _customFields[field.Id] = field;
            }

            FieldNames.Add(field.Id);
        }

        void AddType(string name, string description, bool isSubtask) =>
            IssueTypes.Ensure(name, new JsonObject { ["description"] = description, ["subtask"] = isSubtask });

        void AddLink(string name, string inward, string outward)
        {
            if (!_linkTypes.Exists(type => type.Name == name))
            {
                AddLinkType(null, name, inward, outward);
            }
        }
    }
}
