using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Applying.WorkItems;

/// <summary>
/// Writes planned work items, in batches, several at once. An item that fails leaves the rest to go on.
/// <para>
/// <b>Relations</b> between items that are created in one request travel in it, see <see cref="CreationPacking"/>: the
/// later item of the request names the earlier one by a temporary id. They count as written where the answer shows
/// them. An item that is refused with its relations, for whatever reason, is sent once more without; what did not
/// travel in the end is left for afterwards, when both items have ids.
/// </para>
/// <para>
/// <b>Creations.</b> The nonce of a mark is drawn for each sending: where an answer was lost, the nonce identifies the
/// item that was created all the same, and an item that another run made meanwhile from ours. What another run made is
/// used.
/// </para>
/// <para>
/// <b>Edits.</b> The revision guards an item's fields; it does not guard the index of our mark among its relations. So
/// an item is read immediately before it is edited, and the answer must show that no other relation got the mark's
/// comment. The mark also shows whether an edit was done whose answer was lost.
/// </para>
/// <para>
/// <b>Steps.</b> An item is created in the first state of its type, and a workflow may know no direct way to the one it
/// should have. Each further state is an edit of its own, sent for many items at once when all are created. Until the
/// last one the mark has a digest that no issue has, so that a run that broke off is completed by the next one.
/// </para>
/// </summary>
internal sealed class WorkItemApplier(
    IWorkItemStore store,
    JiraSite site,
    Correlator correlator,
    BatchSender sender,
    RunLog log)
{
    private static readonly string State = WorkItemField.State.ReferenceName;
    private static readonly string Title = WorkItemField.Title.ReferenceName;
    private static readonly string AssignedTo = WorkItemField.AssignedTo.ReferenceName;

    private readonly PositionalEdits _edits = new(store, site, sender, log);
    private readonly ConcurrentDictionary<string, long> _drawn = [];
    private Task _lastLook = Task.CompletedTask;

    /// <summary>Whether a nonce was drawn here: the item that has it is a creation of this run.</summary>
    public bool HasDrawn(string nonce) => _drawn.ContainsKey(nonce);

    /// <summary>Applies changes that write something.</summary>
    /// <param name="changes">The changes, one an issue.</param>
    /// <param name="relations">Relations that are to be written when the items exist.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<WrittenWorkItem> ApplyAsync(
        IReadOnlyCollection<WorkItemChange> changes,
        IEnumerable<RelationChange> relations,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var planned = changes.ToDictionary(change => change.IssueId);
        var isCreation = changes.ToLookup(change => change.Existing is null);
        var packing = new CreationPacking(
            isCreation[true].ToList(), relations, IWorkItemStore.BatchSize, creation => !IsLast(creation));
        var batches = new Queue<WorkItemChange[]>(
            isCreation[false].Chunk(IWorkItemStore.BatchSize).Concat(packing.Batches));
        var further = new List<Write>();
        var written = SideBySide.RunAsync(
            store.ThrottleLimit, NextBatch, (batch, ends) => ApplyBatchAsync(batch, packing, ends), cancellationToken);
        await foreach (var (_, results) in written.ConfigureAwait(false))
        {
            foreach (var (write, one) in results)
            {
                if (Next(write, one) is { } following)
                {
                    further.Add(following);
                    continue;
                }

                var first = planned[write.Change.IssueId];
                yield return one.Result.Action == write.Change.Action
                    ? one with
                    {
                        Result = one.Result with
                        {
                            Action = first.Action,
                            Fields = [.. first.Fields.Keys.Except(write.Withheld)],
                        },
                    }
                    : one;
            }
        }

        List<Write>? NextBatch(bool isAccompanied)
        {
            // What follows is sent first: until it is done, the values of its items are kept.
            var count = Math.Min(further.Count, IWorkItemStore.BatchSize);
            if (count < IWorkItemStore.BatchSize && batches.TryDequeue(out var batch))
            {
                return batch.Select(change => new Write(change)).ToList();
            }

            // More may come of what is under way.
            if (count == 0 || (isAccompanied && count < IWorkItemStore.BatchSize))
            {
                return null;
            }

            var next = further.GetRange(0, count);
            further.RemoveRange(0, count);
            return next;
        }
    }

    /// <summary>What is still to be done for an item after one write; null where nothing is.</summary>
    private static Write? Next(Write write, WrittenWorkItem written)
    {
        var (change, result) = (write.Change, written.Result);
        if (result.Error is { Kind: Failure.UnknownPerson } error)
        {
            return WithoutUnknown(change, error) is { } known ? write.Again(known) : null;
        }

        if (result.Error is { Kind: Failure.FieldReadOnly } refusal)
        {
            return WithoutReadOnly(change, refusal) is { } writable ? write.Again(writable) : null;
        }

        if (result.Error is { Kind: Failure.RequestFailed, IsRefusal: true, MayBeDone: false } refused)
        {
            return WithoutRefused(write, refused);
        }

        if (!result.IsApplied || result.Error is not null || write.IsLast)
        {
            return null;
        }

        if (write.Later.Count > 0)
        {
            var (group, before) = (write.Later[0], change.StatesBefore);
            IReadOnlyList<IReadOnlyDictionary<string, object?>> later = [.. write.Later.Skip(1)];
            if (change.Fields.TryGetValue(State, out var state) && !IsLast(change))
            {
                // The rest of the way to the state is written last.
                before = change.Existing is null ? before : [.. before.Skip(1)];
                later = [.. later, new Dictionary<string, object?> { [State] = state }];
            }

            return new Write(change with
            {
                Action = ChangeAction.Update,
                Existing = written.Existing,
                Fields = group,
                StatesBefore = before,
            })
            {
                Now = write.IsRelatedTo ? null : written.Existing!.WorkItem,
                IsFurther = true,
                Related = written.Relations,
                Withheld = write.Withheld,
                Later = later,
            };
        }

        var rest = new Table<object?>(1);
        if (change.Fields.TryGetValue(State, out var last))
        {
            rest[State] = last;
        }

        var further = change with
        {
            Action = ChangeAction.Update,
            Existing = written.Existing,
            Fields = rest,
            StatesBefore = change.Existing is null ? change.StatesBefore : [.. change.StatesBefore.Skip(1)],
        };
        return new Write(further)
        {
            // The answer shows the item as it is; nothing is as fresh, unless others were related to it after that
            // answer.
            Now = write.IsRelatedTo ? null : written.Existing!.WorkItem,
            IsFurther = true,
            Related = written.Relations,
            Withheld = write.Withheld,
        };
    }

    /// <summary>Whether one write does all of a change.</summary>
    private static bool IsLast(WorkItemChange change) => change.Existing is null
        ? change.BypassRules || !change.Fields.ContainsKey(State)
        : change.StatesBefore.Count == 0;

    /// <summary>
    /// The fields of the next write: a new item gets no state, an existing one the next state on its way. With
    /// a state the current assignee is sent, or some transitions would assign the item to us.
    /// </summary>
    private static Table<object?> FieldsOf(WorkItemChange change, WorkItem? now)
    {
        var fields = new Table<object?>(change.Fields.Count + 1);
        fields.AddAll(change.Fields);
        if (change.BypassRules || !fields.ContainsKey(State))
        {
            return fields;
        }

        if (change.Existing is null)
        {
            fields.Remove(State);
            return fields;
        }

        fields[State] = change.StatesBefore.Count > 0 ? change.StatesBefore[0] : fields[State];
        fields.TryAdd(AssignedTo, now?.Fields.GetValueOrDefault(AssignedTo));
        return fields;
    }

    /// <summary>
    /// The change without the people whom the service does not know; null where it names none of them.
    /// </summary>
    private static WorkItemChange? WithoutUnknown(WorkItemChange change, ServiceError error)
    {
        var unknown = change.Fields
            .Where(field =>
                field.Value is string name && error.Message.Contains($"'{name}'", StringComparison.OrdinalIgnoreCase))
            .ToList();
        return unknown.Count == 0 ? null : change with
        {
            Fields = change.Fields.Except(unknown).Append(KeyValuePair.Create(AssignedTo, (object?)null))
                .DistinctBy(field => field.Key)
                .ToDictionary(),
            UnknownPeople = [.. change.UnknownPeople, .. unknown.Select(field => (string)field.Value!)],
            Base = change.BaseWithout(unknown.Select(field => field.Key)),
        };
    }

    /// <summary>
    /// The change without a field that nobody may write in the item's state; null where the refusal names none of its
    /// fields. Where the state is to change, the field may be writable in the one before: it is tried there first.
    /// </summary>
    private static WorkItemChange? WithoutReadOnly(WorkItemChange change, ServiceError error)
    {
        if (change.Fields.Keys.FirstOrDefault(
            name => error.Message.Contains($"'{name}'", StringComparison.OrdinalIgnoreCase)) is not { } field)
        {
            return null;
        }

        if (change.Fields.ContainsKey(State)
            && change.Existing?.WorkItem.Fields.GetValueOrDefault(State) is string now
            && (change.StatesBefore.Count == 0 || change.StatesBefore[0] != now))
        {
            return change with { StatesBefore = [now, .. change.StatesBefore] };
        }

        return change with
        {
            Fields = change.Fields.Where(one => one.Key != field).ToDictionary(),
            Base = change.BaseWithRefused(field, value: null),
            Refused = [.. change.Refused, field],
            Reason = change.HasBase ? Reasons.ValueRefused : change.Reason,
            LeftOut = [.. change.LeftOut,
                $"The rules of '{change.WorkItemType}' let nobody write '{field}' in its state, so it stays as it is."],
        };
    }

    /// <summary>
    /// The write without a value that the service refuses: no value costs the work item. Where the refusal names the
    /// field, that one is left out. Where it does not, the item is created with its title alone, and the other fields
    /// follow: all at once, then in halves of those that are refused, until the one at fault is alone. A title that is
    /// refused is the issue's key. Null where the refusal is about something else, or nothing is left to try.
    /// </summary>
    private static Write? WithoutRefused(Write write, ServiceError error)
    {
        var change = write.Change;
        if (change.Fields.Keys.FirstOrDefault(field => RefusedValue.IsDemanded(error.Message, field, change.Fields[field]))
            is { } demanded)
        {
            return Without(demanded);
        }

        // A state that is refused is an error: the next run tries it again.
        var suspects = change.Fields.Keys
            .Where(field => field is not ("System.WorkItemType" or "System.State")
                && !(field == AssignedTo && change.Fields[field] is null))
            .ToList();
        if (suspects.Find(field => RefusedValue.Names(error.Message, field)) is { } named)
        {
            return Without(named);
        }

        if (suspects.Count == 0 || RefusedValue.NamesAnyField(error.Message))
        {
            return null;
        }

        if (suspects is [var last])
        {
            return Without(last);
        }

        var isCreation = change.Existing is null;
        var first = isCreation ? [Title] : suspects.Take((suspects.Count + 1) / 2).ToList();
        var rest = suspects.Except(first).ToDictionary(field => field, field => change.Fields[field]);
        return write.With(
            change with { Fields = change.Fields.Where(field => !rest.ContainsKey(field.Key)).ToDictionary() },
            write.Withheld,
            [rest, .. write.Later]);

        Write? Without(string field)
        {
            var fields = change.Fields.Where(one => one.Key != field).ToDictionary(StringComparer.OrdinalIgnoreCase);
            var isDemanded = RefusedValue.IsDemanded(error.Message, field, change.Fields[field]);
            var isTitle = field == Title && change.Existing is null;
            if (isTitle)
            {
                if (change.Fields[field] as string == change.Key)
                {
                    return null;
                }

                fields[field] = change.Key;
            }

            var less = change with
            {
                Fields = fields,
                Base = change.BaseWithRefused(field, isTitle ? change.Key : null),
                Refused = [.. change.Refused, field],
                Reason = isDemanded && change.Reason != Reasons.ValueRefused ? Reasons.EmptyRefused
                    : change.HasBase ? Reasons.ValueRefused
                    : change.Reason,
                LeftOut = [.. change.LeftOut, RefusedValue.Sentence(field, change.Fields[field], error.Message)],
            };
            return write.With(less, isTitle ? write.Withheld : [.. write.Withheld, field], write.Later);
        }
    }

    /// <summary>Applies changes of which each is about another work item, as one batch.</summary>
    private async Task<List<(Write Write, WrittenWorkItem Written)>> ApplyBatchAsync(
        List<Write> writes,
        CreationPacking packing,
        CancellationToken cancellationToken)
    {
        var now = await ReadAsync(writes.Where(write => write.Now is null), cancellationToken).ConfigureAwait(false);
        writes.ForEach(write => write.Now ??= now.GetValueOrDefault(write.Change.WorkItemId ?? 0));
        var ready = writes.Where(write => write.IsAsPlanned).ToList();
        await SendAsync(ready, packing, cancellationToken).ConfigureAwait(false);
        var refused = ready
            .Where(write => write.Included.Count > 0
                && write.Outcome.Error is { MayBeDone: false,
                    Kind: not (Failure.UnknownPerson or Failure.FieldReadOnly) })
            .ToList();
        refused.ForEach(write => write.TravelsAlone = true);
        await SendAsync(refused, packing, cancellationToken).ConfigureAwait(false);
        var results = new List<(Write, WrittenWorkItem)>();
        foreach (var write in writes)
        {
            results.Add((write, write.IsAsPlanned
                ? await ConcludeAsync(write, cancellationToken).ConfigureAwait(false)
                : Unwritten(write, ChangedMeanwhile(write.Change.WorkItemId))));
        }

        return results;
    }

    private async Task SendAsync(
        IReadOnlyList<Write> writes, CreationPacking packing, CancellationToken cancellationToken)
    {
        var outcomes = await sender
            .SendAsync(writes, together => ToWrites(together, packing), FindDoneAsync, cancellationToken)
            .ConfigureAwait(false);
        foreach (var (write, outcome) in writes.Zip(outcomes))
        {
            write.Outcome = outcome;
        }
    }

    private async Task<WrittenWorkItem> ConcludeAsync(Write write, CancellationToken cancellationToken)
    {
        if (write.Outcome.WorkItem is not { } item)
        {
            return Unwritten(write, write.Outcome.Error!);
        }

        if (write.Now is { } before)
        {
            // Where the mark's comment went to another relation, the mark is behind, and the next run writes it again.
            var edit = new PositionalEdit(write.Edit!, before, item, _ => write.Change.Replica.Reference);
            await _edits.VerifyAsync([edit], EditBaseline.None, cancellationToken).ConfigureAwait(false);
        }

        var mark = FindMark(item, write.Change);
        var isOurs = write.Now is not null || mark is null || HasDrawn(mark.Value.Mark.Nonce);
        var packed = write.Included.Select(one => one.Find(item)).OfType<PackedRelation>().ToList();
        if (isOurs)
        {
            Note(write, item, packed);
        }

        var result = WorkItemResult.Of(write.Change) with
        {
            Action = isOurs ? write.Change.Action : ChangeAction.Keep,
            Detail = isOurs ? write.Change.Detail : "Another run created it meanwhile.",
            IsApplied = isOurs,
            WorkItemId = item.Id,
        };
        var found = new FoundWorkItem(item, mark?.Mark)
        {
            Address = mark is var (_, index) ? item.Relations[index].Url : null,
        };
        return new WrittenWorkItem(result, found)
        {
            Relations = [.. write.Related, .. packed],
        };
    }

    private void Note(Write write, WorkItem after, List<PackedRelation> packed)
    {
        var issue = write.Change.Replica.Reference;
        string[] fields = [.. write.Fields.Keys];
        if (write.Now is not { } before)
        {
            // Relations are noted by themselves, as they are where they don't travel.
            var alone = after with { Relations = after.Relations.Where(relation => relation.TargetWorkItemId is null)
                .ToList() };
            log.Created(issue, alone, fields);
            packed.ForEach(one => log.Related(issue, after.Id, [], [one.Relation]));
            return;
        }

        var (old, mark) = (MarkOn(before), MarkOn(after));
        log.Updated(issue, before, after, fields, old is null ? [] : [old], mark is null ? [] : [mark]);

        Relation? MarkOn(WorkItem item) =>
            FindMark(item, write.Change) is var (_, index) ? item.Relations[index] : null;
    }

    /// <summary>The mark that is ours: where somebody added what looks like it, its address identifies it.</summary>
    private (WorkItemMark Mark, int Index)? FindMark(WorkItem item, WorkItemChange change) =>
        WorkItemMark.Find(item, site, change.IssueId, AddressOf(change));

    private string? AddressOf(WorkItemChange change) => change.Existing switch
    {
        null => null,
        { Mark: null } => site.MarkUrl(change.IssueId),
        var existing => existing.Address,
    };

    /// <summary>
    /// Looks for what was done without an answer: new items by their marks, edits by their marks.
    /// </summary>
    private async Task<IReadOnlyList<WorkItem?>> FindDoneAsync(
        IReadOnlyList<Write> unsure, CancellationToken cancellationToken)
    {
        var edited = await ReadAsync(unsure, cancellationToken).ConfigureAwait(false);
        var created = unsure.Where(write => write.Change.Existing is null)
            .Select(write => write.Change.Replica.Reference).ToList();
        var marked = await FindMarkedAsync(created, cancellationToken).ConfigureAwait(false);
        return unsure.Select(Find).ToList();

        WorkItem? Find(Write write)
        {
            if (write.Change.Existing is not { } current)
            {
                return marked[write.Change.IssueId].FirstOrDefault()?.WorkItem;
            }

            var now = edited.GetValueOrDefault(current.WorkItem.Id);
            if (now is not null && FindMark(now, write.Change)?.Mark == write.Sent)
            {
                return now;
            }

            write.Now = now;
            return null;
        }
    }

    /// <summary>Batches go side by side, and the correlator takes one question at a time.</summary>
    private Task<ILookup<long, FoundWorkItem>> FindMarkedAsync(
        IReadOnlyCollection<IssueReference> issues,
        CancellationToken cancellationToken)
    {
        lock (_drawn)
        {
            var look = LookAsync(_lastLook);
            _lastLook = look;
            return look;
        }

        async Task<ILookup<long, FoundWorkItem>> LookAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await correlator.FindMarkedAsync(issues, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads those that are to be edited, as they are now.</summary>
    private async Task<Dictionary<int, WorkItem>> ReadAsync(
        IEnumerable<Write> writes, CancellationToken cancellationToken)
    {
        var ids = writes.Select(write => write.Change.WorkItemId).OfType<int>().ToList();
        return (await store.ReadAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(item => item.Id);
    }

    private List<WorkItemWrite> ToWrites(IReadOnlyList<Write> together, CreationPacking packing)
    {
        var related = packing.Within(
            together.Select(write => write.TravelsWithOthers ? write.Change.IssueId : (long?)null).ToList());
        foreach (var (write, relations) in together.Zip(related))
        {
            write.Included = relations
                .Select(one => new IncludedRelation(one.Relation, together[one.Other], one.Other,
                    RelationMark.Comment(one.Relation.Desired!.Link, site)))
                .ToList();
            write.Included.ForEach(one => one.Other.IsRelatedTo = true);
        }

        return together.Select(ToWrite).ToList();
    }

    private WorkItemWrite ToWrite(Write write, int position)
    {
        var change = write.Change;
        write.Fields = FieldsOf(change, write.Now);
        if (change.Existing is not { } current)
        {
            write.Sent = MarkOf(write, WorkItemMark.NewNonce(store.ProjectId), rev: 1);
            _drawn.TryAdd(write.Sent.Nonce, change.IssueId);
            return new WorkItemWrite
            {
                TemporaryId = TemporaryIdOf(position),
                WorkItemType = change.WorkItemType,
                BypassRules = change.BypassRules,
                Fields = write.Fields,
                AddRelations =
                    [write.Sent.ToRelation(site), .. write.Included.Select(one => one.ToRelation(change.IssueId))],
            };
        }

        // The write makes the next revision, and the mark in it names that one. Where edits of people are
        // kept, it keeps naming the one before them, so that the next run knows of them too.
        var rev = current.WorkItem.Rev;
        var markedRev = change.Kept.Count > 0 ? current.Mark?.Rev ?? 0 : rev + 1;
        write.Sent = MarkOf(
            write,
            current.Mark?.Nonce ?? write.Sent?.Nonce ?? change.Nonce ?? WorkItemMark.NewNonce(store.ProjectId),
            markedRev);
        var edit = new WorkItemWrite
        {
            WorkItemId = current.WorkItem.Id,
            Before = write.Now,
            ExpectedRev = rev,
            BypassRules = change.BypassRules,
            Fields = write.Fields,
        };
        return write.Edit = write.Now is { } now && FindMark(now, change) is var (_, index)
            ? edit with { RelationComments = new Dictionary<int, string> { [index] = write.Sent.Comment } }
            : edit with { AddRelations = [write.Sent.ToRelation(site)] };
    }

    private static int TemporaryIdOf(int index) => -1 - index;

    private static WorkItemMark MarkOf(Write write, string nonce, int rev)
    {
        var mark = new WorkItemMark
        {
            Issue = write.Change.Replica.Reference,
            Nonce = nonce,
            Rev = rev,
            FieldsDigest = write.IsLast
                ? write.Change.FieldsDigest
                : WorkItemPlanner.Unfinished(write.Change.FieldsDigest),
            TextDigest = write.Change.TextDigest,
        };
        return write.Change.Base.Count > 0 && write.IsLast
            ? mark.WithBase(write.Change.Base)
            : mark.WithBase(BaseOf(write.Change.Existing));
    }

    /// <summary>
    /// The base that a mark keeps. Where somebody else wrote to the work item since the mark was written, the new mark's
    /// revision must not say that a run looked at what they wrote.
    /// </summary>
    private static string? BaseOf(FoundWorkItem? existing) => existing is not { Mark: { } mark, WorkItem: var item } ? null
        : mark.Rev == item.Rev ? mark.Base
        : MarkBase.With(mark.Base, MarkBase.Discussion, known: null);

    private static ServiceError ChangedMeanwhile(int? id) => new(
        Failure.WorkItemChanged, $"Work item {id} was changed or deleted by somebody else in between.");

    /// <summary>The end of a change one of whose writes failed; what earlier ones wrote stays.</summary>
    private static WrittenWorkItem Unwritten(Write write, ServiceError error)
    {
        var result = WorkItemResult.Of(write.Change) with
        {
            Action = ChangeAction.Fail,
            Error = error,
            Reason = error.Kind.ToString(),
            IsApplied = write.IsFurther,
        };
        return new WrittenWorkItem(result, write.IsFurther ? write.Change.Existing : null)
        {
            Relations = write.Related,
        };
    }

    /// <summary>A change on its way.</summary>
    private sealed class Write(WorkItemChange change)
    {
        public WorkItemChange Change { get; } = change;

        /// <summary>
        /// The item as it was before the edit that was sent last; null for a creation, or where it does not exist.
        /// </summary>
        public WorkItem? Now { get; set; }

        /// <summary>Whether it follows another write of this run to the same item.</summary>
        public bool IsFurther { get; init; }

        /// <summary>The fields that were sent last.</summary>
        public IReadOnlyDictionary<string, object?> Fields { get; set; } = new Dictionary<string, object?>();

        /// <summary>The mark that was sent last.</summary>
        public WorkItemMark? Sent { get; set; }

        /// <summary>The edit that was sent last; null for a creation.</summary>
        public WorkItemWrite? Edit { get; set; }

        /// <summary>The relations that were sent with it last.</summary>
        public List<IncludedRelation> Included { get; set; } = [];

        /// <summary>The relations that were written with it before, in an earlier step.</summary>
        public IReadOnlyList<PackedRelation> Related { get; init; } = [];

        /// <summary>Whether others were sent with relations to it.</summary>
        public bool IsRelatedTo { get; set; }

        /// <summary>Whether it is sent without relations.</summary>
        public bool TravelsAlone { get; set; }

        /// <summary>Whether it is a creation that is sent with relations.</summary>
        public bool TravelsWithOthers => Change.Existing is null && !TravelsAlone;

        /// <summary>Fields of the change that it does without, since the service refused them.</summary>
        public IReadOnlyList<string> Withheld { get; init; } = [];

        /// <summary>Fields of the change that are written afterwards, group by group.</summary>
        public IReadOnlyList<IReadOnlyDictionary<string, object?>> Later { get; init; } = [];

        /// <summary>Whether nothing of the change is left after this write.</summary>
        public bool IsLast => Later.Count == 0 && WorkItemApplier.IsLast(Change);

        /// <summary>The write once more, with what the service refused left out.</summary>
        public Write Again(WorkItemChange less) =>
            With(less, [.. Withheld, .. Change.Fields.Keys.Except(less.Fields.Keys)], Later);

        /// <summary>The write once more, with less in it.</summary>
        public Write With(
            WorkItemChange less,
            IReadOnlyList<string> withheld,
            IReadOnlyList<IReadOnlyDictionary<string, object?>> later) => new(less)
        {
            IsFurther = IsFurther,
            Related = Related,
            Withheld = withheld,
            Later = later,
        };

        /// <summary>What became of it.</summary>
        public WriteOutcome Outcome { get; set; } = null!;

        /// <summary>Whether the item is what the change was planned for.</summary>
        public bool IsAsPlanned => Change.Existing is not { } current || Now?.Rev == current.WorkItem.Rev;
    }
    /// <summary>A relation that travels with the item that holds it.</summary>
    private sealed record IncludedRelation(RelationChange Change, Write Other, int OtherIndex, string Comment)
    {
        public NewRelation ToRelation(long ownerIssueId) =>
            new(ReferenceNameOn(ownerIssueId), Comment) { TargetWorkItemId = TemporaryIdOf(OtherIndex) };

        /// <summary>The relation as it was created; null where the owner does not show it.</summary>
        public PackedRelation? Find(WorkItem owner)
        {
            var relation = Other.Outcome.WorkItem is not { } other ? null : owner.Relations.FirstOrDefault(relation =>
                relation.TargetWorkItemId == other.Id && relation.Comment == Comment);
            return relation is null
                ? null
                : new PackedRelation(Change, relation, Other.Change.IssueId == Change.Source.Issue!.Id);
        }

        private string ReferenceNameOn(long ownerIssueId) => ownerIssueId == Change.Source.Issue!.Id
            ? Change.Relation!.ReferenceName
            : Change.Relation!.OppositeReferenceName;
    }
}
