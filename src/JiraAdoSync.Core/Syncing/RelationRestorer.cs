using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Runs;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Puts back what went by mistake, with comment and lock. A relation of people is a fact: where one of ours took its
/// place meanwhile, be it another run's, ours goes and theirs comes back. Whoever wants ours finds theirs there, and
/// adopts it. To remove ours may take something by mistake, too, which then comes back the same way:
/// <code>
/// lost       #1 Related #3 "theirs"
/// meanwhile  another run added #3 Related #1 "A-3 relates to A-1 [jira:...]"
///            remove that on #3, where its mark shows; add #1 Related #3 "theirs"
/// </code>
/// </summary>
internal sealed class RelationRestorer(IWorkItemStore store, JiraSite site, BatchSender sender, RunLog log)
{
    private const int Attempts = 5;

    private readonly RelationTaker _taker = new(store, sender);

    /// <summary>Adds relations again, each for itself.</summary>
    /// <param name="relations">The relations that went by mistake.</param>
    /// <param name="issueOf">Tells which issue a work item stands for; null where none is known.</param>
    /// <param name="beside">What was added where they went; it gives way to what can't come back beside it.</param>
    /// <param name="token">Ends the work.</param>
    public async Task<Restored> PutBackAsync(
        IReadOnlyList<Relation> relations,
        Func<int, IssueReference?> issueOf,
        Addition? beside,
        CancellationToken token)
    {
        var (lost, displaced, gone) = (relations.ToList(), new List<Relation>(), new List<Relation>());
        int? unreadable = null;
        Tell(lost);
        for (var attempt = 1; ; attempt++)
        {
            var refused = await AddAsync(lost, token).ConfigureAwait(false);
            var obstacles = (await LookAsync(refused, beside, token).ConfigureAwait(false))
                .FindAll(one => !one.IsSettled);
            lost = obstacles.ConvertAll(one => one.Lost);
            var ours = obstacles.SelectMany(one => one.Ours).DistinctBy(one => (one.WorkItemId, one.Identity)).ToList();
            if (attempt == Attempts || (ours.Count == 0 && !obstacles.Exists(one => one.IsCollision)))
            {
                foreach (var relation in gone.Except(lost))
                {
                    log.Related(issueOf(relation.WorkItemId), relation.WorkItemId, [], [relation]);
                }

                return new Restored(lost, displaced, unreadable);
            }

            if (ours.Count == 0)
            {
                await sender.PauseAsync(attempt, token).ConfigureAwait(false);
            }

            foreach (var one in ours)
            {
                var taking = await TakeAwayAsync(one, issueOf, token).ConfigureAwait(false);
                if (taking.After is not null)
                {
                    log.Related(issueOf(one.WorkItemId), one.WorkItemId, taking.Gone[true].ToList(), []);
                    displaced.AddRange(taking.Gone[true]);
                    lost.AddRange(taking.FindLost(site));
                    Tell(taking.FindLost(site));
                }

                unreadable = taking.IsVerified ? unreadable : one.WorkItemId;
            }
        }

        // Before they are put back: a run that is killed in between leaves that to its undo.
        void Tell(IReadOnlyList<Relation> taken)
        {
            gone.AddRange(taken);
            foreach (var relation in taken)
            {
                log.Related(issueOf(relation.WorkItemId), relation.WorkItemId, [relation], []);
            }
        }
    }

    /// <summary>What is told of relations that can't be put back.</summary>
    /// <param name="lost">The relations.</param>
    /// <param name="isCertain">Whether it is certain that it was this run which took them.</param>
    public static ServiceError CannotPutBack(IEnumerable<Relation> lost, bool isCertain) => new(
        Failure.WorkItemChanged,
        $"A relation of somebody else {(isCertain ? "went" : "may have gone")} in place of ours, and can't be put "
        + $"back: {string.Join(", ", lost)}.");

