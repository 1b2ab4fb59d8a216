using System.Globalization;
using System.Management.Automation.Language;
using System.Text;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;

namespace JiraAdoSync;

/// <summary>
/// The text of a profile for two sites: every type, status, link type and person that occurs among some issues, mapped
/// as well as names allow. What names do not tell is left out of the sync, with a guess beside it.
/// </summary>
internal sealed class ProfileText
{
    private const string Nothing = "$null";

    private readonly StringBuilder _text = new();
    private readonly List<string> _unmapped = [];

    public required string JiraSite { get; init; }

    public required string AdoProject { get; init; }

    public required string Jql { get; init; }

    public required DateTimeOffset Written { get; init; }

    public required IReadOnlyList<Replica> Issues { get; init; }

    public required IReadOnlyList<WorkItemType> Types { get; init; }

    public required RelationTypes RelationTypes { get; init; }

    /// <summary>The entries that names do not tell a value for, in the text that was made last.</summary>
    public IReadOnlyList<string> Unmapped => _unmapped;

    public override string ToString()
    {
        var types = new WorkItemTypeMapping([], Types.Select(type => type.Name));
        var coverage = types.Coverage(Issues);
        _text.Clear();
        _unmapped.Clear();
        Line(0, FormattableString.Invariant(
            $"# Made of {Issues.Count} issues on {Written:yyyy-MM-dd}. Sync with: Invoke-JiraAdoSync -Profile <this file>"));
        Line(0, "# An entry whose value is $null leaves out what names do not tell; a guess stands beside it. Edit as you like.");
        Line(0, "@{");
        Entry(1, "JiraSite", Quote(JiraSite));
        Entry(1, "AdoProject", Quote(AdoProject));
        Entry(1, "Jql", Quote(Jql));
        Table("TypeMapping", "From issue type to work item type.", coverage.Select(TypeEntry));
        Table("StateMapping", "From status to state, the first that the type of the work item has.",
            StateEntries(coverage));
        Table(
            "LinkTypeMapping",
            "From link type to the relation on the issue that says the first of its phrases.",
            LinkEntries());
        Line(1, "# What the table above does not have is skipped with a warning; 'Error' stops the run instead.");
        Entry(1, "Unmapped", "'Warn'");
        Table("UserMapping", "From somebody of Jira to the unique name in Azure DevOps.", UserEntries());
        Line(0, string.Empty);
        Line(1, "# Further fields, such as these. Get-Help Invoke-JiraAdoSync -Parameter FieldMapping tells what else there is.");
        Line(1, "# FieldMapping = @{");
        Line(1, "#     'Area Path'      = 'Components'");
        Line(1, "#     'Iteration Path' = 'Fix versions'");
        Line(1, "# }");
        Line(1, "# CreatePaths = $true");
        Line(0, "}");
        return _text.ToString();
    }

    private (string Key, string Value, string Remark) TypeEntry(MappingCoverage one)
    {
        var count = Count(one.Count);
        if (one.MapsTo is { } mapped)
        {
            return (one.Type, Quote(mapped), count);
        }

        // The default guess, where nothing in the names speaks for it, is what a Story becomes: that is no name's
        // doing.
        var guess = one.Suggestion ?? Types[0].Name;
        return one.Type.Contains(guess, StringComparison.OrdinalIgnoreCase)
            ? (one.Type, Quote(guess), $"{count}, by its name")
            : (one.Type, Nothing, $"{count}: perhaps {Quote(guess)}");
    }

    private IEnumerable<(string Key, string Value, string Remark)> StateEntries(IEnumerable<MappingCoverage> coverage)
    {
        var used = coverage
            .Select(one => one.MapsTo ?? one.Suggestion)
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => Types.First(type => type.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        foreach (var group in Issues.GroupBy(issue => (issue.Status.Name, issue.Status.Category))
            .OrderByDescending(group => group.Count()))
        {
            var status = group.First().Status;
            var states = used
                .Select(type => type.State(status.Name) ?? StateMapping.ByCategory(status, type))
                .OfType<WorkItemState>()
                .Select(state => state.Name)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                // A name that says the same comes first, whichever type has it.
                .OrderBy(name => name.Equals(status.Name, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
                .ToList();
            yield return states.Count == 0
                ? (status.Name, Nothing,
                    $"{Count(group.Count())}: its category tells nothing; perhaps {Quote(used[0].States[0].Name)}")
                : (status.Name, string.Join(", ", states.Select(Quote)), $"{Count(group.Count())}, {status.Category}");
        }
    }

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
            var remark = $"{type.Outward} / {type.Inward}: {count} {(count == 1 ? "link" : "links")}";
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
            yield return person.EmailAddress is { } address
                ? (address, Quote(address), person.ToString())
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
            Line(2, $"{Quote(key)} = {value}   # {OneLine(what)}");
            _unmapped.AddRange(value == Nothing ? [$"{name} {Quote(key)}"] : []);
        }

        Line(1, "}");
    }

    private void Entry(int depth, string name, string value) => Line(depth, $"{name} = {value}");

    private void Line(int depth, string text) =>
        _text.Append(text.Length == 0 ? string.Empty : new string(' ', 4 * depth)).Append(text).Append('\n');

    private static string Count(int issues) => string.Create(
        CultureInfo.InvariantCulture, $"{issues} {(issues == 1 ? "issue" : "issues")}");

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(OneLine(text))}'";

    private static string OneLine(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
