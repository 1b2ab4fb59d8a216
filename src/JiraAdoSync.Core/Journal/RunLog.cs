using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Journal;

/// <summary>
/// Takes note of every change that a run makes: what is about to be sent, batch by batch, and what became of it, as it
/// happens. Each writer reports what was before and what is after. So a run that is interrupted has recorded
/// all that it may have done. Notes serve audit and undo, never the next run.
/// </summary>
/// <param name="write">Takes a line of the record; may be called from any thread.</param>
/// <param name="time">The clock.</param>
public sealed class RunLog(Action<byte[]> write, TimeProvider time)
{
    private const string History = "System.History";

    private int _batches;
    private int _issueChanges;

    /// <summary>A log that takes no note.</summary>
    public static RunLog None { get; } = new(_ => { }, TimeProvider.System);

    /// <summary>A batch of writes is about to be sent.</summary>
    /// <param name="writes">The writes.</param>
    /// <returns>The batch's number, by which <see cref="Refused"/> knows it.</returns>
    public int Sending(IReadOnlyCollection<WorkItemWrite> writes)
    {
        var now = time.GetUtcNow();
        return Send(writes.Select(write => Intent(write, now)));
    }

    /// <summary>Changes are about to be made by one request, or one after the other.</summary>
    /// <param name="changes">The changes as they are meant.</param>
    /// <returns>The batch's number.</returns>
    internal int Sending(IReadOnlyList<RunChange> changes)
    {
        var now = time.GetUtcNow();
        return Send(changes.Select(change => change with { Time = now }));
    }

    private int Send(IEnumerable<RunChange> changes)
    {
        var batch = Interlocked.Increment(ref _batches);
        write(RunLine.OfBatch(batch, changes));
        return batch;
    }

    /// <summary>A number for a change in Jira, by which its lines are known.</summary>
    internal int NumberIssueChange() => Interlocked.Increment(ref _issueChanges);

    /// <summary>A change in Jira was made.</summary>
    /// <param name="change">The change.</param>
    internal void Done(RunChange change) => write(RunLine.Of(change with { Time = time.GetUtcNow() }));

    /// <summary>Writes of a batch were refused for certain, so that nothing came of them.</summary>
    /// <param name="batch">The batch's number.</param>
    /// <param name="indexes">Their indexes in it.</param>
    public void Refused(int batch, IReadOnlyCollection<int> indexes)
    {
        if (indexes.Count > 0)
        {
            write(RunLine.OfRefusal(batch, indexes));
        }
    }

    /// <summary>A work item was created.</summary>
    /// <param name="issue">Its issue.</param>
    /// <param name="item">The work item by the service's answer.</param>
    /// <param name="fields">The reference names of the fields that were written.</param>
    public void Created(IssueReference issue, WorkItem item, IEnumerable<string> fields) =>
        Write(issue, item, new RunChange
    {
        Time = default,
        Action = RunAction.Create,
        WorkItemId = item.Id,
        After = Values(item.Fields, fields),
        Added = item.Relations,
    });

    /// <summary>A work item was edited.</summary>
    /// <param name="issue">Its issue; null where none is known.</param>
    /// <param name="before">The work item as it was read immediately before.</param>
    /// <param name="after">The work item by the service's answer.</param>
    /// <param name="fields">The reference names of the fields that were written.</param>
    /// <param name="removed">The relations that were removed.</param>
    /// <param name="added">The relations that were added.</param>
    /// <param name="comment">The HTML of the comment that came with it; null where none did.</param>
    public void Updated(
        IssueReference? issue,
        WorkItem before,
        WorkItem after,
        IReadOnlyCollection<string> fields,
        IReadOnlyList<Relation> removed,
        IReadOnlyList<Relation> added,
        string? comment = null) => Write(issue, after, new RunChange
    {
        Time = default,
        Action = RunAction.Update,
        WorkItemId = after.Id,
        Before = Values(before.Fields, fields),
        After = Values(after.Fields, fields),
        Removed = removed,
        Added = added,
        Comments = Comments(comment),
    });

