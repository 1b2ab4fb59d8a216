using System.Net;
using System.Text;

namespace JiraAdoSync.RichText;

/// <summary>
/// Takes HTML apart as a browser's parser does, whatever is in it: comments, declarations and broken tags go, and what
/// stands in a script or a style is text of nobody. It never fails. What comes out is only text and names; whether
/// they are harmless is for <see cref="HtmlPolicy"/> to say.
/// </summary>
internal static class HtmlTokenizer
{
    /// <summary>Elements whose content is no markup, and nothing to read.</summary>
    private static readonly HashSet<string> Unread =
        ["script", "style", "iframe", "noembed", "noframes", "noscript", "title"];

    /// <summary>Elements whose content is no markup, and is read as it stands.</summary>
    private static readonly HashSet<string> Raw = ["xmp", "textarea", "plaintext"];

    public static IEnumerable<HtmlToken> Read(string html)
    {
        for (var at = 0; at < html.Length;)
        {
            var open = html.IndexOf('<', at);
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
                at = ReadStart(html, open + 1, out var start);
                if (start is not { } token)
                {
                    continue;
                }

                var isRaw = Raw.Contains(token.Value);
                if (isRaw || Unread.Contains(token.Value))
                {
                    var end = FindEnd(html, at, token.Value);
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
                // What looks like attributes of an end goes with it.
                at = ReadStart(html, open + 2, out var token);
                if (token is not null)
                {
                    yield return HtmlToken.End(token.Value.Value);
                }
            }
            else
            {
                at = SkipComment(html, open);
            }
        }
    }

    /// <summary>
    /// Reads a name and attributes up to the closing bracket; what the text's end cuts off is no tag.
    /// </summary>
    private static int ReadStart(string html, int at, out HtmlToken? token)
    {
        token = null;
        var nameEnd = at;
        while (nameEnd < html.Length && !IsSpace(html[nameEnd]) && html[nameEnd] is not ('/' or '>'))
        {
            nameEnd++;
        }

        var name = html[at..nameEnd].ToLowerInvariant();
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
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
                token = new HtmlToken(HtmlTokenKind.Start, name, attributes);
                return at + 1;
            }

            at = ReadAttribute(html, at, attributes);
        }
    }

    private static int ReadAttribute(string html, int at, Dictionary<string, string> attributes)
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
                var end = html.IndexOf(html[at], at + 1);
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
    private static int FindEnd(string html, int at, string name)
    {
        while (name != "plaintext" && (at = html.IndexOf("</" + name, at, StringComparison.OrdinalIgnoreCase)) >= 0)
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

    private static int SkipComment(string html, int open)
    {
        if (!html.AsSpan(open).StartsWith("<!--"))
        {
            return After(html, ">", open + 2);
        }

        if (html.AsSpan(open + 4).StartsWith(">") || html.AsSpan(open + 4).StartsWith("->"))
        {
            return After(html, ">", open + 4);
        }

        // One scan for both ends: a scan for each would go through the rest of the text at every comment.
        for (var at = open + 4; (at = html.IndexOf("--", at, StringComparison.Ordinal)) >= 0; at++)
        {
            var after = html.AsSpan(at + 2);
            if (after.StartsWith(">") || after.StartsWith("!>"))
            {
                return at + (after[0] == '>' ? 3 : 4);
            }
        }

        return html.Length;
    }

    private static int After(string html, string end, int from)
    {
        var at = html.IndexOf(end, from, StringComparison.Ordinal);
        return at < 0 ? html.Length : at + end.Length;
    }

    private static bool IsSpace(char one) => one is ' ' or '\t' or '\n' or '\r' or '\f';

    private static string Decode(string text) =>
        Clean(text.Contains('&', StringComparison.Ordinal) ? WebUtility.HtmlDecode(text) : text);

    /// <summary>The text without characters that no text has.</summary>
    private static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r' || (!Rune.IsControl(rune) && (rune.Value & 0xFFFE) != 0xFFFE))
            {
                clean.Append(rune);
            }
        }

        return clean.ToString();
    }
}
