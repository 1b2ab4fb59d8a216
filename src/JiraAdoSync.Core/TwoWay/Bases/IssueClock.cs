using JiraAdoSync.Jira;

namespace JiraAdoSync.TwoWay.Bases;

/// <summary>
/// Which entries of an issue's history came after it was read. Jira stamps an edit twice, one time after the other: in the
/// history and as the issue's own <c>updated</c>. Either may be the later one by some milliseconds, and where a database
/// cuts times to whole seconds, by nearly one.
/// </summary>
internal static class IssueClock
{
    /// <summary>By how much the two times of one edit differ at most, in milliseconds.</summary>
    private const long Skew = 1000;

    /// <summary>Whether an entry with the later time may be the edit that an issue had when it was read.</summary>
    /// <param name="edit">The entry.</param>
    /// <param name="updated">When the issue had last been updated, in milliseconds of Unix time.</param>
    public static bool MayBeSeen(IssueFieldChange edit, long updated) => edit.When.ToUnixTimeMilliseconds() - updated < Skew;

    /// <summary>The time of the last edit that was seen, in milliseconds of Unix time.</summary>
    /// <param name="updated">When the issue had last been updated, as it was read; null where that is not known.</param>
    /// <param name="known">Its history, read before that; null where nobody read it.</param>
    public static long? LastSeen(long? updated, IReadOnlyCollection<IssueFieldChange>? known) =>
        updated is { } time && known is { Count: > 0 }
            ? Math.Max(time, known.Max(edit => edit.When.ToUnixTimeMilliseconds()))
            : updated;

    /// <summary>The entries that were not there when an issue was read.</summary>
    /// <param name="history">The history after that.</param>
    /// <param name="known">The history before that; null where nobody read it, and the times decide.</param>
    /// <param name="updated">When the issue had last been updated, as it was read.</param>
    public static List<IssueFieldChange> Unseen(
        IEnumerable<IssueFieldChange> history, IReadOnlyCollection<IssueFieldChange>? known, long? updated)
    {
        var keys = known?.Select(Key).ToHashSet();
        return history
            .Where(edit => keys is not null ? !keys.Contains(Key(edit))
                : edit.When.ToUnixTimeMilliseconds() > (updated ?? long.MaxValue))
            .ToList();

        static (string, string, DateTimeOffset, string?, string?) Key(IssueFieldChange edit) =>
            (edit.EditId, edit.Field, edit.When, edit.To, edit.ToText);
    }
}
