using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Who somebody of Jira is in Azure DevOps. By default the one with the same e-mail address; what the user gives is
/// used first.
/// </summary>
public sealed class PeopleMapping
{
    private readonly Dictionary<string, string?> _entries;
    private readonly Func<JiraPerson, object?, string?>? _script;

    /// <summary>Takes the user's table.</summary>
    /// <param name="entries">
    /// From an e-mail address, an account's id or key, or a name, to a unique name; null leaves the field empty.
    /// </param>
    public PeopleMapping(IEnumerable<KeyValuePair<string, string?>> entries) =>
        _entries = entries.ToDictionary(
            entry => entry.Key.Trim(), entry => entry.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes what works a person out, instead of the table and of the default.</summary>
    /// <param name="script">Gets the person, and the value as Jira has it.</param>
    public PeopleMapping(Func<JiraPerson, object?, string?> script)
    {
        _entries = [];
        _script = script;
    }

    /// <summary>Whom the user's table names for somebody of Azure DevOps, as the table names them.</summary>
    /// <param name="uniqueName">The unique name.</param>
    internal IEnumerable<string> NamesFor(string uniqueName) => _entries
        .Where(entry => string.Equals(entry.Value, uniqueName, StringComparison.OrdinalIgnoreCase))
        .Select(entry => entry.Key);

    /// <summary>The person's unique name.</summary>
    /// <param name="value">A value of a field that names a person.</param>
    /// <param name="uniqueName">The unique name; null where the field is to be empty.</param>
    /// <returns>Whether that is known; a value that names nobody is.</returns>
    public bool TryMap(object? value, out string? uniqueName)
    {
        uniqueName = null;
        if (JiraPerson.Of(value) is not { } person)
        {
            return true;
        }

        if (_script is not null)
        {
            uniqueName = _script(person, value);
            return uniqueName is { Length: > 0 };
        }

        foreach (var name in new[] { person.EmailAddress, person.AccountId, person.Key, person.DisplayName })
        {
            if (name is not null && _entries.TryGetValue(name, out uniqueName))
            {
                return true;
            }
        }

        // What a script or a constant gives is a unique name already; Jira's own accounts are described by more than
        // one.
        uniqueName = person.EmailAddress
            ?? (value is string text && text.Contains('@', StringComparison.Ordinal) ? text : null);
        return uniqueName is not null;
    }
}
