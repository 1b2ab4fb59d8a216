using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>When a route needs <c>-preview</c> in its version.</summary>
internal enum PreviewRule
{
    /// <summary>Released in every version but the one to come, 7.2.</summary>
    Released,

    /// <summary>Released with 7.0.</summary>
    Since7,

    /// <summary>Always in preview.</summary>
    Always,
}

/// <summary>The version that a request asks for, as query or in its Accept header.</summary>
internal sealed record ApiVersion(string Number, bool IsPreview, string Text)
{
    /// <summary>
    /// Old versions are answered like new ones: recorded in 2026, a client from 2019 that asks for 5.0.
    /// </summary>
    private static readonly string[] Known =
    [
        "1.0", "2.0", "2.1", "2.2", "2.3", "3.0", "3.1", "3.2", "4.0", "4.1", "5.0", "5.1", "5.2", "6.0", "6.1", "7.0",
        "7.1", "7.2",
    ];

    public static ApiVersion Of(AdoFlavor flavor, string method, string? query, string? accept, PreviewRule rule)
    {
        var latest = flavor switch { AdoFlavor.Server2020 => "6.0", AdoFlavor.Server2022 => "7.0", _ => "7.2" };
        if ((query ?? FromAccept(accept)) is not { } text)
        {
            // Reads go without a version: the official clients ask for connectionData and for routes so.
            return method is "GET" or "HEAD" or "OPTIONS"
                ? Implied(flavor == AdoFlavor.Services ? "7.1" : latest, rule)
                : throw AdoError.NoVersion(method);
        }

        var parts = text.Split('-', 2);
        if (!decimal.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _)
            || (parts.Length == 2 && parts[1] != "preview"
                && !parts[1].StartsWith("preview.", StringComparison.Ordinal)))
        {
            throw AdoError.InvalidVersion(text);
        }

        if (!Known.Contains(parts[0]) || string.CompareOrdinal(parts[0], latest) > 0)
        {
            throw AdoError.VersionOutOfRange(parts[0], latest);
        }

        var version = new ApiVersion(parts[0], parts.Length == 2, text);
        var needsPreview = version.Number == "7.2" || rule == PreviewRule.Always
            || (rule == PreviewRule.Since7 && string.CompareOrdinal(version.Number, "7") < 0);
        return needsPreview && !version.IsPreview ? throw AdoError.PreviewNeeded(version.Number) : version;
    }

    /// <summary>The version in the query of an address such as those of <c>$batch</c>.</summary>
    public static string? FromQuery(string query) =>
        QueryHelpers.ParseQuery(query).TryGetValue("api-version", out var found) ? found.ToString() : null;

    private static ApiVersion Implied(string number, PreviewRule rule) =>
        new(number, IsPreview: true, rule == PreviewRule.Always ? $"{number}-preview.1" : number);

    private static string? FromAccept(string? accept)
    {
        if (accept is null || !MediaTypeHeaderValue.TryParseList(accept.Split(','), out var types))
        {
            return null;
        }

        return types.SelectMany(type => type.Parameters)
            .FirstOrDefault(parameter => parameter.Name.Equals("api-version", StringComparison.OrdinalIgnoreCase))
            ?.Value.ToString().Trim('"');
    }
}
