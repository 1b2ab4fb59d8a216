using System.Runtime.InteropServices;
using System.Text;

namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// The bodies of answers: read whole into arrays of a pool, up to a size, or handed on as they come.
/// </summary>
internal static class AnswerBody
{
    /// <summary>
    /// No answer that is of use is larger, and none takes more memory than this, however well it was compressed.
    /// </summary>
    public const int Largest = 128 << 20;

    /// <summary>
    /// Memory is allocated at once for the length that an answer declares, up to this; for more as it arrives.
    /// </summary>
    private const int LargestPromise = 32 << 20;

    /// <summary>Hands the body on as it arrives; none is left.</summary>
    public static async Task<ReadOnlyMemory<byte>?> PourAsync(
        HttpResponseMessage response,
        Func<Stream, CancellationToken, Task> sink,
        CancellationToken cancellationToken)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await sink(stream, cancellationToken).ConfigureAwait(false);
        return ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>
    /// The body without a byte order mark, in an array of the pool; null where it is larger than any that is
    /// expected.
    /// </summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var length = response.Content.Headers.ContentLength ?? 0;
        if (length > Largest)
        {
            return null;
        }

        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var buffer = BodyPool.Arrays.Rent((int)Math.Clamp(length + 1, 64 << 10, LargestPromise));
        var count = 0;
        for (
            int read;
            (
                read = await stream
                    .ReadAsync(buffer.AsMemory(count, Math.Min(buffer.Length, Largest + 1) - count), cancellationToken)
                    .ConfigureAwait(false)) > 0;

        )
        {
            count += read;
            if (count > Largest)
            {
                BodyPool.Arrays.Return(buffer);
                return null;
            }

            if (count == buffer.Length)
            {
                var larger = BodyPool.Arrays.Rent(Math.Min(4 * count, Largest + 1));
                buffer.CopyTo(larger, 0);
                BodyPool.Arrays.Return(buffer);
                buffer = larger;
            }
        }

        var bytes = buffer.AsMemory(0, count);
        var hasMark = bytes.Span.StartsWith(Encoding.UTF8.Preamble);
        return bytes[(hasMark ? Encoding.UTF8.Preamble.Length : 0)..];
    }

    /// <summary>Gives the array back of a body that has been read: answers are large and many.</summary>
    public static void Return(ReadOnlyMemory<byte> body)
    {
        if (MemoryMarshal.TryGetArray(body, out var buffer) && buffer.Array!.Length > 0)
        {
            BodyPool.Arrays.Return(buffer.Array);
        }
    }
}
