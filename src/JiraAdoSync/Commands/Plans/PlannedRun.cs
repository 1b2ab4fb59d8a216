using System.Collections;
using System.Globalization;
using JiraAdoSync.Output;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Profiles;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Saved;

namespace JiraAdoSync.Commands;

/// <summary>
/// A run over both sides that was planned: its plan, and what it takes to make the same plan again. The session
/// remembers it for each row of the plan, so that a file can be made of the rows.
/// </summary>
internal sealed record PlannedRun
{
    /// <summary>
    /// What no file keeps: what is of one run or one machine, and <c>Notify</c>, which whoever applies the plan says.
    /// </summary>
    private static readonly string[] OfTheRun = ["RunPath", "ThrottleLimit", "Notify"];

    /// <summary>What says whose marks count. A file does not: whoever applies it gives the same.</summary>
    internal static readonly string[] OfMarks = ["FormerSite", "FormerAccount", "CorrelationField"];

    /// <summary>The plan.</summary>
    public required TwoWayPlan Plan { get; init; }

    /// <summary>The site.</summary>
    public required string Site { get; init; }

    /// <summary>The organisation's address.</summary>
    public required string Organization { get; init; }

    /// <summary>The project's name.</summary>
    public required string Project { get; init; }

    /// <summary>Which side counts where nobody knows what both had in common.</summary>
    public required Side? Baseline { get; init; }

    /// <summary>The ids of the issues that it selected.</summary>
    public required IReadOnlyList<long> Issues { get; init; }

    /// <summary>The ids of the work items that it selected.</summary>
    public required IReadOnlyList<int> WorkItems { get; init; }

    /// <summary>Its parameters.</summary>
    public required IReadOnlyList<KeyValuePair<string, object?>> Parameters { get; init; }

    /// <summary>The rows of its plan.</summary>
    public IEnumerable<object> Rows =>
    [
        .. Plan.Issues, .. Plan.Links, .. Plan.Fields, .. Plan.Ado.WorkItems.Changes, .. Plan.Ado.Relations.Changes,
    ];

    /// <summary>The parameters of a run that are not as they are by default.</summary>
    /// <param name="command">The command, with its profile.</param>
    public static List<KeyValuePair<string, object?>> ParametersOf(InvokeJiraAdoSyncCommand command)
    {
        using var untouched = new InvokeJiraAdoSyncCommand();
        return SyncProfile.ParametersOf(command, [.. InvokeJiraAdoSyncCommand.Reserved, .. OfTheRun])
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .Where(parameter => !Equals(parameter.GetValue(command), parameter.GetValue(untouched)))
            .Select(parameter => KeyValuePair.Create(parameter.Name, parameter.GetValue(command)))
            .ToList();
    }

    /// <summary>Makes the content of a file.</summary>
    /// <param name="rows">The rows of the plan that it is to have.</param>
    /// <param name="written">When it is written.</param>
    /// <exception cref="SyncException"><c>ParameterConflict</c>: a parameter is no data.</exception>
    public SavedPlan Save(IReadOnlyCollection<object> rows, DateTimeOffset written) => KeptPlan.Of(Plan, rows, new SavedPlan
    {
        Site = Site,
        Organization = Organization,
        Project = Project,
        Written = written,
        WorkItems = [],
        Relations = [],
        Basis = [],
        TwoWay = new SavedTwoWay
        {
            Profile = LinesOf(Parameters),
            Baseline = Baseline,
            SelectedIssues = Joined(Issues),
            SelectedWorkItems = Joined(WorkItems),
        },
    });

    /// <summary>A command that was never run, with the parameters that a file keeps.</summary>
    /// <param name="file">The plan of the file.</param>
    /// <param name="path">The file, for people.</param>
    /// <exception cref="SyncException"><c>PlanFileInvalid</c>.</exception>
    public static InvokeJiraAdoSyncCommand CommandOf(SavedTwoWay file, string path)
    {
        var command = new InvokeJiraAdoSyncCommand();
        try
        {
            // By this name it holds data only, and nothing of it is executed.
            ProfileOf(file).ApplyTo(command, [], [.. InvokeJiraAdoSyncCommand.Reserved, .. OfTheRun]);
            return command.UserMapping is null or Hashtable ? command : throw Invalid("its UserMapping is no table");
        }
        catch (SyncException invalid) when (invalid.Id != "PlanFileInvalid")
        {
            throw Invalid($"its parameters can't be read. {invalid.Message}");
        }

        SyncException Invalid(string why)
        {
            command.Dispose();
            return PlanFile.Invalid(path, why);
        }
    }

    /// <summary>The parameters that a file keeps.</summary>
    /// <param name="file">The plan of the file.</param>
    public static SyncProfile ProfileOf(SavedTwoWay file) =>
        SyncProfile.Parse(string.Join('\n', file.Profile) + "\n", "plan.psd1");

    /// <summary>The ids in a list of a file.</summary>
    /// <param name="list">The list.</param>
    /// <param name="path">The file, for people.</param>
    /// <exception cref="SyncException"><c>PlanFileInvalid</c>.</exception>
    public static List<long> IdsOf(string list, string path) => list
        .Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw PlanFile.Invalid(path, $"'{id}' is no id"))
        .ToList();

    private static string Joined<T>(IEnumerable<T> ids) => string.Join(
        ',', ids.Select(id => Convert.ToString(id, CultureInfo.InvariantCulture)));

    private static List<string> LinesOf(IEnumerable<KeyValuePair<string, object?>> parameters)
    {
        var lines = new List<string> { "@{" };
        foreach (var (name, value) in parameters)
        {
            if (value is Hashtable { Count: > 0 } table)
            {
                lines.Add($"    {name} = @{{");
                lines.AddRange(table.Cast<DictionaryEntry>()
                    .OrderBy(entry => $"{entry.Key}", StringComparer.Ordinal)
                    .Select(entry => $"        {CommandText.Data($"{entry.Key}")} = {DataOf(name, entry.Value)}"));
                lines.Add("    }");
            }
            else
            {
                lines.Add($"    {name} = {DataOf(name, value)}");
            }
        }

        lines.Add("}");
        return lines;
    }

    private static string DataOf(string name, object? value) => CommandText.Data(value) ?? throw new SyncException(
        "ParameterConflict",
        $"-{name} has a script block or another value that is no data, and the file of a plan that may write to Jira keeps data "
        + "only, with which the plan is made again before it is applied. Say it by a table, or start the run without a file.",
        name);
}
