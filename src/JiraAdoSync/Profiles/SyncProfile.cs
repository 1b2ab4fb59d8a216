using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using JiraAdoSync.Files;

namespace JiraAdoSync.Profiles;

/// <summary>
/// A file that holds the parameters of a sync: one hashtable of data. Nothing of it is executed when it is read; in a
/// <c>.ps1</c>, values may be script blocks, which the mappings run for what they map.
/// </summary>
internal sealed class SyncProfile
{
    private readonly string _path;
    private readonly List<(string Name, object? Value, int Line)> _entries;

    private SyncProfile(string path, List<(string Name, object? Value, int Line)> entries) =>
        (_path, _entries) = (path, entries);

    /// <summary>Reads a file.</summary>
    /// <exception cref="SyncException">
    /// <c>ProfileInvalid</c>, with the line: it is not one hashtable of data.
    /// </exception>
    public static SyncProfile Read(string path)
    {
        var text = TextFile.Read(path, "ProfileInvalid");
        var script = Parser.ParseInput(text, path, out _, out var errors);
        if (errors.Length > 0)
        {
            throw Invalid(path, errors[0].Extent.StartLineNumber, errors[0].Message);
        }

        var table = HashtableOf(script)
            ?? throw Invalid(
                path, 1, "It must hold one hashtable and nothing else, as in @{ Jql = 'project = SHOP' }.");
        var mayScript = Path.GetExtension(path).Equals(".ps1", StringComparison.OrdinalIgnoreCase);
        return new SyncProfile(path, table.KeyValuePairs
            .Select(pair =>
                (NameOf(pair.Item1, path), ValueOf(pair.Item2, path, mayScript), pair.Item1.Extent.StartLineNumber))
            .ToList());
    }

    /// <summary>Takes an entry that is no parameter out.</summary>
    public string? Take(string name)
    {
        var at = _entries.FindIndex(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (at < 0)
        {
            return null;
        }

        var (_, value, line) = _entries[at];
        _entries.RemoveAt(at);
        return value as string ?? throw Invalid(_path, line, $"'{name}' is not text.");
    }

    /// <summary>The parameters of a command that a profile may have.</summary>
    /// <param name="command">The command.</param>
    /// <param name="reserved">The names of parameters that no profile has.</param>
    public static IEnumerable<PropertyInfo> ParametersOf(PSCmdlet command, IReadOnlyCollection<string> reserved) =>
        command.GetType().GetProperties()
            .Where(property => property.IsDefined(typeof(ParameterAttribute)) && !reserved.Contains(property.Name));

    /// <summary>Gives a command the parameters that its user did not give.</summary>
    /// <param name="command">The command.</param>
    /// <param name="given">The names of the parameters that its user gave.</param>
    /// <param name="reserved">The names of parameters that no profile has.</param>
    /// <exception cref="SyncException"><c>ProfileInvalid</c>, with the line.</exception>
    public void ApplyTo(PSCmdlet command, ICollection<string> given, IReadOnlyCollection<string> reserved)
    {
        var parameters = ParametersOf(command, reserved)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value, line) in _entries)
        {
            if (!parameters.TryGetValue(name, out var property))
            {
                throw Invalid(_path, line, $"There is no entry '{name}'. {Nearest.Sentence(name, parameters.Keys)}");
            }

            if (given.Contains(property.Name))
            {
                continue;
            }

            property.SetValue(command, Convert(name, value, line, property));
        }
    }

    private object? Convert(string name, object? value, int line, PropertyInfo property)
    {
        try
        {
            var converted = LanguagePrimitives.ConvertTo(value, property.PropertyType);
            if (property.GetCustomAttribute<ValidateRangeAttribute>() is { } range
                && (Comparer.Default.Compare(converted, range.MinRange) < 0
                    || Comparer.Default.Compare(converted, range.MaxRange) > 0))
            {
                throw Invalid(_path, line, $"'{name}' is not between {range.MinRange} and {range.MaxRange}.");
            }

            return converted;
        }
        catch (PSInvalidCastException unfit)
        {
            throw Invalid(_path, line, $"'{name}' has a value that it can't take: {unfit.Message}");
        }
    }

    private static HashtableAst? HashtableOf(ScriptBlockAst script) =>
        script is { ParamBlock: null, BeginBlock: null, ProcessBlock: null, EndBlock.Statements: [var statement] }
            ? Expression(statement) as HashtableAst
            : null;

    private static ExpressionAst? Expression(StatementAst statement) => (statement as PipelineAst)?.GetPureExpression();

    private static string NameOf(ExpressionAst name, string path) => name is StringConstantExpressionAst text
        ? text.Value
        : throw Invalid(path, name.Extent.StartLineNumber, $"'{name.Extent.Text}' is no name of an entry.");

    private static object? ValueOf(StatementAst statement, string path, bool mayScript)
    {
        switch (Expression(statement))
        {
            case ScriptBlockExpressionAst script when mayScript:
                return script.ScriptBlock.GetScriptBlock();
            case HashtableAst table:
                var entries = new Hashtable(StringComparer.OrdinalIgnoreCase);
                foreach (var (name, value) in table.KeyValuePairs)
                {
                    entries[NameOf(name, path)] = ValueOf(value, path, mayScript);
                }

                return entries;
            case { } data when IsData(data):
                return data.SafeGetValue();
            default:
                throw NoData(statement, path, mayScript);
        }
    }

    /// <summary>Whether an expression is made of constants; anything else would have to be executed.</summary>
    private static bool IsData(ExpressionAst expression)
    {
        if (expression.Find(node => node is ScriptBlockExpressionAst, searchNestedScriptBlocks: true) is not null)
        {
            return false;
        }

        try
        {
            _ = expression.SafeGetValue();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static SyncException NoData(Ast value, string path, bool mayScript) => Invalid(
        path,
        value.Extent.StartLineNumber,
        $"'{Short(value.Extent.Text)}' is no data: texts, numbers, $true, $false, $null, lists and hashtables are"
        + (mayScript ? ", and script blocks." : ". A file whose name ends in .ps1 may have script blocks, too."));

    private static string Short(string text) => text.Length > 60 ? text[..57] + "..." : text;

    private static SyncException Invalid(string path, int line, string why) =>
        new("ProfileInvalid", $"The profile '{path}' can't be used, line {line}: {why}", path);
}
