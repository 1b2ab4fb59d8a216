using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.RichText;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>An issue and its work item, as both were read.</summary>
internal sealed record PairInput
{
    /// <summary>What Jira makes of the work item.</summary>
    public required DesiredWorkItem Desired { get; init; }

    /// <summary>The work item, with our genuine mark on it; no mark on one that the user named.</summary>
    public required FoundWorkItem Found { get; init; }

    /// <summary>The work item's type.</summary>
    public required WorkItemType Type { get; init; }

    /// <summary>Whether a unique name is that of an account that syncs run with.</summary>
    public Func<string?, bool> IsOwnAccount { get; init; } = _ => false;

    /// <summary>What both sides had when they were last in step.</summary>
    public required PairBase Base { get; init; }

    /// <summary>
    /// The revision that the work item had when the run read it first, which was when it read the issue: a base that is
    /// recorded later in the run knows nothing of what both sides had in between. 0 where it is the one that it has
    /// now.
    /// </summary>
    public int FirstRev { get; init; }

    /// <summary>Whether the rich texts of the work item are the original of those of the issue.</summary>
    public bool IsTextOriginal { get => field || IsUnfinished; init; }

    /// <summary>
    /// Whether the issue was created from its work item by a run that did not come to give it all. The digest that a mark
    /// has until then is none that a mark has otherwise; the issue may have its comments and its link by then.
    /// </summary>
    public bool IsUnfinished => !Base.HasValues && Found.Mark?.FieldsDigest == WorkItemMark.Unfinished;

    /// <summary>The issue's history; null where it was not read.</summary>
    public IReadOnlyList<IssueFieldChange>? JiraHistory { get; init; }

    /// <summary>The work item's history; null where it was not read.</summary>
    public IReadOnlyList<WorkItemUpdate>? AdoHistory { get; init; }

    /// <summary>
    /// The rich texts of the issue that may go both ways, by the id of the field; null where they were not read.
    /// </summary>
    public IReadOnlyDictionary<string, JiraText>? Texts { get; init; }

    /// <summary>
    /// The source of rich texts, with no page of a work item; null where texts are left out of the run.
    /// </summary>
    public RichTextContext? TextContext { get; init; }

    /// <summary>The addresses of issues, by the pages of their work items.</summary>
    public IReadOnlyDictionary<string, string> Pages { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the last change of the work item is ours and wrote the mark as it is.</summary>
    public bool IsMarkAsWritten { get; init; }

    /// <summary>Whether the issue has a status of a way through the workflow that an earlier run began.</summary>
    public bool IsOnTheWay => Base.Walk?.Steps.Contains(Issue.Status.Id) == true;

    /// <summary>The issue.</summary>
    public Replica Issue => Desired.Replica;

    /// <summary>The work item.</summary>
    public WorkItem Item => Found.WorkItem;

    /// <summary>The state of the work item.</summary>
    public string? State => Item.Fields.GetValueOrDefault(WorkItemField.State.ReferenceName) as string;
}

/// <summary>What must have been written before a base is true.</summary>
[Flags]
internal enum BaseNeeds
{
    /// <summary>Nothing.</summary>
    Nothing = 0,

    /// <summary>The fields of the work item.</summary>
    Ado = 1,

    /// <summary>The fields of the issue.</summary>
    Jira = 2,

    /// <summary>The way to the issue's status.</summary>
    Walk = 4,

    /// <summary>The relation of the work item to its parent.</summary>
    Relation = 8,

    /// <summary>What the issue gets beside its fields.</summary>
    Contents = 16,
}

/// <summary>The base of a field after a run.</summary>
/// <param name="Field">The reference name.</param>
/// <param name="Before">What was known of it; null where nothing was.</param>
/// <param name="After">What is known of it when all is written that it needs.</param>
/// <param name="Needs">What must be written for it.</param>
internal sealed record NextBase(string Field, FieldBase? Before, FieldBase After, BaseNeeds Needs)
{
    /// <summary>Whether a value is written over, or removed, because of what was known before.</summary>
    public bool RestsOnBase { get; init; }

