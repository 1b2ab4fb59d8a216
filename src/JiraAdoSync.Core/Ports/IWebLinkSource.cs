using JiraAdoSync.Jira;

namespace JiraAdoSync.Ports;

/// <summary>The web links of issues.</summary>
public interface IWebLinkSource
{
    /// <summary>The web links of one issue: Jira lists them one issue at a time only.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<WebLink>> ReadWebLinksAsync(long issueId, CancellationToken cancellationToken);
}
