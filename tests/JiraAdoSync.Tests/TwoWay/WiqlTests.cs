using JiraAdoSync.AzureDevOps;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>Queries that users write, turned into pages.</summary>
public sealed class WiqlTests
{
    [Theory]
    [InlineData("[System.State] = 'Active'", "[System.State] = 'Active'")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [System.State] = 'Active' ORDER BY [System.ChangedDate] DESC",
        "[System.State] = 'Active'")]
    [InlineData("select [System.Id], [System.Title]\nfrom WorkItems\nwhere [System.Title] = 'order by ASOF (it''s'\norder by 1",
        "[System.Title] = 'order by ASOF (it''s'")]
    [InlineData("[A] = 1 OR [B] = 2", "[A] = 1 OR [B] = 2")]
    [InlineData("[Custom.Order By] = \"x; y\" ORDER BY [System.Id]", "[Custom.Order By] = \"x; y\"")]
    public void A_query_or_its_condition_is_paged_by_id(string wiql, string condition) => Assert.Equal(
        $"SELECT [System.Id] FROM WorkItems WHERE ({condition}) AND [System.Id] > 7 ORDER BY [System.Id]",
        Wiql.Page(wiql, 7));

    [Fact]
    public void A_query_without_a_condition_finds_everything() => Assert.Equal(
        "SELECT [System.Id] FROM WorkItems WHERE [System.Id] > 0 ORDER BY [System.Id]",
        Wiql.Page("SELECT [System.Id] FROM WorkItems", 0));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.State] = 'Active'")]
    [InlineData("SELECT [System.Id] FROM WorkItems WHERE [System.Id] > 1 ASOF '2026-01-01'")]
    [InlineData("SELECT [System.Id] WHERE [System.Id] > 1")]
    [InlineData("[A] = 1) OR ([B] = 2")]
    [InlineData("([A] = 1")]
    [InlineData("[A] = 'x")]
    [InlineData("[A = 1")]
    [InlineData("[A] = 1; SELECT 1")]
    public void What_can_not_be_paged_is_refused(string wiql) =>
        Assert.Equal("WiqlInvalid", Assert.Throws<SyncException>(() => Wiql.Page(wiql, 0)).Id);

    [Fact]
    public void What_is_too_long_for_the_service_is_refused() => Assert.Equal(
        "WiqlInvalid",
        Assert.Throws<SyncException>(() => Wiql.Page($"[System.Title] = '{new string('x', 31_990)}'", 0)).Id);
}
