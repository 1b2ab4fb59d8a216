namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Names of areas and iterations. The service takes none with certain signs, none with control characters or characters
/// beyond the basic plane, and none that Windows keeps for devices (Microsoft's "naming restrictions and conventions").
/// </summary>
internal static class NodeNames
{
    private const int Limit = 255;

    private static readonly char[] Refused =
        ['\\', '/', ':', '*', '?', '"', '<', '>', '|', '#', '$', '&', '+', '%', ';'];

    private static readonly HashSet<string> Reserved = new(
        new[] { ".", "..", "PRN", "CON", "NUL", "AUX" }
            .Concat(Enumerable.Range(0, 11).SelectMany(number => new[] { $"COM{number}", $"LPT{number}" })),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A name that the service accepts instead of one of Jira's: signs become dashes, and a reserved name gets one.
    /// </summary>
    /// <param name="name">The name in Jira.</param>
    public static string Clean(string name)
    {
        var clean = string.Concat(name.Trim().EnumerateRunes().Select(rune =>
            rune.IsBmp && !IsRefused((char)rune.Value) ? rune.ToString() : "-"));
        clean = (clean.Length > Limit ? clean[..Limit] : clean).Trim();
        return Reserved.Contains(clean) ? clean + "-" : clean;
    }

    /// <summary>What the service would refuse a name for; null where it takes it.</summary>
    /// <param name="name">The name.</param>
    public static string? Problem(string name) =>
        name.Length is 0 or > Limit ? $"a name has 1 to {Limit} characters"
        : Reserved.Contains(name) ? $"'{name}' is reserved"
        : name.FirstOrDefault(letter => IsRefused(letter) || char.IsSurrogate(letter)) is > '\0' and var sign
            ? $"'{name}' has the sign '{sign}'"
        : null;

    private static bool IsRefused(char letter) =>
        Refused.Contains(letter) || char.IsControl(letter) || PlainText.IsNoncharacter(letter);
}
