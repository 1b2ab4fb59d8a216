namespace JiraAdoSync.Marks;

/// <summary>The comment of a relation: what people read, and a mark at its end.</summary>
internal static class MarkedComment
{
    /// <summary>The comment; a text too long is cut, never the mark.</summary>
    /// <param name="text">What people read.</param>
    /// <param name="mark">The mark, with the space before it.</param>
    public static string Cut(string text, string mark)
    {
        var end = Math.Min(text.Length, RelationMark.MaximumLength - mark.Length);
        // Half of a surrogate pair is no character.
        return text[..(end > 0 && end < text.Length && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + mark;
    }
}
