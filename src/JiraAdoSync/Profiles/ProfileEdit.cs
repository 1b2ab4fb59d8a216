using System.Management.Automation.Language;
using JiraAdoSync.Drafting;

namespace JiraAdoSync.Profiles;

/// <summary>
/// Changes single entries in the text of a profile, and leaves the rest as its author wrote it, comments and order
/// included.
/// </summary>
internal static class ProfileEdit
{
    private const string Indent = "    ";

    /// <summary>The text with the entries of a draft.</summary>
    /// <param name="text">The text of a profile that can be read.</param>
    /// <param name="entries">The entries.</param>
    public static string Apply(string text, IEnumerable<DraftEntry> entries)
    {
        foreach (var entry in entries)
        {
            text = Set(text, entry.Table, entry.Key, ValueOf(entry), entry.Words);
            // An entry for one type wins over one for all types: both have to agree.
            if (entry is { Table: "StateMapping", Key: { } status })
            {
                text = SetInTypes(text, status, ValueOf(entry));
            }
        }

        return text;
    }

    /// <summary>The value of an entry, as a profile has it.</summary>
    private static string ValueOf(DraftEntry entry) => entry switch
    {
        { Values.Count: 0 } => "$null",
        { Table: "PriorityMapping" } => entry.Values[0],
        { Key: null, Values: ["$true" or "$false"] } => entry.Values[0],
        _ => string.Join(", ", entry.Values.Select(ProfileText.Quote)),
    };

    private static string Set(string text, string name, string? key, string value, string words)
    {
        var root = Root(text);
        if (Find(root, name) is not { } entry)
        {
            return InsertBefore(text, root, Indent, key is null
                ? $"{name} = {value}{Remark(words)}"
                : $"{name} = @{{\n{Indent}{Indent}{ProfileText.Quote(key)} = {value}{Remark(words)}\n{Indent}}}");
        }

        if (key is null)
        {
            return Replace(text, entry.Item2.Extent, value);
        }

        if (TableOf(entry.Item2) is not { } table)
        {
            return Replace(
                text,
                entry.Item2.Extent,
                $"@{{\n{Indent}{Indent}{ProfileText.Quote(key)} = {value}{Remark(words)}\n{Indent}}}");
        }

        return Find(table, key) is { } inner
            ? Replace(text, inner.Item2.Extent, value)
            : InsertBefore(text, table, Indent + Indent, $"{ProfileText.Quote(key)} = {value}{Remark(words)}");
    }

    private static string SetInTypes(string text, string status, string value)
    {
        for (var at = 0; ; at++)
        {
            var tables = Find(Root(text), "StateMapping") is { } entry && TableOf(entry.Item2) is { } states
                ? states.KeyValuePairs.Select(pair => TableOf(pair.Item2)).OfType<HashtableAst>()
                    .Select(table => Find(table, status)).Where(pair => pair is not null).ToList()
                : [];
            if (at >= tables.Count)
            {
                return text;
            }

            text = Replace(text, tables[at]!.Item2.Extent, value);
        }
    }

    private static HashtableAst Root(string text) =>
        (HashtableAst)
            Parser.ParseInput(text, out _, out _).Find(node => node is HashtableAst, searchNestedScriptBlocks: false)!;

    /// <summary>The entry of a name as the file has it: on one line.</summary>
    private static Tuple<ExpressionAst, StatementAst>? Find(HashtableAst table, string name) =>
        table.KeyValuePairs.FirstOrDefault(pair => pair.Item1 is StringConstantExpressionAst text
            && text.Value.Trim().Equals(ProfileText.OneLine(name).Trim(), StringComparison.OrdinalIgnoreCase));

    private static HashtableAst? TableOf(StatementAst value) =>
        (value as PipelineAst)?.GetPureExpression() as HashtableAst;

    private static string Replace(string text, IScriptExtent extent, string value) =>
        $"{text[..extent.StartOffset]}{value}{text[extent.EndOffset..]}";

    /// <summary>Puts an entry at the end of a table, on a line of its own.</summary>
    private static string InsertBefore(string text, HashtableAst table, string indent, string entry)
    {
        var end = table.Extent.EndOffset - 1;
        var line = text.LastIndexOf('\n', end) + 1;
        if (line > table.Extent.StartOffset && string.IsNullOrWhiteSpace(text[line..end]))
        {
            return $"{text[..line]}{indent}{entry}\n{text[line..]}";
        }

        // The table ends on the line of its last entry, or has none.
        return $"{text[..end].TrimEnd()}\n{indent}{entry}\n{indent[Indent.Length..]}{text[end..]}";
    }

    private static string Remark(string words) =>
        words.Length == 0 ? string.Empty : $"   # {ProfileText.OneLine(words)}";
}
