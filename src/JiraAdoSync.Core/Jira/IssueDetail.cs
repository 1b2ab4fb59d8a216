namespace JiraAdoSync.Jira;

/// <summary>
/// What is asked of Jira about each issue, beside what every replica has: type, status, summary, parent and links.
/// </summary>
public sealed record IssueDetail
{
    /// <summary>Nothing more.</summary>
    public static IssueDetail None { get; } = new() { Fields = [] };

    /// <summary>The fields that work items get by default.</summary>
    public static IssueDetail Default { get; } = new()
    {
        Fields =
        [
            "priority", "labels", "assignee", "reporter", "creator", "created", "updated", "duedate", "project", "components",
            "fixVersions",
        ],
    };

    /// <summary>The ids of the fields.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>The same and further fields.</summary>
    /// <param name="fields">Their ids.</param>
    public IssueDetail With(IEnumerable<string> fields) => this with
    {
        Fields = Fields.Concat(fields).Distinct(StringComparer.OrdinalIgnoreCase).ToList(),
    };
}
