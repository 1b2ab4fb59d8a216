using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Ports;

/// <summary>
/// The discussions and files of work items: what the engine needs of Azure DevOps beside fields and relations.
/// </summary>
public interface IContentStore
{
    /// <summary>The address at which people see a work item.</summary>
    /// <param name="workItemId">The work item.</param>
    string PageOf(int workItemId);

    /// <summary>The comments of a work item, oldest first; none where it does not exist.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<WorkItemComment>> ReadCommentsAsync(int workItemId, CancellationToken cancellationToken);

    /// <summary>What a comment said, oldest first, and last what it says now; nothing where it does not exist.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="commentId">The comment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<string>> ReadCommentVersionsAsync(
        int workItemId, int commentId, CancellationToken cancellationToken);

    /// <summary>Adds a comment. One whose answer is lost may have been added.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="html">The text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The comment, or what went wrong.</returns>
    Task<(WorkItemComment? Comment, ServiceError? Error)> AddCommentAsync(
        int workItemId, string html, CancellationToken cancellationToken);

    /// <summary>Gives a comment another text.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="commentId">The comment.</param>
    /// <param name="html">The text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The comment as it is then, or what went wrong.</returns>
    Task<(WorkItemComment? Comment, ServiceError? Error)> EditCommentAsync(
        int workItemId, int commentId, string html, CancellationToken cancellationToken);

    /// <summary>Removes a comment; one that does not exist counts as removed.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="commentId">The comment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> RemoveCommentAsync(int workItemId, int commentId, CancellationToken cancellationToken);

    /// <summary>Reads the content of a file as a stream.</summary>
    /// <param name="file">The file.</param>
    /// <param name="sink">Takes the content; anew from the start where the connection broke.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> DownloadAsync(
        WorkItemFile file, Func<Stream, CancellationToken, Task> sink, CancellationToken cancellationToken);

    /// <summary>Uploads a file, a large one in parts. It shows nowhere before a relation names it.</summary>
    /// <param name="fileName">Its name.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="content">Its content, read as a stream.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The file's address, or what went wrong.</returns>
    Task<(string? Url, ServiceError? Error)> UploadAsync(
        string fileName, long size, Stream content, CancellationToken cancellationToken);
}
