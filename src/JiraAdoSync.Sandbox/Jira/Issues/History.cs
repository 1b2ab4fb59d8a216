using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Text;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>One change of one field: the ids of the values and what people read.</summary>
internal sealed record HistoryItem(
    string Field, string FieldId, string? From, string? FromText, string? To, string? ToText)
{
    public JsonObject ToJson() => new()
    {
        ["field"] = Field,
        ["fieldtype"] = FieldId.StartsWith("customfield_", StringComparison.Ordinal) ? "custom" : "jira",
        ["fieldId"] = FieldId,
        ["from"] = From,
        ["fromString"] = FromText,
        ["to"] = To,
        ["toString"] = ToText,
    };
}

/// <summary>What one write changed at an issue.</summary>
internal sealed record HistoryEntry(
    long Id, JiraAccount Author, DateTimeOffset Created, IReadOnlyList<HistoryItem> Items)
{
    public JsonArray ItemsJson(Func<HistoryItem, bool>? only = null) =>
        new([.. Items.Where(only ?? (_ => true)).Select(item => item.ToJson())]);

    public JsonObject ToJson(JiraFlavor flavor, string api) => new()
    {
        ["id"] = Id.ToString(CultureInfo.InvariantCulture),
        ["author"] = Author.ToJson(flavor, api),
        ["created"] = JiraTime.Write(Created),
        ["items"] = ItemsJson(),
    };
}

/// <summary>What an issue shows at a moment, so that two moments can be compared.</summary>
internal sealed class IssueSnapshot
{
    // These report other entries or move by themselves.
    private static readonly string[] Unrecorded =
    [
        "updated", "created", "comment", "attachment", "issuelinks", "subtasks", "status", "issuetype", "parent",
        "resolutiondate",
        "project",
    ];

    private readonly Dictionary<string, (string? Id, string? Text)> _values = [];

    public IssueSnapshot(JiraSite site, Issue issue)
    {
        (Parent, ParentLinkId) = (issue.Parent, issue.ParentLinkId);
        foreach (var (name, value) in issue.Fields)
        {
            if (!Unrecorded.Contains(name))
            {
                _values[name] = Recorded(value);
            }
        }

        _values["Key"] = (null, issue.Key);
        _values["project"] = (issue.Project?.Thing.Id, issue.Project?.Thing.Name);
        _values["issuetype"] = (issue.Type?.Id, issue.Type?.Name);
        _values["status"] = (issue.Status?.Id, issue.Status?.Name);
        _values[issue.ShowsEpicLink(site) ? site.EpicLinkField : "parent"] =
            (issue.Parent?.Id.ToString(CultureInfo.InvariantCulture), issue.Parent?.Key);
    }

    public Issue? Parent { get; }

    public long ParentLinkId { get; }

    public List<HistoryItem> ChangesTo(IssueSnapshot after, JiraSite site) =>
    [
        .. _values.Keys.Union(after._values.Keys)
            .Select(name =>
                (Name: name, From: _values.GetValueOrDefault(name), To: after._values.GetValueOrDefault(name)))
            .Where(change => change.From != change.To)
            .Select(change => new HistoryItem(
                NameOf(site, change.Name), change.Name, change.From.Id, change.From.Text, change.To.Id,
                change.To.Text)),
    ];

    private static string NameOf(JiraSite site, string name) =>
        name == "parent" ? site.Flavor == JiraFlavor.Cloud ? "IssueParentAssociation" : "Parent"
        : name == site.EpicLinkField && site.Flavor == JiraFlavor.DataCenter ? "Epic Link" : name;

    private static (string? Id, string? Text) Recorded(JsonNode? value) => value switch
    {
        null => default,
        JsonArray list => (null, string.Join(' ', list.Select(one => Recorded(one).Text))),
        JsonObject document when document["type"].Text() == "doc" => (null, RichText.TextOf(document)),
        JsonObject thing => (thing["id"].Text() ?? thing["accountId"].Text() ?? thing["key"].Text(),
            thing["name"].Text() ?? thing["displayName"].Text() ?? thing["value"].Text() ?? thing.ToJsonString()),
        _ => (null, value.Text()),
    };
}
