namespace JiraAdoSync.Watching;

/// <summary>
/// The hints that wait for a run. Hints of one item are one hint. The queue is bounded: what does not fit is dropped, and
/// <see cref="TakeOverflow"/> says that only a full run can find it. All members may be called from any thread.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">How many hints it holds at most.</param>
public sealed class HintQueue(TimeProvider time, int limit = HintQueue.DefaultLimit)
{
    /// <summary>How many hints a queue holds unless it is told otherwise.</summary>
    public const int DefaultLimit = 10_000;

    /// <summary>How many times a hint whose item was not found yet is tried again: an index may lag behind.</summary>
    public const int MaximumRetries = 3;

    private readonly object _gate = new();
    private readonly Dictionary<Hint, Entry> _entries = [];
    private TaskCompletionSource _arrival = NewSignal();
    private bool _hasOverflown;

    /// <summary>How many hints wait.</summary>
    public int Depth
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>When the hint arrived that has waited longest; null where none waits.</summary>
    public DateTimeOffset? Oldest
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count == 0 ? null : _entries.Values.Min(entry => entry.Arrived);
            }
        }
    }

    /// <summary>When the next hint may be taken; null where none waits.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count == 0 ? null : _entries.Values.Min(entry => entry.Due);
            }
        }
    }

    /// <summary>Ends when a hint is added after this was asked for.</summary>
    public Task Arrival
    {
        get
        {
            lock (_gate)
            {
                return _arrival.Task;
            }
        }
    }

    /// <summary>Adds hints; one of an item that waits already changes nothing but makes a delayed one due.</summary>
    /// <param name="hints">The hints.</param>
    public void Add(IEnumerable<Hint> hints)
    {
        ArgumentNullException.ThrowIfNull(hints);
        TaskCompletionSource? arrival = null;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var hint in hints)
            {
                arrival = _arrival;
                if (_entries.TryGetValue(hint, out var entry))
                {
                    _entries[hint] = entry with { Due = now, Retries = 0 };
                }
                else if (_entries.Count < limit)
                {
                    _entries.Add(hint, new Entry(now, now, 0));
                }
                else
                {
                    _hasOverflown = true;
                }
            }

            if (arrival is not null)
            {
                _arrival = NewSignal();
            }
        }

        arrival?.TrySetResult();
    }

    /// <summary>Takes the hints that are due, those that have waited longest first.</summary>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<TakenHint> Take(int most)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var taken = _entries.Where(entry => entry.Value.Due <= now).OrderBy(entry => entry.Value.Arrived).Take(most)
                .Select(entry => new TakenHint(entry.Key, entry.Value.Arrived, entry.Value.Retries)).ToList();
            taken.ForEach(one => _entries.Remove(one.Hint));
            return taken;
        }
    }

    /// <summary>Gives hints back whose run failed; they are due again after some time.</summary>
    /// <param name="hints">The hints.</param>
    /// <param name="delay">The time.</param>
    public void Return(IEnumerable<TakenHint> hints, TimeSpan delay) => Return(hints, _ => delay, retries: 0);

    /// <summary>
    /// Gives hints back whose item was not found: they are due again after 2, 8 and 32 seconds, and dropped after that.
    /// </summary>
    /// <param name="hints">The hints.</param>
    public void Retry(IEnumerable<TakenHint> hints) => Return(
        hints.Where(hint => hint.Retries < MaximumRetries),
        hint => TimeSpan.FromSeconds(2 << (2 * hint.Retries)),
        retries: 1);

    /// <summary>Whether hints were dropped since this was last asked: a full run has to find what they meant.</summary>
    public bool TakeOverflow()
    {
        lock (_gate)
        {
            var had = _hasOverflown;
            _hasOverflown = false;
            return had;
        }
    }

    /// <summary>Drops all hints, as before a full run, which finds everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    private void Return(IEnumerable<TakenHint> hints, Func<TakenHint, TimeSpan> delay, int retries)
    {
        lock (_gate)
        {
            foreach (var taken in hints)
            {
                // One that arrived meanwhile is due as it is.
                _entries.TryAdd(taken.Hint, new Entry(
                    taken.Arrived, time.GetUtcNow() + delay(taken), taken.Retries + retries));
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly record struct Entry(DateTimeOffset Arrived, DateTimeOffset Due, int Retries);
}

/// <summary>A hint that a run took out of the queue.</summary>
/// <param name="Hint">The hint.</param>
/// <param name="Arrived">When it arrived.</param>
/// <param name="Retries">How many times its item was not found.</param>
public readonly record struct TakenHint(Hint Hint, DateTimeOffset Arrived, int Retries);