    /// <returns>Those that the service refuses, and why.</returns>
    private async Task<List<(Relation Lost, ServiceError Error)>> AddAsync(List<Relation> lost, CancellationToken token)
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
                FindStandingAsync,
                token)
            .ConfigureAwait(false);
        return lost.Zip(outcomes)
            .Where(pair => pair.Second.Error is not null)
            .Select(pair => (pair.First, pair.Second.Error!))
            .ToList();

        async Task<IReadOnlyList<WorkItem?>> FindStandingAsync(IReadOnlyList<Relation> unsure, CancellationToken ends)
        {
            var items = await ReadAsync(unsure.Select(relation => relation.WorkItemId), ends).ConfigureAwait(false);
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

    /// <summary>Looks what is in the way of relations that were refused.</summary>
    private async Task<List<Obstacle>> LookAsync(
        List<(Relation Lost, ServiceError Error)> refused,
        Addition? beside,
        CancellationToken token)
    {
        var types = await store.GetRelationTypesAsync(token).ConfigureAwait(false);
        var ends = refused.SelectMany(one =>
            new[] { one.Lost.WorkItemId, one.Lost.TargetWorkItemId ?? one.Lost.WorkItemId });
        var items = await ReadAsync(beside is null ? ends : ends.Append(beside.HolderId), token).ConfigureAwait(false);
        var found = refused.ConvertAll(one => (one.Lost, one.Error, InTheWay: InTheWay(one.Lost, one.Error).ToList()));
        var beyond = found.SelectMany(one => one.InTheWay).Select(one => one.TargetWorkItemId).OfType<int>();
        var others = await ReadAsync(beyond, token).ConfigureAwait(false);
        return found.ConvertAll(one => new Obstacle(
            one.Lost,
            one.Error.Kind == Failure.DuplicateRelation,
            one.InTheWay.Count > 0,
            IsMarked(one.Lost) ? [] : one.InTheWay.Select(Marked).OfType<Relation>().ToList()));

        // An equal one; one that has the only place for such; one that turns it round; what we added ourselves.
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
                : near.Concat(RelationsOf(beside.HolderId).Where(beside.Is));
        }

        IEnumerable<Relation> RelationsOf(int id) => items.TryGetValue(id, out var item) ? item.Relations : [];

        bool IsMarked(Relation one) => RelationMark.Parse(one.Comment, site) is not null;

        // The mark may show at one end only.
        Relation? Marked(Relation one) => IsMarked(one) ? one
            : one.TargetWorkItemId is { } id && others.TryGetValue(id, out var other)
            ? other.Relations.FirstOrDefault(relation => relation.TargetWorkItemId == one.WorkItemId
                && relation.ReferenceName == types[one.ReferenceName].OppositeReferenceName && IsMarked(relation))
            : null;
    }

    /// <summary>Removes a relation of ours, once.</summary>
    private async Task<Taking> TakeAwayAsync(Relation ours, Func<int, IssueReference?> issueOf, CancellationToken token)
    {
        var change = new RelationChange
        {
            Action = ChangeAction.Remove,
            Source = new RelationEnd(issueOf(ours.WorkItemId), ours.WorkItemId),
            Target = new RelationEnd(issueOf(ours.TargetWorkItemId!.Value), ours.TargetWorkItemId),
        };
        var removals = new RemovalsOnItem(change, ours.WorkItemId, [new Removal(ours, IsOurs: true, site)], null);
        return (await _taker.TakeAsync([removals], token).ConfigureAwait(false))[0];
    }

    private async Task<Dictionary<int, WorkItem>> ReadAsync(IEnumerable<int> ids, CancellationToken token) =>
        (await store.ReadAsync(ids.Distinct().ToList(), token).ConfigureAwait(false)).ToDictionary(item => item.Id);

    /// <summary>What is in the way of a relation that was refused.</summary>
    /// <param name="Lost">The relation.</param>
    /// <param name="IsDuplicate">Whether it was refused since it stands.</param>
    /// <param name="IsThere">Whether what is in the way was found.</param>
    /// <param name="Ours">What of it is ours, at the end where the mark shows.</param>
    private sealed record Obstacle(Relation Lost, bool IsDuplicate, bool IsThere, IReadOnlyList<Relation> Ours)
    {
        /// <summary>Whether an equal one stands that may stay.</summary>
        public bool IsSettled => IsDuplicate && IsThere && Ours.Count == 0;

        /// <summary>Whether what was in the way is gone already.</summary>
        public bool IsCollision => IsDuplicate && !IsThere;
    }
}

/// <summary>What became of relations that were put back.</summary>
/// <param name="Lost">Those that can't come back.</param>
/// <param name="Displaced">What of ours gave way to them.</param>
/// <param name="Unreadable">
/// A work item whose history could not be read after ours was removed there; null where there is none.
/// </param>
internal sealed record Restored(IReadOnlyList<Relation> Lost, IReadOnlyList<Relation> Displaced, int? Unreadable);
