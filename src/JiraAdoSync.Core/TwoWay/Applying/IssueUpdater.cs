using System.Collections.Concurrent;
using System.Globalization;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.Writing;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Writes fields of issues. Jira refuses no write for what somebody else wrote meanwhile, so that a write can take a
/// person's edit away:
/// <list type="number">
/// <item>The issues are read again directly before they are written, 100 a request. A field that is no longer as the
/// plan knows it stops the write of its issue: it is planned anew by the next run.</item>
/// <item>Each issue is written in one request, with parent and property.</item>
/// <item>Where Jira refuses what is written to some fields, all else is written without them, and the property says that
/// the two sides differ there: no later run sends it again until somebody changes it on either side.</item>
/// <item>Their histories are read afterwards, 1,000 a request. An edit of the same field between the read and the write
/// was overwritten: its value is put back where the history says all of it, the base is as it was before, and the
/// result says what happened. Either way the next run finds that both sides changed the field.</item>
/// <item>Rich texts are read once more before the histories: Jira may keep them otherwise than they were sent.</item>
/// <item>The property that an issue is written with says that its history has not been looked at yet. That it has been
/// is recorded for many issues at once: where a run broke off in between, the next one looks.</item>
/// </list>
/// <code>
/// read "A"      somebody writes "B"      we write "C"      history: A -> B (somebody), B -> C (us)      we write "B"
/// </code>
/// </summary>
/// <param name="store">The issues.</param>
/// <param name="log">Takes note of every change.</param>
internal sealed class IssueUpdater(IIssueStore store, IssueLog log)
{
    private const int HistoriesPerRequest = 1000;
    private const string Parent = IssueRefusal.Parent;

    private static readonly IssueDetail Detail = new() { Fields = ["updated"], Property = true };

    private readonly ConcurrentDictionary<long, IssueRegister> _registers = [];
    private readonly ConcurrentDictionary<long, IReadOnlyCollection<string>> _refused = [];
    private readonly Dictionary<(long IssueId, string Field), string> _texts = [];

    /// <summary>
    /// What the properties of the issues say by now, by the issue's id; of those that may have been written, too. Who
    /// writes a property again keeps what it says of an issue that is still to be looked at.
    /// </summary>
    public IReadOnlyDictionary<long, IssueRegister> Registers => _registers;

    /// <summary>The fields that Jira refused, by the issue's id, as work items call them.</summary>
    public IReadOnlyDictionary<long, IReadOnlyCollection<string>> Refused => _refused;

    /// <summary>
    /// The digests of rich texts as Jira keeps them since they were written, by the issue's id and the reference name
    /// of the work item's field.
    /// </summary>
    public IReadOnlyDictionary<(long IssueId, string Field), string> Texts => _texts;

    /// <summary>Writes.</summary>
    /// <param name="updates">What is to be written, one an issue.</param>
    /// <param name="notify">Whether people are notified.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in the same order.</returns>
    public async Task<IReadOnlyList<IssueResult>> ApplyAsync(
        IReadOnlyList<IssueUpdate> updates, bool notify, CancellationToken cancellationToken)
    {
        var results = new ConcurrentDictionary<long, IssueResult>();
        foreach (var part in updates.Chunk(HistoriesPerRequest))
        {
            var written = new ConcurrentBag<(IssueUpdate Update, Replica Read)>();
            var refused = new ConcurrentBag<IssueUpdate>();
            foreach (var batch in part.Chunk(IIssueStore.ReadSize))
            {
                var now = await ReadAsync(batch, cancellationToken).ConfigureAwait(false);
                await SideBySide
                    .ForEachAsync(
                        batch,
                        store.ThrottleLimit,
                        async (update, cancellationToken) =>
                        {
                            var read = now.GetValueOrDefault(update.Before.IssueId);
                            var (result, done) = await WriteAsync(update, read, notify, cancellationToken)
                                .ConfigureAwait(false);
                            results[update.Before.IssueId] = result;
                            if (result.IsApplied || result.IsUnsure)
                            {
                                written.Add((done, read!));
                            }
                            else if (IssueRefusal.Is(result.Reason) && done.BaseIfRefused.Count > 0)
                            {
                                refused.Add(done);
                            }
                        },
                        cancellationToken)
                    .ConfigureAwait(false);
            }

            var texts = await ReadTextsAsync([.. written.Select(one => one.Update)], cancellationToken)
                .ConfigureAwait(false);
            foreach (var changed in await VerifyAsync([.. written], texts, notify, cancellationToken)
                .ConfigureAwait(false))
            {
                results[changed.IssueId!.Value] = changed;
            }

            await SettleAsync(
                    written.Select(one => one.Update).Where(one => results[one.Before.IssueId].IsApplied).Concat(refused),
                    cancellationToken)
                .ConfigureAwait(false);
        }

        return updates.Select(update => results[update.Before.IssueId]).ToList();
    }

