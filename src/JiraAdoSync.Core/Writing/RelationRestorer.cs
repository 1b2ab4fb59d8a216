using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Writing;

/// <summary>
/// Restores relations that were removed by mistake, with comment and lock. A relation that people made is a fact: where
/// one of ours took its index meanwhile, even another run's, ours is removed and theirs is restored. Whoever wants ours
/// finds theirs there and adopts it. To remove ours may remove something by mistake too, which is then restored the
/// same way:
/// <code>
/// lost       #1 Related #3 "theirs"
/// meanwhile  another run added #3 Related #1 "A-3 relates to A-1 [jira:...]"
///            remove that on #3, where its mark shows; add #1 Related #3 "theirs"
/// </code>
/// </summary>
internal sealed class RelationRestorer(
    IWorkItemStore store,
    JiraSite site,
    PositionalEdits edits,
    BatchSender sender,
    RunLog log)
{
    private const int Attempts = 5;

    /// <summary>Adds relations again, each for itself.</summary>
    /// <param name="relations">The relations that were removed by mistake.</param>
    /// <param name="issueOf">Finds the issue of a work item; null where none is known.</param>
    /// <param name="beside">What the edit added; it gives way to what can't be restored beside it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<RestoredRelations> RestoreAsync(
        IReadOnlyList<Relation> relations,
        Func<int, IssueReference?> issueOf,
        Addition? beside,
        CancellationToken cancellationToken)
    {
        var (lost, displaced, removed) = (relations.ToList(), new List<Relation>(), new List<Relation>());
        int? unreadable = null;
        Record(lost);
        for (var attempt = 1; lost.Count > 0; attempt++)
        {
            var refused = await AddAsync(lost, cancellationToken).ConfigureAwait(false);
            var obstacles = (await FindObstaclesAsync(refused, beside, cancellationToken).ConfigureAwait(false))
                .FindAll(one => !one.IsSettled);
            lost = obstacles.ConvertAll(one => one.Lost);
            var ours = obstacles.SelectMany(one => one.Ours).DistinctBy(one => (one.WorkItemId, one.Identity)).ToList();
            if (attempt == Attempts || (ours.Count == 0 && !obstacles.Exists(one => one.IsCollision)))
            {
                break;
            }

            if (ours.Count == 0)
            {
                await sender.PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
            }

            foreach (var one in ours)
            {
                var attempted = await RemoveAsync(one, issueOf, cancellationToken).ConfigureAwait(false);
                if (attempted.Edit is { } edit)
                {
                    log.Related(issueOf(one.WorkItemId), one.WorkItemId, edit.Removed.ToList(), []);
                    displaced.AddRange(edit.Removed);
                    lost.AddRange(edit.FindLost(site));
                    Record(edit.FindLost(site));
                }

                unreadable = attempted.IsAudited ? unreadable : one.WorkItemId;
            }
        }

        foreach (var relation in removed.Except(lost))
        {
            log.Related(issueOf(relation.WorkItemId), relation.WorkItemId, [], [relation]);
        }

        return new RestoredRelations(lost, displaced, unreadable);

        // Before they are restored: when the run is killed in between, its undo restores them.
        void Record(IReadOnlyList<Relation> lost)
        {
            removed.AddRange(lost);
            foreach (var relation in lost)
            {
                log.Related(issueOf(relation.WorkItemId), relation.WorkItemId, [relation], []);
            }
        }
    }

    /// <returns>Those that the service refuses, and why.</returns>
    private async Task<List<(Relation Lost, ServiceError Error)>> AddAsync(
        List<Relation> lost, CancellationToken cancellationToken)
    {
        var outcomes = await sender.Unrecorded()
            .SendAsync(
                lost,
                together => together
                    .Select(relation => new WorkItemWrite
                    {
                        WorkItemId = relation.WorkItemId,
                        AddRelations = [Again(relation)],
                    })
                    .ToList(),
                FindExistingAsync,
                cancellationToken)
            .ConfigureAwait(false);
        return lost.Zip(outcomes)
            .Where(pair => pair.Second.Error is not null)
            .Select(pair => (pair.First, pair.Second.Error!))
            .ToList();

        async Task<IReadOnlyList<WorkItem?>> FindExistingAsync(
            IReadOnlyList<Relation> unsure,
            CancellationToken cancellationToken)
        {
            var items = await ReadAsync(unsure.Select(relation => relation.WorkItemId), cancellationToken)
                .ConfigureAwait(false);
            return unsure
                .Select(relation => items.TryGetValue(relation.WorkItemId, out var item)
                    && item.Relations.Any(one => one.Identity == relation.Identity) ? item : null)
                .ToList();
        }
    }

    /// <summary>A relation as it was, to be added again.</summary>
    private static NewRelation Again(Relation relation) => new(relation.ReferenceName, relation.Comment ?? string.Empty)
    {
        TargetWorkItemId = relation.TargetWorkItemId,
        Url = relation.TargetWorkItemId is null ? relation.Url : null,
        IsLocked = relation.IsLocked,
    };

    /// <summary>Finds what is in the way of relations that were refused.</summary>
    private async Task<List<Obstacle>> FindObstaclesAsync(
        List<(Relation Lost, ServiceError Error)> refused,
        Addition? beside,
        CancellationToken cancellationToken)
    {
        var types = await store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        var ends = refused.SelectMany(one =>
            new[] { one.Lost.WorkItemId, one.Lost.TargetWorkItemId ?? one.Lost.WorkItemId });
        var items = await ReadAsync(beside is null ? ends : ends.Append(beside.OwnerId), cancellationToken)
            .ConfigureAwait(false);
        var found = refused.ConvertAll(one => (one.Lost, one.Error, InTheWay: InTheWay(one.Lost, one.Error).ToList()));
        var beyond = found.SelectMany(one => one.InTheWay).Select(one => one.TargetWorkItemId).OfType<int>();
        var others = await ReadAsync(beyond, cancellationToken).ConfigureAwait(false);
        return found.ConvertAll(one => new Obstacle(
            one.Lost,
            one.Error.Kind == Failure.DuplicateRelation,
            one.InTheWay.Count > 0,
            IsMarked(one.Lost) ? [] : one.InTheWay.Select(Marked).OfType<Relation>().ToList()));

        // An equal one; the only one that the tree allows; one in the opposite direction; what we added ourselves.
        IEnumerable<Relation> InTheWay(Relation lost, ServiceError error)
        {
            var type = types[lost.ReferenceName];
            var isAtParent = lost.TargetWorkItemId is not null && type.IsForward;
            var (here, rel) = error.Kind switch
            {
                Failure.SecondParent when isAtParent => (lost.TargetWorkItemId!.Value, type.OppositeReferenceName),
                Failure.CircularRelation => (lost.WorkItemId, type.OppositeReferenceName),
                _ => (lost.WorkItemId, lost.ReferenceName),
            };
            var near = RelationsOf(here).Where(one => one.ReferenceName == rel
                && (error.Kind == Failure.SecondParent || one.Identity.Target == lost.Identity.Target));
            return beside is null || error.Kind == Failure.DuplicateRelation
                ? near
                : near.Concat(RelationsOf(beside.OwnerId).Where(beside.Is));
        }

        IEnumerable<Relation> RelationsOf(int id) => items.TryGetValue(id, out var item) ? item.Relations : [];

        bool IsMarked(Relation one) => RelationMark.Of(one, site) is not null;

        // The mark may show at one end only.
        Relation? Marked(Relation one) => IsMarked(one) ? one
            : one.TargetWorkItemId is { } id && others.TryGetValue(id, out var other)
            ? other.Relations.FirstOrDefault(relation => relation.TargetWorkItemId == one.WorkItemId
                && relation.ReferenceName == types[one.ReferenceName].OppositeReferenceName && IsMarked(relation))
            : null;
    }

    /// <summary>Removes a relation of ours, once.</summary>
    private async Task<RemovalAttempt> RemoveAsync(
        Relation ours,
        Func<int, IssueReference?> issueOf,
        CancellationToken cancellationToken)
    {
        var change = new RelationChange
        {
            Action = ChangeAction.Remove,
            Source = new RelationEnd(issueOf(ours.WorkItemId), ours.WorkItemId),
            Target = new RelationEnd(issueOf(ours.TargetWorkItemId!.Value), ours.TargetWorkItemId),
        };
        var removals = new RemovalsOnItem(change, ours.WorkItemId, [new Removal(ours, IsOurs: true, site)], null);
        return (await edits.RemoveAsync([removals], cancellationToken).ConfigureAwait(false))[0];
    }

    private async Task<Dictionary<int, WorkItem>> ReadAsync(
        IEnumerable<int> ids, CancellationToken cancellationToken) =>
        (await store.ReadAsync(
            ids.Distinct().ToList(), cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Id);

    /// <summary>What is in the way of a relation that was refused.</summary>
    /// <param name="Lost">The relation.</param>
    /// <param name="IsDuplicate">Whether it was refused because it exists.</param>
    /// <param name="IsThere">Whether what is in the way was found.</param>
    /// <param name="Ours">What of it is ours, at the end where the mark shows.</param>
    private sealed record Obstacle(Relation Lost, bool IsDuplicate, bool IsThere, IReadOnlyList<Relation> Ours)
    {
        /// <summary>Whether an equal one exists that may stay.</summary>
        public bool IsSettled => IsDuplicate && IsThere && Ours.Count == 0;

        /// <summary>Whether what was in the way does not exist any more.</summary>
        public bool IsCollision => IsDuplicate && !IsThere;
    }
}

/// <summary>What became of relations that were to be restored.</summary>
/// <param name="Lost">Those that can't be restored.</param>
/// <param name="Displaced">What of ours was removed in their favour.</param>
/// <param name="Unreadable">
/// A work item whose history could not be read after ours was removed there; null where there is none.
/// </param>
internal sealed record RestoredRelations(
    IReadOnlyList<Relation> Lost,
    IReadOnlyList<Relation> Displaced,
    int? Unreadable)
{
    /// <summary>Why the edit can't be reported as done; null where nothing is lost or unknown.</summary>
    public ServiceError? Error { get; init; }
}
