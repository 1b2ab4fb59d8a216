using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using JiraAdoSync.Tests.Cmdlets;
using Mono.Cecil;
using Xunit;

namespace JiraAdoSync.Tests.Conventions;

/// <summary>What holds for the whole code, by reflection.</summary>
public sealed class ConventionTests
{
    [Fact]
    public void Core_knows_neither_HTTP_nor_PowerShell_nor_the_rest_of_us() => Assert.DoesNotContain(
        References(typeof(Jira.Replica).Assembly),
        name => name.StartsWith("System.Net", StringComparison.Ordinal)
            || name == "System.Management.Automation"
            || name.StartsWith("JiraAdoSync", StringComparison.Ordinal));

    [Fact]
    public void Rest_knows_Core_and_not_PowerShell()
    {
        var references = References(typeof(JiraAdoSync.Rest.RestException).Assembly);
        Assert.Contains("JiraAdoSync.Core", references);
        Assert.DoesNotContain("System.Management.Automation", references);
        Assert.DoesNotContain("JiraAdoSync", references);
    }

    [Fact]
    public void The_sandbox_references_nothing_of_the_module() => Assert.DoesNotContain(
        References(typeof(JiraAdoSync.Sandbox.SandboxServer).Assembly),
        name => name.StartsWith("JiraAdoSync", StringComparison.Ordinal));

    [Fact]
    public void The_staged_module_ships_no_assembly_of_others()
    {
        var shipped = Directory.GetFiles(Repository.StagedModule, "*.dll").Select(Path.GetFileNameWithoutExtension)
            .Order();
        Assert.Equal(["JiraAdoSync", "JiraAdoSync.Core", "JiraAdoSync.Rest"], shipped);
    }

    [Fact]
    public void The_manifest_exports_each_cmdlet_and_nothing_else()
    {
        using var session = new PowerShellSession();
        var exported = session.Run("(Get-Module JiraAdoSync).ExportedCmdlets.Keys").Succeeded().Output
            .Select(name => name.ToString()).Order();
        Assert.Equal(Cmdlets(session).Select(cmdlet => cmdlet.Name).Order(), exported);
    }

    [Fact]
    public void Every_cmdlet_that_emits_says_what_and_every_one_that_writes_asks_first()
    {
        using var session = new PowerShellSession();
        foreach (var (name, type) in Cmdlets(session))
        {
            var verb = name.Split('-')[0];
            var attribute = type.GetCustomAttribute<CmdletAttribute>()!;
            var changes = verb is "New" or "Sync" or "Invoke" or "Set" or "Clear" or "Export" or "Import" or "Undo" or "Remove"
                or "Watch";
            Assert.True(attribute.SupportsShouldProcess == changes, $"{name}: SupportsShouldProcess");
            var emits = type.GetCustomAttributes<OutputTypeAttribute>().Any();
            Assert.True(emits == verb is not ("Clear" or "Export" or "Disconnect" or "Remove"), $"{name}: OutputType");
            Assert.True(type.IsSealed, $"{name} is sealed");
        }
    }

    [Fact]
    public void Cmdlets_have_four_base_classes()
    {
        using var session = new PowerShellSession();
        var bases = Cmdlets(session).SelectMany(cmdlet => BasesOf(cmdlet.Type)).Select(type => type.Name).Distinct().Order();
        Assert.Equal(["JiraAdoCommand", "SyncCommand", "WholeSyncCommand", "WorkItemCommand"], bases);

        static IEnumerable<Type> BasesOf(Type type)
        {
            for (var one = type.BaseType!; one.Assembly == type.Assembly; one = one.BaseType!)
            {
                yield return one;
            }
        }
    }

    /// <summary>
    /// A parameter that neither a cmdlet nor a base class of it reads can have no effect on it, and what another cmdlet
    /// reads is for another base class.
    /// </summary>
    [Fact]
    public void Every_cmdlet_reads_each_of_its_parameters()
    {
        using var session = new PowerShellSession();
        var cmdlets = Cmdlets(session);
        using var module = ModuleDefinition.ReadModule(cmdlets[0].Type.Assembly.Location);
        var unread = new List<string>();
        foreach (var (name, type) in cmdlets)
        {
            var read = new HashSet<string>();
            for (var one = type; one.Assembly == type.Assembly; one = one.BaseType!)
            {
                read.UnionWith(CallsOf(module.GetType(one.FullName)));
            }

            unread.AddRange(type.GetProperties()
                .Where(property => property.IsDefined(typeof(ParameterAttribute)) && !read.Contains($"get_{property.Name}"))
                .Select(property => $"{name} -{property.Name}"));
        }

        Assert.Empty(unread);

        static IEnumerable<string> CallsOf(TypeDefinition type) => type.NestedTypes.SelectMany(CallsOf).Concat(type.Methods
            .Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions)
            .Select(instruction => (instruction.Operand as MethodReference)?.Name)
            .OfType<string>());
    }

    /// <summary>What takes more has several concerns, or its parameters are one value that has no name yet.</summary>
    [Fact]
    public void No_constructor_takes_more_than_five_parameters()
    {
        using var session = new PowerShellSession();
        Assembly[] assemblies =
        [
            Cmdlets(session)[0].Type.Assembly, typeof(Jira.Replica).Assembly, typeof(JiraAdoSync.Rest.RestException).Assembly,
        ];
        var types = assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !IsRecord(type))
            .ToList();
        Assert.True(types.Count > 200, $"Only {types.Count} types were found.");
        Assert.All(types, type => Assert.All(
            type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
            constructor => Assert.True(
                constructor.GetParameters().Length <= 5, $"{type} takes {constructor.GetParameters().Length} parameters.")));

        // A record is the value that has a name.
        static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null
            || type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null;
    }

    private static IEnumerable<string> References(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static List<(string Name, Type Type)> Cmdlets(PowerShellSession session)
    {
        var module = session.Run("(Get-Command Connect-JiraSite).ImplementingType").Succeeded().Output[0].BaseObject;
        return ((Type)module).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)
            .Select(type => (Name(type.GetCustomAttribute<CmdletAttribute>()!), type))
            .ToList();
    }

    private static string Name(CmdletAttribute cmdlet) => $"{cmdlet.VerbName}-{cmdlet.NounName}";
}
