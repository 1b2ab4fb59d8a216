using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JiraAdoSync.Marks;

/// <summary>A short digest of source values: equal while nothing changed in Jira.</summary>
public static class Digest
{
    /// <summary>Eight hexadecimal digits for names with values, in whatever order they come.</summary>
    /// <param name="values">Names with values; null counts as a value.</param>
    public static string Of(IEnumerable<KeyValuePair<string, string?>> values)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            // With its length before it, no value can be taken for the next name.
            text.Append(CultureInfo.InvariantCulture, $"{name.Length}:{name}{value?.Length ?? -1}:{value}");
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())), 0, 4).ToLowerInvariant();
    }
}
