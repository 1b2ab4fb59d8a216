using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Issues;

/// <summary>
/// Which fields a read shows: names, <c>*all</c>, <c>*navigable</c>, and names with a dash that are left out again.
/// </summary>
internal sealed class FieldSelection
{
    private static readonly HashSet<string> NotNavigable =
        ["comment", "attachment", "worklog", "timetracking", "issuerestriction"];

    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _without = [];
    private readonly bool _all;
    private readonly bool _navigable;

    public FieldSelection(IEnumerable<string> names)
    {
        foreach (var name in names.SelectMany(Split))
        {
            _ = name switch
            {
                "*all" => _all = true,
                "*navigable" => _navigable = true,
                ['-', .. var without] => _without.Add(without),
                _ => _names.Add(name),
            };
        }

        if (_without.Count > 0 && _names.Count == 0 && !_navigable)
        {
            _all = true;
        }
    }

    /// <summary>Whether nothing but ids was asked for; such a search gets more a page and shows nothing else.</summary>
    public bool OnlyId => !_all && !_navigable && _names.All(name => name == "id");

    /// <summary>Whether nothing but ids and keys was asked for.</summary>
    public bool OnlyIdAndKey => !_all && !_navigable && _names.All(name => name is "id" or "key" or "issuekey");

    public IEnumerable<string> Named => _names;

    public bool Has(string name) => !_without.Contains(name)
        && (_all || _names.Contains(name) || (_navigable && !NotNavigable.Contains(name)));

    /// <summary>The names in a list with commas.</summary>
    public static string[] Split(string? list) =>
        list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>Names from a query parameter or a body; the default where there are none.</summary>
    public static FieldSelection Of(IEnumerable<string?>? names, string byDefault)
    {
        var given = names?.OfType<string>().Where(name => name.Length > 0).ToList() ?? [];
        return new FieldSelection(given.Count > 0 ? given : [byDefault]);
    }

    public static FieldSelection Of(JsonNode? names, string byDefault) => Of(
        names is JsonArray list ? list.Select(name => name.Text()) : names.Text() is { } text ? [text] : null,
        byDefault);
}
