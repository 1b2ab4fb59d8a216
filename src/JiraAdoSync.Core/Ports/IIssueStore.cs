using JiraAdoSync.Jira;

namespace JiraAdoSync.Ports;

/// <summary>
/// The issues of one site, read with what a two-way run needs of them, and written. Every write uses a connection that
/// allows writes: without <c>Connect-JiraSite -AllowWrite</c> it throws a <see cref="SyncException"/>
/// (<c>JiraIsReadOnly</c>) before anything is sent. What Jira refuses is a result, as is an answer that was lost
/// (<see cref="ServiceError.MayBeDone"/>); only a failure that ends the run is thrown.
/// </summary>
public interface IIssueStore : IHistorySource, IWebLinkSource, ICommentMarkSource
{
    /// <summary>How many issues one creation may make.</summary>
    const int CreationSize = 50;

    /// <summary>How many issues a read by key or id takes a request.</summary>
    const int ReadSize = 100;

    /// <summary>The account that is connected.</summary>
    JiraPerson Account { get; }

    /// <summary>The site.</summary>
    JiraSite Site { get; }

    /// <summary>Whether the connection allows writes.</summary>
    bool AllowsWrites { get; }

    /// <summary>Whether a sub-task may get another parent; Data Center gives it one only when it is created.</summary>
    bool MovesSubtasks { get; }

    /// <summary>How many requests may be under way at once; more may be begun, and wait their turn.</summary>
    int ThrottleLimit { get; }

