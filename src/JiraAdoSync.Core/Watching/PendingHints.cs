namespace JiraAdoSync.Watching;

/// <summary>
/// The hints that wait for a run. Hints of one item are one hint. The queue is bounded: what does not fit is dropped,
/// and <see cref="TakeOverflow"/> says that only a full run can find it. All members may be called from any thread.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">How many hints it holds at most.</param>
public sealed class PendingHints(TimeProvider time, int limit = PendingHints.DefaultLimit)
{
    /// <summary>How many hints a queue holds by default.</summary>
    public const int DefaultLimit = 10_000;

    /// <summary>How many times a hint whose item was not found is tried again: an index may lag behind.</summary>
    public const int RetriesOfNotFound = 3;

    /// <summary>
    /// How many times a hint is tried again whose run left something undone: for three quarters of an hour.
    /// </summary>
    public const int RetriesOfUnfinished = 6;

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

    /// <summary>When the next hint is due; null where none waits.</summary>
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
    public void Add(IEnumerable<Hint> hints) => Add(hints, TimeSpan.Zero);

    /// <summary>
    /// Adds hints that need not be looked at before some time, unless the same item changes again: what a run of our
    /// own caused, most likely.
    /// </summary>
    /// <param name="hints">The hints.</param>
    /// <param name="delay">The time.</param>
    public void Add(IEnumerable<Hint> hints, TimeSpan delay)
    {
        ArgumentNullException.ThrowIfNull(hints);
        TaskCompletionSource? arrival = null;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var due = now + delay;
            foreach (var hint in hints)
            {
                arrival = _arrival;
                if (_entries.TryGetValue(hint, out var entry))
                {
                    _entries[hint] = due <= entry.Due ? entry with { Due = due, Retries = 0 } : entry;
                }
                else if (_entries.Count < limit)
                {
                    _entries.Add(hint, new Entry(now, due, 0));
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
    public IReadOnlyList<QueuedHint> Take(int most)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var due = _entries.Where(entry => entry.Value.Due <= now).OrderBy(entry => entry.Value.Arrived).Take(most)
                .Select(entry => new QueuedHint(entry.Key, entry.Value.Arrived, entry.Value.Retries)).ToList();
            due.ForEach(one => _entries.Remove(one.Hint));
            return due;
        }
    }

    /// <summary>Gives hints back whose run failed; they are due again after some time.</summary>
    /// <param name="hints">The hints.</param>
    /// <param name="delay">The time.</param>
    public void Return(IEnumerable<QueuedHint> hints, TimeSpan delay) => Return(hints, _ => delay, retries: 0);

    /// <summary>
    /// Gives hints back that are to be tried again: they are due after 2, 8, 32 ... seconds, and dropped after some
    /// times.
    /// </summary>
    /// <param name="hints">The hints.</param>
    /// <param name="most">How many times a hint is tried again.</param>
    public void Retry(IEnumerable<QueuedHint> hints, int most) => Return(
        hints.Where(hint => hint.Retries < most),
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

    private void Return(IEnumerable<QueuedHint> hints, Func<QueuedHint, TimeSpan> delay, int retries)
    {
        lock (_gate)
        {
            foreach (var queued in hints)
            {
                // One that arrived meanwhile is due as it is.
                _entries.TryAdd(queued.Hint, new Entry(
                    queued.Arrived, time.GetUtcNow() + delay(queued), queued.Retries + retries));
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly record struct Entry(DateTimeOffset Arrived, DateTimeOffset Due, int Retries);
}

/// <summary>A hint that a run took out of the queue.</summary>
/// <param name="Hint">The hint.</param>
/// <param name="Arrived">When it arrived.</param>
/// <param name="Retries">How many times it was tried in vain.</param>
public readonly record struct QueuedHint(Hint Hint, DateTimeOffset Arrived, int Retries);
