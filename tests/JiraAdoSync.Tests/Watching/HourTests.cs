using JiraAdoSync.Syncing;
using JiraAdoSync.Watching;
using Xunit;

namespace JiraAdoSync.Tests.Watching;

/// <summary>
/// An hour of ten changes a second on both sides, by the clock of the test. Webhooks are lost, doubled and late, the
/// services throttle, and the watcher is killed in the middle of what it does.
/// </summary>
public sealed class HourTests(ITestOutputHelper output)
{
    private const int Pairs = 400;
    private const int ChangesPerSecond = 10;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task After_an_hour_of_changes_kills_and_throttling_both_sides_correspond(int watchers)
    {
        var time = new TimersInSight();
        var sites = new Sites(time);
        var random = new Random(20261128);
        var running = Enumerable.Range(0, watchers).Select(_ => new Running(sites, time)).ToList();
        var late = new Queue<(DateTimeOffset At, Hint Hint)>();
        var (kills, deepest, memory) = (0, 0, new List<long>());
        var end = time.GetUtcNow() + TimeSpan.FromHours(1);
        while (time.GetUtcNow() < end)
        {
            var hint = sites.Change(random.Next(Pairs), random.Next(2) == 0 ? HintSide.Jira : HintSide.AzureDevOps);
            foreach (var watcher in running)
            {
                // A fifth of the hooks is lost, some come twice, some half a minute late.
                var fate = random.Next(10);
                if (fate >= 2)
                {
                    watcher.Queue.Add(fate == 2 ? [hint, hint] : [hint]);
                }
            }

            if (random.Next(10) == 0)
            {
                late.Enqueue((time.GetUtcNow() + TimeSpan.FromSeconds(30), hint));
            }

            while (late.TryPeek(out var next) && next.At <= time.GetUtcNow())
            {
                running[0].Queue.Add([late.Dequeue().Hint]);
            }

            if (random.Next(600) == 0)
            {
                sites.Throttle(TimeSpan.FromSeconds(random.Next(5, 60)));
            }

            if (random.Next(1500) == 0)
            {
                kills++;
                var killed = random.Next(running.Count);
                await running[killed].DisposeAsync();
                running[killed] = new Running(sites, time);
            }

            await AdvanceAsync(time);
            deepest = Math.Max(deepest, running.Max(watcher => watcher.Queue.Depth));
            if ((end - time.GetUtcNow()).Ticks % TimeSpan.FromMinutes(15).Ticks == 0)
            {
                memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        // Whatever was lost is found by the next poll; the longest back-off is five minutes.
        for (var second = 0; second < 7 * 60 * ChangesPerSecond && !sites.Correspond; second++)
        {
            await AdvanceAsync(time);
        }

        output.WriteLine(
            $"{watchers} watchers: {sites.Changes:N0} changes, {kills} kills, {sites.Refused:N0} requests throttled, "
            + $"{sites.Runs:N0} runs, {sites.Requests:N0} requests, deepest queue {deepest}, memory "
            + string.Join(", ", memory.Select(bytes => $"{bytes / 1048576.0:N1} MB")));
        Assert.Equal(36_000, sites.Changes);
        Assert.True(kills > 10 && sites.Refused > 10);
        Assert.Empty(sites.Differences);
        Assert.InRange(deepest, 1, 2 * Pairs);
        // Memory is that of the whole process, in which other tests run: it is shown, and what can grow is bounded.
        // Changes come in small runs: far fewer requests than changes.
        Assert.InRange(sites.Requests, 1, 36_000 * watchers);
        foreach (var watcher in running)
        {
            await watcher.DisposeAsync();
        }
    }

    private static Task AdvanceAsync(TimersInSight time)
    {
        time.Advance(Step);
        return time.SettleAsync();
    }

    /// <summary>A watcher as a process is one: it starts with nothing.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _work;

        public Running(Sites sites, TimeProvider time)
        {
            Queue = new PendingHints(time);
            var watcher = new Watcher(
                new WatchOptions { PollInterval = Poll, FullEvery = TimeSpan.FromMinutes(20) },
                new WatchedSites([new Feed(sites)], sites),
                Queue,
                new WatchStatus
                {
                    State = WatchState.Waiting, Profile = "sync.psd1", JiraSite = "https://contoso.atlassian.net",
                    AdoProject = "Fabrikam", ProcessId = 1, Started = time.GetUtcNow(), Updated = time.GetUtcNow(),
                },
                time);
            _work = watcher.RunAsync(_stop.Token);
        }

        public PendingHints Queue { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _work);
            _stop.Dispose();
        }
    }

