using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Syncing;
using JiraAdoSync.Watching;
using Xunit;

namespace JiraAdoSync.Tests.Watching;

/// <summary>When a watcher runs what.</summary>
public sealed class WatcherTests : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Full = TimeSpan.FromHours(1);

    private readonly TimersInSight _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Runs _runs = new();
    private readonly Feed _feed = new();
    private readonly PendingHints _queue;
    private readonly Watcher _watcher;
    private Task _work = Task.CompletedTask;

    public WatcherTests()
    {
        _queue = new PendingHints(_time, 5);
        _watcher = new Watcher(
            new WatchOptions { PollInterval = Poll, FullEvery = Full },
            new WatchedSites([_feed], _runs),
            _queue,
            new WatchStatus
            {
                State = WatchState.Waiting, Profile = "sync.psd1", JiraSite = "https://contoso.atlassian.net",
                AdoProject = "Fabrikam", ProcessId = 1, Started = default, Updated = default,
            },
            _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _work);
        _stop.Dispose();
    }

    [Fact]
    public async Task It_starts_with_a_full_run_and_repeats_it()
    {
        await StartAsync();
        Assert.Equal(["full"], _runs.Log);
        await AdvanceAsync(Full);
        Assert.Equal(["full", "full"], _runs.Log);
        Assert.Equal(2, _watcher.Status.FullRuns);
    }

    [Fact]
    public async Task What_a_feed_shows_is_run_at_the_next_poll_and_a_hook_after_a_moment()
    {
        await StartAsync();
        _feed.Next = [Jira(1)];
        await AdvanceAsync(Poll);
        Assert.Equal(["full", "1"], _runs.Log);

        await AddAsync(Jira(2));
        _queue.Add([Jira(2), new Hint(HintSide.AzureDevOps, 7)]);
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        Assert.Equal(["full", "1", "2 #7"], _runs.Log);
        Assert.Equal(0, _watcher.Status.Depth);
    }

    [Fact]
    public async Task Failures_are_waited_out_for_longer_each_time_and_nothing_is_dropped()
    {
        await StartAsync();
        _runs.Failures = 3;
        await AddAsync(Jira(1));
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((WatchState.BackingOff, 1, 1), (_watcher.Status.State, _watcher.Status.Failures, _watcher.Status.Depth));
        foreach (var seconds in (int[])[5, 10])
        {
            await AdvanceAsync(TimeSpan.FromSeconds(seconds - 1));
            Assert.Equal("full", Assert.Single(_runs.Log));
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, _watcher.Status.Failures);
        Assert.Equal("The service is down.", _watcher.Status.LastError);
        await AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["full", "1"], _runs.Log);
        Assert.Equal(0, _watcher.Status.Failures);
    }

    [Theory]
    [InlineData(FieldDirection.JiraToAdo, "&rarr;", "->")]
    [InlineData(FieldDirection.AdoToJira, "&larr;", "<-")]
    [InlineData(FieldDirection.Both, "&harr;", "<->")]
    public async Task The_heading_says_which_way_values_go(FieldDirection direction, string arrow, string inText)
    {
        await StartAsync();
        var status = _watcher.Status with { Direction = direction };
        Assert.Contains(
            $"<h1>https://contoso.atlassian.net {arrow} Fabrikam</h1>", WatchPage.Of(status), StringComparison.Ordinal);
        Assert.StartsWith($"https://contoso.atlassian.net {inText} Fabrikam: ", $"{status}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conflicts_are_in_sight_until_a_run_about_their_issue_finds_none()
    {
        _runs.Conflicts.UnionWith(["SHOP-1", "SHOP-2"]);
        await StartAsync();
        Assert.Equal(["SHOP-1", "SHOP-2"], _watcher.Status.ConflictKeys);

        _runs.Conflicts.Remove("SHOP-1");
        _runs.Conflicts.Add("SHOP-3");
        await AddAsync(Jira(1), Jira(3));
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        Assert.Equal(["SHOP-2", "SHOP-3"], _watcher.Status.ConflictKeys.Order());
        Assert.Contains("<dd>SHOP-2, SHOP-3</dd>", WatchPage.Of(_watcher.Status), StringComparison.Ordinal);
        Assert.Contains("jiraadosync_conflicts 2\n", WatchMetrics.Of(_watcher.Status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hint_whose_issue_is_not_found_is_tried_three_times_more()
    {
        await StartAsync();
        _runs.NotFound = [Jira(1)];
        await AddAsync(Jira(1), Jira(2));
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        Assert.Equal(["full", "1 2"], _runs.Log);
        for (var second = 0; second < 50; second++)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["full", "1 2", "1", "1", "1"], _runs.Log);
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task What_our_own_run_changed_is_looked_at_later_unless_it_changes_again()
    {
        await StartAsync();
        (_feed.Next, _feed.Echoes) = ([], [Jira(1), Jira(2)]);
        await AdvanceAsync(Poll);
        await AddAsync(Jira(2));
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        Assert.Equal(["full", "2"], _runs.Log);
        await AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["full", "2", "1"], _runs.Log);
    }

    [Fact]
    public async Task What_a_run_left_undone_is_tried_again_and_a_full_one_is_repeated_soon()
    {
        _runs.Outcome = SyncOutcome.Partial;
        await StartAsync();
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        _runs.Outcome = SyncOutcome.Changed;
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["full", "full"], _runs.Log);
        await AdvanceAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(["full", "full", "full"], _runs.Log);

        _runs.Outcome = SyncOutcome.Failed;
        await AddAsync(Jira(1));
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        _runs.Outcome = SyncOutcome.Changed;
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        await AdvanceAsync(TimeSpan.FromSeconds(40));
        Assert.Equal(["full", "full", "full", "1", "1"], _runs.Log);
    }

    [Fact]
    public async Task More_hints_than_the_queue_holds_are_a_full_run()
    {
        await StartAsync();
        await AddAsync([.. Enumerable.Range(1, 6).Select(id => Jira(id))]);
        Assert.Equal(5, _queue.Depth);
        await AdvanceAsync(TimeSpan.FromMilliseconds(300));
        Assert.Equal(["full", "full"], _runs.Log);
    }

    [Fact]
    public async Task A_profile_that_does_not_work_ends_the_watcher_at_its_start_only()
    {
        _runs.Wrong = new SyncException("LinkTypeUnmapped", "No entry.");
        _work = _watcher.RunAsync(_stop.Token);
        Assert.Equal("LinkTypeUnmapped", (await Assert.ThrowsAsync<SyncException>(() => _work)).Id);

        _runs.Wrong = null;
        await StartAsync();
        _runs.Wrong = new SyncException("LinkTypeUnmapped", "No entry.");
        await AdvanceAsync(Full);
        Assert.Equal((WatchState.BackingOff, "No entry."), (_watcher.Status.State, _watcher.Status.LastError));
        _runs.Wrong = null;
        await AdvanceAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(["full", "full"], _runs.Log);
    }

    private static Hint Jira(long id) => new(HintSide.Jira, id);

    private Task StartAsync()
    {
        _work = _watcher.RunAsync(_stop.Token);
        return _time.SettleAsync();
    }

    private Task AdvanceAsync(TimeSpan span)
    {
        _time.Advance(span);
        return _time.SettleAsync();
    }

    /// <summary>Adds hints while the watcher waits; it waits for more then, by another timer.</summary>
    private async Task AddAsync(params Hint[] hints)
    {
        var before = _time.Started;
        _queue.Add(hints);
        await _time.UntilAsync(() => _time.Started > before);
    }

    private sealed class Feed : IChangeFeed
    {
        public int Calls { get; private set; }

        public IReadOnlyCollection<Hint> Next { get; set; } = [];

        public IReadOnlyCollection<Hint> Echoes { get; set; } = [];

        public Task<FeedNews> ReadAsync(CancellationToken cancellationToken)
        {
            Calls++;
            var news = new FeedNews(Next, Echoes);
            (Next, Echoes) = ([], []);
            return Task.FromResult(news);
        }
    }

    private sealed class Runs : IWatchedRuns
    {
        public List<string> Log { get; } = [];

        public int Failures { get; set; }

        public SyncException? Wrong { get; set; }

        public SyncOutcome Outcome { get; set; } = SyncOutcome.Changed;

        public IReadOnlyCollection<Hint> NotFound { get; set; } = [];

        /// <summary>The issues with a conflict that nobody has decided.</summary>
        public HashSet<string> Conflicts { get; } = [];

        public Task<SyncSummary> SyncAllAsync(CancellationToken cancellationToken)
        {
            Fail();
            Log.Add("full");
            return Task.FromResult(Summary() with { ConflictKeys = [.. Conflicts.Order()] });
        }

        public Task<HintedRun> SyncAsync(IReadOnlyCollection<Hint> hints, CancellationToken cancellationToken)
        {
            Fail();
            Log.Add(string.Join(' ', hints.Select(hint => (hint.Side == HintSide.Jira ? "" : "#") + hint.Id)));
            var keys = hints.Select(hint => $"SHOP-{hint.Id}").ToList();
            var summary = Summary() with { ConflictKeys = [.. Conflicts.Intersect(keys).Order()] };
            return Task.FromResult(new HintedRun([summary], [.. NotFound.Intersect(hints)]) { Keys = keys });
        }

        private SyncSummary Summary() => SyncSummary.Of(1, [], []) with { Outcome = Outcome };

        private void Fail()
        {
            if (Wrong is not null)
            {
                throw Wrong;
            }

            if (Failures > 0)
            {
                Failures--;
                throw new Down();
            }
        }
    }

    private sealed class Down() : ServiceException(new ServiceError(Failure.ServerUnreachable, "The service is down."));
}
