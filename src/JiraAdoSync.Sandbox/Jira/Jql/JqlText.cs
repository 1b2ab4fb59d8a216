namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>
/// Searches words: every word of the term must be there, in any order; <c>*</c> at the end of a word matches the rest
/// of it; what is in quotes within the term must be there literally.
/// </summary>
internal sealed class JqlText
{
    private readonly List<string> _words = [];
    private readonly List<string> _starts = [];
    private readonly List<string> _phrases = [];

    public JqlText(string term)
    {
        var parts = term.Split('"');
        for (var index = 0; index < parts.Length; index++)
        {
            if (index % 2 == 1)
            {
                _phrases.Add(" " + string.Join(' ', Words(parts[index])) + " ");
                continue;
            }

            foreach (var word in parts[index].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                var bare = Words(word).ToList();
                if (word.EndsWith('*') && bare.Count > 0)
                {
                    _starts.Add(bare[^1]);
                    bare.RemoveAt(bare.Count - 1);
                }

                _words.AddRange(bare);
            }
        }
    }

    public bool IsIn(string text)
    {
        var words = Words(text).ToList();
        var set = words.ToHashSet();
        return _words.TrueForAll(set.Contains)
            && _starts.TrueForAll(start => words.Exists(word => word.StartsWith(start, StringComparison.Ordinal)))
            && (_phrases.Count == 0 || _phrases.TrueForAll((" " + string.Join(' ', words) + " ").Contains));
    }

    private static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var at = 0; at <= text.Length; at++)
        {
            var isWord = at < text.Length && char.IsLetterOrDigit(text[at]);
            if (isWord && start < 0)
            {
                start = at;
            }
            else if (!isWord && start >= 0)
            {
                yield return text[start..at].ToLowerInvariant();
                start = -1;
            }
        }
    }
}
