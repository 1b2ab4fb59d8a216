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
    }

    /// <summary>The address, such as <c>https://contoso.atlassian.net</c>.</summary>
    public string BaseUrl { get; }

    /// <summary>The address without its scheme, as relation comments name it.</summary>
    public string Name => BaseUrl[(BaseUrl.IndexOf("://", StringComparison.Ordinal) + 3)..];

    /// <summary>How the address of every mark of this site begins; the issue's id follows.</summary>
    public string MarkUrlStart => BaseUrl + "/issues/?jql=id%3D";

    /// <summary>
    /// The address that marks an issue's work item. It names the id, so it survives a move of the issue, and it opens
    /// in a browser.
    /// </summary>
    /// <param name="issueId">The issue's numeric id.</param>
    public string MarkUrl(long issueId) => FormattableString.Invariant($"{MarkUrlStart}{issueId}");

    /// <inheritdoc/>
    public override string ToString() => BaseUrl;
}
