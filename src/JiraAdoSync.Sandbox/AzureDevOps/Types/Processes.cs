using System.Text.RegularExpressions;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>
/// The four processes with their work item types, and the fields that the types have, as Microsoft publishes them
/// (microsoft/process-customization-scripts; the Basic process after its documentation). They are kept as text, a
/// paragraph for each type:
/// <code>
/// Task: A4880A icon_clipboard                          name, colour, icon
///   states New (Proposed), Active (InProgress)         with their categories
///   fields Common.Priority* = 2, Scheduling.Effort     * is required, = is the default
///   > New: New                                         the state of a new item, and its reason
///   New > Active: Work started | Other [StartWork]     a transition, its reasons, the actions that make it
///   New > Active (assigns): Work started               assigns to the current user an item that is nobody's
///   Closed > New (returns): Reactivated                assigns to who closed or resolved it
///   in Active: System.AssignedTo required              a rule of states: required, empty or read-only
/// </code>
/// Names of fields are without <c>Microsoft.VSTS.</c>
/// </summary>
internal static partial class Processes
{
    private static readonly Dictionary<ProcessTemplate, IReadOnlyList<WorkItemType>> Types =
        Enum.GetValues<ProcessTemplate>().ToDictionary(
            process => process,
            process => (IReadOnlyList<WorkItemType>)
                [.. Read($"{process.ToString().ToLowerInvariant()}.txt"), .. Read("testing.txt")]);

    /// <summary>The id by which every organisation calls the process.</summary>
    public static Guid IdOf(ProcessTemplate process) => new(process switch
    {
        ProcessTemplate.Agile => "adcc42ab-9882-485e-a3ed-7678f01f66bc",
        ProcessTemplate.Scrum => "6b724908-ef14-45cf-84f8-768b5384da45",
        ProcessTemplate.Cmmi => "27450541-8e31-4150-9947-dc59f998fc01",
        _ => "b8a3a935-7e91-48b8-a94c-606d37c3e9f2",
    });

    public static string NameOf(ProcessTemplate process) =>
        process == ProcessTemplate.Cmmi ? "CMMI" : process.ToString();

    /// <summary>The types of a process, and those of test plans and reviews that every process has.</summary>
    public static IReadOnlyList<WorkItemType> TypesOf(ProcessTemplate process) => Types[process];

    /// <summary>The fields that the types have and that no rule of the service names.</summary>
    public static IEnumerable<FieldDefinition> Fields() =>
        Text("fields.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => FieldLine().Match(line)).Select(match =>
        {
            var type = Enum.Parse<FieldType>(match.Groups["type"].Value);
            return new FieldDefinition(FullName(match.Groups["ref"].Value), match.Groups["name"].Value, type)
            {
                MaxLength = type == FieldType.String ? 255 : null,
                AllowedValues = match.Groups["values"].Success ? match.Groups["values"].Value.Split(" | ") : [],
            };
        });

    private static IEnumerable<WorkItemType> Read(string file) => Text(file)
        .Replace("\n    ", " ", StringComparison.Ordinal).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(paragraph =>
            paragraph.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Select(Type);

    private static WorkItemType Type(string[] lines)
    {
        var (name, look) = Halves(lines[0], ": ");
        var (color, icon) = Halves(look, " ");
        var transitions = new List<StateTransition>();
        var rules = new List<StateRule>();
        List<WorkItemState> states = [];
        List<TypeField> fields = [];
        foreach (var line in lines.Skip(1))
        {
            var (word, rest) = Halves(line, " ");
            switch (word)
            {
                case "states":
                    states = [.. rest.Split(", ").Select(state => Halves(state.TrimEnd(')'), " ("))
                        .Select(state => new WorkItemState(state.First, state.Second))];
                    break;
                case "fields":
                    fields = [.. rest.Split(", ").Select(field => Halves(field, " = "))
                        .Select(field => new TypeField(
                            FullName(field.First.TrimEnd('*')), field.First.EndsWith('*'), field.Second.Length > 0
                                ? field.Second
                                : null))];
                    break;
                case "in":
                    var (inStates, rule) = Halves(rest, ": ");
                    var (field, demand) = Halves(rule, " ");
                    rules.Add(new StateRule(
                        inStates.Split(", "), FullName(field),
                        Enum.Parse<StateDemand>(demand.Replace("-", "", StringComparison.Ordinal), ignoreCase: true)));
                    break;
                default:
                    var (way, why) = Halves(line, ": ");
                    var (from, target) = Halves(" " + way, "> ");
                    var (to, assignee) = Halves(target.TrimEnd(')'), " (");
                    var (reasons, actions) = Halves(why.TrimEnd(']'), " [");
                    transitions.Add(new StateTransition(
                        from.Trim(), to, reasons.Split(" | "),
                        [.. actions.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(ActionName)],
                        assignee == "assigns" ? NewAssignee.CurrentUser
                            : assignee == "returns" ? NewAssignee.Previous : NewAssignee.Kept));
                    break;
            }
        }

        return new WorkItemType(name, color, icon, states, fields, transitions, rules);
    }

    private static string ActionName(string action) =>
        "Microsoft.VSTS." + (action.Contains('.', StringComparison.Ordinal) ? action : $"Actions.{action}");

    private static string FullName(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal) ? name : $"Microsoft.VSTS.{name}";

    /// <summary>The text before and after the first separator; nothing after it where there is none.</summary>
    private static (string First, string Second) Halves(string text, string separator) =>
        text.Split(separator, 2) is [var first, var second] ? (first, second) : (text, "");

    private static string Text(string file)
    {
        using var reader = new StreamReader(typeof(Processes).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex("^(?<ref>[\\w.]+): (?<name>.+), (?<type>\\w+)(?: \\((?<values>.+)\\))?$")]
    private static partial Regex FieldLine();
}
