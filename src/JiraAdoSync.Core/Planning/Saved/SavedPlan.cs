using System.Globalization;
using System.Text.Json;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Planning.Saved;

/// <summary>A plan in the shape in which it is kept in a file: the changes, and what they were planned for.</summary>
public sealed record SavedPlan
{
    /// <summary>The Jira site.</summary>
    public required string Site { get; init; }

    /// <summary>The organisation's address.</summary>
    public required string Organization { get; init; }

    /// <summary>The project's name.</summary>
    public required string Project { get; init; }

    /// <summary>When the file was written.</summary>
    public required DateTimeOffset Written { get; init; }

    /// <summary>The work items.</summary>
    public required IReadOnlyList<SavedWorkItem> WorkItems { get; init; }

    /// <summary>The relations.</summary>
    public required IReadOnlyList<SavedRelation> Relations { get; init; }

    /// <summary>The work items that the changes touch, as they were when the plan was made.</summary>
    public required IReadOnlyList<SavedBasis> Basis { get; init; }

    /// <summary>What only a plan over both sides has; null for one that writes to Azure DevOps only.</summary>
    public SavedTwoWay? TwoWay { get; init; }

    /// <summary>Keeps a plan.</summary>
    /// <param name="workItems">What is to be done with work items.</param>
    /// <param name="relations">What is to be done with relations.</param>
    /// <param name="frame">The site, the project and so on.</param>
    public static SavedPlan Of(
        IReadOnlyCollection<WorkItemChange> workItems,
        IReadOnlyCollection<RelationChange> relations,
        SavedPlan frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var touched = workItems.Where(change => change.IsWrite).Select(change => change.Existing?.WorkItem)
            .Concat(relations.Where(change => change.IsWrite)
                .SelectMany(change => new[] { change.Source.Existing, change.Target.Existing }));
        return frame with
        {
            WorkItems = workItems.Select(SavedWorkItem.Of).ToList(),
            Relations = relations.Select(SavedRelation.Of).ToList(),
            Basis = touched.OfType<WorkItem>().DistinctBy(item => item.Id).OrderBy(item => item.Id)
                .Select(SavedBasis.Of).ToList(),
        };
    }

    /// <summary>
    /// What is no longer as it was when the plan was made. Only what the plan touches counts: another item may change
    /// as it likes.
    /// </summary>
    /// <param name="now">The work items of <see cref="Basis"/> as they are now; those that no longer exist left
    /// out.</param>
    /// <param name="found">The work items that issues have by now, by issue id.</param>
    /// <returns>Sentences, one a difference.</returns>
    public IReadOnlyList<string> FindDrift(
        IReadOnlyDictionary<int, WorkItem> now,
        IReadOnlyDictionary<long, FoundWorkItem> found)
    {
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(found);
        var written = WorkItems.Where(item => item.WorkItemId is not null && item.Action != ChangeAction.Keep)
            .Select(item => item.WorkItemId!.Value)
            .ToHashSet();
        var changed = Basis.SelectMany(basis => basis.FindDrift(now.GetValueOrDefault(basis.WorkItemId), written));
        var appeared = WorkItems
            .Where(item => item.Action == ChangeAction.Create && found.ContainsKey(item.IssueId))
            .Select(item => $"{item.Key} was to be created, and it has {found[item.IssueId].WorkItem} by now.");
        return [.. changed, .. appeared, .. FindStrangers(now, found)];
    }

    /// <summary>
    /// The work items that it writes to for an issue, and the issue: those that are updated, and the ends of relations.
    /// </summary>
    internal IEnumerable<(IssueReference Issue, int WorkItemId)> Targets => WorkItems
        .Where(item => item is { WorkItemId: not null, Action: ChangeAction.Update })
        .Select(item => (new IssueReference(item.IssueId, item.Key), item.WorkItemId!.Value))
        .Concat(Relations
            .Where(relation => relation.Action is ChangeAction.Create or ChangeAction.Replace or ChangeAction.Degrade
                or ChangeAction.Remove)
            .SelectMany(relation => new[] { relation.Source, relation.Target })
            .Where(end => end is { IssueId: not null, WorkItemId: not null })
            .Select(end => (new IssueReference(end.IssueId!.Value, end.Key ?? string.Empty), end.WorkItemId!.Value)))
        .Distinct();

    /// <summary>The work items that it recycles as twins, each with its issue.</summary>
    internal IEnumerable<(IssueReference Issue, int WorkItemId)> Recycled => WorkItems
        .Where(item => item is { WorkItemId: not null, Action: ChangeAction.Remove })
        .Select(item => (new IssueReference(item.IssueId, item.Key), item.WorkItemId!.Value));

    /// <summary>The relations that it removes.</summary>
    internal IEnumerable<Relation> Removed => Relations.SelectMany(relation => relation.Removes);

