using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Syncing;

/// <summary>The discussions and files of work items: what the engine needs of Azure DevOps beside fields and relations.</summary>
public interface IContentStore
{
    /// <summary>The address at which people see a work item.</summary>
    /// <param name="workItemId">The work item.</param>
    string PageOf(int workItemId);

    /// <summary>The comments of a work item, oldest first; none where it is gone.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="token">Ends the wait.</param>
    Task<IReadOnlyList<WorkItemComment>> ReadCommentsAsync(int workItemId, CancellationToken token);

    /// <summary>Gives a comment another text.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="commentId">The comment.</param>
    /// <param name="html">The text; null to delete the comment.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> EditCommentAsync(int workItemId, int commentId, string? html, CancellationToken token);

    /// <summary>Uploads a file, a large one in parts. It shows nowhere before a relation names it.</summary>
    /// <param name="fileName">Its name.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="content">Its content, read as it comes.</param>
    /// <param name="token">Ends the work.</param>
    /// <returns>The file's address, or what went wrong.</returns>
    Task<(string? Url, ServiceError? Error)> UploadAsync(string fileName, long size, Stream content, CancellationToken token);
}
