using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using Xunit;

namespace JiraAdoSync.Tests.Mapping.Fields;

public sealed class StateMappingTests
{
    private static readonly WorkItemType Story = new()
    {
        Name = "User Story",
        States =
        [
            new("New", "Proposed"), new("Approved", "Proposed"), new("Active", "InProgress"),
            new("Resolved", "Resolved"),
            new("Closed", "Completed"), new("Removed", "Removed"),
        ],
        Transitions = new Dictionary<string, IReadOnlyList<string>>
        {
            [""] = ["New"],
            ["New"] = ["Active", "Removed"],
            ["Active"] = ["New", "Resolved"],
            ["Resolved"] = ["Active", "Closed"],
            ["Closed"] = ["Active"],
        },
    };

    private static readonly WorkItemType Impediment = new()
    {
        Name = "Impediment",
        States = [new("Open", "InProgress"), new("Closed", "Completed")],
    };

    [Theory]
    [InlineData("To Do", "new", "New")]
    [InlineData("approved", "new", "Approved")]
    [InlineData("In Review", "indeterminate", "Active")]
    [InlineData("Resolved", "done", "Closed")]
    [InlineData("Whatever", "undefined", null)]
    public void A_status_becomes_the_state_of_its_category_that_has_its_name_or_is_first(
        string status, string category, string? state) =>
            Assert.Equal(state, new StateMapping([]).StateOf(Issue(status, category), Story));

    [Fact]
    public void What_is_to_do_is_where_items_of_a_type_without_such_a_state_begin() =>
        Assert.Equal("Open", new StateMapping([]).StateOf(Issue("To Do", "new"), Impediment));

    /// <summary>A type whose workflow never ends, as a person may make one.</summary>
    private static readonly WorkItemType Endless = new()
    {
        Name = "Watch", States = [new("Idle", "Proposed"), new("Looking", "InProgress")],
    };

    [Fact]
    public void A_status_without_any_state_of_its_category_leaves_the_state_alone_and_is_a_gap_with_an_entry_that_closes_it()
    {
        var (done, begun) = (Issue("Finished", "done"), Issue("Doing", "indeterminate") with { IssueId = 2, Key = "SHOP-2" });
        Assert.Null(new StateMapping([]).StateOf(done, Endless));
        Assert.Equal("Looking", new StateMapping([]).StateOf(begun, Endless));

        var rows = Checks(new StateMapping([]));
        Assert.Equal(["Doing: Passed, Looking", "Finished of Watch: Warning, "], rows.Select(row => $"{row.Name}: {row.Result}, {row.MapsTo}"));
        Assert.Equal("StateMapping", rows[1].Parameter);
        Assert.Equal("'Watch' = @{ 'Finished' = 'Idle' }", rows[1].Entry);
        Assert.Contains("Watch", rows[1].Detail, StringComparison.Ordinal);

        // With the entry, for the type, there is no gap.
        var closed = new StateMapping([("Watch", "Finished", ["Idle"])]);
        Assert.Equal("Idle", closed.StateOf(done, Endless));
        Assert.All(Checks(closed), row => Assert.Equal(CheckResult.Passed, row.Result));

        IReadOnlyList<SyncCheck> Checks(StateMapping states) => new MappingChecks(
            [done, begun],
            new WorkItemTypeMapping([KeyValuePair.Create<string, IReadOnlyList<string>?>("Story", ["Watch"])], ["Watch"]),
            [Endless]).Statuses(states);
    }

    [Fact]
    public void An_entry_of_a_type_wins_over_one_for_all_and_a_list_takes_the_first_that_the_type_has()
    {
        var mapping = new StateMapping(
        [
            (null, "In Review", ["Doing", "Resolved"]), ("Story", "In Review", ["Active"]), (null, "17", null),
        ]);
        Assert.Equal("Active", mapping.StateOf(Issue("in review", "indeterminate"), Story));
        Assert.Equal("Resolved", mapping.StateOf(Issue("In Review", "indeterminate", "Bug"), Story));
        Assert.Null(mapping.StateOf(Issue("Translated",
            "done") with { Status = new IssueStatus("Erledigt", "done") { Id = "17" } }, Story));
    }

    [Theory]
    [InlineData(null, "New", "")]
    [InlineData(null, "Closed", "Active Resolved Closed")]
    [InlineData("Closed", "New", "Active New")]
    [InlineData("active", "Active", "")]
    [InlineData("Removed", "Closed", "Closed")]
    public void The_way_to_a_state_is_the_shortest_that_the_workflow_allows(string? from, string to, string way) =>
        Assert.Equal(way, string.Join(' ', Story.WayTo(from, to)));

    private static Replica Issue(string status, string category, string type = "Story") => new()
    {
        IssueId = 1,
        Key = "SHOP-1",
        Type = new IssueType("10", type, IsSubtask: false),
        Status = new IssueStatus(status, category),
        Summary = "x",
    };
}
