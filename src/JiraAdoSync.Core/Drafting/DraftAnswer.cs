using System.Text.Json;

namespace JiraAdoSync.Drafting;

/// <summary>
/// Reads a model's answer as data, whatever the endpoint promised: nothing in it counts that the schema does not have,
/// and one thing that does not fit makes the whole answer invalid.
/// </summary>
/// <param name="names">The names that both sites have.</param>
/// <param name="mayQuery">Whether the answer may have a query.</param>
internal sealed class DraftAnswer(SiteNames names, bool mayQuery)
{
    private const int MostRows = 1000;
    private const int MostGaps = 50;
    private const int LongestGap = 300;
    private const int LongestQuery = 2000;

    private readonly List<string> _problems = [];
    private readonly List<DraftEntry> _entries = [];
    private readonly List<DraftGap> _gaps = [];
    private List<string> _types = [];
    private bool _isOfEveryType;
    private bool _isOfEveryStatus;
    private string? _category;
    private string? _query;

    /// <summary>What is wrong with the answer, a sentence each; none where it is a draft.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The draft, without projects, which no model chooses.</summary>
    public Draft ToDraft() => new()
    {
        Selection = new Selection
        {
            IssueTypes = _types,
            Categories = _category is null ? [] : [_category],
            IsOfEveryType = _isOfEveryType,
            IsOfEveryStatus = _isOfEveryStatus,
            Query = _query,
            Words = "by the model",
        },
        Entries = names.Complete(_entries),
        NotUnderstood = _gaps,
    };

    /// <summary>Reads an answer.</summary>
    /// <param name="content">The text.</param>
    public DraftAnswer Read(string content)
    {
        try
        {
            using var document = JsonDocument.Parse(
                ObjectIn(content), new JsonDocumentOptions { MaxDepth = 16, AllowTrailingCommas = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                ReadMembers(document.RootElement);
            }
            else
            {
                _problems.Add("It is no JSON object.");
            }
        }
        catch (JsonException wrong)
        {
            _problems.Add($"It is no JSON: {wrong.Message}");
        }

        return this;
    }

    /// <summary>
    /// The JSON of an answer in words: models like to put it between fences, and a sentence before it.
    /// </summary>
    private static string ObjectIn(string content)
    {
        var (start, end) = (content.IndexOf('{'), content.LastIndexOf('}'));
        return start >= 0 && end > start ? content[start..(end + 1)] : content;
    }

    private void ReadMembers(JsonElement answer)
    {
        var tables = DraftSchema.Tables(names);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in answer.EnumerateObject())
        {
            if (!seen.Add(member.Name))
            {
                _problems.Add($"It has '{Shown(member.Name)}' twice.");
                continue;
            }

            switch (member.Name)
            {
                case DraftSchema.IssueTypes:
                    _types = Names(member.Value, member.Name, DraftSchema.Types(names));
                    _isOfEveryType = _types.Count == 0;
                    break;
                case DraftSchema.Statuses:
                    if (Name(member.Value, member.Name, DraftSchema.Doneness.Keys.ToList()) is { } doneness)
                    {
                        _category = DraftSchema.Doneness[doneness];
                        _isOfEveryStatus = _category is null;
                    }

                    break;
                case DraftSchema.Include:
                    _gaps.AddRange(Names(member.Value, member.Name, DraftSchema.Contents.Keys.ToList())
                        .Select(content => Proposal(DraftSchema.Contents[content])));
                    break;
                case DraftSchema.NotUnderstood:
                    ReadGaps(member.Value);
                    break;
                case DraftSchema.Query when mayQuery:
                    ReadQuery(member.Value);
                    break;
                default:
                    if (tables.FirstOrDefault(table => table.Member == member.Name) is { } found)
                    {
                        ReadTable(found, member.Value);
                    }
                    else
                    {
                        _problems.Add($"It has a member '{Shown(member.Name)}', which an answer does not have.");
                    }

                    break;
            }
        }
    }

    private static DraftGap Proposal(string parameter) => new(
        parameter,
        "The model proposes it. It shows more of Jira on the board, so no model switches it on: say so in the description, "
        + $"or write {parameter} = $true into the profile.")
    {
        IsProposal = true,
    };

    private void ReadTable(DraftTable table, JsonElement rows)
    {
        foreach (var row in Rows(rows, table.Member))
        {
            if (row.ValueKind != JsonValueKind.Object)
            {
                _problems.Add($"'{table.Member}' has a row that is no object.");
                continue;
            }

            var members = row.EnumerateObject().ToList();
            if (
                members.Count != 2
                || members.Select(one => one.Name).Except([table.KeyMember, table.ValueMember]).Any())
            {
                _problems.Add(
                    $"A row of '{table.Member}' has '{table.KeyMember}' and '{table.ValueMember}', and nothing else.");
                continue;
            }

            var value = row.GetProperty(table.ValueMember);
            var key = Name(row.GetProperty(table.KeyMember), table.KeyMember, table.Keys);
            var named = value.ValueKind == JsonValueKind.Null ? null : Name(value, table.ValueMember, table.Values);
            if (key is null || (named is null && value.ValueKind != JsonValueKind.Null))
            {
                continue;
            }

            _entries.Add(new DraftEntry(table.Table, key, named is null ? [] : [named]));
        }
    }

    private void ReadGaps(JsonElement gaps)
    {
        foreach (var gap in Rows(gaps, DraftSchema.NotUnderstood))
        {
            if (gap.ValueKind != JsonValueKind.String)
            {
                _problems.Add($"'{DraftSchema.NotUnderstood}' is a list of texts.");
                return;
            }

            if (_gaps.Count < MostGaps)
            {
                _gaps.Add(
                    new DraftGap(
                        Printable.Of(Cut(gap.GetString()!, LongestGap)),
                        "The model says that it did not understand this."));
            }
        }
    }

    private void ReadQuery(JsonElement query)
    {
        switch (query.ValueKind)
        {
            case JsonValueKind.Null:
                break;
            case JsonValueKind.String when query.GetString() is { Length: <= LongestQuery } text:
                _query = string.IsNullOrWhiteSpace(text) ? null : text;
                break;
            default:
                _problems.Add($"'{DraftSchema.Query}' is a query of {LongestQuery} letters at most, or null.");
                break;
        }
    }

    private List<JsonElement> Rows(JsonElement list, string member)
    {
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= MostRows)
        {
            return [.. list.EnumerateArray()];
        }

        _problems.Add($"'{member}' is a list of {MostRows} rows at most.");
        return [];
    }

    private List<string> Names(JsonElement list, string member, IReadOnlyList<string> known) =>
        Rows(list, member).Select(one => Name(one, member, known)).OfType<string>().Distinct().ToList();

    /// <summary>One of the names that there are, as the site writes it.</summary>
    private string? Name(JsonElement value, string member, IReadOnlyList<string> known)
    {
        var name = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var found = name is null ? null : known.FirstOrDefault(one => Same(one, name));
        if (found is null)
        {
            _problems.Add(name is null
                ? $"'{member}' is a name."
                : $"'{member}' has '{Shown(name)}', which there is not. {Nearest.Sentence(Cut(name, 100), known)}");
        }

        return found;
    }

    private static string Shown(string text) => Printable.Of(Cut(text, 100));

    private static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..length]}...";

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
