using System.Globalization;

namespace JiraAdoSync;

/// <summary>Numbers of things as people read them, the same everywhere and in every culture: <c>6,000</c>.</summary>
public static class Amount
{
    /// <summary>A number.</summary>
    /// <param name="count">The number.</param>
    public static string Of(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of things: <c>1 link</c>, <c>6,000 links</c>.</summary>
    /// <param name="count">The number.</param>
    /// <param name="thing">One of them; several have an s.</param>
    public static string Of(long count, string thing) => $"{Of(count)} {thing}{(count == 1 ? string.Empty : "s")}";
}
