using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using static JiraAdoSync.Journal.RecordedRelations;

namespace JiraAdoSync.Undo;

/// <summary>
/// Decides how a run is undone: what it did and nobody changed since is undone, and everything else is left, with
/// the reason. The current state decides, never the record alone:
/// <code>
/// the run                          now                              the undo
/// created 7                        as it was written                7 is moved to the recycle bin with its relations
/// created 7                        edited, or related by others     7 is left
/// wrote the title B over A         B                                A, if still B when it is written
/// wrote the title B over A         C                                C is left
/// wrote the title B over A         B, and a later run of both       B is left: both sides count as having had it
///                                  directions wrote the mark
/// added 7 Successor 8              exists with our comment          it is removed
/// removed 7 Successor 8            does not exist                   it is restored with comment and lock
/// added or edited a comment        nobody edited it since           it is removed, or gets its former text
/// removed a comment                does not exist                   its text is added as a new comment
/// </code>
/// </summary>
internal sealed class UndoPlanner
{
    /// <summary>An item that came and went in one run is nobody's business any more.</summary>
    private const RunAction NoAction = 0;

    private readonly IReadOnlyList<RunChange> _changes;
    private readonly IReadOnlyDictionary<int, WorkItem> _now;
    private readonly IReadOnlyDictionary<int, IReadOnlyList<WorkItemComment>> _comments;
    private readonly RelationTypes _types;
    private readonly JiraSite _site;
    private readonly HashSet<int> _removed;
    private readonly HashSet<int> _returning;

    private UndoPlanner(
        IReadOnlyList<RunChange> changes,
        IReadOnlyDictionary<int, WorkItem> now,
        IReadOnlyDictionary<int, IReadOnlyList<WorkItemComment>> comments,
        RelationTypes types,
        JiraSite site)
    {
        (_changes, _now, _comments, _types, _site) = (changes, now, comments, types, site);
        _removed = [.. changes.Where(change => CameHere(change) && WhyTouched(change) is null)
            .Select(change => change.WorkItemId)];
        _returning = [.. changes.Where(change => WentHere(change) && !now.ContainsKey(change.WorkItemId))
            .Select(change => change.WorkItemId)];
    }

    /// <summary>The issues of pairs that later runs wrote.</summary>
    private IReadOnlySet<long> Later { get; init; } = new HashSet<long>();

    /// <summary>Makes the plan.</summary>
    /// <param name="changes">What the run did to each work item.</param>
    /// <param name="now">
    /// The work items that it touched and that its relations lead to, as they are; those that no longer exist left out.
    /// </param>
    /// <param name="comments">The comments of those work items on which the run wrote some.</param>
    /// <param name="types">The organisation's relation types.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <param name="later">The issues of pairs that later runs wrote, see <see cref="LaterRuns"/>.</param>
    /// <returns>The steps, the last change of the run first.</returns>
    public static IReadOnlyList<UndoStep> Plan(
        IReadOnlyList<RunChange> changes,
        IReadOnlyDictionary<int, WorkItem> now,
        IReadOnlyDictionary<int, IReadOnlyList<WorkItemComment>> comments,
        RelationTypes types,
        JiraSite site,
        IReadOnlySet<long> later)
    {
        var planner = new UndoPlanner(changes, now, comments, types, site) { Later = later };
        return changes.Reverse().SelectMany(planner.Steps).ToList();
    }

    /// <summary>
    /// What a run did to each work item, combined: what it wrote twice counts from before the first to after the
    /// last, and what was added and removed again does not count.
    /// </summary>
    /// <param name="changes">What the run did, in its order.</param>
    /// <returns>One change for each work item, in the order of their last ones.</returns>
    public static IReadOnlyList<RunChange> Compose(IEnumerable<RunChange> changes)
    {
        var composed = new Dictionary<int, RunChange>();
        foreach (var change in changes)
        {
            // Removed first, so that it is put in at the end.
            composed[change.WorkItemId] = composed.Remove(change.WorkItemId, out var earlier)
                ? Join(earlier, change)
                : change;
        }

        return [.. composed.Values.Where(change => change.Action != NoAction)];
    }

