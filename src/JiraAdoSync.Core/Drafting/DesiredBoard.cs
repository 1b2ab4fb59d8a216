using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Drafting;

/// <summary>
/// What a project would hold if a sync with some profile had made it: the type and the plain fields of each issue's
/// work item, and the relation of each link. Two of them show what a difference between profiles changes, whatever the
/// project holds now.
/// </summary>
public sealed class DesiredBoard
{
    private const string Alone = "(left alone)";
    private const string Empty = "(empty)";

    private readonly Dictionary<long, (string Type, IReadOnlyDictionary<string, object?> Fields)> _items = [];
    private readonly Dictionary<long, string> _relations = [];

    private DesiredBoard()
    {
    }

    /// <summary>Works it out.</summary>
    /// <param name="issues">The issues that the profile selects.</param>
    /// <param name="policy">How issues become work items.</param>
    /// <param name="links">Which relation a link becomes.</param>
    /// <param name="unmapped">What becomes of links that the mapping does not have.</param>
    /// <param name="types">The work item types of the project.</param>
    /// <param name="relationTypes">The relation types of the organisation.</param>
    /// <param name="project">The project's name.</param>
    /// <exception cref="SyncException"><c>MappingInvalid</c>.</exception>
    public static DesiredBoard Of(
        IReadOnlyCollection<Replica> issues,
        WorkItemPolicy policy,
        LinkTypeMapping links,
        UnmappedLinks unmapped,
        IReadOnlyList<WorkItemType> types,
        RelationTypes relationTypes,
        string project)
    {
        ArgumentNullException.ThrowIfNull(issues);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(links);
        ArgumentNullException.ThrowIfNull(relationTypes);
        var board = new DesiredBoard();
        var mapping = new WorkItemTypeMapping(policy.Types, types.Select(type => type.Name));
        var mapper = new WorkItemMapper(policy.Fields, policy.States, policy.People, project, issues);
        foreach (var issue in issues)
        {
            if (mapping.TryMap(issue.Type, out var name) && name is not null)
            {
                var type = types.First(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
                board._items[issue.IssueId] = (name, mapper.Map(issue, type).Fields.Values);
            }
        }

        foreach (var link in issues.SelectMany(issue => issue.Links).DistinctBy(link => link.LinkId))
        {
            var rule = links.RuleFor(link.Type);
            var relation = rule == LinkRule.Unmapped && unmapped == UnmappedLinks.Related
                ? relationTypes.Related : rule.Relation;
            if (relation is not null && link.LinkId is { } id)
            {
                board._relations[id] = relation.Name;
            }
        }

        return board;
    }

    /// <summary>What another board has that this one has not, and the other way round.</summary>
    /// <param name="after">The other board.</param>
    /// <param name="nameOf">The name of a field, by reference name.</param>
    public BoardDifference ChangesTo(DesiredBoard after, Func<string, string> nameOf)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(nameOf);
        var parts = new List<string>();
        var added = after._items.Keys.Count(id => !_items.ContainsKey(id));
        var dropped = _items.Keys.Count(id => !after._items.ContainsKey(id));
        var both = _items.Where(one => after._items.ContainsKey(one.Key))
            .Select(one => (Before: one.Value, After: after._items[one.Key]))
            .ToList();
        Say(added, "more work item", "more work items");
        Say(dropped, "work item no longer synced", "work items no longer synced");
        var types = both.Where(one => one.Before.Type != one.After.Type).ToList();
        foreach (var group in types.GroupBy(one => (From: one.Before.Type, To: one.After.Type)))
        {
            parts.Add($"{Count(group.Count(), "work item", "work items")}: {group.Key.From} becomes {group.Key.To}");
        }

        // What another type brings about by itself is not listed field by field.
        var changed = both.Except(types)
            .Select(one => FieldsOf(one.Before.Fields, one.After.Fields).ToList())
            .Where(fields => fields.Count > 0)
            .ToList();
        foreach (var group in changed.SelectMany(fields => fields).GroupBy(field => field.Name)
            .OrderByDescending(group => group.Count()))
        {
            parts.Add(
                $"{Count(group.Count(), "work item", "work items")}: {nameOf(group.Key)}: {WayOf(group.ToList())}");
        }

        var relations = _relations.Keys.Union(after._relations.Keys)
            .Select(id => (Before: _relations.GetValueOrDefault(id), After: after._relations.GetValueOrDefault(id)))
            .Where(one => one.Before != one.After)
            .ToList();
        foreach (var group in relations.GroupBy(one => one).OrderByDescending(group => group.Count()))
        {
            parts.Add(group.Key switch
            {
                (null, var to) => $"{Count(group.Count(), "link", "links")} more, as {to}",
                (var from, null) => $"{Count(group.Count(), "link", "links")} no longer synced, {from} until now",
                var (from, to) => $"{Count(group.Count(), "relation", "relations")}: {from} becomes {to}",
            });
        }

        return new BoardDifference(
            added + dropped + types.Count + changed.Count,
            relations.Count,
            parts.Count == 0 ? "nothing" : string.Join("; ", parts));

        void Say(int count, string one, string many)
        {
            if (count > 0)
            {
                parts.Add(Count(count, one, many));
            }
        }
    }

