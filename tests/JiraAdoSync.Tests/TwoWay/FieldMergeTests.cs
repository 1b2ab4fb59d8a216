using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Merging;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Which side of a field is behind.</summary>
public sealed class FieldMergeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("a", "b", "a", MergeAction.ToJira, null)]
    [InlineData("a", "a", "b", MergeAction.ToAzureDevOps, null)]
    [InlineData("a", "b", "c", MergeAction.Conflict, null)]
    [InlineData("a", "b", "b", MergeAction.Keep, null)]
    [InlineData("a", null, "a", MergeAction.ToJira, null)]
    [InlineData("a", "a", null, MergeAction.ToAzureDevOps, null)]
    [InlineData(null, "b", null, MergeAction.ToJira, null)]
    public void The_side_that_did_not_change_is_behind(string? before, string? ado, string? jira, MergeAction action, string? reason) =>
        Assert.Equal((action, reason), Decide(Field(before, jira, ado)));

    [Theory]
    [InlineData("a", null, "a", null, MergeAction.Keep)]
    [InlineData(null, "a", null, "a", MergeAction.Keep)]
    [InlineData("b", null, "a", null, MergeAction.ToAzureDevOps)]
    [InlineData("a", "b", "a", null, MergeAction.ToJira)]
    [InlineData("a", "b", "a", "b", MergeAction.ToAzureDevOps)]
    public void What_a_side_refused_to_have_emptied_stays_until_somebody_changes_it(
        string? jira, string? ado, string? jiraBefore, string? adoBefore, MergeAction action) => Assert.Equal(
            (action, action == MergeAction.Keep ? "EmptyRefused" : null),
            Decide(Field(null, jira, ado) with { Base = new FieldBase(1, ShortDigest.Of(jiraBefore), ShortDigest.Of(adoBefore)) }));

    [Theory]
    [InlineData("a", "b", MergeAction.Keep, "ValueRefused")]
    [InlineData("a", "c", MergeAction.ToJira, null)]
    [InlineData("c", "b", MergeAction.Conflict, null)]
    [InlineData("b", "b", MergeAction.Keep, null)]
    [InlineData("c", "a", MergeAction.ToAzureDevOps, null)]
    public void What_Jira_refused_is_not_sent_again_until_somebody_changes_either_side(
        string jira, string ado, MergeAction action, string? reason)
    {
        var field = Field("a", jira, ado);
        Assert.Equal((action, reason), Decide(field with { Base = field.Base!.WithRefused("a", "b") }));
    }

    [Theory]
    [InlineData("b", "a", "New", MergeAction.Keep, "ValueRefused")]
    [InlineData("b", "a", "Active", MergeAction.ToAzureDevOps, null)]
    [InlineData("c", "a", "New", MergeAction.ToAzureDevOps, null)]
    [InlineData("b", "c", "New", MergeAction.Conflict, null)]
    [InlineData("b", "b", "New", MergeAction.Keep, null)]
    [InlineData("a", "c", "New", MergeAction.ToJira, null)]
    public void What_Azure_DevOps_refused_is_not_sent_again_until_somebody_changes_either_side_or_the_state(
        string jira, string ado, string state, MergeAction action, string? reason)
    {
        var field = Field("a", jira, ado) with { State = state };
        Assert.Equal((action, reason), Decide(field with { Base = field.Base! with { Refused = Refusal.ByAdo("b", "a", "New") } }));
    }

    [Theory]
    [InlineData(FieldDirection.JiraToAdo, "a", "b", MergeAction.Keep, "Direction")]
    [InlineData(FieldDirection.AdoToJira, "b", "a", MergeAction.Keep, "Direction")]
    [InlineData(FieldDirection.AdoToJira, "a", "b", MergeAction.ToJira, null)]
    [InlineData(FieldDirection.JiraToAdo, "b", "a", MergeAction.ToAzureDevOps, null)]
    [InlineData(FieldDirection.None, "b", "c", MergeAction.Keep, null)]
    public void A_direction_says_where_a_value_may_go(
        FieldDirection direction, string jira, string ado, MergeAction action, string? reason) =>
        Assert.Equal((action, reason), Decide(Field("a", jira, ado) with { Direction = direction }));

    [Theory]
    [InlineData(FieldConflict.Hold, MergeAction.Conflict)]
    [InlineData(FieldConflict.Overwrite, MergeAction.Conflict)]
    [InlineData(FieldConflict.Keep, MergeAction.Conflict)]
    [InlineData(FieldConflict.JiraWins, MergeAction.ToAzureDevOps)]
    [InlineData(FieldConflict.AdoWins, MergeAction.ToJira)]
    public void A_policy_decides_what_both_sides_changed(FieldConflict policy, MergeAction action) =>
        Assert.Equal(action, Decide(Field("a", "b", "c"), policy).Action);

    [Theory]
    [InlineData(FieldConflict.Overwrite, MergeAction.ToAzureDevOps)]
    [InlineData(FieldConflict.Hold, MergeAction.ToAzureDevOps)]
    [InlineData(FieldConflict.Keep, MergeAction.Keep)]
    public void A_field_that_is_written_to_Azure_DevOps_only_is_overwritten_or_kept_as_ever(FieldConflict policy, MergeAction action) =>
        Assert.Equal(action, Decide(Field("a", "b", "c") with { Direction = FieldDirection.JiraToAdo }, policy).Action);

    [Theory]
    [InlineData(FieldConflict.JiraWins, FieldDirection.AdoToJira)]
    public void A_policy_does_not_turn_a_direction_round(FieldConflict policy, FieldDirection direction) => Assert.Equal(
        (MergeAction.Conflict, "Direction"), Decide(Field("a", "b", "c") with { Direction = direction }, policy));

    [Theory]
    [InlineData(0, 121, MergeAction.ToJira)]
    [InlineData(121, 0, MergeAction.ToAzureDevOps)]
    [InlineData(0, 120, MergeAction.Conflict)]
    [InlineData(120, 0, MergeAction.Conflict)]
    public void The_newest_wins_where_the_clocks_leave_no_doubt(int jira, int ado, MergeAction action) => Assert.Equal(
        action,
        Decide(
            Field("a", "b", "c") with
            {
                JiraEdit = new FieldEdit(true, Noon.AddSeconds(jira), "Ann"),
                AdoEdit = new FieldEdit(true, Noon.AddSeconds(ado), "Bob"),
            },
            FieldConflict.Newest).Action);

    [Fact]
    public void Without_times_nobody_is_the_newest() =>
        Assert.Equal(MergeAction.Conflict, Decide(Field("a", "b", "c"), FieldConflict.Newest).Action);

    [Fact]
    public void Without_a_base_it_is_a_conflict() =>
        Assert.Equal((MergeAction.Conflict, "NoBase"), Decide(Field("a", "b", "c") with { Base = null }));

    [Theory]
    [InlineData(true, false, MergeAction.ToAzureDevOps, null)]
    [InlineData(false, true, MergeAction.ToJira, null)]
    [InlineData(true, true, MergeAction.Conflict, "NoBase")]
    [InlineData(false, false, MergeAction.Conflict, "NoBase")]
    public void Without_a_base_the_histories_decide(bool jira, bool ado, MergeAction action, string? reason) => Assert.Equal(
        (action, reason),
        Decide(Field("a", "b", "c") with
        {
            Base = null,
            JiraEdit = new FieldEdit(jira, null, null),
            AdoEdit = new FieldEdit(ado, null, null),
        }));

    [Fact]
    public void A_history_that_does_not_reach_back_says_nothing() => Assert.Equal(
        (MergeAction.Conflict, "NoBase"),
        Decide(Field("a", "b", "c") with
        {
            Base = null,
            JiraEdit = new FieldEdit(true, Noon, "Ann") { IsKnown = false },
            AdoEdit = new FieldEdit(false, null, null),
        }));

    [Theory]
    [InlineData(Side.Jira, MergeAction.ToAzureDevOps)]
    [InlineData(Side.AzureDevOps, MergeAction.ToJira)]
    public void Without_a_base_the_user_may_say_which_side_counts(Side side, MergeAction action)
    {
        var decision = FieldMerge.Decide(
            Field("a", "b", "c") with { Base = null }, new MergePolicy(FieldConflict.Hold, side));
        Assert.Equal((action, true), (decision.Action, decision.IsBaseline));
    }

    [Theory]
    [InlineData("a b", "a b c", "a b d", "a b c d")]
    [InlineData("a b", "a", "a b d", "a d")]
    [InlineData("a b", "", "a b", "")]
    [InlineData("a b", "B A", "a b", "a b")]
    [InlineData("", "x", "x", "x")]
    [InlineData("a b c", "a c", "b c", "c")]
    public void Sets_are_merged_by_their_elements(string before, string jira, string ado, string merged)
    {
        var field = Tags(before, jira, ado);
        var decision = FieldMerge.Decide(field, new MergePolicy(FieldConflict.Hold, null));
        Assert.True(field.Corresponds == (decision.Action == MergeAction.Keep));
        if (!field.Corresponds)
        {
            Assert.True(decision.JiraSet!.SetEquals(Set(merged)), string.Join(' ', decision.JiraSet!));
            Assert.True(decision.AdoSet!.SetEquals(Set(merged)), string.Join(' ', decision.AdoSet!));
        }
    }

    [Fact]
    public void Without_its_elements_a_set_loses_nothing_when_both_sides_changed()
    {
        var field = Tags("a b", "a c", "a d");
        var decision = FieldMerge.Decide(
            field with { Base = field.Base! with { Elements = null } }, new MergePolicy(FieldConflict.Hold, null));
        Assert.True(decision.JiraSet!.SetEquals(Set("a c d")));
    }

    [Fact]
    public void Without_its_elements_a_set_follows_the_side_that_changed()
    {
        var field = Tags("a b", "a", "a b");
        var decision = FieldMerge.Decide(
            field with { Base = field.Base! with { Elements = null } }, new MergePolicy(FieldConflict.Hold, null));
        Assert.Equal(MergeAction.ToAzureDevOps, decision.Action);
        Assert.True(decision.AdoSet!.SetEquals(Set("a")));
    }

    [Fact]
    public void A_set_without_a_base_changes_nothing_in_Jira()
    {
        var decision = FieldMerge.Decide(Tags("", "a", "b") with { Base = null }, new MergePolicy(FieldConflict.Hold, null));
        Assert.Equal((MergeAction.ToAzureDevOps, "NoBase"), (decision.Action, decision.Reason));
        Assert.True(decision.AdoSet!.SetEquals(Set("a b")));
    }

    private static (MergeAction Action, string? Reason) Decide(FieldPair field, FieldConflict policy = FieldConflict.Hold)
    {
        var decision = FieldMerge.Decide(field, new MergePolicy(policy, null));
        return (decision.Action, decision.Reason);
    }

    private static FieldPair Field(string? before, string? jira, string? ado) => new()
    {
        Field = "System.Title",
        Direction = FieldDirection.Both,
        Jira = jira,
        Ado = ado,
        Corresponds = jira == ado,
        Base = new FieldBase(1, ShortDigest.Of(before), ShortDigest.Of(before)),
    };

    private static FieldPair Tags(string before, string jira, string ado) => Field(Text(before), Text(jira), Text(ado)) with
    {
        JiraSet = Set(jira),
        AdoSet = Set(ado),
        Base = new FieldBase(1, ShortDigest.Of(Text(before)), ShortDigest.Of(Text(before)))
        {
            Elements = Set(before).Select(FieldMerge.DigestOf).ToList(),
        },
    };

    private static string Text(string set) => string.Join('\n', Set(set).Select(one => one.ToUpperInvariant()).Order());

    private static HashSet<string> Set(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
}
