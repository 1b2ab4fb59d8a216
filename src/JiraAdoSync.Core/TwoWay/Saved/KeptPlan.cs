using System.Text.Json;
using JiraAdoSync.Jira;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.Saved;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay.Saved;

/// <summary>A plan over both sides in the shape in which it is kept in a file.</summary>
public static class KeptPlan
{
    /// <summary>Keeps a plan, or a part of it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="rows">The rows of it that are kept, as the plan has them.</param>
    /// <param name="frame">The site, the project and so on, with the parameters of the run.</param>
    public static SavedPlan Of(TwoWayPlan plan, IReadOnlyCollection<object> rows, SavedPlan frame)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(frame);
        var kept = new HashSet<object>(rows, ReferenceEqualityComparer.Instance);
        return frame with
        {
            WorkItems = Kept(WorkItemsOf(plan)),
            Relations = Kept(RelationsOf(plan)),
            TwoWay = frame.TwoWay! with
            {
                Issues = Kept(IssuesOf(plan)),
                IssueLinks = Kept(LinksOf(plan)),
                Fields = [.. plan.Fields.Where(kept.Contains).Select(Of)],
            },
        };

        List<TSaved> Kept<TLine, TSaved>(IEnumerable<(TLine Line, TSaved Saved)> lines) =>
            lines.Where(one => kept.Contains(one.Line!)).Select(one => one.Saved).ToList();
    }

    /// <summary>What a plan does with work items, line by line.</summary>
    internal static IEnumerable<(WorkItemChange Line, SavedWorkItem Saved)> WorkItemsOf(TwoWayPlan plan) =>
        plan.Ado.WorkItems.Changes
            .Select(change => (change, SavedWorkItem.Of(change) with { Side = Side.AzureDevOps }));

    /// <summary>What a plan does with relations, line by line.</summary>
    internal static IEnumerable<(RelationChange Line, SavedRelation Saved)> RelationsOf(TwoWayPlan plan) =>
        plan.Ado.Relations.Changes
            .Select(change => (change, SavedRelation.Of(change) with { Side = Side.AzureDevOps }));

    /// <summary>What a plan does with issues, line by line.</summary>
    internal static IEnumerable<(IssueResult Line, SavedIssue Saved)> IssuesOf(TwoWayPlan plan) =>
    [
        .. plan.Creations.Select(one => (one.Line, Of(one.Line) with
        {
            Project = one.Issue.Project,
            Values = [.. ValuesOf(one.Issue)],
        })),
        .. plan.Updates.Select(one => (one.Line, Of(one.Line) with { Values = [.. ValuesOf(one.Pair, plan)] })),
        .. plan.Copies.Select(one => (one.Line, Of(one.Line) with { Copies = [.. CopiesOf(one.Copy)] })),
    ];

    /// <summary>What a plan does with issue links, line by line.</summary>
    internal static IEnumerable<(IssueLinkResult Line, SavedIssueLink Saved)> LinksOf(TwoWayPlan plan) =>
    [
        .. plan.Additions.Select(one => (one.Line, Of(one.Line) with
        {
            LinkType = one.Link.Type.Id,
            WorkItems = [one.Link.Source, one.Link.Target],
        })),
        .. plan.Removals.Select(one => (one.Line, Of(one.Line) with
        {
            LinkType = one.Link.Type.Id,
            LinkId = one.Link.LinkId,
        })),
        .. plan.LinkNotes.Select(line => (line, Of(line))),
    ];

    private static SavedIssue Of(IssueResult line) => new()
    {
        Action = line.Action,
        Key = line.Key,
        IssueId = line.IssueId,
        WorkItemId = line.WorkItemId,
        IssueType = line.IssueType,
        Summary = line.Summary,
        Reason = line.Reason,
        Detail = line.Detail,
    };

    private static SavedIssueLink Of(IssueLinkResult line) => new()
    {
        Action = line.Action,
        Source = line.Source,
        Phrase = line.Phrase,
        Target = line.Target,
        Relation = line.Relation,
        Reason = line.Reason,
        Detail = line.Detail,
    };

    private static SavedField Of(FieldResult field) => new()
    {
        Action = field.Action,
        Side = field.Side,
        Key = field.Key,
        WorkItemId = field.WorkItemId,
        Field = field.Field,
        JiraValue = field.JiraValue,
        JiraAuthor = field.JiraAuthor,
        JiraTime = field.JiraTime,
        AdoValue = field.AdoValue,
        AdoAuthor = field.AdoAuthor,
        AdoTime = field.AdoTime,
        Reason = field.Reason,
        Detail = field.Detail,
    };

    private static IEnumerable<SavedValue> ValuesOf(PlannedIssue issue) => issue.Fields
        .OrderBy(field => field.Key, StringComparer.Ordinal)
        .Select(field => new SavedValue(field.Key, null, Some(IssueLog.AfterOf(field.Value))))
        .Concat(ParentOf(null, issue.Parent, issue.ParentWorkItemId));

    private static IEnumerable<SavedValue> ValuesOf(PairPlan pair, TwoWayPlan plan)
    {
        var issue = pair.Pair.Issue;
        var values = pair.ToJira.OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => new SavedValue(
                field.Key,
                Some(IssueLog.BeforeOf(issue, field.Key, field.Value)),
                Some(IssueLog.AfterOf(field.Value))));
        var parent = plan.Parents.TryGetValue(issue.IssueId, out var planned)
            ? ParentOf(issue.Parent, planned.Issue, planned.WorkItemId)
            : [];
        return pair.Target is null
            ? values.Concat(parent)
            : values.Concat(parent).Append(new SavedValue("status", Text(issue.Status.Name), Text(pair.Target.Name)));
    }

    /// <summary>A parent that is created in the same run is named by its work item.</summary>
    private static IEnumerable<SavedValue> ParentOf(IssueReference? before, IssueReference? after, int? workItem) =>
        (before, after, workItem) == (null, null, null)
            ? []
            : [new SavedValue("parent", Text(before?.Key), Text(workItem is null ? after?.Key : $"#{workItem}"))];

    private static IEnumerable<SavedCopy> CopiesOf(ContentCopy copy)
    {
        foreach (var comment in copy.Comments)
        {
            yield return new SavedCopy(
                "comment",
                comment.Original is null ? ChangeAction.Remove
                    : comment.CopyId is null ? ChangeAction.Create
                    : ChangeAction.Update,
                $"{comment.OriginalId}",
                comment.CopyId,
                comment.Original?.Version,
                comment.Original?.Html);
        }

        foreach (var file in copy.AddFiles)
        {
            yield return new SavedCopy("attachment", ChangeAction.Create, $"{file.Id}", Text: file.Name);
        }

        foreach (var file in copy.RemoveFiles)
        {
            yield return new SavedCopy("attachment", ChangeAction.Remove, file.FileName, file.Id);
        }

        if (copy.Page is not null)
        {
            yield return new SavedCopy("remotelink", ChangeAction.Create, copy.Page);
        }
    }

    private static JsonElement? Text(string? text) => text is null ? null : JsonSerializer.SerializeToElement(text);

    /// <summary>A value that is nothing is left out of the file, as it is when the file is read.</summary>
    private static JsonElement? Some(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value;
}
