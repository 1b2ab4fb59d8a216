using System.Text.Json;

namespace JiraAdoSync.Planning.Saved;

/// <summary>
/// What the file of a plan over both sides has beside work items and relations: what is to be written to Jira, and what
/// it takes to make the same plan again.
/// <para>
/// Such a plan is made again before it is applied, from the same issues and work items and with the same parameters.
/// What the file has is written where the new plan has exactly the same; any difference refuses the file. So the values
/// that both sides had are preconditions, and nothing is written that the present state of both sides does not call for.
/// </para>
/// </summary>
public sealed record SavedTwoWay
{
    /// <summary>The parameters of the run that made the plan: the lines of a profile.</summary>
    public required IReadOnlyList<string> Profile { get; init; }

    /// <summary>The side that counts where nobody knows what both had in common; null where neither does.</summary>
    public Side? Baseline { get; init; }

    /// <summary>The ids of the issues that the run selected, with commas between them.</summary>
    public required string SelectedIssues { get; init; }

    /// <summary>The ids of the work items that the run selected, with commas between them.</summary>
    public required string SelectedWorkItems { get; init; }

    /// <summary>What is to be done with issues.</summary>
    public IReadOnlyList<SavedIssue> Issues { get; init; } = [];

    /// <summary>What is to be done with issue links.</summary>
    public IReadOnlyList<SavedIssueLink> IssueLinks { get; init; } = [];

    /// <summary>Conflicts, and fields that stay different: for people, since nothing of them is applied.</summary>
    public IReadOnlyList<SavedField> Fields { get; init; } = [];
}

/// <summary>A planned change of an issue as it is kept.</summary>
public sealed record SavedIssue
{
    /// <summary>What is to be done.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The side that it writes to: Jira.</summary>
    public Side Side { get; init; } = Side.Jira;

    /// <summary>The issue's key; null where it is to be created.</summary>
    public string? Key { get; init; }

    /// <summary>The issue's id; null where it is to be created.</summary>
    public long? IssueId { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The name of the issue's type.</summary>
    public string? IssueType { get; init; }

    /// <summary>The issue's summary, or the title of the work item whose issue is to be created.</summary>
    public string? Summary { get; init; }

    /// <summary>The key of the project in which it is to be created.</summary>
    public string? Project { get; init; }

    /// <summary>The fields to write, by id, with what Jira has now; <c>status</c> and <c>parent</c> among them.</summary>
    public IReadOnlyList<SavedValue> Values { get; init; } = [];

    /// <summary>Comments, files and links to the work item that are to be written.</summary>
    public IReadOnlyList<SavedCopy> Copies { get; init; } = [];

    /// <summary>Why, as a stable word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    internal bool IsWrite => Action is ChangeAction.Create or ChangeAction.Update;

    internal string Name => Key ?? $"the issue of work item {WorkItemId}";
}

/// <summary>A value that is to be written to an issue.</summary>
/// <param name="Field">The id of the field.</param>
/// <param name="Before">What Jira has now.</param>
/// <param name="After">What it is to have.</param>
public sealed record SavedValue(string Field, JsonElement? Before, JsonElement? After);

/// <summary>A copy of a comment or a file, or a link to the work item, that is to be written.</summary>
/// <param name="Kind"><c>comment</c>, <c>attachment</c> or <c>remotelink</c>.</param>
/// <param name="Action">Whether it is added, edited or removed.</param>
/// <param name="Original">The id of the original; the address of the work item's page for a link to it.</param>
/// <param name="Copy">The id of the copy; null where there is none yet.</param>
/// <param name="Version">How often the original comment was written.</param>
/// <param name="Text">The text of a comment in Azure DevOps, or the name of a file.</param>
public sealed record SavedCopy(
    string Kind, ChangeAction Action, string Original, long? Copy = null, int? Version = null, string? Text = null);

/// <summary>A planned change of an issue link as it is kept.</summary>
public sealed record SavedIssueLink
{
    /// <summary>What is to be done.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The side that it writes to: Jira.</summary>
    public Side Side { get; init; } = Side.Jira;

    /// <summary>The key of the issue that says the phrase.</summary>
    public required string Source { get; init; }

    /// <summary>The phrase.</summary>
    public string? Phrase { get; init; }

    /// <summary>The key of the other issue.</summary>
    public required string Target { get; init; }

    /// <summary>The relation that it is made of, by its name.</summary>
    public string? Relation { get; init; }

    /// <summary>The id of the link's type.</summary>
    public string? LinkType { get; init; }

    /// <summary>The work items of the issues, the source's first.</summary>
    public IReadOnlyList<int> WorkItems { get; init; } = [];

    /// <summary>The id of a link that is to be removed.</summary>
    public long? LinkId { get; init; }

    /// <summary>Why, as a stable word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }

    internal bool IsWrite => Action is ChangeAction.Create or ChangeAction.Remove;
}

/// <summary>A conflict, or a field that stays different, as it is kept.</summary>
public sealed record SavedField
{
    /// <summary>What was decided.</summary>
    public required ChangeAction Action { get; init; }

    /// <summary>The side that the winner's value is written to; null where both stay as they are.</summary>
    public Side? Side { get; init; }

    /// <summary>The issue's key.</summary>
    public required string Key { get; init; }

    /// <summary>The work item.</summary>
    public required int WorkItemId { get; init; }

    /// <summary>The reference name of the field in Azure DevOps.</summary>
    public required string Field { get; init; }

    /// <summary>What Jira has.</summary>
    public string? JiraValue { get; init; }

    /// <summary>Who changed it in Jira.</summary>
    public string? JiraAuthor { get; init; }

    /// <summary>When it was changed in Jira.</summary>
    public DateTimeOffset? JiraTime { get; init; }

    /// <summary>What Azure DevOps has.</summary>
    public string? AdoValue { get; init; }

    /// <summary>Who changed it in Azure DevOps.</summary>
    public string? AdoAuthor { get; init; }

    /// <summary>When it was changed in Azure DevOps.</summary>
    public DateTimeOffset? AdoTime { get; init; }

    /// <summary>Why, as a stable word.</summary>
    public required string Reason { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Detail { get; init; }
}
