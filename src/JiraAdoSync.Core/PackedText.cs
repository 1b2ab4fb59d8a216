using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace JiraAdoSync;

/// <summary>
/// A long text, kept as UTF-8 until it is needed: descriptions are most of what a run keeps, and take half the memory.
/// </summary>
internal sealed class PackedText
{
    /// <summary>A shorter text would save little.</summary>
    private const int Shortest = 128;

    private readonly byte[] _bytes;

    private PackedText(byte[] bytes) => _bytes = bytes;

    /// <summary>Packs a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>
    /// What has the text as its own; the text itself where packing saves nothing, or where it is no valid Unicode.
    /// </returns>
    public static object Of(string text)
    {
        if (text.Length < Shortest)
        {
            return text;
        }

        var room = ArrayPool<byte>.Shared.Rent(text.Length * 3 / 2);
        var status = Utf8.FromUtf16(text, room, out _, out var length, replaceInvalidSequences: false);
        object packed = status == OperationStatus.Done ? new PackedText(room[..length]) : text;
        ArrayPool<byte>.Shared.Return(room);
        return packed;
    }

    /// <summary>The text as it was.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes);
}
