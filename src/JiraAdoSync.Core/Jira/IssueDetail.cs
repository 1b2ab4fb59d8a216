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
        Description = true,
        Fields =
        [
            "priority", "labels", "assignee", "reporter", "creator", "created", "updated", "duedate", "project",
            "components",
            "fixVersions", "timeoriginalestimate", "timeestimate", "timespent",
        ],
    };

    /// <summary>Whether to ask for the description, to know whether it changed.</summary>
    public bool Description { get; init; }

    /// <summary>Whether to keep the description as Jira has it, which is asked for with it.</summary>
    public bool Source { get; init; }

    /// <summary>Whether to ask for the comments.</summary>
    public bool Comments { get; init; }

    /// <summary>Whether to ask for the attachments.</summary>
    public bool Attachments { get; init; }

    /// <summary>Whether to ask for the property <see cref="IssueWrite.PropertyName"/>: a two-way run does.</summary>
    public bool Property { get; init; }

    /// <summary>The ids of the fields.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>The same and further fields.</summary>
    /// <param name="fields">Their ids.</param>
    public IssueDetail With(IEnumerable<string> fields) => this with
    {
        Fields = Fields.Concat(fields).Distinct(StringComparer.OrdinalIgnoreCase).ToList(),
    };
}
