using Mono.Cecil;
using Mono.Cecil.Cil;

namespace JiraAdoSync.Tests.Conventions;

/// <summary>Which namespaces of an assembly use which others of it, from its metadata: signatures and code.</summary>
internal sealed class NamespaceGraph
{
    private readonly Dictionary<string, Dictionary<string, string>> _uses = [];

    public NamespaceGraph(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        foreach (var type in module.GetTypes())
        {
            foreach (var used in ReferencesOf(type).SelectMany(Parts).Where(used => used.Scope == module))
            {
                Add(Outermost(type), Outermost(used));
            }
        }
    }

    public IEnumerable<string> Namespaces => _uses.Keys;

    /// <summary>What a namespace uses, with an example: one type that uses another.</summary>
    public IReadOnlyDictionary<string, string> UsesOf(string name) => _uses[name];

    /// <summary>The namespaces of a cycle, in its order; none where there is no cycle.</summary>
    public IReadOnlyList<string> FindCycle()
    {
        var done = new HashSet<string>();
        var path = new List<string>();
        return _uses.Keys.Order(StringComparer.Ordinal).Select(Follow).FirstOrDefault(cycle => cycle.Count > 0) ?? [];

        List<string> Follow(string name)
        {
            if (path.IndexOf(name) is >= 0 and var start)
            {
                return [.. path[start..].Select(one => $"{one} ({string.Join(", ", _uses[one].Values)})"), name];
            }

            if (!done.Add(name))
            {
                return [];
            }

            path.Add(name);
            var found = _uses[name].Keys.Order(StringComparer.Ordinal).Select(Follow)
                .FirstOrDefault(cycle => cycle.Count > 0);
            path.RemoveAt(path.Count - 1);
            return found ?? [];
        }
    }

    private void Add(TypeReference from, TypeReference to)
    {
        if (!IsWritten(from) || !IsWritten(to))
        {
            return;
        }

        var uses = _uses.TryGetValue(from.Namespace, out var known) ? known : _uses[from.Namespace] = [];
        if (from.Namespace != to.Namespace)
        {
            uses.TryAdd(to.Namespace, $"{from.Name} uses {to.Name}");
        }
    }

    /// <summary>What compilers add is in no namespace of ours.</summary>
    private static bool IsWritten(TypeReference type) =>
        type.Namespace.StartsWith(nameof(JiraAdoSync), StringComparison.Ordinal);

    private static IEnumerable<TypeReference> ReferencesOf(TypeDefinition type) =>
        new[] { type.BaseType }
            .Concat(type.Interfaces.Select(one => one.InterfaceType))
            .Concat(type.Fields.Select(field => field.FieldType))
            .Concat(type.CustomAttributes.Select(one => one.AttributeType))
            .Concat(type.Methods.SelectMany(ReferencesOf))
            .OfType<TypeReference>()
            .Append(type);

    private static IEnumerable<TypeReference> ReferencesOf(MethodDefinition method) =>
        method.Parameters.Select(parameter => parameter.ParameterType)
            .Append(method.ReturnType)
            .Concat(method.HasBody ? method.Body.Variables.Select(variable => variable.VariableType) : [])
            .Concat(method.HasBody ? method.Body.Instructions.SelectMany(ReferencesOf) : []);

    private static IEnumerable<TypeReference> ReferencesOf(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    /// <summary>A type and its type arguments, without arrays and references around them.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        GenericParameter => [],
        _ => [type],
    };

    private static TypeReference Outermost(TypeReference type) =>
        type.DeclaringType is null ? type : Outermost(type.DeclaringType);
}
