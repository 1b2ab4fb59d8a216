namespace JiraAdoSync.RichText;

/// <summary>An element of a text in HTML, or a text (<see cref="Name"/> is empty).</summary>
internal sealed class HtmlElement(string name, string text, IReadOnlyDictionary<string, string> attributes)
{
    private const int DeepestNesting = 100;

    private static readonly Dictionary<string, string> None = [];

    /// <summary>What ends by itself before an element begins, and what it does not end beyond.</summary>
    private static readonly Dictionary<string, (string[] Ends, string[] Within)> Implied = new()
    {
        ["li"] = (["li"], ["ul", "ol"]),
        ["tr"] = (["tr"], ["table"]),
        ["td"] = (["td", "th"], ["tr", "table"]),
        ["th"] = (["td", "th"], ["tr", "table"]),
    };

    /// <summary>Its name in lower case; empty for a text.</summary>
    public string Name { get; } = name;

    /// <summary>The text; empty for an element.</summary>
    public string Text { get; } = text;

    /// <summary>What is in it.</summary>
    public List<HtmlElement> Children { get; } = [];

    /// <summary>Whether it begins a line of its own.</summary>
    public bool IsBlock =>
        HtmlPolicy.Blocks.Contains(Name) || HtmlPolicy.TableParts.Contains(Name) || Name is "li" or "dd" or "dt";

    /// <summary>An attribute's value; empty where there is none.</summary>
    public string this[string attribute] => attributes.GetValueOrDefault(attribute, string.Empty);

    /// <summary>Its text and that of all that is in it.</summary>
    public string AllText => Name.Length == 0 ? Text : string.Concat(Children.Select(child => child.AllText));

    /// <summary>All elements in it, at any depth, itself left out.</summary>
    public IEnumerable<HtmlElement> Descendants() =>
        Children.SelectMany(child => child.Descendants().Prepend(child)).Where(one => one.Name.Length > 0);

    /// <summary>Reads a text: whatever is not closed ends with it, and what is open nowhere is not ended.</summary>
    /// <param name="html">The text.</param>
    public static HtmlElement Read(string html)
    {
        var root = new HtmlElement("body", string.Empty, None);
        var open = new List<HtmlElement> { root };
        foreach (var token in HtmlTokenizer.Read(html))
        {
            switch (token.Kind)
            {
                case HtmlTokenKind.Text:
                    open[^1].Children.Add(new HtmlElement(string.Empty, token.Value, None));
                    break;
                case HtmlTokenKind.Start:
                    EndImplied(open, token.Value);
                    var element = new HtmlElement(token.Value, string.Empty, token.Attributes);
                    open[^1].Children.Add(element);
                    if (
                        token.Value is not ("br" or "hr" or "img" or "col" or "input" or "wbr")
                        && open.Count < DeepestNesting)
                    {
                        open.Add(element);
                    }

                    break;
                default:
                    var at = open.FindLastIndex(one => one.Name == token.Value);
                    if (at > 0)
                    {
                        open.RemoveRange(at, open.Count - at);
                    }

                    break;
            }
        }

        return root;
    }

    private static void EndImplied(List<HtmlElement> open, string name)
    {
        if (HtmlPolicy.Blocks.Contains(name) && open[^1].Name == "p")
        {
            open.RemoveAt(open.Count - 1);
        }

        if (Implied.TryGetValue(name, out var rule))
        {
            var at = open.FindLastIndex(one => rule.Ends.Contains(one.Name) || rule.Within.Contains(one.Name));
            if (at > 0 && rule.Ends.Contains(open[at].Name))
            {
                open.RemoveRange(at, open.Count - at);
            }
        }
    }
}
