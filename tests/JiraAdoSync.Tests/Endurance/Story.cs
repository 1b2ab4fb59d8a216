using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// A Jira that takes several batches of everything, beside which others have work items and relations of their own. It
/// is synced from nothing, or after edits that take each kind of write.
/// </summary>
internal static class Story
{
    public const string Sync = "Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune -PruneLimit 100";

    private const int Stories = 120;
    public const int Issues = 240;

    /// <summary>
    /// Every second issue is a sub-task of a story; stories block, relate to and duplicate one another.
    /// </summary>
    public static IEnumerable<string> Seed()
    {
        var seed = new JiraSeed();
        for (var i = 1; i <= Issues; i++)
        {
            seed.Issue(i, i <= Stories ? "Story" : "Sub-task");
        }

        for (var i = Stories + 1; i <= Issues; i++)
        {
            seed.Parent(i, 1 + (i % 30));
        }

        for (var i = 1; i < Stories; i++)
        {
            seed.Link(i, i % 3 == 0 ? "relates to" : "blocks", i + 1);
        }

        // A cycle, a second original, and a link that waits for somebody outside.
        return seed.Link(Stories, "blocks", 1).Link(2, "blocks", 1).Link(5, "duplicates", 6).Link(5, "duplicates", 7)
            .Link(9, "blocks", 999).Lines;
    }

    /// <summary>What people have on the board that no sync may touch.</summary>
    public static async Task PopulateAsync(Board board)
    {
        var first = await board.CreateAsync("User Story", "Somebody's own story");
        var second = await board.CreateAsync("Task", "Somebody's own task");
        await board.RelateAsync(first, "System.LinkTypes.Hierarchy-Forward", second);
        await board.RelateAsync(second, "System.LinkTypes.Related", first);
    }

    /// <summary>Edits in Jira that take edits, removals, replacements and additions on the board.</summary>
    public static async Task EditAsync(Tracker tracker)
    {
        for (var i = 1; i <= 40; i++)
        {
            await tracker.SetSummaryAsync($"SHOP-{i}", $"Issue {i}, renamed");
        }

        for (var i = 40; i < 60; i++)
        {
            await tracker.UnlinkAsync($"SHOP-{i}", $"SHOP-{i + 1}");
        }

        for (var i = Stories + 1; i <= Stories + 20; i++)
        {
            await tracker.SetParentAsync($"SHOP-{i}", $"SHOP-{100 + (i % 7)}");
        }

        for (var i = 70; i < 80; i++)
        {
            await tracker.LinkAsync($"SHOP-{i}", "Relates", $"SHOP-{i + 10}");
        }
    }
}
