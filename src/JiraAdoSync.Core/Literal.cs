using System.Text;

namespace JiraAdoSync;

/// <summary>Texts in entries of mappings that people paste.</summary>
internal static class Literal
{
    /// <summary>
    /// A text as PowerShell reads it literally. Typographic quotation marks end a text in single quotes, too, as the one
    /// of <c>Won’t Do</c> does, and are doubled likewise.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        var literal = new StringBuilder("'");
        foreach (var letter in text)
        {
            literal.Append(letter, letter is '\'' or '‘' or '’' or '‚' or '‛' ? 2 : 1);
        }

        return literal.Append('\'').ToString();
    }
}