    /// <summary>
    /// Why a work item that the run created is no longer as it was written; null where it is. Relations that the run
    /// itself made are part of what it wrote, at both ends.
    /// </summary>
    /// <param name="changes">What the run did.</param>
    /// <param name="item">The work item as it is.</param>
    /// <param name="types">The organisation's relation types.</param>
    public static string? WhyTouched(IReadOnlyList<RunChange> changes, WorkItem item, RelationTypes types)
    {
        var last = changes.Where(change => change.WorkItemId == item.Id).Max(change => change.Rev);
        if (item.Rev != last)
        {
            return $"It was edited since: its revision is {item.Rev}, and the run left it at {last}.";
        }

        var added = changes.SelectMany(change => change.Added).ToList();
        var others = item.Relations.FirstOrDefault(relation => !added.Exists(one =>
            IsSame(one, relation) || IsMirror(one, relation, types)));
        return others is null ? null : $"Somebody related it since: {others}.";
    }

    private static RunChange Join(RunChange earlier, RunChange later)
    {
        var (removed, added) = (earlier.Removed.ToList(), earlier.Added.ToList());
        foreach (var relation in later.Removed.Where(relation =>
            added.RemoveAll(one => IsSame(one, relation)) == 0 && !removed.Exists(one => IsSame(one, relation))))
        {
            removed.Add(relation);
        }

        foreach (var relation in later.Added.Where(relation => removed.RemoveAll(one => IsSame(one, relation)) == 0))
        {
            added.Add(relation);
        }

        return later with
        {
            Action = CameHere(earlier) && WentHere(later) ? NoAction : CameHere(earlier) ? earlier.Action
                : later.Action,
            WorkItemType = later.WorkItemType ?? earlier.WorkItemType,
            Key = later.Key ?? earlier.Key,
            IssueId = later.IssueId ?? earlier.IssueId,
            Rev = later.Rev ?? earlier.Rev,
            Before = later.Before.Concat(earlier.Before).GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.Last().Value),
            After = earlier.After.Concat(later.After).GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.Last().Value),
            Removed = removed,
            Added = added,
            Comments = [.. earlier.Comments, .. later.Comments],
        };
    }

    private static bool CameHere(RunChange change) => change.Action is RunAction.Create or RunAction.Restore;

    private static bool WentHere(RunChange change) => change.Action == RunAction.Recycle;

    private IEnumerable<UndoStep> Steps(RunChange change)
    {
        var id = change.WorkItemId;
        var isThere = _now.TryGetValue(id, out var item);
        if (CameHere(change) || WentHere(change))
        {
            var step = new ItemStep
            {
                Action = CameHere(change) ? ChangeAction.Remove : ChangeAction.Create, Change = change,
            };
            yield return CameHere(change)
                ? !isThere ? step.Left(Reasons.Missing, "It is deleted already, or the account may not read it.")
                    : WhyTouched(change) is { } why ? step.Left(Reasons.Changed, why)
                    : step
                : isThere ? step.Left(Reasons.ExistsAgain, "It is back already.") : step;
            yield break;
        }

        if (_removed.Contains(id))
        {
            // It is moved with all that it has.
            yield break;
        }

        if (!isThere && !_returning.Contains(id))
        {
            yield return new ItemStep { Action = ChangeAction.Skip, Change = change }
                .Left(Reasons.Missing, "It is deleted, or the account may not read it.");
            yield break;
        }

        var comments = change.Comments.Select(comment => StepOf(change, comment)).ToList();
        foreach (var step in FieldSteps(change, item, comments.Exists(step => step.Action != ChangeAction.Skip)))
        {
            yield return step;
        }

        foreach (var step in change.Added.Where(IsLink).Select(relation => RemovalOf(change, relation, item))
            .Concat(change.Removed.Where(IsLink).Select(relation => ReturnOf(change, relation, item)))
            .OfType<UndoStep>()
            .Concat(comments))
        {
            yield return step;
        }
    }

    private UndoStep StepOf(RunChange change, CommentChange comment)
    {
        var current = FindCurrent(_comments.GetValueOrDefault(change.WorkItemId, []), comment, _site);
        var step = new CommentStep
        {
            Action = comment.After is null ? ChangeAction.Create
                : comment.Before is null ? ChangeAction.Remove
                : ChangeAction.Update,
            Change = change,
            Comment = comment with { Id = current?.Id ?? comment.Id },
        };
        return (current, comment.After) switch
        {
            (null, null) => step,
            (_, null) => step.Left(Reasons.ExistsAgain, "It exists again."),
            (null, _) => step.Left(Reasons.Missing, "It was removed since."),
            _ when !IsUntouched(current, comment) => step.Left(Reasons.Changed, "Somebody edited it since."),
            _ => step,
        };
    }

    /// <summary>
    /// A comment as it is now: by its id, or by the mark that it begins with; one that was removed is found by its
    /// text.
    /// </summary>
    internal static WorkItemComment? FindCurrent(
        IReadOnlyList<WorkItemComment> now,
        CommentChange comment,
        JiraSite site) =>
        comment is { Id: { } id, After: not null }
            ? now.FirstOrDefault(one => one.Id == id)
            : now.FirstOrDefault(one => CommentMark.Parse(comment.After ?? comment.Before!, site) is { } mark
                ? CommentMark.Parse(one.Html, site) == mark
                : one.Html == (comment.After ?? comment.Before));

    /// <summary>Whether a comment is as a run left it.</summary>
    internal static bool IsUntouched(WorkItemComment current, CommentChange comment) =>
        current.Version == comment.Version && (current.Version > 1 || !current.IsEditedByOthers);

    /// <summary>
    /// Former values for the fields that are still as the run wrote them, and with them the former mark. A mark that
    /// stays says that copies of comments and files are missing which are removed: else no run would make them again.
    /// </summary>
    private IEnumerable<UndoStep> FieldSteps(RunChange change, WorkItem? item, bool restoresComments)
    {
        var written = change.After.Keys.Where(
            field => !Equals(change.Before.GetValueOrDefault(field), change.After[field])).ToList();
        var values = new Dictionary<string, object?>(
            item?.Fields ?? new Dictionary<string, object?>(), StringComparer.OrdinalIgnoreCase);
        var isLater = change.IssueId is { } issue && Later.Contains(issue);
        var mine = written
            .Where(field => !isLater && Equals(values.GetValueOrDefault(field), change.After[field]))
            .ToList();
        var theirs = written.Except(mine).ToList();
        var restoresMark = !isLater && theirs.Count == 0 && MarkOf(change.Added) is { } mark
            && item?.Relations.Any(relation => IsSame(relation, mark)) == true;
        var restoresFiles = item is not null
            && (FilesOf(change.Added).Any(file => item.Relations.Any(relation => IsSame(relation, file)))
                || FilesOf(change.Removed)
                    .Any(file => !item.Relations.Any(relation => relation.Identity == file.Identity)));
        var step = new FieldsStep
        {
            Action = ChangeAction.Update,
            Change = change,
            Fields = mine.ToDictionary(field => field, change.Before.GetValueOrDefault),
            RestoresMark = restoresMark,
            RestoresFiles = restoresFiles,
            RestoresComments = restoresComments,
        };
        if (mine.Count > 0 || restoresMark || restoresFiles
            || (item is not null && RemainingMark(step, item, _site) is not null))
        {
            yield return step;
        }

        if (theirs.Count > 0)
        {
            yield return step.Left(
                Reasons.Changed,
                isLater ? "A later run wrote to it and to its issue. Undo that one first, and then this one once more."
                    : $"Somebody changed since: {string.Join(", ", theirs)}.");
        }
        else if (mine.Count == 0 && !restoresMark && !restoresFiles && MarkOf(change.Added) is not null)
        {
            yield return step.Left(Reasons.Changed, "A later run wrote it again.");
        }
    }

    /// <summary>
    /// What the mark of a work item is to say that stays as a run wrote it, or as a later one did: that comments, files
    /// and web links are missing of which something is undone, and that both sides had of fields what they had before the
    /// run, so that a value that is given back does not count as an edit in Azure DevOps.
    /// </summary>
    /// <param name="step">What is given back.</param>
    /// <param name="item">The work item as it is.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <returns>The index of the mark and its comment; null where it says so already.</returns>
    internal static (int Index, string Comment)? RemainingMark(FieldsStep step, WorkItem item, JiraSite site)
    {
        var change = step.Change;
        var found = WorkItemMark.FindAll(item, site).FirstOrDefault(one => one.Mark.Issue.Id == change.IssueId);
        if (step.RestoresMark || found.Mark is not { } mark)
        {
            return null;
        }

        var files = step.RestoresFiles
            ? FilesOf(change.Added).Concat(FilesOf(change.Removed))
                .ToLookup(one => one.ReferenceName == WorkItemMark.Hyperlink)
            : Array.Empty<Relation>().ToLookup(_ => false);
        var given = step.Fields.Count == 0 ? mark : Without(mark, MarkIn(change.Added), MarkIn(change.Removed));
        var digests = TextDigests.Parse(given.TextDigest);
        var comment = given with
        {
            TextDigest = (digests with
            {
                Comments = step.RestoresComments ? TextDigests.Missing : digests.Comments,
                Attachments = files[false].Any() ? TextDigests.Missing : digests.Attachments,
                WebLinks = files[true].Any() ? TextDigests.Missing : digests.WebLinks,
            }).ToString(),
        };
        return comment == mark ? null : (found.Index, comment.Comment);

        WorkItemMark? MarkIn(IReadOnlyList<Relation> relations) =>
            WorkItemMark.FindAll(relations, site).FirstOrDefault().Mark;
    }

    /// <summary>
    /// A mark that stays, without what it says of values that are given back, so that the next run writes them again: it
    /// says of them what the former mark did, or, where a later run wrote it, that they are not written.
    /// </summary>
    /// <param name="mark">The mark as it is.</param>
    /// <param name="written">The mark that the run wrote.</param>
    /// <param name="former">The mark before the run.</param>
    private static WorkItemMark Without(WorkItemMark mark, WorkItemMark? written, WorkItemMark? former)
    {
        if (written is null || former is null)
        {
            return mark;
        }

        var isLatest = written.Comment == mark.Comment;
        var (digests, description) = (
            TextDigests.Parse(mark.TextDigest), TextDigests.Parse(former.TextDigest).Description);
        return (isLatest ? mark.WithBase(former.Base) : mark) with
        {
            FieldsDigest = isLatest ? former.FieldsDigest
                : written.FieldsDigest == former.FieldsDigest ? mark.FieldsDigest
                : WorkItemPlanner.Unfinished(mark.FieldsDigest),
            TextDigest = (digests with
            {
                Description = isLatest ? description
                    : TextDigests.Parse(written.TextDigest).Description == description ? digests.Description
                    : TextDigests.Missing,
            }).ToString(),
        };
    }

    private UndoStep? RemovalOf(RunChange change, Relation relation, WorkItem? item)
    {
        if (_removed.Contains(relation.TargetWorkItemId!.Value))
        {
            return null;
        }

        var step = new RelationStep { Action = ChangeAction.Remove, Change = change, Relation = relation };
        var current = item?.Relations.FirstOrDefault(one => one.Identity == relation.Identity);
        return current is null ? step.Left(Reasons.Missing, "It was removed since.")
            : IsSame(current, relation) ? step with { Relation = current }
            : step.Left(Reasons.Changed, "Somebody changed its comment since, or made it anew.");
    }

    private UndoStep ReturnOf(RunChange change, Relation relation, WorkItem? item)
    {
        var step = new RelationStep { Action = ChangeAction.Create, Change = change, Relation = relation };
        var target = relation.TargetWorkItemId!.Value;
        return item?.Relations.Any(one => one.Identity == relation.Identity) == true
            ? step.Left(Reasons.ExistsAgain, "It exists again.")
            : !_now.ContainsKey(target) && !_returning.Contains(target)
            ? step.Left(Reasons.Missing, $"Work item {target} is deleted.")
            : step;
    }

    private string? WhyTouched(RunChange change) =>
        _now.TryGetValue(change.WorkItemId, out var item) ? WhyTouched(_changes, item, _types) : "It is deleted.";

    /// <summary>Whether a relation is what shows of another at its other end.</summary>
    private static bool IsMirror(Relation one, Relation other, RelationTypes types) =>
        one.TargetWorkItemId == other.WorkItemId
        && other.TargetWorkItemId == one.WorkItemId
        && types.TryFind(one.ReferenceName, out var type)
        && other.ReferenceName.Equals(type.OppositeReferenceName, StringComparison.OrdinalIgnoreCase);
}
