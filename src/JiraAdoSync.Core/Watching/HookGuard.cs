using System.Security.Cryptography;

namespace JiraAdoSync.Watching;

/// <summary>Why a hook is refused; the name is its label in <c>/metrics</c>.</summary>
public enum HookRefusal
{
    /// <summary>Its signature or its credential is not the one that was agreed.</summary>
    Forged,

    /// <summary>The same body came before, or it is older than a day.</summary>
    Replayed,

    /// <summary>Its body is larger than <see cref="HookGuard.LargestBody"/>.</summary>
    TooLarge,

    /// <summary>Too many came in a short time.</summary>
    TooMany,

    /// <summary>It is no hook of the service.</summary>
    Malformed,

    /// <summary>It did not arrive in time.</summary>
    TooSlow,
}

/// <summary>
/// Refuses hooks that come too often or came before. What is remembered is bounded: a body is known for a day, and an
/// older one is refused by its time.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class HookGuard(TimeProvider time)
{
    /// <summary>How many bytes the body of a hook has at most.</summary>
    public const int LargestBody = 2 * 1024 * 1024;

    private const int PerSecond = 50;
    private const int Burst = 1000;
    private const int MostKnown = 100_000;
    private static readonly TimeSpan Known = TimeSpan.FromDays(1);

    private readonly object _gate = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<(UInt128 Body, DateTimeOffset At)> _order = [];
    private double _tokens = Burst;
    private DateTimeOffset _filled = time.GetUtcNow();

    /// <summary>Whether one more hook may come now.</summary>
    public bool Admits()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _tokens = Math.Min(Burst, _tokens + ((now - _filled).TotalSeconds * PerSecond));
            _filled = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }

    /// <summary>Whether a hook that proved its sender is new; it is remembered.</summary>
    /// <param name="body">Its body. The services put a time into each, so that no two are the same.</param>
    /// <param name="sent">When the service says that it happened; null where it does not say.</param>
    public bool IsNew(ReadOnlySpan<byte> body, DateTimeOffset? sent)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(body, digest);
        var known = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_order.Count > 0 && (_order.Peek().At < now - Known || _order.Count >= MostKnown))
            {
                _seen.Remove(_order.Dequeue().Body);
            }

            if (sent is null || sent < now - Known || !_seen.Add(known))
            {
                return false;
            }

            _order.Enqueue((known, now));
            return true;
        }
    }
}
