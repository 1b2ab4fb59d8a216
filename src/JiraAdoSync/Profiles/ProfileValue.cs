using JiraAdoSync.Input;

namespace JiraAdoSync.Profiles;

/// <summary>One thing that a profile says.</summary>
/// <param name="Table">The parameter.</param>
/// <param name="Key">The key in it; null where it is no table.</param>
/// <param name="InnerKey">The key in the table that is there; null where none is.</param>
/// <param name="Value">The value.</param>
internal sealed record ProfileValue(string Table, string? Key, string? InnerKey, object? Value)
{
    /// <summary>The name of what is said, as people read it.</summary>
    public string Name => Drafting.DraftEntry.NameOf(Table, InnerKey is null ? Key : $"{Key}' '{InnerKey}");

    /// <summary>The value, as people read it.</summary>
    public string Text => Mappings.Format(Value) ?? "$null";

    /// <summary>
    /// What two profiles say otherwise, in the order of the first and then of the other.
    /// </summary>
    /// <param name="before">The first.</param>
    /// <param name="after">The other.</param>
    public static IEnumerable<(ProfileValue? Before, ProfileValue? After)> Differences(
        SyncProfile before,
        SyncProfile after)
    {
        var (first, other) = (ByName(before), ByName(after));
        return first.Keys.Union(other.Keys, StringComparer.OrdinalIgnoreCase)
            .Select(name => (first.GetValueOrDefault(name), other.GetValueOrDefault(name)))
            .Where(one => one.Item1?.Text != one.Item2?.Text);
    }

    private static Dictionary<string, ProfileValue> ByName(SyncProfile profile) => profile.Values
        .GroupBy(value => value.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.Last(), StringComparer.OrdinalIgnoreCase);
}
