using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning.WorkItems;

/// <summary>
/// Decides for every issue what is to be done with its work item.
/// <list type="number">
/// <item>Fields are written when what Jira makes of them changed since they were last written, which the digests in the
/// mark show, and then only those that differ from what exists: neither what people change in Azure DevOps nor what the
/// service makes of a value starts an endless rewrite.</item>
/// <item>
/// Where <see cref="FieldConflict.Keep"/> is wished, a field that people changed since our last write stays theirs: the
/// item's history shows which, and the mark keeps naming the revision before their edits.
/// </item>
/// <item>Tags are added, and a tag is removed only if one of our own writes put it there. Labels a, b beside a person's
/// tag c make "a; b; c"; when label b is removed, "a; c" is left.</item>
/// <item>A type follows the issue's only when that changed in Jira (the last two digits of the fields' digest are those
/// of its name): a type that people chose for an item stays.</item>
/// <item>A state is reached on the way that the workflow allows, from the first state where the item is created.</item>
/// </list>
/// </summary>
public static class WorkItemPlanner
{
    private const int DigestLength = 6;

    private static readonly RecentDigests TypeDigests = new(name =>
        Digest.Of([KeyValuePair.Create("type", (string?)name)])[DigestLength..]);

    private static readonly HashSet<string> Caseless = new(StringComparer.OrdinalIgnoreCase)
    {
        WorkItemField.AssignedTo.ReferenceName, WorkItemField.AreaPath.ReferenceName,
        WorkItemField.IterationPath.ReferenceName, WorkItemField.State.ReferenceName,
    };

    /// <summary>Makes the plan, in the order of issue ids.</summary>
    /// <param name="input">All that it is made of.</param>
    public static IReadOnlyList<WorkItemChange> Plan(WorkItemPlanInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var changes = new List<WorkItemChange>();
        foreach (var one in input.Desired.OrderBy(one => one.Replica.IssueId))
        {
            if (changes is not [.., { } last] || last.IssueId != one.Replica.IssueId)
            {
                changes.Add(Decide(one, input.Existing.GetValueOrDefault(one.Replica.IssueId), input));
            }
        }

        return changes;
    }

    /// <summary>
    /// Whether the plan for an issue needs the history of its work item: to know what people changed, or which tags are
    /// ours. An item whose issue did not change needs none.
    /// </summary>
    /// <param name="desired">What is desired.</param>
    /// <param name="found">What exists.</param>
    /// <param name="policy">What the user chose.</param>
    public static bool NeedsHistory(DesiredWorkItem desired, FoundWorkItem? found, WorkItemPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(policy);
        if (found?.Mark is not { } mark)
        {
            return false;
        }

        var hasChanged = !AreFieldsOf(mark, desired);
        var hasText = mark.TextDigest != desired.Text.Digest && desired.Text.Values.Count > 0;
        var mayKeep = policy.FieldConflict == FieldConflict.Keep && found.WorkItem.Rev > mark.Rev;
        return (mayKeep && (hasChanged || hasText)) || (hasChanged && FurtherTags(desired, found.WorkItem).Any());
    }

    /// <summary>Whether the plan for an issue compares values with those of its work item.</summary>
    /// <param name="desired">What is desired.</param>
    /// <param name="found">What exists.</param>
    internal static bool LooksAtValues(DesiredWorkItem desired, FoundWorkItem found) =>
        found.Mark is not { } mark || !AreFieldsOf(mark, desired)
        || (mark.TextDigest != desired.Text.Digest && desired.Text.Values.Count > 0);

    /// <summary>The type that an issue's work item has, or is to have.</summary>
    /// <param name="issueType">The issue's type.</param>
    /// <param name="mapped">The work item type that it becomes.</param>
    /// <param name="found">What exists.</param>
    public static string TypeFor(IssueType issueType, string mapped, FoundWorkItem? found)
    {
        // A work item whose issue was created from it keeps its type, whatever that of the issue would become.
        var hasChanged = found?.Mark is { FieldsDigest: not WorkItemMark.Unfinished } mark
            && !mark.FieldsDigest.EndsWith(DigestOf(issueType), StringComparison.Ordinal);
        return found is null || hasChanged ? mapped : found.WorkItem.Type;
    }

