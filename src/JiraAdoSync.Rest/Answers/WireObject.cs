using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// A part of answers that reads its members itself, as there are many thousands of it: the serializer takes more time.
/// </summary>
internal interface IWireObject
{
    /// <summary>Takes the value at a reader's position; what it has no use for, it leaves there.</summary>
    /// <param name="member">The name of the member whose value it is.</param>
    /// <param name="reader">The reader. The value is not null.</param>
    void Take(string member, ref Utf8JsonReader reader);
}

/// <summary>Reads objects that take their members themselves.</summary>
internal static class WireObject
{
    /// <summary>The object at a reader's position; null where it is null.</summary>
    /// <exception cref="JsonException">It is no object.</exception>
    public static T? Read<T>(ref Utf8JsonReader reader)
        where T : class, IWireObject, new()
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var read = new T();
        Fill(read, ref reader);
        return read;
    }

    /// <summary>Has an object take the members of the one at a reader's position.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public static void Fill(IWireObject read, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("What should be an object is none.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = RepeatedText.Read(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Null)
            {
                read.Take(member, ref reader);
                reader.Skip();
            }
        }
    }

    /// <summary>The objects in the list at a reader's position; null where it is null.</summary>
    /// <exception cref="JsonException">It is no list, or has other things than objects.</exception>
    public static List<T?>? ReadList<T>(ref Utf8JsonReader reader)
        where T : class, IWireObject, new()
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("What should be a list is none.");
        }

        var read = new List<T?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            read.Add(Read<T>(ref reader));
        }

        return read;
    }

    /// <summary>The number at a reader's position, which may be written as text.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static long ReadNumber(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? reader.GetInt64()
        : Utf8Parser.TryParse(reader.ValueSpan, out long number, out var length) && length == reader.ValueSpan.Length
            ? number
            : throw new JsonException("What should be a number is none.");
}

/// <summary>Has the serializer read objects that take their members themselves.</summary>
internal sealed class WireObjectConverter<T> : JsonConverter<T>
    where T : class, IWireObject, new()
{
    public override T? Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        WireObject.Read<T>(ref reader);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are read only.");
}