    /// <summary>
    /// Which permissions the account has. Of a project they may be too optimistic for one of its issues.
    /// </summary>
    /// <param name="project">The key of the project; null for the whole site.</param>
    /// <param name="permissions">Those that are asked for, by the names in <see cref="JiraPermissions"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlySet<string>> ReadPermissionsAsync(
        string? project, IReadOnlyCollection<string> permissions, CancellationToken cancellationToken);

    /// <summary>
    /// Reads issues by key or id, with their property where <see cref="IssueDetail.Property"/> asks for it: 100 a
    /// request on Cloud. Those that don't exist or can't be read are left out.
    /// </summary>
    /// <param name="keysOrIds">Keys or ids, as many as need be.</param>
    /// <param name="detail">What to read of each.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    IAsyncEnumerable<Replica> ReadAsync(
        IEnumerable<string> keysOrIds, IssueDetail detail, CancellationToken cancellationToken);

    /// <summary>Finds issues. What was written a moment ago may be missing.</summary>
    /// <param name="jql">A bounded query.</param>
    /// <param name="detail">What to read of each.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    IAsyncEnumerable<Replica> SearchAsync(string jql, IssueDetail detail, CancellationToken cancellationToken);

    /// <summary>The site's link types.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<LinkType>> GetLinkTypesAsync(CancellationToken cancellationToken);

    /// <summary>The site's fields.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<JiraFields> GetFieldsAsync(CancellationToken cancellationToken);

    /// <summary>The types of issue that the account may create in a project.</summary>
    /// <param name="project">The key of the project.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<IssueType>> ReadIssueTypesAsync(string project, CancellationToken cancellationToken);

    /// <summary>The statuses that issues of each type can have in a project, by the id of the type.</summary>
    /// <param name="project">The key of the project.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyDictionary<string, IReadOnlyList<IssueStatus>>> ReadStatusesAsync(
        string project, CancellationToken cancellationToken);

    /// <summary>The fields of the screen that creates issues of a type.</summary>
    /// <param name="project">The key of the project.</param>
    /// <param name="issueTypeId">The id of the type.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<WritableField>> ReadCreationFieldsAsync(
        string project, string issueTypeId, CancellationToken cancellationToken);

    /// <summary>The fields that the account may edit now on an issue; none where it may not edit it.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<WritableField>> ReadEditFieldsAsync(long issueId, CancellationToken cancellationToken);

    /// <summary>The transitions that the account can do now with an issue, with the fields of their screens.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<IssueTransition>> ReadTransitionsAsync(long issueId, CancellationToken cancellationToken);

    /// <summary>The accounts of ids, those that exist. Nobody is looked for by name or address.</summary>
    /// <param name="accountIds">The ids on Cloud, the user names on Data Center.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<JiraPerson>> FindPeopleAsync(
        IReadOnlyCollection<string> accountIds, CancellationToken cancellationToken);

    /// <summary>
    /// Creates issues, <see cref="CreationSize"/> at most. The answer does not say which issue is whose: the property
    /// of each has it when it is read back.
    /// </summary>
    /// <param name="writes">The issues to create.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<CreationAnswer> CreateAsync(IReadOnlyList<IssueWrite> writes, CancellationToken cancellationToken);

    /// <summary>
    /// Edits an issue in one request: fields, parent and property. It is sent again where its answer was lost, since
    /// doing it twice is doing it once. Notifications are off where the account may switch them off.
    /// </summary>
    /// <param name="write">The edit.</param>
    /// <param name="notify">Whether people are notified.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did. <see cref="Failure.WorkItemChanged"/>: an edit came
    /// between.</returns>
    Task<ServiceError?> UpdateAsync(IssueWrite write, bool notify, CancellationToken cancellationToken);

    /// <summary>
    /// Does one transition. It is never sent again: after a lost answer the status shows what happened.
    /// </summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="transitionId">The transition.</param>
    /// <param name="fields">Values for the fields of its screen, as in <see cref="IssueWrite.Fields"/>.</param>
    /// <param name="pairProperty">
    /// What the issue says of its pair, see <see cref="IssueWrite.Property"/>; null leaves it.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> TransitionAsync(
        long issueId,
        string transitionId,
        IReadOnlyDictionary<string, object?> fields,
        string? pairProperty,
        CancellationToken cancellationToken);

    /// <summary>
    /// Adds a link: the source says the type's outward phrase. A link that exists is answered as if it had been added,
    /// so it is sent again where the answer was lost. The answer holds no id: the link is read at one of its ends.
    /// </summary>
    /// <param name="type">The type.</param>
    /// <param name="sourceId">The issue that says the outward phrase.</param>
    /// <param name="targetId">The other issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> AddLinkAsync(LinkType type, long sourceId, long targetId, CancellationToken cancellationToken);

    /// <summary>Removes a link; one that does not exist any more is removed.</summary>
    /// <param name="linkId">The link.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> RemoveLinkAsync(long linkId, CancellationToken cancellationToken);

    /// <summary>All comments of an issue, oldest first, as Jira renders them.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<IssueComment>> ReadCommentsAsync(long issueId, CancellationToken cancellationToken);

    /// <summary>Adds a comment. One whose answer is lost may have been added: its mark shows it.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="comment">The comment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The comment's id, or what went wrong.</returns>
    Task<(long? CommentId, ServiceError? Error)> AddCommentAsync(
        long issueId, CommentWrite comment, CancellationToken cancellationToken);

    /// <summary>Gives a comment another text and mark.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="commentId">The comment.</param>
    /// <param name="comment">The text and the mark.</param>
    /// <param name="notify">Whether people are notified.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> EditCommentAsync(
        long issueId, long commentId, CommentWrite comment, bool notify, CancellationToken cancellationToken);

    /// <summary>Removes a comment; one that does not exist any more is removed.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="commentId">The comment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> RemoveCommentAsync(long issueId, long commentId, CancellationToken cancellationToken);

    /// <summary>Attaches a file. One whose answer is lost may have been attached.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="fileName">Its name.</param>
    /// <param name="content">Its content.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The attachment's id, or what went wrong.</returns>
    Task<(long? AttachmentId, ServiceError? Error)> AddAttachmentAsync(
        long issueId, string fileName, byte[] content, CancellationToken cancellationToken);

    /// <summary>Removes an attachment; one that does not exist any more is removed.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="attachmentId">The attachment.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> RemoveAttachmentAsync(long issueId, long attachmentId, CancellationToken cancellationToken);

    /// <summary>Writes a link to a page elsewhere; one with the same global id is replaced.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="globalId">What identifies it, 255 characters at most.</param>
    /// <param name="url">The address of the page.</param>
    /// <param name="title">The text that people see.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> WriteRemoteLinkAsync(
        long issueId, string globalId, Uri url, string title, CancellationToken cancellationToken);

    /// <summary>Removes a link to a page elsewhere; one that does not exist any more is removed.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="globalId">What identifies it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> RemoveRemoteLinkAsync(long issueId, string globalId, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the property of issues and nothing else: 100 a request on Cloud, one by one on Data Center.
    /// </summary>
    /// <param name="properties">The property of each issue, as JSON.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong, by issue; those that are not in it were written.</returns>
    Task<IReadOnlyDictionary<long, ServiceError>> WritePropertiesAsync(
        IReadOnlyDictionary<long, string> properties, CancellationToken cancellationToken);

    /// <summary>
    /// The same, where nobody does anything else about those that could not be written: nothing is read to find them.
    /// </summary>
    /// <param name="properties">The property of each issue, as JSON.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task TryWritePropertiesAsync(IReadOnlyDictionary<long, string> properties, CancellationToken cancellationToken);

    /// <summary>Deletes an issue for good: Jira has no recycle bin. One that has sub-tasks is refused.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> DeleteAsync(long issueId, CancellationToken cancellationToken);
}
