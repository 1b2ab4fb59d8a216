using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync;

/// <summary>
/// What an agent of Azure Pipelines obeys, wherever in a line of output it stands: <c>##vso[area.action]</c>, and
/// <c>##[section]</c> for how lines look. A text from a service may hold one, and must not be one when it is printed.
/// </summary>
public static class LoggingCommand
{
    private const string Sign = "##";

    /// <summary>A text in which no command is left; where there was one, it has a space.</summary>
    /// <param name="text">The text.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Defuse(string? text) => text?.Contains(Sign, StringComparison.Ordinal) != true ? text : text
        .Replace("##vso[", "## vso[", StringComparison.OrdinalIgnoreCase)
        .Replace("##[", "## [", StringComparison.Ordinal);
}
