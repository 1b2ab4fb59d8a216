namespace JiraAdoSync.AzureDevOps;

/// <summary>
/// The accounts that syncs run with: the one that is connected, and those that ran syncs before it. Only what they put
/// on a work item is a mark.
/// </summary>
/// <param name="current">The account that is connected.</param>
/// <param name="former">The unique names or ids of accounts that ran syncs before.</param>
public sealed class OwnAccounts(Account current, IEnumerable<string> former)
{
    private readonly HashSet<string> _former = new(former, StringComparer.OrdinalIgnoreCase);

    /// <summary>The account that is connected.</summary>
    public Account Current => current;

    /// <summary>Whether the user named former accounts.</summary>
    public bool AreFormerNamed => _former.Count > 0;

    /// <summary>
    /// Whether an account is the one that is connected. Ids are compared: anybody can choose a display name.
    /// </summary>
    /// <param name="account">The account; null where the service names none.</param>
    public bool IsCurrent(Account? account) => account?.Id is { } id
        && id.Equals(current.Id, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a unique name is that of the account that is connected, or of one that ran syncs before.
    /// </summary>
    /// <param name="uniqueName">The unique name; null where the service names nobody.</param>
    public bool AreNamed(string? uniqueName) => uniqueName is not null
        && (uniqueName.Equals(current.UniqueName, StringComparison.OrdinalIgnoreCase) || _former.Contains(uniqueName));

    /// <summary>Whether an account is the one that is connected, or one that ran syncs before.</summary>
    /// <param name="account">The account; null where the service names none.</param>
    public bool Include(Account? account) => IsCurrent(account)
        || (account?.Id is { } id && (_former.Contains(id)
            || (account.UniqueName is { } name && _former.Contains(name))));
}
