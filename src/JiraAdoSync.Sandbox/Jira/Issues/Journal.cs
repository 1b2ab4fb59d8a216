using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// Writes down what a request did: in the history of the issue, in its <c>updated</c>, in how long searches miss it,
/// and to whoever registered a webhook.
/// </summary>
internal sealed class Journal(JiraSite site, JiraAccount author, bool notifies = true)
{
    public void Created(Issue issue)
    {
        Mail("issue_created");
        Announce("jira:issue_created", issue, new JsonObject { ["issue_event_type_name"] = "issue_created" });
        AnnounceParent("issuelink_created", issue, issue.Parent, issue.ParentLinkId);
    }

    public void Edited(Issue issue, IssueSnapshot before, bool movesUpdated = true)
    {
        site.Touch(issue, movesUpdated);
        issue.MissesLeft = Math.Max(issue.MissesLeft, site.Switches.SearchesThatMissNewIssues);
        var changes = before.ChangesTo(new IssueSnapshot(site, issue), site);
        if (changes.Count > 0)
        {
            Mail("issue_updated");
            Announce(issue, Record(issue, changes, movesUpdated), "issue_generic");
        }

        if (before.Parent != issue.Parent)
        {
            AnnounceParent("issuelink_deleted", issue, before.Parent, before.ParentLinkId);
            AnnounceParent("issuelink_created", issue, issue.Parent, issue.ParentLinkId);
        }
    }

    /// <summary>A comment was added, changed or removed.</summary>
    public void Commented(Issue issue, JsonNode comment, string name, string type)
    {
        site.Touch(issue);
        Mail(type);
        Announce(issue, null, type);
        Announce(name, issue, new JsonObject { ["comment"] = new IssueJson(site, "2", null).Comment(issue, comment) });
    }

    /// <summary>An attachment was added or removed.</summary>
    public void Attached(Issue issue, HistoryItem change)
    {
        site.Touch(issue);
        Mail("issue_updated");
        Announce(issue, Record(issue, [change], movedUpdated: true), "issue_updated");
    }

    public void Linked(IssueLink link)
    {
        AnnounceLink("issuelink_created", link);
        AtBothEnds(link, (other, phrase) =>
            new HistoryItem("Link", "issuelinks", null, null, other.Key, $"This issue {phrase} {other.Key}"));
    }

    public void Unlinked(IssueLink link)
    {
        AnnounceLink("issuelink_deleted", link);
        AtBothEnds(link, (other, phrase) =>
            new HistoryItem("Link", "issuelinks", other.Key, $"This issue {phrase} {other.Key}", null, null));
    }

    /// <summary>Called while the issue and its links still exist.</summary>
    public void Deleting(Issue issue)
    {
        foreach (var link in issue.Links)
        {
            AnnounceLink("issuelink_deleted", link);
        }

        AnnounceParent("issuelink_deleted", issue, issue.Parent, issue.ParentLinkId);
        Announce("jira:issue_deleted", issue, []);
    }

    /// <summary>A property of the issue was set or removed, which the history does not show.</summary>
    public void PropertyChanged(Issue issue) => site.Touch(issue, site.Switches.PropertyWritesMoveUpdated);

    private void Mail(string kind)
    {
        if (notifies)
        {
            site.Mails.Send(kind);
        }
    }

    private void AtBothEnds(IssueLink link, Func<Issue, string, HistoryItem> item)
    {
        foreach (var (issue, other, phrase) in ((Issue, Issue, string)[])
            [(link.Source, link.Target, link.Type.Outward), (link.Target, link.Source, link.Type.Inward)])
        {
            if (!issue.IsReadable)
            {
                continue;
            }

            site.Touch(issue, site.Switches.LinksMoveUpdated);
            Announce(issue, Record(issue, [item(other, phrase)], site.Switches.LinksMoveUpdated), "issue_updated");
        }
    }

    /// <summary>An entry that moved the issue's own time has the same one, but for what the switches say.</summary>
    private HistoryEntry Record(Issue issue, IReadOnlyList<HistoryItem> changes, bool movedUpdated)
    {
        var when = (movedUpdated ? issue.Updated : site.Now).AddMilliseconds(site.Switches.HistorySkewMilliseconds);
        when = site.Switches.HistoryTimesAreWholeSeconds ? when.AddTicks(-(when.Ticks % TimeSpan.TicksPerSecond)) : when;
        var entry = new HistoryEntry(site.NextId("history"), author, when, changes);
        issue.History.Add(entry);
        return entry;
    }

    private void Announce(Issue issue, HistoryEntry? entry, string type)
    {
        var body = new JsonObject { ["issue_event_type_name"] = type };
        if (entry is not null)
        {
            body["changelog"] = new JsonObject
            {
                ["id"] = entry.Id.ToString(CultureInfo.InvariantCulture),
                ["items"] = entry.ItemsJson(),
            };
        }

        Announce("jira:issue_updated", issue, body);
    }

    private void Announce(string name, Issue issue, JsonObject more)
    {
        if (!site.Webhooks.Wants(name))
        {
            return;
        }

        more["timestamp"] = site.Now.ToUnixTimeMilliseconds();
        more["webhookEvent"] = name;
        more["user"] = author.ToJson(site.Flavor, $"{site.Uri}/rest/api/2");
        more["issue"] = new IssueJson(site, "2", null).Render(issue, new FieldSelection(["*all"]));
        site.Webhooks.Announce(site, name, issue, more);
    }

    private void AnnounceLink(string name, IssueLink link) =>
        AnnounceLink(name, link.Id, link.Source, link.Target, new JsonObject
    {
        ["id"] = long.TryParse(link.Type.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0,
        ["name"] = link.Type.Name,
        ["outwardName"] = link.Type.Outward,
        ["inwardName"] = link.Type.Inward,
        ["isSubTaskLinkType"] = false,
        ["isSystemLinkType"] = false,
    });

    // Sub-tasks, and on Data Center the stories of an epic, hang on links of the system.
    private void AnnounceParent(string name, Issue issue, Issue? parent, long id)
    {
        if (parent is null || (!issue.IsSubtask && site.Flavor == JiraFlavor.Cloud))
        {
            return;
        }

        AnnounceLink(name, id, parent, issue, new JsonObject
        {
            ["id"] = issue.IsSubtask ? 10_900 : 10_901,
            ["name"] = issue.IsSubtask ? "jira_subtask_link" : "Epic-Story Link",
            ["outwardName"] = issue.IsSubtask ? "jira_subtask_outward" : "has Epic",
            ["inwardName"] = issue.IsSubtask ? "jira_subtask_inward" : "is Epic of",
            ["isSubTaskLinkType"] = issue.IsSubtask,
            ["isSystemLinkType"] = true,
        });
    }

    /// <summary>Numbers only: neither end's key is included.</summary>
    private void AnnounceLink(string name, long id, Issue source, Issue target, JsonObject type) =>
        site.Webhooks.Announce(site, name, null, new JsonObject
        {
            ["timestamp"] = site.Now.ToUnixTimeMilliseconds(),
            ["webhookEvent"] = name,
            ["issueLink"] = new JsonObject
            {
                ["id"] = id,
                ["sourceIssueId"] = source.Id,
                ["destinationIssueId"] = target.Id,
                ["issueLinkType"] = type,
                ["systemLink"] = type["isSystemLinkType"]!.GetValue<bool>(),
            },
        });
}
