using JiraAdoSync.Syncing;
using JiraAdoSync.Watching;
using Microsoft.Extensions.Time.Testing;
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
    private readonly HintQueue _queue;
    private readonly Watcher _watcher;
    private Task _work = Task.CompletedTask;

    public WatcherTests()
    {
        _queue = new HintQueue(_time, 5);
        _watcher = new Watcher(
            new WatchOptions { PollInterval = Poll, FullEvery = Full },
            [_feed],
            _runs,
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
        return SettleAsync();
    }

    private Task AdvanceAsync(TimeSpan span)
    {
        _time.Advance(span);
        return SettleAsync();
    }

    /// <summary>Adds hints while the watcher waits; it waits for more then, by another timer.</summary>
    private async Task AddAsync(params Hint[] hints)
    {
        var before = _time.Started;
        _queue.Add(hints);
        await UntilAsync(() => _time.Started > before);
    }

    /// <summary>Ends when the watcher waits for the clock.</summary>
    private Task SettleAsync() => UntilAsync(() => _time.Running > 0);

    private async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Assert.True(await _time.Change.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        }
    }

    /// <summary>A clock that says how many timers run.</summary>
    private sealed class TimersInSight : FakeTimeProvider
    {
        private int _started;
        private int _running;

        /// <summary>Released when a timer starts.</summary>
        public SemaphoreSlim Change { get; } = new(0);

        public int Started => Volatile.Read(ref _started);

        public int Running => Volatile.Read(ref _running);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isOver = 0;
            void End()
            {
                if (Interlocked.Exchange(ref isOver, 1) == 0)
                {
                    Interlocked.Decrement(ref _running);
                }
            }

            Interlocked.Increment(ref _running);
            var timer = base.CreateTimer(
                given =>
                {
                    End();
                    callback(given);
                },
                state, dueTime, period);
            Interlocked.Increment(ref _started);
            Change.Release();
            return new Timer(timer, End);
        }

        private sealed class Timer(ITimer timer, Action end) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                end();
                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                end();
                return timer.DisposeAsync();
            }
        }
    }

    private sealed class Feed : IChangeFeed
    {
        public int Calls { get; private set; }

        public IReadOnlyCollection<Hint> Next { get; set; } = [];

        public Task<IReadOnlyCollection<Hint>> ReadAsync(CancellationToken cancellationToken)
        {
            Calls++;
            var next = Next;
            Next = [];
            return Task.FromResult(next);
        }
    }

    private sealed class Runs : IWatchedRuns
    {
        public List<string> Log { get; } = [];

        public int Failures { get; set; }

        public SyncException? Wrong { get; set; }

        public IReadOnlyCollection<Hint> NotFound { get; set; } = [];

        public Task<SyncSummary> SyncAllAsync(CancellationToken cancellationToken)
        {
            Fail();
            Log.Add("full");
            return Task.FromResult(SyncSummary.Of(0, [], []));
        }

        public Task<HintedRun> SyncAsync(IReadOnlyCollection<Hint> hints, CancellationToken cancellationToken)
        {
            Fail();
            Log.Add(string.Join(' ', hints.Select(hint => (hint.Side == HintSide.Jira ? "" : "#") + hint.Id)));
            return Task.FromResult(new HintedRun([SyncSummary.Of(1, [], [])], [.. NotFound.Intersect(hints)]));
        }

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
