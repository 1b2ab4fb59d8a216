namespace JiraAdoSync.Marks;

/// <summary>
/// The digests of the short values that were seen last: many issues have few types, states, priorities and people. Any
/// number of threads may use one.
/// </summary>
/// <param name="digest">Makes a digest.</param>
internal sealed class RecentDigests(Func<string, string> digest)
{
    /// <summary>Longer values hardly come again.</summary>
    private const int Longest = 64;

    private readonly Seen?[] _seen = new Seen?[256];

    /// <summary>The digest of a value.</summary>
    /// <param name="value">The value.</param>
    public string Of(string value)
    {
        if (value.Length > Longest)
        {
            return digest(value);
        }

        ref var seen = ref _seen[(uint)value.GetHashCode(StringComparison.Ordinal) % _seen.Length];
        var known = seen;
        return known?.Value == value ? known.Digest : (seen = new Seen(value, digest(value))).Digest;
    }

    private sealed record Seen(string Value, string Digest);
}
