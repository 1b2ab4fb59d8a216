using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Mapping.WorkItems;
using Xunit;

namespace JiraAdoSync.Tests.Mapping;

/// <summary>What is suggested for link types and issue types that no mapping has.</summary>
public sealed class SuggestionTests
{
    private static readonly string[] Agile =
        ["Epic", "Feature", "User Story", "Task", "Bug", "Issue", "Test Case", "Test Plan", "Test Suite"];

    private static readonly RelationTypes Types = new(
    [
        .. StandardRelationTypes.All.All,
        .. StandardRelationTypes.Pair("Microsoft.VSTS.Common.TestedBy", "Tested By", "Tests", isTree: false),
        .. StandardRelationTypes.Pair("Microsoft.VSTS.Common.Affects", "Affects", "Affected By", isTree: false),
        .. StandardRelationTypes.Pair("Custom.Cover", "Covered By", "Covers", isTree: false),
        .. StandardRelationTypes.Pair("Custom.Implement", "Implements", "Implemented By", isTree: false),
        .. StandardRelationTypes.Pair("Custom.Verify", "Verified By", "Verifies", isTree: false),
    ]);

    [Theory]
    [InlineData("tests", "is tested by", "Tests")]
    [InlineData("is tested by", "tests", "Tested By")]
    [InlineData("is testing", "is being tested by", "Tests")]
    [InlineData("affects", "is affected by", "Affects")]
    [InlineData("is affected by", "affects", "Affected By")]
    [InlineData("covers", "is covered by", "Covers")]
    [InlineData("is covered by", "covers", "Covered By")]
    [InlineData("implements", "is implemented by", "Implements")]
    [InlineData("is implemented by", "implements", "Implemented By")]
    [InlineData("verifies", "is verified by", "Verifies")]
    [InlineData("verified by", "verify", "Verified By")]
    [InlineData("is required for", "has required", "Related")]
    [InlineData("requires", "is required by", "Predecessor")]
    public void A_link_type_gets_the_end_that_says_the_same_in_the_same_voice(
        string outward, string inward, string expected)
    {
        var type = new LinkType("9", "Custom", outward, inward);
        Assert.Equal(expected, LinkTypeCoverage.Suggest(type, Types).Name);

        var lines = LinkTypeCoverage.Of([KeyValuePair.Create(type, 3)], new LinkTypeMapping([], Types), Types);
        Assert.Equal(
            [(outward, expected), (inward, Types.Opposite(LinkTypeCoverage.Suggest(type, Types)).Name)],
            lines.Select(line => (line.Phrase!, line.Suggestion!)));
    }

    [Theory]
    [InlineData("Defect", "Bug")]
    [InlineData("缺陷", "Bug")]
    [InlineData("Incident", "Bug")]
    [InlineData("Production incident", "Bug")]
    [InlineData("Fehler", "Bug")]
    [InlineData("Ошибка", "Bug")]
    [InlineData("不具合", "Bug")]
    [InlineData("Test", "Test Case")]
    [InlineData("テストケース", "Test Case")]
    [InlineData("Aufgabe", "Issue")]
    [InlineData("Tâche", "Issue")]
    [InlineData("Tarefa", "Issue")]
    [InlineData("任务", "Issue")]
    [InlineData("Historia", "User Story")]
    [InlineData("ストーリー", "User Story")]
    [InlineData("스토리", "User Story")]
    [InlineData("Эпик", "Epic")]
    [InlineData("New Feature", "Feature")]
    [InlineData("Nouvelle fonctionnalité", "Feature")]
    [InlineData("User Story (mobile)", "User Story")]
    public void An_issue_type_becomes_what_its_name_says_in_any_language(string name, string expected)
    {
        var guess = Mapping().Guess(new IssueType("1", name, IsSubtask: false), out var isByName);
        Assert.Equal((expected, true), (guess, isByName));
    }

    [Theory]
    [InlineData("Improvement")]
    [InlineData("Latest news")]
    [InlineData("Test Plan")]
    [InlineData("Debugging")]
    public void What_a_name_does_not_say_is_a_guess(string name)
    {
        Assert.Equal("User Story", Mapping().Guess(new IssueType("1", name, IsSubtask: false), out var isByName));
        Assert.False(isByName);
    }

    [Theory]
    [InlineData("Initiative", 1, "Epic")]
    [InlineData("Bug group", 1, "Epic")]
    [InlineData("Feature", 1, "Feature")]
    [InlineData("Theme", 2, "Epic")]
    [InlineData("New Feature", 0, "User Story")]
    [InlineData("Defect", 0, "Bug")]
    public void Jira_s_level_decides_about_epics_and_features_before_words_do(string name, int level, string expected) =>
        Assert.Equal(
            expected, Mapping().Guess(new IssueType("1", name, IsSubtask: false) { Level = level }, out _));

    private static WorkItemTypeMapping Mapping() => new([], Agile);
}
