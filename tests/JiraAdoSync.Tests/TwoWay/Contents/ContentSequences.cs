using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Contents;

/// <summary>Sequences that <see cref="ContentProperties"/> once found, each with what it showed.</summary>
public sealed class ContentSequences
{
    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_copy_that_a_run_left_is_removed_by_a_later_one_that_prunes(JiraFlavor flavor) => await HoldAsync(
        flavor,
        new([InAdo(Deed.Say, 0, 3)], 0, false, Mishap.None, 0, 0, [], true),
        new([InAdo(Deed.Delete, 0, 0), InJira(Deed.Say, 0, 3)], 0, false, Mishap.None, 0, 0, [], false),
        new([InAdo(Deed.Say, 0, 3)], 0, false, Mishap.None, 0, 0, [], false));

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_copy_of_a_file_whose_original_was_removed_is_not_copied_back_by_a_one_way_run(JiraFlavor flavor) => await HoldAsync(
        flavor,
        new([InAdo(Deed.Attach, 0, 4)], 0, false, Mishap.None, 0, 0, [], true),
        new([InAdo(Deed.Detach, 0, 0), InJira(Deed.Attach, 0, 4)], ContentWorld.OneWay, true, Mishap.None, 0, 0, [], false));

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_comment_that_people_wrote_between_the_plan_and_the_write_of_a_work_item_is_copied_by_the_next_run(JiraFlavor flavor) =>
        await HoldAsync(
            flavor,
            new([InJira(Deed.Say, 0, 5), InAdo(Deed.Attach, 0, 0), InAdo(Deed.Attach, 0, 1)], 0, false, Mishap.None, 0, 0, [], true),
            new([InAdo(Deed.Say, 0, 0), InJira(Deed.Attach, 0, 3), InJira(Deed.Attach, 0, 2)], ContentWorld.OneWay, false, Mishap.None, 0, 0, [], false),
            new([InJira(Deed.Say, 0, 5)], 2, true, Mishap.None, 0, 0, [(12, InAdo(Deed.Say, 0, 0))], false));

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task A_comment_of_which_a_one_way_run_took_no_notice_is_copied_by_the_next_run_of_both_sides(JiraFlavor flavor) =>
        await HoldAsync(
            flavor,
            new([InJira(Deed.Restrict, 0, 1), InJira(Deed.Say, 0, 0), InJira(Deed.Edit, 1, 2)], 2, true, Mishap.None, 13, 0, [], false),
            new([InAdo(Deed.Attach, 0, 1), InJira(Deed.Attach, 0, 1), InJira(Deed.Delete, 0, 4), InJira(Deed.Attach, 1, 1)], 4, false, Mishap.None, 0, 2, [(25, InJira(Deed.DeleteCopy, 2, 4)), (2, InJira(Deed.Edit, 0, 4))], true),
            new([InAdo(Deed.Attach, 0, 1), InJira(Deed.Say, 0, 0), InAdo(Deed.SayInSecret, 1, 5), InJira(Deed.DeleteCopy, 0, 5), InAdo(Deed.Say, 0, 5), InAdo(Deed.DeleteCopy, 0, 1)], 6, false, Mishap.None, 7, 1, [(37, InAdo(Deed.Say, 0, 4)), (34, InAdo(Deed.Edit, 0, 4))], true));

    private static async Task HoldAsync(JiraFlavor flavor, params ContentRound[] rounds)
    {
        await using var world = await ContentWorld.StartAsync(flavor);
        await ContentModel.HoldAsync(world, rounds);
    }

    private static Act InJira(Deed deed, int pair, int value) => new(true, deed, pair, value);

    private static Act InAdo(Deed deed, int pair, int value) => new(false, deed, pair, value);
}
