using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Writing;

/// <summary>
/// The one way to remove or edit relations of a work item. A relation is named by its index in the item's list. The
/// revision guards fields, files and hyperlinks, but not that list: when another client edits relations to work items
/// between our read and our write, the indexes shift without a sign. So every such edit follows one protocol:
/// <list type="number">
/// <item><see cref="ReadAsync"/> counts the entries of the item's history, then reads the item.</item>
/// <item>The caller makes the write from what was read and sends it; <see cref="RemoveAsync"/> does both.</item>
/// <item>
/// <see cref="AuditAsync"/> reads the history since and finds out what the write really removed (see
/// <see cref="RemovalAudit"/>).
/// </item>
/// <item>
/// <see cref="RestoreAsync"/> adds what was removed by mistake again (see <see cref="RelationRestorer"/>), and gives
/// a relation that got another one's comment its own.
/// </item>
/// </list>
/// <code>
/// read       [Related 7, page]     remove the page: index 1
/// meanwhile  somebody removed Related 7, and added Related 8 and 9: [page, Related 8, Related 9]
/// history    we removed Related 8  =>  add it again; the page still exists  =>  the next attempt removes it
/// </code>
/// </summary>
internal sealed class PositionalEdits
{
    private const int CommentAttempts = 3;

    private readonly IWorkItemStore _store;
    private readonly JiraSite _site;
    private readonly BatchSender _sender;
    private readonly RelationRestorer _restorer;

    /// <summary>Makes the editor.</summary>
    /// <param name="store">The project's work items.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <param name="sender">Sends the writes.</param>
    /// <param name="log">Records what was removed and added.</param>
    public PositionalEdits(IWorkItemStore store, JiraSite site, BatchSender sender, RunLog log)
    {
        (_store, _site, _sender) = (store, site, sender);
        _restorer = new RelationRestorer(store, site, this, sender, log);
    }

