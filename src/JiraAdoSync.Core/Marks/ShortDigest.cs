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

    /// <summary>The digest of a value.</summary>
    /// <param name="value">The value as text; null where there is none.</param>
    public static string Of(string? value) => Of(value is null ? "-" : "+" + value, Length);

    /// <summary>Whether a text can be a digest.</summary>
    /// <param name="text">The text.</param>
    public static bool Is(string? text) => text?.Length == Length && text.All(IsDigit);

    /// <summary>A digest of some length; four characters encode three bytes.</summary>
    internal static string Of(string text, int length) =>
        Convert
            .ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..length]
            .Replace('+', '-')
            .Replace('/', '_');

    /// <summary>Whether a letter is one of the 64.</summary>
    internal static bool IsDigit(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';
}
