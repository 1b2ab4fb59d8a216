using JiraAdoSync.Jira;

namespace JiraAdoSync.TwoWay.Links;

/// <summary>
/// Which parent an issue may get. Jira's levels are those of its types: sub-tasks (-1), stories and the like (0), epics
/// (1) and what is above them. A parent is of the next higher level, on Data Center's or an old site's word too where
/// no levels are given; and an issue never crosses the border of sub-tasks by getting or losing a parent.
/// </summary>
public static class HierarchyRules
{
    /// <summary>Why a parent can't be set.</summary>
    /// <param name="child">The type of the child.</param>
    /// <param name="parent">The type of the parent; null where the parent is to be removed.</param>
    /// <returns>
    /// <c>TypeBorder</c> where the child would have to become a sub-task, or to be none any more; <c>TooDeep</c> where
    /// Jira has no such level; null where it can be set.
    /// </returns>
    public static string? Problem(IssueType child, IssueType? parent)
    {
        ArgumentNullException.ThrowIfNull(child);
        if (parent is null)
        {
            return child.IsSubtask ? Reasons.TypeBorder : null;
        }

        var (lower, upper) = (LevelOf(child), LevelOf(parent));
        return child.IsSubtask
            ? upper == 0 ? null : parent.IsSubtask ? Reasons.TooDeep : Reasons.TypeBorder
            : upper == lower + 1 ? null
            : upper == lower && lower == 0 ? Reasons.TypeBorder
            : Reasons.TooDeep;
    }

    /// <summary>The level of a type; by its name where the site says none.</summary>
    /// <param name="type">The type.</param>
    public static int LevelOf(IssueType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.IsSubtask ? -1
            : type.Level is { } level ? level
            : type.Name.Equals("Epic", StringComparison.OrdinalIgnoreCase) ? 1
            : 0;
    }
}
