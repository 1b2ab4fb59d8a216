using System.Globalization;
using System.Net;
using System.Text;
using JiraAdoSync.Sandbox.AzureDevOps;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;
using JiraAdoSync.Sandbox.Control;
using JiraAdoSync.Sandbox.Jira;
using JiraAdoSync.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace JiraAdoSync.Sandbox.Page;

/// <summary>
/// The page at <c>/</c>: both boards side by side and the last requests, so that a person sees what a run did. It is
/// written as it is at the time, without a script; whatever is read from a board is escaped. The addresses that people
/// know of both services, those of an issue, of a search for one, and of a work item, lead to its card.
/// </summary>
internal static class BoardPage
{
    /// <summary>How many issues and work items are shown; a browser has no use for thousands.</summary>
    private const int Shown = 300;

    private static readonly string Style = ReadStyle();

    /// <summary>The colours of Jira's own issue types; a type of another name has none.</summary>
    private static readonly Dictionary<string, string> JiraColors = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Epic"] = "904EE2", ["Story"] = "63BA3C", ["Task"] = "4BADE8", ["Sub-task"] = "4BADE8", ["Subtask"] = "4BADE8",
        ["Bug"] = "E5493A", ["Improvement"] = "63BA3C", ["New Feature"] = "63BA3C",
    };

    public static void Map(IEndpointRouteBuilder routes, JiraService jira, AdoService ado, RequestStats stats)
    {
        MapCards(routes, jira);
        routes.MapMethods("/", ["GET"], (RequestDelegate)(context =>
        {
            var page = Render(jira.Look(IssuesOf), ado.Look(WorkItemsOf), stats.Recent);
            return Answer.Text(200, page, "text/html; charset=utf-8")
                .With("Cache-Control", "no-store")
                .With("Referrer-Policy", "no-referrer")
                .With("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .SendAsync(context.Response, context.RequestAborted);
        }));
    }

    private static void MapCards(IEndpointRouteBuilder routes, JiraService jira)
    {
        void ToCard(string route, Func<HttpContext, string?> anchorOf) =>
            routes.MapMethods(route, ["GET"], (RequestDelegate)(context =>
            {
                var anchor = anchorOf(context);
                context.Response.Redirect(anchor is null ? "/" : $"/#{Uri.EscapeDataString(anchor)}");
                return Task.CompletedTask;
            }));

        ToCard("/jira/browse/{key}", context => context.Request.RouteValues["key"] as string);
        ToCard("/jira/issues", context =>
            context.Request.Query["jql"].ToString() is { Length: > 3 } jql
            && jql.StartsWith("id=", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(jql.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? jira.Look(site => site.Issues.FirstOrDefault(issue => issue.Id == id)?.Key)
                : null);
        ToCard(
            "/ado/{organization}/{project}/_workitems/edit/{id:int}",
            context => $"item-{context.Request.RouteValues["id"]}");
    }

    private static Board IssuesOf(JiraSite site)
    {
        var issues = site.Issues.OrderBy(issue => issue.Id).ToList();
        return new Board("Jira", site.Uri, "issues", issues.Count, [.. issues.Take(Shown).Select(issue => new Card(
            issue.Key,
            issue.Key,
            issue.Project?.Thing.Name ?? "",
            issue.Type?.Name ?? "",
            issue.Summary,
            issue.Status?.Name ?? "",
            issue.Fields["duedate"].Text(),
            JiraColors.GetValueOrDefault(issue.Type?.Name ?? ""),
            [
                .. issue.Parent is { } parent ? [new End("parent", parent.Key, parent.Key)] : (End[])[],
                .. issue.Links.Select(link => link.Source == issue
                    ? new End(link.Type.Outward, link.Target.Key, link.Target.Key)
                    : new End(link.Type.Inward, link.Source.Key, link.Source.Key)),
            ]))]);
    }

    private static Board WorkItemsOf(Organization organization)
    {
        var items = organization.Items.Where(item => !item.IsDeleted).OrderBy(item => item.Id).ToList();
        return new Board(
            "Azure DevOps", organization.Uri, "work items", items.Count, [.. items.Take(Shown).Select(item => new Card(
            Anchor(item),
            Number(item.Id),
            item.Project.Name,
            item.Type.Name,
            item.Title,
            item.State,
            DayOf(organization, item),
            item.Type.Color,
            [.. item.Relations().Select(relation => relation.Target is { } target
                ? new End(relation.Type.Name, $"{Number(target.Id)} {target.Title}", Anchor(target))
                : new End(relation.Type.Name, relation.Resource!.Url, null, AddressOf(relation.Resource.Url)))]))]);
    }

    /// <summary>The day that a work item is due, as somebody sees it in their own time zone.</summary>
    private static string? DayOf(Organization organization, WorkItem item) =>
        item.Fields.FirstOrDefault(field => field.Key.ReferenceName == "Microsoft.VSTS.Scheduling.DueDate").Value
            is DateTime due
            ? due.AddMinutes(organization.Switches.ViewersUtcOffsetMinutes)
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    /// <summary>What can be followed of what boards say; anything but a web address is shown and no more.</summary>
    private static string? AddressOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address.AbsoluteUri
            : null;

    private static string Render(Board jira, Board ado, IReadOnlyList<RecentRequest> requests)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sandbox: Jira and Azure DevOps</title>
            <style>
            {Style}</style>
            </head>
            <body>
            <header><h1>Jira and Azure DevOps sandbox</h1>
            <p>It runs until its terminal gets Ctrl+C, or its process, {Environment.ProcessId}, is stopped.</p></header>
            <main>

            """);
        Append(page, jira);
        Append(page, ado);
        page.Append("<section class=\"wide\"><h2>Last requests</h2>\n");
        page.Append(requests.Count == 0 ? "<p>Nothing was asked yet.</p>\n" : "<table>\n");
        foreach (var request in requests)
        {
            var kind = request.Status switch { >= 200 and < 400 => "well", >= 400 and < 500 => "refused", _ =>
                "failed" };
            page.Append(CultureInfo.InvariantCulture, $"""
                <tr><td class="time faint">{request.At:HH:mm:ss}</td><td class="{kind}">{(request.Status == 0 ? "cut" : request.Status)}</td>
                <td>{Text(request.Method)}</td><td class="target">{Text(request.Target)}</td></tr>

                """);
        }

        return page.Append(requests.Count == 0 ? "" : "</table>\n").Append("</section>\n</main>\n</body>\n</html>\n")
            .ToString();
    }

    private static void Append(StringBuilder page, Board board)
    {
        page.Append(CultureInfo.InvariantCulture, $"""
            <section><h2>{Text(board.Name)}</h2>
            <p>{Text(board.Address.ToString())}: {board.Count} {board.Things}{(board.Count > Shown ? $", of which the first {Shown}" : "")}</p>
            <ul>

            """);
        var anchors = board.Cards.Select(card => card.Anchor).ToHashSet(StringComparer.Ordinal);
        foreach (var card in board.Cards)
        {
            var style = card.Color is { } color ? $" style=\"--type:#{Text(color)}\"" : "";
            var due = card.Due is { } day ? $", due {Text(day)}" : "";
            page.Append(CultureInfo.InvariantCulture, $"""
                <li class="card" id="{Text(card.Anchor)}"{style}>
                <span class="state">{Text(card.State)}{due}</span><b>{Text(card.Id)}</b>
                <span class="faint">{Text(card.Type)} in {Text(card.Project)}</span> {Text(card.Title)}

                """);
            if (card.Ends.Count > 0)
            {
                page.Append("<ul class=\"ends\">\n");
                foreach (var end in card.Ends)
                {
                    var target = Text(end.Target);
                    var address = end.Anchor is { } anchor && anchors.Contains(anchor) ? $"#{anchor}" : end.Address;
                    page.Append(CultureInfo.InvariantCulture, $"""
                        <li><span class="faint">{Text(end.Phrase)}</span> {(address is null
                            ? target : $"<a href=\"{Text(address)}\">{target}</a>")}</li>

                        """);
                }

                page.Append("</ul>\n");
            }

            page.Append("</li>\n");
        }

        page.Append("</ul></section>\n");
    }

    private static string Anchor(WorkItem item) => $"item-{Number(item.Id)}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string ReadStyle()
    {
        using var reader = new StreamReader(typeof(BoardPage).Assembly.GetManifestResourceStream("board.css")!);
        return reader.ReadToEnd();
    }

    private sealed record Board(string Name, Uri Address, string Things, int Count, IReadOnlyList<Card> Cards);

    /// <summary>An issue or work item; the colour is that of its type, six hexadecimal digits, if it has one.</summary>
    private sealed record Card(
        string Anchor,
        string Id,
        string Project,
        string Type,
        string Title,
        string State,
        string? Due,
        string? Color,
        IReadOnlyList<End> Ends);

    /// <summary>
    /// What an issue or item is linked to; the anchor is that of a card, which may not be on the page, and the address
    /// is one to follow.
    /// </summary>
    private sealed record End(string Phrase, string Target, string? Anchor, string? Address = null);
}
