using System.Reflection;
using CsCheck;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Lookup;
using JiraAdoSync.Ports;
using Xunit;

namespace JiraAdoSync.Tests.Marks;

/// <summary>
/// How much the feed of revisions costs where marks are to be proven by it. Pages do not overlap, so there are never
/// more than the feed has from the first date on; and each is asked for because of a date that no other covers, so
/// there are never more than dates. No better bound holds: where each date is followed by a page of revisions of
/// others, each costs a request.
/// </summary>
public sealed class RevisionPagesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 11, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void There_are_never_more_requests_than_dates_or_than_pages_of_the_feed() => Gen.Select(
        Gen.Int[1, 3000], Gen.Double[0.0005, 1], Gen.Int[0, 1 << 20]).Sample(
        (count, share, seed) =>
        {
            var random = new Random(seed);
            var feed = Enumerable.Range(0, count).Select(Of).ToList();
            var sought = feed.Where(_ => random.NextDouble() < share).ToList();
            var requests = Find(feed, sought);
            return requests <= Math.Min(sought.Count, (count / IWorkItemStore.BatchSize) + 1);
        },
        iter: 200);

    [Fact]
    public void Revisions_that_came_together_cost_one_request_and_those_far_apart_one_each()
    {
        var feed = Enumerable.Range(0, 20 * IWorkItemStore.BatchSize).Select(Of).ToList();
        Assert.Equal(1, Find(feed, feed[..(IWorkItemStore.BatchSize - 1)]));
        Assert.Equal(20, Find(feed, feed.Where((_, index) => index % IWorkItemStore.BatchSize == 0).ToList()));
        Assert.InRange(Find(feed, feed), 20, 21);
    }

    private static Revision Of(int number) => new(number, 3, Start.AddMinutes(number), new Account($"a{number}", null));

    /// <summary>Finds revisions, oldest first, and says how many pages that took.</summary>
    private static int Find(List<Revision> feed, List<Revision> sought)
    {
        var (store, reader) = FeedReader.Of(feed);
        var pages = new RevisionPages(store);
        foreach (var one in sought)
        {
            var found = pages.FindAsync(one.WorkItemId, one.Date!.Value, CancellationToken.None);
            Assert.True(found.IsCompletedSuccessfully);
            Assert.Equal(one, found.Result);
        }

        return reader.Requests;
    }

    /// <summary>A store that can read the feed of revisions and nothing else.</summary>
    public class FeedReader : DispatchProxy
    {
        private List<Revision> _feed = [];

        internal int Requests { get; private set; }

        internal static (IWorkItemStore Store, FeedReader Reader) Of(List<Revision> feed)
        {
            var store = Create<IWorkItemStore, FeedReader>();
            var reader = (FeedReader)(object)store;
            reader._feed = feed;
            return (store, reader);
        }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IWorkItemStore.ReadRevisionsAsync), targetMethod!.Name);
            Requests++;
            var from = (DateTimeOffset)args![0]!;
            return Task.FromResult<IReadOnlyList<Revision>>(
                _feed.Where(one => one.Date >= from).Take(IWorkItemStore.BatchSize).ToList());
        }
    }
}
