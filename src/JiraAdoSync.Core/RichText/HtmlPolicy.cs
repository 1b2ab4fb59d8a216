using System.Text.RegularExpressions;

namespace JiraAdoSync.RichText;

/// <summary>
/// What HTML may go into a work item: elements, attributes, styles and schemes by name. Everything else is left out;
/// nothing is looked for by what makes it bad.
/// </summary>
internal static partial class HtmlPolicy
{
    /// <summary>Elements that have no content and no end.</summary>
    public static IReadOnlySet<string> Voids { get; } = new HashSet<string> { "br", "hr", "img", "col" };

    /// <summary>Elements of a table, which mean nothing outside of one.</summary>
    public static IReadOnlySet<string> TableParts { get; } =
        new HashSet<string> { "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th" };

    /// <summary>Elements before which an open paragraph ends.</summary>
    public static IReadOnlySet<string> Blocks { get; } = new HashSet<string>
    {
        "blockquote", "details", "div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "summary",
        "table", "ul",
    };

    private static readonly HashSet<string> Elements =
    [
        .. Voids, .. TableParts, .. Blocks, "a", "b", "cite", "code", "dd", "del", "dt", "em", "font", "i", "ins",
        "kbd", "li",
        "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
    ];

    private static readonly HashSet<string> Schemes = ["http", "https", "mailto", "tel", "ftp"];

    /// <summary>Properties whose value is a few words, lengths and colours.</summary>
    private static readonly HashSet<string> Properties =
    [
        "background-color", "border", "border-bottom", "border-bottom-width", "border-collapse", "border-color",
        "border-left",
        "border-right", "border-style", "border-top", "border-width", "color", "font-style", "font-weight", "margin",
        "margin-left", "padding", "padding-left", "text-align", "text-decoration", "vertical-align", "white-space",
        "width",
    ];

    /// <summary>Whether an element is allowed.</summary>
    public static bool Allows(string element) => Elements.Contains(element);

    /// <summary>Whether an address of this scheme is allowed.</summary>
    public static bool AllowsScheme(string scheme) => Schemes.Contains(scheme);

    /// <summary>Whether an attribute is allowed with its value. Addresses and styles are not asked for here.</summary>
    public static bool Allows(string element, string attribute, string value) => (element, attribute) switch
    {
        (_, "title" or "lang") => true,
        (_, "dir") => value is "ltr" or "rtl" or "auto",
        ("img", "alt") => true,
        ("img" or "col", "width") or ("img", "height") => Size().IsMatch(value),
        ("td" or "th", "colspan" or "rowspan") or ("col" or "colgroup", "span") or ("ol", "start") or ("li", "value") =>
            Number().IsMatch(value),
        ("td" or "th" or "tr" or "p" or "div", "align") => value is "left" or "right" or "center" or "justify",
        ("td" or "th" or "tr", "valign") => value is "top" or "middle" or "bottom",
        ("ol", "type") => value is "1" or "a" or "A" or "i" or "I",
        ("font", "color") => IsColour(value),
        ("details", "open") => value.Length == 0,
        _ => false,
    };

    /// <summary>The declarations of a style that are allowed, with one of our own before them.</summary>
    /// <param name="style">The style.</param>
    /// <param name="own">Our own declarations; the style's declarations go over it.</param>
    public static string Style(string style, string own)
    {
        if (style.Length == 0)
        {
            return own;
        }

        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var declaration in $"{own};{style}".Split(';'))
        {
            var colon = declaration.IndexOf(':', StringComparison.Ordinal);
            var name = declaration[..Math.Max(colon, 0)].Trim().ToLowerInvariant();
            var value = declaration[(colon + 1)..].Trim();
            if (Properties.Contains(name) && Tokens().Replace(value, string.Empty).Length == 0)
            {
                kept[name] = value;
            }
        }

        return string.Join(';', kept.Select(one => $"{one.Key}:{one.Value}"));
    }

    private static bool IsColour(string value) => Colour().IsMatch(value);

    [GeneratedRegex(@"^[0-9]{1,4}(\.[0-9]{1,3})?(px|%)?$")]
    private static partial Regex Size();

    [GeneratedRegex(@"^-?[0-9]{1,6}$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^([a-zA-Z]{1,30}|#[0-9a-fA-F]{3,8})$")]
    private static partial Regex Colour();

    /// <summary>One word, length or colour, and the space after it. The one function is that of a colour.</summary>
    [GeneratedRegex(
        @"\G(#[0-9a-fA-F]{3,8}|[0-9]{0,4}(\.[0-9]{1,4})?(px|em|rem|pt|%)?|(rgb|hsl)a?\([0-9\s.,%/]{1,40}\)|[a-zA-Z-]{1,30})(\s+|$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Tokens();
}
