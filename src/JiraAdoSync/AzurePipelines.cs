using System.Globalization;
using System.Text;
using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;

namespace JiraAdoSync;

/// <summary>
/// The logging commands of Azure Pipelines: lines of output that its agent obeys. What they carry is escaped, so that
/// an issue's summary can't be a command.
/// </summary>
internal static class AzurePipelines
{
    /// <summary>Whether this runs in a job of Azure Pipelines.</summary>
    public static bool IsJob => bool.TryParse(Environment.GetEnvironmentVariable("TF_BUILD"), out var isJob) && isJob;

    /// <summary>Reports an error or a warning of the job.</summary>
    /// <param name="type"><c>error</c> or <c>warning</c>.</param>
    /// <param name="message">The message.</param>
    public static string Issue(string type, string message) => Command("task.logissue", message, ("type", type));

    /// <summary>Reports the progress of the job.</summary>
    public static string Progress(int percent, string activity) =>
        Command("task.setprogress", activity, ("value", percent.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Shows a Markdown file on the run's page.</summary>
    public static string Summary(string path) => Command("task.uploadsummary", path);

    /// <summary>
    /// The run's outcome and counts as output variables, and what they make of the task: done with issues where the run
    /// is Partial, failed where it failed.
    /// </summary>
    public static IEnumerable<string> Outcome(SyncSummary summary)
    {
        yield return Variable("outcome", summary.Outcome.ToString());
        yield return Variable("issues", summary.Issues);
        foreach (var action in Enum.GetValues<ChangeAction>())
        {
            yield return Variable($"workItems{action}", summary.WorkItems.GetValueOrDefault(action.ToString()));
            yield return Variable($"relations{action}", summary.Relations.GetValueOrDefault(action.ToString()));
            yield return Variable($"jiraIssues{action}", summary.JiraIssues.GetValueOrDefault(action.ToString()));
            yield return Variable($"jiraLinks{action}", summary.JiraLinks.GetValueOrDefault(action.ToString()));
        }

        yield return Variable("conflicts", summary.Conflicts);

        if (summary.Outcome is SyncOutcome.Partial or SyncOutcome.Failed)
        {
            var result = summary.Outcome == SyncOutcome.Partial ? "SucceededWithIssues" : "Failed";
            yield return Command("task.complete", $"JiraAdoSync: {summary.Outcome}", ("result", result));
        }
    }

    /// <summary>Sets an output variable.</summary>
    public static string Variable(string name, object value) => Command(
        "task.setvariable", Convert.ToString(value, CultureInfo.InvariantCulture)!, ("variable", name),
        ("isoutput", "true"));

    private static string Command(string name, string message, params (string Name, string Value)[] properties)
    {
        var line = new StringBuilder("##vso[").Append(name);
        for (var index = 0; index < properties.Length; index++)
        {
            line.Append(index == 0 ? ' ' : ';').Append(properties[index].Name).Append('=')
                .Append(EscapeProperty(properties[index].Value));
        }

        return line.Append(']').Append(Escape(Printable.Of(message))).ToString();
    }

    private static string Escape(string text) => text
        .Replace("%", "%AZP25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string EscapeProperty(string text) => Escape(text)
        .Replace("]", "%5D", StringComparison.Ordinal)
        .Replace(";", "%3B", StringComparison.Ordinal);
}
