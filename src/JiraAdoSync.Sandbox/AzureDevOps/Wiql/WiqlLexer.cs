namespace JiraAdoSync.Sandbox.AzureDevOps.Wiql;

internal enum WiqlTokenKind
{
    /// <summary>A bare word: a keyword, or the name of a field without brackets.</summary>
    Word,

    /// <summary>A field in brackets.</summary>
    Field,

    /// <summary>A text in quotes.</summary>
    Text,

    Number,

    /// <summary><c>@project</c> and the like.</summary>
    Macro,

    /// <summary>A comparison, bracket, comma, dot, plus or minus.</summary>
    Symbol,

    End,
}

/// <summary>A piece of a query with its position, which errors name.</summary>
internal readonly record struct WiqlToken(WiqlTokenKind Kind, string Text, int Position)
{
    public bool Is(string word) => Kind is WiqlTokenKind.Word or WiqlTokenKind.Symbol
        && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Takes a query apart.</summary>
internal static class WiqlLexer
{
    private static readonly string[] Symbols = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "."];

    public static List<WiqlToken> Read(string query)
    {
        var tokens = new List<WiqlToken>();
        var at = 0;
        while (at < query.Length)
        {
            var letter = query[at];
            if (char.IsWhiteSpace(letter))
            {
                at++;
            }
            else if (letter == '[')
            {
                var end = query.IndexOf(']', at);
                if (end < 0)
                {
                    throw Unexpected(query[at..], at);
                }

                tokens.Add(new WiqlToken(WiqlTokenKind.Field, query[(at + 1)..end].Trim(), at));
                at = end + 1;
            }
            else if (letter is '\'' or '"')
            {
                at = ReadText(query, at, tokens);
            }
            else if (char.IsAsciiDigit(letter))
            {
                at = Take(query, at, WiqlTokenKind.Number, tokens, next => char.IsAsciiDigit(next) || next == '.');
            }
            else if (letter == '@')
            {
                at = Take(query, at, WiqlTokenKind.Macro, tokens, next => char.IsLetterOrDigit(next) || next == '@');
            }
            else if (char.IsLetter(letter) || letter == '_')
            {
                at = Take(query, at, WiqlTokenKind.Word, tokens, next =>
                    char.IsLetterOrDigit(next) || next is '_' or '.');
            }
            else if (Symbols.FirstOrDefault(symbol => query.AsSpan(at).StartsWith(symbol)) is { } found)
            {
                tokens.Add(new WiqlToken(WiqlTokenKind.Symbol, found, at));
                at += found.Length;
            }
            else
            {
                throw Unexpected(letter.ToString(), at);
            }
        }

        tokens.Add(new WiqlToken(WiqlTokenKind.End, "", query.Length));
        return tokens;
    }

    public static AdoError Unexpected(string text, int position) => AdoError.Query(
        $"TF51006: The query statement is not valid at position {position}. The error is caused by «{text}».");

    // A quote inside a text is written twice.
    private static int ReadText(string query, int start, List<WiqlToken> tokens)
    {
        var quote = query[start];
        var text = new System.Text.StringBuilder();
        for (var at = start + 1; at < query.Length; at++)
        {
            if (query[at] != quote)
            {
                text.Append(query[at]);
            }
            else if (at + 1 < query.Length && query[at + 1] == quote)
            {
                text.Append(quote);
                at++;
            }
            else
            {
                tokens.Add(new WiqlToken(WiqlTokenKind.Text, text.ToString(), start));
                return at + 1;
            }
        }

        throw AdoError.Query(
            $"TF51004: The query has a text without an end. The error is caused by «{query[start..]}».");
    }

    private static int Take(
        string query, int start, WiqlTokenKind kind, List<WiqlToken> tokens, Func<char, bool> continues)
    {
        var end = start + 1;
        while (end < query.Length && continues(query[end]))
        {
            end++;
        }

        tokens.Add(new WiqlToken(kind, query[start..end], start));
        return end;
    }
}
