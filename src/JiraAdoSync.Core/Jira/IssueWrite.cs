namespace JiraAdoSync.Jira;

/// <summary>What one request is to do to one issue: create it, or edit it.</summary>
public sealed record IssueWrite
{
    /// <summary>The name of the property in which a two-way run keeps what it knows of an issue.</summary>
    public const string PropertyName = "jiraadosync";

    /// <summary>How long the value of a property may be, in characters.</summary>
    public const int LongestProperty = 32_768;

    /// <summary>The issue to edit; null to create one.</summary>
    public IssueReference? Issue { get; init; }

    /// <summary>The key of the project to create it in.</summary>
    public string? Project { get; init; }

    /// <summary>The type of the issue to create.</summary>
    public IssueType? Type { get; init; }

    /// <summary>
    /// Values by the fields' ids, in the shape in which Jira takes them; null empties a field. Beside text, numbers,
    /// lists and dictionaries: a <see cref="JiraPerson"/>, a <see cref="HtmlText"/> or <see cref="KeptText"/> for a rich
    /// text, a <see cref="DateOnly"/> and a <see cref="DateTimeOffset"/> are written as the site's version of the API
    /// has them.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Fields { get; init; } = new Dictionary<string, object?>();

    /// <summary>The parent to set or to take away; null leaves it as it is.</summary>
    public ParentWrite? Parent { get; init; }

    /// <summary>The value of the property <see cref="PropertyName"/>, as JSON; null leaves it as it is.</summary>
    public string? Property { get; init; }
}

/// <summary>A parent to set.</summary>
/// <param name="Parent">The parent; null takes the one away that the issue has.</param>
/// <param name="IsOfSubtask">Whether the child is a sub-task.</param>
public sealed record ParentWrite(IssueReference? Parent, bool IsOfSubtask);

/// <summary>A rich text as HTML, which is written as a document on Cloud and as wiki markup on Data Center.</summary>
/// <param name="Html">The text.</param>
public sealed record HtmlText(string Html);

/// <summary>A rich text as Jira kept it before, which is written as it is.</summary>
/// <param name="Json">The text as JSON; null for none.</param>
public sealed record KeptText(string? Json);

/// <summary>A comment to write.</summary>
/// <param name="Html">The text.</param>
/// <param name="Mark">The comment's property <see cref="IssueWrite.PropertyName"/>, as JSON.</param>
public sealed record CommentWrite(string Html, string Mark);

/// <summary>What a creation of several issues answered.</summary>
public sealed record CreationAnswer
{
    /// <summary>The issues that were created, in no order that means anything.</summary>
    public IReadOnlyList<IssueReference> Created { get; init; } = [];

    /// <summary>Why some were refused, by their index among the writes.</summary>
    public IReadOnlyDictionary<int, ServiceError> Refused { get; init; } = new Dictionary<int, ServiceError>();

    /// <summary>
    /// Why nothing is known of those that are neither created nor refused; null where everything is known. They may
    /// have been created where it is ambiguous.
    /// </summary>
    public ServiceError? Error { get; init; }
}
