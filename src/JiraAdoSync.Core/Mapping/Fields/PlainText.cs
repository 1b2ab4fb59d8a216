using System.Globalization;
using System.Text;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>Texts without what the service refuses or what shows nothing.</summary>
internal static class PlainText
{
    private const int TagLength = 400;

    /// <summary>Whether Unicode has no character there, so that no XML document may hold it.</summary>
    public static bool IsNoncharacter(char letter) => letter is >= '\ufdd0' and <= '\ufdef' or '\ufffe' or '\uffff';

    /// <summary>A text without control characters, halves of pairs and noncharacters; its lines stay.</summary>
    public static string Clean(string text) => IsClean(text) ? text : string.Concat(text.EnumerateRunes()
        .Where(rune => rune.Value is '\t' or '\n' or '\r' || !IsRefused(rune))
        .Select(rune => rune.ToString()));

    /// <summary>A text on one line: line breaks and tabs become spaces.</summary>
    public static string OneLine(string text)
    {
        if (IsPrintableAscii(text))
        {
            return text.Trim();
        }

        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isBreak = rune.Value is '\u2028' or '\u2029' or '\u0085' or '\t' or '\n' or '\v' or '\f' or '\r';
            if (isBreak)
            {
                // A line break of two characters is one space.
                line.Append(line.Length > 0 && line[^1] == ' ' ? string.Empty : " ");
            }
            else if (!IsRefused(rune))
            {
                line.Append(rune.ToString());
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>
    /// A tag: one line without marks of direction and the like, and without pictographs, which people saw refused.
    /// </summary>
    public static string Tag(string text) =>
        IsPrintableAscii(text)
            ? text.Trim()
            : string.Concat(
                    OneLine(text)
                        .EnumerateRunes()
                        .Where(rune =>
                            rune.IsBmp
                            && rune.Value != 0xfe0f
                            && rune.Value is not (>= 0x2300 and <= 0x2bff)
                            && Rune.GetUnicodeCategory(rune)
                                is not (
                                    UnicodeCategory.Format
                                    or UnicodeCategory.PrivateUse
                                    or UnicodeCategory.OtherNotAssigned))
                        .Select(rune => rune.ToString()))
                .Trim();

    /// <summary>A label as a tag: what separates tags becomes a hyphen.</summary>
    public static string TagOf(string label) => Cut(Tag(label.Replace(';', '-').Replace(',', '-')), TagLength);

    /// <summary>A text of at most so many characters.</summary>
    public static string Cut(string text, int limit)
    {
        if (text.Length <= limit)
        {
            return text;
        }

        // Half of a surrogate pair is no character.
        var end = char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
        return text[..end].TrimEnd();
    }

    /// <summary>Most texts need no closer look.</summary>
    private static bool IsPrintableAscii(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsClean(string text) =>
        !text.Any(letter => char.IsSurrogate(letter) || char.IsControl(letter) || IsNoncharacter(letter));

    /// <summary>
    /// Half of a pair reads as the replacement character; such a one that was there stays.
    /// </summary>
    private static bool IsRefused(Rune rune) =>
        Rune.IsControl(rune) || (rune.Value & 0xfffe) == 0xfffe || rune.Value is >= 0xfdd0 and <= 0xfdef;
}
