using System.Management.Automation.Language;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Xunit;

namespace JiraAdoSync.Tests.Conventions;

/// <summary>
/// The module says that it runs in PowerShell 7.4 to 7.6. The tests run it in 7.6.9 only; what holds it to 7.4 is what
/// it is compiled against, .NET 8 and the reference assembly of PowerShell 5.1, and that its scripts use no cmdlet and
/// no parameter that came later.
/// </summary>
public sealed partial class SupportedVersionTests
{
    /// <summary>The .NET of PowerShell 7.4.</summary>
    private const string Framework = ".NETCoreApp,Version=v8.0";

    /// <summary>
    /// Commands and parameters that came after 7.4, from "What's new" of 7.5 and 7.6 and the change log of what follows:
    /// a name, and after a colon the parameter where the command is older.
    /// </summary>
    private static readonly HashSet<string> Newer = new(StringComparer.OrdinalIgnoreCase)
    {
        "ConvertTo-CliXml", "ConvertFrom-CliXml", "ConvertFrom-Json:DateKind", "Get-Command:ExcludeModule",
        "Get-Clipboard:Delimiter", "Register-ArgumentCompleter:NativeFallback", "Join-Path:Extension",
    };

    [Theory]
    [InlineData("JiraAdoSync")]
    [InlineData("JiraAdoSync.Core")]
    [InlineData("JiraAdoSync.Rest")]
    public void An_assembly_of_the_module_needs_nothing_newer_than_PowerShell_7_4(string name) =>
        Assert.Empty(NewerThan74(Path.Combine(Repository.StagedModule, name + ".dll")));

    [Fact]
    public void An_assembly_that_needs_more_is_found()
    {
        var found = NewerThan74(typeof(SupportedVersionTests).Assembly.Location);
        Assert.Contains(found, one => one.StartsWith("System.Management.Automation 7.6", StringComparison.Ordinal));
        Assert.Contains(found, one => one.StartsWith("System.Runtime 10.", StringComparison.Ordinal));
        Assert.Contains(".NETCoreApp,Version=v10.0", found);
    }

    [Fact]
    public void The_manifest_asks_for_7_4() => Assert.Matches(
        @"PowerShellVersion\s*=\s*'7\.4'",
        File.ReadAllText(Path.Combine(Repository.StagedModule, "JiraAdoSync.psd1")));

    [Fact]
    public void Scripts_that_ship_use_nothing_newer()
    {
        var scripts = Directory.GetFiles(Repository.StagedModule, "*.ps1", SearchOption.AllDirectories)
            .Append(Path.Combine(
                Repository.Root, "src", "JiraAdoSync.PipelinesTask", "SyncJiraToBoards", "sync.ps1"))
            .ToList();
        Assert.True(scripts.Count >= 4, string.Join(", ", scripts));
        Assert.All(scripts, script => Assert.Empty(NewerCommands(File.ReadAllText(script))));
    }

    [Fact]
    public void Scripts_in_views_and_types_use_nothing_newer()
    {
        var blocks = Directory.GetFiles(Repository.StagedModule, "*.ps1xml")
            .SelectMany(file => ScriptBlocks().Matches(File.ReadAllText(file)))
            .Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value))
            .ToList();
        Assert.All(blocks, block => Assert.Empty(NewerCommands(block)));
    }

    [Fact]
    public void A_script_that_uses_something_newer_is_found() => Assert.Equal(
        ["ConvertFrom-Json -DateKind", "ConvertTo-CliXml"],
        NewerCommands("'{}' | ConvertFrom-Json -DateKind Utc | ForEach-Object { $_ | ConvertTo-CliXml }").Order());

    /// <summary>What an assembly is compiled against that PowerShell 7.4 does not have.</summary>
    private static List<string> NewerThan74(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        var found = reader.AssemblyReferences
            .Select(handle => reader.GetAssemblyReference(handle).GetAssemblyName())
            .Where(reference => !reference.Name!.StartsWith("JiraAdoSync", StringComparison.Ordinal)
                && reference.Version > Limit(reference))
            .Select(reference => $"{reference.Name} {reference.Version}")
            .ToList();
        var framework = TargetFramework(reader);
        return framework == Framework ? found : [.. found, framework];
    }

    /// <summary>The reference assembly of PowerShell 5.1 has version 3; the .NET of 7.4 has version 8.</summary>
    private static Version Limit(AssemblyName reference) =>
        reference.Name == "System.Management.Automation" ? new(3, 0, 0, 0) : new(8, 0, 0, 0);

    private static string TargetFramework(MetadataReader reader) => reader.GetAssemblyDefinition().GetCustomAttributes()
        .Select(reader.GetCustomAttribute)
        .Where(attribute => attribute.Constructor.Kind == HandleKind.MemberReference
            && reader.GetString(reader.GetTypeReference((TypeReferenceHandle)reader.GetMemberReference(
                (MemberReferenceHandle)attribute.Constructor).Parent).Name) == "TargetFrameworkAttribute")
        .Select(attribute =>
        {
            var value = reader.GetBlobReader(attribute.Value);
            value.ReadUInt16();
            return value.ReadSerializedString() ?? "";
        })
        .Single();

    private static IEnumerable<string> NewerCommands(string code)
    {
        foreach (var command in Parser.ParseInput(code, out _, out _)
            .FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (command.GetCommandName() is not { } name)
            {
                continue;
            }

            if (Newer.Contains(name))
            {
                yield return name;
            }

            foreach (var parameter in command.CommandElements.OfType<CommandParameterAst>())
            {
                if (Newer.Contains($"{name}:{parameter.ParameterName}"))
                {
                    yield return $"{name} -{parameter.ParameterName}";
                }
            }
        }
    }

    [GeneratedRegex("<(?:ScriptBlock|GetScriptBlock|Script)>(.*?)</", RegexOptions.Singleline)]
    private static partial Regex ScriptBlocks();
}
