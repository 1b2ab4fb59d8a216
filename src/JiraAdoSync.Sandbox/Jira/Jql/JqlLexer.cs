using System.Globalization;
using System.Text;

namespace JiraAdoSync.Sandbox.Jira.Jql;

internal enum JqlTokenKind
{
    Word,

    /// <summary>A text in quotes: never a keyword.</summary>
    Text,

    Symbol,

    End,
}

/// <summary>A piece of a query and its position, which error messages name.</summary>
internal readonly record struct JqlToken(JqlTokenKind Kind, string Text, int Line, int Column)
{
    public bool Is(string word) => Kind is JqlTokenKind.Word or JqlTokenKind.Symbol
        && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public string Position => string.Create(CultureInfo.InvariantCulture, $"(line {Line}, character {Column})");
}

/// <summary>Takes a query apart.</summary>
internal static class JqlLexer
{
    private const string Reserved = "{}*/%+^$#@?;\\`[]'\"";

    private static readonly string[] Symbols =
        ["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "(", ")", ",", "!"];

    public static List<JqlToken> Read(string jql)
    {
        var tokens = new List<JqlToken>();
        var (at, line, lineStart) = (0, 1, 0);
        while (at < jql.Length)
        {
            var letter = jql[at];
            var column = at - lineStart + 1;
            if (char.IsWhiteSpace(letter))
            {
                at++;
                if (letter == '\n')
                {
                    (line, lineStart) = (line + 1, at);
                }
            }
            else if (letter is '"' or '\'')
            {
                var (text, end) = ReadText(jql, at, line, column);
                tokens.Add(new JqlToken(JqlTokenKind.Text, text, line, column));
                at = end;
            }
            else if (Symbols.FirstOrDefault(symbol => jql.AsSpan(at).StartsWith(symbol)) is { } symbol)
            {
                tokens.Add(new JqlToken(JqlTokenKind.Symbol, symbol, line, column));
                at += symbol.Length;
            }
            else if (jql.AsSpan(at).StartsWith("cf[", StringComparison.OrdinalIgnoreCase)
                && jql.IndexOf(']', at) is > 0 and var close)
            {
                tokens.Add(new JqlToken(JqlTokenKind.Word, jql[at..(close + 1)], line, column));
                at = close + 1;
            }
            else if (Reserved.Contains(letter, StringComparison.Ordinal))
            {
                throw JiraError.Syntax(
                    $"The character '{letter}' is a reserved JQL character. You must enclose it in a string or "
                    + $"use the escape '\\u{(int)letter:x4}' instead. (line {line}, character {column})");
            }
            else
            {
                var end = at;
                while (end < jql.Length && IsWord(jql[end]))
                {
                    end++;
                }

                if (end == at)
                {
                    throw JiraError.Syntax(
                        $"The character '{letter}' can't be used here. (line {line}, character {column})");
                }

                tokens.Add(new JqlToken(JqlTokenKind.Word, jql[at..end], line, column));
                at = end;
            }
        }

        tokens.Add(new JqlToken(JqlTokenKind.End, "", line, jql.Length - lineStart + 1));
        return tokens;
    }

    private static bool IsWord(char letter) => !char.IsWhiteSpace(letter) && !char.IsControl(letter)
        && !Reserved.Contains(letter, StringComparison.Ordinal)
            && !"=!<>()~,&|".Contains(letter, StringComparison.Ordinal);

    private static (string Text, int End) ReadText(string jql, int start, int line, int column)
    {
        var text = new StringBuilder();
        for (var at = start + 1; at < jql.Length; at++)
        {
            if (jql[at] == jql[start])
            {
                return (text.ToString(), at + 1);
            }

            if (jql[at] != '\\')
            {
                text.Append(jql[at]);
                continue;
            }

            if (++at >= jql.Length)
            {
                break;
            }

            if (jql[at] == 'u' && at + 4 < jql.Length
                && int.TryParse(
                    jql.AsSpan(at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                at += 4;
                continue;
            }

            text.Append(jql[at] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' or '\'' or '"' or ' ' => jql[at],
                _ => throw JiraError.Syntax(
                    $"'\\{jql[at]}' is an illegal JQL escape sequence. (line {line}, character {column})"),
            });
        }

        throw JiraError.Syntax(
            $"The quoted string '{jql[(start + 1)..]}' has not been completed. (line {line}, character {column})");
    }
}