    /// <summary>A comment was edited, removed, or added by itself.</summary>
    /// <param name="issue">The work item's issue; null where none is known.</param>
    /// <param name="workItemId">The work item.</param>
    /// <param name="comment">What became of the comment.</param>
    public void Commented(IssueReference? issue, int workItemId, CommentChange comment) =>
        Write(issue, null, Of(workItemId, comment));

    /// <summary>Relations of a work item were removed or added, and nothing else.</summary>
    /// <param name="issue">Its issue; null where none is known.</param>
    /// <param name="workItemId">The work item.</param>
    /// <param name="removed">The relations that were removed.</param>
    /// <param name="added">The relations that were added.</param>
    public void Related(
        IssueReference? issue,
        int workItemId,
        IReadOnlyList<Relation> removed,
        IReadOnlyList<Relation> added)
    {
        if (removed.Count > 0 || added.Count > 0)
        {
            Write(issue, null, new RunChange
            {
                Time = default,
                Action = RunAction.Update,
                WorkItemId = workItemId,
                Removed = removed,
                Added = added,
            });
        }
    }

    /// <summary>Work items are about to be moved to the recycle bin.</summary>
    /// <param name="items">Their issues, where any are known, and the work items as they
    /// are.</param>
    public void Recycling(IEnumerable<(IssueReference? Issue, WorkItem Item)> items)
    {
        var changes = items.Select(one => Complete(one.Issue, one.Item, Recycle(one.Item))).ToList();
        if (changes.Count > 0)
        {
            Sending(changes);
        }
    }

    /// <summary>A work item was moved to the recycle bin.</summary>
    /// <param name="issue">Its issue; null where none is known.</param>
    /// <param name="item">The work item as it was.</param>
    public void Recycled(IssueReference? issue, WorkItem item) => Write(issue, item, Recycle(item));

    /// <summary>A work item is about to be restored from the recycle bin.</summary>
    /// <param name="recycled">The change that moved it there.</param>
    internal void Restoring(RunChange recycled) => Sending([new RunChange
    {
        Time = default,
        Action = RunAction.Restore,
        WorkItemId = recycled.WorkItemId,
        WorkItemType = recycled.WorkItemType,
        Key = recycled.Key,
        IssueId = recycled.IssueId,
    }]);

    /// <summary>A work item was restored from the recycle bin.</summary>
    /// <param name="issue">Its issue; null where none is known.</param>
    /// <param name="item">The work item as it is.</param>
    public void Restored(IssueReference? issue, WorkItem item) => Write(issue, item, new RunChange
    {
        Time = default,
        Action = RunAction.Restore,
        WorkItemId = item.Id,
        Added = item.Relations,
    });

    /// <summary>The change of one comment, before it is made and after.</summary>
    internal static RunChange Of(int workItemId, CommentChange comment) => new()
    {
        Time = default,
        Action = RunAction.Update,
        WorkItemId = workItemId,
        Comments = [comment],
    };

    /// <summary>An area or an iteration is about to be made.</summary>
    /// <param name="field">The reference name of the field that holds it.</param>
    /// <param name="path">Its path.</param>
    public void CreatingPath(string field, string path) => Sending([OfPath(RunAction.CreatePath, field, path)]);

    /// <summary>An area or an iteration was made.</summary>
    /// <param name="field">The reference name of the field that holds it.</param>
    /// <param name="path">Its path.</param>
    public void CreatedPath(string field, string path) => Write(null, null, OfPath(RunAction.CreatePath, field, path));

    /// <summary>An area or an iteration is about to be removed.</summary>
    /// <param name="field">The reference name of the field that holds it.</param>
    /// <param name="path">Its path.</param>
    public void RemovingPath(string field, string path) => Sending([OfPath(RunAction.RemovePath, field, path)]);

    /// <summary>An area or an iteration was removed.</summary>
    /// <param name="field">The reference name of the field that holds it.</param>
    /// <param name="path">Its path.</param>
    public void RemovedPath(string field, string path) => Write(null, null, OfPath(RunAction.RemovePath, field, path));

