using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.Syncing;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Undo;

/// <summary>
/// Finds out what became of changes that a run sent and of which its record says no more, because it was killed,
/// stopped or never got an answer. A request is done as a whole or not at all, so one trace of it proves all of it:
/// <code>
/// a creation                     an item has the mark that was drawn for it
/// an edit                        the item has the mark that went with it, or every value that was written
/// a relation that was added      it exists with its comment
/// a relation that was removed    it does not exist, and the item's history shows what was removed instead
/// a comment                      it exists with the text's mark, or is deleted
/// an area or iteration           it exists, or is deleted
/// </code>
/// What left no trace was not done.
/// </summary>
internal sealed class UnsureChanges(SyncContext context)
{
    private const int Looks = 4;

    /// <summary>Separates changes that were made from those that were not.</summary>
    /// <param name="changes">The changes of a record.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Those that were made, in their order; none is unsure any more.</returns>
    public async Task<IReadOnlyList<RunChange>> ResolveAsync(
        IReadOnlyList<RunChange> changes, CancellationToken cancellationToken)
    {
        var unsure = changes.Where(change => change.IsUnsure).ToList();
        if (unsure.Count == 0)
        {
            return changes;
        }

        var created = await FindCreatedAsync(
            unsure.FindAll(change => change.Action == RunAction.Create), cancellationToken)
            .ConfigureAwait(false);
        var ids = unsure.Select(change => change.WorkItemId).Where(id => id > 0).Distinct().ToList();
        var now = (await context.Store.ReadAsync(ids, cancellationToken).ConfigureAwait(false))
            .ToDictionary(item => item.Id);
        var paths = unsure.Exists(change => change.Path is not null)
            ? await context.Store.GetPathsAsync(cancellationToken).ConfigureAwait(false)
            : null;
        var resolved = new List<RunChange>();
        foreach (var change in changes)
        {
            var item = now.GetValueOrDefault(change.WorkItemId);
            var made = !change.IsUnsure ? change : change.Action switch
            {
                RunAction.CreatePath or RunAction.RemovePath =>
                    paths!.Of(change.InTree!.Value.Field)
                        .Contains(change.InTree!.Value.Path) == (change.Action == RunAction.CreatePath) ? change : null,
                RunAction.Create =>
                    OfCreation(change, created.GetValueOrDefault(MarkOf(change.Added)?.Nonce ?? string.Empty)),
                RunAction.Recycle => item is null ? change : null,
                RunAction.Restore => item is null ? null : change with { Added = item.Relations },
                _ => item is null ? null : await OfEditAsync(change, item, cancellationToken).ConfigureAwait(false),
            };
            if (made is not null)
            {
                resolved.Add(made with { IsUnsure = false });
            }
        }

        return resolved;
    }

    /// <summary>
    /// Looks for the items of creations, by the nonces of their marks; what was just made may not show at once.
    /// </summary>
    private async Task<Dictionary<string, WorkItem>> FindCreatedAsync(
        List<RunChange> creations,
        CancellationToken cancellationToken)
    {
        var lookUp = new MarkLookUp(context.Store, context.Site, context.CorrelationField, context.Warn, context.Time);
        var found = new Dictionary<string, WorkItem>();
        var missing = creations.Select(change => MarkOf(change.Added)).OfType<WorkItemMark>().ToList();
        for (var look = 1; missing.Count > 0 && look <= Looks; look++)
        {
            if (look > 1)
            {
                await BackOff.WaitAsync(look - 1, context.Time, cancellationToken).ConfigureAwait(false);
            }

            var issues = missing.Select(mark => mark.Issue).DistinctBy(issue => issue.Id).ToList();
            var owners = await lookUp.FindAgainAsync(issues, cancellationToken).ConfigureAwait(false);
            var ids = owners.Values.SelectMany(list => list).Select(owner => owner.WorkItemId).Distinct().ToList();
            foreach (var item in await context.Authorship.ReadAsync(ids, cancellationToken).ConfigureAwait(false))
            {
                foreach (var (mark, _) in WorkItemMark.FindAll(item, context.Site))
                {
                    // A person's copy has the same nonce; the item came first.
                    found[mark.Nonce] = found.TryGetValue(mark.Nonce, out var other) && other.Id < item.Id
                        ? other
                        : item;
                }
            }

            missing.RemoveAll(mark => found.ContainsKey(mark.Nonce));
        }

        return found;
    }

