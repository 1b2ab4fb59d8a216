using System.Globalization;

namespace JiraAdoSync.Marks;

/// <summary>
/// Reads the comment of a mark, <c>ABC-1 [JiraAdoSync 1 nonce rev fields text]</c>, strictly:
/// <list type="bullet">
/// <item>the key is anything without spaces; the nonce has eight hexadecimal digits, or twelve since it identifies the
/// project; the revision has at most nine decimal ones;</item>
/// <item>the digest of the fields has eight; what follows it after a separator, up to the next space, is the base, of
/// this version or of a later one;</item>
/// <item>the text is one digest or a hyphen, or four parts: the description, perhaps with <c>+</c> and a number, and
/// three more, each perhaps with <c>~</c>.</item>
/// </list>
/// Marks are read several times for each issue of a run; this takes a tenth of the time of a regular expression.
/// </summary>
internal readonly ref struct MarkComment
{
    private const string Opening = " [JiraAdoSync 1 ";
    private const string Separators = ".;:,/|~";
    private const int DigestLength = 8;

    /// <summary>The key at the time of the last write.</summary>
    public required ReadOnlySpan<char> Key { get; init; }

    /// <summary>The nonce.</summary>
    public required ReadOnlySpan<char> Nonce { get; init; }

    /// <summary>The revision after the last write.</summary>
    public required int Rev { get; init; }

    /// <summary>The digest of the fields.</summary>
    public required ReadOnlySpan<char> Fields { get; init; }

    /// <summary>The base with its separator; empty where there is none.</summary>
    public required ReadOnlySpan<char> Base { get; init; }

    /// <summary>The digests of the texts.</summary>
    public required ReadOnlySpan<char> Text { get; init; }

    /// <summary>Reads a comment.</summary>
    /// <param name="comment">The comment; null where a relation has none.</param>
    /// <param name="mark">What it says.</param>
    /// <returns>Whether it is one of a mark.</returns>
    public static bool TryRead(ReadOnlySpan<char> comment, out MarkComment mark)
    {
        mark = default;
        var keyLength = 0;
        while (keyLength < comment.Length && !char.IsWhiteSpace(comment[keyLength]))
        {
            keyLength++;
        }

        var rest = comment[keyLength..];
        if (keyLength == 0 || !rest.StartsWith(Opening, StringComparison.Ordinal) || rest[^1] != ']')
        {
            return false;
        }

        rest = rest[Opening.Length..^1];
        var nonce = Next(ref rest);
        var rev = Next(ref rest);
        var fields = Next(ref rest);
        if (nonce.Length is not (8 or 12) || !IsHex(nonce)
            || rev.Length is 0 or > 9 || rev.ContainsAnyExceptInRange('0', '9')
            || fields.Length < DigestLength || !IsHex(fields[..DigestLength])
            || !IsBase(fields[DigestLength..]) || !IsText(rest))
        {
            return false;
        }

        mark = new MarkComment
        {
            Key = comment[..keyLength],
            Nonce = nonce,
            Rev = int.Parse(rev, NumberStyles.None, CultureInfo.InvariantCulture),
            Fields = fields[..DigestLength],
            Base = fields[DigestLength..],
            Text = rest,
        };
        return true;
    }

    /// <summary>The text before the next space, which is left out; empty where there is none.</summary>
    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> rest)
    {
        var end = Math.Max(0, rest.IndexOf(' '));
        var part = rest[..end];
        rest = rest[Math.Min(end + 1, rest.Length)..];
        return part;
    }

    private static bool IsBase(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!IsWord(letter) && !Separators.Contains(letter, StringComparison.Ordinal)
                && letter is not ('+' or '=' or '-'))
            {
                return false;
            }
        }

        return text.IsEmpty || Separators.Contains(text[0], StringComparison.Ordinal);
    }

    private static bool IsText(ReadOnlySpan<char> text)
    {
        if (IsDigest(text))
        {
            return true;
        }

        var description = text;
        for (var part = 0; part < 3; part++)
        {
            var separator = description.LastIndexOf('.');
            if (separator < 0 || !IsDigest(WithoutEnd(description[(separator + 1)..])))
            {
                return false;
            }

            description = description[..separator];
        }

        var plus = description.IndexOf('+');
        var missing = plus < 0 ? "0" : description[(plus + 1)..];
        description = plus < 0 ? description : description[..plus];
        return (description is "0" || IsDigest(description))
            && missing.Length is >= 1 and <= 9 && !missing.ContainsAnyExceptInRange('0', '9');
    }

    private static ReadOnlySpan<char> WithoutEnd(ReadOnlySpan<char> part) =>
        part is [.. var digest, '~'] ? digest : part;

    private static bool IsDigest(ReadOnlySpan<char> text) =>
        text is "-" || (text.Length == DigestLength && IsHex(text));

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiHexDigitLower(letter))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a regular expression's <c>\w</c> matches a character.</summary>
    private static bool IsWord(char letter) => char.IsAscii(letter)
        ? char.IsAsciiLetterOrDigit(letter) || letter == '_'
        : char.GetUnicodeCategory(letter) is <= UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
}
