using JiraAdoSync.Syncing;

namespace JiraAdoSync.Watching;

/// <summary>How a watcher works.</summary>
public sealed record WatchOptions
{
    /// <summary>How often the feeds are read.</summary>
    public required TimeSpan PollInterval { get; init; }

    /// <summary>How often everything is synchronised.</summary>
    public required TimeSpan FullEvery { get; init; }

    /// <summary>How long hints are collected before a run: changes come in groups.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many hints one run is about at most.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>How long the watcher waits after a first failure; each further one doubles it.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it waits at most.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>When a full run is repeated that left something undone; each further one doubles it.</summary>
    public TimeSpan FirstRepetition { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// After what time changes are looked at that our own runs made, most likely: somebody who uses the same account
    /// may have made them.
    /// </summary>
    public TimeSpan EchoDelay { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Keeps two sites in step until it is cancelled:
/// <code>
/// full run -> wait for a hint, the next poll or the next full run -> read the feeds -> run what hints are about -> wait ...
/// </code>
/// There is no state to keep: a watcher that is killed starts with a full run, which completes what was left.
/// </summary>
/// <param name="options">How it works.</param>
/// <param name="sites">Both sites.</param>
/// <param name="queue">The hints; webhooks add theirs.</param>
/// <param name="status">The status at the start; it is replaced as a whole.</param>
/// <param name="time">The clock.</param>
public sealed class Watcher(
    WatchOptions options, WatchedSites sites, PendingHints queue, WatchStatus status, TimeProvider time)
{
    private WatchStatus _status = status;
    private DateTimeOffset _nextPoll;
    private DateTimeOffset _nextFull;

    /// <summary>How many full runs in a row left something undone.</summary>
    private int _partialRuns;

    /// <summary>Called after each change of the status.</summary>
    public Action<WatchStatus> OnChange { get; init; } = _ => { };

    /// <summary>Called for each failure after which the watcher continues.</summary>
    public Action<Exception> OnFailure { get; init; } = _ => { };

    /// <summary>The status, with the queue as it is now.</summary>
    public WatchStatus Status => Volatile.Read(ref _status) with
    {
        Updated = time.GetUtcNow(), Depth = queue.Depth, Oldest = queue.Oldest,
    };

    /// <summary>Works until it is cancelled.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException">
    /// What no waiting mends, such as a mapping that lacks an entry: the first full run has to succeed.
    /// </exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await StepAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is ServiceException
                || (failure is SyncException && _status.FullRuns > 0))
            {
                await BackOffAsync(failure, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        if (queue.TakeOverflow() || time.GetUtcNow() >= _nextFull)
        {
            await RunFullAsync(cancellationToken).ConfigureAwait(false);
        }

        if (time.GetUtcNow() >= _nextPoll)
        {
            foreach (var feed in sites.Feeds)
            {
                var news = await feed.ReadAsync(cancellationToken).ConfigureAwait(false);
                queue.Add(news.Hints);
                queue.Add(news.Echoes, options.EchoDelay);
            }

            _nextPoll = time.GetUtcNow() + options.PollInterval;
            Change(now => now with { NextPoll = _nextPoll });
        }

        var hints = queue.Take(options.BatchSize);
        if (hints.Count > 0)
        {
            await RunAsync(hints, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RunFullAsync(CancellationToken cancellationToken)
    {
        Change(now => now with { State = WatchState.FullRun });
        // Hints that arrive during the run are kept: it may have read their items before.
        queue.Clear();
        var started = time.GetUtcNow();
        // A full run that fails stays due.
        _nextFull = started;
        var summary = await sites.Runs.SyncAllAsync(cancellationToken).ConfigureAwait(false);
        _partialRuns = HintedRun.IsDone(summary) ? 0 : Math.Min(_partialRuns + 1, 30);
        _nextFull = started + (_partialRuns == 0
            ? options.FullEvery : Doubled(options.FirstRepetition, options.FullEvery, _partialRuns));
        _nextPoll = started;
        Change(now => Ended(now, [summary]) with
        {
            FullRuns = now.FullRuns + 1, ConflictKeys = summary.ConflictKeys, NextFullRun = _nextFull,
        });
    }

    private async Task RunAsync(IReadOnlyList<QueuedHint> hints, CancellationToken cancellationToken)
    {
        Change(now => now with { State = WatchState.Syncing, Running = hints.Count });
        HintedRun run;
        try
        {
            run = await sites
                .Runs.SyncAsync(hints.Select(hint => hint.Hint).ToList(), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ServiceException or SyncException)
        {
            queue.Return(hints, TimeSpan.Zero);
            throw;
        }

        var notFound = run.NotFound.ToHashSet();
        queue.Retry(hints.Where(hint => notFound.Contains(hint.Hint)), PendingHints.RetriesOfNotFound);
        if (!run.Summaries.All(HintedRun.IsDone))
        {
            queue.Retry(hints.Where(hint => !notFound.Contains(hint.Hint)), PendingHints.RetriesOfUnfinished);
        }

        Change(now => Ended(now, run.Summaries) with
        {
            Runs = now.Runs + (run.Summaries.Count > 0 ? 1 : 0),
            ConflictKeys = now.ConflictKeys.Except(run.Keys)
                .Union(run.Summaries.SelectMany(summary => summary.ConflictKeys))
                .ToList(),
        });
    }

    private WatchStatus Ended(WatchStatus now, IReadOnlyList<SyncSummary> summaries) => now with
    {
        State = WatchState.Waiting,
        Running = 0,
        Failures = 0,
        LastRun = summaries.Count > 0 ? time.GetUtcNow() : now.LastRun,
        LastOutcome = summaries.Count > 0 ? summaries[^1].Outcome.ToString() : now.LastOutcome,
        Requests = now.Requests + summaries.Sum(summary => summary.JiraRequests + summary.AdoRequests),
    };

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var arrival = queue.Arrival;
        var until = new[] { _nextPoll, _nextFull, queue.NextDue ?? DateTimeOffset.MaxValue }.Min();
        var wait = until - time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(wait, time, stop.Token);
        var first = await Task.WhenAny(arrival, delay).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == arrival)
        {
            await Task.Delay(options.Settle, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task BackOffAsync(Exception failure, CancellationToken cancellationToken)
    {
        var failures = Math.Min(_status.Failures + 1, 30);
        var delay = Doubled(options.FirstDelay, options.LongestDelay, failures);
        OnFailure(failure);
        Change(now => now with
        {
            State = WatchState.BackingOff,
            Running = 0,
            Failures = failures,
            LastError = failure.Message,
            LastErrorAt = time.GetUtcNow(),
        });
        await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
    }

    private static TimeSpan Doubled(TimeSpan first, TimeSpan longest, int times) =>
        TimeSpan.FromTicks((long)Math.Min(longest.Ticks, first.Ticks * Math.Pow(2, times - 1)));

    private void Change(Func<WatchStatus, WatchStatus> change)
    {
        Volatile.Write(ref _status, change(_status));
        OnChange(Status);
    }
}