    /// <summary>Refuses issues of types that the mapping has nothing for.</summary>
    /// <param name="replicas">The issues.</param>
    /// <param name="mapping">Which work item type an issue type becomes.</param>
    /// <exception cref="SyncException">
    /// <c>IssueTypeUnmapped</c>, with each type and how many issues have it.
    /// </exception>
    public static void RefuseUnmapped(IEnumerable<Replica> replicas, WorkItemTypeMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        var missing = replicas
            .Where(replica => !mapping.TryMap(replica.Type, out _))
            .GroupBy(replica => replica.Type.Name)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        if (missing.Count > 0)
        {
            var counts = missing.Select(group =>
                $"'{group.Key}': {Amount.Of(group.Count())} {(group.Count() == 1 ? "issue" : "issues")}");
            throw new SyncException(
                "IssueTypeUnmapped",
                $"-TypeMapping has no work item type of this project for {string.Join("; ", counts)}. Add an entry for each, "
                + $"such as @{{ {Entry(missing[0].First().Type)} }}, where $null leaves a type out."
                + AboveEpics(missing.Select(group => group.First().Type)),
                missing.ConvertAll(group => group.Key));
        }

        string Entry(IssueType type) =>
            $"{Literal.Of(type.Name)} = {Literal.Of(mapping.Guess(type, out _) ?? "Task")}";
    }

    private static string AboveEpics(IEnumerable<IssueType> types)
    {
        var above = types.Where(type => type.Level > 1).Select(type => $"'{type}'").ToList();
        return above.Count == 0 ? string.Empty
            : $" {string.Join(", ", above)} are above epics, and the standard processes have no level there: give the process a "
            + "portfolio level, or map them to 'Epic' and epics to 'Feature'.";
    }

    /// <summary>
    /// The digest of fields that are not all written yet: no issue has it, and its type is included. Never that of a work
    /// item whose new issue is <see cref="WorkItemMark.Unfinished"/>.
    /// </summary>
    internal static string Unfinished(string digest) => "000001" + digest[DigestLength..];

    private static WorkItemChange Decide(DesiredWorkItem desired, FoundWorkItem? found, WorkItemPlanInput input)
    {
        if (desired.WorkItemType is null)
        {
            return Skip(desired, Reasons.LeftOut, $"-TypeMapping leaves '{desired.Replica.Type}' out.");
        }

        if (found is null && !input.Policy.MayCreate)
        {
            return Skip(desired, Reasons.NoCreate, "It has no work item, and -NoCreate creates none.");
        }

        var hasFields = found?.Mark is { } mark && AreFieldsOf(mark, desired);
        var change = new WorkItemChange
        {
            Action = hasFields && found!.Mark!.TextDigest == desired.Text.Digest && found.Mark.Issue.Key == desired.Replica.Key
                ? ChangeAction.Keep
                : ChangeAction.Create,
            Replica = desired.Replica,
            WorkItemType = desired.WorkItemType,
            Existing = found,
            FieldsDigest = hasFields ? found!.Mark!.FieldsDigest : DigestOf(desired),
            TextDigest = desired.Text.Digest,
            UnknownPeople = desired.UnknownPeople,
            BypassRules = input.Policy.BypassRules,
        };
        return change.Action == ChangeAction.Keep ? change
            : found is null ? Create(change, desired, input)
            : Update(change, desired, found, input);
    }

    private static WorkItemChange Skip(DesiredWorkItem desired, string reason, string detail) => new()
    {
        Action = ChangeAction.Skip,
        Replica = desired.Replica,
        WorkItemType = desired.WorkItemType,
        Reason = reason,
        Detail = detail,
    };

    private static WorkItemChange Create(WorkItemChange change, DesiredWorkItem desired, WorkItemPlanInput input)
    {
        var fields = new Table<object?>(
            desired.Fields.Values.Count + desired.Text.Values.Count + desired.AtCreation.Count + 1);
        fields.AddAll(desired.Fields.Values);
        fields.AddAll(desired.Text.Values);
        fields.AddAll(desired.AtCreation);
        fields.RemoveEmpty();
        // What is assigned to nobody says so: some types assign a new item to whoever creates it.
        fields.TryAdd(WorkItemField.AssignedTo.ReferenceName, null);
        return OnTheWay(change with { Fields = fields }, existing: null, input);
    }

