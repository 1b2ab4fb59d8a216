using System.Text.Json;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>A rich text that the user lets go to Jira, with the fields of work items that show it.</summary>
/// <param name="Source">The id of Jira's field.</param>
/// <param name="Fields">
/// The reference names of the work item's fields. People edit the last one: of a bug they see the steps to reproduce.
/// </param>
/// <param name="Direction">Which way the text is written.</param>
public sealed record MergedText(string Source, IReadOnlyList<string> Fields, FieldDirection Direction)
{
    /// <summary>The field that counts.</summary>
    public string Field => Fields[^1];

    /// <summary>Whether an issue was read with a text.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="source">The id of the field.</param>
    internal static bool IsRead(Replica issue, string source) => IsDescription(source)
        ? issue.DescriptionDigest is not null
        : issue.Fields.ContainsKey(source);

    /// <summary>What is equal while nobody changes a text; null where the issue has none.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="source">The id of the field.</param>
    internal static string? ValueOf(Replica issue, string source) => !IsDescription(source) ? SourceOf(issue, source)
        : issue.DescriptionDigest == Replica.NoDescription ? null
        : issue.DescriptionDigest;

    /// <summary>A text as Jira keeps it, as JSON; null where the issue has none.</summary>
    /// <param name="issue">The issue, read with <see cref="IssueDetail.Source"/>.</param>
    /// <param name="source">The id of the field.</param>
    internal static string? SourceOf(Replica issue, string source) => IsDescription(source) ? issue.DescriptionSource
        : SourceOf(issue.Fields.GetValueOrDefault(source));

    private static string? SourceOf(object? value) => value is null or "" ? null : JsonSerializer.Serialize(value);

    /// <summary>
    /// Whether somebody edited a text while its forms were read one after the other, so that they are not of one text.
    /// </summary>
    /// <param name="issue">The issue as it was read first.</param>
    /// <param name="rendered">The issue with what Jira renders; null where it was not found.</param>
    /// <param name="kept">The issue with what Jira keeps; null where it was not found.</param>
    /// <param name="source">The id of the field.</param>
    internal static bool IsMoved(Replica issue, RenderedIssue? rendered, Replica? kept, string source)
    {
        var first = ValueOf(issue, source);
        return rendered is null || kept is null || ValueOf(kept, source) != first || (IsDescription(source)
            ? rendered.DescriptionDigest != first
            : SourceOf(rendered.Sources.GetValueOrDefault(source)) != first);
    }

    /// <summary>What to read of issues to have their texts as Jira keeps them.</summary>
    /// <param name="detail">What is read otherwise.</param>
    /// <param name="sources">The ids of the fields.</param>
    internal static IssueDetail Detail(IssueDetail detail, IEnumerable<string> sources)
    {
        var isDescribed = sources.ToLookup(IsDescription);
        return detail.With(isDescribed[false]) with
        {
            Fields = [.. detail.With(isDescribed[false]).Fields.Where(field => !IsDescription(field))],
            Description = detail.Description || isDescribed[true].Any(),
            Source = true,
        };
    }

    private static bool IsDescription(string source) => new TextField(string.Empty, source).IsDescription;
}
