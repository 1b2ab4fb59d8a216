using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Ports;

/// <summary>The work items of one project, in batches: what the engine needs of Azure DevOps.</summary>
public interface IWorkItemStore
{
    /// <summary>The project's name, which is the root of its areas and iterations.</summary>
    string Project { get; }

    /// <summary>How many items, addresses or writes go into one request.</summary>
    const int BatchSize = 200;

    /// <summary>
    /// How many requests may be under way at once. More may be begun: those that are too many wait their turn.
    /// </summary>
    int ThrottleLimit { get; }

    /// <summary>The project's id, which stays where the name changes.</summary>
    Guid ProjectId { get; }

    /// <summary>The account that is connected.</summary>
    Account Account { get; }

    /// <summary>
    /// Who made the revisions of the organisation's work items from a time on, in the order in which they were made,
    /// one page at most.
    /// </summary>
    /// <param name="from">The time, that of the first revision included.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<Revision>> ReadRevisionsAsync(DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>
    /// Who made the last revisions of work items, by batches. Those that don't exist or can't be read are left out.
    /// </summary>
    /// <param name="ids">Their ids, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<Revision>> ReadLastRevisionsAsync(
        IReadOnlyCollection<int> ids, CancellationToken cancellationToken);

    /// <summary>The organisation's relation types.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<RelationTypes> GetRelationTypesAsync(CancellationToken cancellationToken);

    /// <summary>The project's work item types, with their workflows and fields.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<WorkItemType>> GetWorkItemTypesAsync(CancellationToken cancellationToken);

    /// <summary>The paths of the project's areas and iterations as they are now.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<ProjectPaths> GetPathsAsync(CancellationToken cancellationToken);

    /// <summary>Makes an area or an iteration under one that exists.</summary>
    /// <param name="field">The reference name of the field that holds such paths.</param>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Why it was not made, as where it exists already; null where it was.</returns>
    Task<ServiceError?> CreatePathAsync(string field, string path, CancellationToken cancellationToken);

    /// <summary>Removes an area or an iteration, and all below it. Work items in it go to the root.</summary>
    /// <param name="field">The reference name of the field that holds such paths.</param>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> RemovePathAsync(string field, string path, CancellationToken cancellationToken);

    /// <summary>The work items in an area or an iteration and below it, so many as a page has.</summary>
    /// <param name="field">The reference name of the field that holds such paths.</param>
    /// <param name="path">The path.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<int>> ListInPathAsync(string field, string path, CancellationToken cancellationToken);

    /// <summary>A work item's history, oldest first; that of one that does not exist is empty.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="skip">How many entries, from the oldest, are left out.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<WorkItemUpdate>> ReadHistoryAsync(int workItemId, int skip, CancellationToken cancellationToken);

    /// <summary>
    /// Reads work items with their relations, by batches. Those that don't exist or can't be read are left out.
    /// </summary>
    /// <param name="ids">Their ids, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<WorkItem>> ReadAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken);

    /// <summary>
    /// Finds the organisation's work items that hold a hyperlink to one of the addresses, by batches.
    /// </summary>
    /// <param name="urls">Addresses, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work items, by address.</returns>
    Task<ILookup<string, HyperlinkOwner>> FindByHyperlinkAsync(
        IReadOnlyCollection<string> urls, CancellationToken cancellationToken);

    /// <summary>Finds the organisation's work items whose field has one of the values, by batches.</summary>
    /// <param name="field">The reference name of a text field.</param>
    /// <param name="values">Values, as many as need be.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The ids of the work items.</returns>
    /// <exception cref="SyncException">
    /// <c>CorrelationFieldInvalid</c>: the organisation can't look for the field.
    /// </exception>
    Task<IReadOnlyList<int>> FindByFieldAsync(
        string field, IReadOnlyCollection<string> values, CancellationToken cancellationToken);

    /// <summary>
    /// The ids of the work items that hold hyperlinks, in ascending order, one page at most.
    /// </summary>
    /// <param name="afterId">The page begins after this id.</param>
    /// <param name="isEverywhere">Whether all of the organisation are meant, not those of the project.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<int>> ListHyperlinkOwnersAsync(
        int afterId, bool isEverywhere, CancellationToken cancellationToken);

    /// <summary>
    /// The ids of the work items that a user's query finds, in ascending order, by pages. A text that names no project
    /// is answered with those of all projects.
    /// </summary>
    /// <param name="wiql">A flat query, or only its condition.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>WiqlInvalid</c>.</exception>
    Task<IReadOnlyList<int>> QueryAsync(string wiql, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<int>>([]);

    /// <summary>Whether a work item is in the project.</summary>
    /// <param name="item">The work item.</param>
    bool Has(WorkItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return string.Equals(item.Project, Project, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Asks whether a work item could be created, and creates none: the permission is proven before the first write.
    /// </summary>
    /// <param name="workItemType">The type.</param>
    /// <param name="bypassRules">Whether it would be written past the rules.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Why the account may not; null where it may, or where only a field's rule is in the way.</returns>
    Task<ServiceError?> TryCreationAsync(string workItemType, bool bypassRules, CancellationToken cancellationToken);

    /// <summary>
    /// Moves work items to the recycle bin, by batches. A batch with one that does not exist moves none.
    /// </summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did. What did not go can be read.</returns>
    Task<ServiceError?> RecycleAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken);

    /// <summary>The work items of the project that are in the recycle bin, by batches.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<IReadOnlyList<DeletedWorkItem>> ReadDeletedAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeletedWorkItem>>([]);

    /// <summary>Brings a work item back from the recycle bin, with the relations that it had.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    Task<ServiceError?> RestoreAsync(int id, CancellationToken cancellationToken);

    /// <summary>
    /// Sends one batch of writes, at most <see cref="BatchSize"/>. They are done in their order, each for itself.
    /// Several batches may be sent at once, where none writes what another does: writes under one parent go into one
    /// batch.
    /// </summary>
    /// <param name="writes">The writes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in the same order.</returns>
    Task<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<WorkItemWrite> writes, CancellationToken cancellationToken);
}
