using System.Text;
using System.Xml.Linq;

namespace JiraAdoSync.Help;

/// <summary>
/// Makes the pages of the cmdlet reference, one Markdown file a cmdlet and an index, from what Get-Help reads: there is
/// one source of the words.
/// </summary>
internal static class CmdletPages
{
    /// <summary>Writes the pages into a folder, and deletes pages of cmdlets that don't exist.</summary>
    /// <param name="help">What Get-Help reads.</param>
    /// <param name="folder">The folder.</param>
    public static void Write(XDocument help, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var old in Directory.GetFiles(folder, "*.md"))
        {
            File.Delete(old);
        }

        var cmdlets = help.Root!.Elements().ToList();
        var index = new StringBuilder("# Cmdlet reference\n\n")
            .Append("Generated from the same source as `Get-Help`; `build.ps1 -Task Docs` makes it anew.\n\n")
            .Append("| cmdlet | what it does |\n|---|---|\n");
        foreach (var cmdlet in cmdlets)
        {
            var details = Child(cmdlet, "details");
            var name = Child(details, "name").Value;
            index.Append($"| [{name}]({name}.md) | {Cell(Text(Child(details, "description")))} |\n");
            File.WriteAllText(Path.Combine(folder, $"{name}.md"), PageOf(cmdlet, name));
        }

        File.WriteAllText(Path.Combine(folder, "README.md"), index.ToString());
    }

    private static string PageOf(XElement cmdlet, string name)
    {
        var page = new StringBuilder($"# {name}\n\n{Text(Child(Child(cmdlet, "details"), "description"))}\n\n");
        page.Append("## Syntax\n\n```text\n");
        foreach (var set in Children(Child(cmdlet, "syntax"), "syntaxItem"))
        {
            page.Append($"{name}{string.Concat(Children(set, "parameter").Select(Syntax))} [<CommonParameters>]\n");
        }

        var synopsis = Text(Child(Child(cmdlet, "details"), "description"));
        page.Append("```\n\n");
        if (Text(Child(cmdlet, "description")) is var description && description != synopsis)
        {
            page.Append($"## Description\n\n{description}\n\n");
        }

        page.Append("## Examples\n\n");
        foreach (var example in Children(Child(cmdlet, "examples"), "example"))
        {
            page.Append($"### {Escape(Child(example, "title").Value)}\n\n");
            foreach (var paragraph in Children(Child(example, "remarks"), "para").Skip(1))
            {
                page.Append($"{Escape(paragraph.Value.Trim())}\n\n");
            }

            page.Append($"```powershell\n{Child(example, "code").Value.Trim()}\n```\n\n");
        }

        page.Append("## Parameters\n");
        var hasGroups = Children(cmdlet, "alertSet").Any();
        foreach (var group in Children(Child(cmdlet, "parameters"), "parameter")
            .GroupBy(parameter => hasGroups ? ParameterGroups.Of(Child(parameter, "name").Value) : string.Empty))
        {
            page.Append(group.Key.Length == 0 ? "\n" : $"\n### {group.Key}\n\n")
                .Append("| parameter | type | default | pipeline | meaning |\n|---|---|---|---|---|\n");
            foreach (var parameter in group)
            {
                page.Append(RowOf(parameter));
            }
        }

        var outputs = Children(Child(cmdlet, "returnValues"), "returnValue").ToList();
        if (outputs.Count > 0)
        {
            page.Append("\n## Output\n\n");
            foreach (var output in outputs)
            {
                page.Append($"* `{Child(Child(output, "type"), "name").Value}`: {Text(Child(output, "description")).ReplaceLineEndings(" ")}\n");
            }
        }

        return page.ToString();
    }

    private static string RowOf(XElement parameter)
    {
        var isRequired = parameter.Attribute("required")!.Value == "true";
        return $"| `-{Child(parameter, "name").Value}`{(isRequired ? " (required)" : string.Empty)} "
            + $"| {Cell(Child(Child(parameter, "type"), "name").Value)} | {Cell(Child(parameter, "defaultValue").Value)} "
            + $"| {Cell(parameter.Attribute("pipelineInput")!.Value)} | {Cell(Text(Child(parameter, "description")))} |\n";
    }

    private static string Syntax(XElement parameter)
    {
        var name = Child(parameter, "name").Value;
        var value = Children(parameter, "parameterValue").FirstOrDefault()?.Value;
        var text = value is null ? $"-{name}" : $"-{name} <{value}>";
        return parameter.Attribute("required")!.Value == "true" ? $" {text}" : $" [{text}]";
    }

    private static string Text(XElement text) =>
        string.Join("\n\n", Children(text, "para").Select(paragraph => Escape(paragraph.Value.Trim())));

    /// <summary>Angle brackets would be tags, and an asterisk or an underline emphasis.</summary>
    private static string Escape(string text) => text
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);

    private static string Cell(string text) =>
        text.ReplaceLineEndings(" ")
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("  ", " ", StringComparison.Ordinal);

    private static XElement Child(XElement element, string name) =>
        Children(element, name).FirstOrDefault() ?? new XElement(name);

    private static IEnumerable<XElement> Children(XElement element, string name) =>
        element.Elements().Where(child => child.Name.LocalName == name);
}
