using JiraAdoSync.TwoWay.Planning;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>How much a run may write to Jira.</summary>
public sealed class WriteLimitTests
{
    [Theory]
    [InlineData(0, 10, 20)]
    [InlineData(100, 10, 20)]
    [InlineData(201, 10, 20)]
    [InlineData(1000, 10, 100)]
    [InlineData(1000, 0, 20)]
    [InlineData(100_000_000, 100, 100_000_000)]
    public void A_limit_is_per_cent_of_the_pairs_and_never_less_than_twenty(int pairs, int limit, int count) =>
        Assert.Equal(count, TwoWayPolicy.CountOf(pairs, limit));

    [Theory]
    [InlineData(200, 10_000, 10)]
    [InlineData(21, 1000, 10)]
    [InlineData(200, 200, 10)]
    [InlineData(57, 700, 3)]
    [InlineData(200, 300, 0)]
    [InlineData(200, 0, 10)]
    public void A_run_about_some_pairs_may_write_what_one_about_all_may(int some, int all, int limit)
    {
        var among = TwoWayPolicy.WriteLimitAmong(some, all, limit);
        Assert.InRange(among, 0, 100);
        var allowed = Math.Min(some, TwoWayPolicy.CountOf(all, limit));
        Assert.InRange(TwoWayPolicy.CountOf(some, among), allowed, allowed + (some / 100) + 1);
    }
}
