namespace JiraAdoSync.Ports;

/// <summary>What shows of comments in Jira that they are copies, whatever they say now.</summary>
public interface ICommentMarkSource
{
    /// <summary>The property of comments, as JSON, where they have it: 1,000 comments a request on Cloud.</summary>
    /// <param name="commentIds">The comments, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyDictionary<long, string>> ReadCommentMarksAsync(
        IReadOnlyCollection<long> commentIds, CancellationToken cancellationToken);
}
