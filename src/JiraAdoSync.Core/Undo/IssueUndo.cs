using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.RichText;
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
        var left = WrittenInAdo(changes, later);
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
                steps.Add(Created(creation, issue, histories[issueId]));
                continue;
            }

            var isLater = later.Contains(issueId);
            steps.AddRange(Fields(parts, issue, now).Select(step => isLater ? LeftToLater(step) : step));
            steps.AddRange(Status(parts, issue).Select(step => isLater ? LeftToLater(step) : step));
            steps.AddRange(Links(parts, issue, created));
            steps.AddRange(Comments(parts, issue, comments.GetValueOrDefault(issueId, [])));
            steps.AddRange(FilesAndPages(parts, issue, pages.GetValueOrDefault(issueId, [])));
        }

        // Whatever is undone of an issue has it forget its values.
        var forgetful = steps.Where(step => step.Action != ChangeAction.Skip).Select(step => step.Work.Issue.IssueId)
            .Concat(created.Select(change => change.IssueId!.Value)).ToHashSet();
        steps.AddRange(left
            .Where(one => now.ContainsKey(one.Key) && !forgetful.Contains(one.Key))
            .Select(one => Unremembered(one.Value.Change, one.Value.Counter, now[one.Key]))
            .OfType<IssueStep>());
        return steps;

        List<long> IdsOf(Predicate<IssueChange> has) => known
            .Where(change => change.IssueId is not null && has(change.Issue!))
            .Select(change => change.IssueId!.Value)
            .Where(now.ContainsKey)
            .Distinct()
            .ToList();
    }

    /// <summary>
    /// What the run wrote to work items of pairs that go both ways, by the issue, with the number of the write.
    /// </summary>
    private Dictionary<long, (RunChange Change, int Counter)> WrittenInAdo(
        IEnumerable<RunChange> changes, IReadOnlySet<long> later) => changes
        .Where(change => change is { Action: RunAction.Update, Issue: null, IssueId: { } id, After.Count: > 0 }
            && !later.Contains(id))
        .Select(change => (Change: change, Counter: LaterRuns.CounterOf(change, store.Site)))
        .Where(one => one.Counter > 0)
        .GroupBy(one => one.Change.IssueId!.Value)
        .ToDictionary(group => group.Key, group => group.MaxBy(one => one.Counter));

    /// <summary>
    /// Has an issue forget the values of fields that its work item is given back; null where it knows nothing of the write.
    /// </summary>
    private static IssueStep? Unremembered(RunChange change, int counter, Replica issue) =>
        IssueRegister.Parse(issue.Property) is not { Fields.Count: > 0 } register || register.Counter < counter ? null
            : new IssueStep
            {
                Action = ChangeAction.Update,
                Change = change,
                Work = new IssueUndoWork(issue, $"Give back to {issue.Key} in Jira: what it remembers")
                {
                    Write = new IssueWrite
                    {
                        Issue = issue.Reference,
                        Property = (register with { Fields = new Dictionary<string, FieldBase>() }).ToJson(),
                    },
                },
            };

    /// <summary>A step that leaves what a later run built upon.</summary>
    private static IssueStep LeftToLater(IssueStep step) => step.Action == ChangeAction.Skip ? step : Left(
        step with { Work = step.Work with { What = step.Work.What.Replace("Give back to", "Leave", StringComparison.Ordinal) } },
        Reasons.Changed,
        "A later run wrote to it and to its work item. Undo that one first, and then this one once more.");

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

    private IssueStep Created(RunChange creation, Replica issue, IEnumerable<IssueFieldChange> history)
    {
        var step = new IssueStep
        {
            Action = ChangeAction.Remove,
            Change = creation,
            Work = new IssueUndoWork(issue, $"Delete {issue.Key} in Jira"),
        };
        var others = history.FirstOrDefault(change => change.Author?.AccountId != store.Account.AccountId);
        return !deleteIssues
                ? Left(
                    step,
                    Reasons.IssueStays,
                    $"The run created {issue.Key}, and Jira has no recycle bin. -DeleteIssues deletes it.")
            : others is not null
                ? Left(
                    step,
                    Reasons.Changed,
                    $"{others.Author?.ToString() ?? "Somebody"} edited it since: {others.Field}.")
            : step;
    }

    /// <summary>A rich text as Jira keeps it, from what the record has of it.</summary>
    private static string? Kept(JsonElement text) => text.ValueKind == JsonValueKind.Null ? null : text.GetRawText();

    private static IEnumerable<IssueStep> Fields(
        List<RunChange> parts, Replica issue, Dictionary<long, Replica> now)
    {
        var (before, after) = (new Dictionary<string, JsonElement>(), new Dictionary<string, JsonElement>());
        var texts = parts.SelectMany(part => part.Issue!.Texts).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var change in parts.Select(part => part.Issue!))
        {
            change.Before.ToList().ForEach(field => before.TryAdd(field.Key, field.Value));
            change.After.ToList().ForEach(field => after[field.Key] = field.Value);
        }

        var values = new Dictionary<string, object?>();
        var moved = new List<string>();
        foreach (var (field, written) in after)
        {
            var value = field == "summary" ? issue.Summary : issue.Fields.GetValueOrDefault(field);
            if (texts.Contains(field))
            {
                var (source, former) = (MergedText.SourceOf(issue, field), Kept(before[field]));
                if (source != former && !(source == Kept(written) || (written.ValueKind == JsonValueKind.String
                    && JiraSource.IsOf(source, written.GetString()!))))
                {
                    moved.Add(field);
                }
                else if (source != former)
                {
                    values[field] = new KeptText(former);
                }
            }
            else if (field is "description" or "environment")
            {
                moved.Add(field);
            }
            else if (JiraValues.Has(JiraValues.ToWrite(Plain(before[field])), value))
            {
                // It is as it was: the change was not made, or it is undone already.
                continue;
            }
            else if (!JiraValues.Has(Plain(written), value))
            {
                moved.Add(field);
            }
            else
            {
                values[field] = JiraValues.ToWrite(Plain(before[field]));
            }
        }

        var template = new IssueStep { Action = ChangeAction.Update, Change = parts[^1] };
        var parents = parts.Where(part => part.Issue!.ParentAfter is not null).Select(part => part.Issue!).ToList();
        ParentWrite? parent = null;
        if (parents.Count > 0 && (issue.Parent?.Id ?? 0) is var current && parents[0].ParentBefore is { } first
            && current != first)
        {
            if (current != parents[^1].ParentAfter)
            {
                moved.Add("parent");
            }
            else if (first > 0 && !now.ContainsKey(first))
            {
                yield return Left(
                    template with { Work = new IssueUndoWork(issue, $"Leave parent of {issue.Key} in Jira") },
                    Reasons.Missing,
                    $"Its former parent, the issue {first}, is deleted, or the account may not read it.");
            }
            else
            {
                parent = new ParentWrite(now.GetValueOrDefault(first)?.Reference, issue.Type.IsSubtask);
            }
        }

        var registers = parts.Where(part => part.Issue!.PropertyAfter is not null).Select(part => part.Issue!).ToList();
        // Whoever gave a field its former value left what the issue remembers of it.
        var isLatest = registers.Count > 0 && CounterOf(issue.Property) is { } counter
            && counter == CounterOf(registers[^1].PropertyAfter);
        if (values.Count > 0 || parent is not null || isLatest)
        {
            var names = values.Keys.Concat(parent is null ? [] : (string[])["parent"]).DefaultIfEmpty("what it remembers");
            yield return template with
            {
                Work = new IssueUndoWork(
                    issue,
                    $"Give back to {issue.Key} in Jira: {string.Join(", ", names.Order(StringComparer.Ordinal))}")
                {
                    Write = new IssueWrite
                    {
                        Issue = issue.Reference,
                        Fields = values,
                        Parent = parent,
                        // What is not a register says nothing of the pair, as an issue without one does.
                        Property = isLatest ? FormerProperty(registers, issue) : null,
                    },
                },
            };
        }

        foreach (var field in moved)
        {
            yield return Left(
                template with { Work = new IssueUndoWork(issue, $"Leave {field} of {issue.Key} in Jira") },
                field is "description" or "environment" ? "Text" : Reasons.Changed,
                field is "description" or "environment"
                    ? "Jira does not keep a text as it was sent, so it is unknown whether somebody edited it since."
                    : "Somebody changed it since.");
        }
    }

    /// <summary>
    /// The property before the run, without the links and copies that another undo had the issue forget since. What is not a
    /// register says nothing of the pair, as an issue without one does.
    /// </summary>
    private static string FormerProperty(List<IssueChange> registers, Replica issue)
    {
        if (IssueRegister.Parse(registers[0].PropertyBefore) is not { } before
            || IssueRegister.Parse(registers[^1].PropertyAfter) is not { } after
            || IssueRegister.Parse(issue.Property) is not { } now)
        {
            return registers[0].PropertyBefore ?? IssueRegister.Nothing;
        }

        return (before with
        {
            Links = [.. before.Links.Except(after.Links.Except(now.Links))],
            Comments = [.. before.Comments.ExceptBy(Forgotten(IdsOfComments), one => one.Comment)],
            Files = [.. before.Files.ExceptBy(Forgotten(IdsOfFiles), one => one.Attachment)],
        }).ToJson();

        IEnumerable<long> Forgotten(Func<IssueRegister, IEnumerable<long>> ids) => ids(after).Except(ids(now));
    }

    private static IEnumerable<long> IdsOfComments(IssueRegister register) => register.Comments.Select(one => one.Comment);

    private static IEnumerable<long> IdsOfFiles(IssueRegister register) => register.Files.Select(one => one.Attachment);

    /// <summary>The number of the run's write that a property came with; null for what is none of ours.</summary>
    private static int? CounterOf(string? property) => IssueRegister.Parse(property)?.Counter;

    private static IEnumerable<IssueStep> Status(List<RunChange> parts, Replica issue)
    {
        var moves = parts.Where(part => part.Issue!.StatusAfter is not null).Select(part => part.Issue!).ToList();
        if (moves.Count == 0 || issue.Status.Id == moves[0].StatusBefore)
        {
            yield break;
        }

        var step = new IssueStep
        {
            Action = ChangeAction.Update,
            Change = parts[^1],
            Work = new IssueUndoWork(issue, $"Give back to {issue.Key} in Jira: status")
            {
                Statuses = [moves[0].StatusBefore!, .. moves.Select(move => move.StatusAfter!)],
            },
        };
        yield return moves.Exists(move => move.StatusAfter == issue.Status.Id) ? step
            : Left(step, Reasons.Changed, $"Somebody moved it since: it is {issue.Status}.");
    }

    private static IEnumerable<IssueStep> Links(List<RunChange> parts, Replica issue, List<RunChange> created)
    {
        foreach (var change in parts)
        {
            foreach (var link in change.Issue!.Links)
            {
                var present = issue.Links.FirstOrDefault(one =>
                    one.Type.Id == link.TypeId && one.Source.Id == link.Source && one.Target.Id == link.Target);
                var step = new IssueStep { Action = ChangeAction.Remove, Change = change };
                if (link.RemovedId is null && present is not null && !created.Exists(one => one.IssueId == link.Target))
                {
                    yield return step with
                    {
                        Work = new IssueUndoWork(issue, $"Remove the link '{present}' in Jira") { Added = present },
                    };
                }
                else if (link.RemovedId is not null && present is null)
                {
                    var (source, target) = (
                        new IssueReference(link.Source, issue.Key),
                        new IssueReference(link.Target, $"#{link.Target}"));
                    yield return step with
                    {
                        Action = ChangeAction.Create,
                        Work = new IssueUndoWork(issue, $"Add the link '{issue.Key} {link.Type}' in Jira again")
                        {
                            Removed = new LinkAddition(
                                new LinkType(link.TypeId, link.Type, link.Type, link.Type),
                                source,
                                target),
                        },
                    };
                }
            }
        }
    }

    private IEnumerable<IssueStep> Comments(
        List<RunChange> parts, Replica issue, IReadOnlyList<PresentComment> present)
    {
        foreach (var (change, comment) in parts.SelectMany(part => part.Issue!.Comments, (part, comment) => (part, comment)))
        {
            var now = present.FirstOrDefault(one => one.Comment.Id == comment.Id);
            var isOpen = (comment.Before, comment.After) switch
            {
                _ when comment.Id is null => false,
                (null, _) => now is not null,
                (_, null) => now is null && !present.Any(one => CommentCopier.IsSame(one.Mark, comment.Mark)),
                _ => now is not null && CommentCopier.IsSame(now.Mark, comment.Mark),
            };
            if (!isOpen)
            {
                continue;
            }

            var step = new IssueStep
            {
                Action =
                    comment.Before is null ? ChangeAction.Remove
                    : comment.After is null ? ChangeAction.Create
                    : ChangeAction.Update,
                Change = change,
                Work = new IssueUndoWork(issue, comment.Before is null
                    ? $"Remove comment {comment.Id} of {issue.Key} in Jira"
                    : comment.After is null ? $"Bring back a comment of {issue.Key} in Jira, as a new one"
                    : $"Give comment {comment.Id} of {issue.Key} in Jira its former text")
                {
                    Comment = comment,
                },
            };
            yield return now?.Comment.EditorId is { } editor && editor != store.Account.AccountId
                ? Left(step, Reasons.Changed, "Somebody edited it since.")
                : step;
        }
    }

    private static IEnumerable<IssueStep> FilesAndPages(
        List<RunChange> parts, Replica issue, IReadOnlyList<WebLink> pages)
    {
        foreach (var change in parts)
        {
            var step = new IssueStep { Action = ChangeAction.Remove, Change = change };
            foreach (var file in change.Issue!.Files.Where(file => file.Id is not null))
            {
                if (file.IsRemoval)
                {
                    yield return Left(
                        step with
                        {
                            Work = new IssueUndoWork(issue, $"Leave out {file.Name} of {issue.Key} in Jira")
                            {
                                File = file,
                            },
                        },
                        Reasons.FileMissing,
                        "Jira keeps no copy of a file that was removed; attach it again.");
                }
                else if (issue.Attachments?.Any(one => one.Id == file.Id) != false)
                {
                    yield return step with
                    {
                        Work = new IssueUndoWork(issue, $"Remove {file.Name} from {issue.Key} in Jira") { File = file },
                    };
                }
            }

            if (change.Issue.WebLink is { } page && pages.Any(link => link.Url == new Uri(page).AbsoluteUri))
            {
                yield return step with
                {
                    Work = new IssueUndoWork(issue, $"Remove the link to the work item from {issue.Key} in Jira")
                    {
                        Page = page,
                    },
                };
            }
        }
    }

    private static IssueStep Left(IssueStep step, string reason, string detail) => step with
    {
        Action = ChangeAction.Skip,
        Reason = reason,
        Detail = detail,
    };

    /// <summary>A recorded value as plain values are.</summary>
    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToArray(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(part => part.Name, part => Plain(part.Value)),
        _ => null,
    };
}

/// <summary>A comment that an issue has, with the mark that makes it a copy; null for any other comment.</summary>
internal sealed record PresentComment(IssueComment Comment, string? Mark);
