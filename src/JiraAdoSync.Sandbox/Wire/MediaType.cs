namespace JiraAdoSync.Sandbox.Wire;

/// <summary>Compares content types without their parameters.</summary>
internal static class MediaType
{
    public static string? Of(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant();

    public static bool Is(string? contentType, params ReadOnlySpan<string> accepted)
    {
        var found = Of(contentType);
        foreach (var one in accepted)
        {
            if (found == one)
            {
                return true;
            }
        }

        return false;
    }
}
