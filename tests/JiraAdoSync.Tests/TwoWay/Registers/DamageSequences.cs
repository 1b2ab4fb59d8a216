using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.TwoWay.Plans;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Registers;

/// <summary>Stories that <see cref="DamageProperties"/> once found, each with what it showed.</summary>
public sealed class DamageSequences
{
    [Theory]
    [InlineData(JiraFlavor.Cloud, (int)Damage.GarbleRegister)]
    [InlineData(JiraFlavor.DataCenter, (int)Damage.GarbleRegister)]
    [InlineData(JiraFlavor.Cloud, (int)Damage.LoseRegister)]
    [InlineData(JiraFlavor.DataCenter, (int)Damage.RestoreRegister)]
    public async Task A_file_that_people_removed_is_removed_in_Jira_where_the_issue_forgot_its_copy(JiraFlavor flavor, int damage)
    {
        await using var world = await PlanWorld.StartAsync(flavor);
        await PlanModel.HoldDamageAsync(
            world,
            new PlanStory(
                [new PlanAct(false, Deed.Attach, 0, 0)],
                [new PlanAct(false, Deed.Detach, 0, 0)],
                [new PlanAct(false, Deed.Say, 0, 0)]),
            [new DamageAct((Damage)damage, 0, 0)]);
    }

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Somebody_whom_no_issue_names_is_assigned_where_histories_show_who_edited(JiraFlavor flavor)
    {
        await using var world = await PlanWorld.StartAsync(flavor);
        await PlanModel.HoldDamageAsync(
            world,
            new PlanStory(
                [new PlanAct(false, Deed.Describe, 0, 2)],
                [new PlanAct(false, Deed.Move, 0, 2), new PlanAct(false, Deed.Describe, 0, 5)],
                [new PlanAct(false, Deed.Assign, 0, 1)]),
            [new DamageAct(Damage.GarbleRegister, 0, 4)]);
    }
}
