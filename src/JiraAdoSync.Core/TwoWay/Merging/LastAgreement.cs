namespace JiraAdoSync.TwoWay.Merging;

/// <summary>What the histories of both sides say of a base.</summary>
public enum BaseVerdict
{
    /// <summary>The two sides did not agree on anything else since.</summary>
    Holds,

    /// <summary>They agreed on something else later.</summary>
    IsBehind,

    /// <summary>Two edits are so close that nobody knows whether they did: clocks of two services differ.</summary>
    Unsure,
}

/// <summary>
/// Finds what both sides of a field last agreed on, by their histories. A base is written by runs, and a run that finds
/// both sides agree writes nothing: so people may have made the same edit on both sides, and one of them may have
/// undone it. By the values alone that is an edit of the other side.
/// <code>
/// base Low   Jira          Low   High  Low           they agreed on High, and Jira's edit is the last one:
///            Azure DevOps  Low     High              Low is for Azure DevOps
///
/// base Low   Jira          Low High Low              they never agreed on anything but Low:
///            Azure DevOps  Low           High        High is for Jira
/// </code>
/// A time of one service is known to <see cref="FieldMerge.Tolerance"/> by the clock of the other. Where that leaves it
/// open, both sides count as edited.
/// </summary>
internal static class LastAgreement
{
    /// <summary>Finds it.</summary>
    /// <param name="jira">
    /// From when on Jira had each of its values, oldest first: those since the base, that of the base among them.
    /// </param>
    /// <param name="ado">From when on Azure DevOps had each of its values, likewise.</param>
    /// <param name="agree">Whether two values correspond, by their indexes; null where nobody knows.</param>
    /// <param name="isBase">
    /// Whether two values are those of the base; null where people gave one of them after the run had read that recorded
    /// it. A run that planned anew what somebody edited meanwhile may record what the two sides never had at one time.
    /// </param>
    /// <returns>What the histories say, and where the base is behind the indexes of the values that count.</returns>
    public static (BaseVerdict Verdict, int Jira, int Ado) Find(
        IReadOnlyList<DateTimeOffset> jira,
        IReadOnlyList<DateTimeOffset> ado,
        Func<int, int, bool?> agree,
        Func<int, int, bool?> isBase)
    {
        var candidates = (
            from one in Enumerable.Range(0, jira.Count)
            from other in Enumerable.Range(0, ado.Count)
            let overlap = Overlap(one, other)
            where overlap != false
            let agrees = agree(one, other)
            where agrees != false
            orderby one + other descending
            select (Jira: one, Ado: other, IsSure: overlap == true && agrees == true, IsBase: isBase(one, other)))
            .ToList();
        if (candidates.Count == 0)
        {
            var bases = Enumerable.Range(0, jira.Count)
                .SelectMany(_ => Enumerable.Range(0, ado.Count), isBase)
                .ToList();
            return bases.Contains(null) && !bases.Contains(true)
                ? (BaseVerdict.Unsure, 0, 0)
                : (BaseVerdict.Holds, 0, 0);
        }

        // What is open may not have been: then the one before it counts.
        var sure = candidates.Where(one => one.IsSure).Select(one => one.Jira + one.Ado).DefaultIfEmpty(0).First();
        var last = candidates.TakeWhile(one => one.Jira + one.Ado >= sure).ToList();
        return last.TrueForAll(one => one.IsBase != false) && last.Exists(one => one.IsBase == true) ? (BaseVerdict.Holds, 0, 0)
            : last is [{ IsSure: true } only] ? (BaseVerdict.IsBehind, only.Jira, only.Ado)
            : (BaseVerdict.Unsure, 0, 0);

        // Whether both had their values at one time; null where that depends on the clocks.
        bool? Overlap(int one, int other)
        {
            var (start, begin) = (jira[one], ado[other]);
            var (end, finish) = (EndOf(jira, one), EndOf(ado, other));
            return IsBefore(start, finish) is { } starts && IsBefore(begin, end) is { } begins ? starts && begins
                : IsBefore(start, finish) == false || IsBefore(begin, end) == false ? false
                : null;
        }
    }

    private static DateTimeOffset EndOf(IReadOnlyList<DateTimeOffset> starts, int index) =>
        index + 1 < starts.Count ? starts[index + 1] : DateTimeOffset.MaxValue;

    /// <summary>Whether a time of one service is before one of the other; null where that is not sure.</summary>
    private static bool? IsBefore(DateTimeOffset time, DateTimeOffset other) =>
        time == DateTimeOffset.MinValue || other == DateTimeOffset.MaxValue ? true
        : (other - time).Duration() <= FieldMerge.Tolerance ? null
        : time < other;
}