    /// <summary>How values of a field change: from one to one, or by an example that says something.</summary>
    private static string WayOf(List<(string Name, string Before, string After)> fields)
    {
        var (_, before, after) = fields.OrderBy(field => field.After is Empty or Alone)
            .ThenByDescending(field => field.After.Length).ThenBy(field => field.After, StringComparer.Ordinal).First();
        return fields.TrueForAll(field => field.Before == Alone) ? $"is written now, such as {after}"
            : fields.TrueForAll(field => field.After == Alone) ? "is left alone now"
            : fields.Select(field => (field.Before, field.After)).Distinct().Count() == 1 ? $"{before} becomes {after}"
            : $"other values, such as {after} instead of {before}";
    }

    private static IEnumerable<(string Name, string Before, string After)> FieldsOf(
        IReadOnlyDictionary<string, object?> before, IReadOnlyDictionary<string, object?> after) =>
        before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase)
            .Select(name => (
                name,
                before.TryGetValue(name, out var one) ? Text(one) : Alone,
                after.TryGetValue(name, out var other) ? Text(other) : Alone))
            .Where(field => field.Item2 != field.Item3);

    private static string Text(object? value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        return text.Length == 0 ? Empty : text.Length > 40 ? $"'{text[..37]}...'" : $"'{text}'";
    }

    private static string Count(int count, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");
}

/// <summary>What differs between two desired boards.</summary>
/// <param name="WorkItems">How many work items differ.</param>
/// <param name="Relations">How many relations differ.</param>
/// <param name="Text">What differs, for people.</param>
public sealed record BoardDifference(int WorkItems, int Relations, string Text);

/// <summary>One entry in which two profiles differ, and what the difference changes on the board.</summary>
public sealed record ProfileDifference
{
    /// <summary>The entry: a parameter, with the key in it where it is a table.</summary>
    public required string Entry { get; init; }

    /// <summary>What the first profile says; null where it says nothing.</summary>
    public string? Before { get; init; }

    /// <summary>What the other profile says; null where it says nothing.</summary>
    public string? After { get; init; }

    /// <summary>How many work items it changes; null where that was not worked out.</summary>
    public int? WorkItems { get; init; }

    /// <summary>How many relations it changes; null where that was not worked out.</summary>
    public int? Relations { get; init; }

    /// <summary>
    /// What it would change on the board of the first profile, by itself; null where that was not worked out.
    /// </summary>
    public string? Effect { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Entry}: {Before ?? "(nothing)"} -> {After ?? "(nothing)"}";
}

/// <summary>How many changes of each kind a plan has.</summary>
/// <param name="WorkItems">The changes of work items, by action.</param>
/// <param name="Relations">The changes of relations, by action.</param>
public sealed record PlanCounts(
    IReadOnlyDictionary<string, int> WorkItems, IReadOnlyDictionary<string, int> Relations)
{
    /// <inheritdoc/>
    public override string ToString() => $"work items: {Text(WorkItems)}; relations: {Text(Relations)}";

    private static string Text(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0
            ? "none"
            : string.Join(
                ", ",
                counts.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Value:N0} {one.Key}")));
}

/// <summary>
/// A profile that was drafted from a sentence: what was understood of it, what was not, and what it would change. It
/// is a file and no more; nothing is applied.
/// </summary>
public sealed record ProfileDraft
{
    /// <summary>The sentence.</summary>
    public required string Description { get; init; }

    /// <summary>The file; null where it was not written.</summary>
    public string? Path { get; init; }

    /// <summary>The model that was asked; null where none was.</summary>
    public string? Model { get; init; }

    /// <summary>The query of the draft.</summary>
    public required string Jql { get; init; }

    /// <summary>The entries that were understood, with the words that each was read from.</summary>
    public required IReadOnlyList<DraftEntry> Understood { get; init => field = Listing.Of(value); }

    /// <summary>What was not understood, or is not for a draft to set.</summary>
    public required IReadOnlyList<DraftGap> NotUnderstood { get; init => field = Listing.Of(value); }

    /// <summary>
    /// What differs from the present profile, or from what names alone say where there is none, and what each
    /// difference changes.
    /// </summary>
    public required IReadOnlyList<ProfileDifference> Differences { get; init => field = Listing.Of(value); }

    /// <summary>What would stop a sync with the draft, or leave something out of it.</summary>
    public required IReadOnlyList<string> Problems { get; init => field = Listing.Of(value); }

    /// <summary>What a sync with the present profile would do; null where that was not planned.</summary>
    public PlanCounts? PlanBefore { get; init; }

    /// <summary>What a sync with the draft would do; null where that was not planned.</summary>
    public PlanCounts? PlanAfter { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Path ?? "(not written)"}: {Understood.Count} understood, {NotUnderstood.Count} not";
}
