using System.Globalization;
using System.Management.Automation.Language;
using System.Text;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;

namespace JiraAdoSync.Profiles;

/// <summary>
/// The text of a profile for two sites: every type, status, priority, link type and person that occurs among some
/// issues, mapped as well as names allow. What names do not show is left out of the sync, with a guess beside it.
/// </summary>
internal sealed class ProfileText
{
    private const string Nothing = "$null";

    /// <summary>The value of an entry that is only shown: what it could say.</summary>
    private const string Default = "";

    private readonly StringBuilder _text = new();
    private readonly List<string> _unmapped = [];

    public required string JiraSite { get; init; }

    public required string AdoOrganization { get; init; }

    public required string AdoProject { get; init; }

    public required string Jql { get; init; }

    /// <summary>Which way values go.</summary>
    public FieldDirection Direction { get; init; } = FieldDirection.JiraToAdo;

    /// <summary>Which work items take part; null where none do by themselves.</summary>
    public string? Wiql { get; init; }

    /// <summary>The project in which issues are created; null where none are.</summary>
    public string? JiraProject { get; init; }

    public required DateTimeOffset Written { get; init; }

    public required IReadOnlyList<Replica> Issues { get; init; }

    /// <summary>Which priority an issue's priority becomes.</summary>
    public required PriorityMapping Priorities { get; init; }

    public required IReadOnlyList<WorkItemType> Types { get; init; }

    public required RelationTypes RelationTypes { get; init; }

    /// <summary>The entries that names show no value for, in the text that was made last.</summary>
    public IReadOnlyList<string> Unmapped => _unmapped;

    public override string ToString()
    {
        var types = new WorkItemTypeMapping([], Types.Select(type => type.Name));
        _text.Clear();
        _unmapped.Clear();
        Line(0, FormattableString.Invariant(
            $"# Made of {Amount.Of(Issues.Count, "issue")} on {Written:yyyy-MM-dd}. Sync with: Invoke-JiraAdoSync -Profile <this file>"));
        Line(0, "# An entry whose value is $null leaves out what names do not show; a guess is beside it. Edit as you like.");
        Line(0, "@{");
        Entry(1, "JiraSite", Quote(JiraSite));
        Entry(1, "AdoOrganization", Quote(AdoOrganization));
        Entry(1, "AdoProject", Quote(AdoProject));
        Entry(1, "Jql", Quote(Jql));
        Table("TypeMapping", "From issue type to work item type.", TypeEntries(types));
        Table(
            "StateMapping",
            "From status to state, the first that the type of the work item has; under a type's name, for that type.",
            StateEntries(types));
        Table(
            "PriorityMapping",
            "From priority to the number of the work item, 1 for the most urgent.",
            PriorityEntries());
        Table(
            "LinkTypeMapping",
            "From link type to the relation on the issue that says the first of its phrases.",
            LinkEntries());
        Line(1, "# What no table has stops a run before it writes anything; 'Warn' skips it with a warning instead.");
        Entry(1, "Unmapped", "'Error'");
        Table("UserMapping", "From somebody of Jira to the unique name in Azure DevOps.", UserEntries());
        Line(0, string.Empty);
        Line(1, "# Further fields, such as these. Get-Help Invoke-JiraAdoSync -Parameter FieldMapping describes the others.");
        Line(1, "# FieldMapping = @{");
        Line(1, "#     'Area Path'      = 'Components'");
        Line(1, "#     'Iteration Path' = 'Fix versions'");
        Line(1, "# }");
        Line(1, "# CreatePaths = $true");
        BothWays();
        Line(0, "}");
        return _text.ToString();
    }

