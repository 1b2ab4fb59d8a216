using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;

namespace JiraAdoSync.Drafting;

/// <summary>What has been understood of a sentence so far.</summary>
/// <param name="names">The names that both sites have.</param>
internal sealed class DraftInProgress(SiteNames names)
{
    /// <summary>What is said of a whole category of statuses; what is said of one status replaces it.</summary>
    private List<DraftEntry> OfCategories { get; } = [];

    public List<DraftEntry> Entries { get; } = [];

    public List<DraftGap> Gaps { get; } = [];

    /// <summary>What is said of all that nothing else is said of; no values where it is left out.</summary>
    public List<(NameKind Kind, List<string> Values, string Words)> Rests { get; } = [];

    public List<string> Projects { get; } = [];

    public List<string> Types { get; } = [];

    public List<string> NoTypes { get; } = [];

    public List<string> Statuses { get; } = [];

    public List<string> NoStatuses { get; } = [];

    public List<string> Categories { get; } = [];

    public List<string> SelectionWords { get; } = [];

    public List<string> SelectionNotes { get; } = [];

    /// <summary>The draft.</summary>
    public Draft ToDraft()
    {
        foreach (var (kind, values, words) in Rests)
        {
            AddRest(kind, values, words);
        }

        var entries = OfCategories.Concat(Entries)
            .Reverse().DistinctBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).Reverse().ToList();
        return new Draft
        {
            Selection = new Selection
            {
                Projects = Distinct(Projects),
                IssueTypes = Distinct(Types),
                NoIssueTypes = Distinct(NoTypes),
                Statuses = Distinct(Statuses),
                NoStatuses = Distinct(NoStatuses),
                Categories = Distinct(Categories),
                Words = string.Join(", ", SelectionWords.Distinct()),
                Note = SelectionNotes.Count == 0 ? null : string.Join(' ', SelectionNotes.Distinct()),
            },
            Entries = names.Complete(entries),
            NotUnderstood = Gaps,
        };
    }

    public void Add(NameKind from, string name, List<string> values, string words)
    {
        switch (from)
        {
            case NameKind.Link or NameKind.LinkInward:
                AddLink(name, values[0], from == NameKind.LinkInward, words);
                break;
            case NameKind.IssueType:
                Entries.Add(new DraftEntry("TypeMapping", name, values) { Words = words });
                break;
            case NameKind.Category:
                foreach (var status in StatusesOf(name))
                {
                    OfCategories.Add(new DraftEntry("StateMapping", status.Name, values) { Words = words });
                }

                break;
            case NameKind.Status:
                Entries.AddRange(names.Statuses.Select(one => one.Key)
                    .Where(status => Same(status.Name, name)).Take(1)
                    .Select(status => new DraftEntry("StateMapping", status.Name, values) { Words = words }));
                break;
            default:
                AddField(values[0], name, words);
                break;
        }
    }

    public void AddLink(string type, string relation, bool isInward, string words)
    {
        var outward = names.RelationTypes.TryFind(relation, out var found)
            ? isInward ? names.RelationTypes.Opposite(found) : found : null;
        var link = names.LinkTypes.Select(one => one.Key).First(one => Same(one.Name, type));
        var usual = LinkTypeCoverage.Suggest(link, names.RelationTypes);
        var isTurned = outward is { IsDirectional: true } && usual.IsDirectional
            && Same(usual.OppositeReferenceName, outward.ReferenceName);
        Entries.Add(new DraftEntry("LinkTypeMapping", type, [outward?.Name ?? relation])
        {
            Words = words,
            Note = isTurned
                ? $"This turns the order round: whoever says '{link.Outward}' has the other as {usual.Name} by default."
                : outward is { IsTree: true } ? $"An item has one {TreeEnd(outward).Name} at most." : null,
        });

        RelationType TreeEnd(RelationType one) => one.IsForward ? names.RelationTypes.Opposite(one) : one;
    }

    private void AddField(string field, string source, string words) =>
        Entries.Add(new DraftEntry("FieldMapping", field, [source])
        {
            Words = words,
            Note = names.WorkItemFields.Any(one => Same(one.Name, field) && one.Kind == FieldKind.Path)
                ? "What does not exist is not made, unless the file has CreatePaths = $true." : null,
        });

    private void AddRest(NameKind kind, List<string> values, string words)
    {
        var table = kind switch
        {
            NameKind.Relation => "LinkTypeMapping",
            NameKind.WorkItemType => "TypeMapping",
            _ => "StateMapping",
        };
        var said = Entries.Concat(OfCategories).Where(entry => entry.Table == table).Select(entry => entry.Key!)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        switch (kind)
        {
            case NameKind.Relation:
                foreach (var type in LinkTypesInUse().Where(name => said.Add(name)))
                {
                    if (values.Count == 0)
                    {
                        Entries.Add(new DraftEntry(table, type, []) { Words = words });
                    }
                    else
                    {
                        AddLink(type, values[0], isInward: false, words);
                    }
                }

                break;
            case NameKind.WorkItemType:
                Entries.AddRange(names.IssueTypes.Select(one => one.Key.Name)
                    .Where(name => (Types.Count == 0 || Types.Contains(name)) && said.Add(name))
                    .Select(name => new DraftEntry(table, name, values) { Words = words }));
                break;
            default:
                Entries.AddRange(names.Statuses.Select(one => one.Key.Name).Where(name => said.Add(name))
                    .Select(name => new DraftEntry(table, name, values) { Words = words }));
                break;
        }
    }

    private IEnumerable<IssueStatus> StatusesOf(string category) => names.Statuses.Select(one => one.Key)
        .Where(status => category[0] == '!' ? !Same(status.Category, category[1..]) : Same(status.Category, category))
        .DistinctBy(status => status.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The link types that issues have; an entry for another one would match nothing.</summary>
    public List<string> LinkTypesInUse() =>
        names.LinkTypes.Where(one => one.Value > 0).Select(one => one.Key.Name).ToList();

    private static List<string> Distinct(IEnumerable<string> names) =>
        names.Distinct(StringComparer.OrdinalIgnoreCase).ToList();

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
