using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.Jira.Accounts;
using JiraAdoSync.Sandbox.Jira.Issues;
using JiraAdoSync.Sandbox.Wire;

namespace JiraAdoSync.Sandbox.Jira.Content;

/// <summary>
/// Finds comments by their ids alone. Those of the seed are looked through when first one is asked for.
/// </summary>
internal sealed class CommentIndex(JiraSite site)
{
    private Dictionary<string, Issue>? _issues;

    private Dictionary<string, Issue> Issues => _issues ??= Read();

    /// <summary>The comment of an id and its issue, if the account may see both.</summary>
    public (Issue Issue, JsonObject Comment)? Find(string id, JiraAccount? account) =>
        account is not null && Issues.GetValueOrDefault(id) is { } issue && account.CanSee(issue)
        && site.Known(issue.Key) == issue
        && Of(issue).FirstOrDefault(comment => comment.Get("id").Text() == id) is JsonObject found
        && account.CanSee(found)
            ? (issue, found)
            : null;

    public void Add(Issue issue, string id)
    {
        if (_issues is not null)
        {
            _issues[id] = issue;
        }
    }

    private static JsonArray Of(Issue issue) => issue.Fields["comment"].Get("comments") as JsonArray ?? [];

    private Dictionary<string, Issue> Read()
    {
        var issues = new Dictionary<string, Issue>();
        foreach (var issue in site.Issues)
        {
            foreach (var id in Of(issue).Select(comment => comment.Get("id").Text()).OfType<string>())
            {
                issues[id] = issue;
            }
        }

        return issues;
    }
}
