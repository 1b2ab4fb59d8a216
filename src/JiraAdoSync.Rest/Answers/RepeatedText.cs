using System.Text;
using System.Text.Json;

namespace JiraAdoSync.Rest.Answers;

/// <summary>
/// Texts that come again and again, such as the names of fields, types and states: each is kept once, as long as no
/// other replaces it.
/// </summary>
internal static class RepeatedText
{
    private const int Longest = 64;

    private static readonly string?[] Kept = new string?[2048];

    /// <summary>The text at a reader's position, a value or a name.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length is 0 or > Longest)
        {
            return reader.GetString()!;
        }

        var hash = 0u;
        foreach (var letter in reader.ValueSpan)
        {
            hash = (hash * 31) + letter;
        }

        ref var kept = ref Kept[hash % (uint)Kept.Length];
        var text = kept;
        return text is not null && Ascii.Equals(reader.ValueSpan, text) ? text : kept = reader.GetString()!;
    }

    /// <summary>The text at a reader's position.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static string ReadValue(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String
        ? Read(ref reader)
        : throw new JsonException("What should be a text is none.");
}
