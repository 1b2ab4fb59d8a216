using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace JiraAdoSync;

/// <summary>
/// A long text, kept as UTF-8 until it is needed: descriptions are most of what a run keeps, and take half the memory. A
/// <see cref="Table{T}"/> gives it out as a string; requests and records are written from it as it is.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class PackedText
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
        ArgumentNullException.ThrowIfNull(text);
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

    /// <summary>Reads the text at a reader's position.</summary>
    /// <param name="reader">The reader.</param>
    /// <returns>The text, packed; null where it is too short for that to save anything.</returns>
    /// <exception cref="InvalidOperationException">There is no text, or it is no valid Unicode.</exception>
    public static PackedText? TryRead(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueSpan.Length < Shortest)
        {
            return null;
        }

        // Escaped text is longer than the text itself.
        var room = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var packed = new PackedText(room[..reader.CopyString(room)]);
        ArrayPool<byte>.Shared.Return(room);
        return packed;
    }

    /// <summary>The text as it was.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes);

    /// <summary>Writes the text as a JSON string.</summary>
    /// <param name="writer">Where to.</param>
    internal void WriteTo(Utf8JsonWriter writer) => writer.WriteStringValue(_bytes);

    private sealed class Converter : JsonConverter<PackedText>
    {
        public override PackedText Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            throw new NotSupportedException("A text is read as a string.");

        public override void Write(Utf8JsonWriter writer, PackedText value, JsonSerializerOptions options) =>
            value.WriteTo(writer);
    }
}
