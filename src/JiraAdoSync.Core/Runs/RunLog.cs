using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Runs;

/// <summary>
/// Takes note of every change that a run makes, as it happens: whoever writes tells it what was before and what is after.
/// Notes serve audit and undo, never the next run.
/// </summary>
/// <param name="write">Takes a change; may be called from any thread.</param>
/// <param name="time">The clock.</param>
public sealed class RunLog(Action<RunChange> write, TimeProvider time)
{
    /// <summary>A log that takes no note.</summary>
    public static RunLog None { get; } = new(_ => { }, TimeProvider.System);

    /// <summary>A work item was created.</summary>
    /// <param name="issue">The issue that it stands for.</param>
    /// <param name="item">The work item by the service's answer.</param>
    /// <param name="fields">The reference names of the fields that were written.</param>
    public void Created(IssueReference issue, WorkItem item, IEnumerable<string> fields) => Write(issue, item, new RunChange
    {
        Time = default,
        Action = RunAction.Create,
        WorkItemId = item.Id,
        After = Values(item, fields),
        Added = item.Relations,
    });

    /// <summary>A work item was edited.</summary>
    /// <param name="issue">The issue that it stands for; null where none is known.</param>
    /// <param name="before">The work item as it was read immediately before.</param>
    /// <param name="after">The work item by the service's answer.</param>
    /// <param name="fields">The reference names of the fields that were written.</param>
    /// <param name="removed">The relations that were removed.</param>
    /// <param name="added">The relations that were added.</param>
    public void Updated(
        IssueReference? issue,
        WorkItem before,
        WorkItem after,
        IReadOnlyCollection<string> fields,
        IReadOnlyList<Relation> removed,
        IReadOnlyList<Relation> added) => Write(issue, after, new RunChange
    {
        Time = default,
        Action = RunAction.Update,
        WorkItemId = after.Id,
        Before = Values(before, fields),
        After = Values(after, fields),
        Removed = removed,
        Added = added,
    });

    /// <summary>Relations of a work item were removed or added, and nothing else.</summary>
    /// <param name="issue">The issue that it stands for; null where none is known.</param>
    /// <param name="workItemId">The work item.</param>
    /// <param name="removed">The relations that were removed.</param>
    /// <param name="added">The relations that were added.</param>
    public void Related(IssueReference? issue, int workItemId, IReadOnlyList<Relation> removed, IReadOnlyList<Relation> added)
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

    /// <summary>A work item went to the recycle bin.</summary>
    /// <param name="issue">The issue that it stood for; null where none is known.</param>
    /// <param name="item">The work item as it was.</param>
    public void Recycled(IssueReference? issue, WorkItem item) => Write(issue, item, new RunChange
    {
        Time = default,
        Action = RunAction.Recycle,
        WorkItemId = item.Id,
        Removed = item.Relations,
    });

    /// <summary>A work item came back from the recycle bin.</summary>
    /// <param name="issue">The issue that it stands for; null where none is known.</param>
    /// <param name="item">The work item as it is.</param>
    public void Restored(IssueReference? issue, WorkItem item) => Write(issue, item, new RunChange
    {
        Time = default,
        Action = RunAction.Restore,
        WorkItemId = item.Id,
        Added = item.Relations,
    });

    private void Write(IssueReference? issue, WorkItem? item, RunChange change) => write(change with
    {
        Time = time.GetUtcNow(),
        Key = issue?.Key,
        IssueId = issue?.Id,
        Rev = item?.Rev,
        WorkItemType = item?.Type,
    });

    private static Dictionary<string, object?> Values(WorkItem item, IEnumerable<string> fields)
    {
        var values = new Dictionary<string, object?>(item.Fields, StringComparer.OrdinalIgnoreCase);
        return fields.ToDictionary(field => field, field => values.GetValueOrDefault(field));
    }
}
