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
    /// <param name="replicas">The issues, of types that are mapped.</param>
    /// <param name="mapping">Which work item type an issue type becomes.</param>
    /// <param name="standing">The work items that stand, by issue id.</param>
    /// <param name="mayCreate">Whether work items may be created.</param>
    public static IReadOnlyList<WorkItemChange> Plan(
        IEnumerable<Replica> replicas,
        WorkItemTypeMapping mapping,
        IReadOnlyDictionary<long, FoundWorkItem> standing,
        bool mayCreate)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        ArgumentNullException.ThrowIfNull(standing);
        return replicas
            .DistinctBy(replica => replica.IssueId)
            .OrderBy(replica => replica.IssueId)
            .Select(replica =>
            {
                mapping.TryMap(replica.Type, out var workItemType);
                return Decide(replica, workItemType, standing.GetValueOrDefault(replica.IssueId), mayCreate);
            })
            .ToList();
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

    private static WorkItemChange Decide(Replica replica, string? workItemType, FoundWorkItem? found, bool mayCreate)
    {
        var left = new WorkItemChange { Action = ChangeAction.Skip, Replica = replica, WorkItemType = workItemType };
        if (workItemType is null)
        {
            return left with { Reason = "LeftOut", Detail = $"-TypeMapping leaves '{replica.Type}' out." };
        }

        if (found is null && !mayCreate)
        {
            return left with { Reason = "NoCreate", Detail = "No work item stands for it, and -NoCreate makes none." };
        }

        var desired = new Dictionary<string, string?> { [Title] = TitleOf(replica) };
        var change = new WorkItemChange
        {
            Action = ChangeAction.Create,
            Replica = replica,
            WorkItemType = found?.WorkItem.Type ?? workItemType,
            Standing = found,
            Fields = desired.ToDictionary(pair => pair.Key, pair => (object?)pair.Value),
            FieldsDigest = Digest.Of(desired),
            TextDigest = Digest.Of([]),
        };
        return found is null ? change : Compare(change, found);
    }

    private static WorkItemChange Compare(WorkItemChange change, FoundWorkItem found)
    {
        var isSame = found.Mark?.FieldsDigest == change.FieldsDigest && found.Mark.TextDigest == change.TextDigest;
        var differing = change with
        {
            Fields = change.Fields.Where(pair => !isSame && !Equals(pair.Value, Standing(found, pair.Key))).ToDictionary(),
        };
        return found.Mark is null
            ? differing with { Action = ChangeAction.Adopt, Detail = "It was named, and gets our mark." }
            : differing with { Action = isSame && found.Mark.Issue.Key == change.Key ? ChangeAction.Keep : ChangeAction.Update };
    }

    private static string? Standing(FoundWorkItem found, string field) => field == Title ? found.WorkItem.Title : null;

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
