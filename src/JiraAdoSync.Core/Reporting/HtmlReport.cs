using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Planning;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Reporting;

/// <summary>
/// Writes a report as one HTML file that asks nothing of anywhere: summary, the graph with what changes in it, and
/// tables of what needs eyes. What issues say is text, whatever it looks like.
/// </summary>
public static class HtmlReport
{
    /// <summary>Up to so many work items the page begins with all of them; from there on with what changed.</summary>
    private const int Roomy = 150;

    private const int LongestValue = 1000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly (string Title, string Text, ChangeAction[] Actions)[] Sections =
    [
        ("Failed", "These should have been written and were not. The next run tries again.", [ChangeAction.Fail]),
        (
            "Conflicts",
            "Both sides changed these fields since they were last in step. Those that nobody has decided stay as they are.",
            [ChangeAction.Conflict]
        ),
        ("Pending", "These wait for an issue whose work item is not there yet.", [ChangeAction.Pending]),
        ("Degraded", "The relation they should be is not possible, so they are Related.", [ChangeAction.Degrade]),
        ("Skipped", "These are left out.", [ChangeAction.Skip]),
        (
            "Changes",
            "These are made, changed or removed.",
            [ChangeAction.Create, ChangeAction.Update, ChangeAction.Adopt, ChangeAction.Replace, ChangeAction.Remove]
        ),
        ("Unchanged", "These exist and are right.", [ChangeAction.Keep, ChangeAction.Merge]),
    ];