    private sealed class Feed(Sites sites) : IChangeFeed
    {
        private int _position = sites.Changes;

        public async Task<FeedNews> ReadAsync(CancellationToken cancellationToken)
        {
            var position = sites.Changes;
            await sites.RequestAsync(cancellationToken);
            var hints = sites.Since(_position, position);
            _position = position;
            return new FeedNews(hints, []);
        }
    }

    /// <summary>Two sites of pairs, each a number, and what both had in common.</summary>
    private sealed class Sites(TimeProvider time) : IWatchedRuns
    {
        private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(20);

        private readonly Lock _gate = new();
        private readonly int[] _jira = new int[Pairs];
        private readonly int[] _ado = new int[Pairs];
        private readonly int[] _base = new int[Pairs];
        private readonly int[] _log = new int[40_000];
        private DateTimeOffset _throttledUntil;
        private int _changes;

        public int Changes => Volatile.Read(ref _changes);

        public int Requests { get; private set; }

        public int Refused { get; private set; }

        public int Runs { get; private set; }

        public bool Correspond => !Differences.Any();

        public IEnumerable<int> Differences
        {
            get
            {
                lock (_gate)
                {
                    return Enumerable.Range(0, Pairs).Where(pair => _jira[pair] != _ado[pair]).ToList();
                }
            }
        }

        public Hint Change(int pair, HintSide side)
        {
            lock (_gate)
            {
                _log[_changes++] = pair;
                (side == HintSide.Jira ? _jira : _ado)[pair] = _changes;
                return new Hint(side, pair + 1);
            }
        }

        public void Throttle(TimeSpan span) => _throttledUntil = time.GetUtcNow() + span;

        public List<Hint> Since(int from, int to)
        {
            lock (_gate)
            {
                return _log[from..to].Select(pair => new Hint(HintSide.Jira, pair + 1)).Distinct().ToList();
            }
        }

        public async Task RequestAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Latency, time, cancellationToken);
            lock (_gate)
            {
                Requests++;
                if (time.GetUtcNow() < _throttledUntil)
                {
                    Refused++;
                    throw new Throttled();
                }
            }
        }

        public async Task<SyncSummary> SyncAllAsync(CancellationToken cancellationToken) =>
            await SyncAsync([.. Enumerable.Range(0, Pairs)], cancellationToken);

        public async Task<HintedRun> SyncAsync(IReadOnlyCollection<Hint> hints, CancellationToken cancellationToken) => new(
            [await SyncAsync([.. hints.Select(hint => (int)hint.Id - 1).Distinct()], cancellationToken)], []);

        /// <summary>Reads both sides, writes what differs, and keeps what both have in common, a request each.</summary>
        private async Task<SyncSummary> SyncAsync(int[] pairs, CancellationToken cancellationToken)
        {
            await RequestAsync(cancellationToken);
            await RequestAsync(cancellationToken);
            var read = Locked(() => pairs.Select(pair => (Pair: pair, Jira: _jira[pair], Ado: _ado[pair], Base: _base[pair])).ToList());
            var differ = read.Where(one => one.Jira != one.Ado).ToList();
            foreach (var batch in differ.Chunk(200))
            {
                await RequestAsync(cancellationToken);
                Locked(() => batch.Count(one => one.Jira != one.Base
                    ? Write(_ado, one.Pair, one.Ado, one.Jira) : Write(_jira, one.Pair, one.Jira, one.Ado)));
                await RequestAsync(cancellationToken);
                Locked(() => batch.Count(one => Write(_base, one.Pair, one.Base, one.Jira != one.Base ? one.Jira : one.Ado)));
            }

            Locked(() => ++Runs);
            return SyncSummary.Of(read.Count, [], []);
        }

        /// <summary>Writes with a check, as the services do: what changed meanwhile is left to the next run.</summary>
        private static bool Write(int[] side, int pair, int before, int after)
        {
            if (side[pair] != before)
            {
                return false;
            }

            side[pair] = after;
            return true;
        }

        private T Locked<T>(Func<T> work)
        {
            lock (_gate)
            {
                return work();
            }
        }
    }

    private sealed class Throttled() : ServiceException(new ServiceError(Failure.Throttled, "Too many requests."));
}
