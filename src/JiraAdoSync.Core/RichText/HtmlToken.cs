namespace JiraAdoSync.RichText;

/// <summary>What a piece of HTML is.</summary>
internal enum HtmlTokenKind
{
    /// <summary>Text, its entities decoded.</summary>
    Text,

    /// <summary>The start of an element.</summary>
    Start,

    /// <summary>The end of an element.</summary>
    End,
}

/// <summary>One piece of HTML.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The text, or the element's name in lower case.</param>
/// <param name="Attributes">
/// A start's attributes, names in lower case, values decoded; of two of one name the first.
/// </param>
internal readonly record struct HtmlToken(
    HtmlTokenKind Kind,
    string Value,
    IReadOnlyDictionary<string, string> Attributes)
{
    private static readonly Dictionary<string, string> None = [];

    public static HtmlToken Text(string text) => new(HtmlTokenKind.Text, text, None);

    public static HtmlToken Start(string name, IReadOnlyDictionary<string, string>? attributes) =>
        new(HtmlTokenKind.Start, name, attributes ?? None);

    public static HtmlToken End(string name) => new(HtmlTokenKind.End, name, None);

    /// <summary>An attribute's value; empty where there is none.</summary>
    public string this[string attribute] => Attributes.GetValueOrDefault(attribute, string.Empty);

    /// <summary>Whether the class attribute names a class.</summary>
    public bool HasClass(string name) => this["class"]
        .Split((char[])[' ', '\t', '\n', '\r', '\f'])
        .Contains(name, StringComparer.OrdinalIgnoreCase);
}