    /// <summary>Reads work items that are to be edited.</summary>
    /// <param name="ids">The work items.</param>
    /// <param name="losing">Those of them that may lose relations: the lengths of their histories are read
    /// first.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<EditBaseline> ReadAsync(
        IReadOnlyCollection<int> ids,
        IReadOnlyCollection<int> losing,
        CancellationToken cancellationToken)
    {
        // A history has an entry for each revision at least, so only those beyond are read.
        var current = await _store.ReadAsync(losing, cancellationToken).ConfigureAwait(false);
        var revisions = current.ToDictionary(item => item.Id, item => item.Rev - 1);
        var later = await ReadHistoriesAsync(revisions.Keys, revisions, cancellationToken).ConfigureAwait(false);
        var lengths = revisions.ToDictionary(pair => pair.Key, pair => pair.Value + later[pair.Key].Count);
        var items = await _store.ReadAsync(ids, cancellationToken).ConfigureAwait(false);
        return new EditBaseline(items.ToDictionary(item => item.Id), lengths);
    }

    /// <summary>Sends removals once and audits them. What they removed by mistake is not restored yet.</summary>
    /// <param name="batch">The removals, none of which touches a work item that another one is written to.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<RemovalAttempt>> RemoveAsync(
        IReadOnlyList<RemovalsOnItem> batch,
        CancellationToken cancellationToken)
    {
        var ids = batch.Select(one => one.OwnerId).ToList();
        var baseline = await ReadAsync(ids, ids, cancellationToken).ConfigureAwait(false);
        var attempts = batch.Select(Prepare).ToList();
        var sent = attempts.FindAll(one => one.Written is not null);
        var outcomes = await _sender.WriteAsync(sent.ConvertAll(one => one.Written!), cancellationToken)
            .ConfigureAwait(false);
        foreach (var (one, outcome) in sent.Zip(outcomes))
        {
            one.Error = outcome.Error;
            one.Edit = outcome.WorkItem is { } after ? EditOf(one, after, isAnswered: true) : null;
        }

        var unsure = sent.FindAll(one => one.Error is { MayBeDone: true });
        if (unsure.Count > 0)
        {
            await _sender.PauseAsync(unsure.Max(one => one.Removals.Attempt), cancellationToken).ConfigureAwait(false);
            var now = await ReadAsync(unsure.ConvertAll(one => one.Removals.OwnerId), [], cancellationToken)
                .ConfigureAwait(false);
            foreach (var one in unsure)
            {
                one.Edit = now.Items.GetValueOrDefault(one.Removals.OwnerId) is { } item
                    && one.Removals.MayBeDone(item) ? EditOf(one, item, isAnswered: false) : null;
            }
        }

        var edited = sent.FindAll(one => one.Edit is not null || one.Error is { MayBeDone: true });
        var histories = await ReadSinceAsync(edited.Select(one => one.Removals.OwnerId), baseline, cancellationToken)
            .ConfigureAwait(false);
        foreach (var one in edited)
        {
            var history = histories[one.Removals.OwnerId];
            one.IsAudited = history is not null;
            one.Edit?.Audit(history);
        }

        return attempts;

        RemovalAttempt Prepare(RemovalsOnItem removals)
        {
            var before = baseline.Find(removals.OwnerId);
            var write = before is null ? null : removals.ToWrite(before);
            return new RemovalAttempt(removals, before, write is null ? null : baseline.Guard(write));
        }

        static PositionalEdit EditOf(RemovalAttempt attempt, WorkItem after, bool isAnswered) =>
            new(attempt.Written!, attempt.Before!, after, attempt.Removals.Change.IssueOf)
            {
                IsAnswered = isAnswered,
                IsMeant = attempt.Removals.Removes,
                Beside = attempt.Removals.Addition,
            };
    }

    /// <summary>Audits edits and restores what they did to others.</summary>
    /// <param name="edits">The edits that were made.</param>
    /// <param name="baseline">What was read before them.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Why an edit did not do what was meant, by work item.</returns>
    public async Task<IReadOnlyDictionary<int, ServiceError>> VerifyAsync(
        IReadOnlyCollection<PositionalEdit> edits,
        EditBaseline baseline,
        CancellationToken cancellationToken)
    {
        await AuditAsync(edits, baseline, cancellationToken).ConfigureAwait(false);
        var errors = new Dictionary<int, ServiceError>();
        foreach (var edit in edits)
        {
            var isMisplaced = await RestoreCommentsAsync(edit, cancellationToken).ConfigureAwait(false);
            var restored = await RestoreAsync(edit, cancellationToken).ConfigureAwait(false);
            if ((restored.Error ?? (isMisplaced || edit.HasMissed ? Missed(edit) : null)) is { } error)
            {
                errors[edit.After.Id] = error;
            }
        }

        return errors;
    }

    /// <summary>Adds what an audited edit removed by mistake again.</summary>
    /// <param name="edit">The edit.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RestoredRelations> RestoreAsync(PositionalEdit edit, CancellationToken cancellationToken)
    {
        var restored = await _restorer
            .RestoreAsync(edit.FindLost(_site), edit.IssueOf, edit.Beside, cancellationToken)
            .ConfigureAwait(false);
        return restored with
        {
            Error = restored.Lost.Count > 0 ? CannotRestore(restored.Lost, edit.Removal!.IsCertain)
                : !edit.IsAudited ? Unreadable(edit.After.Id)
                : restored.Unreadable is { } unreadable ? Unreadable(unreadable)
                : null,
        };
    }

    /// <summary>Gives relations of a work item the comments that they should have, wherever they are by now.</summary>
    /// <param name="workItemId">The work item.</param>
    /// <param name="comments">The comments, by what identifies the relations.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task SetCommentsAsync(
        int workItemId,
        IReadOnlyDictionary<(string Type, string Target), string> comments,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= CommentAttempts; attempt++)
        {
            var now = (await _store.ReadAsync([workItemId], cancellationToken).ConfigureAwait(false)).SingleOrDefault();
            var wrong = now is null ? [] : Enumerable.Range(0, now.Relations.Count)
                .Where(index => comments.TryGetValue(now.Relations[index].Identity, out var wanted)
                    && wanted != (now.Relations[index].Comment ?? string.Empty))
                .ToDictionary(index => index, index => comments[now.Relations[index].Identity]);
            if (wrong.Count == 0)
            {
                return;
            }

            var write = new WorkItemWrite { WorkItemId = workItemId, RelationComments = wrong };
            var outcome = (await _store.WriteAsync([write], cancellationToken).ConfigureAwait(false))[0];
            if (outcome.WorkItem is { } after && attempt < CommentAttempts)
            {
                await RestoreCommentsAsync(new PositionalEdit(write, now!, after, _ => null), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>Why a change can't be reported as done: nobody knows what was removed.</summary>
    /// <param name="workItemId">The work item whose history can't be read.</param>
    public static ServiceError Unreadable(int workItemId) => new(
        Failure.RequestFailed,
        $"The history of work item {workItemId} can't be read after a relation was removed, so it is unknown whether a "
        + "relation of somebody else was removed instead. Check that work item; the next run completes the rest.");

    private static ServiceError CannotRestore(IEnumerable<Relation> lost, bool isCertain) => new(
        Failure.WorkItemChanged,
        $"A relation of somebody else {(isCertain ? "was" : "may have been")} removed instead of ours and can't be "
        + $"put back: {string.Join(", ", lost)}.");

    private static ServiceError Missed(PositionalEdit edit) => new(
        Failure.WorkItemChanged,
        $"Somebody else edited relations of work item {edit.After.Id} at the same time; the next run completes it.");

    /// <summary>Finds out what edits removed.</summary>
    private async Task AuditAsync(
        IReadOnlyCollection<PositionalEdit> edits,
        EditBaseline baseline,
        CancellationToken cancellationToken)
    {
        var removing = edits.Where(edit => edit.Written.RemoveRelations.Count > 0).ToList();
        var histories = await ReadSinceAsync(removing.Select(edit => edit.After.Id), baseline, cancellationToken)
            .ConfigureAwait(false);
        removing.ForEach(edit => edit.Audit(histories[edit.After.Id]));
    }

    /// <summary>Gives relations that got another one's comment their own.</summary>
    /// <returns>Whether there were any.</returns>
    private async Task<bool> RestoreCommentsAsync(PositionalEdit edit, CancellationToken cancellationToken)
    {
        var (written, before, after) = (edit.Written, edit.Before, edit.After);
        var meant = written.RelationComments.Keys.Select(index => before.Relations[index].Identity).ToHashSet();
        var own = before.Relations
            .DistinctBy(relation => relation.Identity)
            .ToDictionary(relation => relation.Identity, relation => relation.Comment);
        var wrong = after.Relations
            .Where(relation => relation.Comment is { } comment
                && written.RelationComments.Values.Contains(comment)
                && !written.AddRelations.Any(added => added.Comment == comment)
                && !meant.Contains(relation.Identity)
                && own.GetValueOrDefault(relation.Identity) != comment)
            .Select(relation => relation.Identity)
            .ToList();
        if (wrong.Count == 0)
        {
            return false;
        }

        // Only the history shows the comment of what somebody added after we read.
        var history = wrong.TrueForAll(own.ContainsKey)
            ? []
            : await _store.ReadHistoryAsync(after.Id, Math.Max(0, before.Rev - 1), cancellationToken)
                .ConfigureAwait(false);
        var unseen = history.SelectMany(update => update.Added).ToList();
        var comments = wrong.Distinct().ToDictionary(one => one, one => OwnOf(one) ?? string.Empty);
        await SetCommentsAsync(after.Id, comments, cancellationToken).ConfigureAwait(false);
        return true;

        string? OwnOf((string, string) relation) => own.TryGetValue(relation, out var comment)
            ? comment
            : unseen.FindLast(added => added.Identity == relation)?.Comment;
    }

    /// <summary>
    /// What histories have beyond the baseline; null where one can't be read. What is seen to be missing is restored
    /// all the same, and the edit fails: a run must not end between a removal and its restoration.
    /// </summary>
    private async Task<Dictionary<int, IReadOnlyList<WorkItemUpdate>?>> ReadSinceAsync(
        IEnumerable<int> ids,
        EditBaseline baseline,
        CancellationToken cancellationToken)
    {
        var since = ids.ToDictionary(id => id, _ => (IReadOnlyList<WorkItemUpdate>?)null);
        try
        {
            var read = await ReadHistoriesAsync(since.Keys.ToList(), baseline.HistoryLengths, cancellationToken)
                .ConfigureAwait(false);
            foreach (var (id, updates) in read)
            {
                since[id] = updates;
            }
        }
        catch (ServiceException)
        {
            // Which of them failed does not matter: every edit of the batch is reported.
        }

        return since;
    }

    private Task<IReadOnlyDictionary<int, IReadOnlyList<WorkItemUpdate>>> ReadHistoriesAsync(
        IEnumerable<int> ids,
        IReadOnlyDictionary<int, int> lengths,
        CancellationToken cancellationToken) =>
        SideBySide.ReadAsync(
            ids.ToList(),
            _store.ThrottleLimit,
            (id, cancellationToken) => _store.ReadHistoryAsync(id, lengths[id], cancellationToken),
            cancellationToken);
}
