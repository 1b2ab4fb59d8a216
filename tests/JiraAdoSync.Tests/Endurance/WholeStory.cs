using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// A small Jira in which there is one of everything that a sync brings over: fields, states, tags, areas, people's
/// texts, relations of each kind, comments, files and web links. After its edits each of them is added, removed or
/// changed.
/// </summary>
internal static class WholeStory
{
    public const string Sync =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Prune -PruneLimit 100 -IncludeComments -IncludeAttachments -IncludeWebLinks "
        + "-CreatePaths -FieldMapping @{ 'Area Path' = 'Components' }";

    public static IEnumerable<string> Seed()
    {
        var seed = new JiraSeed();
        for (var i = 1; i <= 16; i++)
        {
            seed.Issue(i, i <= 8 ? "Story" : i <= 12 ? "Bug" : "Sub-task");
        }

        for (var i = 13; i <= 16; i++)
        {
            seed.Parent(i, i - 12);
        }

        return seed.Status(8, "In Progress", "indeterminate").Status(7, "Done", "done")
            .Fields(1, """{"labels":["web"],"components":[{"id":"1","name":"Shop"}],"description":"As *ever*: SHOP-2"}""")
            .Link(1, "blocks", 2).Link(2, "relates to", 3).Link(4, "duplicates", 5).Link(5, "blocks", 6)
                .Link(9, "relates to", 1).Lines;
    }

    /// <summary>What Jira has beside what a seed can say.</summary>
    public static async Task<(long Edited, long Deleted, long File)> PopulateAsync(World world)
    {
        await Story.PopulateAsync(world.Board);
        var edited = await world.Tracker.CommentAsync("SHOP-1", "first");
        var deleted = await world.Tracker.CommentAsync("SHOP-1", "second");
        await world.Tracker.CommentAsync("SHOP-2", "third");
        var file = await world.Tracker.AttachAsync("SHOP-1", "old.txt", [1, 2, 3]);
        await world.Tracker.LinkPageAsync("SHOP-1", "page", "https://example.org/old", "An old page");
        await world.Tracker.LinkPageAsync("SHOP-2", "page", "https://example.org/page", "A page");
        return (edited, deleted, file);
    }

    public static async Task EditAsync(World world, (long Edited, long Deleted, long File) known)
    {
        var jira = world.Tracker;
        await jira.SetSummaryAsync("SHOP-1", "Issue 1, renamed");
        await jira.SetFieldsAsync("SHOP-1", """{"labels":["shop"],"components":[{"name":"Shop"}]}""");
        await jira.SetFieldsAsync("SHOP-3", """{"labels":["new"]}""");
        await jira.SetStatusAsync("SHOP-2", "Done");
        await jira.SetStatusAsync("SHOP-8", "Done");
        await jira.DescribeAsync("SHOP-1", "As *never* before");
        await jira.DescribeAsync("SHOP-6", "A new text");
        await jira.UnlinkAsync("SHOP-1", "SHOP-2");
        await jira.UnlinkAsync("SHOP-4", "SHOP-5");
        await jira.LinkAsync("SHOP-2", "Blocks", "SHOP-1");
        await jira.LinkAsync("SHOP-7", "Relates", "SHOP-8");
        await jira.LinkAsync("SHOP-10", "Duplicate", "SHOP-11");
        await jira.SetParentAsync("SHOP-13", "SHOP-4");
        await jira.EditCommentAsync("SHOP-1", known.Edited, "first, mended");
        await jira.DeleteCommentAsync("SHOP-1", known.Deleted);
        await jira.CommentAsync("SHOP-1", "fourth");
        await jira.CommentAsync("SHOP-1", "fifth");
        await jira.CommentAsync("SHOP-9", "sixth");
        await jira.DetachAsync(known.File);
        await jira.AttachAsync("SHOP-3", "new.txt", [4, 5, 6, 7]);
        await jira.LinkPageAsync("SHOP-1", "page", "https://example.org/new", "A new page");
        await jira.UnlinkPageAsync("SHOP-2", "page");
    }
}