    /// <summary>
    /// What the plan takes away that is not for it to take: a work item that is no twin, and a relation that is not
    /// ours. A file may name anything.
    /// </summary>
    /// <param name="now">The work items that it touches, as they are now.</param>
    /// <param name="found">The work items that exist for issues, by issue id.</param>
    /// <param name="foreign">Relations with a mark that none of our accounts put there.</param>
    /// <param name="site">The site of the marks.</param>
    /// <returns>Sentences, one a difference.</returns>
    internal IEnumerable<string> FindForeignRemovals(
        IReadOnlyDictionary<int, WorkItem> now,
        IReadOnlyDictionary<long, FoundWorkItem> found,
        IReadOnlySet<Relation> foreign,
        JiraSite site)
    {
        var recycled = Recycled
            .Where(twin =>
                now.TryGetValue(twin.WorkItemId, out var item)
                && (
                    WorkItemMark.Find(item, site, twin.Issue.Id) is null
                    || found.GetValueOrDefault(twin.Issue.Id)?.WorkItem.Id is not { } kept
                    || kept == twin.WorkItemId))
            .Select(twin =>
                $"Work item {twin.WorkItemId} is no second one of {twin.Issue.Key}, so it is not recycled.");
        var removed = Relations
            .SelectMany(change => change.Removes.Select(relation => (Change: change, relation)))
            .Where(one =>
                Current(one.relation, now) is { } current
                && !one.Change.MayRemove(
                    current,
                    RelationMark.Parse(current.Comment, site) is not null && !foreign.Contains(current)))
            .Select(one =>
                $"The relation {one.relation} is not ours, or not what {one.Change.Source.Key} and "
                + $"{one.Change.Target.Key} are about, so it is not removed.");
        return recycled.Concat(removed);
    }

    /// <summary>A relation of the plan as it is now; null where it does not exist any more.</summary>
    /// <param name="relation">The relation, as the plan has it.</param>
    /// <param name="now">The work items that the plan touches, as they are now.</param>
    internal static Relation? Current(Relation relation, IReadOnlyDictionary<int, WorkItem> now) =>
        now.GetValueOrDefault(relation.WorkItemId)?.Relations.FirstOrDefault(one => one.Identity == relation.Identity);

    /// <summary>
    /// Targets that are not the work items of their issues: nothing of ours is on them, and the plan does not adopt
    /// them. A file may name any work item, and the hash in it proves nothing.
    /// </summary>
    private IEnumerable<string> FindStrangers(
        IReadOnlyDictionary<int, WorkItem> now, IReadOnlyDictionary<long, FoundWorkItem> found)
    {
        var adopted = WorkItems.Where(item => item is { Action: ChangeAction.Adopt, WorkItemId: not null })
            .Select(item => (item.IssueId, item.WorkItemId!.Value))
            .ToHashSet();
        return Targets
            .Where(target => now.ContainsKey(target.WorkItemId)
                && found.GetValueOrDefault(target.Issue.Id)?.WorkItem.Id != target.WorkItemId
                && !adopted.Contains((target.Issue.Id, target.WorkItemId)))
            .Select(target =>
                $"Work item {target.WorkItemId} is not the one of {target.Issue.Key}: it does not carry our "
                + "mark for it, and the plan does not adopt it.");
    }
}

/// <summary>A planned work item as it is kept.</summary>
public sealed record SavedWorkItem
{
    /// <summary>What is to be done.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The side that it writes to, in a plan over both sides: Azure DevOps.</summary>
    public Side? Side { get; init; }

    /// <summary>The issue's key.</summary>
    public required string Key { get; init; }

    /// <summary>The issue's id.</summary>
    public required long IssueId { get; init; }

    /// <summary>The issue's type.</summary>
    public required IssueType IssueType { get; init; }

    /// <summary>The issue's summary.</summary>
    public required string Summary { get; init; }

    /// <summary>The work item's type.</summary>
    public string? WorkItemType { get; init; }

    /// <summary>The work item; null where it is to be created.</summary>
    public int? WorkItemId { get; init; }

    /// <summary>Its revision.</summary>
    public int? Rev { get; init; }

    /// <summary>Our mark on it.</summary>
    public WorkItemMark? Mark { get; init; }

