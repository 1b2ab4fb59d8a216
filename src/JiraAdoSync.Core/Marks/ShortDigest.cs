using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace JiraAdoSync.Marks;

/// <summary>
/// Digests of four characters out of 64: enough to see whether a value changed, and short enough for many of them in
/// the comment of a hyperlink. Of 16 million changes, one is missed.
/// </summary>
public static class ShortDigest
{
    /// <summary>How many characters a digest has.</summary>
    public const int Length = 4;

    private static readonly RecentDigests Recent = new(value => Of("+" + value, Length));
    private static readonly string OfNothing = Of("-", Length);

    /// <summary>The digest of a value.</summary>
    /// <param name="value">The value as text; null where there is none.</param>
    public static string Of(string? value) => value is null ? OfNothing : Recent.Of(value);

    /// <summary>Whether a text can be a digest.</summary>
    /// <param name="text">The text.</param>
    public static bool Is(string? text) => text?.Length == Length && text.All(IsDigit);

    /// <summary>A digest of some length; four characters encode three bytes.</summary>
    internal static string Of(string text, int length)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)), hash);
        ArrayPool<byte>.Shared.Return(rented);
        Span<char> digits = stackalloc char[(SHA256.HashSizeInBytes + 2) / 3 * 4];
        Convert.TryToBase64Chars(hash, digits, out _);
        digits = digits[..length];
        digits.Replace('+', '-');
        digits.Replace('/', '_');
        return digits.ToString();
    }

    /// <summary>Whether a letter is one of the 64.</summary>
    internal static bool IsDigit(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';
}
