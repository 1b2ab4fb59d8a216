using System.Net;
using System.Text.RegularExpressions;

namespace JiraAdoSync.RichText;

/// <summary>
/// Turns the addresses in an existing rich text to what they have become meanwhile: an issue's to its work item's, an
/// attachment's to its copy's. Nothing else of the text is touched, whoever wrote it.
/// </summary>
internal static partial class RichTextLinks
{
    /// <summary>Fills addresses in.</summary>
    /// <param name="html">A text of a work item.</param>
    /// <param name="context">What addresses become.</param>
    /// <param name="missing">Gets the keys of issues whose Jira page the text still leads to.</param>
    /// <returns>The text; the same where nothing changed.</returns>
    public static string Fill(string html, RichTextContext context, ISet<string>? missing = null) =>
        Address().Replace(html, match =>
    {
        var given = WebUtility.HtmlDecode(match.Groups["address"].Value);
        if (!IsOfSite(given) || context.Resolve(given, out var issueKey) is not { } address)
        {
            return match.Value;
        }

        if (IsOfSite(address))
        {
            _ = issueKey is not null && missing?.Add(issueKey) == true;
            return match.Value;
        }

        return $"{match.Groups["name"].Value}=\"{RichTextConverter.Escape(address)}\"";

        bool IsOfSite(string text) => text.StartsWith(context.Site.BaseUrl, StringComparison.OrdinalIgnoreCase);
    });

    [GeneratedRegex(@"\b(?<name>href|src)\s*=\s*""(?<address>[^""<>]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
