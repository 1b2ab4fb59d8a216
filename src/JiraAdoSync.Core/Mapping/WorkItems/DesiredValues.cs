using System.Globalization;

namespace JiraAdoSync.Mapping.WorkItems;

/// <summary>Values that fields should have.</summary>
/// <param name="Values">
/// By reference name: text, <see cref="double"/>, <see cref="bool"/>, <see cref="DateTimeOffset"/>, a person's unique
/// name, or null for a field that is to be empty. A field that is not here is left alone.
/// </param>
/// <param name="Digest">Equal while nothing changed in Jira.</param>
public sealed record DesiredValues(IReadOnlyDictionary<string, object?> Values, string Digest)
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Values
    {
        get;
        init => field = Listing.Compact(value);
    } = Listing.Compact(Values);

    /// <summary>No fields.</summary>
    public static DesiredValues None { get; } = Of(new Dictionary<string, object?>());

    /// <summary>Values that are as they were written: the digest says enough of them.</summary>
    /// <param name="digest">The digest that they were written with.</param>
    internal static DesiredValues AsWritten(string digest) => None with { Digest = digest };

    /// <summary>Values whose digest is their own.</summary>
    /// <param name="values">The values by reference name.</param>
    public static DesiredValues Of(IReadOnlyDictionary<string, object?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var texts = new KeyValuePair<string, string?>[values.Count];
        var count = 0;
        foreach (var (name, value) in values)
        {
            texts[count++] = KeyValuePair.Create(name, Text(value));
        }

        return new DesiredValues(values, Marks.Digest.Of(texts));
    }

    private static string? Text(object? value) => value is DateTimeOffset date
        ? date.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture);
}
