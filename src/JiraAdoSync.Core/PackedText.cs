using System.Text;

namespace JiraAdoSync;

/// <summary>
/// A long text, such as a description, that is kept for each issue of a run and seldom read: in UTF-8, which takes
/// half the room.
/// </summary>
internal sealed class PackedText
{
    /// <summary>Shorter texts gain nothing.</summary>
    private const int Shortest = 128;

    private readonly byte[] _bytes;

    private PackedText(byte[] bytes) => _bytes = bytes;

    /// <summary>A text as it is best kept: packed where that takes less room and loses nothing.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text itself, or a <see cref="PackedText"/> of it.</returns>
    public static object Of(string text)
    {
        // Half of a surrogate pair is lost in UTF-8.
        if (text.Length < Shortest || text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        return length * 3 / 2 > text.Length * sizeof(char) ? text : new PackedText(Encoding.UTF8.GetBytes(text));
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(_bytes);
}
