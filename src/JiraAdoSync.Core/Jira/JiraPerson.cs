namespace JiraAdoSync.Jira;

/// <summary>An account of a Jira site.</summary>
/// <param name="AccountId">The account's id on Cloud, or its user name on Data Center.</param>
/// <param name="EmailAddress">The e-mail address; null where the person hides it.</param>
/// <param name="DisplayName">The name that people see.</param>
/// <param name="Key">The account's key on Data Center, which survives a change of its name.</param>
public sealed record JiraPerson(string? AccountId, string? EmailAddress, string? DisplayName, string? Key)
{
    /// <summary>Reads a value of a field.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The person; null where the value describes none, or several.</returns>
    public static JiraPerson? Of(object? value)
    {
        if (value is not IReadOnlyDictionary<string, object?> parts)
        {
            return value is string { Length: > 0 } name ? new JiraPerson(name, null, name, null) : null;
        }

        var (account, address, display, key) =
            (Text("accountId"), Text("emailAddress"), Text("displayName"), Text("key"));
        // Groups, versions and priorities have names, too, and ids beside them.
        var isNamed = Text("name") is not null && !parts.ContainsKey("id") && !parts.ContainsKey("groupId");
        return account is not null || address is not null || display is not null || isNamed
            ? new JiraPerson(account ?? Text("name"), address, display, key)
            : null;

        string? Text(string part) => parts.GetValueOrDefault(part) as string is { Length: > 0 } text ? text : null;
    }

    /// <inheritdoc/>
    public override string ToString() => DisplayName ?? EmailAddress ?? AccountId ?? Key ?? "?";
}
