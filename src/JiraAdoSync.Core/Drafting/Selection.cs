using System.Text.RegularExpressions;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Drafting;

/// <summary>Which issues of a site a draft takes. What is empty narrows nothing.</summary>
public sealed partial record Selection
{
    /// <summary>Words that a query can't have as they are.</summary>
    private static readonly HashSet<string> Reserved = new(
        ("abort access add after alias all alter and any as asc audit avg before begin between boolean break by byte catch cf "
        + "char character check checkpoint collate collation column commit connect continue count create current date decimal "
        + "declare decrement default defaults define delete delimiter desc difference distinct divide do double drop else empty "
        + "encoding end equals escape exclusive exec execute exists explain false fetch file field first float for from function "
        + "go goto grant greater group having identified if immediate in increment index initial inner inout input insert int "
        + "integer intersect intersection into is isempty isnull it join last left less like limit lock long max min minus mode "
        + "modify modulo more multiply next noaudit not notin nowait null number object of on option or order outer output power "
        + "previous prior privileges public raise raw remainder rename resource return returns revoke right row rowid rownum rows "
        + "select session set share size sqrt start strict string subtract sum synonym table then to trans transaction trigger "
        + "true uid union unique update user validate values view was when whenever where while with").Split(' '),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The keys of projects.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>The names of issue types.</summary>
    public IReadOnlyList<string> IssueTypes { get; init; } = [];

    /// <summary>The names of issue types that are left out.</summary>
    public IReadOnlyList<string> NoIssueTypes { get; init; } = [];

    /// <summary>The names of statuses.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>The names of statuses that are left out.</summary>
    public IReadOnlyList<string> NoStatuses { get; init; } = [];

    /// <summary>
    /// The key of the category that statuses are to have, <c>new</c>, <c>indeterminate</c> or <c>done</c>; with
    /// <c>!</c> before it that of those that are left out.
    /// </summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>
    /// A further condition in the words of the service, which has parsed it by itself; null where none was allowed.
    /// </summary>
    public string? Query { get; init; }

    /// <summary>Whether a model expressly takes every issue type; a query is the same without it.</summary>
    public bool IsOfEveryType { get; init; }

    /// <summary>Whether a model expressly takes every status; a query is the same without it.</summary>
    public bool IsOfEveryStatus { get; init; }

    /// <summary>The words that it was understood from.</summary>
    public string Words { get; init; } = string.Empty;

    /// <summary>What one should know of it; null where there is nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The query for it.</summary>
    /// <param name="within">The query that it narrows; null where the projects say all.</param>
    /// <returns>The query; null where nothing is selected.</returns>
    public string? ToJql(string? within)
    {
        var conditions = new List<string>();
        Add("project", Projects, isIn: true);
        Add("issuetype", IssueTypes, isIn: true);
        Add("issuetype", NoIssueTypes, isIn: false);
        Add("status", Statuses, isIn: true);
        Add("status", NoStatuses, isIn: false);
        foreach (var category in Categories)
        {
            conditions.Add(
                $"statusCategory {(category[0] == '!' ? "!=" : "=")} {Quote(NameOf(category.TrimStart('!')))}");
        }

        if (Query is not null)
        {
            conditions.Add($"({Jql.WithoutOrder(Query)})");
        }

        var own = string.Join(" AND ", conditions);
        return own.Length == 0 ? within : string.IsNullOrWhiteSpace(within) ? own : Jql.And(within, own);

        void Add(string field, IReadOnlyList<string> names, bool isIn)
        {
            if (names is [var name])
            {
                conditions.Add($"{field} {(isIn ? "=" : "!=")} {Quote(name)}");
            }
            else if (names.Count > 1)
            {
                conditions.Add($"{field} {(isIn ? "in" : "not in")} ({string.Join(", ", names.Select(Quote))})");
            }
        }
    }

    /// <summary>Whether an issue is among those that are selected; a query of its own is not looked at.</summary>
    /// <param name="issue">The issue.</param>
    public bool Takes(Replica issue)
    {
        ArgumentNullException.ThrowIfNull(issue);
        return (Projects.Count == 0 || Has(Projects, SiteNames.ProjectOf(issue)))
            && (IssueTypes.Count == 0 || Has(IssueTypes, issue.Type.Name))
            && !Has(NoIssueTypes, issue.Type.Name)
            && (Statuses.Count == 0 || Has(Statuses, issue.Status.Name))
            && !Has(NoStatuses, issue.Status.Name)
            && Categories.All(category => category[0] == '!'
                ? !issue.Status.Category.Equals(category[1..], StringComparison.OrdinalIgnoreCase)
                : issue.Status.Category.Equals(category, StringComparison.OrdinalIgnoreCase));
    }

    private static bool Has(IReadOnlyList<string> names, string name) =>
        names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>A category as queries name it.</summary>
    private static string NameOf(string category) => category switch
    {
        "new" => "To Do",
        "indeterminate" => "In Progress",
        _ => "Done",
    };

    private static string Quote(string name) => Plain().IsMatch(name) && !Reserved.Contains(name)
        ? name
        : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9]+$")]
    private static partial Regex Plain();
}
