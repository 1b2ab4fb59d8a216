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
/// written as it stands at the time, without a script; whatever comes from a board is escaped.
/// </summary>
internal static class BoardPage
{
    /// <summary>How many issues and work items are shown; a browser has no use for thousands.</summary>
    private const int Shown = 300;

    private static readonly string Style = ReadStyle();

    public static void Map(IEndpointRouteBuilder routes, JiraService jira, AdoService ado, RequestStats stats) =>
        routes.MapMethods("/", ["GET"], (RequestDelegate)(context =>
        {
            var page = Render(jira.Look(IssuesOf), ado.Look(WorkItemsOf), stats.Recent);
            return Answer.Text(200, page, "text/html; charset=utf-8")
                .With("Cache-Control", "no-store")
                .With("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .SendAsync(context.Response, context.RequestAborted);
        }));

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
            [.. item.Relations().Select(relation => relation.Target is { } target
                ? new End(relation.Type.Name, $"{Number(target.Id)} {target.Title}", Anchor(target))
                : new End(relation.Type.Name, relation.Resource!.Url, null))]))]);
    }

    /// <summary>The day that a work item is due, as somebody sees it at the time of the place where they are.</summary>
    private static string? DayOf(Organization organization, WorkItem item) =>
        item.Fields.FirstOrDefault(field => field.Key.ReferenceName == "Microsoft.VSTS.Scheduling.DueDate").Value
            is DateTime due
            ? due.AddMinutes(organization.Switches.ViewersUtcOffsetMinutes)
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

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
            <header><h1>Jira and Azure DevOps sandbox</h1></header>
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
            page.Append(CultureInfo.InvariantCulture, $"""
                <li class="card" id="{Text(card.Anchor)}"><span class="state">{Text(card.State)}{(card.Due is { } due ? $", due {Text(due)}" : "")}</span><b>{Text(card.Id)}</b>
                <span class="faint">{Text(card.Type)} in {Text(card.Project)}</span> {Text(card.Title)}

                """);
            if (card.Ends.Count > 0)
            {
                page.Append("<ul class=\"ends\">\n");
                foreach (var end in card.Ends)
                {
                    var target = Text(end.Target);
                    page.Append(CultureInfo.InvariantCulture, $"""
                        <li><span class="faint">{Text(end.Phrase)}</span> {(end.Anchor is { } anchor && anchors.Contains(anchor)
                            ? $"<a href=\"#{Text(anchor)}\">{target}</a>" : target)}</li>

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

    private sealed record Card(
        string Anchor, string Id, string Project, string Type, string Title, string State, string? Due,
        IReadOnlyList<End> Ends);

    /// <summary>
    /// What an issue or item is linked to; the anchor is that of a card, which may not be on the page.
    /// </summary>
    private sealed record End(string Phrase, string Target, string? Anchor);
}
