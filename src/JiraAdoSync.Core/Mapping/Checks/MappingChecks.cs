using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;

namespace JiraAdoSync.Mapping.Checks;

/// <summary>
/// Checks mappings against the issues that are to be synced: each issue type, link type, status, priority and person
/// that occurs, what it becomes, and an entry that closes the gap where it becomes nothing. Those of the most issues
/// come first.
/// </summary>
/// <param name="issues">The issues.</param>
/// <param name="mapping">Which work item type an issue type becomes.</param>
/// <param name="types">The project's work item types.</param>
public sealed class MappingChecks(
    IReadOnlyCollection<Replica> issues, WorkItemTypeMapping mapping, IReadOnlyCollection<WorkItemType> types)
{
    private const string LeftOut = "(left out)";
    private const string OfType = " = @{ ";
    private const string EndOfType = " }";

    /// <summary>What a work item has to which nobody gives a priority.</summary>
    private const int UsualPriority = 2;

    private readonly Dictionary<string, WorkItemType> _types = types.ToDictionary(
        type => type.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The entries of checks that did not pass, as parameters with hashtables; empty where none has one.
    /// </summary>
    /// <param name="checks">The checks.</param>
    public static string Entries(IEnumerable<SyncCheck> checks) => string.Join(' ', checks
        .Where(check => check.Entry is not null)
        .GroupBy(check => check.Parameter, StringComparer.Ordinal)
        .Select(group => $"-{group.Key} @{{ {string.Join("; ", Joined(group.Select(check => check.Entry!)))} }}"));

    /// <summary>All that did not pass, in sentences, and the entries that close the gaps.</summary>
    /// <param name="checks">The checks.</param>
    public static string Describe(IEnumerable<SyncCheck> checks)
    {
        var gaps = checks.Where(check => check.Result != CheckResult.Passed).ToList();
        var sentences = gaps
            .GroupBy(check => (check.Area, check.Detail))
            .Select(group => $"{group.Key.Area} {string.Join(", ", group.Select(WithCount))}. {group.Key.Detail}");
        var unmapped = gaps.Exists(check => check.Parameter == "LinkTypeMapping" && check.Result == CheckResult.Failed)
            ? " For links there is -Unmapped Warn, Skip or Related, too."
            : string.Empty;
        return $"{string.Join(' ', sentences)} Decide what each is to become, as in {Entries(gaps)}; $null leaves one out."
            + unmapped;

        static string WithCount(SyncCheck check)
        {
            var thing = check.Area == "Link type" ? "link" : "issue";
            return $"'{check.Name}': {Amount.Of(check.Count ?? 0, thing)}";
        }
    }

    /// <summary>Entries of which several may be of one type: a hashtable has each key once.</summary>
    private static IEnumerable<string> Joined(IEnumerable<string> entries) => entries
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Select(entry => entry.Split(OfType, 2))
        .GroupBy(parts => parts[0], StringComparer.OrdinalIgnoreCase)
        .Select(group => group.First().Length == 1
            ? group.Key
            : $"{group.Key}{OfType}{string.Join("; ", group.Select(parts => parts[1][..^EndOfType.Length]))}{EndOfType}");

    /// <summary>The issue types.</summary>
    public IReadOnlyList<SyncCheck> IssueTypes() => mapping.Coverage(issues)
        .Select(row => new SyncCheck
        {
            Area = "Issue type",
            Name = row.Type,
            Count = row.Count,
            Result = row.Problem is null ? CheckResult.Passed : CheckResult.Failed,
            MapsTo = row.MapsTo,
            Detail = row.Problem is null ? null : "TypeMapping has no work item type of this project for it."
                + (issues.First(issue => issue.Type.Name == row.Type).Type.Level > 1
                    ? $" '{row.Type}' is above epics, and the standard processes have no level there: give the process a "
                        + "portfolio level, or map it to 'Epic' and epics to 'Feature'."
                    : string.Empty),
            Parameter = "TypeMapping",
            Entry = row.Problem is null ? null : Entry(row.Type, row.Suggestion),
        })
        .ToList();

    /// <summary>The link types.</summary>
    /// <param name="links">Which relation a link becomes.</param>
    /// <param name="relationTypes">The organisation's relation types.</param>
    /// <param name="unmapped">What is done with link types that the mapping does not have.</param>
    public IReadOnlyList<SyncCheck> LinkTypes(
        LinkTypeMapping links, RelationTypes relationTypes, UnmappedLinks unmapped)
    {
        var counts = issues.SelectMany(issue => issue.Links)
            .Where(link => !link.IsParent)
            .DistinctBy(link => link.LinkId)
            .GroupBy(link => link.Type)
            .ToDictionary(group => group.Key, group => group.Count());
        return LinkTypeCoverage.Of(counts, links, relationTypes)
            .GroupBy(row => row.Type, StringComparer.Ordinal)
            .Select(rows =>
            {
                var row = rows.First();
                var isMissing = row.Problem == "Unmapped";
                return new SyncCheck
                {
                    Area = "Link type",
                    Name = $"{row.Type} ({string.Join(" / ", rows.Select(one => one.Phrase))})",
                    Count = row.Count,
                    Result = row.Problem is null ? CheckResult.Passed
                        : isMissing && unmapped == UnmappedLinks.Related ? CheckResult.Passed
                        : isMissing && unmapped != UnmappedLinks.Error ? CheckResult.Warning
                        : CheckResult.Failed,
                    MapsTo = isMissing && unmapped == UnmappedLinks.Related ? relationTypes.Related.Name : row.MapsTo,
                    Detail = !isMissing ? row.Problem : unmapped switch
                    {
                        UnmappedLinks.Related => "LinkTypeMapping has nothing for it.",
                        UnmappedLinks.Error => "LinkTypeMapping has nothing for it.",
                        _ => "LinkTypeMapping has nothing for it, so its links are skipped.",
                    },
                    Parameter = "LinkTypeMapping",
                    Entry = isMissing && unmapped != UnmappedLinks.Related ? Entry(row.Type, row.Suggestion) : null,
                };
            })
            .ToList();
    }

    /// <summary>The statuses.</summary>
    /// <param name="states">Which state a status becomes.</param>
    public IReadOnlyList<SyncCheck> Statuses(StateMapping states) => issues
        .GroupBy(issue => issue.Status)
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key.Name, StringComparer.Ordinal)
        .SelectMany(group => StatusOf(group.Key, group.ToList(), states))
        .ToList();

    /// <summary>The priorities, where no entry says what their field gets.</summary>
    /// <param name="fields">Which fields work items get.</param>
    public IReadOnlyList<SyncCheck> Priorities(FieldMapping fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return fields.UsesPriorities ? Priorities(fields.Priorities) : [];
    }

    private List<SyncCheck> Priorities(PriorityMapping priorities) => issues
        .Select(issue => issue.Fields.GetValueOrDefault("priority"))
        .Where(value => !FieldValue.IsEmpty(value))
        .GroupBy(value => FieldValue.ToText(value) ?? FieldValue.Describe(value), StringComparer.OrdinalIgnoreCase)
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group =>
        {
            var isMapped = priorities.TryMap(group.First(), out var number, out var isByOrder);
            var isSure = isMapped && !isByOrder;
            return new SyncCheck
            {
                Area = "Priority",
                Name = group.Key,
                Count = group.Count(),
                Result = isSure ? CheckResult.Passed : CheckResult.Warning,
                MapsTo = !isMapped ? null : number is { } known ? $"{known}" : "(left alone)",
                Detail = !isMapped ? "Nothing says what it becomes, so work items keep theirs."
                    : isByOrder ? "By its position in Jira's list." : null,
                Parameter = "PriorityMapping",
                Entry = isSure ? null : $"{Literal.Of(group.Key)} = {number ?? UsualPriority}",
            };
        })
        .ToList();

    /// <summary>The people of fields that name somebody.</summary>
    /// <param name="fields">Which fields work items get.</param>
    /// <param name="people">Who somebody is.</param>
    public IReadOnlyList<SyncCheck> People(FieldMapping fields, PeopleMapping people)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(people);
        return PeopleOf(fields)
            .GroupBy(one => NameOf(one.Person), StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group =>
            {
                var isKnown = people.TryMap(group.First().Value, out var uniqueName);
                var check = new SyncCheck
                {
                    Area = "Person",
                    Name = group.First().Person.ToString(),
                    Count = group.Count(),
                    Result = isKnown ? CheckResult.Passed : CheckResult.Warning,
                    MapsTo = !isKnown ? null : uniqueName ?? "(nobody)",
                    Parameter = "UserMapping",
                };
                return isKnown ? check : Unknown(check, group.Key, "Jira hides the e-mail address");
            })
            .ToList();
    }

    /// <summary>Somebody whose fields are left empty.</summary>
    /// <param name="check">The check of the person.</param>
    /// <param name="key">What names the person in a mapping.</param>
    /// <param name="why">Why nobody knows who it is.</param>
    public static SyncCheck Unknown(SyncCheck check, string key, string why)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check with
        {
            Result = CheckResult.Warning,
            Detail =
                $"{why}, so fields with this person are left empty. Say who it is; $null leaves them empty on purpose.",
            Entry = $"{Literal.Of(key)} = $null",
        };
    }

    private IEnumerable<SyncCheck> StatusOf(IssueStatus status, List<Replica> having, StateMapping states)
    {
        var mapped = new List<string>();
        var gaps = new List<(StateMapping.Fit Fit, Replica Issue, WorkItemType Type, int Count)>();
        foreach (
            var group in having
                .GroupBy(issue => (issue.Type, Of: TypeOf(issue)))
                .Where(group => group.Key.Of is not null))
        {
            var type = group.Key.Of!;
            var (fit, state) = states.Check(group.First(), type);
            if (fit is StateMapping.Fit.Missing or StateMapping.Fit.Refused)
            {
                gaps.Add((fit, group.First(), type, group.Count()));
            }
            else
            {
                mapped.Add(state ?? "(left alone)");
            }
        }

        if (mapped.Count > 0 || gaps.Count == 0)
        {
            yield return new SyncCheck
            {
                Area = "Status",
                Name = status.Name,
                Count = having.Count - gaps.Sum(gap => gap.Count),
                Result = CheckResult.Passed,
                MapsTo = mapped.Count == 0 ? LeftOut
                    : string.Join(", ", mapped.Distinct(StringComparer.OrdinalIgnoreCase)),
            };
        }

        foreach (var (fit, issue, type, count) in gaps)
        {
            var isRefused = fit == StateMapping.Fit.Refused;
            var ofType = states.Repair(issue, type).Type;
            var candidates = gaps.Select(gap => states.Repair(gap.Issue, gap.Type)).Where(one => one.Type == ofType)
                .SelectMany(one => one.States)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(Literal.Of);
            var entry = $"{Literal.Of(status.Name)} = {string.Join(", ", candidates)}";
            yield return new SyncCheck
            {
                Area = "Status",
                Name = $"{status.Name} of {type}",
                Count = count,
                Result = isRefused ? CheckResult.Failed : CheckResult.Warning,
                Detail = isRefused
                    ? $"StateMapping gives it states that '{type}' does not have. It has: {string.Join(", ", type.States)}."
                    : $"'{type}' has no state of the category of '{status.Name}', so new work items begin as '{type.Initial}'. "
                        + $"It has: {string.Join(", ", type.States)}.",
                Parameter = "StateMapping",
                Entry = ofType is null ? entry : $"{Literal.Of(ofType)}{OfType}{entry}{EndOfType}",
            };
        }
    }

    /// <summary>The work item type of an issue; for one that is not mapped, the one that is suggested.</summary>
    private WorkItemType? TypeOf(Replica issue)
    {
        var name = mapping.TryMap(issue.Type, out var mapped) ? mapped : mapping.Guess(issue.Type, out _);
        return name is null ? null : _types.GetValueOrDefault(name);
    }

    private IEnumerable<(JiraPerson Person, object Value)> PeopleOf(FieldMapping fields) =>
        from issue in issues
        let type = TypeOf(issue)
        where type is not null
        from rule in fields.RulesFor(type).Present
        where rule.Field.Kind == FieldKind.Person
        let first = FieldValue.Several(rule.Source.ValueOf(issue, rule.Field, new MappingNotes()))
            .FirstOrDefault(value => JiraPerson.Of(value) is not null)
        where first is not null
        select (JiraPerson.Of(first)!, first);

    private static string NameOf(JiraPerson person) =>
        person.EmailAddress ?? person.AccountId ?? person.Key ?? person.ToString();

    private static string Entry(string key, string? value) =>
        $"{Literal.Of(key)} = {(value is null ? "$null" : Literal.Of(value))}";
}
