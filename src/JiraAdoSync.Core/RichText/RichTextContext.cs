using System.Text.RegularExpressions;
using JiraAdoSync.Jira;

namespace JiraAdoSync.RichText;

/// <summary>The source of a rich text, and what its addresses become.</summary>
public sealed partial record RichTextContext
{
    /// <summary>The most characters that the service takes in one rich text.</summary>
    public const int MaximumLength = 1_000_000;

    /// <summary>The site that rendered the text: what its addresses are relative to.</summary>
    public required JiraSite Site { get; init; }

    /// <summary>The key of the issue that the text is of.</summary>
    public required string IssueKey { get; init; }

    /// <summary>
    /// The page of an issue's work item, by the issue's key; null where there is none.
    /// </summary>
    public Func<string, string?> WorkItemPage { get; init; } = _ => null;

    /// <summary>The addresses of the copies of attachments, by the attachments' ids.</summary>
    public IReadOnlyDictionary<long, string> Copies { get; init; } = new Dictionary<long, string>();

    /// <summary>The most characters that may come out.</summary>
    public int Limit { get; init; } = MaximumLength;

    /// <summary>The address of the issue's page.</summary>
    public string IssuePage => $"{Site.BaseUrl}/browse/{IssueKey}";

    /// <summary>
    /// An address as it is good for anyone: absolute, a copy's instead of an attachment's, a work item's instead of
    /// an issue's.
    /// </summary>
    /// <param name="address">The address as it was rendered.</param>
    /// <param name="issueKey">
    /// The key of the issue whose page it is, of whichever project; null for any other address.
    /// </param>
    /// <returns>The address; null where none is allowed.</returns>
    internal string? Resolve(string address, out string? issueKey)
    {
        issueKey = null;
        // A browser passes over these characters wherever they are, so they must not hide a scheme.
        var given = string.Concat(address.Where(one => one > ' ' && one != '\u007f' && one != '\u00a0'));
        var relativeTo = given.StartsWith('#') ? IssuePage : Site.BaseUrl + "/";
        if (given.Length == 0
            || !Uri.TryCreate(relativeTo, UriKind.Absolute, out var start)
            || !Uri.TryCreate(start, given, out var absolute)
            || !HtmlPolicy.AllowsScheme(absolute.Scheme))
        {
            return null;
        }

        var text = absolute.AbsoluteUri;
        if (!text.StartsWith(Site.BaseUrl, StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        var path = text[Site.BaseUrl.Length..];
        if (AttachmentPath().Match(path) is { Success: true } attachment
            && long.TryParse(attachment.Groups["id"].ValueSpan, out var id)
            && Copies.TryGetValue(id, out var copy))
        {
            return copy;
        }

        if (IssuePath().Match(path) is { Success: true } issue && !path.Contains("focused", StringComparison.Ordinal))
        {
            issueKey = issue.Groups["key"].Value.ToUpperInvariant();
            return WorkItemPage(issueKey) ?? text;
        }

        return text;
    }

    [GeneratedRegex(
        @"^/(secure/(attachment|thumbnail)|rest/api/[0-9]/attachment/(content|thumbnail))/(?<id>[0-9]{1,18})(/|\?|$)")]
    private static partial Regex AttachmentPath();

    [GeneratedRegex(
        @"^/(browse|projects/[A-Za-z0-9_]+/issues)/(?<key>[A-Za-z][A-Za-z0-9_]*-[0-9]{1,18})/?([?#]|$)"
            + @"|^/jira/[^?#]*\?([^#]*&)?selectedIssue=(?<key>[A-Za-z][A-Za-z0-9_]*-[0-9]{1,18})(&|$)")]
    private static partial Regex IssuePath();
}
