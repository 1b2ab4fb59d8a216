using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Who somebody of Azure DevOps is in Jira: whoever the user's table names, else the one whom the mapping of people
/// makes them, as far as issues name that person. Nobody is guessed: who is hidden by privacy is unknown.
/// </summary>
/// <param name="people">Who somebody of Jira is in Azure DevOps.</param>
internal sealed class PeopleInverse(PeopleMapping people)
{
    private readonly Dictionary<string, object> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, object> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes note of people whom issues name.</summary>
    /// <param name="issues">The issues.</param>
    public void Learn(IEnumerable<Replica> issues)
    {
        foreach (var value in issues.SelectMany(issue => issue.Fields.Values).SelectMany(FieldValue.Several))
        {
            if (value is IReadOnlyDictionary<string, object?> && JiraPerson.Of(value) is { AccountId: not null } person)
            {
                Learn(person, value);
            }
        }
    }

    /// <summary>Takes note of a person.</summary>
    /// <param name="person">The person.</param>
    /// <param name="value">The person as Jira describes it.</param>
    public void Learn(JiraPerson person, object value)
    {
        foreach (var name in new[] { person.AccountId, person.EmailAddress, person.Key, person.DisplayName })
        {
            if (name is not null)
            {
                _known.TryAdd(name, value);
            }
        }

        if (people.TryMap(value, out var uniqueName) && uniqueName is not null)
        {
            _byName.TryAdd(uniqueName, value);
        }
    }

    /// <summary>Whom the user's table names and no issue does: their accounts can be asked for.</summary>
    /// <param name="uniqueName">The unique name in Azure DevOps.</param>
    public IEnumerable<string> Missing(string uniqueName) =>
        Find(uniqueName) is null ? people.NamesFor(uniqueName).Where(name => !_known.ContainsKey(name)) : [];

    /// <summary>Somebody whom an issue names, as Jira describes people; null for anybody else.</summary>
    /// <param name="account">The id of the account.</param>
    public object? Named(string? account) => account is null ? null : _known.GetValueOrDefault(account);

    /// <summary>Finds a person.</summary>
    /// <param name="uniqueName">The unique name in Azure DevOps.</param>
    /// <returns>The person as Jira takes it and as it answers it; null where nobody is known.</returns>
    public (JiraPerson Written, object Read)? Find(string uniqueName)
    {
        var value = people.NamesFor(uniqueName).Select(name => _known.GetValueOrDefault(name))
            .FirstOrDefault(one => one is not null) ?? _byName.GetValueOrDefault(uniqueName);
        return value is not null && JiraPerson.Of(value) is { } person ? (person, value) : null;
    }
}
