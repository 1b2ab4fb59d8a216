using System.Globalization;
using JiraAdoSync.Planning;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Reporting;

/// <summary>
/// What views, warnings and reports say of a field that both sides changed, or that stays different. Values are
/// printable, and long ones are cut to where they differ; the result has them whole.
/// </summary>
public static class FieldWording
{
    private const int Longest = 60;
    private const int Before = 12;

    /// <summary>The field, and whose value it has now: <c>Title: undecided</c>.</summary>
    /// <param name="field">The field.</param>
    public static string Becomes(FieldResult field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var name = Wording.Name(field.Field);
        return (field.Action, field.Reason, field.Winner) switch
        {
            (_, Reasons.Overwritten, _) => $"{name}: overwritten",
            (ChangeAction.Conflict, _, null) => $"{name}: undecided",
            (ChangeAction.Conflict, _, Side.Jira) => $"{name}: Jira's value",
            (ChangeAction.Conflict, _, _) => $"{name}: Azure DevOps' value",
            _ => $"{name}: different",
        };
    }

    /// <summary>Both values: <c>'Low' in Jira (Ann), 'High' in Azure DevOps (Bob)</c>.</summary>
    /// <param name="field">The field.</param>
    public static string Values(FieldResult field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var (jira, ado) = Excerpts(field);
        return $"{jira} in Jira{In(field.JiraAuthor, null)}, {ado} in Azure DevOps{In(field.AdoAuthor, null)}";
    }

    /// <summary>The same with the times, for warnings and reports.</summary>
    /// <param name="field">The field.</param>
    public static string ValuesAndTimes(FieldResult field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var (jira, ado) = Excerpts(field);
        return $"{jira} in Jira{In(field.JiraAuthor, field.JiraTime)}, {ado} in Azure DevOps"
            + In(field.AdoAuthor, field.AdoTime);
    }

    /// <summary>Both values, cut to where they differ; <c>nothing</c> for one that is empty.</summary>
    /// <param name="field">The field.</param>
    /// <param name="longest">How many characters of a value are shown.</param>
    public static (string Jira, string Ado) Excerpts(FieldResult field, int longest = Longest)
    {
        ArgumentNullException.ThrowIfNull(field);
        var (jira, ado) = (Printable.Of(field.JiraValue) ?? string.Empty, Printable.Of(field.AdoValue) ?? string.Empty);
        var alike = jira.AsSpan().CommonPrefixLength(ado);
        var start = Math.Max(jira.Length, ado.Length) <= longest || alike < longest / 2 ? 0 : alike - Before;
        return (Excerpt(jira, start, longest), Excerpt(ado, start, longest));
    }

    /// <summary>Who gave a value, and when: <c>Ann, 2026-11-28 23:10 UTC</c>; null where neither is known.</summary>
    /// <param name="author">Who; null where that is not known.</param>
    /// <param name="time">When; null where that is not known.</param>
    public static string? Origin(string? author, DateTimeOffset? time)
    {
        var parts = new[] { Printable.Of(author), time is { } at ? Time(at) : null }
            .Where(part => !string.IsNullOrEmpty(part))
            .ToList();
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    private static string In(string? author, DateTimeOffset? time) =>
        Origin(author, time) is { } origin ? $" ({origin})" : string.Empty;

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Excerpt(string text, int start, int longest)
    {
        if (text.Length == 0)
        {
            return "nothing";
        }

        start = Whole(text, Math.Min(start, text.Length));
        var end = text.Length - start > longest ? Whole(text, start + longest) : text.Length;
        return $"'{(start > 0 ? "…" : string.Empty)}{text[start..end]}{(end < text.Length ? "…" : string.Empty)}'";
    }

    /// <summary>The index, or the one before it, so that no pair of surrogates is parted.</summary>
    private static int Whole(string text, int index) =>
        index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1])
            ? index - 1
            : index;
}
