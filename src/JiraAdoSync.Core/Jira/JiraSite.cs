using System.Globalization;

namespace JiraAdoSync.Jira;

/// <summary>
/// The address by which a Jira site names itself (<c>serverInfo.baseUrl</c>): the host in lower case, no slash at the
/// end. Everything of ours in Azure DevOps is marked with it, so it must not depend on how a user typed an address.
/// </summary>
public sealed record JiraSite
{
    /// <summary>Takes the site's address of itself.</summary>
    /// <param name="baseUrl">An absolute address, such as <c>https://contoso.atlassian.net</c>.</param>
    public JiraSite(Uri baseUrl)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        // Uri has lowered scheme and host already, and left the path as it was.
        BaseUrl = baseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/');
        Name = BaseUrl[(BaseUrl.IndexOf("://", StringComparison.Ordinal) + 3)..];
        MarkUrlStart = BaseUrl + "/issues/?jql=id%3D";
    }

    /// <summary>The address, such as <c>https://contoso.atlassian.net</c>.</summary>
    public string BaseUrl { get; }

    /// <summary>The address without its scheme, as relation comments name it.</summary>
    public string Name { get; }

    /// <summary>Addresses by which the site named itself earlier: what was marked with them is ours too.</summary>
    public IReadOnlyList<JiraSite> Former { get; init; } = [];

    /// <summary>How the address of every mark of this site begins; the issue's id follows.</summary>
    public string MarkUrlStart { get; }

    /// <summary>
    /// The address that marks an issue's work item. It names the id, so it survives a move of the issue, and it opens
    /// in a browser.
    /// </summary>
    /// <param name="issueId">The issue's numeric id.</param>
    public string MarkUrl(long issueId) => string.Create(CultureInfo.InvariantCulture, $"{MarkUrlStart}{issueId}");

    /// <summary>
    /// The addresses that may mark an issue's work item: the site's own, then those under former names.
    /// </summary>
    /// <param name="issueId">The issue's numeric id.</param>
    public IEnumerable<string> MarkUrls(long issueId) =>
        [MarkUrl(issueId), .. Former.Select(site => site.MarkUrl(issueId))];

    /// <summary>The id of the issue that an address marks; null where it is no mark of this site.</summary>
    /// <param name="url">The address.</param>
    public long? FindMarked(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.StartsWith(MarkUrlStart, StringComparison.OrdinalIgnoreCase)
            && !url.AsSpan(MarkUrlStart.Length).StartsWith("0", StringComparison.Ordinal)
            && long.TryParse(
                url.AsSpan(MarkUrlStart.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var issueId))
        {
            return issueId;
        }

        foreach (var site in Former)
        {
            if (site.FindMarked(url) is { } marked)
            {
                return marked;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether an address is one at which marks are: nothing but marks may lead there, however it is escaped.
    /// </summary>
    /// <param name="url">The address.</param>
    public bool HoldsMarks(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Uri.UnescapeDataString(url)
                .StartsWith(Uri.UnescapeDataString(MarkUrlStart), StringComparison.OrdinalIgnoreCase)
            || Former.Any(site => site.HoldsMarks(url));
    }

    /// <summary>Whether a relation's comment that names a site means this one.</summary>
    /// <param name="name">The name, which is an address without its scheme.</param>
    public bool IsNamed(ReadOnlySpan<char> name)
    {
        if (name.Equals(Name, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var site in Former)
        {
            if (site.IsNamed(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => BaseUrl;
}
