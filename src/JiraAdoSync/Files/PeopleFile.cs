using System.Collections;
using System.Globalization;
using System.Text;

namespace JiraAdoSync.Files;

/// <summary>
/// A CSV file that says who somebody of Jira is in Azure DevOps, as a spreadsheet saves it: the first line names the
/// columns, the first column has an e-mail address, account id or name of Jira, the second the unique name, and an
/// empty one leaves the field empty. Further columns are for people. Commas, semicolons or tabs separate, as the first
/// line has them; quotes are as in RFC 4180.
/// </summary>
internal static class PeopleFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The table that -UserMapping takes.</returns>
    /// <exception cref="SyncException">
    /// <c>MappingInvalid</c>: the file can't be read, or a line of it says nothing.
    /// </exception>
    public static Hashtable Read(string path)
    {
        var rows = Rows(TextFile.Read(path, "MappingInvalid"));
        if (rows.Count == 0 || rows[0].Cells.Count < 2)
        {
            throw Invalid(path, 1, "it must name two columns, such as 'Jira,AzureDevOps'");
        }

        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var (line, cells) in rows.Skip(1))
        {
            if (cells.Count < 2 || cells[0].Length == 0)
            {
                throw Invalid(path, line, "it must have a person in Jira and a unique name or nothing");
            }

            var uniqueName = cells[1].Length == 0 ? null : cells[1];
            if (table.ContainsKey(cells[0]) && (string?)table[cells[0]] != uniqueName)
            {
                throw Invalid(path, line, $"'{cells[0]}' is somebody else further up");
            }

            table[cells[0]] = uniqueName;
        }

        return table;
    }

    /// <summary>The lines that have something, each with its number and its trimmed cells.</summary>
    private static List<(int Line, List<string> Cells)> Rows(string text)
    {
        var separator = text.Split('\n', 2)[0] is var first && first.Contains('\t', StringComparison.Ordinal) ? '\t'
            : first.Count(letter => letter == ';') > first.Count(letter => letter == ',') ? ';' : ',';
        var rows = new List<(int, List<string>)>();
        var (cells, cell, isQuoted, line, start) = (new List<string>(), new StringBuilder(), false, 1, 1);
        void EndCell()
        {
            cells.Add(cell.ToString().Trim());
            cell.Clear();
        }

        foreach (var letter in text.ReplaceLineEndings("\n") + "\n")
        {
            if (letter == '"')
            {
                // A quote within quotes is doubled: the second one opens them again, behind a quote of the text.
                if (!isQuoted && cell.Length > 0)
                {
                    cell.Append('"');
                }

                isQuoted = !isQuoted;
            }
            else if (letter == separator && !isQuoted)
            {
                EndCell();
            }
            else if (letter == '\n' && !isQuoted)
            {
                EndCell();
                if (cells.Exists(one => one.Length > 0))
                {
                    rows.Add((start, cells));
                }

                cells = [];
                start = line + 1;
            }
            else
            {
                cell.Append(letter);
            }

            line += letter == '\n' ? 1 : 0;
        }

        return rows;
    }

    private static SyncException Invalid(string path, int line, string expected) => new(
        "MappingInvalid",
        string.Create(
            CultureInfo.InvariantCulture, $"Line {line} of '{path}' can't be read as -UserMapping: {expected}."),
        path);
}
