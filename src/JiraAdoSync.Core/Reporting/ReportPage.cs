using System.Security.Cryptography;
using System.Text;

namespace JiraAdoSync.Reporting;

/// <summary>What a page is put together from; it all ends up in the one file.</summary>
public sealed record ReportPage
{
    /// <summary>The page with its slots, <c>{{name}}</c>.</summary>
    public required string Template { get; init; }

    /// <summary>Its style sheet.</summary>
    public required string Style { get; init; }

    /// <summary>Its scripts, in the order in which they load.</summary>
    public required IReadOnlyList<string> Scripts { get; init; }

    /// <summary>Fills the slots.</summary>
    /// <param name="slots">The contents of each slot, as HTML.</param>
    public string Fill(IReadOnlyDictionary<string, string> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        var scripts = Scripts.Select(script => script.ReplaceLineEndings("\n")).ToList();
        // Only these very scripts may run, and nothing may be asked of anywhere.
        var allowed = string.Join(' ', scripts.Select(script =>
            $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"));
        var all = new Dictionary<string, string>(slots)
        {
            ["policy"] = $"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
                + "base-uri 'none'; form-action 'none'",
            ["style"] = Style,
            ["scripts"] = string.Concat(scripts.Select(script => $"<script>{script}</script>\n")),
        };
        var page = new StringBuilder();
        var rest = Template.AsSpan();
        while (rest.IndexOf("{{") is >= 0 and var start)
        {
            var end = rest.IndexOf("}}");
            page.Append(rest[..start]).Append(all[rest[(start + 2)..end].ToString()]);
            rest = rest[(end + 2)..];
        }

        return page.Append(rest).ToString();
    }
}