    /// <summary>The fields to write.</summary>
    public IReadOnlyDictionary<string, JsonElement> Fields { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The states to pass through before the one among the fields.</summary>
    public IReadOnlyList<string> StatesBefore { get; init; } = [];

    /// <summary>Fields that stay as people changed them.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>People who are unknown in Azure DevOps.</summary>
    public IReadOnlyList<string> UnknownPeople { get; init; } = [];

    /// <summary>Whether it is written past the rules of its type.</summary>
    public bool BypassRules { get; init; }

    /// <summary>The digest of the plain fields.</summary>
    public string FieldsDigest { get; init; } = string.Empty;

    /// <summary>The digest of the rich texts.</summary>
    public string TextDigest { get; init; } = string.Empty;

    /// <summary>What is to follow beside the fields; null where nothing is.</summary>
    public WorkItemContent? Content { get; init; }

    /// <summary>Why, as a stable word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    internal static SavedWorkItem Of(WorkItemChange change) => new()
    {
        Action = change.Action,
        Key = change.Key,
        IssueId = change.IssueId,
        IssueType = change.Replica.Type,
        Summary = change.Summary,
        WorkItemType = change.WorkItemType,
        WorkItemId = change.WorkItemId,
        Rev = change.Existing?.WorkItem.Rev,
        Mark = change.Existing?.Mark,
        Fields = change.Fields.ToDictionary(pair => pair.Key, pair => JsonSerializer.SerializeToElement(pair.Value)),
        StatesBefore = change.StatesBefore,
        Kept = change.Kept,
        UnknownPeople = change.UnknownPeople,
        BypassRules = change.BypassRules,
        FieldsDigest = change.FieldsDigest,
        TextDigest = change.TextDigest,
        Content = change.Content,
        Reason = change.Reason,
        Detail = change.Detail,
    };

    /// <summary>The change, as it was planned.</summary>
    /// <param name="title">The work item's present title; null where there is none yet.</param>
    public WorkItemChange ToChange(string? title = null) => new()
    {
        Action = Action,
        Replica = new Replica
        {
            IssueId = IssueId,
            Key = Key,
            Type = IssueType,
            Status = new IssueStatus(string.Empty, string.Empty),
            Summary = Summary,
        },
        WorkItemType = WorkItemType,
        Existing = WorkItemId is not { } id ? null : new FoundWorkItem(
            new WorkItem { Id = id, Rev = Rev ?? 0, Type = WorkItemType ?? string.Empty, Title = title ?? Summary,
                Project = string.Empty },
            Mark),
        Fields = Fields.ToDictionary(pair => pair.Key, pair => ValueOf(pair.Value), StringComparer.OrdinalIgnoreCase),
        StatesBefore = StatesBefore,
        Kept = Kept,
        UnknownPeople = UnknownPeople,
        BypassRules = BypassRules,
        FieldsDigest = FieldsDigest,
        TextDigest = TextDigest,
        Content = Content,
        Reason = Reason,
        Detail = Detail,
    };

    /// <summary>A date stays the text that it is in the file; the service reads it.</summary>
    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}

/// <summary>A planned relation as it is kept.</summary>
public sealed record SavedRelation
{
    /// <summary>What is to be done.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The side that it writes to, in a plan over both sides: Azure DevOps.</summary>
    public Side? Side { get; init; }

    /// <summary>The link's source, or the child.</summary>
    public required SavedEnd Source { get; init; }

    /// <summary>The name of the relation on the source, as people see it.</summary>
    public string? Relation { get; init; }

    /// <summary>Its fixed name.</summary>
    public string? ReferenceName { get; init; }

    /// <summary>The other end.</summary>
    public required SavedEnd Target { get; init; }

    /// <summary>The link; null where the change has none.</summary>
    public SavedLink? Link { get; init; }

    /// <summary>Why, as a stable word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>What is done where the service refuses it for its topology.</summary>
    public LinkConflict OnConflict { get; init; }

    /// <summary>The relations that have to go.</summary>
    public IReadOnlyList<Relation> Removes { get; init; } = [];

    internal static SavedRelation Of(RelationChange change) => new()
    {
        Action = change.Action,
        Source = SavedEnd.Of(change.Source),
        Relation = change.Relation?.Name,
        ReferenceName = change.Relation?.ReferenceName,
        Target = SavedEnd.Of(change.Target),
        Link = change.Desired is null ? null : SavedLink.Of(change.Desired),
        Reason = change.Reason,
        Detail = change.Detail,
        OnConflict = change.OnConflict,
        Removes = change.Removes.Select(relation => relation.Relation).ToList(),
    };

    /// <summary>
    /// Whether the change can be a reason to remove a relation: one of ours at one of its ends, or the parent that it
    /// replaces, whoever chose that one.
    /// </summary>
    internal bool MayRemove(Relation relation, bool isOurs)
    {
        const string Hierarchy = "System.LinkTypes.Hierarchy";
        int?[] ends = [Source.WorkItemId, Target.WorkItemId];
        var isParent = Action == ChangeAction.Replace
            && ChildOf(relation.ReferenceName, relation.WorkItemId, relation.TargetWorkItemId) is { } child
            && child == ChildOf(ReferenceName, Source.WorkItemId, Target.WorkItemId);
        return isParent || (isOurs && (ends.Contains(relation.WorkItemId) || ends.Contains(relation.TargetWorkItemId)));

        static int? ChildOf(string? type, int? source, int? target) => type switch
        {
            $"{Hierarchy}-Reverse" => source,
            $"{Hierarchy}-Forward" => target,
            _ => null,
        };
    }

