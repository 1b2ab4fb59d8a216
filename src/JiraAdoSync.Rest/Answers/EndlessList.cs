namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// Notices a list that has no end: page after page leads to another one, and holds nothing but what came before, or new
/// entries beyond any number that is of use. A few pages in a row without anything new are in order, since entries move
/// while pages are read, and since a page may be empty.
/// </summary>
/// <typeparam name="TId">What identifies an entry.</typeparam>
internal sealed class EndlessList<TId>
{
    /// <summary>How many pages in a row may hold nothing new.</summary>
    private const int MostIdlePages = 10;

    /// <summary>How many entries a list may have: more than any project has issues, or any item changes.</summary>
    public const int MostEntries = 1_000_000;

    private readonly HashSet<TId> _seen = [];
    private int _idle;

    /// <summary>Whether the list seems to have no end.</summary>
    /// <param name="page">The entries of the page that was just read.</param>
    public bool IsShownBy(IEnumerable<TId> page)
    {
        var before = _seen.Count;
        _seen.UnionWith(page);
        _idle = _seen.Count > before ? 0 : _idle + 1;
        return _idle > MostIdlePages || _seen.Count > MostEntries;
    }
}
