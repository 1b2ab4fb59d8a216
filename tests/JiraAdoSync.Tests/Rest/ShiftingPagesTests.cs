using JiraAdoSync.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Issues that are edited, moved to another project, deleted, or that leave or enter a selection between any two pages
/// of Data Center: none that was in the selection all the time is missed.
/// </summary>
public sealed class ShiftingPagesTests
{
    private const int Issues = 450;

    private static readonly string[] Queries =
    [
        "project in (SHOP, PAY) AND (labels is EMPTY OR labels != removed)",
        "project in (SHOP, PAY) AND (labels is EMPTY OR labels != removed) ORDER BY updated DESC",
        "project in (SHOP, PAY) AND (labels is EMPTY OR labels != removed) ORDER BY updated ASC",
        "project in (SHOP, PAY) AND (labels is EMPTY OR labels != removed) ORDER BY key",
    ];

    [Fact]
    public async Task No_issue_of_the_selection_is_missed_whatever_happens_between_pages()
    {
        var seed = new JiraSeed();
        for (var id = 1; id <= Issues; id++)
        {
            seed.Issue(id, "Story").Fields(id, $$"""{"updated":"2026-03-{{1 + (id % 28):00}}T09:00:00.000+0000"}""");
        }

        // What is done to which issue after so many issues were read.
        var random = new Random(5);
        for (var round = 0; round < 12; round++)
        {
            var changes = Enumerable.Range(0, 1 + random.Next(12))
                .Select(_ => (After: 1 + random.Next(Issues - 20), Issue: 1 + random.Next(Issues), What: random.Next(4)))
                .ToArray();
            await ReadAsync(seed, Queries[round % Queries.Length], changes, keepsOrder: round >= 8);
        }
    }

    private static async Task ReadAsync(
        JiraSeed seed, string jql, (int After, int Issue, int What)[] changes, bool keepsOrder)
    {
        await using var world = await RestWorld.StartAsync(
            new SandboxOptions { Seed = seed.Lines, Jira = JiraFlavor.DataCenter });
        using var tracker = new Tracker(world.Sandbox.Server);
        await tracker.CreateProjectAsync("PAY");
        using var jira = await world.ConnectJiraAsync();
        jira.ThrottleLimit = 1;
        var (seen, touched) = (new HashSet<long>(), new HashSet<int>());
        var search = keepsOrder
            ? jira.SearchAsync(jql, IssueDetail.None, TestContext.Current.CancellationToken)
            : jira.SearchAsync(jql, IssueDetail.None, Renderings.None, TestContext.Current.CancellationToken);
        await foreach (var issue in search)
        {
            Assert.True(seen.Add(issue.IssueId), $"{issue.Key} came twice.");
            foreach (var (_, number, what) in changes.Where(one => one.After == seen.Count && touched.Add(one.Issue)))
            {
                await ChangeAsync(tracker, $"SHOP-{number}", what);
            }
        }

        var removed = changes.Where(one => one.What is 0 or 1).Select(one => one.Issue).ToHashSet();
        var missed = Enumerable.Range(1, Issues).Where(number => !removed.Contains(number) && !seen.Contains(1000 + number));
        Assert.True(
            !missed.Any(), $"Missed {string.Join(", ", missed)} of '{jql}' with {string.Join(", ", changes)}.");
    }

    private static Task ChangeAsync(Tracker tracker, string key, int what) => what switch
    {
        0 => tracker.DeleteAsync(key),
        1 => tracker.SetFieldsAsync(key, """{"labels":["removed"]}"""),
        2 => tracker.SetSummaryAsync(key, "Edited"),
        _ => tracker.MoveAsync(key, "PAY"),
    };
}