    /// <summary>The entries of runs that may write to Jira; those that were not chosen are only shown.</summary>
    private void BothWays()
    {
        var isTwoWay = Direction != FieldDirection.JiraToAdo;
        var project = Issues.Count == 0 ? "SHOP" : Issues[0].Key[..Math.Max(0, Issues[0].Key.LastIndexOf('-'))];
        (string Name, string Value, bool IsChosen)[] entries =
        [
            ("Direction", Quote($"{(isTwoWay ? Direction : FieldDirection.Both)}"), isTwoWay),
            ("Wiql", Quote(Wiql ?? $"[System.AreaPath] UNDER '{AdoProject}'"), Wiql is not null),
            ("JiraProject", Quote(JiraProject ?? project), JiraProject is not null),
            ("FieldConflict", "'Hold'", false),
            ("StatusMapping", "@{ 'Resolved' = 'In Review' }", false),
            ("RelationMapping", "@{ 'Related' = 'relates to' }", false),
            ("TransitionField", "@{ 'Resolution' = 'Done' }", false),
            ("WriteLimit", "10", false),
            ("IncludeWorkItemLinks", "$true", false),
        ];
        Line(0, string.Empty);
        Line(1, isTwoWay
            ? "# What is written to Jira. The connection has to allow it: Connect-JiraAdo -Profile <this file> -AllowWrite."
            : "# Both ways: such entries, and Connect-JiraAdo -Profile <this file> -AllowWrite. See docs/two-way.md.");
        foreach (var (name, value, isChosen) in entries)
        {
            Line(1, $"{(isChosen ? string.Empty : "# ")}{name} = {value}");
        }
    }

    private IEnumerable<(string Key, string Value, string Remark)> TypeEntries(WorkItemTypeMapping types)
    {
        var entries = Issues
            .GroupBy(issue => issue.Type)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.Name, StringComparer.Ordinal)
            .Select(group => (group.Key.Name, group.Key.Id, Entry: TypeEntry(types, group.Key, group.Count())))
            .ToList();
        return ByNameOrId(entries);
    }

    private (string Value, string Remark) TypeEntry(WorkItemTypeMapping types, IssueType type, int issues)
    {
        var count = Count(issues);
        if (types.TryMap(type, out var mapped))
        {
            return (Quote(mapped!), count);
        }

        // The default guess, where neither level nor name speaks for it, is what a Story becomes.
        var guess = types.Guess(type, out var isByName) ?? Types[0].Name;
        return isByName
            ? (Quote(guess), $"{count}, by its {(type.Level > 0 ? "level" : "name")}")
            : (Nothing, $"{count}: perhaps {Quote(guess)}");
    }

    /// <summary>
    /// The states that a run without a profile gives. Where one order of candidates gives each type its own, it is one
    /// entry; a type that it does not fit has an entry under its name.
    /// </summary>
    private IEnumerable<(string Key, string Value, string Remark)> StateEntries(WorkItemTypeMapping types)
    {
        var used = Issues
            .Select(issue => issue.Type)
            .Distinct()
            .Select(type => types.TryMap(type, out var mapped) ? mapped : types.Guess(type, out _))
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => Types.First(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .Where(type => type.States.Count > 0)
            .ToList();
        var ofType = used.ToDictionary(type => type, _ => new List<string>());
        var entries = new List<(string Name, string Id, (string Value, string Remark) Entry)>();
        foreach (var group in Issues.GroupBy(issue => issue.Status).OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            var status = group.Key;
            var states = used.ToDictionary(type => type, type => StateMapping.ByCategory(status, type)?.Name);
            var order = InOneOrder(states);
            var remark = $"{Count(group.Count())}, {status.Category}";
            entries.Add((status.Name, status.Id, order.Count > 0
                ? (string.Join(", ", order.Select(Quote)), remark)
                : (Nothing, used.Count == 0 ? remark
                    : $"{Count(group.Count())}: its category says nothing; perhaps {Quote(used[0].States[0].Name)}")));
            foreach (var (type, state) in states.Where(one => FirstOf(order, one.Key) != one.Value))
            {
                // By id where several statuses have the name.
                var key = Issues.Any(issue => issue.Status != status && Same(issue.Status.Name, status.Name))
                    ? status.Id
                    : status.Name;
                ofType[type].Add($"{Quote(key)} = {(state is null ? Nothing : Quote(state))}");
            }
        }

        return ByNameOrId(entries)
            .Concat(ofType.Where(one => one.Value.Count > 0)
                .Select(one => (one.Key.Name, $"@{{ {string.Join("; ", one.Value)} }}", "of this type alone")));
    }

    /// <summary>
    /// An order of states of which the first that a type has is its own, for as many types as possible.
    /// </summary>
    private static List<string> InOneOrder(Dictionary<WorkItemType, string?> states)
    {
        var order = new List<string>();
        var left = states.Where(one => one.Value is not null).ToList();
        while (left.Select(one => one.Value!).FirstOrDefault(IsFirstOfAll) is { } state)
        {
            order.Add(state);
            left.RemoveAll(one => Same(one.Value!, state));
        }

        return order;

        bool IsFirstOfAll(string state) =>
            left.TrueForAll(one => one.Key.State(state) is null || Same(one.Value!, state));
    }

    private static string? FirstOf(List<string> order, WorkItemType type) =>
        order.Find(state => type.State(state) is not null) is { } found ? type.State(found)!.Name : null;

    private IEnumerable<(string Key, string Value, string Remark)> PriorityEntries() =>
        Issues
            .Select(issue => issue.Fields.GetValueOrDefault("priority"))
            .OfType<IReadOnlyDictionary<string, object?>>()
            .GroupBy(priority => priority.GetValueOrDefault("name") as string ?? string.Empty)
            .Where(group => group.Key.Length > 0)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group =>
            {
                var isKnown = Priorities.TryMap(group.First(), out var number, out var isByOrder);
                return (
                    group.Key,
                    isKnown && number is not null ? $"{number}" : Nothing,
                    Count(group.Count())
                        + (
                            isByOrder ? ", by its position in Jira's list"
                            : isKnown ? string.Empty
                            : ": not in Jira's list"));
            });

