using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace JiraAdoSync.Jira;

/// <summary>
/// Descriptions as Jira renders them. They are asked for with the issues themselves until it turns out that most of
/// these exist already: asked for afterwards, those of new issues would cost a request for each 100. Of issues that
/// exist already, only those that changed are asked for.
/// </summary>
/// <param name="areWanted">Whether most issues are new, as far as is known by now; may be asked on any thread.</param>
public sealed class Renderings(Func<bool> areWanted)
{
    private readonly ConcurrentDictionary<long, RenderedIssue> _issues = [];

    /// <summary>Nothing is rendered with the issues.</summary>
    public static Renderings None { get; } = new(() => false);

    /// <summary>Whether the page that is asked for next is to bring them.</summary>
    public bool AreWanted => areWanted();

    /// <summary>Takes what came of an issue.</summary>
    /// <param name="issue">The rendering.</param>
    public void Add(RenderedIssue issue)
    {
        ArgumentNullException.ThrowIfNull(issue);
        _issues[issue.IssueId] = issue;
    }

    /// <summary>Hands out what came of an issue, once.</summary>
    /// <param name="issueId">The issue.</param>
    /// <param name="issue">The rendering.</param>
    /// <returns>Whether it came.</returns>
    public bool TryTake(long issueId, [NotNullWhen(true)] out RenderedIssue? issue) =>
        _issues.TryRemove(issueId, out issue);
}
