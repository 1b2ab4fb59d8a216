using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Merging;

namespace JiraAdoSync.TwoWay.Links;

/// <summary>
/// Compares the parents of an issue and of its work item, as a field of the pair: in Jira the parent's id, in Azure
/// DevOps the id of the issue that the parent's work item has.
/// </summary>
internal static class ParentMerge
{
    /// <summary>The name of the field in a base.</summary>
    public const string Field = "System.Parent";

    private static readonly string[] Names = ["parent", "IssueParentAssociation", "Epic Link", "Parent Link"];

    /// <summary>
    /// The edits of the field in a history of an issue. A custom field, such as that of an epic, has an id of its own on each
    /// site.
    /// </summary>
    /// <param name="history">The history.</param>
    public static IReadOnlyList<IssueFieldChange> EditsIn(IEnumerable<IssueFieldChange> history) => history
        .Where(IsEdit)
        .ToList();

    /// <summary>Whether an edit is one of the field.</summary>
    /// <param name="edit">The edit.</param>
    public static bool IsEdit(IssueFieldChange edit) => Names.Contains(edit.Field, StringComparer.OrdinalIgnoreCase)
        || Names.Contains(edit.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The id of the parent that an edit gave; null where it took one away, or does not say.</summary>
    /// <param name="edit">The edit.</param>
    public static long? IdIn(IssueFieldChange edit) =>
        long.TryParse(edit.To, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The parent as both sides have it.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="item">Its work item.</param>
    /// <param name="issueOf">The issues of work items.</param>
    /// <param name="known">The base of the pair.</param>
    /// <param name="isOurs">Whether a run gave the work item its parent.</param>
    /// <param name="direction">Which way parents go.</param>
    public static FieldPair Of(
        Replica issue,
        WorkItem item,
        IReadOnlyDictionary<int, IssueReference> issueOf,
        PairBase known,
        bool isOurs,
        FieldDirection direction)
    {
        var relation = ParentOf(item);
        var jira = issue.Parent?.Id.ToString(CultureInfo.InvariantCulture);
        var ado = relation?.TargetWorkItemId is not { } parent ? null
            : issueOf.TryGetValue(parent, out var parentIssue) ? parentIssue.Id.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"#{parent}");
        var (jiraEdit, adoEdit) = (isOurs, jira, ado) switch
        {
            // What we made nobody changed in Azure DevOps; what is on one side only came there.
            (true, _, _) or (_, _, null) => (true, false),
            (_, null, _) => (false, true),
            _ => ((bool?)null, (bool?)null),
        };
        return new FieldPair
        {
            Field = Field,
            Direction = direction,
            Jira = jira,
            Ado = ado,
            Corresponds = jira == ado,
            IsDemandable = false,
            // What we made is no decision of a person.
            Base =
                isOurs && known.Of(Field) is { } inStep ? inStep with { Ado = ShortDigest.Of(ado) } : known.Of(Field),
            JiraEdit = jiraEdit is { } inJira ? new FieldEdit(inJira, null, null) : null,
            AdoEdit = adoEdit is { } inAdo ? new FieldEdit(inAdo, null, null) : null,
        };
    }

    /// <summary>The relation of a work item to its parent; null where it has none.</summary>
    /// <param name="item">The work item.</param>
    public static Relation? ParentOf(WorkItem item) =>
        item.Relations.FirstOrDefault(relation => relation.ReferenceName == RelationTypes.HierarchyReverse);
}
