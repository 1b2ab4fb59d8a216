using JiraAdoSync.Sandbox.Jira.Issues;

namespace JiraAdoSync.Sandbox.Jira.Jql;

/// <summary>
/// Keeps what the last searches found, so that a page of a large result does not search all of it again.
/// </summary>
internal sealed class SearchCache
{
    private const int Kept = 8;

    private readonly LinkedList<(string Jql, long Version, List<Issue> Found)> _recent = [];

    /// <summary>What a search found, if nothing was written since.</summary>
    public List<Issue>? Find(string jql, long version) =>
        _recent.FirstOrDefault(one => one.Version == version && one.Jql == jql).Found;

    public void Keep(string jql, long version, List<Issue> found)
    {
        _recent.AddFirst((jql, version, found));
        if (_recent.Count > Kept)
        {
            _recent.RemoveLast();
        }
    }
}
