using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using JiraAdoSync.Files;

namespace JiraAdoSync.Profiles;

/// <summary>
/// A file that holds the parameters of a sync: one hashtable of data. Nothing of it is executed when it is read; in a
/// <c>.ps1</c>, values may be script blocks, which the mappings run for what they map.
/// </summary>
internal sealed class SyncProfile
{
    /// <summary>Entries that say where and how to connect, which Connect-JiraAdo reads.</summary>
    public static readonly string[] OfConnections =
        ["JiraSite", "AdoProject", "AdoOrganization", "JiraUser", "JiraSecret", "AdoSecret"];

    private readonly string _path;
    private readonly List<(string Name, object? Value, int Line)> _entries;

    private SyncProfile(string path, string text, List<(string Name, object? Value, int Line)> entries) =>
        (_path, Text, _entries) = (path, text, entries);

    /// <summary>The text of the file.</summary>
    public string Text { get; }

    /// <summary>The file's name, without its folder.</summary>
    public string Name => Path.GetFileName(_path);

    /// <summary>The folder that files which the profile names are relative to; empty where nobody knows it.</summary>
    public string Folder => Path.GetDirectoryName(_path) ?? string.Empty;

    /// <summary>The SHA-256 of a profile's text, by which a run's record knows it.</summary>
    /// <param name="text">The text.</param>
    public static string HashOf(string text) =>
        System.Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();

    /// <summary>Reads a file.</summary>
    /// <exception cref="SyncException">
    /// <c>ProfileInvalid</c>, with the line: it is not one hashtable of data.
    /// </exception>
    public static SyncProfile Read(string path) => Parse(TextFile.Read(path, "ProfileInvalid"), path);

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The file's name, which says whether values may be script blocks.</param>
    /// <exception cref="SyncException">
    /// <c>ProfileInvalid</c>, with the line: it is not one hashtable of data.
    /// </exception>
    public static SyncProfile Parse(string text, string path)
    {
        var script = Parser.ParseInput(text, path, out _, out var errors);
        if (errors.Length > 0)
        {
            throw Invalid(path, errors[0].Extent.StartLineNumber, errors[0].Message);
        }

        var table = HashtableOf(script)
            ?? throw Invalid(
                path, 1, "It must hold one hashtable and nothing else, as in @{ Jql = 'project = SHOP' }.");
        var mayScript = Path.GetExtension(path).Equals(".ps1", StringComparison.OrdinalIgnoreCase);
        return new SyncProfile(path, text, table.KeyValuePairs
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

    /// <summary>Leaves out what only the cmdlets that connect have.</summary>
    /// <exception cref="SyncException"><c>ProfileInvalid</c>: an entry is not text.</exception>
    public void LeaveOutConnections() => Array.ForEach(OfConnections, name => Take(name));

    /// <summary>Leaves out entries that only another command has.</summary>
    public void LeaveOut(IReadOnlyCollection<string> names) =>
        _entries.RemoveAll(entry => names.Contains(entry.Name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Refuses a profile that is for other sites than the session is connected to.</summary>
    /// <param name="site">The Jira site.</param>
    /// <param name="organization">The organisation's address.</param>
    /// <param name="project">The project's name.</param>
    /// <exception cref="SyncException"><c>ProfileInvalid</c>.</exception>
    public void CheckSites(string site, Uri organization, string project)
    {
        Check("JiraSite", site);
        Check("AdoProject", project);
        Check("AdoOrganization", organization.AbsoluteUri.TrimEnd('/'));

        void Check(string name, string connected)
        {
            if (Find(name) is { } wanted && !wanted.TrimEnd('/').Equals(connected, StringComparison.OrdinalIgnoreCase))
            {
                throw new SyncException(
                    "ProfileInvalid",
                    $"The profile '{_path}' is for {name} '{wanted}', and the session is connected to '{connected}'. Connect there, or "
                    + "change the entry.",
                    _path);
            }
        }
    }

    /// <summary>A value that is text, such as a query; null where there is none.</summary>
    /// <param name="name">The entry's name.</param>
    public string? Find(string name) => _entries
        .Find(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value as string;

    /// <summary>A number of the profile; null where there is none.</summary>
    /// <param name="name">The parameter's name.</param>
    public int? FindNumber(string name) =>
        _entries.Find(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { } value
        && LanguagePrimitives.TryConvertTo<int>(value, out var number)
            ? number
            : null;

    /// <summary>
    /// What the profile says, one thing at a time: a parameter with its value, or a key of one that is a table. A table
    /// in a table, as that of one type's states, gives its keys under its own.
    /// </summary>
    public IEnumerable<ProfileValue> Values =>
        _entries.SelectMany(entry =>
            entry.Value is Hashtable table
                ? table
                    .Cast<DictionaryEntry>()
                    .SelectMany(one =>
                        one.Value is Hashtable inner && IsOfType(entry.Name)
                            ? inner
                                .Cast<DictionaryEntry>()
                                .Select(two => new ProfileValue(entry.Name, $"{one.Key}", $"{two.Key}", two.Value))
                            : [new ProfileValue(entry.Name, $"{one.Key}", null, one.Value)])
                : [new ProfileValue(entry.Name, null, null, entry.Value)]);

    /// <summary>A copy of the profile, from which entries can be removed.</summary>
    public SyncProfile Copy() => new(_path, Text, [.. _entries]);

    /// <summary>The same profile, and one thing that is said otherwise.</summary>
    /// <param name="name">What is said: a parameter, and a key in it.</param>
    /// <param name="value">The value; null where nothing is said of it.</param>
    public SyncProfile With(ProfileValue name, ProfileValue? value)
    {
        var entries = _entries.ToList();
        var at = entries.FindIndex(entry => entry.Name.Equals(name.Table, StringComparison.OrdinalIgnoreCase));
        var changed = name.Key is null ? value?.Value : Changed(at < 0 ? null : entries[at].Value, name, value);
        if (at >= 0)
        {
            entries.RemoveAt(at);
        }

        if (value is not null || name.Key is not null)
        {
            entries.Add((name.Table, changed, 1));
        }

        return new SyncProfile(_path, Text, entries);
    }

    private static Hashtable Changed(object? table, ProfileValue name, ProfileValue? value)
    {
        var copy = table is Hashtable old
            ? new Hashtable(old, StringComparer.OrdinalIgnoreCase)
            : new Hashtable(StringComparer.OrdinalIgnoreCase);
        if (name.InnerKey is not null)
        {
            copy[name.Key!] = Changed(copy[name.Key!], name with { Key = name.InnerKey, InnerKey = null }, value);
        }
        else if (value is null)
        {
            copy.Remove(name.Key!);
        }
        else
        {
            copy[name.Key!] = value.Value;
        }

        return copy;
    }

    /// <summary>Whether a table may have one for a type in it; other tables' values are values.</summary>
    private static bool IsOfType(string name) => name.Equals("StateMapping", StringComparison.OrdinalIgnoreCase);

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
        script is
        {
            ParamBlock: null, BeginBlock: null, ProcessBlock: null, UsingStatements.Count: 0, ScriptRequirements: null,
            EndBlock.Statements: [var statement],
        }
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
