using System.Globalization;
using System.Text;

namespace JiraAdoSync.Watching;

/// <summary>
/// A watcher's status in the text format of Prometheus, version 0.0.4. There are numbers only: no key and no name.
/// </summary>
public static class WatchMetrics
{
    /// <summary>The media type of the text.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes the metrics.</summary>
    /// <param name="status">The status.</param>
    public static string Of(WatchStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var text = new StringBuilder();
        Gauge("queue_depth", "Hints that wait.", status.Depth);
        Gauge("queue_oldest_seconds", "How long the oldest hint has waited.",
            status.Oldest is { } oldest ? (status.Updated - oldest).TotalSeconds : 0);
        Gauge("running_hints", "Hints that the current run is about.", status.Running);
        Gauge("failures", "Failures in a row; 0 after a success.", status.Failures);
        Gauge("conflicts", "Issues with a field that is held because both sides changed it.", status.Conflicts);
        Gauge(
            "last_run_timestamp_seconds",
            "When the last run ended.",
            status.LastRun?.ToUnixTimeMilliseconds() / 1000.0 ?? 0);
        Describe("runs_total", "Runs that ended.", "counter");
        Sample("runs_total{kind=\"full\"}", status.FullRuns);
        Sample("runs_total{kind=\"hints\"}", status.Runs);
        Counter("requests_total", "Requests that runs sent to both services.", status.Requests);
        Counter("hooks_accepted_total", "Webhooks that were accepted.", status.HooksAccepted);
        Describe("hooks_refused_total", "Webhooks that were refused.", "counter");
        foreach (var reason in Enum.GetNames<HookRefusal>())
        {
            Sample($"hooks_refused_total{{reason=\"{reason}\"}}", status.HooksRefused.GetValueOrDefault(reason));
        }

        return text.ToString();

        void Gauge(string name, string help, double value)
        {
            Describe(name, help, "gauge");
            Sample(name, value);
        }

        void Counter(string name, string help, double value)
        {
            Describe(name, help, "counter");
            Sample(name, value);
        }

        void Describe(string name, string help, string type) =>
            text.Append(
                CultureInfo.InvariantCulture,
                $"# HELP jiraadosync_{name} {help}\n# TYPE jiraadosync_{name} {type}\n");

        void Sample(string name, double value) =>
            text.Append(CultureInfo.InvariantCulture, $"jiraadosync_{name} {value}\n");
    }
}
