using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Ports;
using JiraAdoSync.Syncing;
using JiraAdoSync.Tests.Planning.Relations;

namespace JiraAdoSync.Tests.Writing;

/// <summary>
/// Work items in memory with the service's rules for relations: mirrors, indexes as they were before the patch, one
/// parent, no cycles, patches done whole or not at all. Between a read and the write that follows, somebody else may
/// edit.
/// </summary>
internal sealed class MemoryStore : IWorkItemStore, IContentStore, IIssueSource
{
    public Task<ServiceError?> DownloadAsync(
        WorkItemFile file, Func<Stream, CancellationToken, Task> sink, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private readonly SortedDictionary<int, List<Relation>> _items = [];
    private readonly Dictionary<int, List<WorkItemUpdate>> _histories = [];
    private int _historiesRead;

    /// <summary>What a look-up of hyperlinks, which finds none, waits for.</summary>
    public Func<Task> BeforeLookUp { get; set; } = () => Task.CompletedTask;

    /// <summary>Whether work items with hyperlinks are listed.</summary>
    public bool ListsHyperlinks { get; set; }

    /// <summary>What somebody else does just before a batch is done; given which batch it is, from 1.</summary>
    public Action<int> BeforeWrite { get; set; } = _ => { };

    /// <summary>What somebody else does just after a batch is done; given which batch it is, from 1.</summary>
    public Action<int> AfterWrite { get; set; } = _ => { };

    /// <summary>What becomes of a batch as a whole; given the batch.</summary>
    public Func<IReadOnlyList<WorkItemWrite>, Fate> FateOf { get; set; } = _ => Fate.Answered;

    public bool TakesRemovalsWithAdditions { get; init; } = true;

    /// <summary>
    /// Whether the others use the account that we use, so that a history does not distinguish them from us.
    /// </summary>
    public bool OthersUseOurAccount { get; set; }

    /// <summary>Whether histories show the comments of relations.</summary>
    public bool HistoriesShowComments { get; init; } = true;

    /// <summary>From which reading on, from 1, histories can't be read.</summary>
    public int? HistoriesFailFrom { get; init; }

    /// <summary>Whether histories can't be relied on: they show nothing.</summary>
    public bool HistoriesAreLate { get; init; }

    /// <summary>The batches that were sent.</summary>
    public List<IReadOnlyList<WorkItemWrite>> Batches { get; } = [];

    public MemoryStore Item(params int[] ids)
    {
        foreach (var id in ids)
        {
            _items.Add(id, []);
            _histories.Add(id, []);
        }

        return this;
    }

    /// <summary>Adds a relation as somebody else would.</summary>
    public MemoryStore Relate(int id, RelationType relation, int target, string? comment = null, bool isLocked = false)
    {
        Record(Join(id, relation, target, comment, isLocked), [], OthersUseOurAccount);
        return this;
    }

    /// <summary>Adds a hyperlink as somebody else would.</summary>
    public MemoryStore Hyperlink(int id, string url, string comment)
    {
        Record([Attach(id, url, comment)], [], OthersUseOurAccount);
        return this;
    }

    /// <summary>Adds a mark as an earlier run of ours did.</summary>
    public MemoryStore Mark(int id, string url, string comment)
    {
        Record([Attach(id, url, comment)], [], isOwn: true);
        return this;
    }

    /// <summary>Adds a relation as somebody else would, where the rules allow it; returns whether they do.</summary>
    public bool TryRelate(int id, RelationType relation, int target, string comment)
    {
        if (Problem(id, relation, target) is not null)
        {
            return false;
        }

        Relate(id, relation, target, comment);
        return true;
    }

    /// <summary>The relations that carry a mark of ours, from the end where it shows.</summary>
    public IReadOnlyList<Relation> Ours() => _items.Values.SelectMany(relations => relations)
        .Where(one => one.Comment?.Contains("[jira:", StringComparison.Ordinal) == true)
        .ToList();

    /// <summary>Removes a relation as somebody else would.</summary>
    public void Unrelate(int id, RelationType relation, int target) =>
        Record([], Part(id, relation, target), OthersUseOurAccount);

    /// <summary>The relations of an item as <c>Successor 2</c>, and its hyperlinks as their addresses.</summary>
    public IReadOnlyList<string> On(int id) => _items[id]
        .Select(one => (one.TargetWorkItemId is { } target
            ? $"{StandardRelationTypes.All[one.ReferenceName].Name} {target}"
            : one.Url)
            + (one.IsLocked ? " locked" : string.Empty)
            + (one.Comment is null ? string.Empty : $" \"{one.Comment}\""))
        .Order(StringComparer.Ordinal)
        .ToList();

    public int ThrottleLimit => 1;

    public Guid ProjectId => new("6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c");

    public Account Account { get; } = new("ours", "sync@contoso.example");

    public Task<IReadOnlyList<Revision>> ReadRevisionsAsync(DateTimeOffset from, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Revision>> ReadLastRevisionsAsync(
        IReadOnlyCollection<int> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Revision>>([]);

    public Task<RelationTypes> GetRelationTypesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(StandardRelationTypes.All);

    public string Project => "Fabrikam";

    public Task<IReadOnlyList<WorkItemType>> GetWorkItemTypesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WorkItemType>>([new WorkItemType { Name = "Task" }]);

    public Task<ProjectPaths> GetPathsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ServiceError?> CreatePathAsync(string field, string path, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ServiceError?> RemovePathAsync(string field, string path, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<int>> ListInPathAsync(string field, string path, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<WorkItemUpdate>> ReadHistoryAsync(
        int workItemId, int skip, CancellationToken cancellationToken) =>
        ++_historiesRead >= HistoriesFailFrom ? throw new Unreachable()
        : Task.FromResult<IReadOnlyList<WorkItemUpdate>>(
            HistoriesAreLate ? [] : _histories[workItemId].Skip(skip).ToList());

    public Task<IReadOnlyList<WorkItem>> ReadAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WorkItem>>(ids.Where(_items.ContainsKey).Select(Snapshot).ToList());

    public async Task<ILookup<string, HyperlinkOwner>> FindByHyperlinkAsync(
        IReadOnlyCollection<string> urls, CancellationToken cancellationToken)
    {
        await BeforeLookUp();
        return Array.Empty<HyperlinkOwner>().ToLookup(_ => string.Empty);
    }

    public Task<IReadOnlyList<int>> FindByFieldAsync(
        string field, IReadOnlyCollection<string> values, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<int>> ListHyperlinkOwnersAsync(
        int afterId, bool isEverywhere, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<int>>(!ListsHyperlinks ? [] : _items
            .Where(item => item.Key > afterId && item.Value.Exists(relation => relation.ReferenceName == "Hyperlink"))
            .Select(item => item.Key)
            .ToList());

    public Task<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<WorkItemWrite> writes, CancellationToken cancellationToken)
    {
        if (writes.Count > 0)
        {
            Batches.Add(writes);
            BeforeWrite(Batches.Count);
        }

        var fate = FateOf(writes);
        var outcomes = fate is Fate.Lost or Fate.RefusedAsOne ? [] : writes.Select(Write).ToList();
        AfterWrite(Batches.Count);
        var error = new ServiceError(
            fate == Fate.RefusedAsOne ? Failure.RequestFailed : Failure.ServerUnreachable, "failed as one")
        {
            MayBeDone = true,
        };
        return Task.FromResult<IReadOnlyList<WriteOutcome>>(
            fate == Fate.Answered ? outcomes : writes.Select(_ => WriteOutcome.Refused(error)).ToList());
    }

    public Task<ServiceError?> TryCreationAsync(
        string workItemType, bool bypassRules, CancellationToken cancellationToken) =>
        Task.FromResult<ServiceError?>(null);

    public Task<ServiceError?> RecycleAsync(IReadOnlyCollection<int> ids, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ServiceError?> RestoreAsync(
        int id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlySet<long>> FindReadableAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<long>>(issueIds.ToHashSet());

    public Task<IReadOnlyDictionary<long, object>> ReadEditorsAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>Has somebody edit directly before the first batch is written.</summary>
    /// <param name="edit">The edit.</param>
    public void Meanwhile(Action edit) => BeforeWrite = OnFirst(edit);

    /// <summary>Has somebody edit directly after the first batch was written.</summary>
    /// <param name="edit">The edit.</param>
    public void Afterwards(Action edit) => AfterWrite = OnFirst(edit);

    private static Action<int> OnFirst(Action edit) => batch =>
    {
        if (batch == 1)
        {
            edit();
        }
    };

    /// <summary>A run over this store alone.</summary>
    public Synchronizer Synchronizer(RunLog? log = null, CorrelationCache? cache = null) => new(Context(log, cache));

    /// <summary>What the phases of a run over this store alone share.</summary>
    public SyncContext Context(RunLog? log = null, CorrelationCache? cache = null) => new()
    {
        Store = this,
        Source = this,
        Contents = new ContentPorts(null!, this),
        Site = Scenario.Site,
        Cache = cache ?? new CorrelationCache(),
        Log = log ?? RunLog.None,
        Time = new ImmediateTime(),
    };

    public string PageOf(int workItemId) => $"https://ado.example/_workitems/edit/{workItemId}";

    public Task<IReadOnlyList<WorkItemComment>> ReadCommentsAsync(
        int workItemId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WorkItemComment>>([]);

    public Task<IReadOnlyList<string>> ReadCommentVersionsAsync(
        int workItemId, int commentId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<(WorkItemComment? Comment, ServiceError? Error)> AddCommentAsync(
        int workItemId, string html, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<(WorkItemComment? Comment, ServiceError? Error)> EditCommentAsync(
        int workItemId, int commentId, string html, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<ServiceError?> RemoveCommentAsync(int workItemId, int commentId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<(string? Url, ServiceError? Error)> UploadAsync(
        string fileName, long size, Stream content, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    /// <summary>What may become of a batch.</summary>
    internal enum Fate
    {
        /// <summary>Done, and answered write by write.</summary>
        Answered,

        /// <summary>Done, and the answer is lost.</summary>
        DoneWithoutAnswer,

        /// <summary>Lost on its way.</summary>
        Lost,

        /// <summary>Answered by one refusal for all.</summary>
        RefusedAsOne,
    }

    private WriteOutcome Write(WorkItemWrite write)
    {
        var id = write.WorkItemId!.Value;
        var before = _items.ToDictionary(pair => pair.Key, pair => pair.Value.ToList());
        if (!TakesRemovalsWithAdditions && write.RemoveRelations.Count > 0 && write.AddRelations.Count > 0)
        {
            return Refuse(Failure.RequestFailed);
        }

        if (write.RemoveRelations.Concat(write.RelationComments.Keys).Any(index => index >= _items[id].Count))
        {
            return Refuse(Failure.RequestFailed);
        }

        foreach (var (index, comment) in write.RelationComments)
        {
            _items[id][index] = _items[id][index] with { Comment = comment };
        }

        var removed = write.RemoveRelations.Select(index => _items[id][index]).ToList().SelectMany(Part).ToList();
        var added = new List<Relation>();
        foreach (var addition in write.AddRelations)
        {
            var type = StandardRelationTypes.All[addition.ReferenceName];
            if (Problem(id, type, addition.TargetWorkItemId!.Value) is { } problem)
            {
                foreach (var (item, relations) in before)
                {
                    _items[item] = relations;
                }

                return Refuse(problem);
            }

            added.AddRange(Join(id, type, addition.TargetWorkItemId.Value, addition.Comment, addition.IsLocked));
        }

        Record(added, removed, isOwn: true);
        return WriteOutcome.Done(Snapshot(id));
    }

    /// <summary>Adds a relation at both ends.</summary>
    private List<Relation> Join(int id, RelationType relation, int target, string? comment, bool isLocked)
    {
        var here = Make(id, relation, target) with { Comment = comment, IsLocked = isLocked };
        var there = Make(target, StandardRelationTypes.All.Opposite(relation), id);
        _items[id].Add(here);
        _items[target].Add(there);
        return [here, there];
    }

    private Relation Attach(int id, string url, string comment)
    {
        _items[id].Add(new Relation { WorkItemId = id, ReferenceName = "Hyperlink", Url = url, Comment = comment });
        return _items[id][^1];
    }

    private List<Relation> Part(Relation relation)
    {
        if (relation.TargetWorkItemId is { } target)
        {
            return Part(relation.WorkItemId, StandardRelationTypes.All[relation.ReferenceName], target);
        }

        _items[relation.WorkItemId].Remove(relation);
        return [relation];
    }

    /// <summary>Removes a relation at both ends, where it exists.</summary>
    private List<Relation> Part(int id, RelationType relation, int target)
    {
        var removed = _items[id]
            .Where(one => one.ReferenceName == relation.ReferenceName && one.TargetWorkItemId == target)
            .Concat(_items[target]
                .Where(one => one.ReferenceName == OppositeOf(relation) && one.TargetWorkItemId == id))
            .ToList();
        removed.ForEach(one => _items[one.WorkItemId].Remove(one));
        return removed;
    }

    private static string OppositeOf(RelationType relation) =>
        StandardRelationTypes.All.Opposite(relation).ReferenceName;

    /// <summary>Has an edit in the history of each work item that it touched.</summary>
    private void Record(List<Relation> added, List<Relation> removed, bool isOwn)
    {
        foreach (var id in added.Concat(removed).Select(relation => relation.WorkItemId).Distinct())
        {
            _histories[id].Add(new WorkItemUpdate(1, new Dictionary<string, (object?, object?)>())
            {
                IsOwn = isOwn,
                By = isOwn ? Account : new Account("theirs", "somebody@contoso.example"),
                Added = Of(added),
                Removed = Of(removed),
            });

            List<Relation> Of(List<Relation> relations) => relations.Where(relation => relation.WorkItemId == id)
                .Select(relation => HistoriesShowComments ? relation : relation with { Comment = null })
                .ToList();
        }
    }

    private Failure? Problem(int id, RelationType type, int target)
    {
        if (_items[id].Any(one => one.ReferenceName == type.ReferenceName && one.TargetWorkItemId == target))
        {
            return Failure.DuplicateRelation;
        }

        var (from, to) = type.IsForward ? (id, target) : (target, id);
        var forward = type.IsForward ? type : StandardRelationTypes.All.Opposite(type);
        if (type.IsTree && _items[to].Any(one => one.ReferenceName == forward.OppositeReferenceName))
        {
            return Failure.SecondParent;
        }

        return type.IsAcyclic && Reaches(to, forward.ReferenceName, from) ? Failure.CircularRelation : null;
    }

    private bool Reaches(int from, string type, int goal) => from == goal || _items[from].Any(one =>
        one.ReferenceName == type && Reaches(one.TargetWorkItemId!.Value, type, goal));

    private WorkItem Snapshot(int id) => new()
    {
        Id = id,
        Rev = 1,
        Type = "Task",
        Title = $"Item {id}",
        Project = "Fabrikam",
        Relations = _items[id].ToList(),
    };

    private static WriteOutcome Refuse(Failure kind) => WriteOutcome.Refused(new ServiceError(kind, "refused"));

    private static Relation Make(int id, RelationType relation, int target) => new()
    {
        WorkItemId = id,
        ReferenceName = relation.ReferenceName,
        TargetWorkItemId = target,
        Url = $"https://ado.example/_apis/wit/workItems/{target}",
    };

    private sealed class Unreachable()
        : ServiceException(new ServiceError(Failure.ServerUnreachable, "The service does not answer."));
}
