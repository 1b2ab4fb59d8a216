using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Runs;

namespace JiraAdoSync.Syncing;

/// <summary>
/// What a write took from a work item, by the item's own history. Relations go by their place in a list that nothing
/// guards, so what was at that place may be one that nobody of ours has seen; and an edit of links makes no revision
/// that tells which entry of the history is ours. But all that happened since is known, and with it what stood after
/// each entry. Ours is the one of this account that edited and removed as we did, at the revision and with the
/// relations that our answer shows:
/// <code>
/// read   P Q               we remove Q, place 1; the answer shows Q
/// history since            -P (somebody) -> Q    +R (somebody) -> Q R    -R (this account) -> Q    -Q (this account) -> none
///                                                                        ours: R is put back      another run's
/// </code>
/// Where more than one entry fits, another client of the same account did the like in the same moment. Then each of
/// them counts, and it is not certain: better that something comes back which that client took than that ours takes
/// something.
/// </summary>
/// <param name="Relations">The relations that went.</param>
/// <param name="IsCertain">Whether it was this write that took them, and nothing else.</param>
internal sealed record TakenRelations(IReadOnlyList<Relation> Relations, bool IsCertain)
{
    /// <summary>What went and does not stand: what was meant to go, and what went by mistake.</summary>
    /// <param name="after">The item afterwards.</param>
    /// <param name="isMeant">Whether a relation was to go.</param>
    public ILookup<bool, Relation> Gone(WorkItem after, Func<Relation, bool> isMeant)
    {
        var standing = after.Relations.Select(relation => relation.Identity).ToHashSet();
        return Relations.Where(relation => !standing.Contains(relation.Identity)).ToLookup(isMeant);
    }

    /// <summary>
    /// What went by mistake. Where it is not certain who took it, what has a mark is left to the next run, which knows
    /// whether it is wanted.
    /// </summary>
    /// <param name="after">The item afterwards.</param>
    /// <param name="isMeant">Whether a relation was to go.</param>
    /// <param name="site">The site whose marks are ours.</param>
    public List<Relation> FindLost(WorkItem after, Func<Relation, bool> isMeant, JiraSite site) =>
        Gone(after, isMeant)[false]
            .Where(relation => IsCertain || RelationMark.Parse(relation.Comment, site) is null)
            .ToList();

    /// <summary>Looks for what a write took.</summary>
    /// <param name="write">The write.</param>
    /// <param name="before">The item as it was read before.</param>
    /// <param name="answer">The item as the write's answer shows it; null where the answer was lost.</param>
    /// <param name="since">The history since some moment before the item was read.</param>
    public static TakenRelations Find(
        WorkItemWrite write,
        WorkItem before,
        WorkItem? answer,
        IReadOnlyList<WorkItemUpdate> since)
    {
        if (write.RemoveRelations.Count == 0)
        {
            return new TakenRelations([], IsCertain: true);
        }

        var added = write.AddRelations.Select(one => (one.ReferenceName, one.TargetWorkItemId)).ToList();
        var like = Enumerable.Range(0, since.Count)
            .Where(place => IsLike(since[place], write.RemoveRelations.Count, added))
            .ToList();
        var fitting = answer is null
            ? like
            : like.Where(place => since[place].Rev == answer.Rev
                && (write.RelationComments.Count == 0 || since[place].Changed.Count > 0)
                && Leads(before, since, place, answer)).ToList();
        if (fitting.Count > 0 || answer is null)
        {
            return new TakenRelations(
                fitting.SelectMany(place => since[place].Removed).Select(AsShown).ToList(), fitting.Count == 1);
        }

        // A history that does not tell our edit yet, or tells it otherwise: what can be seen counts, and whatever this
        // account removed.
        var standing = answer.Relations.Select(relation => relation.Identity).ToHashSet();
        return new TakenRelations(
            before.Relations.Where(relation => !standing.Contains(relation.Identity))
                .Concat(since.Where(update => update.IsOwn).SelectMany(update => update.Removed).Select(AsShown))
                .DistinctBy(relation => relation.Identity)
                .ToList(),
            IsCertain: false);

        Relation AsShown(Relation gone) => Shown(gone, before.Relations, since);
    }

    /// <summary>
    /// Looks for what a write took of which only the record of its run tells: the first entry that fits counts, since
    /// later ones are of later runs.
    /// </summary>
    /// <param name="sent">The write, as it was recorded before it was sent.</param>
    /// <param name="since">The history since some moment before the item was read.</param>
    /// <returns>
    /// What it took, and with it what it gave another comment; null where the history of this account tells nothing of
    /// it.
    /// </returns>
    public static IReadOnlyList<Relation>? Find(RunChange sent, IReadOnlyList<WorkItemUpdate> since)
    {
        // A relation whose comment was changed is recorded as removed and added; the history tells neither.
        var changed = sent.Removed.Where(gone => sent.Added.Any(one => one.Identity == gone.Identity)).ToList();
        var added = sent.Added
            .Where(one => !changed.Exists(other => other.Identity == one.Identity))
            .Select(one => (one.ReferenceName, one.TargetWorkItemId))
            .ToList();
        return since.FirstOrDefault(update => IsLike(update, sent.Removed.Count - changed.Count, added))?.Removed
            .Select(gone => Shown(gone, sent.Removed, since))
            .Concat(changed)
            .ToList();
    }

    /// <summary>
    /// A history may tell relations without their comments; where nobody made it anew meanwhile, it is the one that we
    /// read.
    /// </summary>
    private static Relation Shown(Relation gone, IReadOnlyList<Relation> read, IReadOnlyList<WorkItemUpdate> since) =>
        gone.Comment is null
        && read.FirstOrDefault(one => one.Identity == gone.Identity) is { } seen
        && !since.Any(update => update.Added.Any(added => added.Identity == gone.Identity)) ? seen : gone;

    private static bool IsLike(
        WorkItemUpdate update, int removed, IReadOnlyList<(string ReferenceName, int? TargetWorkItemId)> added) =>
        update.IsOwn
        && update.Removed.Count == removed
        && added.All(one => update.Added.Any(other => (other.ReferenceName, other.TargetWorkItemId) == one));

    /// <summary>
    /// Whether the history leads from one state to the other, with the entry at a place as the last of it.
    /// </summary>
    private static bool Leads(WorkItem from, IReadOnlyList<WorkItemUpdate> since, int last, WorkItem to)
    {
        var start = from.Relations.Select(relation => relation.Identity).ToHashSet();
        var state = to.Relations.Select(relation => relation.Identity).ToHashSet();
        for (var place = last; place >= 0; place--)
        {
            state.ExceptWith(since[place].Added.Select(relation => relation.Identity));
            state.UnionWith(since[place].Removed.Select(relation => relation.Identity));
            if (state.SetEquals(start))
            {
                return true;
            }
        }

        return false;
    }
}