    /// <summary>Records in the issues that nothing came between, or that what did was put back.</summary>
    private async Task SettleAsync(IEnumerable<IssueUpdate> updates, CancellationToken cancellationToken)
    {
        var settled = updates.ToDictionary(
            update => update.Before.IssueId,
            update => update.Register.With(update.Texts.Values
                .Where(field => _texts.ContainsKey((update.Before.IssueId, field)))
                .ToDictionary(field => field, field => _texts[(update.Before.IssueId, field)])));
        if (settled.Count > 0)
        {
            // An issue that could not record it is looked at once more by the next run.
            await store.TryWritePropertiesAsync(
                settled.ToDictionary(one => one.Key, one => one.Value.ToJson()), cancellationToken).ConfigureAwait(false);
            foreach (var (id, register) in settled)
            {
                _registers[id] = register;
            }
        }
    }

    private async Task<Dictionary<long, Replica>> ReadAsync(
        IReadOnlyCollection<IssueUpdate> updates, CancellationToken cancellationToken)
    {
        var detail = MergedText.Detail(Detail, updates.SelectMany(update => update.Fields.Keys));
        var ids = updates.Select(update => update.Before.IssueId.ToString(CultureInfo.InvariantCulture));
        var now = new Dictionary<long, Replica>();
        await foreach (var issue in store.ReadAsync(ids, detail, cancellationToken).ConfigureAwait(false))
        {
            now[issue.IssueId] = issue;
        }

        return now;
    }

    /// <returns>What became of it, and the update as it was written.</returns>
    private async Task<(IssueResult Result, IssueUpdate Update)> WriteAsync(
        IssueUpdate update, Replica? now, bool notify, CancellationToken cancellationToken)
    {
        var names = update.Fields.Keys.Concat(update.Parent is null ? [] : (string[])[Parent]).ToList();
        var result = IssueResult.Of(update.Before, update.WorkItemId, names);
        if (now is null)
        {
            return (result.Failed(new ServiceError(
                Failure.NotFound, $"{update.Before.Key} does not exist any more, or this account may not see it.")), update);
        }

        if (FindMoved(update, now) is { } moved)
        {
            return (result.Skipped(
                Reasons.Changed,
                $"Somebody changed {moved} of {now.Key} while the run was under way; the next run looks at it again."), update);
        }

        var register = update.Register.Awaiting(IssueClock.LastSeen(now.Updated, update.KnownEdits), update.Pending);
        var write = new IssueWrite
        {
            Issue = now.Reference,
            Fields = update.Fields,
            Parent = update.Parent,
            Property = register.ToJson(),
        };
        var note = log.Updating(write, now, update.WorkItemId);
        var error = await store.UpdateAsync(write, notify, cancellationToken).ConfigureAwait(false);
        log.Ended(note, error);
        if (error is null or { MayBeDone: true })
        {
            _registers[now.IssueId] = register;
        }
        else if (WithoutRefused(update, now, error) is { Refusal: { } refusal } less)
        {
            return less.Fields.Count > 0 || less.Parent is not null
                ? await WriteAsync(less, now, notify, cancellationToken).ConfigureAwait(false)
                : (result.Skipped(refusal.Reason, refusal.Detail), less);
        }

        return (error is not null ? result.Failed(error)
            : result with { IsApplied = true, Reason = update.Refusal?.Reason, Detail = update.Refusal?.Detail }, update);
    }

