using System.Buffers;
using System.Net;
using System.Text;

namespace JiraAdoSync.RichText;

/// <summary>
/// Takes HTML apart as a browser's parser does, whatever is in it: comments, declarations and broken tags go, and what
/// is in a script or a style is not text. It never fails. The result is only text and names; whether
/// they are harmless is for <see cref="HtmlPolicy"/> to say.
/// </summary>
/// <param name="html">The HTML.</param>
/// <param name="scanned">
/// Is called with how many characters each search looks at: all searches together look at each character a few times.
/// </param>
internal sealed class HtmlTokenizer(string html, Action<int>? scanned = null)
{
    /// <summary>What most texts consist of: printable ASCII, tabs and line breaks.</summary>
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("\t\n\r" + string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(one => (char)one)));

    /// <summary>Elements whose content is no markup, and nothing to read.</summary>
    private static readonly HashSet<string> Unread =
        ["script", "style", "iframe", "noembed", "noframes", "noscript", "title"];

    /// <summary>Elements whose content is no markup, and is read literally.</summary>
    private static readonly HashSet<string> Raw = ["xmp", "textarea", "plaintext"];

    /// <summary>Reads HTML.</summary>
    /// <param name="html">The HTML.</param>
    public static IEnumerable<HtmlToken> Read(string html) => new HtmlTokenizer(html).Read();

    /// <summary>Reads the HTML.</summary>
    public IEnumerable<HtmlToken> Read()
    {
        for (var at = 0; at < html.Length;)
        {
            var open = Find('<', at);
            if (open < 0 || open + 1 == html.Length)
            {
                yield return HtmlToken.Text(Decode(html[at..]));
                yield break;
            }

            var next = html[open + 1];
            var isMarkup = char.IsAsciiLetter(next) || next is '/' or '!' or '?';
            var textEnd = isMarkup ? open : open + 1;
            if (textEnd > at)
            {
                yield return HtmlToken.Text(Decode(html[at..textEnd]));
            }

            if (!isMarkup)
            {
                at = textEnd;
            }
            else if (char.IsAsciiLetter(next))
            {
                at = ReadStart(open + 1, out var start);
                if (start is not { } token)
                {
                    continue;
                }

                var isRaw = Raw.Contains(token.Value);
                if (isRaw || Unread.Contains(token.Value))
                {
                    var end = FindEnd(at, token.Value);
                    if (isRaw)
                    {
                        yield return HtmlToken.Text(Clean(html[at..end]));
                    }

                    at = end;
                }
                else
                {
                    yield return token;
                }
            }
            else if (next == '/' && open + 2 < html.Length && char.IsAsciiLetter(html[open + 2]))
            {
                // What looks like attributes of an end tag is dropped with it.
                at = ReadStart(open + 2, out var token);
                if (token is not null)
                {
                    yield return HtmlToken.End(token.Value.Value);
                }
            }
            else
            {
                at = SkipComment(open);
            }
        }
    }

    /// <summary>
    /// Reads a name and attributes up to the closing bracket; what the text's end cuts off is no tag.
    /// </summary>
    private int ReadStart(int at, out HtmlToken? token)
    {
        token = null;
        var nameEnd = at;
        while (nameEnd < html.Length && !IsSpace(html[nameEnd]) && html[nameEnd] is not ('/' or '>'))
        {
            nameEnd++;
        }

        var name = html[at..nameEnd].ToLowerInvariant();
        Dictionary<string, string>? attributes = null;
        at = nameEnd;
        while (true)
        {
            while (at < html.Length && (IsSpace(html[at]) || html[at] == '/'))
            {
                at++;
            }

            if (at == html.Length)
            {
                return at;
            }

            if (html[at] == '>')
            {
                token = HtmlToken.Start(name, attributes);
                return at + 1;
            }

            at = ReadAttribute(at, attributes ??= new Dictionary<string, string>(StringComparer.Ordinal));
        }
    }

    private int ReadAttribute(int at, Dictionary<string, string> attributes)
    {
        var start = at++;
        while (at < html.Length && !IsSpace(html[at]) && html[at] is not ('/' or '>' or '='))
        {
            at++;
        }

        var name = html[start..at].ToLowerInvariant();
        var value = string.Empty;
        var equals = at;
        while (equals < html.Length && IsSpace(html[equals]))
        {
            equals++;
        }

        if (equals < html.Length && html[equals] == '=')
        {
            at = equals + 1;
            while (at < html.Length && IsSpace(html[at]))
            {
                at++;
            }

            if (at < html.Length && html[at] is '"' or '\'')
            {
                var end = Find(html[at], at + 1);
                if (end < 0)
                {
                    return html.Length;
                }

                value = html[(at + 1)..end];
                at = end + 1;
            }
            else
            {
                var end = at;
                while (end < html.Length && !IsSpace(html[end]) && html[end] != '>')
                {
                    end++;
                }

                value = html[at..end];
                at = end;
            }
        }

        attributes.TryAdd(name, Decode(value));
        return at;
    }

    /// <summary>Where the end tag of an element without markup begins; the text's end where there is none.</summary>
    private int FindEnd(int at, string name)
    {
        while (name != "plaintext" && (at = Find("</" + name, at)) >= 0)
        {
            var after = at + 2 + name.Length;
            if (after == html.Length || IsSpace(html[after]) || html[after] is '/' or '>')
            {
                return at;
            }

            at = after;
        }

        return html.Length;
    }

    private int SkipComment(int open)
    {
        if (!html.AsSpan(open).StartsWith("<!--"))
        {
            return After(">", open + 2);
        }

        if (html.AsSpan(open + 4).StartsWith(">") || html.AsSpan(open + 4).StartsWith("->"))
        {
            return After(">", open + 4);
        }

        // One scan for both ends: a scan for each would go through the rest of the text at every comment.
        for (var at = open + 4; (at = Find("--", at)) >= 0; at++)
        {
            var after = html.AsSpan(at + 2);
            if (after.StartsWith(">") || after.StartsWith("!>"))
            {
                return at + (after[0] == '>' ? 3 : 4);
            }
        }

        return html.Length;
    }

    private int After(string end, int from)
    {
        var at = Find(end, from);
        return at < 0 ? html.Length : at + end.Length;
    }

    /// <summary>Where a text is next, in any case; -1 where it is not.</summary>
    private int Find(string text, int from) =>
        Scanned(html.IndexOf(text, from, StringComparison.OrdinalIgnoreCase), text.Length, from);

    /// <summary>Where a character is next; -1 where it is not.</summary>
    private int Find(char one, int from) => Scanned(html.IndexOf(one, from), 1, from);

    private int Scanned(int at, int length, int from)
    {
        scanned?.Invoke((at < 0 ? html.Length : at + length) - from);
        return at;
    }

    private static bool IsSpace(char one) => one is ' ' or '\t' or '\n' or '\r' or '\f';

    private static string Decode(string text) =>
        Clean(text.Contains('&', StringComparison.Ordinal) ? WebUtility.HtmlDecode(text) : text);

    /// <summary>The text without characters that no text has.</summary>
    private static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            return text;
        }

        StringBuilder? clean = null;
        for (var at = 0; at < text.Length;)
        {
            // What is half of a pair becomes a replacement character.
            var isWhole = Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length) == OperationStatus.Done;
            var isKept = rune.Value is '\t' or '\n' or '\r'
                || (!Rune.IsControl(rune) && (rune.Value & 0xFFFE) != 0xFFFE);
            if (clean is null && !(isWhole && isKept))
            {
                clean = new StringBuilder(text, 0, at, text.Length);
            }

            if (isKept)
            {
                clean?.Append(rune);
            }

            at += length;
        }

        return clean?.ToString() ?? text;
    }
}
