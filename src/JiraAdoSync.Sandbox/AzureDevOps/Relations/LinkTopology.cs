using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Relations;

/// <summary>
/// Which links may be. A type of topology <c>tree</c> allows an item one link at its reverse end (one parent, one
/// original); every type but those of topology <c>network</c> allows no cycle of any length; no item has more than
/// 1,000 links, and no hierarchy more than 220 levels. Error texts name the end that was written: from the parent it is
/// a Child link, from the child a Parent link.
/// </summary>
internal static class LinkTopology
{
    public const int LinksPerItem = 1000;

    private const int Levels = 220;

    /// <summary>Checks a link that is about to be added from <paramref name="owner"/>.</summary>
    public static void Check(RelationType end, WorkItem owner, WorkItem other, SandboxSwitches switches)
    {
        var type = end.Link!;
        var (source, target) = end.IsForward ? (owner, other) : (other, owner);
        if (type.IsTree && target.VisibleLinks.Any(link => link.Type == type && link.Target == target))
        {
            throw AdoError.ExtraParent(end.Name, owner.Id, other.Id, type.ReverseName!);
        }

        if (type.IsAcyclic && Reaches(type, from: target, to: source))
        {
            throw AdoError.Circular(end.Name, owner.Id, other.Id, switches.CircularLinkStatus);
        }

        if (type == RelationTypes.Hierarchy && LevelsAbove(source) + LevelsBelow(target) > Levels)
        {
            throw AdoError.TooDeep();
        }

        if (owner.VisibleLinks.Count() >= LinksPerItem || other.VisibleLinks.Count() >= LinksPerItem)
        {
            throw AdoError.LinkLimit();
        }
    }

    private static int LevelsAbove(WorkItem item)
    {
        var levels = 1;
        while (item.Parent is { } parent)
        {
            (item, levels) = (parent, levels + 1);
        }

        return levels;
    }

    private static int LevelsBelow(WorkItem item)
    {
        var levels = 0;
        for (List<WorkItem> level = [item]; level.Count > 0; levels++)
        {
            level = [.. level.SelectMany(parent => parent.VisibleLinks
                .Where(link => link.Type == RelationTypes.Hierarchy && link.Source == parent)
                .Select(link => link.Target))];
        }

        return levels;
    }

    private static bool Reaches(LinkType type, WorkItem from, WorkItem to)
    {
        var seen = new HashSet<WorkItem> { from };
        var open = new Stack<WorkItem>([from]);
        while (open.TryPop(out var item))
        {
            if (item == to)
            {
                return true;
            }

            foreach (var link in item.VisibleLinks)
            {
                if (link.Type == type && link.Source == item && seen.Add(link.Target))
                {
                    open.Push(link.Target);
                }
            }
        }

        return false;
    }
}
