namespace JiraAdoSync.Drafting;

/// <summary>A word of a sentence, or several that are a name together.</summary>
/// <param name="Text">The words as they were written.</param>
/// <param name="Start">Where they begin in the sentence.</param>
/// <param name="End">Where they end.</param>
/// <param name="Meanings">What they may be the name of; none for a plain word.</param>
internal sealed record SentenceWord(string Text, int Start, int End, IReadOnlyList<Meaning> Meanings)
{
    /// <summary>The word as rules compare it.</summary>
    public string Plain { get; } = Text.ToLowerInvariant();

    /// <summary>Whether it was put in quotation marks: it is a name, whatever else it says.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>Whether it may be the name of something.</summary>
    public bool IsName => Meanings.Count > 0;

    /// <summary>"items", "issues" and the like, which may be the name of a type too.</summary>
    public bool IsThing => Vocabulary.Things.Contains(Plain) && !IsQuoted;

    /// <summary>Whether it is the key or the name of a project, and not rather that of a type.</summary>
    public bool IsProject => Is(NameKind.Project)
        && (Meanings.Count == 1 || Text.Any(char.IsUpper) || !Is(NameKind.IssueType, NameKind.Link));

    /// <summary>What it is the name of, of one kind.</summary>
    public IEnumerable<string> Of(NameKind kind) =>
        Meanings.Where(meaning => meaning.Kind == kind).Select(meaning => meaning.Name);

    /// <summary>Whether it may be the name of something of one of these kinds.</summary>
    public bool Is(params NameKind[] kinds) => Meanings.Any(meaning => kinds.Contains(meaning.Kind));
}

/// <summary>
/// Parts a sentence into clauses, at commas, semicolons, full stops and line ends, and finds the names in each: the
/// longest that fits, from the left. What is in quotation marks is one name.
/// </summary>
/// <param name="lexicon">The names.</param>
internal sealed class SentenceWords(Lexicon lexicon)
{
    private static readonly (char Open, char Close)[] Quotes = [('\'', '\''), ('"', '"'), ('“', '”'), ('‘', '’'), ('„', '“')];

    private static readonly string[] Arrows = ["->", "=>", "→", "="];

    /// <summary>The clauses of a sentence.</summary>
    /// <param name="sentence">The sentence.</param>
    public IReadOnlyList<IReadOnlyList<SentenceWord>> Clauses(string sentence)
    {
        var clauses = new List<IReadOnlyList<SentenceWord>>();
        var words = new List<SentenceWord>();
        for (var at = 0; at < sentence.Length;)
        {
            if (IsBreak(sentence, at))
            {
                Close();
                at++;
            }
            else if (QuoteAt(sentence, at) is { } end)
            {
                var text = sentence[(at + 1)..end];
                words.Add(new SentenceWord(text, at, end + 1, lexicon.Find(Lexicon.Words(text))) { IsQuoted = true });
                at = end + 1;
            }
            else if (
                Arrows.FirstOrDefault(arrow => string.CompareOrdinal(sentence, at, arrow, 0, arrow.Length) == 0) is
                { } sign)
            {
                words.Add(new SentenceWord(sign, at, at + sign.Length, []));
                at += sign.Length;
            }
            else if (char.IsLetterOrDigit(sentence[at]))
            {
                var start = at;
                while (at < sentence.Length && (char.IsLetterOrDigit(sentence[at]) || IsInside(sentence, at)))
                {
                    at++;
                }

                words.Add(new SentenceWord(sentence[start..at], start, at, []));
            }
            else
            {
                at++;
            }
        }

        Close();
        return clauses;

        void Close()
        {
            if (words.Count > 0)
            {
                clauses.Add(FindNames(sentence, words));
                words = [];
            }
        }
    }

    private List<SentenceWord> FindNames(string sentence, List<SentenceWord> words)
    {
        var found = new List<SentenceWord>();
        for (var at = 0; at < words.Count;)
        {
            var name = words[at].IsQuoted || Arrows.Contains(words[at].Text) ? null : LongestFrom(at);
            found.Add(name ?? words[at]);
            at = words.FindLastIndex(word => word.End <= found[^1].End) + 1;
        }

        return found;

        SentenceWord? LongestFrom(int start)
        {
            for (var end = Math.Min(words.Count, start + 8); end > start; end--)
            {
                var run = words.GetRange(start, end - start);
                if (run.Exists(word => word.IsQuoted || Arrows.Contains(word.Text)))
                {
                    continue;
                }

                var parts = run.SelectMany(word => Lexicon.Words(word.Text)).ToList();
                if (lexicon.Find(parts) is { Count: > 0 } meanings)
                {
                    return new SentenceWord(sentence[run[0].Start..run[^1].End], run[0].Start, run[^1].End, meanings);
                }
            }

            return null;
        }
    }

    private static bool IsBreak(string sentence, int at) => sentence[at] switch
    {
        ',' or ';' or '\n' or '!' or '?' or '(' or ')' => true,
        '.' or ':' => at + 1 == sentence.Length || char.IsWhiteSpace(sentence[at + 1]),
        '-' or '–' or '—' => at > 0 && at + 1 < sentence.Length && sentence[at - 1] == ' ' && sentence[at + 1] == ' ',
        _ => false,
    };

    /// <summary>Where a quotation ends that begins here; null where none does.</summary>
    private static int? QuoteAt(string sentence, int at)
    {
        if (at > 0 && char.IsLetterOrDigit(sentence[at - 1]))
        {
            return null;
        }

        foreach (var (_, close) in Quotes.Where(one => one.Open == sentence[at]))
        {
            for (var end = at + 2; end < sentence.Length; end++)
            {
                if (sentence[end] == close && (end + 1 == sentence.Length || !char.IsLetterOrDigit(sentence[end + 1])))
                {
                    return end;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a sign holds two parts of a word together: sub-task, don't, System.State, Fix Version/s.
    /// </summary>
    private static bool IsInside(string sentence, int at) =>
        sentence[at] is '-' or '\'' or '’' or '.' or '_' or '/' or '&'
        && at + 1 < sentence.Length && char.IsLetterOrDigit(sentence[at + 1]);
}
