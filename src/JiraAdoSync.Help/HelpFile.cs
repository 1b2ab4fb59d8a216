using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Xml.Linq;

namespace JiraAdoSync.Help;

/// <summary>
/// Makes the MAML that Get-Help reads. PowerShell itself lists the cmdlets, their parameters and their sets; the words
/// are those of the comments in the source: <c>summary</c> is the synopsis, <c>remarks</c> the description,
/// <c>example</c> an example with a <c>para</c> of what it shows and its <c>code</c>.
/// </summary>
internal sealed class HelpFile(Comments comments)
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";
    private static readonly XNamespace Help = "http://msh";

    private static readonly Dictionary<string, string> OfPowerShell = new()
    {
        ["WhatIf"] = "Show what would be done, and do nothing.",
        ["Confirm"] = "Ask before each change.",
    };

    /// <summary>The help of all cmdlets of an assembly.</summary>
    public XDocument Of(string assembly)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([assembly]);
        using var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        var cmdlets = shell.AddCommand("Get-Command").AddParameter("Module", Path.GetFileNameWithoutExtension(assembly))
            .Invoke<CmdletInfo>();
        return new XDocument(
            new XDeclaration("1.0", "utf-8", null),
            new XElement(
                Help + "helpItems",
                new XAttribute("schema", "maml"),
                new XAttribute(XNamespace.Xmlns + "maml", Maml),
                new XAttribute(XNamespace.Xmlns + "command", Command),
                new XAttribute(XNamespace.Xmlns + "dev", Dev),
                cmdlets.OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal).Select(Of)));
    }

    private XElement Of(CmdletInfo cmdlet)
    {
        var comment = comments.Of(cmdlet.ImplementingType);
        var synopsis = Comments.Paragraphs(comment?.Element("summary"));
        var remarks = Comments.Paragraphs(comment?.Element("remarks"));
        var instance = Activator.CreateInstance(cmdlet.ImplementingType)!;
        var parameters = cmdlet.ParameterSets.SelectMany(set => set.Parameters).Where(IsOwn)
            .DistinctBy(parameter => parameter.Name)
            .ToList();
        var hasGroups = parameters.Count > ParameterGroups.MostWithoutGroups;
        parameters = parameters
            .OrderBy(parameter => hasGroups ? ParameterGroups.OrderOf(ParameterGroups.Of(parameter.Name)) : 0)
            .ThenBy(parameter => OfPowerShell.ContainsKey(parameter.Name))
            .ThenBy(parameter => parameter.Name, StringComparer.Ordinal)
            .ToList();
        var groups = parameters.GroupBy(
            parameter => ParameterGroups.Of(parameter.Name),
            parameter => $"-{parameter.Name}");
        return new XElement(
            Command + "command",
            new XElement(
                Command + "details",
                new XElement(Command + "name", cmdlet.Name),
                new XElement(Maml + "description", Paragraphs(synopsis)),
                new XElement(Command + "verb", cmdlet.Verb),
                new XElement(Command + "noun", cmdlet.Noun)),
            new XElement(Maml + "description", Paragraphs(remarks.Count == 0 ? synopsis : remarks)),
            new XElement(Command + "syntax", cmdlet.ParameterSets.Select(set => new XElement(
                Command + "syntaxItem",
                new XElement(Maml + "name", cmdlet.Name),
                set.Parameters.Where(IsOwn).Select(parameter => Of(parameter, cmdlet, instance))))),
            new XElement(Command + "parameters", parameters.Select(parameter => Of(parameter, cmdlet, instance))),
            new XElement(
                Command + "inputTypes",
                parameters.Where(parameter => parameter.ValueFromPipeline).Select(parameter => new XElement(
                    Command + "inputType",
                    new XElement(Dev + "type", new XElement(Maml + "name", TypeName(parameter.ParameterType)))))),
            new XElement(
                Command + "returnValues",
                cmdlet.OutputType.Select(output => new XElement(
                    Command + "returnValue",
                    new XElement(Dev + "type", new XElement(Maml + "name", output.Name)),
                    new XElement(Maml + "description", Paragraphs(output.Type is null
                        ? [] : Comments.Paragraphs(comments.Of(output.Type)?.Element("summary"))))))),
            !hasGroups ? null : new XElement(
                Maml + "alertSet",
                new XElement(
                    Maml + "alert",
                    Paragraphs(groups.Select(group => $"{group.Key}: {string.Join(", ", group)}").Prepend("Parameters by group")))),
            new XElement(
                Command + "examples",
                comment?.Elements("example").Select((example, index) => new XElement(
                    Command + "example",
                    new XElement(Maml + "title", Title(example, index + 1)),
                    new XElement(Dev + "code", string.Join('\n', example.Elements("code").Select(Comments.Code))),
                    new XElement(
                        Dev + "remarks", Paragraphs(example.Elements("para").SelectMany(Comments.Paragraphs)))))),
            new XElement(
                Command + "relatedLinks",
                new XElement(
                    Maml + "navigationLink",
                    new XElement(Maml + "linkText", "Online version:"),
                    new XElement(
                        Maml + "uri", cmdlet.ImplementingType.GetCustomAttribute<CmdletAttribute>()!.HelpUri)),
                new XElement(
                    Maml + "navigationLink",
                    new XElement(Maml + "linkText", "about_JiraAdoSync"),
                    new XElement(Maml + "uri"))));
    }

    /// <summary>The number of an example, and what it shows.</summary>
    private static string Title(XElement example, int number)
    {
        var shown = example.Elements("para").SelectMany(Comments.Paragraphs).FirstOrDefault();
        return shown is null ? $"Example {number}" : $"Example {number}: {shown.TrimEnd('.')}";
    }

    private XElement Of(CommandParameterInfo parameter, CmdletInfo cmdlet, object instance)
    {
        var property = cmdlet.ImplementingType.GetProperty(parameter.Name);
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var isSwitch = type == typeof(SwitchParameter);
        var text = property is null
            ? [OfPowerShell[parameter.Name]]
            : Comments.Paragraphs(comments.Of(property)?.Element("summary"))
                .Concat(type.IsEnum ? comments.OfValues(type) : []);
        return new XElement(
            Command + "parameter",
            new XAttribute("required", parameter.IsMandatory),
            new XAttribute("variableLength", type.IsArray),
            new XAttribute("globbing", "false"),
            new XAttribute(
                "pipelineInput", (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
            {
                (true, true) => "True (ByValue, ByPropertyName)",
                (true, false) => "True (ByValue)",
                (false, true) => "True (ByPropertyName)",
                _ => "False",
            }),
            new XAttribute("position", parameter.Position >= 0 ? parameter.Position : "named"),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            new XElement(Maml + "description", Paragraphs(text)),
            isSwitch ? null : new XElement(
                Command + "parameterValue",
                new XAttribute("required", "true"),
                new XAttribute("variableLength", type.IsArray),
                TypeName(type)),
            type.IsEnum ? new XElement(
                Command + "parameterValueGroup",
                Enum.GetNames(type).Select(name => new XElement(
                    Command + "parameterValue",
                    new XAttribute("required", "false"),
                    new XAttribute("variableLength", "false"),
                    name))) : null,
            new XElement(Dev + "type", new XElement(Maml + "name", TypeName(type))),
            new XElement(Dev + "defaultValue", DefaultOf(property, instance) ?? (isSwitch ? "False" : "None")));
    }

    private static bool IsOwn(CommandParameterInfo parameter) =>
        OfPowerShell.ContainsKey(parameter.Name) || !Cmdlet.CommonParameters.Contains(parameter.Name);

    private static string? DefaultOf(PropertyInfo? property, object instance) =>
        property?.PropertyType is { IsValueType: true } type && type != typeof(SwitchParameter)
            && property.GetCustomAttributes<ParameterAttribute>().All(attribute => !attribute.Mandatory)
            ? property.GetValue(instance)?.ToString()
            : null;

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> text) =>
        text.Select(paragraph => new XElement(Maml + "para", paragraph));

    private static string TypeName(Type type) =>
        type.IsArray ? $"{TypeName(type.GetElementType()!)}[]" : (Nullable.GetUnderlyingType(type) ?? type).Name;
}