    /// <summary>The change, as it was planned.</summary>
    /// <param name="types">The organisation's relation types.</param>
    /// <param name="site">The Jira site, whose marks are ours.</param>
    /// <exception cref="SyncException">
    /// <c>PlanDrifted</c>: the organisation does not have the relation type any more.
    /// </exception>
    public RelationChange ToChange(RelationTypes types, JiraSite site)
    {
        ArgumentNullException.ThrowIfNull(types);
        RelationType? relation = null;
        if (ReferenceName is not null && !(types.TryFind(ReferenceName, out relation) && relation.IsUsable))
        {
            throw new SyncException(
                "PlanDrifted",
                $"The organisation does not have the relation type '{ReferenceName}' any more, or has disabled it. Make a new plan.",
                ReferenceName);
        }

        return new RelationChange
        {
            Action = Action,
            Source = Source.ToEnd(),
            Relation = relation,
            Target = Target.ToEnd(),
            Desired = Link?.ToDesired(Source, Target, relation),
            Reason = Reason,
            Detail = Detail,
            OnConflict = OnConflict,
            Removes = Removes
                .Select(relation => new CurrentRelation(relation, RelationMark.Parse(relation.Comment, site)))
                .ToList(),
        };
    }
}

/// <summary>An end of a planned relation as it is kept.</summary>
/// <param name="Key">The issue's key; null where it is not known.</param>
/// <param name="IssueId">The issue's id; null where it is not known.</param>
/// <param name="WorkItemId">The work item; null where it has none yet.</param>
public sealed record SavedEnd(string? Key, long? IssueId, int? WorkItemId)
{
    internal static SavedEnd Of(RelationEnd end) => new(end.Issue?.Key, end.Issue?.Id, end.WorkItemId);

    internal RelationEnd ToEnd() =>
        new(IssueId is { } id ? new IssueReference(id, Key ?? string.Empty) : null, WorkItemId);
}

/// <summary>A link behind a planned relation as it is kept.</summary>
/// <param name="LinkId">The link's id; null for a parent.</param>
/// <param name="Type">Its type.</param>
/// <param name="ReadFrom">The issue that it was read from.</param>
/// <param name="LeftOut">Why the mapping leaves it out; null where it doesn't.</param>
public sealed record SavedLink(long? LinkId, LinkType Type, long ReadFrom, string? LeftOut)
{
    internal static SavedLink Of(DesiredRelation desired) =>
        new(desired.Link.LinkId, desired.Link.Type, desired.Link.ReadFrom, desired.LeftOut);

    internal DesiredRelation ToDesired(SavedEnd source, SavedEnd target, RelationType? relation) => new()
    {
        Link = new IssueLink
        {
            LinkId = LinkId,
            Type = Type,
            Source = source.ToEnd().Issue!,
            Target = target.ToEnd().Issue!,
            ReadFrom = ReadFrom,
        },
        Relation = relation,
        LeftOut = LeftOut,
    };
}

/// <summary>A work item that a plan touches, as it was when the plan was made.</summary>
/// <param name="WorkItemId">The work item.</param>
/// <param name="Rev">Its revision.</param>
/// <param name="Relations">Its relations to other work items, as <c>System.LinkTypes.Related 12</c>.</param>
public sealed record SavedBasis(int WorkItemId, int Rev, IReadOnlyList<string> Relations)
{
    internal static SavedBasis Of(WorkItem item) => new(item.Id, item.Rev, Describe(item));

    /// <summary>What is different by now; the revision counts only where fields are to be written.</summary>
    internal IEnumerable<string> FindDrift(WorkItem? now, HashSet<int> written)
    {
        if (now is null)
        {
            return [$"Work item {WorkItemId} no longer exists, or the account can no longer read it."];
        }

        var relations = Describe(now);
        return relations.Except(Relations).Select(one => $"Work item {WorkItemId} has a new relation: {one}.")
            .Concat(Relations.Except(relations).Select(one => $"Work item {WorkItemId} has lost a relation: {one}."))
            .Concat(written.Contains(WorkItemId) && now.Rev != Rev
                ? [$"Work item {WorkItemId} was edited: it has revision {now.Rev}, and the plan is for {Rev}."]
                : []);
    }

    private static List<string> Describe(WorkItem item) => item.Relations
        .Where(relation => relation.TargetWorkItemId is not null)
        .Select(relation =>
            string.Create(CultureInfo.InvariantCulture, $"{relation.ReferenceName} {relation.TargetWorkItemId}"))
        .Order(StringComparer.Ordinal)
        .ToList();
}
