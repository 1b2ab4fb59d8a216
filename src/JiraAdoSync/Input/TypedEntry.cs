using System.Management.Automation.Language;

namespace JiraAdoSync.Input;

/// <summary>
/// The key or the value that somebody types inside the hashtable of a command's parameter, as in
/// <c>Invoke-JiraAdoSync -StateMapping @{ Bug = @{ 'In Rev</c>.
/// </summary>
/// <param name="Command">The command's name.</param>
/// <param name="Parameter">The parameter's name, or the beginning of it.</param>
/// <param name="Tables">The keys of the tables that this one is in, the outermost first.</param>
/// <param name="Key">The key whose value is typed; null where a key is typed.</param>
/// <param name="Typed">What is typed so far, without quotes.</param>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Length">How long it is there.</param>
internal sealed record TypedEntry(
    string Command, string Parameter, IReadOnlyList<string> Tables, string? Key, string Typed, int Start, int Length)
{
    /// <summary>Finds what is typed at a position of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cursor">The position.</param>
    /// <returns>The entry; null where no hashtable of a parameter is open there.</returns>
    public static TypedEntry? Find(string text, int cursor)
    {
        if (cursor > text.Length || !text.AsSpan(0, cursor).Contains("@{", StringComparison.Ordinal))
        {
            return null;
        }

        // What follows the cursor would be read as part of an open quote.
        Parser.ParseInput(text[..cursor], out var all, out _);
        var tokens = all.Where(token =>
            token.Kind is not (TokenKind.EndOfInput or TokenKind.Comment or TokenKind.LineContinuation)).ToList();
        var word = tokens.LastOrDefault() is { } last && last.Extent.EndOffset == cursor && IsWord(last) ? last : null;
        var frames = FramesOf(tokens.Where(token => token != word));
        return frames is null ? null : Read(frames, text, cursor, word);
    }

    private static TypedEntry? Read(List<Frame> frames, string text, int cursor, Token? word)
    {
        var tables = new List<string>();
        string? key = null;
        var isInnermost = true;
        for (var at = frames.Count - 1; at > 0; at--)
        {
            var frame = frames[at];
            if (frame.Opens is TokenKind.LParen or TokenKind.AtParen && frame.Entry.TrueForAll(IsInList))
            {
                continue;
            }

            var isValue = frame.Entry.Exists(token => token.Kind == TokenKind.Equals);
            var isAtBegin = frame.Entry.Count == 0 || frame.Entry[^1].Kind is TokenKind.Equals or TokenKind.Comma;
            if (frame.Opens != TokenKind.AtCurly || !isAtBegin || (!isInnermost && !isValue))
            {
                return null;
            }

            if (isInnermost)
            {
                key = isValue ? Plain(frame.Entry[0].Text) : null;
            }
            else
            {
                tables.Insert(0, Plain(frame.Entry[0].Text));
            }

            isInnermost = false;
            var outside = frames[at - 1].Entry;
            if (outside.LastOrDefault() is ParameterToken parameter
                && outside.FindLast(token => token.TokenFlags.HasFlag(TokenFlags.CommandName)) is { } command)
            {
                var start = word?.Extent.StartOffset ?? cursor;
                var end = word is null ? cursor : EndOf(word, text, cursor);
                return new TypedEntry(
                    command.Text,
                    parameter.ParameterName,
                    tables,
                    key,
                    Plain(word?.Text ?? string.Empty),
                    start,
                    end - start);
            }
        }

        return null;
    }

    /// <summary>The brackets that are open at the end, each with what is in it of the entry at hand.</summary>
    private static List<Frame>? FramesOf(IEnumerable<Token> tokens)
    {
        var open = new List<Frame> { new(TokenKind.Unknown) };
        foreach (var token in tokens)
        {
            switch (token.Kind)
            {
                case TokenKind.AtCurly or TokenKind.LCurly or TokenKind.LParen or TokenKind.AtParen
                    or TokenKind.DollarParen or TokenKind.LBracket:
                    open.Add(new Frame(token.Kind));
                    break;
                case TokenKind.RCurly or TokenKind.RParen or TokenKind.RBracket:
                    if (open.Count == 1)
                    {
                        return null;
                    }

                    open.RemoveAt(open.Count - 1);
                    open[^1].Entry.Add(token);
                    break;
                case TokenKind.Semi or TokenKind.NewLine or TokenKind.Pipe or TokenKind.AndAnd or TokenKind.OrOr:
                    open[^1].Entry.Clear();
                    break;
                default:
                    open[^1].Entry.Add(token);
                    break;
            }
        }

        return open;
    }

    /// <summary>Where a word ends; a quote that is still open ends at the cursor.</summary>
    private static int EndOf(Token word, string text, int cursor)
    {
        Parser.ParseInput(text, out var tokens, out _);
        return
            tokens.FirstOrDefault(token => token.Extent.StartOffset == word.Extent.StartOffset && IsWord(token))
                is { } whole
            && !whole.HasError
            ? Math.Max(cursor, whole.Extent.EndOffset)
            : cursor;
    }

    private static bool IsInList(Token token) => token.Kind == TokenKind.Comma || IsWord(token);

    private static bool IsWord(Token token) => token.Text.Length > 0
        && (char.IsLetterOrDigit(token.Text[0]) || token.Text[0] is '\'' or '"' or '*' or '_');

    private static string Plain(string text) => text.Trim('\'', '"');

    private sealed record Frame(TokenKind Opens)
    {
        public List<Token> Entry { get; } = [];
    }
}
