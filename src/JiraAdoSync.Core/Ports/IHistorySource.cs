using JiraAdoSync.Jira;

namespace JiraAdoSync.Ports;

/// <summary>The histories of issues.</summary>
public interface IHistorySource
{
    /// <summary>Who changed which fields of issues, and when: oldest first, 1,000 issues a request on Cloud.</summary>
    /// <param name="issueIds">The issues, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<IssueFieldChange>> ReadChangesAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken);
}