    /// <summary>What is known of a set where only the work item was written; null where nothing new is.</summary>
    public FieldBase? AfterAdo { get; init; }

    /// <summary>
    /// What is recorded where the side that is written refuses it; of a set that both get, where Jira does. Null where nothing
    /// is written.
    /// </summary>
    public FieldBase? IfRefused { get; init; }

    /// <summary>What is known after some of the writes were done.</summary>
    /// <param name="done">What was done.</param>
    public FieldBase? Known(BaseNeeds done) => (Needs & ~done) == BaseNeeds.Nothing ? After
        : done.HasFlag(BaseNeeds.Ado) && AfterAdo is not null ? AfterAdo
        : Before;
}

/// <summary>Which histories and texts are needed before a plan is the plan.</summary>
[Flags]
internal enum Histories
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>That of the issue: many are read at once.</summary>
    Jira = 1,

    /// <summary>That of the work item: each is a request.</summary>
    Ado = 2,

    /// <summary>The rich texts of the issue: many are read at once.</summary>
    Texts = 4,
}

/// <summary>What is to be done with a pair.</summary>
internal sealed record PairPlan
{
    /// <summary>The pair.</summary>
    public required PairInput Pair { get; init; }

    /// <summary>What is to be done with the work item.</summary>
    public required WorkItemChange WorkItem { get; init; }

    /// <summary>What is to be written to the issue, by the ids of its fields, as Jira takes it.</summary>
    public required IReadOnlyDictionary<string, object?> ToJira { get; init; }

    /// <summary>The way through the workflow that an earlier run began and this one continues; null where none is.</summary>
    public IssueWalkMark? Continued { get; init; }

    /// <summary>The fields of the work item that are written to the issue, by the id of its field.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    /// <summary>The fields of the work item whose rich texts are written to the issue, by the id of its field.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; init; } = new Dictionary<string, string>();

    /// <summary>The status that the issue is to have; null where it stays.</summary>
    public IssueStatus? Target { get; init; }

    /// <summary>
    /// Whether the comments of the work item, which somebody else changed last, were read for the plan, and none is to be copied.
    /// </summary>
    public bool IsDiscussionRead { get; init; }

    /// <summary>Whether status and state stay different until a way is at its end, or a person decides.</summary>
    public bool IsStateOpen { get; init; }

    /// <summary>Conflicts, and fields that stay different.</summary>
    public required IReadOnlyList<FieldResult> Results { get; init; }

    /// <summary>What both sides have in common after the writes.</summary>
    public required IReadOnlyList<NextBase> Base { get; init; }

    /// <summary>Which histories are needed before it is the plan.</summary>
    public Histories Needs { get; init; }

    /// <summary>Whether the statuses of the issue's project are needed, too.</summary>
    public bool NeedsStatuses { get; init; }

    /// <summary>Values that no value of Jira becomes, by field.</summary>
    public required IReadOnlyList<(string Field, string Value)> NotInvertible { get; init; }

    /// <summary>The links that are on both sides now; null where they were not looked at.</summary>
    public IReadOnlyList<LinkBase>? Links { get; init; }

    /// <summary>The plan with what is known after the service did without some fields of the work item.</summary>
    /// <param name="fields">The reference names of the fields.</param>
    public PairPlan Without(IReadOnlyCollection<string> fields) =>
        WithBase(fields, one => one.Needs.HasFlag(BaseNeeds.Ado), one => one.Before);

    /// <summary>The plan with what is known after a side refused what was to be written to some fields.</summary>
    /// <param name="fields">The reference names of the fields.</param>
    /// <param name="written">The write of that side.</param>
    public PairPlan WithRefused(IReadOnlyCollection<string> fields, BaseNeeds written) =>
        WithBase(fields, one => one.Needs.HasFlag(written), one => IfRefused(one, written));

