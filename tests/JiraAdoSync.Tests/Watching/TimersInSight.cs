using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Watching;

/// <summary>A clock that says how many timers run.</summary>
internal sealed class TimersInSight : FakeTimeProvider
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

    /// <summary>Ends when something waits for the clock.</summary>
    public Task SettleAsync() => UntilAsync(() => Running > 0);

    /// <summary>Looks whenever a timer starts.</summary>
    public async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            Assert.True(await Change.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        }
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
