using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using JiraAdoSync.Applying.Contents;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;
using JiraAdoSync.Syncing;
using JiraAdoSync.Writing;
using static JiraAdoSync.Journal.RecordedRelations;

namespace JiraAdoSync.Undo;

/// <summary>
/// Takes a run back, by the plan that <see cref="UndoPlanner"/> makes: paths and items are restored first, then
/// relations are removed, fields and marks get their former values, comments and relations are restored or removed, and
/// what the run created is moved to the recycle bin; last, the paths that it made are deleted.
/// </summary>
/// <param name="context">The services and the site of the run. An undo is a run, too: it is recorded.</param>
public sealed class RunUndo(SyncContext context)
{
    private const int DiscussionsAtOnce = 4;

    private readonly PositionalEdits _edits = new(
        context.Store, context.Site, new(context.Store, context.Time, context.Log), context.Log);
    private readonly PathUndo _paths = new(context.Store, context.Log);
    private IReadOnlyList<RunChange> _changes = [];

    /// <summary>The issues of pairs that later runs wrote, by the last plan.</summary>
    internal IReadOnlySet<long> Later { get; private set; } = new HashSet<long>();

    /// <summary>Decides what is undone and what is left. Nothing is written.</summary>
    /// <param name="changes">What the run did, in its order.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<UndoStep>> PlanAsync(
        IReadOnlyList<RunChange> changes, CancellationToken cancellationToken)
    {
        var left = LaterRuns.LeftBy(changes, context.Site);
        // What a run did in Jira is undone separately.
        changes = changes.Where(change => change.Issue is null).ToList();
        var sure = await new UnsureChanges(context).ResolveAsync(
            changes, cancellationToken)
            .ConfigureAwait(false);
        _changes = UndoPlanner.Compose(sure.Where(change => change.Path is null));
        var touched = _changes.Select(change => change.WorkItemId)
            .Concat(_changes.SelectMany(change => change.Removed.Concat(change.Added))
                .Select(one => one.TargetWorkItemId).OfType<int>())
            .Concat(left.Select(one => one.WorkItemId));
        var now = await ReadAsync(touched, cancellationToken).ConfigureAwait(false);
        Later = LaterRuns.Among(left, now, context.Site);
        var types = await context.Store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        var discussed = _changes.Where(change => change.Comments.Count > 0 && change.Action == RunAction.Update)
            .Select(change => change.WorkItemId);
        var comments = await SideBySide
            .ReadAsync(discussed.Where(now.ContainsKey).ToList(), DiscussionsAtOnce, ReadCommentsAsync, cancellationToken)
            .ConfigureAwait(false);
        var paths = await _paths.PlanAsync(
            sure, _changes.Select(change => change.WorkItemId).ToHashSet(), cancellationToken)
            .ConfigureAwait(false);
        return [.. UndoPlanner.Plan(_changes, now, comments, types, context.Site, Later), .. paths];
    }

    /// <summary>Takes steps of the plan, and reports the result of each.</summary>
    /// <param name="steps">The steps; those that leave something are passed through.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<UndoResult> ApplyAsync(
        IReadOnlyCollection<UndoStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var step in steps.Where(step => step.Action == ChangeAction.Skip))
        {
            yield return UndoResult.Of(step);
        }

        IAsyncEnumerable<UndoResult>[] phases =
        [
            _paths.ReturnAsync(Of<PathStep>(ChangeAction.Create), cancellationToken),
            RestoreAsync(Of<ItemStep>(ChangeAction.Create), cancellationToken),
            RemoveRelationsAsync(Of<RelationStep>(ChangeAction.Remove), cancellationToken),
            // With its former mark an item says that it lacks comments, before it does.
            WriteFieldsAsync(Of<FieldsStep>(ChangeAction.Update), cancellationToken),
            WriteCommentsAsync(
                steps.OfType<CommentStep>().Where(step => step.Action != ChangeAction.Skip), cancellationToken),
            ReturnRelationsAsync(Of<RelationStep>(ChangeAction.Create), cancellationToken),
            RecycleAsync(Of<ItemStep>(ChangeAction.Remove), cancellationToken),
            _paths.RemoveAsync(Of<PathStep>(ChangeAction.Remove), cancellationToken),
        ];
        foreach (var phase in phases)
        {
            await foreach (var result in phase.ConfigureAwait(false))
            {
                context.Report(new SyncProgress("Undoing", ++done, steps.Count));
                yield return result;
            }
        }

        List<T> Of<T>(ChangeAction action)
            where T : UndoStep => steps.OfType<T>().Where(step => step.Action == action).ToList();
    }

    private async IAsyncEnumerable<UndoResult> RestoreAsync(
        List<ItemStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            context.Log.Restoring(step.Change);
            var error = await context.Store.RestoreAsync(step.Change.WorkItemId, cancellationToken)
                .ConfigureAwait(false);
            var item = (await ReadAsync([step.Change.WorkItemId], cancellationToken).ConfigureAwait(false))
                .GetValueOrDefault(step.Change.WorkItemId);
            if (item is not null)
            {
                context.Log.Restored(IssueOf(step.Change), item);
                yield return await RestorePathsAsync(step, item, cancellationToken).ConfigureAwait(false)
                    is { } misplaced
                    ? UndoResult.Failed(step, misplaced)
                    : UndoResult.Done(step);
            }
            else
            {
                yield return UndoResult.Failed(
                    step, error ?? new ServiceError(Failure.NotFound, "It did not come back from the recycle bin."));
            }
        }
    }

    /// <summary>
    /// Puts an item back to the area and iteration that it had: one that was removed meanwhile took it out.
    /// </summary>
    private async Task<ServiceError?> RestorePathsAsync(
        ItemStep step,
        WorkItem item,
        CancellationToken cancellationToken)
    {
        var moved = step.Change.Before.Where(field => !Equals(field.Value, item.Fields.GetValueOrDefault(field.Key)))
            .ToDictionary();
        if (moved.Count == 0)
        {
            return null;
        }

        var write = new WorkItemWrite { WorkItemId = item.Id, Before = item, ExpectedRev = item.Rev, Fields = moved };
        var outcome = (await context.Sender.WriteAsync([write], cancellationToken).ConfigureAwait(false))[0];
        if (outcome.WorkItem is { } after)
        {
            context.Log.Updated(IssueOf(step.Change), item, after, moved.Keys, [], []);
        }

        return outcome.Error;
    }

    /// <summary>
    /// Removes relations as a sync does: where they are by now, and looked for in the item's history.
    /// </summary>
    private async IAsyncEnumerable<UndoResult> RemoveRelationsAsync(
        List<RelationStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var types = await context.Store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        var applier = new RelationApplier(context.Store, context.Site, types, context.Sender, context.Log);
        var byRelation = steps.ToDictionary(
            step => (step.Change.WorkItemId, step.Relation.TargetWorkItemId, types[step.Relation.ReferenceName].Name));
        await foreach (var result in applier.ApplyAsync(steps.ConvertAll(ToChange), cancellationToken)
            .ConfigureAwait(false))
        {
            var step = byRelation[(result.WorkItemId!.Value, result.TargetWorkItemId, result.Relation!)];
            yield return result.Error is { } error ? UndoResult.Failed(step, error) : UndoResult.Done(step);
        }

        RelationChange ToChange(RelationStep step)
        {
            var relation = step.Relation;
            return new RelationChange
            {
                Action = ChangeAction.Remove,
                Source = new RelationEnd(IssueOf(step.Change), step.Change.WorkItemId),
                Relation = types[relation.ReferenceName],
                Target = new RelationEnd(null, relation.TargetWorkItemId),
                Removes = [new CurrentRelation(relation, RelationMark.Parse(relation.Comment, context.Site))],
            };
        }
    }

    private async IAsyncEnumerable<UndoResult> WriteFieldsAsync(
        List<FieldsStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var batch in steps.Chunk(IWorkItemStore.BatchSize))
        {
            // The steps were planned for the values of then; what is no longer as it was is left.
            var losing = batch.Where(MayRemove).Select(step => step.Change.WorkItemId).ToList();
            var baseline = await _edits.ReadAsync(
                batch.Select(step => step.Change.WorkItemId).ToList(), losing, cancellationToken)
                .ConfigureAwait(false);
            var now = baseline.Items;
            var ready = batch
                .Where(step => now.TryGetValue(step.Change.WorkItemId, out var item) && IsAsWritten(step, item))
                .ToList();
            foreach (var step in batch.Except(ready))
            {
                yield return UndoResult.Left(step, Reasons.Changed, "Somebody changed it meanwhile.");
            }

            var found = new HashSet<FieldsStep>(ReferenceEqualityComparer.Instance);
            var outcomes = await context.Sender
                .SendAsync(
                    ready,
                    part => part.Select(step => baseline.Guard(ToWrite(step, now[step.Change.WorkItemId])))
                        .ToList(),
                    FindWrittenAsync,
                    cancellationToken)
                .ConfigureAwait(false);
            var done = ready.Zip(outcomes)
                .Where(one => one.Second.WorkItem is not null)
                .Select(one => new PositionalEdit(
                    ToWrite(one.First, now[one.First.Change.WorkItemId]),
                    now[one.First.Change.WorkItemId],
                    one.Second.WorkItem!,
                    id => id == one.First.Change.WorkItemId ? IssueOf(one.First.Change) : null)
                {
                    IsAnswered = !found.Contains(one.First),
                })
                .ToList();
            done.ForEach(Note);
            var errors = await _edits.VerifyAsync(done, baseline, cancellationToken).ConfigureAwait(false);
            foreach (var (step, outcome) in ready.Zip(outcomes))
            {
                yield return (outcome.Error ?? errors.GetValueOrDefault(step.Change.WorkItemId)) is { } error
                    ? UndoResult.Failed(step, error)
                    : UndoResult.Done(step);
            }

            async Task<IReadOnlyList<WorkItem?>> FindWrittenAsync(
                IReadOnlyList<FieldsStep> unsure, CancellationToken cancellationToken)
            {
                var written = await this.FindWrittenAsync(unsure, now, cancellationToken).ConfigureAwait(false);
                found.UnionWith(unsure.Zip(written).Where(one => one.Second is not null).Select(one => one.First));
                return written;
            }
        }

        void Note(PositionalEdit edit) => context.Log.Updated(
            edit.IssueOf(edit.After.Id),
            edit.Before,
            edit.After,
            [.. edit.Written.Fields.Keys],
            edit.Before.Relations.Where(
                relation => !edit.After.Relations.Any(other => IsSame(other, relation))).ToList(),
            edit.After.Relations.Where(
                relation => !edit.Before.Relations.Any(other => IsSame(other, relation))).ToList());
    }

    /// <summary>Whether the write of a step may remove relations.</summary>
    private static bool MayRemove(FieldsStep step) =>
        (step.RestoresFiles && FilesOf(step.Change.Added).Any())
        || (step.RestoresMark && MarkOf(step.Change.Removed) is null);

    private static bool IsAsWritten(FieldsStep step, WorkItem item)
    {
        var values = new Dictionary<string, object?>(item.Fields, StringComparer.OrdinalIgnoreCase);
        return step.Fields.Keys.All(field => Equals(values.GetValueOrDefault(field), step.Change.After[field]));
    }

    /// <summary>
    /// Former values, the former comment of our mark, and files and web links as they were. A mark that the run had
    /// added is removed.
    /// </summary>
    private WorkItemWrite ToWrite(FieldsStep step, WorkItem item)
    {
        var relations = item.Relations.ToList();
        var former = MarkOf(step.Change.Removed);
        var written = MarkOf(step.Change.Added);
        var mark = written is null ? -1 : IndexOf(written);
        var comments = new Dictionary<int, string>();
        if (step.RestoresMark && mark >= 0 && former is not null)
        {
            comments[mark] = former.Comment ?? string.Empty;
        }
        else if (UndoPlanner.RemainingMark(step, item, context.Site) is var (remaining, comment))
        {
            comments[remaining] = comment;
        }

        var removed = FilesOf(step.Change.Added).Select(IndexOf)
            .Where(index => index >= 0 && step.RestoresFiles).ToList();
        if (mark >= 0 && step.RestoresMark && former is null)
        {
            removed.Add(mark);
        }

        return new WorkItemWrite
        {
            WorkItemId = item.Id,
            Before = item,
            ExpectedRev = item.Rev,
            Fields = step.Fields,
            RelationComments = comments,
            RemoveRelations = removed,
            AddRelations = FilesOf(step.Change.Removed)
                .Where(file => step.RestoresFiles && !relations.Exists(relation => relation.Identity == file.Identity))
                .Select(file => new NewRelation(file.ReferenceName, file.Comment ?? string.Empty) { Url = file.Url })
                .ToList(),
        };

        int IndexOf(Relation relation) => relations.FindIndex(one => IsSame(one, relation));
    }

    private async Task<IReadOnlyList<WorkItem?>> FindWrittenAsync(
        IReadOnlyList<FieldsStep> unsure,
        IReadOnlyDictionary<int, WorkItem> before,
        CancellationToken cancellationToken)
    {
        var now = await ReadAsync(unsure.Select(step => step.Change.WorkItemId), cancellationToken)
            .ConfigureAwait(false);
        return unsure
            .Select(step =>
                now.TryGetValue(step.Change.WorkItemId, out var item) && item.Rev == before[item.Id].Rev + 1
                && step.Fields.All(field => Equals(item.Fields.GetValueOrDefault(field.Key), field.Value))
                    ? item
                    : null)
            .ToList();
    }

    /// <summary>Takes comments back, item by item: each discussion is read anew before it is written to.</summary>
    private async IAsyncEnumerable<UndoResult> WriteCommentsAsync(
        IEnumerable<CommentStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var writer = new CommentWriter(context.Contents!.Store, context.Log);
        foreach (var items in steps.GroupBy(step => step.Change.WorkItemId).Chunk(DiscussionsAtOnce))
        {
            var results = new ConcurrentQueue<UndoResult>();
            await SideBySide
                .ForEachAsync(
                    items,
                    DiscussionsAtOnce,
                    async (item, cancellationToken) =>
                    {
                        var now = await ReadCommentsAsync(item.Key, cancellationToken).ConfigureAwait(false);
                        foreach (var step in item)
                        {
                            results.Enqueue(
                                await WriteCommentAsync(writer, step, now, cancellationToken).ConfigureAwait(false));
                        }
                    },
                    cancellationToken)
                .ConfigureAwait(false);
            foreach (var result in results)
            {
                yield return result;
            }
        }
    }

    private async Task<UndoResult> WriteCommentAsync(
        CommentWriter writer,
        CommentStep step,
        IReadOnlyList<WorkItemComment> now,
        CancellationToken cancellationToken)
    {
        var comment = step.Comment;
        var current = UndoPlanner.FindCurrent(now, comment, context.Site);
        if (current is null != comment.After is null
            || (current is not null && !UndoPlanner.IsUntouched(current, comment)))
        {
            return UndoResult.Left(step, Reasons.Changed, "Somebody changed the discussion meanwhile.");
        }

        var error = await writer.WriteAsync(
            IssueOf(step.Change), step.Change.WorkItemId, current, comment.Before, cancellationToken)
            .ConfigureAwait(false);
        if (error is { MayBeDone: true } && comment.After is null)
        {
            // It may have been added although no answer said so.
            var then = await ReadCommentsAsync(step.Change.WorkItemId, cancellationToken).ConfigureAwait(false);
            if (UndoPlanner.FindCurrent(then, comment, context.Site) is { } added)
            {
                context.Log.Commented(IssueOf(step.Change), step.Change.WorkItemId,
                    new CommentChange { Id = added.Id, After = comment.Before, Version = added.Version });
                error = null;
            }
        }

        return error is null ? UndoResult.Done(step) : UndoResult.Failed(step, error);
    }

    private async IAsyncEnumerable<UndoResult> ReturnRelationsAsync(
        List<RelationStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var batch in steps.Chunk(IWorkItemStore.BatchSize))
        {
            var outcomes = await context.Sender.SendAsync(
                batch, part => part.Select(ToReturn).ToList(), FindCurrentAsync, cancellationToken)
                    .ConfigureAwait(false);
            foreach (var (step, outcome) in batch.Zip(outcomes))
            {
                if (outcome.WorkItem is { } item)
                {
                    context.Log.Related(
                        IssueOf(step.Change),
                        item.Id,
                        [],
                        item.Relations.Where(relation => IsSame(relation, step.Relation)).ToList());
                    yield return UndoResult.Done(step);
                }
                else
                {
                    // What is in its way by now was made since.
                    yield return outcome.Error!.Kind
                        is Failure.SecondParent or Failure.CircularRelation or Failure.DuplicateRelation
                        ? UndoResult.Left(step, Reasons.Conflict, outcome.Error.Message)
                        : UndoResult.Failed(step, outcome.Error);
                }
            }
        }

        static WorkItemWrite ToReturn(RelationStep step) => new()
        {
            WorkItemId = step.Change.WorkItemId,
            AddRelations =
            [
                new NewRelation(step.Relation.ReferenceName, step.Relation.Comment ?? string.Empty)
                {
                    TargetWorkItemId = step.Relation.TargetWorkItemId,
                    IsLocked = step.Relation.IsLocked,
                },
            ],
        };

        async Task<IReadOnlyList<WorkItem?>> FindCurrentAsync(
            IReadOnlyList<RelationStep> unsure, CancellationToken cancellationToken)
        {
            var now = await ReadAsync(unsure.Select(step => step.Change.WorkItemId), cancellationToken)
                .ConfigureAwait(false);
            return unsure
                .Select(step => now.TryGetValue(step.Change.WorkItemId, out var item)
                    && item.Relations.Any(relation => IsSame(relation, step.Relation)) ? item : null)
                .ToList();
        }
    }

    /// <summary>
    /// Moves what the run created to the recycle bin, after one more look that it is as the run left it.
    /// </summary>
    private async IAsyncEnumerable<UndoResult> RecycleAsync(
        List<ItemStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var types = await context.Store.GetRelationTypesAsync(cancellationToken).ConfigureAwait(false);
        foreach (var batch in steps.Chunk(IWorkItemStore.BatchSize))
        {
            var now = await ReadAsync(batch.Select(step => step.Change.WorkItemId), cancellationToken)
                .ConfigureAwait(false);
            var why = now.Values.ToDictionary(item => item.Id, item => UndoPlanner.WhyTouched(_changes, item, types));
            var unchanged = now.Keys.Where(id => why[id] is null).ToList();
            context.Log.Recycling(batch.Where(step => unchanged.Contains(step.Change.WorkItemId))
                .Select(step => (IssueOf(step.Change), now[step.Change.WorkItemId])));
            var error = await context.Store.RecycleAsync(unchanged, cancellationToken).ConfigureAwait(false);
            var left = await ReadAsync(unchanged, cancellationToken).ConfigureAwait(false);
            foreach (var step in batch)
            {
                var id = step.Change.WorkItemId;
                if (left.ContainsKey(id))
                {
                    yield return UndoResult.Failed(step, error
                        ?? new ServiceError(Failure.RequestFailed, $"Work item {id} did not go to the recycle bin."));
                }
                else if (unchanged.Contains(id))
                {
                    context.Log.Recycled(IssueOf(step.Change), now[id]);
                    yield return UndoResult.Done(step);
                }
                else
                {
                    yield return UndoResult.Left(
                        step, Reasons.Changed, why.GetValueOrDefault(id) ?? "It is deleted already.");
                }
            }
        }
    }

    /// <summary>The comments of our accounts: nobody else's are edited or deleted.</summary>
    private async Task<IReadOnlyList<WorkItemComment>> ReadCommentsAsync(
        int workItemId, CancellationToken cancellationToken) =>
        context.Authorship.CommentsOfOurs(await context.Contents!.Store.ReadCommentsAsync(workItemId, cancellationToken)
            .ConfigureAwait(false));

    private async Task<Dictionary<int, WorkItem>> ReadAsync(
        IEnumerable<int> ids, CancellationToken cancellationToken) =>
        (await context.Store.ReadAsync(
            ids.Distinct().ToList(), cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Id);

    private static IssueReference? IssueOf(RunChange change) =>
        change is { IssueId: { } id, Key: { } key } ? new IssueReference(id, key) : null;
}
