using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Workflows;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>What is suggested for states and relations that nothing of Jira becomes.</summary>
public sealed class UnmappedTests
{
    private static readonly IssueStatus[] Statuses =
    [
        new("Open", "new"), new("Doing", "indeterminate"), new("On hold", "indeterminate"), new("Closed", "done"), new("Won’t do", "done"),
    ];

    [Theory]
    [InlineData("On Hold", "Proposed", "On hold")]
    [InlineData("New", "Proposed", "Open")]
    [InlineData("Active", "InProgress", "On hold")]
    [InlineData("Resolved", "Resolved", "On hold")]
    [InlineData("Closed", "Completed", "Closed")]
    [InlineData("Removed", "Removed", "Won’t do")]
    [InlineData("Odd", "Unknown", null)]
    public void A_state_may_be_the_status_of_its_name_or_the_last_of_its_category(string state, string category, string? expected) =>
        Assert.Equal(expected, StatusMapping.Guess(new WorkItemState(state, category), Statuses)?.Name);

    [Fact]
    public void No_status_of_another_category_is_suggested() =>
        Assert.Null(StatusMapping.Guess(new WorkItemState("Active", "InProgress"), [new("Open", "new"), new("Closed", "done")]));

    [Fact]
    public void Relations_get_a_phrase_of_the_site_that_becomes_them_or_that_of_any_link()
    {
        LinkType[] site =
        [
            new("1", "Cloners", "clones", "is cloned by"), new("2", "Causes", "causes", "is caused by"),
            new("3", "Waits", "waits for", "is awaited by"), new("4", "Needs", "needs", "is needed by"),
        ];
        var mapping = new LinkTypeMapping(
            [new("clones", "Related"), new("causes", "Related"), new("waits for", "Predecessor"), new("needs", "Predecessor")], All);
        var inverse = new RelationInverse(mapping, [], All, site);
        var refusal = inverse.RefusalOf(
            new Dictionary<RelationType, int> { [Successor] = 2, [Related] = 1, [All["System.LinkTypes.Duplicate-Forward"]] = 1 }, "RelationMapping")!;
        Assert.EndsWith(
            "'Successor' (2). Say which with -RelationMapping, as in @{ 'Duplicate' = 'clones'; 'Related' = 'clones'; "
                + "'Successor' = 'is awaited by' }.",
            refusal.Message,
            StringComparison.Ordinal);
        Assert.Null(inverse.RefusalOf(new Dictionary<RelationType, int>(), "RelationMapping"));
    }
}
