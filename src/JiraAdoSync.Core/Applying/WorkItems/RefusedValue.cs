using System.Text.RegularExpressions;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.Applying.WorkItems;

/// <summary>What a refusal of the service says about the value of a field.</summary>
internal static partial class RefusedValue
{
    /// <summary>Whether a refusal names a field, by its reference name or by the name that people see.</summary>
    /// <param name="message">The service's words.</param>
    /// <param name="field">The field's reference name.</param>
    public static bool Names(string message, string field)
    {
        // "Acceptance Criteria" is what people call Microsoft.VSTS.Common.AcceptanceCriteria.
        var words = message.Replace(" ", string.Empty, StringComparison.Ordinal);
        var name = field[(field.LastIndexOf('.') + 1)..];
        return message.Contains(field, StringComparison.OrdinalIgnoreCase)
            || words.Contains($"'{name}'", StringComparison.OrdinalIgnoreCase)
            || words.Contains($"field{name}.", StringComparison.OrdinalIgnoreCase)
            || (name == "Tags" && Tag().IsMatch(message));
    }

    /// <summary>Whether a refusal names some field: then it is about no other one.</summary>
    /// <param name="message">The service's words.</param>
    public static bool NamesAnyField(string message) => AnyField().IsMatch(message);

    /// <summary>Whether a refusal says that a field must have a value, which a write would take away.</summary>
    /// <param name="message">The service's words.</param>
    /// <param name="field">The field's reference name.</param>
    /// <param name="value">What was to be written.</param>
    public static bool IsDemanded(string message, string field, object? value) =>
        FieldValue.IsEmpty(value) && Required().IsMatch(message) && Names(message, field);

    /// <summary>Says that a value is left out.</summary>
    /// <param name="field">The field's reference name.</param>
    /// <param name="value">The value.</param>
    /// <param name="message">The service's words.</param>
    public static string Sentence(string field, object? value, string message) => IsDemanded(message, field, value)
        ? $"The rules of the process demand a value in '{field}', so it stays as it is."
        : $"Azure DevOps refuses the value '{FieldValue.Describe(value)}' of '{field}', which is left out. {message}";

    [GeneratedRegex(@"\btags?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\bRequired\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Required();

    [GeneratedRegex(@"\bfields? ('|[A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex AnyField();
}
