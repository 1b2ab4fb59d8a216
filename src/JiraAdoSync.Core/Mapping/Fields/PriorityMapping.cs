using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Which priority an issue's priority becomes, on the scale from 1 to 4 that every process has. What the user gives
/// is used first, then Jira's standard names, then the position in the site's own list: a priority lies between those
/// before and after it whose names are known ("Highest, High, Soon, Low": Soon is 3). In a list without known names the
/// first is 1, the second 2 and so on ("Urgent, Normal, Later" is 1, 2, 3), and one of more than five is spread evenly.
/// A priority that is alone in its list has no position there: it is 2, as a new work item's.
/// </summary>
public sealed class PriorityMapping
{
    /// <summary>The priority of a new work item, as text.</summary>
    internal const string OfNewItems = "2";

    private const int Usual = 2;
    private const int Lowest = 4;
    private const int StandardCount = 5;

    /// <summary>Jira's standard priorities, of today and of old.</summary>
    private static readonly Dictionary<string, int> Standard = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Highest"] = 1,
        ["Blocker"] = 1,
        ["High"] = 2,
        ["Critical"] = 1,
        ["Medium"] = 3,
        ["Major"] = 2,
        ["Low"] = 4,
        ["Minor"] = 3,
        ["Lowest"] = 4,
        ["Trivial"] = 4,
    };

    private readonly Dictionary<string, int?> _entries;
    private Dictionary<string, int> _byOrder = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes what the user gives.</summary>
    /// <param name="entries">
    /// From a priority, by name or id, to a number; null leaves the work item's priority alone.
    /// </param>
    public PriorityMapping(IEnumerable<KeyValuePair<string, int?>> entries) => _entries = entries.ToDictionary(
        entry => entry.Key.Trim(), entry => entry.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether some issue has a priority that only the order of the site's list decides, which is not learnt yet.
    /// </summary>
    /// <param name="replicas">The issues.</param>
    public bool NeedsOrder(IEnumerable<Replica> replicas) => replicas
        .Select(replica => replica.Fields.GetValueOrDefault("priority"))
        .Distinct()
        .Any(value => NamesOf(value) is ({ } name, _) names && Find(names) is null && !Standard.ContainsKey(name)
            && !_byOrder.ContainsKey(name));

    /// <summary>Learns the site's priorities.</summary>
    /// <param name="names">Their names, the most urgent one first.</param>
    public void Learn(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        _byOrder = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var known = names
            .Select(name => Standard.TryGetValue(name.Trim(), out var number) ? number : (int?)null)
            .ToList();
        for (var at = 0; at < names.Count; at++)
        {
            _byOrder.TryAdd(names[at].Trim(), known[at] ?? NumberAt(at, known));
        }
    }

    /// <summary>The number of a position in the site's list, by the known names round it.</summary>
    private static int NumberAt(int at, List<int?> known)
    {
        var (before, after) = (
            known.FindLastIndex(at, one => one is not null),
            known.FindIndex(at, one => one is not null));
        var end = after < 0 ? known.Count : after;
        return (before, after) switch
        {
            ( < 0, < 0) when known.Count == 1 => Usual,
            ( < 0, < 0) => known.Count <= StandardCount ? Math.Min(at + 1, Lowest) : 1 + (at * Lowest / known.Count),
            ( < 0, _) => Math.Min(at + 1, known[after]!.Value),
            (_, < 0) => Math.Max(known[before]!.Value, Lowest - (end - 1 - at)),
            _ => known[before]!.Value + (int)Math.Round(
                (known[after]!.Value - known[before]!.Value) * (double)(at - before) / (end - before)),
        };
    }

    /// <summary>The priority of a work item.</summary>
    /// <param name="value">The priority, as Jira describes it.</param>
    /// <param name="number">The number; null where the work item's priority is left alone.</param>
    /// <param name="isByOrder">Whether nothing but the order of the site's list says so.</param>
    /// <returns>Whether something says what the priority becomes.</returns>
    public bool TryMap(object? value, out int? number, out bool isByOrder)
    {
        (number, isByOrder) = (null, false);
        if (NamesOf(value) is not ({ } name, _) names)
        {
            return true;
        }

        if (Find(names) is { } given)
        {
            number = given.Number;
            return true;
        }

        if (Standard.TryGetValue(name, out var standard))
        {
            number = standard;
            return true;
        }

        isByOrder = _byOrder.TryGetValue(name, out var ordered);
        number = isByOrder ? ordered : null;
        return isByOrder;
    }

    /// <summary>
    /// The priority of an issue for a number: one that the user named, else the first in the site's order.
    /// </summary>
    /// <param name="number">The number.</param>
    /// <param name="names">The site's priorities, the most urgent one first.</param>
    /// <returns>The name; null where no priority becomes the number.</returns>
    internal string? NameOf(int number, IReadOnlyList<string> names) => names
        .Where(name => TryMap(name, out var mapped, out _) && mapped == number)
        .OrderBy(name => _entries.ContainsKey(name) ? 0 : 1)
        .FirstOrDefault();

    private (string Key, int? Number)? Find((string? Name, string? Id) priority)
    {
        foreach (var key in (ReadOnlySpan<string?>)[priority.Name, priority.Id])
        {
            if (key is not null && _entries.TryGetValue(key, out var number))
            {
                return (key, number);
            }
        }

        return null;
    }

    /// <summary>The name and the id of a priority, as far as there are any.</summary>
    private static (string? Name, string? Id) NamesOf(object? value) =>
        FieldValue.ToText(value)?.Trim() is not { Length: > 0 } name ? default
        : (name, value is IReadOnlyDictionary<string, object?> parts ? FieldValue.ToText(parts.GetValueOrDefault("id")) : null);
}