    private static WorkItemChange Update(
        WorkItemChange change,
        DesiredWorkItem desired,
        FoundWorkItem found,
        WorkItemPlanInput input)
    {
        var item = found.WorkItem;
        var history = input.Histories.GetValueOrDefault(item.Id, []);
        var leftOut = new List<string>();
        var fields = found.Mark?.FieldsDigest == change.FieldsDigest
            ? []
            : Differing(desired, item, history, input.Site, leftOut);
        var text = found.Mark?.TextDigest == change.TextDigest ? [] : Differing(desired.Text, item);
        var differing = fields.Concat(text).ToList();
        var kept = input.Policy.FieldConflict == FieldConflict.Keep ? Kept(differing, found, history, input.Site) : [];
        change = change with
        {
            Fields = differing.Where(field => !kept.Contains(field.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase),
            Kept = kept,
            LeftOut = leftOut,
            Detail = kept.Count == 0 ? null : $"What people changed is kept: {string.Join(", ", kept.Select(Name))}.",
            Reason = kept.Count == 0 ? null : nameof(FieldConflict),
        };
        change = OnTheWay(change, item, input);
        if (found.Mark is null)
        {
            return change with
            {
                Action = ChangeAction.Adopt,
                Detail = $"It was named, and gets our mark. {change.Detail}".TrimEnd(),
            };
        }

        return change with { Action = ChangeAction.Update };

        string Name(string field) =>
            input.Types.GetValueOrDefault(item.Type)?.Fields.GetValueOrDefault(field) ?? field;
    }

    private static List<KeyValuePair<string, object?>> Differing(
        DesiredWorkItem desired,
        WorkItem item,
        IReadOnlyList<WorkItemUpdate> history,
        JiraSite site,
        List<string> leftOut)
    {
        var differing = Differing(desired.Fields, item);
        if (desired.WorkItemType != item.Type)
        {
            differing.Add(KeyValuePair.Create(WorkItemField.Type.ReferenceName, (object?)desired.WorkItemType));
        }

        if (desired.Fields.Values.TryGetValue(WorkItemField.Tags.ReferenceName, out var labels))
        {
            differing.RemoveAll(field => IsTags(field.Key));
            var current = Tags(item);
            var wanted = TagList.Split((string?)labels);
            var removed = TagsOfOurs(history, site).Except(wanted, StringComparer.OrdinalIgnoreCase);
            var tags = current.Union(wanted, StringComparer.OrdinalIgnoreCase)
                .Except(removed, StringComparer.OrdinalIgnoreCase).ToList();
            if (tags.Count > FieldValue.TagLimit)
            {
                leftOut.Add($"A work item takes {FieldValue.TagLimit} tags, so these labels are left out: "
                    + $"{string.Join(", ", tags.Skip(FieldValue.TagLimit))}.");
                tags.RemoveRange(FieldValue.TagLimit, tags.Count - FieldValue.TagLimit);
            }

            if (!current.SetEquals(tags))
            {
                differing.Add(KeyValuePair.Create(WorkItemField.Tags.ReferenceName, (object?)TagList.Join(tags)));
            }
        }

        return differing;
    }

    /// <summary>The values that an item does not have.</summary>
    internal static List<KeyValuePair<string, object?>> Differing(DesiredValues desired, WorkItem item) =>
        desired.Values.Where(field => !Same(field.Key, field.Value, item.Fields.GetValueOrDefault(field.Key))).ToList();

    /// <summary>
    /// Whether a value is current; the service compares people, paths and states in any case, and knows no empty text.
    /// </summary>
    private static bool Same(string field, object? wanted, object? current)
    {
        if (wanted is null or "" || current is null or "")
        {
            return wanted is null or "" && current is null or "";
        }

        return wanted is string text
            ? string.Equals(
                text,
                Convert.ToString(current, CultureInfo.InvariantCulture),
                IsCaseless(field) ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            : Equals(wanted, current);
    }

    /// <summary>Whether the service compares a field's values in any case.</summary>
    internal static bool IsCaseless(string field) => Caseless.Contains(field);

    /// <summary>The fields among those that differ which people changed since our last write of fields.</summary>
    private static List<string> Kept(
        List<KeyValuePair<string, object?>> differing,
        FoundWorkItem found,
        IReadOnlyList<WorkItemUpdate> history,
        JiraSite site)
    {
        if (found.Mark is null)
        {
            // Nothing of an item that was named is ours.
            return differing.Select(field => field.Key)
                .Where(field => found.WorkItem.Fields.GetValueOrDefault(field) is not null && !IsTags(field))
                .ToList();
        }

        var changed = history
            .Where(update => update.Rev > found.Mark.Rev && !IsOurs(update, site))
            .SelectMany(update => update.Fields.Keys)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        // Tags are merged, so people's are kept whatever is written.
        return differing.Select(field => field.Key).Where(field => changed.Contains(field) && !IsTags(field)).ToList();
    }

    /// <summary>The tags that one of our writes put on an item, and that nobody took away or put there since.</summary>
    private static HashSet<string> TagsOfOurs(IEnumerable<WorkItemUpdate> history, JiraSite site)
    {
        var ours = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var update in history)
        {
            if (update.Fields.TryGetValue(WorkItemField.Tags.ReferenceName, out var edit))
            {
                var (before, after) = (TagList.Split(edit.Before as string), TagList.Split(edit.After as string));
                ours.IntersectWith(after);
                if (IsOurs(update, site))
                {
                    ours.UnionWith(after.Except(before, StringComparer.OrdinalIgnoreCase));
                }
            }
        }

        return ours;
    }

    /// <summary>Every write of ours writes the mark too; so does whoever pretends to be us.</summary>
    internal static bool IsOurs(WorkItemUpdate update, JiraSite site) => update.IsOurs
        && update.Added.Concat(update.Changed).Any(relation =>
        WorkItemMark.IssueOf(relation, site) is not null);

    private static IEnumerable<string> FurtherTags(DesiredWorkItem desired, WorkItem item) =>
        desired.Fields.Values.TryGetValue(WorkItemField.Tags.ReferenceName, out var labels)
            ? Tags(item).Except(TagList.Split((string?)labels), StringComparer.OrdinalIgnoreCase)
            : [];

    private static IReadOnlySet<string> Tags(WorkItem item) =>
        TagList.Split(item.Fields.GetValueOrDefault(WorkItemField.Tags.ReferenceName) as string);

    private static bool IsTags(string field) =>
        field.Equals(WorkItemField.Tags.ReferenceName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds the way to the state that a change has among its fields.</summary>
    internal static WorkItemChange OnTheWay(WorkItemChange change, WorkItem? existing, WorkItemPlanInput input)
    {
        if (!change.Fields.TryGetValue(WorkItemField.State.ReferenceName, out var value) || value is not string state)
        {
            return change;
        }

        var type = input.Types.GetValueOrDefault(change.WorkItemType!);
        if (change.BypassRules || type is null || (existing is not null && existing.Type != type.Name))
        {
            return change;
        }

        var way = type.WayTo(existing?.Fields.GetValueOrDefault(WorkItemField.State.ReferenceName) as string, state);
        // An item is created in its first state, whichever that is.
        return way.Count == 0
            ? change with { Fields = change.Fields.Where(field => field.Key != WorkItemField.State.ReferenceName)
                .ToDictionary() }
            : change with { StatesBefore = way.Take(way.Count - 1).ToList() };
    }

    /// <summary>Whether a mark has the digest of the plain fields and of the issue's type.</summary>
    internal static bool AreFieldsOf(WorkItemMark mark, DesiredWorkItem desired)
    {
        var (written, fields, type) = (mark.FieldsDigest, desired.Fields.Digest, DigestOf(desired.Replica.Type));
        return written.Length == DigestLength + type.Length
            && written.AsSpan(0, DigestLength).SequenceEqual(fields.AsSpan(0, DigestLength))
            && written.EndsWith(type, StringComparison.Ordinal);
    }

    /// <summary>The digest of the plain fields and of the issue's type.</summary>
    internal static string DigestOf(DesiredWorkItem desired) =>
        string.Concat(desired.Fields.Digest.AsSpan(0, DigestLength), DigestOf(desired.Replica.Type));

    private static string DigestOf(IssueType type) => TypeDigests.Of(type.Name);
}
