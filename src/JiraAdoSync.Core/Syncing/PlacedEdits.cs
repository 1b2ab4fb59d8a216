using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Runs;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Edits of work items that name relations by their places, to remove them or to give them other comments. Their
/// revision guards fields, files and hyperlinks, but no relations to work items: somebody who edits those between our
/// read and our write shifts the places without a sign. So it is looked afterwards what an edit did. What it took by
/// mistake is put back, and what got another's comment gets its own:
/// <code>
/// read      [Related 7, page]     remove the page: place 1
/// meanwhile somebody removed Related 7, and added Related 8 and 9: [page, Related 8, Related 9]
/// history   we removed Related 8  =>  put it back; the page stands  =>  the next run does the rest
/// </code>
/// </summary>
internal sealed class PlacedEdits(IWorkItemStore store, JiraSite site, BatchSender sender, RunLog log)
{
    private const int Attempts = 3;

    private readonly RecentHistory _history = new(store);
    private readonly RelationRestorer _restorer = new(store, site, sender, log);

    /// <summary>
    /// Looks how long the histories of work items are that are to lose relations, before they are read.
    /// </summary>
    public Task<IReadOnlyDictionary<int, int>> CountAsync(IEnumerable<int> ids, CancellationToken token) =>
        _history.CountAsync(ids.ToList(), token);

    /// <summary>Looks what edits did, and mends what they did to others.</summary>
    /// <param name="edits">The edits that were done.</param>
    /// <param name="known">
    /// How long histories were before the items were read; of those at least that lost relations.
    /// </param>
    /// <param name="token">Ends the work.</param>
    /// <returns>Why an edit did not do what was meant, by work item.</returns>
    public async Task<IReadOnlyDictionary<int, ServiceError>> VerifyAsync(
        IReadOnlyCollection<PlacedEdit> edits,
        IReadOnlyDictionary<int, int> known,
        CancellationToken token)
    {
        var removing = edits.Where(edit => edit.Written.RemoveRelations.Count > 0).Select(edit => edit.After.Id);
        var since = await _history.SinceAsync(removing, known, token).ConfigureAwait(false);
        var errors = new Dictionary<int, ServiceError>();
        foreach (var edit in edits)
        {
            var hasMissed = await PutCommentsBackAsync(edit.Written, edit.Before, edit.After, token)
                .ConfigureAwait(false);
            var error = since.TryGetValue(edit.After.Id, out var history)
                ? await PutRelationsBackAsync(edit, history, token).ConfigureAwait(false)
                : null;
            if (error is not null || hasMissed)
            {
                errors[edit.After.Id] = error ?? Missed(edit);
            }
        }

        return errors;
    }

    /// <summary>Gives relations of a work item the comments that they should have, wherever they are by now.</summary>
    public async Task SetCommentsAsync(
        int workItemId,
        IReadOnlyDictionary<(string Type, string Target), string> comments,
        CancellationToken token)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var now = (await store.ReadAsync([workItemId], token).ConfigureAwait(false)).SingleOrDefault();
            var places = now is null ? [] : Enumerable.Range(0, now.Relations.Count)
                .Where(place => comments.TryGetValue(now.Relations[place].Identity, out var wanted)
                    && wanted != (now.Relations[place].Comment ?? string.Empty))
                .ToDictionary(place => place, place => comments[now.Relations[place].Identity]);
            if (places.Count == 0)
            {
                return;
            }

            var write = new WorkItemWrite { WorkItemId = workItemId, RelationComments = places };
            if ((await store.WriteAsync([write], token).ConfigureAwait(false))[0].WorkItem is { } after
                && attempt < Attempts)
            {
                await PutCommentsBackAsync(write, now!, after, token).ConfigureAwait(false);
            }
        }
    }

    /// <returns>Whether any had got another's comment.</returns>
    private async Task<bool> PutCommentsBackAsync(
        WorkItemWrite written,
        WorkItem before,
        WorkItem after,
        CancellationToken token)
    {
        var meant = written.RelationComments.Keys.Select(place => before.Relations[place].Identity).ToHashSet();
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

        // What somebody added after we read, only the history tells.
        var history = wrong.TrueForAll(own.ContainsKey)
            ? []
            : await store.ReadHistoryAsync(after.Id, Math.Max(0, before.Rev - 1), token).ConfigureAwait(false);
        var unseen = history.SelectMany(update => update.Added).ToList();
        var comments = wrong.Distinct().ToDictionary(one => one, one => OwnOf(one) ?? string.Empty);
        await SetCommentsAsync(after.Id, comments, token).ConfigureAwait(false);
        return true;

        string? OwnOf((string, string) relation) => own.TryGetValue(relation, out var comment)
            ? comment
            : unseen.FindLast(added => added.Identity == relation)?.Comment;
    }

    private async Task<ServiceError?> PutRelationsBackAsync(
        PlacedEdit edit,
        IReadOnlyList<WorkItemUpdate>? since,
        CancellationToken token)
    {
        var (written, before, after) = (edit.Written, edit.Before, edit.After);
        var taken = TakenRelations.Find(written, before, edit.IsAnswered ? after : null, since ?? []);
        var meant = written.RemoveRelations.Select(place => before.Relations[place].Identity).ToHashSet();
        var lost = taken.FindLost(after, relation => meant.Contains(relation.Identity), site);
        var restored = await _restorer
            .PutBackAsync(lost, id => id == after.Id ? edit.Issue : null, beside: null, token)
            .ConfigureAwait(false);
        foreach (var relation in restored.Lost)
        {
            log.Related(relation.WorkItemId == after.Id ? edit.Issue : null, relation.WorkItemId, [relation], []);
        }

        return restored.Lost.Count > 0 ? RelationRestorer.CannotPutBack(restored.Lost, taken.IsCertain)
            : since is null ? RecentHistory.Unreadable(after.Id)
            : restored.Unreadable is { } unreadable ? RecentHistory.Unreadable(unreadable)
            : after.Relations.Any(relation => meant.Contains(relation.Identity)) ? Missed(edit)
            : null;
    }

    private static ServiceError Missed(PlacedEdit edit) => new(
        Failure.WorkItemChanged,
        $"Somebody else edited relations of work item {edit.After.Id} meanwhile; the next run completes it.");
}

/// <summary>An edit that was done.</summary>
/// <param name="Written">What was sent.</param>
/// <param name="Before">The item as it was read before.</param>
/// <param name="After">The item afterwards.</param>
/// <param name="IsAnswered">Whether that is the write's own answer.</param>
/// <param name="Issue">The issue that the item stands for; null where none is known.</param>
internal sealed record PlacedEdit(
    WorkItemWrite Written,
    WorkItem Before,
    WorkItem After,
    bool IsAnswered,
    IssueReference? Issue);
