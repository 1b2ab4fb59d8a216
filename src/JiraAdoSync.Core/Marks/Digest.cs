using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JiraAdoSync.Marks;

/// <summary>A short digest of source values: equal while nothing changed in Jira.</summary>
public static class Digest
{
    /// <summary>The digits of a length, and the colon after them.</summary>
    private const int MostDigits = 12;

    /// <summary>Eight hexadecimal digits for names with values, in any order.</summary>
    /// <param name="values">Names with values; null counts as a value.</param>
    public static string Of(IEnumerable<KeyValuePair<string, string?>> values)
    {
        KeyValuePair<string, string?>[] sorted = [.. values];
        Sort(sorted);
        var longest = 0;
        foreach (var (name, value) in sorted)
        {
            longest += (2 * MostDigits) + Encoding.UTF8.GetMaxByteCount(name.Length + (value?.Length ?? 0));
        }

        var rented = ArrayPool<byte>.Shared.Rent(longest);
        var text = rented.AsSpan();
        foreach (var (name, value) in sorted)
        {
            text = Append(Append(text, name), value);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(rented.AsSpan(0, rented.Length - text.Length), hash);
        ArrayPool<byte>.Shared.Return(rented);
        return string.Create(8, BinaryPrimitives.ReadUInt32BigEndian(hash), static (digits, start) =>
            start.TryFormat(digits, out _, "x8", CultureInfo.InvariantCulture));
    }

    /// <summary>Sorts a few values by name; names that occur twice keep their order.</summary>
    private static void Sort(KeyValuePair<string, string?>[] values)
    {
        for (var next = 1; next < values.Length; next++)
        {
            var value = values[next];
            var at = next;
            for (; at > 0 && string.CompareOrdinal(values[at - 1].Key, value.Key) > 0; at--)
            {
                values[at] = values[at - 1];
            }

            values[at] = value;
        }
    }

    /// <summary>With its length before it, no value can be read as the next name.</summary>
    /// <returns>The room after it.</returns>
    private static Span<byte> Append(Span<byte> room, string? part)
    {
        (part?.Length ?? -1).TryFormat(room, out var digits, provider: CultureInfo.InvariantCulture);
        room[digits] = (byte)':';
        room = room[(digits + 1)..];
        return room[Encoding.UTF8.GetBytes(part, room)..];
    }
}
