using JiraAdoSync.Sandbox;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>Fields, links and parents of both sides as text, which is equal while they are.</summary>
internal static class PairState
{
    /// <summary>Reads all issues and work items.</summary>
    public static async Task<string> OfAsync(World world, JiraFlavor flavor)
    {
        var issues = (await BothSides.IssuesAsync(world, flavor, "project = SHOP")).Values;
        var items = (await BothSides.WorkItemsAsync(world)).Values;
        var comments = (await world.Board.ItemsAsync()).SelectMany(item => item["relations"]!.AsArray()
            .Where(relation => relation!["rel"]!.ToString().StartsWith("System.LinkTypes", StringComparison.Ordinal))
            .Select(relation => $"{item["id"]} {relation!["rel"]} {relation["url"]!.ToString().Split('/')[^1]} says "
                + $"{relation["attributes"]!["comment"]}"));
        return string.Join('\n', issues.Concat(items).Select(Line).Concat(comments).Order(StringComparer.Ordinal));
    }

    private static string Line(SeenItem item) =>
        $"{item.Name} [{string.Join(", ", item.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Value))}] "
        + $"below {item.Parent ?? "nothing"}: {string.Join(", ", item.Links.Order(StringComparer.Ordinal))}";
}
