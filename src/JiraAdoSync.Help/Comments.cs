using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace JiraAdoSync.Help;

/// <summary>The documentation comments that the compiler wrote beside assemblies.</summary>
internal sealed partial class Comments
{
    private readonly Dictionary<string, XElement> _members;

    private Comments(Dictionary<string, XElement> members) => _members = members;

    /// <summary>Reads the comments of several assemblies.</summary>
    public static Comments Read(IEnumerable<string> files) => new(files
        .SelectMany(file => XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("member"))
        .DistinctBy(member => member.Attribute("name")!.Value)
        .ToDictionary(member => member.Attribute("name")!.Value));

    /// <summary>A type's comment.</summary>
    public XElement? Of(Type type) => _members.GetValueOrDefault($"T:{type.FullName}");

    /// <summary>A property's comment, which is where the property is declared.</summary>
    public XElement? Of(PropertyInfo property) =>
        _members.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>What the values of an enum mean, a line each.</summary>
    public IEnumerable<string> OfValues(Type type) => Enum.GetNames(type)
        .Select(name => $"{name}: {string.Join(' ', Paragraphs(_members.GetValueOrDefault($"F:{type.FullName}.{name}")?.Element("summary")))}");

    /// <summary>A comment's text, a line for each paragraph and each item of a list.</summary>
    public static IReadOnlyList<string> Paragraphs(XElement? comment)
    {
        var paragraphs = new List<string>();
        var open = new List<XNode>();
        void Close()
        {
            paragraphs.Add(Text(open));
            open.Clear();
        }

        foreach (var node in comment?.Nodes() ?? [])
        {
            if (node is XElement { Name.LocalName: "para" or "list" } block)
            {
                Close();
                paragraphs.AddRange(block.Name == "list"
                    ? block.Elements("item").Select(item => "* " + Text(item.Nodes()))
                    : Paragraphs(block));
            }
            else
            {
                open.Add(node);
            }
        }

        Close();
        return paragraphs.FindAll(paragraph => paragraph.Length > 0);
    }

    /// <summary>The lines of a code block, without the indent that they share.</summary>
    public static string Code(XElement code)
    {
        var lines = code.Value.Split('\n').Select(line => line.TrimEnd())
            .SkipWhile(line => line.Length == 0).Reverse().SkipWhile(line => line.Length == 0).Reverse().ToList();
        var indent = lines.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length)
            .DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : string.Empty));
    }

    private static string Text(IEnumerable<XNode> nodes) =>
        Whitespace().Replace(string.Concat(nodes.Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("cref") is { } name => name.Value.Split('.', ':')[^1].Split('(')[0],
        XElement element when element.Attribute("langword") is { } word => word.Value,
        XElement element when element.Attribute("name") is { } name => name.Value,
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => string.Empty,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
