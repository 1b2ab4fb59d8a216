using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Writing;

/// <summary>
/// What a write really removed from a work item, by the item's own history. Relations are removed by index in a list
/// that nothing guards, so what was at an index may be one that no run of ours has seen; and an edit of links makes no
/// revision that says which entry of the history is ours. But everything that happened since is known, and with it what
/// existed after each entry. Ours is the entry of this account that edited and removed as we did, at the revision and
/// with the relations that our answer shows:
/// <code>
/// read   P Q               we remove Q, index 1; the answer shows Q
/// history since            -P (somebody) -> Q    +R (somebody) -> Q R    -R (this account) -> Q    -Q (this account) -> none
///                                                                        ours: restore R          another run's
/// </code>
/// Where more than one entry fits, another client of the same account did the like in the same moment. Then each of
/// them counts, and the audit is not certain: it is better to restore what that client removed than to lose what we
/// removed.
/// </summary>
/// <param name="Relations">The relations that were removed.</param>
/// <param name="IsCertain">Whether it was this write that removed them, and nothing else.</param>
internal sealed record RemovalAudit(IReadOnlyList<Relation> Relations, bool IsCertain)
{
    /// <summary>What was removed and does not exist: what was meant, and what was removed by mistake.</summary>
    /// <param name="after">The item afterwards.</param>
    /// <param name="isMeant">Whether a relation was to be removed.</param>
    public ILookup<bool, Relation> Missing(WorkItem after, Func<Relation, bool> isMeant)
    {
        var existing = after.Relations.Select(relation => relation.Identity).ToHashSet();
        return Relations.Where(relation => !existing.Contains(relation.Identity)).ToLookup(isMeant);
    }

    /// <summary>
    /// What was removed by mistake. Where it is not certain who removed it, what has a mark is left to the next run,
    /// which knows whether it is desired.
    /// </summary>
    /// <param name="after">The item afterwards.</param>
    /// <param name="isMeant">Whether a relation was to be removed.</param>
    /// <param name="site">The site whose marks are ours.</param>
    public List<Relation> FindLost(WorkItem after, Func<Relation, bool> isMeant, JiraSite site) =>
        Missing(after, isMeant)[false]
            .Where(relation => IsCertain || RelationMark.Of(relation, site) is null)
            .ToList();

    /// <summary>Looks for what a write removed.</summary>
    /// <param name="write">The write.</param>
    /// <param name="before">The item as it was read before.</param>
    /// <param name="answer">The item as the write's answer shows it; null where the answer was lost.</param>
    /// <param name="since">The history since some moment before the item was read.</param>
    public static RemovalAudit Find(
        WorkItemWrite write,
        WorkItem before,
        WorkItem? answer,
        IReadOnlyList<WorkItemUpdate> since)
    {
        if (write.RemoveRelations.Count == 0)
        {
            return new RemovalAudit([], IsCertain: true);
        }

        var added = write.AddRelations.Select(one => (one.ReferenceName, one.TargetWorkItemId)).ToList();
        var like = Enumerable.Range(0, since.Count)
            .Where(index => IsLike(since[index], write.RemoveRelations.Count, added))
            .ToList();
        var fitting = answer is null
            ? like
            : like.Where(index => since[index].Rev == answer.Rev
                && (write.RelationComments.Count == 0 || since[index].Changed.Count > 0)
                && Leads(before, since, index, answer)).ToList();
        if (fitting.Count > 0 || answer is null)
        {
            return new RemovalAudit(
                fitting.SelectMany(index => since[index].Removed).Select(AsShown).ToList(), fitting.Count == 1);
        }

        // The history does not show our edit yet, or shows it otherwise: what is seen to be missing counts, and
        // whatever this account removed.
        var existing = answer.Relations.Select(relation => relation.Identity).ToHashSet();
        return new RemovalAudit(
            before.Relations.Where(relation => !existing.Contains(relation.Identity))
                .Concat(since.Where(update => update.IsOwn).SelectMany(update => update.Removed).Select(AsShown))
                .DistinctBy(relation => relation.Identity)
                .ToList(),
            IsCertain: false);

        Relation AsShown(Relation removed) => Shown(removed, before.Relations, since);
    }

    /// <summary>
    /// Looks for what a write removed of which only the record of its run is known: the first entry that fits counts,
    /// since later ones are of later runs.
    /// </summary>
    /// <param name="sent">The write, as it was recorded before it was sent.</param>
    /// <param name="since">The history since some moment before the item was read.</param>
    /// <returns>
    /// What it removed, and with it what it gave another comment; null where the history of this account does not show
    /// it.
    /// </returns>
    public static IReadOnlyList<Relation>? Find(RunChange sent, IReadOnlyList<WorkItemUpdate> since)
    {
        // A relation whose comment was changed is recorded as removed and added; the history shows neither.
        var changed = sent.Removed.Where(one => sent.Added.Any(added => added.Identity == one.Identity)).ToList();
        var added = sent.Added
            .Where(one => !changed.Exists(other => other.Identity == one.Identity))
            .Select(one => (one.ReferenceName, one.TargetWorkItemId))
            .ToList();
        return since.FirstOrDefault(update => IsLike(update, sent.Removed.Count - changed.Count, added))?.Removed
            .Select(one => Shown(one, sent.Removed, since))
            .Concat(changed)
            .ToList();
    }

    /// <summary>
    /// A history may show relations without their comments; where nobody made it anew meanwhile, it is the one that we
    /// read.
    /// </summary>
    private static Relation Shown(
        Relation removed,
        IReadOnlyList<Relation> read,
        IReadOnlyList<WorkItemUpdate> since) =>
        removed.Comment is null
        && read.FirstOrDefault(one => one.Identity == removed.Identity) is { } seen
        && !since.Any(update => update.Added.Any(added => added.Identity == removed.Identity)) ? seen : removed;

    private static bool IsLike(
        WorkItemUpdate update, int removed, IReadOnlyList<(string ReferenceName, int? TargetWorkItemId)> added) =>
        update.IsOwn
        && update.Removed.Count == removed
        && added.All(one => update.Added.Any(other => (other.ReferenceName, other.TargetWorkItemId) == one));

    /// <summary>
    /// Whether the history leads from one state to the other, with the entry at an index as the last of it.
    /// </summary>
    private static bool Leads(WorkItem from, IReadOnlyList<WorkItemUpdate> since, int last, WorkItem to)
    {
        var start = from.Relations.Select(relation => relation.Identity).ToHashSet();
        var state = to.Relations.Select(relation => relation.Identity).ToHashSet();
        for (var index = last; index >= 0; index--)
        {
            state.ExceptWith(since[index].Added.Select(relation => relation.Identity));
            state.UnionWith(since[index].Removed.Select(relation => relation.Identity));
            if (state.SetEquals(start))
            {
                return true;
            }
        }

        return false;
    }
}
