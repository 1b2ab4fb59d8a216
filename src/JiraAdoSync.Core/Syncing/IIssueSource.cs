namespace JiraAdoSync.Syncing;

/// <summary>The issues of one site: what the engine needs of Jira beyond the replicas that it is given.</summary>
public interface IIssueSource
{
    /// <summary>Which of some issues exist and can be read, by batches.</summary>
    /// <param name="issueIds">Ids of issues, as many as need be.</param>
    /// <param name="token">Ends the wait.</param>
    Task<IReadOnlySet<long>> FindReadableAsync(IReadOnlyCollection<long> issueIds, CancellationToken token);
}
