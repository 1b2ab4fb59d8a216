namespace JiraAdoSync.Rest;

/// <summary>
/// When the next request of a connection may go, whoever sends it. Three things hold it back: so many are under way
/// already; the service has asked for a pause; or little is left of its limit, and what is left is spread over the time
/// until it is given anew. A refusal halves how many may be under way, and each answer without one gives a little back.
/// </summary>
internal sealed class RequestPace(TimeProvider time)
{
    private readonly object _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _throttleLimit = DefaultThrottleLimit;
    private double _bearable = DefaultThrottleLimit;
    private int _underWay;
    private DateTimeOffset _pausedUntil;
    private DateTimeOffset _nextTurn;
    private DateTimeOffset _spreadUntil;
    private TimeSpan _gap;

    public const int DefaultThrottleLimit = 5;

    /// <summary>How many requests may be under way at once, where the service bears it.</summary>
    public int ThrottleLimit
    {
        get => _throttleLimit;
        set
        {
            lock (_gate)
            {
                // What the service was seen to bear is not forgotten by asking for the same again.
                _bearable = value == _throttleLimit ? _bearable : value;
                _throttleLimit = value;
                Admit();
            }
        }
    }

    /// <summary>Waits for a slot; <see cref="Leave"/> gives it back.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource slot;
        lock (_gate)
        {
            if (_underWay < (int)_bearable)
            {
                _underWay++;
                return;
            }

            slot = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(slot);
        }

        using var stop = cancellationToken.Register(() => slot.TrySetCanceled(cancellationToken));
        await slot.Task.ConfigureAwait(false);
    }

    public void Leave()
    {
        lock (_gate)
        {
            _underWay--;
            Admit();
        }
    }

    /// <summary>The time at which one more request may go if nothing new is heard: each call is one request.</summary>
    public DateTimeOffset TakeTurn()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (now >= _spreadUntil)
            {
                return now;
            }

            var turn = _nextTurn < now ? now : _nextTurn < _spreadUntil ? _nextTurn : _spreadUntil;
            _nextTurn = turn + _gap;
            return turn;
        }
    }

    /// <summary>How long a request has to wait from now on, and why; null where it may go.</summary>
    public (TimeSpan Time, string Reason)? WaitBefore(DateTimeOffset turn)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            return _pausedUntil > now && _pausedUntil >= turn ? (_pausedUntil - now, "the service asks for it")
                : turn > now ? (turn - now, "to stay below the service's limit")
                : null;
        }
    }

    /// <summary>Takes in what an answer says.</summary>
    public void Observe(TimeSpan? pause, RateLimit? limit, bool isRefusal)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var until = now + (pause ?? TimeSpan.Zero);
            if (limit is { RequestsLeft: >= 1 } && limit.Reset > now)
            {
                _gap = (limit.Reset - now) / limit.RequestsLeft;
                _spreadUntil = limit.Reset;
                _nextTurn = _nextTurn > now + _gap ? now + _gap : _nextTurn;
            }
            else if (limit is not null && pause is null)
            {
                until = limit.Reset;
            }

            _pausedUntil = until > _pausedUntil ? until : _pausedUntil;
            _bearable = isRefusal ? Math.Max(_bearable / 2, 1)
                : limit is null ? Math.Min(_bearable + (1 / _bearable), _throttleLimit)
                : _bearable;
            Admit();
        }
    }

    private void Admit()
    {
        while (_underWay < (int)_bearable && _waiting.TryDequeue(out var slot))
        {
            if (slot.TrySetResult())
            {
                _underWay++;
            }
        }
    }
}
