using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Marks;

namespace JiraAdoSync.Journal;

/// <summary>Compares the relations of a record, and finds our mark and the files among them.</summary>
internal static class RecordedRelations
{
    /// <summary>Our mark among relations; null where there is none.</summary>
    public static Relation? MarkOf(IEnumerable<Relation> relations) => relations.FirstOrDefault(IsMark);

    /// <summary>The files and web links among relations, without our mark.</summary>
    public static IEnumerable<Relation> FilesOf(IEnumerable<Relation> relations) =>
        relations.Where(relation => !IsLink(relation) && !IsMark(relation));

    /// <summary>Whether a relation leads to another work item.</summary>
    public static bool IsLink(Relation relation) => relation.TargetWorkItemId is not null;

    /// <summary>
    /// Whether a relation is one that was sent. What was sent named a new item by a number of its own: there the
    /// comment identifies it.
    /// </summary>
    public static bool IsAsSent(Relation sent, Relation relation) => sent.TargetWorkItemId < 0
        ? sent.ReferenceName.Equals(relation.ReferenceName, StringComparison.OrdinalIgnoreCase)
            && sent.Comment == relation.Comment
        : sent.Identity == relation.Identity;

    /// <summary>Whether two relations are the same, comment included.</summary>
    public static bool IsSame(Relation one, Relation other) =>
        one.Identity == other.Identity && (one.Comment ?? string.Empty) == (other.Comment ?? string.Empty);

    private static bool IsMark(Relation relation) => relation.ReferenceName == WorkItemMark.Hyperlink
        && relation.Comment?.Contains("[JiraAdoSync 1 ", StringComparison.Ordinal) == true;
}