    private RunChange? OfCreation(RunChange sent, WorkItem? item)
    {
        var issue = MarkOf(sent.Added)?.Issue;
        return item is null ? null : sent with
        {
            WorkItemId = item.Id,
            WorkItemType = item.Type,
            Key = issue?.Key,
            IssueId = issue?.Id,
            Added = item.Relations
                .Where(relation =>
                    sent.Added.Any(one => IsMark(one) ? IsMark(relation) : RecordedRelations.IsAsSent(one, relation)))
                .ToList(),
        };

        bool IsMark(Relation relation) => MarkOf([relation]) is not null;
    }

    private async Task<RunChange?> OfEditAsync(RunChange sent, WorkItem item, CancellationToken cancellationToken)
    {
        var issue = MarkOf(item.Relations)?.Issue;
        var identified = sent with
        {
            WorkItemType = item.Type,
            Key = sent.Key ?? issue?.Key,
            IssueId = sent.IssueId ?? issue?.Id,
        };
        if (sent.After.Count + sent.Added.Count + sent.Removed.Count == 0)
        {
            var now = context.Authorship.CommentsOfOurs(
                await context.Contents!.Store.ReadCommentsAsync(item.Id, cancellationToken).ConfigureAwait(false));
            var comments = sent.Comments.Select(comment => OfComment(comment, now)).OfType<CommentChange>().ToList();
            return comments.Count > 0 ? identified with { Comments = comments } : null;
        }

        var added = sent.Added
            .Select(one => item.Relations.FirstOrDefault(
                relation => RecordedRelations.IsAsSent(one, relation) && relation.Comment == one.Comment))
            .OfType<Relation>()
            .ToList();
        // Relations are removed by index: another one may be removed, and only the item's history shows which.
        var audited = sent.HistoryLength is { } length
            ? RemovalAudit.Find(sent, await context.Store.ReadHistoryAsync(item.Id, length, cancellationToken)
                .ConfigureAwait(false))
                : null;
        var removed = (audited ?? sent.Removed)
            .Where(one => !item.Relations.Any(relation => RecordedRelations.IsSame(one, relation))).ToList();
        var values = new Dictionary<string, object?>(item.Fields, StringComparer.OrdinalIgnoreCase);
        var written = sent.After.Where(field => !Equals(field.Value, sent.Before.GetValueOrDefault(field.Key)))
            .ToList();
        var isDone = added.Count > 0
            || (sent.Added.Count == 0 && removed.Count > 0)
            || (written.Count > 0
                && written.TrueForAll(field => Equals(field.Value, values.GetValueOrDefault(field.Key))));
        return !isDone ? null : identified with
        {
            // Where nobody edited it since, the item shows how the service keeps what it was given.
            After = sent.After.ToDictionary(
                field => field.Key, field => item.Rev == sent.Rev ? values.GetValueOrDefault(field.Key) : field.Value),
            Added = sent.Added.Select(one => added.Find(relation => RecordedRelations.IsAsSent(one, relation)) ?? one)
                .ToList(),
            Removed = sent.Added.Count > 0 && audited is null ? sent.Removed : removed,
        };
    }

    private CommentChange? OfComment(CommentChange sent, IReadOnlyList<WorkItemComment> now)
    {
        var current = UndoPlanner.FindCurrent(now, sent, context.Site);
        return sent.After is null ? (current is null ? sent : null)
            : current is null ? null
            : sent.Before is null ? sent with { Id = current.Id }
            : current.Version >= sent.Version && current.Html != sent.Before ? sent
            : null;
    }

    private WorkItemMark? MarkOf(IReadOnlyList<Relation> relations) =>
        WorkItemMark.FindAll(relations, context.Site).Select(found => found.Mark).FirstOrDefault();
}
