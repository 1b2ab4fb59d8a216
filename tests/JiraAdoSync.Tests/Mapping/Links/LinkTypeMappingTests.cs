using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using Xunit;
using static JiraAdoSync.Tests.StandardRelationTypes;

namespace JiraAdoSync.Tests.Mapping.Links;

public sealed class LinkTypeMappingTests
{
    private static readonly LinkType Blocks = new("1", "Blocks", "blocks", "is blocked by");
    private static readonly LinkType Relates = new("2", "Relates", "relates to", "relates to");
    private static readonly LinkType Gantt = new("3", "Gantt: start-finish", "is triggering", "is triggered by");
    private static readonly LinkType Cloners = new("4", "Cloners", "is cloned from", "is cloned into");

    [Fact]
    public void Puts_the_relation_on_the_issue_that_says_the_phrase()
    {
        Assert.Equal(Successor, Rule(Blocks, ("blocks", "System.LinkTypes.Dependency-Forward")));
        Assert.Equal(Successor, Rule(Blocks, ("is blocked by", "System.LinkTypes.Dependency-Reverse")));
    }

    [Fact]
    public void Takes_the_names_that_people_see_and_any_case() =>
        Assert.Equal(Predecessor, Rule(Blocks, ("BLOCKS", "predecessor")));

    [Theory]
    [InlineData("Gantt: start-finish")]
    [InlineData("Gantt: start-finish:outward")]
    [InlineData("is triggering")]
    public void Reads_only_a_final_suffix_as_an_end(string key) =>
        Assert.Equal(Successor, Rule(Gantt, (key, "Successor")));

    [Fact]
    public void Reads_the_inward_end_of_a_type_by_name() =>
        Assert.Equal(Predecessor, Rule(Gantt, ("Gantt: start-finish:inward", "Successor")));

    [Fact]
    public void Prefers_an_end_by_name_to_a_type_and_a_type_to_a_phrase()
    {
        Assert.Equal(Related, Rule(Gantt, ("is triggering", "Successor"), ("Gantt: start-finish", "Related")));
        Assert.Equal(
            Predecessor,
            Rule(Gantt, ("Gantt: start-finish", "Related"), ("Gantt: start-finish:outward", "Predecessor")));
    }

    [Fact]
    public void Leaves_a_type_out_whose_value_is_null_whatever_else_holds() => Assert.Same(
        LinkRule.LeftOut,
        Mapping(("is cloned from", "Related"), ("is cloned into", null)).RuleFor(Cloners));

    [Fact]
    public void The_catch_all_is_for_what_no_other_entry_fits()
    {
        Assert.Equal(Related, Rule(Cloners, ("*", "Related")));
        Assert.Equal(Successor, Rule(Blocks, ("*", "Related"), ("blocks", "Successor")));
        Assert.Equal(Successor, Rule(Blocks, ("*", "Related"), ("is blocked by", "Predecessor")));
        Assert.Equal(Successor, Rule(Gantt, ("*", "Successor")));
        Assert.Same(LinkRule.LeftOut, Mapping(("*", null)).RuleFor(Cloners));
        Assert.Empty(Mapping(("*", "Related")).UnusedKeys);
        var error = Assert.Throws<SyncException>(() => Rule(Relates, ("*", "Successor")));
        Assert.Contains("'Relates:outward'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Has_nothing_for_a_type_that_no_entry_fits() =>
        Assert.Same(LinkRule.Unmapped, Mapping(("clones", "Related")).RuleFor(Cloners));

    [Fact]
    public void Refuses_two_ends_that_are_not_each_others_opposite()
    {
        var error = Assert.Throws<SyncException>(
            () => Rule(Blocks, ("blocks", "Successor"), ("is blocked by", "Successor")));
        Assert.Equal("MappingInvalid", error.Id);
        Assert.Equal("blocks", error.Subject);
    }

    [Fact]
    public void Refuses_a_direction_for_a_phrase_that_is_the_same_at_both_ends()
    {
        Assert.Equal(
            "MappingInvalid", Assert.Throws<SyncException>(() => Rule(Relates, ("relates to", "Successor"))).Id);
        Assert.Equal(Successor, Rule(Relates, ("Relates:outward", "Successor")));
    }

    [Theory]
    [InlineData("System.LinkTypes.Blocks")]
    [InlineData("Hyperlink")]
    [InlineData("Before")]
    [InlineData("Produces For")]
    public void Refuses_a_relation_type_that_a_link_cannot_become(string value) =>
        Assert.Equal("MappingInvalid", Assert.Throws<SyncException>(() => Mapping(("anything", value))).Id);

    [Fact]
    public void Reports_the_entries_that_matched_nothing()
    {
        var mapping = Mapping(("blocks", "Successor"), ("bloks", "Successor"));
        mapping.RuleFor(Blocks);
        Assert.Equal(["bloks"], mapping.UnusedKeys);
    }

    [Fact]
    public void Turns_the_order_round_with_the_recipes_own_table_and_not_by_default()
    {
        Assert.Equal(Successor, new LinkTypeMapping(LinkTypePresets.Default, All).RuleFor(Blocks).Relation);
        Assert.Equal(Predecessor, new LinkTypeMapping(LinkTypePresets.Recipe, All).RuleFor(Blocks).Relation);
    }

    [Fact]
    public void Refuses_an_unmapped_type_with_its_count_and_an_entry_to_start_from()
    {
        var links = new[] { Link(10, Cloners), Link(11, Cloners), Link(12, Blocks) };
        var error = Assert.Throws<SyncException>(() => Convert(links, UnmappedLinks.Error, _ => { }));
        Assert.Equal("LinkTypeUnmapped", error.Id);
        Assert.Contains(
            "'Cloners' (is cloned from / is cloned into): 2 links", error.Message, StringComparison.Ordinal);
        Assert.Contains("@{ 'Cloners' = 'Related' }", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnmappedLinks.Warn, "Unmapped", 1)]
    [InlineData(UnmappedLinks.Skip, "Unmapped", 0)]
    [InlineData(UnmappedLinks.Related, null, 0)]
    public void Drops_nothing_without_saying_so(UnmappedLinks unmapped, string? leftOut, int warnings)
    {
        var warned = new List<string>();
        var desired = Convert([Link(10, Cloners), Link(11, Cloners)], unmapped, warned.Add);
        Assert.Equal([leftOut, leftOut], desired.Select(one => one.LeftOut));
        Assert.All(desired, one => Assert.Equal(leftOut is null ? Related : null, one.Relation));
        Assert.Equal(warnings, warned.Count);
    }

    private static IReadOnlyList<DesiredRelation> Convert(
        IEnumerable<IssueLink> links, UnmappedLinks unmapped, Action<string> warn) =>
        LinkConverter.Convert(links, Mapping(("blocks", "Successor")), All, unmapped, warn);

    private static IssueLink Link(long id, LinkType type) => new()
    {
        LinkId = id,
        Type = type,
        Source = new IssueReference(1, "A-1"),
        Target = new IssueReference(2, "A-2"),
        ReadFrom = 1,
    };

    private static RelationType? Rule(LinkType type, params (string Key, string? Value)[] entries) =>
        Mapping(entries).RuleFor(type).Relation;

    private static LinkTypeMapping Mapping(params (string Key, string? Value)[] entries) =>
        new(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)), All);
}
