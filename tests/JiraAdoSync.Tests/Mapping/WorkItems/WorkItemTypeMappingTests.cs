using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using Xunit;

namespace JiraAdoSync.Tests.Mapping.WorkItems;

public sealed class WorkItemTypeMappingTests
{
    private static readonly string[] Agile = ["Epic", "Feature", "User Story", "Task", "Bug", "Issue"];
    private static readonly string[] Scrum = ["Epic", "Feature", "Product Backlog Item", "Task", "Bug", "Impediment"];
    private static readonly string[] Basic = ["Epic", "Issue", "Task"];

    [Theory]
    [InlineData("Story", "User Story", "Product Backlog Item", "Issue")]
    [InlineData("Task", "Issue", "Task", "Issue")]
    [InlineData("Bug", "Bug", "Bug", "Issue")]
    [InlineData("Epic", "Epic", "Epic", "Epic")]
    public void Takes_the_first_candidate_that_the_project_has(
        string issueType, string agile, string scrum, string basic)
    {
        Assert.Equal(agile, Map(issueType, Agile));
        Assert.Equal(scrum, Map(issueType, Scrum));
        Assert.Equal(basic, Map(issueType, Basic));
    }

    [Fact]
    public void Makes_any_subtask_type_a_Task()
    {
        var mapping = new WorkItemTypeMapping([], Agile);
        Assert.True(mapping.TryMap(new IssueType("1", "Technical task", IsSubtask: true), out var type));
        Assert.Equal("Task", type);
    }

    [Fact]
    public void Lays_what_the_user_gives_over_the_default()
    {
        Assert.Equal("Feature", Map("Epic", Agile, ("epic", ["feature"])));
        Assert.Equal("User Story", Map("Story", Agile, ("epic", ["feature"])));
    }

    [Fact]
    public void Has_nothing_for_a_type_of_the_sites_own()
    {
        Assert.False(
            new WorkItemTypeMapping([], Agile).TryMap(new IssueType("1", "Improvement", IsSubtask: false), out _));
    }

    [Fact]
    public void The_catch_all_is_for_what_neither_the_user_nor_the_default_has()
    {
        Assert.Equal("Task", Map("Improvement", Agile, ("*", ["Task"])));
        Assert.Equal("User Story", Map("Story", Agile, ("*", ["Task"])));
        Assert.Equal("Feature", Map("Improvement", Agile, ("*", ["Task"]), ("Improvement", ["Feature"])));
        var leavesOut = new WorkItemTypeMapping([Entry("*", null)], Agile);
        Assert.True(leavesOut.TryMap(new IssueType("1", "Improvement", IsSubtask: false), out var type));
        Assert.Null(type);
    }

    [Fact]
    public void Leaves_a_type_out_whose_value_is_null()
    {
        var mapping = new WorkItemTypeMapping([Entry("Bug", null)], Agile);
        Assert.True(mapping.TryMap(new IssueType("1", "Bug", IsSubtask: false), out var type));
        Assert.Null(type);
    }

    [Fact]
    public void Refuses_an_entry_of_which_the_project_has_nothing()
    {
        var error = Assert.Throws<SyncException>(
            () => new WorkItemTypeMapping([Entry("Story", ["User Storey"])], Agile));
        Assert.Equal("MappingInvalid", error.Id);
        Assert.Contains("User Story", error.Message, StringComparison.Ordinal);
    }

    private static string? Map(string issueType, string[] projectTypes, params (string Key, string[] Value)[] entries)
    {
        var mapping = new WorkItemTypeMapping(entries.Select(entry => Entry(entry.Key, entry.Value)), projectTypes);
        Assert.True(mapping.TryMap(new IssueType("1", issueType, IsSubtask: false), out var type));
        return type;
    }

    private static KeyValuePair<string, IReadOnlyList<string>?> Entry(string key, string[]? value) => new(key, value);
}
