using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using Xunit;

namespace JiraAdoSync.Tests.Planning.WorkItems;

public sealed class WorkItemPlannerTests
{
    /// <summary>The last two digits are those of the issue's type, and some type has these.</summary>
    [Fact]
    public void A_work_item_that_lacks_its_state_is_not_mistaken_for_one_whose_new_issue_lacks_its_fields() =>
        Assert.NotEqual(WorkItemMark.Unfinished, WorkItemPlanner.Unfinished("12345600"));
}
