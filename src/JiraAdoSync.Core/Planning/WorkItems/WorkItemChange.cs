using JiraAdoSync.Jira;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning.WorkItems;

/// <summary>One line of a plan: an issue, and what is to be done with its work item.</summary>
public sealed record WorkItemChange : IPlannedWrite
{
    private static readonly Dictionary<string, FieldBase> NoBase = [];

    /// <summary>What is to be done. A twin that another run made is removed: it is moved to the recycle bin.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The issue as it was read.</summary>
    public required Replica Replica { get; init; }

    /// <summary>
    /// The type of the work item, or of the one to be created; null where the issue type is left out.
    /// </summary>
    public string? WorkItemType { get; init; }

    /// <summary>The existing work item; null where the work item is to be created or the issue is left out.</summary>
    public FoundWorkItem? Existing { get; init; }

    /// <summary>The fields to write, by reference name.</summary>
    public IReadOnlyDictionary<string, object?> Fields
    {
        get;
        init => field = Listing.Compact(value);
    } = new Table<object?>();

    /// <summary>
    /// The states to pass through before the one among the fields, where the workflow knows no direct way.
    /// </summary>
    public IReadOnlyList<string> StatesBefore { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>Fields that stay as people changed them, by reference name.</summary>
    public IReadOnlyList<string> Kept { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>People of Jira who are unknown in Azure DevOps, so that a field of theirs is empty.</summary>
    public IReadOnlyList<string> UnknownPeople { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>The fields whose values the service refused, by reference name.</summary>
    internal IReadOnlyList<string> Refused { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>What of the issue's content is not copied, and why: sentences.</summary>
    public IReadOnlyList<string> LeftOut { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>Whether it is written past the rules of its type.</summary>
    public bool BypassRules { get; init; }

    /// <summary>The digest of the plain fields' values in Jira.</summary>
    public string FieldsDigest { get; init; } = string.Empty;

    /// <summary>The digest of the rich texts' values in Jira.</summary>
    public string TextDigest { get; init; } = string.Empty;

    /// <summary>
    /// What both sides have in common after the change, for the mark, by reference name, those that matter most first;
    /// nothing where the run writes nothing to Jira: then the mark keeps what it says of it.
    /// </summary>
    internal IReadOnlyList<KeyValuePair<string, FieldBase>> Base { get; init; } = [];

    /// <summary>What the mark says instead of fields that the service refuses, by reference name.</summary>
    internal IReadOnlyDictionary<string, FieldBase> BaseIfRefused { get; init; } = NoBase;

    /// <summary>Whether it is part of a plan that may write to Jira, too.</summary>
    public bool HasBase => Base.Count > 0;

    /// <summary>The nonce for the mark of a work item that has none yet; null to draw one.</summary>
    public string? Nonce { get; init; }

    /// <summary>What is to follow beside the fields; null where nothing is.</summary>
    public WorkItemContent? Content { get; init; }

    /// <summary>Why, as a stable word such as <c>LeftOut</c>; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>What is in common where some values did not arrive.</summary>
    /// <param name="fields">The reference names of their fields.</param>
    internal IReadOnlyList<KeyValuePair<string, FieldBase>> BaseWithout(IEnumerable<string> fields) =>
        Base.Count == 0 ? Base : Base.ExceptBy(fields, one => one.Key, StringComparer.OrdinalIgnoreCase).ToList();

    /// <summary>What is in common where the service refuses what is written to a field.</summary>
    /// <param name="field">The reference name.</param>
    /// <param name="value">What a new work item gets instead; null for nothing.</param>
    internal IReadOnlyList<KeyValuePair<string, FieldBase>> BaseWithRefused(string field, string? value) =>
    [
        .. Base.Select(one => !one.Key.Equals(field, StringComparison.OrdinalIgnoreCase) ? one : new(
            one.Key,
            // Of a new work item, the next run finds that it lacks what Jira has, and records that it is refused.
            BaseIfRefused.GetValueOrDefault(field) ?? one.Value.WithBoth(value))),
    ];

    /// <summary>Lets the values go that were written: of what is done, results have the names of fields.</summary>
    internal void LetValuesGo() => ((Table<object?>)Fields).LetValuesGo();

    /// <summary>Whether applying this changes something.</summary>
    public bool IsWrite => Writes(Action);

    /// <summary>Whether an action changes something at a work item.</summary>
    /// <param name="action">The action.</param>
    internal static bool Writes(ChangeAction action) => action is ChangeAction.Create or ChangeAction.Update
        or ChangeAction.Adopt or ChangeAction.Remove;

    /// <summary>Whether fields and mark stay as they are, and only what follows is to be written.</summary>
    public bool IsContentOnly => Content is not null && Action == ChangeAction.Update && Fields.Count == 0
        && Existing?.Mark is { } mark && mark.FieldsDigest == FieldsDigest && mark.TextDigest == TextDigest
            && mark.Issue.Key == Key;

    /// <summary>The side that it writes to: Azure DevOps.</summary>
    public Side? Side => JiraAdoSync.Side.AzureDevOps;

    /// <summary>The issue's id.</summary>
    public long IssueId => Replica.IssueId;

    /// <summary>The issue's key.</summary>
    public string Key => Replica.Key;

    /// <summary>The existing work item; null where there is none yet.</summary>
    public int? WorkItemId => Existing?.WorkItem.Id;

    /// <summary>The issue's summary.</summary>
    public string Summary => Replica.Summary;

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Action} {WorkItemType} {Key}");
}
