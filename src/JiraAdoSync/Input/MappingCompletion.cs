using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Input;

/// <summary>
/// Completes keys and values inside the hashtables of mappings, from what the session remembers and the module knows.
/// Like <see cref="Completer"/> it asks no service: once something was read or checked, it knows the names of both
/// sites.
/// </summary>
internal static class MappingCompletion
{
    private static readonly string[] Priorities = ["Highest", "High", "Medium", "Low", "Lowest"];

    private static readonly Dictionary<string, Type> Cmdlets = typeof(MappingCompletion).Assembly.GetTypes()
        .Select(type => (Type: type, Cmdlet: type.GetCustomAttribute<CmdletAttribute>()))
        .Where(one => one.Cmdlet is not null)
        .ToDictionary(
            one => $"{one.Cmdlet!.VerbName}-{one.Cmdlet.NounName}", one => one.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>Completes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cursor">Where the cursor is.</param>
    /// <param name="session">What is remembered.</param>
    /// <returns>The completions; null where no mapping of this module is typed there, or nothing fits.</returns>
    public static CommandCompletion? Complete(string text, int cursor, Session session)
    {
        if (TypedEntry.Find(text, cursor) is not { } entry
            || !Cmdlets.TryGetValue(entry.Command.Split('\\')[^1], out var cmdlet)
            || Resolve(cmdlet, entry) is not { } parameter)
        {
            return null;
        }

        var matches = Candidates(parameter, entry, session)
            .Where(one => one.StartsWith(entry.Typed, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(one => new CompletionResult(Quote(one), one, CompletionResultType.ParameterValue, one))
            .ToList();
        return matches.Count == 0 ? null : new CommandCompletion(new(matches), -1, entry.Start, entry.Length);
    }

    /// <summary>The parameter's whole name; null where the beginning is that of none or of several.</summary>
    private static string? Resolve(Type cmdlet, TypedEntry entry)
    {
        var names = cmdlet.GetProperties()
            .Where(property => property.GetCustomAttributes<ParameterAttribute>().Any())
            .Select(property => property.Name)
            .Where(name => name.StartsWith(entry.Parameter, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var found = names.Find(name => name.Equals(entry.Parameter, StringComparison.OrdinalIgnoreCase))
            ?? (names.Count == 1 ? names[0] : null);
        return found != "Mapping" ? found
            : entry.Command.EndsWith("Convert-RelationType", StringComparison.OrdinalIgnoreCase)
                ? "RelationMapping" : "LinkTypeMapping";
    }

    private static IEnumerable<string> Candidates(string parameter, TypedEntry entry, Session session) =>
        (parameter, entry.Tables.Count, entry.Key) switch
        {
            ("TypeMapping", 0, null) => session.IssueTypes.Order(StringComparer.Ordinal).Append("*"),
            ("TypeMapping", 0, _) => WorkItemTypes(session).Select(type => type.Name),
            ("LinkTypeMapping", 0, null) => Phrases(session).Append("*"),
            ("LinkTypeMapping", 0, _) or ("RelationMapping", 0, null) => Relations(session),
            ("RelationMapping", 0, _) => Phrases(session),
            ("StateMapping", 0, null) => session.Statuses.Concat(WorkItemTypes(session).Select(type => type.Name)),
            ("StateMapping", 1, null) or ("StatusMapping", 0, not null) => session.Statuses,
            ("StateMapping", 0, _) or ("StatusMapping", 0, null) => States(WorkItemTypes(session)),
            ("StateMapping", 1, _) => States(WorkItemTypes(session)
                .Where(type => type.Name.Equals(entry.Tables[0], StringComparison.OrdinalIgnoreCase))),
            ("PriorityMapping", 0, null) => session.Priorities.Concat(Priorities),
            ("PriorityMapping", 0, _) => ["1", "2", "3", "4"],
            ("FieldMapping", 0, null) => WorkItemTypes(session).SelectMany(type => type.Fields.Values)
                .Order(StringComparer.OrdinalIgnoreCase),
            ("FieldMapping", 0, _) or ("FieldMapping", 1, "Field") => JiraFields(session),
            ("FieldMapping", 1, null) => ["Field", "Value", "Map", "Direction"],
            ("FieldMapping", 1, "Direction") => Enum.GetNames<FieldDirection>(),
            _ => [],
        };

    private static IEnumerable<string> Phrases(Session session) => session.LinkTypes.Count == 0
        ? LinkTypePresets.Default.Select(pair => pair.Key)
        : session.LinkTypes.OrderBy(type => type.Name, StringComparer.Ordinal)
            .SelectMany(type => new[] { type.Outward, type.Inward, type.Name });

    private static IEnumerable<string> Relations(Session session) => session.Ado?.Client.KnownRelationTypes is { } types
        ? types.All.Where(type => type.IsUsable).Select(type => type.Name)
        : LinkTypePresets.Default.Select(pair => pair.Value!);

    private static IEnumerable<WorkItemType> WorkItemTypes(Session session) =>
        session.Ado?.Client.KnownWorkItemTypes ?? [];

    private static IEnumerable<string> States(IEnumerable<WorkItemType> types) =>
        types.SelectMany(type => type.States).Select(state => state.Name);

    private static IEnumerable<string> JiraFields(Session session) =>
        (session.Jira?.Client.KnownFields?.All ?? [])
            .Select(field => field.Name)
            .Order(StringComparer.OrdinalIgnoreCase);

    private static string Quote(string text) => text.All(char.IsAsciiDigit)
        ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
