using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync;

/// <summary>
/// Texts from a service as they may reach a person, on whatever stream: one line in which nothing is left that a
/// terminal, an agent of Azure Pipelines or a reader's eye would obey. Anybody in Jira can write a summary that moves
/// the cursor over the question that the operator is about to answer; every text passes through here first.
/// <list type="bullet">
/// <item>Control characters (C0, DEL, C1: escape sequences, OSC, line ends, backspaces) and the line and paragraph
/// separators of Unicode become spaces. What they introduced remains as plain letters.</item>
/// <item>Bidirectional embeddings, overrides and isolates become spaces: they show letters in an order that is not that
/// of the text. The marks that right-to-left scripts need (U+200E, U+200F, U+061C) remain.</item>
/// <item>Logging commands of Azure Pipelines, <c>##vso[area.action]</c> and <c>##[section]</c>, which its agent obeys
/// wherever in a line they are, get a space. Not only in its jobs: a log may be printed by one later.</item>
/// </list>
/// </summary>
public static class Printable
{
    private static readonly SearchValues<char> Obeyed = SearchValues.Create(
        Range('\0', '\x1F') + Range('\x7F', '\x9F') + Range('\u2028', '\u202E') + Range('\u2066', '\u2069'));

    /// <summary>The text as it may be printed.</summary>
    /// <param name="text">The text.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (text is null)
        {
            return null;
        }

        // What is replaced may have kept a command apart, so that commands come last.
        var line = text.AsSpan().ContainsAny(Obeyed)
            ? string.Create(text.Length, text, static (span, from) =>
            {
                for (var index = 0; index < span.Length; index++)
                {
                    span[index] = Obeyed.Contains(from[index]) ? ' ' : from[index];
                }
            })
            : text;
        return !line.Contains("##", StringComparison.Ordinal) ? line : line
            .Replace("##vso[", "## vso[", StringComparison.OrdinalIgnoreCase)
            .Replace("##[", "## [", StringComparison.Ordinal);
    }

    private static string Range(char first, char last) =>
        string.Concat(Enumerable.Range(first, last - first + 1).Select(code => (char)code));
}
