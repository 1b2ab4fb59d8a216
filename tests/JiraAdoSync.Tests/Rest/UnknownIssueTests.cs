using System.Globalization;
using JiraAdoSync.Jira;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Data Center reads issues by a query that names them: one that was deleted meanwhile is passed over, whether the
/// query is refused because of it or not.
/// </summary>
public sealed class UnknownIssueTests
{
    private const int Issues = 120;

    [Theory]
    [InlineData(JiraFlavor.DataCenter, false)]
    [InlineData(JiraFlavor.DataCenter, true)]
    [InlineData(JiraFlavor.Cloud, false)]
    public async Task Issues_that_no_longer_exist_are_passed_over(JiraFlavor flavor, bool mayNameUnknown)
    {
        var seed = new JiraSeed();
        Enumerable.Range(1, Issues).ToList().ForEach(number => seed.Issue(number, "Story"));
        await using var world = await RestWorld.StartAsync(new SandboxOptions
        {
            Seed = seed.Lines,
            Jira = flavor,
            Switches = new SandboxSwitches { DataCenterQueriesMayNameUnknownIssues = mayNameUnknown },
        });
        using var jira = await world.ConnectJiraAsync();
        long[] unknown = [2001, 1050 + 5000, 9999999];
        var ids = Enumerable.Range(1, Issues).Select(number => 1000L + number).Concat(unknown).ToList();
        var found = new List<long>();
        await foreach (var issue in jira.ReadAsync(
            ids.Select(id => id.ToString(CultureInfo.InvariantCulture)).Append("SHOP-9000"), IssueDetail.None, Stop))
        {
            found.Add(issue.IssueId);
        }

        Assert.Equal(ids.Except(unknown), found.Order());
        Assert.Equal(ids.Except(unknown), (await jira.FindReadableAsync(ids, Stop)).Order());
        await jira.ReadChangesAsync(ids, Stop);
        Assert.Empty(await jira.FindReadableAsync(unknown, Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
