using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>What Jira refuses of an issue that is written without it.</summary>
/// <param name="Reason"><c>ValueRefused</c>, or <c>EmptyRefused</c> where nothing but emptied fields is refused.</param>
/// <param name="Detail">Which fields, with Jira's words.</param>
public sealed record IssueRefusal(string Reason, string Detail)
{
    /// <summary>The fields, by Jira's ids.</summary>
    public IReadOnlyCollection<string> Fields { get; init; } = [];

    /// <summary>How a refusal calls the parent.</summary>
    internal const string Parent = "parent";

    /// <summary>Whether a reason is that of a refusal.</summary>
    /// <param name="reason">The reason of a result.</param>
    public static bool Is(string? reason) => reason is Reasons.ValueRefused or Reasons.EmptyRefused;

    /// <summary>The fields of a write that Jira names as the reason of a refusal, the parent among them.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="fields">What was written.</param>
    /// <param name="hasParent">Whether a parent was written, or removed.</param>
    internal static HashSet<string> FieldsIn(
        ServiceError error, IReadOnlyDictionary<string, object?> fields, bool hasParent) =>
        error is not { IsRefusal: true, MayBeDone: false } ? [] : error.Fields
            .Where(field => fields.ContainsKey(field) || (hasParent && field == Parent))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The refusal of some fields of an issue.</summary>
    /// <param name="refused">The fields, as <see cref="FieldsIn"/> finds them.</param>
    /// <param name="fields">What was written.</param>
    /// <param name="error">What Jira says.</param>
    /// <param name="earlier">What it had refused before; null for nothing.</param>
    internal static IssueRefusal Of(
        IReadOnlyCollection<string> refused,
        IReadOnlyDictionary<string, object?> fields,
        ServiceError error,
        IssueRefusal? earlier)
    {
        var emptied = refused.Where(field => fields.TryGetValue(field, out var value) && IsEmpty(value)).ToList();
        var given = refused.Except(emptied).ToList();
        var words = new List<string?>
        {
            earlier?.Detail,
            emptied.Count == 0 ? null
                : $"Jira refuses to have {string.Join(", ", emptied)} emptied, so both sides stay as they are there.",
            given.Count == 0 ? null
                : $"Jira refuses what Azure DevOps has for {string.Join(", ", given)}, so both sides stay as they are there.",
            error.Message,
        };
        return new IssueRefusal(
            given.Count > 0 || earlier is { Reason: Reasons.ValueRefused } ? Reasons.ValueRefused : Reasons.EmptyRefused,
            string.Join(' ', words.OfType<string>()))
        {
            Fields = [.. earlier?.Fields ?? [], .. refused],
        };
    }

    private static bool IsEmpty(object? value) =>
        FieldValue.IsEmpty(value) || (value is HtmlText text && string.IsNullOrWhiteSpace(text.Html));
}
