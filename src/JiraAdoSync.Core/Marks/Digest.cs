using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JiraAdoSync.Marks;

/// <summary>A short digest of source values: equal while nothing changed in Jira.</summary>
public static class Digest
{
    /// <summary>Eight hexadecimal digits for names with values, in whatever order they come.</summary>
    /// <param name="values">Names with values; null counts as a value.</param>
    public static string Of(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var (name, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Append(text, name);
            Append(text, value);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text.WrittenSpan, hash);
        return Convert.ToHexString(hash[..4]).ToLowerInvariant();
    }

    /// <summary>With its length before it, no value can be read as the next name.</summary>
    private static void Append(ArrayBufferWriter<byte> text, string? part)
    {
        var room = text.GetSpan(16);
        (part?.Length ?? -1).TryFormat(room, out var digits, provider: CultureInfo.InvariantCulture);
        room[digits] = (byte)':';
        text.Advance(digits + 1);
        Encoding.UTF8.GetBytes(part, text);
    }
}