    /// <summary>The update without the fields that Jira refuses; null where the refusal names none of them.</summary>
    private IssueUpdate? WithoutRefused(IssueUpdate update, Replica now, ServiceError error)
    {
        var refused = IssueRefusal.FieldsIn(error, update.Fields, update.Parent is not null);
        if (refused.Count == 0)
        {
            return null;
        }

        var names = refused
            .Select(field => field == Parent ? ParentMerge.Field : update.Names.GetValueOrDefault(field))
            .OfType<string>()
            .ToList();
        _refused[now.IssueId] = [.. _refused.GetValueOrDefault(now.IssueId) ?? [], .. names];
        var register = Without(update, now, names);
        var differing = update.BaseIfRefused.IntersectBy(names, one => one.Key, StringComparer.OrdinalIgnoreCase);
        return update with
        {
            Fields = update.Fields.Where(one => !refused.Contains(one.Key)).ToDictionary(),
            Texts = update.Texts.Where(one => !refused.Contains(one.Key)).ToDictionary(),
            Parent = refused.Contains(Parent) ? null : update.Parent,
            Register = register with
            {
                Fields = differing.UnionBy(register.Fields, one => one.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(),
            },
            Refusal = IssueRefusal.Of(refused, update.Fields, error, update.Refusal),
        };
    }

    /// <summary>What is to be written and is not as the plan knows it; null where all is.</summary>
    private static string? FindMoved(IssueUpdate update, Replica now)
    {
        var before = update.Before;
        return update.Fields.Keys.FirstOrDefault(field => field switch
        {
            "summary" => before.Summary != now.Summary,
            _ when update.Fields[field] is HtmlText => MergedText.IsRead(before, field)
                && MergedText.ValueOf(before, field) != MergedText.ValueOf(now, field),
            _ => before.Fields.TryGetValue(field, out var known)
                && !(JiraValues.Has(JiraValues.ToWrite(known), now.Fields.GetValueOrDefault(field))
                    && JiraValues.Has(JiraValues.ToWrite(now.Fields.GetValueOrDefault(field)), known)),
        }) ?? (update.Parent is not null && before.Parent?.Id != now.Parent?.Id ? "the parent" : null);
    }

    /// <summary>Reads the rich texts that were written as Jira keeps them now.</summary>
    private async Task<Dictionary<long, Replica>> ReadTextsAsync(
        IReadOnlyCollection<IssueUpdate> written, CancellationToken cancellationToken)
    {
        var updates = written.Where(update => update.Texts.Count > 0).ToList();
        return updates.Count == 0 ? [] : await ReadAsync(updates, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes note of what Jira keeps of the rich texts that were written. The history was read after them: where the
    /// last edit is somebody else's, what was read may be theirs, and the next run compares the two sides.
    /// </summary>
    private void LearnTexts(IssueUpdate update, Replica? now, List<IssueFieldChange> history)
    {
        foreach (var (source, field) in update.Texts)
        {
            var last = history.LastOrDefault(change => change.Field.Equals(source, StringComparison.OrdinalIgnoreCase));
            if (now is not null && (last is null || last.Author?.AccountId == store.Account.AccountId))
            {
                _texts[(now.IssueId, field)] = Marks.ShortDigest.Of(MergedText.ValueOf(now, source));
            }
        }
    }

    /// <summary>Looks in the histories for edits that fell between the read and the write.</summary>
    private async Task<List<IssueResult>> VerifyAsync(
        IReadOnlyList<(IssueUpdate Update, Replica Read)> written,
        Dictionary<long, Replica> texts,
        bool notify,
        CancellationToken cancellationToken)
    {
        if (written.Count == 0)
        {
            return [];
        }

        var histories = (
            await store
                .ReadChangesAsync(written.Select(one => one.Read.IssueId).ToList(), cancellationToken)
                .ConfigureAwait(false)).ToLookup(change => change.IssueId);
        var results = new List<IssueResult>();
        foreach (var (update, read) in written)
        {
            LearnTexts(update, texts.GetValueOrDefault(read.IssueId), histories[read.IssueId].ToList());
            var lost = FindOverwritten(update, read, histories[read.IssueId]).ToList();
            if (lost.Count > 0)
            {
                results.Add(await PutBackAsync(update, read, lost, notify, cancellationToken).ConfigureAwait(false));
            }
        }

        return results;
    }

    /// <summary>
    /// The edits by others that came after the read and before the write, the last one of each field.
    /// </summary>
    private IEnumerable<IssueFieldChange> FindOverwritten(
        IssueUpdate update, Replica read, IEnumerable<IssueFieldChange> history)
    {
        var all = IssueClock.Unseen(history, update.KnownEdits, read.Updated);
        var edits = all.Where(change => update.Fields.ContainsKey(change.Field))
            .Concat(update.Parent is null ? [] : ParentMerge.EditsIn(all).Select(change => change with { Field = Parent }));
        foreach (var field in edits.GroupBy(change => change.Field))
        {
            var entries = field.ToList();
            var ours = entries.FindLastIndex(change => change.Author?.AccountId == store.Account.AccountId);
            // What was read already has been seen, whatever its time.
            if (ours > 0 && !WasRead(update, read, entries[ours - 1]))
            {
                yield return entries[ours - 1];
            }
        }
    }

    /// <summary>Whether the value that an edit gave a field was there when the issue was read.</summary>
    private static bool WasRead(IssueUpdate update, Replica read, IssueFieldChange change)
    {
        if (change.Field == Parent)
        {
            return ParentMerge.IdIn(change) == read.Parent?.Id;
        }

        var (isKnown, value) = JiraValues.Of(change, IsList(update, read, change.Field));
        return isKnown && JiraValues.Has(value, change.Field switch
        {
            "summary" => read.Summary,
            TextField.Description => MergedText.ValueOf(read, change.Field),
            _ => read.Fields.GetValueOrDefault(change.Field),
        });
    }

    /// <summary>
    /// What an issue says of its pair where some values were put back, or not written. With what was known of them before
    /// the write both sides changed what was put back, which is the truth. What else was written stays written.
    /// </summary>
    private static IssueRegister Without(IssueUpdate update, Replica read, IEnumerable<string> names)
    {
        var former = IssueRegister.Parse(read.Property)?.Fields ?? new Dictionary<string, Marks.FieldBase>();
        var fields = update.Register.Fields.ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            fields.Remove(name);
            if (former.TryGetValue(name, out var known))
            {
                fields[name] = known;
            }
        }

        return update.Register with { Fields = fields };
    }

    private async Task<IssueResult> PutBackAsync(
        IssueUpdate update,
        Replica read,
        List<IssueFieldChange> lost,
        bool notify,
        CancellationToken cancellationToken)
    {
        var parent = lost.Find(change => change.Field == Parent);
        var values = lost
            .Where(change => change != parent)
            .Select(change => (change.Field, Former: JiraValues.Of(change, IsList(update, read, change.Field))))
            .Where(one => one.Former.IsKnown)
            .ToDictionary(one => one.Field, one => one.Former.Value);
        foreach (var (field, value) in values.Where(one => one.Value is JiraPerson).ToList())
        {
            // A history may name an account otherwise than a write does.
            var people = await store.FindPeopleAsync([((JiraPerson)value!).AccountId!], cancellationToken)
                .ConfigureAwait(false);
            values[field] = people is [var person] ? person : value;
        }

        // The next run looks whether this write took another edit away.
        var register = Without(
            update,
            read,
            lost.Select(change => change.Field == Parent ? ParentMerge.Field : update.Names.GetValueOrDefault(change.Field))
                .OfType<string>())
            .Awaiting(IssueClock.LastSeen(read.Updated, update.KnownEdits), update.Pending);
        var write = new IssueWrite
        {
            Issue = read.Reference,
            Fields = values,
            Parent = parent is null ? null : FormerOf(parent, update.Parent!),
            Property = register.ToJson(),
        };
        _registers[read.IssueId] = register;
        var note = log.Updating(write, read, update.WorkItemId);
        var error = await store.UpdateAsync(write, notify, cancellationToken).ConfigureAwait(false);
        log.Ended(note, error);
        var what = string.Join("; ", lost.Select(change => string.Create(
            CultureInfo.InvariantCulture,
            $"{change.Field} became '{change.ToText}' by {change.Author?.ToString() ?? "somebody"} at {change.When:u}")));
        var result = IssueResult.Of(read, update.WorkItemId, lost.Select(change => change.Field)) with
        {
            Action = ChangeAction.Skip,
            Reason = Reasons.Overwritten,
            Detail = error is null && values.Count + (write.Parent is null ? 0 : 1) == lost.Count
                ? $"Somebody edited {read.Key} in the moment before it was written, and their values were put back: {what}."
                : $"Somebody edited {read.Key} in the moment before it was written, and their values were overwritten: {what}.",
        };
        return error is null ? result : result.Failed(error);
    }

    /// <summary>The parent that an edit gave; null where the history does not say which.</summary>
    private static ParentWrite? FormerOf(IssueFieldChange edit, ParentWrite written) =>
        string.IsNullOrEmpty(edit.To) && string.IsNullOrEmpty(edit.ToText) ? written with { Parent = null }
        : ParentMerge.IdIn(edit) is { } id ? written with { Parent = new IssueReference(id, edit.ToText ?? edit.To!) }
        : null;

    private static bool IsList(IssueUpdate update, Replica read, string field) =>
        update.Fields[field]
            is System.Collections.IEnumerable
                and not string
                and not IReadOnlyDictionary<string, object?>
        || read.Fields.GetValueOrDefault(field) is object?[];
}
