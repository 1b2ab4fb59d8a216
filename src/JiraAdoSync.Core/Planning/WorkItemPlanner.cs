using JiraAdoSync.Jira;
using JiraAdoSync.Mapping;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Planning;

/// <summary>
/// Decides for every issue what is to be done with its work item. Fields are written when their values in Jira changed
/// since they were last written, which the digest in the mark tells, and then only those that differ from what stands:
/// neither what people change in Azure DevOps nor what the service makes of a value starts an endless rewrite.
/// </summary>
public static class WorkItemPlanner
{
    /// <summary>The title's reference name.</summary>
    public const string Title = "System.Title";

    private const int TitleLimit = 255;

    /// <summary>Makes the plan, in the order of issue ids.</summary>
    /// <param name="desired">What should stand for each issue.</param>
    /// <param name="standing">The work items that stand, by issue id.</param>
    /// <param name="policy">What the user chose.</param>
    public static IReadOnlyList<WorkItemChange> Plan(
        IEnumerable<DesiredWorkItem> desired,
        IReadOnlyDictionary<long, FoundWorkItem> standing,
        WorkItemPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(standing);
        ArgumentNullException.ThrowIfNull(policy);
        return desired
            .DistinctBy(one => one.Replica.IssueId)
            .OrderBy(one => one.Replica.IssueId)
            .Select(one => Decide(one, standing.GetValueOrDefault(one.Replica.IssueId), policy.MayCreate))
            .ToList();
    }

    /// <summary>The plain fields that an issue's work item should have.</summary>
    /// <param name="replica">The issue.</param>
    public static DesiredValues FieldsOf(Replica replica)
    {
        ArgumentNullException.ThrowIfNull(replica);
        return DesiredValues.Of(new Dictionary<string, object?> { [Title] = TitleOf(replica) });
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
            var counts =
                missing.Select(group => $"'{group.Key}': {group.Count()} {(group.Count() == 1 ? "issue" : "issues")}");
            throw new SyncException(
                "IssueTypeUnmapped",
                $"-TypeMapping has no work item type of this project for {string.Join("; ", counts)}. Add an entry for each, "
                + $"such as @{{ '{missing[0].Key.Replace("'", "''", StringComparison.Ordinal)}' = 'Task' }}, where $null leaves "
                + "a type out.",
                missing.ConvertAll(group => group.Key));
        }
    }

    private static WorkItemChange Decide(DesiredWorkItem desired, FoundWorkItem? found, bool mayCreate)
    {
        var (replica, workItemType) = (desired.Replica, desired.WorkItemType);
        var left = new WorkItemChange { Action = ChangeAction.Skip, Replica = replica, WorkItemType = workItemType };
        if (workItemType is null)
        {
            return left with { Reason = "LeftOut", Detail = $"-TypeMapping leaves '{replica.Type}' out." };
        }

        if (found is null && !mayCreate)
        {
            return left with { Reason = "NoCreate", Detail = "No work item stands for it, and -NoCreate makes none." };
        }

        var change = new WorkItemChange
        {
            Action = ChangeAction.Create,
            Replica = replica,
            WorkItemType = found?.WorkItem.Type ?? workItemType,
            Standing = found,
            FieldsDigest = desired.Fields.Digest,
            TextDigest = desired.Text.Digest,
        };
        return found is null ? change with { Fields = ForCreation(desired) } : Compare(change, desired, found);
    }

    private static Dictionary<string, object?> ForCreation(DesiredWorkItem desired) => desired.Fields.Values
        .Concat(desired.Text.Values)
        .Where(field => field.Value is not null)
        .ToDictionary();

    private static WorkItemChange Compare(WorkItemChange change, DesiredWorkItem desired, FoundWorkItem found)
    {
        var fields = found.Mark?.FieldsDigest == desired.Fields.Digest ? [] : Differing(desired.Fields, found);
        var text = found.Mark?.TextDigest == desired.Text.Digest ? [] : Differing(desired.Text, found);
        var differing = change with { Fields = fields.Concat(text).ToDictionary() };
        if (found.Mark is not { } mark)
        {
            return differing with { Action = ChangeAction.Adopt, Detail = "It was named, and gets our mark." };
        }

        var isSame = mark.FieldsDigest == desired.Fields.Digest && mark.TextDigest == desired.Text.Digest
            && mark.Issue.Key == change.Key;
        return differing with { Action = isSame ? ChangeAction.Keep : ChangeAction.Update };
    }

    private static List<KeyValuePair<string, object?>> Differing(DesiredValues desired, FoundWorkItem found) =>
        desired.Values.Where(field => !Equals(field.Value, found.WorkItem.Fields.GetValueOrDefault(field.Key))).ToList();

    /// <summary>The summary on one line, as long as a title may be; the key where it is empty.</summary>
    private static string TitleOf(Replica replica)
    {
        var summary = replica.Summary.Trim();
        return summary.Length == 0 ? replica.Key : Cut(summary);
    }

    private static string Cut(string text)
    {
        if (text.Length <= TitleLimit)
        {
            return text;
        }

        // Half of a surrogate pair is no character.
        var end = char.IsHighSurrogate(text[TitleLimit - 1]) ? TitleLimit - 1 : TitleLimit;
        return text[..end].TrimEnd();
    }
}