    /// <summary>Entries by their names; by ids where two of a name differ.</summary>
    private static IEnumerable<(string Key, string Value, string Remark)> ByNameOrId(
        IReadOnlyList<(string Name, string Id, (string Value, string Remark) Entry)> entries) =>
        entries.GroupBy(one => one.Name, StringComparer.OrdinalIgnoreCase).SelectMany(group =>
            group.Select(one => one.Entry.Value).Distinct().Count() == 1 || group.Any(one => one.Id.Length == 0)
                ? [(group.Key, group.First().Entry.Value, group.First().Entry.Remark)]
                : group.Select(one => (one.Id, one.Entry.Value, $"{one.Name}: {one.Entry.Remark}")));

    private IEnumerable<(string Key, string Value, string Remark)> LinkEntries()
    {
        var counts = Issues.SelectMany(issue => issue.Links)
            .DistinctBy(link => link.LinkId)
            .GroupBy(link => link.Type)
            .Select(group => KeyValuePair.Create(group.Key, group.Count()))
            .ToList();
        var mapping = new LinkTypeMapping(LinkTypePresets.Default, RelationTypes);
        foreach (var (type, count) in counts.OrderByDescending(pair => pair.Value))
        {
            var remark = $"{type.Outward} / {type.Inward}: {Amount.Of(count)} {(count == 1 ? "link" : "links")}";
            var mapped = LinkTypeCoverage.Of([KeyValuePair.Create(type, count)], mapping, RelationTypes)[0];
            yield return mapped.MapsTo is { } relation
                ? (type.Name, Quote(relation), remark)
                : (type.Name, Nothing,
                    $"{remark}; perhaps {Quote(LinkTypeCoverage.Suggest(type, RelationTypes).Name)}");
        }
    }

    private IEnumerable<(string Key, string Value, string Remark)> UserEntries()
    {
        var people = Issues
            .SelectMany(issue =>
                new[] { issue.Fields.GetValueOrDefault("assignee"), issue.Fields.GetValueOrDefault("reporter") })
            .Select(JiraPerson.Of)
            .OfType<JiraPerson>()
            .GroupBy(person => person.EmailAddress ?? person.AccountId ?? person.Key ?? person.ToString())
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal);
        foreach (var group in people)
        {
            var person = group.First();
            // Who has an address is looked for by it, and nothing here knows whether Azure DevOps has it.
            yield return person.EmailAddress is { } address
                ? (address, Default, $"{person}: the one with the same address, unless an entry says otherwise")
                : (group.Key, Nothing, $"{person}: the e-mail address is hidden");
        }
    }

    private void Table(string name, string remark, IEnumerable<(string Key, string Value, string Remark)> entries)
    {
        var list = entries.ToList();
        Line(0, string.Empty);
        Line(1, $"# {remark}");
        if (list.Count == 0)
        {
            Entry(1, name, "@{}");
            return;
        }

        Line(1, $"{name} = @{{");
        foreach (var (key, value, what) in list.DistinctBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase))
        {
            Line(2, value == Default
                ? $"# {Quote(key)} = {Quote(key)}   # {Printable.Of(what)}"
                : $"{Quote(key)} = {value}   # {Printable.Of(what)}");
            _unmapped.AddRange(value == Nothing ? [$"{name} {Quote(key)}"] : []);
        }

        Line(1, "}");
    }

    private void Entry(int depth, string name, string value) => Line(depth, $"{name} = {value}");

    private void Line(int depth, string text) =>
        _text.Append(text.Length == 0 ? string.Empty : new string(' ', 4 * depth)).Append(text).Append('\n');

    private static string Count(int issues) => string.Create(
        CultureInfo.InvariantCulture, $"{issues} {(issues == 1 ? "issue" : "issues")}");

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    /// <summary>A text as PowerShell reads it literally, on one line.</summary>
    internal static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(OneLine(text))}'";

    /// <summary>A text without line ends, which would end a comment.</summary>
    internal static string OneLine(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
