using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Reporting;
using Xunit;

namespace JiraAdoSync.Tests.Reporting;

/// <summary>What a report makes of a run's record.</summary>
public sealed class RunReportTests
{
    [Fact]
    public void A_record_shows_work_items_once_and_relations_by_the_keys_of_both_ends()
    {
        var report = new Report { Made = DateTimeOffset.UnixEpoch };
        report.Add(
        [
            Change(RunAction.Create, 1, "SHOP-1") with { WorkItemType = "Epic", After = Title("Pay by card") },
            Change(RunAction.Update, 1, "SHOP-1") with { After = Title("Pay by card, too") },
            Change(RunAction.Update, 2, "SHOP-2") with { Added = [Parent(2, 1)], Removed = [Parent(2, 9)] },
        ]);

        var item = Assert.Single(report.Items);
        Assert.Equal((ChangeAction.Create, "SHOP-1", "Pay by card, too"), (item.Action, item.Key, item.Summary));
        Assert.Equal(["Remove SHOP-2 Parent #9", "Create SHOP-2 Parent SHOP-1"],
            report.Relations.Select(relation => relation.ToString()));
        Assert.False(report.IsPlan);
    }

    private static RunChange Change(RunAction action, int workItem, string key) =>
        new() { Time = DateTimeOffset.UnixEpoch, Action = action, WorkItemId = workItem, Key = key };

    private static Dictionary<string, object?> Title(string title) => new() { ["System.Title"] = title };

    private static Relation Parent(int child, int parent) => new()
    {
        WorkItemId = child,
        ReferenceName = "System.LinkTypes.Hierarchy-Reverse",
        Name = "Parent",
        TargetWorkItemId = parent,
        Url = $"https://dev.azure.com/contoso/_apis/wit/workItems/{parent}",
    };
}
