using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Projects;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>A project of the site.</summary>
internal sealed class JiraProject(NamedThing thing, string key)
{
    public NamedThing Thing { get; } = thing;

    public string Key { get; } = key;

    public int LastNumber { get; set; }

    public bool IsCalled(string text) => Key.Equals(text, StringComparison.OrdinalIgnoreCase) || Thing.IsCalled(text);
}

/// <summary>
/// An issue: its raw fields as they came, and apart from them what the site works with. An issue that nobody may read
/// is known only from what others say of it: its id, its key and a few fields.
/// </summary>
internal sealed class Issue(long id, string key, JsonObject fields)
{
    public long Id { get; } = id;

    public string Key { get; private set; } = key;

    /// <summary>The keys that the issue had in other projects; they still lead to it.</summary>
    public IReadOnlyList<string> FormerKeys { get; private set; } = [];

    /// <summary>The raw fields without links, parent and sub-tasks.</summary>
    public JsonObject Fields { get; } = fields;

    public bool IsReadable { get; set; }

    public JiraProject? Project { get; set; }

    public NamedThing? Type { get; set; }

    public NamedThing? Status { get; set; }

    public Issue? Parent { get; set; }

    /// <summary>All issues whose parent this is; only those of a sub-task type are its sub-tasks.</summary>
    public List<Issue> Children { get; } = [];

    public List<IssueLink> Links { get; } = [];

    /// <summary>The id of the system's link to the parent, which only webhooks report.</summary>
    public long ParentLinkId { get; set; }

    public List<HistoryEntry> History { get; } = [];

    /// <summary>Links to what is outside Jira.</summary>
    public List<RemoteLink> RemoteLinks { get; } = [];

    public HashSet<JiraAccount> Watchers => field ??= [];

    public HashSet<JiraAccount> Voters => field ??= [];

    /// <summary>What apps and scripts keep at the issue, by key.</summary>
    public SortedDictionary<string, JsonNode?> Properties { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Created { get; set; }

    public DateTimeOffset Updated { get; set; }

    /// <summary>How many searches still miss this issue, as the index has not caught up with it.</summary>
    public int MissesLeft { get; set; }

    /// <summary>How many reads in bulk still miss this issue.</summary>
    public int FetchMissesLeft { get; set; }

    /// <summary>The number after the dash.</summary>
    public int Number { get; private set; } = NumberOf(key);

    public bool IsSubtask => IsSubtaskType(Type?.Json ?? Fields["issuetype"]);

    /// <summary>Whether the parent is an epic that Data Center keeps in a field of its own.</summary>
    public bool ShowsEpicLink(JiraSite site) => site.Flavor == JiraFlavor.DataCenter && !IsSubtask;

    public bool IsBelow(Issue other) => this == other || Parent?.IsBelow(other) is true;

    /// <summary>Whether a field is neither absent nor empty.</summary>
    public bool HasValue(string field) => field == "parent" ? Parent is not null : !IsEmpty(Fields[field]);

    /// <summary>Whether a value is none, or an empty list or text.</summary>
    public static bool IsEmpty(JsonNode? value) => value is null or JsonArray { Count: 0 } || value.Text() is "";

    public string Summary => Fields["summary"].Text() ?? "";

    /// <summary>
    /// Puts the issue into another project, where it has the next key; the one it had still leads to it.
    /// </summary>
    public void MoveTo(JiraProject project)
    {
        FormerKeys = [.. FormerKeys, Key];
        Project = project;
        Number = ++project.LastNumber;
        Key = string.Create(CultureInfo.InvariantCulture, $"{project.Key}-{Number}");
    }

    /// <summary>The list that a field holds beside its paging, created if missing.</summary>
    public JsonArray ListIn(string name, string list)
    {
        if (Fields[name] is not JsonObject container)
        {
            Fields[name] = container = [];
        }

        if (container[list] is not JsonArray all)
        {
            container[list] = all = [];
        }

        return all;
    }

    private static int NumberOf(string key) => int.TryParse(
        key.AsSpan(key.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    public static bool IsSubtaskType(JsonNode? type) => type.Get("subtask").Text() == "true";
}

/// <summary>
/// A link. The source is the issue that says the outward phrase and sees the other as <c>outwardIssue</c>:
/// "source blocks target". Both ends show the same id.
/// </summary>
internal sealed record IssueLink(long Id, IssueLinkType Type, Issue Source, Issue Target);

/// <summary>A link to what is outside Jira, as it was last written.</summary>
internal sealed record RemoteLink(long Id, string? GlobalId, JsonObject Json);

/// <summary>A type of links with its two phrases.</summary>
internal sealed class IssueLinkType(string id, string name, string inward, string outward)
{
    public string Id { get; } = id;

    public string Name { get; set; } = name;

    public string Inward { get; set; } = inward;

    public string Outward { get; set; } = outward;

    public JsonObject ToJson(string api) => new()
    {
        ["id"] = Id,
        ["name"] = Name,
        ["inward"] = Inward,
        ["outward"] = Outward,
        ["self"] = $"{api}/issueLinkType/{Id}",
    };
}
