using static JiraAdoSync.Drafting.Vocabulary;

namespace JiraAdoSync.Drafting;

/// <summary>A clause of a sentence, and which of its words something was made of.</summary>
/// <param name="sentence">The sentence.</param>
/// <param name="words">The words of the clause.</param>
internal sealed class Clause(string sentence, IEnumerable<SentenceWord> words)
{
    /// <summary>The words.</summary>
    public List<SentenceWord> Words { get; } = [.. words];

    /// <summary>The words that something was made of.</summary>
    public HashSet<SentenceWord> Used { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The clause as it was written.</summary>
    public string Text => TextOf(0, Words.Count - 1);

    /// <summary>The names that nothing was made of yet.</summary>
    public IEnumerable<SentenceWord> OpenNames => Words.Where(word => word.IsName && !Used.Contains(word));

    /// <summary>Some words of it as they were written, by the index of the first and of the last.</summary>
    public string TextOf(int first, int last) => sentence[Words[first].Start..Words[last].End];

    /// <summary>Whether it has one of some words.</summary>
    public bool Has(params IEnumerable<string> some) => Words.Any(word => some.Contains(word.Plain));

    /// <summary>The index of a word; -1 where the clause has no such word.</summary>
    public int IndexOf(SentenceWord word) => Words.FindIndex(one => ReferenceEquals(one, word));

    /// <summary>Parts it at each "and" that is followed by a statement of its own, and follows one.</summary>
    public IEnumerable<Clause> SplitAtAnd()
    {
        for (var at = 1; at < Words.Count - 1; at++)
        {
            if (!IsAnd(Words[at]))
            {
                continue;
            }

            var left = new Clause(sentence, Words.Take(at));
            var right = new Clause(sentence, Words.Skip(at + 1)).SplitAtAnd().ToList();
            if (Statements.IsStatement(left) && Statements.IsStatement(right[0]))
            {
                return right.Prepend(left);
            }
        }

        return [this];
    }

    /// <summary>The clause without an "and" at its beginning, as in "..., and no clones".</summary>
    public Clause WithoutAnd() => Words.Count > 1 && IsAnd(Words[0]) ? new Clause(sentence, Words.Skip(1)) : this;

    private static bool IsAnd(SentenceWord word) => Ands.Contains(word.Plain) && !word.IsName;
}
