using System.Globalization;
using System.Net;
using System.Text;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.Watching;

/// <summary>A watcher's status as a page that reloads itself. It has no scripts and asks nothing of anywhere.</summary>
public static class WatchPage
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #d0d7de; --soft: #57606a; --good: #1a7f37; --bad: #cf222e; --card: #f6f8fa }
        @media (prefers-color-scheme: dark) {
          :root { --line: #3d444d; --soft: #9198a1; --good: #3fb950; --bad: #ff7b72; --card: #161b22 } body { background: #0d1117 }
        }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere } p { margin: .25rem 0 1.5rem; color: var(--soft); overflow-wrap: anywhere }
        .state { color: var(--good); font-weight: 600 } .failing { color: var(--bad) }
        ul { list-style: none; padding: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)) }
        li { border: 1px solid var(--line); border-radius: .5rem; background: var(--card); padding: .6rem .8rem }
        li b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums } li span { color: var(--soft); font-size: .85rem }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 1.5rem 0 }
        dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
        @media (max-width: 30rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
        """;

    private const int MostKeys = 20;

    /// <summary>Writes the page.</summary>
    /// <param name="status">The status.</param>
    public static string Of(WatchStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var state = status.State switch
        {
            WatchState.FullRun => "Synchronising everything",
            WatchState.Syncing => $"Synchronising {Count(status.Running, "change")}",
            WatchState.BackingOff => $"Waiting after {Count(status.Failures, "failure")}",
            _ => "Waiting for changes",
        };
        var arrow = status.Direction switch
        {
            FieldDirection.Both => "&harr;",
            FieldDirection.AdoToJira => "&larr;",
            _ => "&rarr;",
        };
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
            <meta name="viewport" content="width=device-width"><title>{Text(state)} - JiraAdoSync</title>
            <style>{Style}</style></head><body>
            <h1>{Text(status.JiraSite)} {arrow} {Text(status.AdoProject)}</h1>
            <p><span class="state{(status.Failures > 0 ? " failing" : "")}">{Text(state)}</span>, profile {Text(status.Profile)}</p>
            <ul>
            """);
        Card("waiting", status.Depth.ToString("N0", CultureInfo.InvariantCulture));
        Card("longest wait", status.Oldest is { } oldest ? Span(status.Updated - oldest) : "-");
        Card("in the current run", status.Running.ToString("N0", CultureInfo.InvariantCulture));
        Card("conflicts held", status.Conflicts.ToString("N0", CultureInfo.InvariantCulture));
        Card("runs of changes", status.Runs.ToString("N0", CultureInfo.InvariantCulture));
        Card("full runs", status.FullRuns.ToString("N0", CultureInfo.InvariantCulture));
        Card("requests", status.Requests.ToString("N0", CultureInfo.InvariantCulture));
        Card("hooks accepted", status.HooksAccepted.ToString("N0", CultureInfo.InvariantCulture));
        Card("hooks refused", status.HooksRefused.Values.Sum().ToString("N0", CultureInfo.InvariantCulture));
        page.Append("</ul>\n<dl>");
        Row("Last run", status.LastRun is { } last ? $"{status.LastOutcome}, {Ago(last)}" : "none yet");
        Row("Last error", status.LastError is null ? "none" : $"{status.LastError} ({Ago(status.LastErrorAt!.Value)})");
        if (status.Conflicts > 0)
        {
            var keys = string.Join(", ", status.ConflictKeys.Take(MostKeys));
            Row("Conflicts", status.Conflicts > MostKeys ? $"{keys} and {status.Conflicts - MostKeys} more" : keys);
        }

        Row("Next poll", status.NextPoll is { } poll ? In(poll) : "-");
        Row("Next full run", status.NextFullRun is { } full ? In(full) : "-");
        foreach (var (reason, count) in status.HooksRefused.Where(one => one.Value > 0))
        {
            Row($"Refused: {reason}", count.ToString("N0", CultureInfo.InvariantCulture));
        }

        Row("Started", status.Started.UtcDateTime.ToString("u", CultureInfo.InvariantCulture));
        Row("Process", status.ProcessId.ToString(CultureInfo.InvariantCulture));
        return page.Append("</dl></body></html>\n").ToString();

        void Card(string name, string value) => page.Append(
            CultureInfo.InvariantCulture, $"<li><b>{value}</b><span>{name}</span></li>\n");

        void Row(string name, string value) => page.Append(
            CultureInfo.InvariantCulture, $"<dt>{Text(name)}</dt><dd>{Text(value)}</dd>\n");

        string Ago(DateTimeOffset then) => $"{Span(status.Updated - then)} ago";

        string In(DateTimeOffset then) => then <= status.Updated ? "now" : $"in {Span(then - status.Updated)}";
    }

    private static string Count(int number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");

    private static string Span(TimeSpan span) => span.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min")
        : span.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)span.TotalSeconds)} s");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
