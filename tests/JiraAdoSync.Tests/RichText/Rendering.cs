using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using JiraAdoSync.Jira;
using JiraAdoSync.RichText;
using Xunit;

namespace JiraAdoSync.Tests.RichText;

/// <summary>Converts a rendering of Jira, and reads the result with a real HTML parser.</summary>
internal static class Rendering
{
    /// <summary>All that is allowed, said here once more: the code under test is not asked what is harmless.</summary>
    private static readonly Dictionary<string, string[]> Harmless = new[]
    {
        "br", "hr", "caption", "thead", "tbody", "tfoot", "tr", "blockquote", "details", "div", "dl", "h1", "h2", "h3",
        "h4", "h5",
        "h6", "p", "pre", "summary", "table", "ul", "b", "cite", "code", "dd", "del", "dt", "em", "i", "ins", "kbd",
        "mark", "q",
        "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
    }.ToDictionary(name => name, _ => Array.Empty<string>());

    private static readonly string[] Everywhere = ["title", "lang", "dir", "align", "valign", "style", "open"];

    private static readonly string[] HarmlessStyles =
        ["url", "expression", "\\", "/*", "@", "position", "binding", "behavior", "behaviour", "var(", "javascript",
            "<", "{", "}"];

    static Rendering()
    {
        Harmless["a"] = ["href"];
        Harmless["img"] = ["src", "alt", "width", "height"];
        Harmless["font"] = ["color"];
        Harmless["td"] = Harmless["th"] = ["colspan", "rowspan"];
        Harmless["col"] = ["span", "width"];
        Harmless["colgroup"] = ["span"];
        Harmless["ol"] = ["start", "type"];
        Harmless["li"] = ["value"];
    }

    public static RichTextContext Context { get; } = new()
    {
        Site = new JiraSite(new Uri("https://contoso.atlassian.net")),
        IssueKey = "SHOP-1",
    };

    public static string Convert(string html, RichTextContext? context = null) =>
        RichTextConverter.Convert(html, context ?? Context).Html;

    public static IElement Parse(string html) => new HtmlParser().ParseDocument($"<!doctype html><body>{html}").Body!;

    /// <summary>A browser that reads this does nothing, whatever the input was.</summary>
    public static void AssertHarmless(string html, string input)
    {
        var body = Parse(html);
        Assert.True(body.Owner!.Head!.ChildElementCount == 0 && body.Attributes.Length == 0, $"{input} -> {html}");
        foreach (var element in body.QuerySelectorAll("*"))
        {
            Assert.True(element.NamespaceUri == "http://www.w3.org/1999/xhtml",
                $"<{element.LocalName}>: {input} -> {html}");
            Assert.True(Harmless.TryGetValue(element.LocalName, out var attributes),
                $"<{element.LocalName}>: {input} -> {html}");
            foreach (var attribute in element.Attributes)
            {
                Assert.True(
                    attributes.Contains(attribute.Name) || Everywhere.Contains(attribute.Name),
                    $"{element.LocalName} {attribute.Name}: {input} -> {html}");
                if (attribute.Name == "style")
                {
                    Assert.DoesNotContain(
                        HarmlessStyles, bad => attribute.Value.Contains(bad, StringComparison.OrdinalIgnoreCase));
                }
                else if (attribute.Name is "href" or "src")
                {
                    Assert.True(
                        Uri.TryCreate(attribute.Value, UriKind.Absolute, out var address)
                        && (address.Scheme is "http" or "https"
                            || (attribute.Name == "href" && address.Scheme is "mailto" or "tel" or "ftp")),
                        $"{attribute.Value}: {input} -> {html}");
                }
            }
        }
    }
}