    private PairPlan WithBase(
        IReadOnlyCollection<string> fields, Predicate<NextBase> isMeant, Func<NextBase, FieldBase?> known) =>
        fields.Count == 0
            ? this
            : this with
            {
                Base = Base.Select(one =>
                        isMeant(one) && fields.Contains(one.Field, StringComparer.OrdinalIgnoreCase)
                            ? known(one) is { } instead
                                ? new NextBase(one.Field, instead, instead, BaseNeeds.Nothing)
                                : null
                            : one)
                    .OfType<NextBase>()
                    .ToList(),
            };

    /// <summary>What is recorded of fields that a side refuses, by reference name; see <see cref="NextBase.IfRefused"/>.</summary>
    /// <param name="written">The write of that side.</param>
    public IReadOnlyDictionary<string, FieldBase> BaseIfRefused(BaseNeeds written) => Base
        .Where(one => one.Needs.HasFlag(written))
        .Select(one => (one.Field, Known: IfRefused(one, written)))
        .Where(one => one.Known is not null)
        .ToDictionary(one => one.Field, one => one.Known!, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Of a set that both sides get and that Azure DevOps refuses, nothing new is known: Jira has its part of it all the same,
    /// and the next run, which has to write the rest to Azure DevOps alone, records that it is refused.
    /// </summary>
    private static FieldBase? IfRefused(NextBase field, BaseNeeds written) =>
        written == BaseNeeds.Ado && field.Needs.HasFlag(BaseNeeds.Jira) ? field.Before : field.IfRefused ?? field.Before;

    /// <summary>What is known after some of the writes were done.</summary>
    /// <param name="done">What was done.</param>
    public IReadOnlyList<KeyValuePair<string, FieldBase>> BaseAfter(BaseNeeds done) => Base
        .Select(one => (one.Field, Known: one.Known(done)))
        .Where(one => one.Known is not null)
        .Select(one => KeyValuePair.Create(one.Field, one.Known!))
        .ToList();

    /// <summary>
    /// Whether a run broke off at the issue, and where nothing else is written to it, is to record that its history was
    /// looked at.
    /// </summary>
    public bool IsLookRecorded => Pair.Base.Pending is not null;

    /// <summary>
    /// Whether the comments of the work item were read, and nothing that is written says so: somebody changed something else
    /// of it, and each run would read them again.
    /// </summary>
    public bool IsReadRecorded => IsDiscussionRead && !WorkItem.IsWrite && ToJira.Count == 0 && Target is null;

    /// <summary>
    /// Whether people took back a value that a side had refused, and nothing that is written says so: whoever gives it again
    /// means it.
    /// </summary>
    public bool IsRefusalOver => Base.Any(one => one is { Needs: BaseNeeds.Nothing, Before.Refused: not null, After.Refused: null });

    private bool IsWalkOpen(BaseNeeds done) =>
        IsStateOpen && !done.HasFlag(BaseNeeds.Walk) && Pair.Base.Walk is not null;

    /// <summary>The register of the issue after some of the writes were done.</summary>
    /// <param name="done">What was done.</param>
    /// <param name="nonce">The nonce of the work item's mark.</param>
    /// <param name="organization">The address of the organisation.</param>
    /// <param name="project">The name of the project.</param>
    public IssueRegister RegisterAfter(BaseNeeds done, string nonce, string organization, string project) => new()
    {
        Nonce = nonce,
        Organization = organization,
        Project = project,
        WorkItem = Pair.Item.Id,
        Counter = Pair.Base.Counter + 2,
        Fields = BaseAfter(done).ToDictionary(),
        // A way that is not at its end yet is continued by this run or the next, or says that somebody else left it.
        Walk = IsWalkOpen(done) ? Pair.Base.Walk! with { Since = Pair.Base.Walk.Since ?? Pair.Base.Pending } : null,
        Links = Links ?? Pair.Base.Links,
        Comments = Pair.Base.Comments,
        Files = Pair.Base.Files,
    };
}