    /// <summary>Writes the page.</summary>
    /// <param name="report">The report.</param>
    /// <param name="page">What it is put together from.</param>
    public static string Write(Report report, ReportPage page)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(page);
        var title = report.IsPlan ? "Plan" : $"Run: {report.Summary?.Outcome.ToString() ?? "results"}";
        var types = WorkItemTypeLook.InOrder(report.Items.Select(item => item.WorkItemType).OfType<string>()).ToList();
        var isLarge = report.Items.Count > Roomy;
        return page.Fill(new Dictionary<string, string>
        {
            ["title"] = Encode(title),
            ["headline"] = Encode(ReportHeadline.Of(report)),
            ["subtitle"] = Subtitle(report),
            ["summary"] = Summary(report),
            ["types"] = string.Concat(types.Select(type => $"<option>{Encode(type)}</option>")),
            ["actions"] = string.Concat(report.Actions.Select(action =>
                $"<label class=\"{ClassOf(action)}\"><input type=\"checkbox\" name=\"action\" value=\"{action}\" checked> {action}</label>")),
            ["near"] = isLarge ? " checked" : string.Empty,
            ["all"] = isLarge ? string.Empty : " checked",
            ["sections"] = string.Concat(
                Sections.Select(section => Section(report, section.Title, section.Text, section.Actions))),
            ["data"] = Data(report, types),
        });
    }

    private static string Subtitle(Report report)
    {
        var made = report.Made.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var from = report.Site is null ? "Jira" : Link(report.Site, report.Site);
        var to = report.Project is null ? "Azure DevOps" : Link(report.Project, report.Project);
        return $"{from} {(report.IsTwoWay ? "&harr;" : "&rarr;")} {to} &middot; <time>{made}</time>";
    }

    private static string Summary(Report report)
    {
        var text = new StringBuilder();
        void Card(string name, string value) =>
            text.Append(CultureInfo.InvariantCulture, $"<div><dt>{Encode(name)}</dt><dd>{value}</dd></div>");
        Card("Work items", Counts(report.WorkItemCounts));
        Card("Links and parents", Counts(report.RelationCounts));
        if (report.IsTwoWay)
        {
            Card("Issues in Jira", Counts(report.IssueCounts));
            Card("Links in Jira", Counts(report.LinkCounts));
            Card("Fields", Counts(report.FieldCounts));
        }

        if (report.Summary is { } summary)
        {
            Card("Issues read", Amount.Of(summary.Issues));
            Card(
                "Requests",
                $"{Amount.Of(summary.JiraRequests)} to Jira, {Amount.Of(summary.AdoRequests)} to Azure DevOps");
            Card("Duration", $"{summary.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
        }

        return text.ToString();
    }

    private static string Counts(IReadOnlyList<KeyValuePair<ChangeAction, int>> counts) =>
        counts.Count == 0
            ? "none"
            : string.Concat(
                counts.Select(pair =>
                    $"<span class=\"count {ClassOf(pair.Key)}\">{Amount.Of(pair.Value)} {pair.Key}</span> "));

    private static string Section(Report report, string title, string text, ChangeAction[] actions)
    {
        var rows = report.Items.Where(item => actions.Contains(item.Action)).Select(item => Row(report, item))
            .Concat(report.Relations.Where(one => actions.Contains(one.Action)).Select(one => Row(report, one)))
            .Concat(report.Issues.Where(one => actions.Contains(Report.ListedAs(one))).Select(one => Row(report, one)))
            .Concat(report.Links.Where(one => actions.Contains(one.Action)).Select(one => Row(report, one)))
            .Concat(report.Fields.Where(one => actions.Contains(one.Action)).Select(one => Row(report, one)))
            .ToList();
        if (rows.Count == 0)
        {
            return string.Empty;
        }

        var open = title == "Unchanged" || rows.Count > 500 ? string.Empty : " open";
        return $"""
            <details id="{title.ToLowerInvariant()}" class="rows"{open}>
            <summary><h2>{title} <span class="n">{Amount.Of(rows.Count)}</span></h2></summary>
            <p>{text}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>
            <thead><tr><th scope="col">Action</th><th scope="col">Issue</th><th scope="col">Becomes</th><th scope="col">Detail</th></tr></thead>
            <tbody>{string.Concat(rows)}</tbody>
            </table></div>
            </details>

            """;
    }

    private static string Row(Report report, WorkItemResult item)
    {
        var workItem = item.WorkItemId is { } id
            ? Link(report.WorkItemAddress(id), $"{item.WorkItemType} {id}") : Encode(item.WorkItemType ?? "nothing");
        var becomes = item.WorkItemType is null
            ? workItem
            : $"<span class=\"type\" style=\"--type:{WorkItemTypeLook.Of(item.WorkItemType).Color}\">{workItem}</span>";
        return Row(
            item.Action,
            $"{item.WorkItemType}",
            Link(report.IssueAddress(item.Key), item.Key),
            becomes,
            Wording.Of(item));
    }

    private static string Row(Report report, RelationResult relation)
    {
        var target = Link(report.IssueAddress(relation.Target), relation.Target);
        var workItem = relation.TargetWorkItemId is { } id
            ? $" ({Link(report.WorkItemAddress(id), id.ToString(CultureInfo.InvariantCulture))})" : string.Empty;
        return Row(
            relation.Action,
            string.Empty,
            Link(report.IssueAddress(relation.Source), relation.Source),
            $"{Encode(relation.Relation ?? "no relation to")} {target}{workItem}",
            relation.Error?.Message ?? relation.Detail ?? relation.Phrase);
    }

    private static string Row(Report report, IssueResult issue) => Row(
        issue.Action,
        string.Empty,
        issue.Key is null
            ? Link(report.WorkItemAddress(issue.WorkItemId), $"#{issue.WorkItemId}")
            : Link(report.IssueAddress(issue.Key), issue.Key),
        Encode(Wording.Becomes(issue)),
        Wording.Of(issue));

    private static string Row(Report report, IssueLinkResult link) => Row(
        link.Action,
        string.Empty,
        Link(report.IssueAddress(link.Source), link.Source),
        $"{Encode($"Jira: {link.Phrase ?? "no link to"}")} {Link(report.IssueAddress(link.Target), link.Target)}",
        link.Error?.Message ?? link.Detail ?? link.Relation);

    /// <summary>A field with both values, who gave them and when, and the command that decides it.</summary>
    private static string Row(Report report, FieldResult field)
    {
        var (jira, ado) = FieldWording.Excerpts(field, LongestValue);
        var sides = Value("Jira", jira, FieldWording.Origin(field.JiraAuthor, field.JiraTime))
            + Value("Azure DevOps", ado, FieldWording.Origin(field.AdoAuthor, field.AdoTime));
        var detail = $"<dl class=\"sides\">{sides}</dl>{Encode(field.Detail ?? string.Empty)}"
            + (field.Decide is null ? string.Empty : $" To decide it: <code>{Encode(field.Decide)}</code>");
        return RowOf(
            field.Action,
            string.Empty,
            Link(report.IssueAddress(field.Key), field.Key),
            Link(report.WorkItemAddress(field.WorkItemId), FieldWording.Becomes(field)),
            detail);

        static string Value(string side, string value, string? origin) =>
            $"<div><dt>{side}</dt><dd>{Encode(value)}"
            + (origin is null ? string.Empty : $" <span>{Encode(origin)}</span>") + "</dd></div>";
    }

    private static string Row(ChangeAction action, string type, string issue, string becomes, string? detail) =>
        RowOf(action, type, issue, becomes, Encode(detail ?? string.Empty));

    /// <summary>A row whose cells are HTML.</summary>
    private static string RowOf(ChangeAction action, string type, string issue, string becomes, string detail) =>
        $"<tr data-action=\"{action}\" data-type=\"{Encode(type)}\"><td><span class=\"count {ClassOf(action)}\">{action}</span></td>"
        + $"<td>{issue}</td><td>{becomes}</td><td>{detail}</td></tr>\n";

    private static string Data(Report report, List<string> typesInOrder)
    {
        var types = typesInOrder.ToDictionary(type => type, WorkItemTypeLook.Of);
        var keys = report.Items.Where(item => item.WorkItemId is not null)
            .GroupBy(item => item.WorkItemId!.Value)
            .ToDictionary(group => group.Key, group => group.First().Key);
        var nodes = report.Items.Select(item => new
        {
            id = item.Key,
            title = Printable.Of(item.Summary),
            type = item.WorkItemType,
            action = item.Action.ToString(),
            detail = item.Error?.Message ?? item.Detail,
            fields = item.Fields,
            workItem = item.WorkItemId,
            issueUrl = report.IssueAddress(item.Key),
            workItemUrl = report.WorkItemAddress(item.WorkItemId),
        }).ToList();
        var known = nodes.Select(node => node.id).ToHashSet(StringComparer.Ordinal);
        var edges = report.Relations.Select(relation => new
        {
            source = relation.Source,
            target = relation.Target,
            relation = relation.Relation,
            action = relation.Action.ToString(),
            phrase = Printable.Of(relation.Phrase),
            detail = Printable.Of(relation.Detail),
            removed = relation.Removed.Where(_ => relation.Action == ChangeAction.Replace)
                .Select(removed => new
                {
                    source = Name(keys, removed.WorkItemId),
                    target = Name(keys, removed.TargetWorkItemId ?? 0),
                    relation = removed.Name ?? removed.ReferenceName,
                })
                .ToList(),
        }).ToList();
        var outside = edges.SelectMany(edge => new[] { edge.source, edge.target })
            .Concat(edges.SelectMany(edge => edge.removed.SelectMany(one => new[] { one.source, one.target })))
            .Distinct()
            .Where(key => !known.Contains(key))
            .Select(key => new { id = key, issueUrl = report.IssueAddress(key) });
        // Neither "</script>" nor "<!--" can come out of this: the serializer writes every < as \u003C.
        return JsonSerializer.Serialize(new { types, nodes, edges, outside }, Json);
    }

    private static string Name(Dictionary<int, string> keys, int workItem) =>
        keys.GetValueOrDefault(workItem) ?? FormattableString.Invariant($"#{workItem}");

    private static string Link(string? address, string text) => address is null
        ? Encode(text)
        : $"<a href=\"{Encode(address)}\" rel=\"noreferrer\">{Encode(text)}</a>";

    private static string ClassOf(ChangeAction action) => $"is-{action.ToString().ToLowerInvariant()}";

    private static string Encode(string text) => WebUtility.HtmlEncode(Printable.Of(text));
}
