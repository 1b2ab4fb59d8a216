using JiraAdoSync.Jira;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// The names of the issues that a search reads. Every link names two, so most are read several times; each is kept once.
/// </summary>
internal sealed class IssueNames
{
    private readonly Dictionary<long, IssueReference> _names = [];

    /// <summary>The issue's name; may be called from any thread.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="key">Its key, which may change while pages are read.</param>
    public IssueReference Of(long id, string key)
    {
        lock (_names)
        {
            return _names.TryGetValue(id, out var known) && known.Key == key
                ? known
                : _names[id] = new IssueReference(id, key);
        }
    }
}
