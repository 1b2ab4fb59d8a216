using System.Globalization;
using System.Runtime.CompilerServices;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.Undo;

/// <summary>
/// Takes back what a run did in Jira, as far as nobody changed it since: fields, parents, statuses, links and comments.
/// What was noted as sent and never as done is judged by what is there: a value that is as the run wrote it was
/// written. Issues that the run created stay, unless the user says that they are to be deleted: Jira has no recycle
/// bin.
/// </summary>
/// <param name="store">The issues.</param>
/// <param name="log">The record of the undo, which is a run too.</param>
/// <param name="deleteIssues">Whether issues that the run created are deleted.</param>
public sealed class IssueUndo(IIssueStore store, RunLog log, bool deleteIssues)
{
    private readonly IssueLog _log = new(log);
    private readonly IssueUndoPlanner _planner = new(store.Account.AccountId, store.Site, deleteIssues);

    /// <summary>What issues remember since the undo wrote it, by issue.</summary>
    private readonly Dictionary<long, string> _properties = [];

    /// <summary>Decides what is undone and what is left. Nothing is written.</summary>
    /// <param name="changes">What the run did, in its order.</param>
    /// <param name="items">The undo of what it did in Azure DevOps, which is planned.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<IReadOnlyList<IssueStep>> PlanAsync(
        IReadOnlyList<RunChange> changes, RunUndo items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        return PlanAsync(changes, items.Later, cancellationToken);
    }

    /// <summary>Decides what is undone and what is left. Nothing is written.</summary>
    /// <param name="changes">What the run did, in its order.</param>
    /// <param name="later">The issues of pairs that later runs wrote, see <see cref="LaterRuns"/>.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    internal async Task<IReadOnlyList<IssueStep>> PlanAsync(
        IReadOnlyList<RunChange> changes, IReadOnlySet<long> later, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var known = await FindCreatedAsync(
                changes.Where(change => change.Issue is not null).ToList(),
                cancellationToken)
            .ConfigureAwait(false);
        var byIssue = known.Where(change => change.IssueId is not null).GroupBy(change => change.IssueId!.Value)
            .ToDictionary(group => group.Key, group => group.ToList());
        var fields = known.SelectMany(change => change.Issue!.Before.Keys).Distinct().ToList();
        var now = new Dictionary<long, Replica>();
        var detail = MergedText.Detail(IssueDetail.None, fields) with
        {
            Property = true,
            Attachments = known.Exists(change => change.Issue!.Files.Count > 0),
        };
        // Data Center takes a parent by its key, which records don't have.
        var parents = known.Select(change => change.Issue!.ParentBefore).OfType<long>().Where(id => id > 0);
        var left = _planner.WrittenInAdo(changes, later);
        var names = byIssue.Keys.Union(parents).Union(left.Keys).Select(id => id.ToString(CultureInfo.InvariantCulture));
        await foreach (var issue in store.ReadAsync(names, detail, cancellationToken).ConfigureAwait(false))
        {
            now[issue.IssueId] = issue;
        }

        var created = known.Where(change => change is { Action: RunAction.Create, IssueId: not null }).ToList();
        var histories = deleteIssues && created.Count > 0
            ? (await store.ReadChangesAsync(created.ConvertAll(change => change.IssueId!.Value), cancellationToken)
                .ConfigureAwait(false)).ToLookup(change => change.IssueId)
            : Array.Empty<IssueFieldChange>().ToLookup(change => change.IssueId);
        var comments = new Dictionary<long, IReadOnlyList<PresentComment>>();
        foreach (var issueId in IdsOf(change => change.Comments.Count > 0))
        {
            comments[issueId] = await ReadCommentsAsync(issueId, cancellationToken).ConfigureAwait(false);
        }

        var pages = new Dictionary<long, IReadOnlyList<WebLink>>();
        foreach (var issueId in IdsOf(change => change.WebLink is not null))
        {
            pages[issueId] = await store.ReadWebLinksAsync(issueId, cancellationToken).ConfigureAwait(false);
        }

        var steps = new List<IssueStep>();
        foreach (var (issueId, parts) in byIssue)
        {
            if (!now.TryGetValue(issueId, out var issue))
            {
                continue;
            }

            if (parts.Find(part => part.Action == RunAction.Create) is { } creation)
            {
                steps.Add(_planner.Created(creation, issue, histories[issueId]));
                continue;
            }

            var isLater = later.Contains(issueId);
            steps.AddRange(IssueUndoPlanner.Fields(parts, issue, now).Select(step => isLater ? IssueUndoPlanner.LeftToLater(step) : step));
            steps.AddRange(IssueUndoPlanner.Status(parts, issue).Select(step => isLater ? IssueUndoPlanner.LeftToLater(step) : step));
            steps.AddRange(IssueUndoPlanner.Links(parts, issue, created));
            steps.AddRange(_planner.Comments(parts, issue, comments.GetValueOrDefault(issueId, [])));
            steps.AddRange(IssueUndoPlanner.FilesAndPages(parts, issue, pages.GetValueOrDefault(issueId, [])));
        }

        // Whatever is undone of an issue has it forget its values.
        var forgetful = steps.Where(step => step.Action != ChangeAction.Skip).Select(step => step.Work.Issue.IssueId)
            .Concat(created.Select(change => change.IssueId!.Value)).ToHashSet();
        steps.AddRange(left
            .Where(one => now.ContainsKey(one.Key) && !forgetful.Contains(one.Key))
            .Select(one => IssueUndoPlanner.Unremembered(one.Value.Change, one.Value.Counter, now[one.Key]))
            .OfType<IssueStep>());
        return steps;

        List<long> IdsOf(Predicate<IssueChange> has) => known
            .Where(change => change.IssueId is not null && has(change.Issue!))
            .Select(change => change.IssueId!.Value)
            .Where(now.ContainsKey)
            .Distinct()
            .ToList();
    }

    /// <summary>The comments of an issue, each with its mark.</summary>
    private async Task<IReadOnlyList<PresentComment>> ReadCommentsAsync(
        long issueId, CancellationToken cancellationToken)
    {
        var present = await store.ReadCommentsAsync(issueId, cancellationToken).ConfigureAwait(false);
        var own = present.Where(comment => comment.AuthorId == store.Account.AccountId).Select(comment => comment.Id);
        var marks = await store.ReadCommentMarksAsync(own.ToList(), cancellationToken).ConfigureAwait(false);
        return present.Select(comment => new PresentComment(comment, marks.GetValueOrDefault(comment.Id))).ToList();
    }

    /// <summary>Takes steps of the plan, and reports the result of each.</summary>
    /// <param name="steps">The steps; those that leave something are passed through.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<UndoResult> ApplyAsync(
        IReadOnlyCollection<IssueStep> steps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(steps);
        var unforgotten = await ForgetAsync(steps, cancellationToken).ConfigureAwait(false);
        foreach (var step in steps)
        {
            if (step.Action == ChangeAction.Skip)
            {
                yield return UndoResult.Of(step);
                continue;
            }

            var error = step.Work.IsRemembered ? unforgotten.GetValueOrDefault(step.Work.Issue.IssueId) : null;
            error ??= await TakeAsync(step, step.Work, cancellationToken).ConfigureAwait(false);
            yield return error is null ? UndoResult.Done(step) : UndoResult.Failed(step, error);
        }
    }

    /// <summary>
    /// Has issues forget links and copies before these are undone, so that the next run makes them again, and does not take
    /// them for ones that people removed; and with them what they say of fields, since their work items may get former
    /// values back: the marks say what both sides had. An issue that gets its former property knows nothing of all that.
    /// </summary>
    /// <returns>The issues that could not be written.</returns>
    private async Task<IReadOnlyDictionary<long, ServiceError>> ForgetAsync(
        IEnumerable<IssueStep> steps, CancellationToken cancellationToken)
    {
        var properties = new Dictionary<long, string>();
        foreach (var works in steps.Where(step => step.Action != ChangeAction.Skip).Select(step => step.Work)
            .GroupBy(work => work.Issue.IssueId))
        {
            if (works.All(work => work.Write?.Property is null) && works.Any(work => work.IsRemembered)
                && IssueRegister.Parse(works.First().Issue.Property) is { } register)
            {
                properties[works.Key] = works.Aggregate(register, (known, work) => work.Forget(known)).ToJson();
            }
        }

        return await WritePropertiesAsync(properties, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyDictionary<long, ServiceError>> WritePropertiesAsync(
        Dictionary<long, string> properties, CancellationToken cancellationToken)
    {
        if (properties.Count == 0)
        {
            return new Dictionary<long, ServiceError>();
        }

        var refused = await store.WritePropertiesAsync(properties, cancellationToken).ConfigureAwait(false);
        foreach (var (issueId, property) in properties.Where(one => !refused.ContainsKey(one.Key)))
        {
            _properties[issueId] = property;
        }

        return refused;
    }

    private async Task<ServiceError?> TakeAsync(IssueStep step, IssueUndoWork work, CancellationToken cancellationToken)
    {
        ServiceError? error;
        switch (work)
        {
            case { Write: { Fields.Count: 0, Parent: null, Property: { } property } }:
                return await RememberAsync(work.Issue, property, cancellationToken).ConfigureAwait(false);
            case { Write: { } write }:
                var note = _log.Updating(write, work.Issue, step.Change.WorkItemId);
                error = await store.UpdateAsync(write, notify: false, cancellationToken).ConfigureAwait(false);
                _log.Ended(note, error);
                if (error is null && write.Property is { } written)
                {
                    _properties[work.Issue.IssueId] = written;
                }

                return error;
            case { Statuses: { } statuses }:
                return await MoveBackAsync(step, work.Issue, statuses, cancellationToken).ConfigureAwait(false);
            case { Removed: { } removed }:
                return (await new LinkWriter(store, _log).AddAsync([removed], cancellationToken).ConfigureAwait(false))[0].Error;
            case { Added: { } added }:
                return (
                    await new LinkWriter(store, _log).RemoveAsync([added], cancellationToken).ConfigureAwait(false)
                )[0].Error;
            case { Comment: { } comment }:
                return await TakeAsync(step, work.Issue, comment, cancellationToken).ConfigureAwait(false);
            case { File: { } file }:
                var removal = _log.Attaching(
                    work.Issue.Reference,
                    step.Change.WorkItemId,
                    file with
                    {
                        IsRemoval = true,
                    });
                error = await store
                    .RemoveAttachmentAsync(work.Issue.IssueId, file.Id!.Value, cancellationToken)
                    .ConfigureAwait(false);
                _log.Ended(removal, error);
                return error;
            case { Page: { } page }:
                return await store
                    .RemoveRemoteLinkAsync(work.Issue.IssueId, page, cancellationToken)
                    .ConfigureAwait(false);
            default:
                var deletion = _log.Deleting(step.Change);
                error = await store.DeleteAsync(work.Issue.IssueId, cancellationToken).ConfigureAwait(false);
                _log.Ended(deletion, error);
                return error;
        }
    }

    private async Task<ServiceError?> TakeAsync(
        IssueStep step, Replica issue, IssueCommentChange comment, CancellationToken cancellationToken)
    {
        // An edit that is undone leaves an earlier version, by which the next undo knows that it was.
        var isEdit = comment is { Before: not null, After: not null, Mark: not null };
        var back = new IssueCommentChange
        {
            Id = comment.Id,
            Before = comment.After,
            After = comment.Before,
            Mark = isEdit ? CommentCopier.Earlier(comment.Mark!) : comment.Mark,
        };
        var note = _log.Commenting(issue.Reference, step.Change.WorkItemId, back);
        var (id, error) = (comment.Before, comment.After) switch
        {
            (null, _) => (comment.Id, await store
                .RemoveCommentAsync(issue.IssueId, comment.Id!.Value, cancellationToken).ConfigureAwait(false)),
            ({ } text, null) => await store
                .AddCommentAsync(issue.IssueId, new CommentWrite(text, comment.Mark!), cancellationToken)
                .ConfigureAwait(false),
            ({ } text, _) => (
                comment.Id,
                await store
                    .EditCommentAsync(
                        issue.IssueId,
                        comment.Id!.Value,
                        new CommentWrite(text, back.Mark!),
                        notify: false,
                        cancellationToken)
                    .ConfigureAwait(false)),
        };
        _log.Ended(note, error, change => change with { Comments = [back with { Id = id }] });
        return error is null && comment.After is null && id is { } added
            ? await RememberAsync(issue, comment.Mark!, added, cancellationToken).ConfigureAwait(false)
            : error;
    }

    /// <summary>Has an issue remember a copy that it has again, so that the next run takes it for one.</summary>
    private async Task<ServiceError?> RememberAsync(
        Replica issue, string mark, long commentId, CancellationToken cancellationToken) =>
        CommentCopier.BaseOf(mark, commentId) is { } copy
        && IssueRegister.Parse(_properties.GetValueOrDefault(issue.IssueId) ?? issue.Property) is { } register
            ? await RememberAsync(
                    issue,
                    (register with
                    {
                        Comments =
                        [
                            .. register.Comments.Where(one => one.WorkItemComment != copy.WorkItemComment).Append(copy),
                        ],
                    }).ToJson(),
                    cancellationToken)
                .ConfigureAwait(false)
            : null;

    private async Task<ServiceError?> RememberAsync(
        Replica issue, string property, CancellationToken cancellationToken) =>
        (await WritePropertiesAsync(new Dictionary<long, string> { [issue.IssueId] = property }, cancellationToken)
            .ConfigureAwait(false)).GetValueOrDefault(issue.IssueId);

    /// <summary>Takes a direct transition where one exists, else the run's transitions in reverse.</summary>
    private async Task<ServiceError?> MoveBackAsync(
        IssueStep step, Replica issue, IReadOnlyList<string> statuses, CancellationToken cancellationToken)
    {
        var at = issue.Status;
        for (var steps = 0; at.Id != statuses[0] && steps < statuses.Count; steps++)
        {
            var offered = await store.ReadTransitionsAsync(issue.IssueId, cancellationToken).ConfigureAwait(false);
            var next = statuses
                .TakeWhile(status => status != at.Id)
                .Select(status => offered.FirstOrDefault(one => one.To.Id == status))
                .FirstOrDefault(one => one is not null);
            if (next is null)
            {
                return new ServiceError(
                    Failure.RequestFailed,
                    $"No transition leads {issue.Key} from {at} back to the status that it had.");
            }

            var note = _log.Moving(issue, step.Change.WorkItemId, at, next.To);
            var error = await store
                .TransitionAsync(
                    issue.IssueId,
                    next.Id,
                    new Dictionary<string, object?>(),
                    pairProperty: null,
                    cancellationToken)
                .ConfigureAwait(false);
            _log.Ended(note, error);
            if (error is not null)
            {
                return error;
            }

            at = next.To;
        }

        return null;
    }

    /// <summary>The changes with the issues of creations whose answer is missing, which their nonces find.</summary>
    private async Task<List<RunChange>> FindCreatedAsync(List<RunChange> changes, CancellationToken cancellationToken)
    {
        var unsure = changes
            .Where(change => change is { Action: RunAction.Create, IssueId: null, Issue.Nonce: not null })
            .ToList();
        var found = new Dictionary<string, IssueReference>();
        foreach (var group in unsure.GroupBy(change => change.Issue!.Project))
        {
            var since = group.Min(change => change.Time).UtcDateTime.AddDays(-1);
            var jql = string.Create(
                CultureInfo.InvariantCulture,
                $"project = \"{group.Key}\" AND creator = currentUser() AND created >= \"{since:yyyy-MM-dd}\" ORDER BY id ASC");
            await foreach (
                var issue in store
                    .SearchAsync(jql, IssueDetail.None with { Property = true }, cancellationToken)
                    .ConfigureAwait(false))
            {
                if (IssueRegister.Parse(issue.Property) is { } register)
                {
                    found.TryAdd(register.Nonce, issue.Reference);
                }
            }
        }

        return changes
            .Select(change =>
                change is { Action: RunAction.Create, IssueId: null, Issue.Nonce: { } nonce }
                && found.TryGetValue(nonce, out var issue)
                    ? change with
                    {
                        IssueId = issue.Id,
                        Key = issue.Key,
                    }
                    : change)
            .ToList();
    }
}
