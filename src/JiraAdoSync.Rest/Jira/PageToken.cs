using System.Text.Json;

namespace JiraAdoSync.Rest.Jira;

/// <summary>The key that a page of a search gives to the next one.</summary>
internal static class PageToken
{
    /// <summary>
    /// Finds it without reading the page, which takes far longer. Where the page can't be read nothing is found, and
    /// reading it shows why.
    /// </summary>
    /// <param name="page">The page, as it came.</param>
    /// <returns>The key; null where the page names none.</returns>
    public static string? Find(ReadOnlySpan<byte> page)
    {
        // It usually follows the issues. What follows it is an object of its own, if it is the page's and no
        // issue's.
        var index = page.LastIndexOf(Name);
        return (index > 0 ? Read([(byte)'{', .. page[index..]]) : null) ?? Read(page);
    }

    private static ReadOnlySpan<byte> Name => "\"nextPageToken\""u8;

    private static string? Read(ReadOnlySpan<byte> page)
    {
        var reader = new Utf8JsonReader(page, new JsonReaderOptions { MaxDepth = RestConnection.Json.MaxDepth });
        try
        {
            string? token = null;
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isToken = "nextPageToken".Equals(reader.GetString(), StringComparison.OrdinalIgnoreCase);
                reader.Read();
                token = isToken && reader.TokenType is JsonTokenType.String or JsonTokenType.Null
                    ? reader.GetString()
                    : token;
                reader.Skip();
            }

            // What lies in an issue does not end where the page ends.
            return reader.Read() ? null : token;
        }
        catch (Exception unreadable) when (RestFailures.IsUnreadable(unreadable))
        {
            return null;
        }
    }
}