    private static RunChange OfPath(RunAction action, string field, string path)
    {
        var (none, one) = (new Dictionary<string, object?>(), new Dictionary<string, object?> { [field] = path });
        var isCreation = action == RunAction.CreatePath;
        return new RunChange
        {
            Time = default,
            Action = action,
            WorkItemId = 0,
            Before = isCreation ? none : one,
            After = isCreation ? one : none,
        };
    }

    private static RunChange Recycle(WorkItem item) => new()
    {
        Time = default,
        Action = RunAction.Recycle,
        WorkItemId = item.Id,
        // An area that is removed meanwhile takes them away from what lies in the bin.
        Before = Values(item.Fields, [WorkItemField.AreaPath.ReferenceName, WorkItemField.IterationPath.ReferenceName]),
        Removed = item.Relations,
    };

    private void Write(IssueReference? issue, WorkItem? item, RunChange change) =>
        write(RunLine.Of(Complete(issue, item, change)));

    private RunChange Complete(IssueReference? issue, WorkItem? item, RunChange change) => change with
    {
        Time = time.GetUtcNow(),
        Key = issue?.Key,
        IssueId = issue?.Id,
        Rev = item?.Rev,
        WorkItemType = item?.Type,
    };

    /// <summary>
    /// What a write is to do. Of a creation its mark is enough, and what it relates to: all else is part of the
    /// creation.
    /// </summary>
    private static RunChange Intent(WorkItemWrite write, DateTimeOffset now)
    {
        var relations = write.AddRelations.Select(added => new Relation
        {
            WorkItemId = write.WorkItemId ?? 0,
            ReferenceName = added.ReferenceName,
            TargetWorkItemId = added.TargetWorkItemId,
            Url = added.Url ?? string.Empty,
            Comment = added.Comment,
            IsLocked = added.IsLocked,
        }).ToList();
        if (write.WorkItemId is not { } id)
        {
            return new RunChange
            {
                Time = now,
                Action = RunAction.Create,
                WorkItemId = 0,
                WorkItemType = write.WorkItemType,
                Key = KeyOf(relations),
                Rev = 1,
                Added = relations,
                Comments = Comments(write.Fields.GetValueOrDefault(History) as string),
            };
        }

        var current = write.Before?.Relations ?? [];
        var changed = write.RelationComments.Keys.Select(index => current[index]).ToList();
        var fields = write.Fields.Keys.Where(field => field != History).ToList();
        return new RunChange
        {
            Time = now,
            Action = RunAction.Update,
            WorkItemId = id,
            WorkItemType = write.WorkItemType ?? write.Before?.Type,
            Key = KeyOf(relations) ?? KeyOf(current),
            Rev = write.ExpectedRev + 1,
            Before = Values(write.Before?.Fields ?? new Dictionary<string, object?>(), fields),
            After = Values(write.Fields, fields),
            Removed = [.. write.RemoveRelations.Select(index => current[index]), .. changed],
            Added = [.. changed.Zip(write.RelationComments.Values, (relation, comment) =>
                relation with { Comment = comment }), .. relations],
            Comments = Comments(write.Fields.GetValueOrDefault(History) as string),
            HistoryLength = write.HistoryLength,
        };
    }

    private static string? KeyOf(IEnumerable<Relation> relations) =>
        RecordedRelations.MarkOf(relations)?.Comment?.Split(' ')[0];

    private static IReadOnlyList<CommentChange> Comments(string? added) =>
        added is null ? [] : [new CommentChange { After = added }];

    private static Table<object?> Values(
        IReadOnlyDictionary<string, object?> from,
        IEnumerable<string> fields)
    {
        var values = from as Table<object?>;
        if (values is not { IsOfAnyCase: true })
        {
            values = new Table<object?>(from, StringComparer.OrdinalIgnoreCase);
        }

        return values.Only(fields as IReadOnlyCollection<string> ?? fields.ToList());
    }
}
