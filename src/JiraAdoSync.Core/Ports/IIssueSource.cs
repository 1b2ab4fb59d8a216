namespace JiraAdoSync.Ports;

/// <summary>The issues of one site: what the engine needs of Jira beyond the replicas that it is given.</summary>
public interface IIssueSource
{
    /// <summary>Which of some issues exist and can be read, by batches.</summary>
    /// <param name="issueIds">Ids of issues, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlySet<long>> FindReadableAsync(IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken);

    /// <summary>The names of the site's priorities, the most urgent one first; none where nobody knows.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<string>> GetPrioritiesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>
    /// Who changed each of some issues last, by their histories, by batches. No field of an issue says so.
    /// </summary>
    /// <param name="issueIds">Ids of issues, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>People as Jira describes them; none for an issue that nobody changed.</returns>
    Task<IReadOnlyDictionary<long, object>> ReadEditorsAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken);
}
