using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.Planning.WorkItems;

/// <summary>What becomes of fields that people changed in Azure DevOps.</summary>
public enum FieldConflict
{
    /// <summary>What Jira has is written over it, once something of the issue changes in Jira.</summary>
    Overwrite,

    /// <summary>What people wrote since our last write is kept, and reported.</summary>
    Keep,

    /// <summary>A field that both sides changed stays as it is on both, and is reported; all others go on.</summary>
    Hold,

    /// <summary>Of a field that both sides changed, Jira's value is written to Azure DevOps.</summary>
    JiraWins,

    /// <summary>Of a field that both sides changed, the value of Azure DevOps is written to Jira.</summary>
    AdoWins,

    /// <summary>
    /// Of a field that both sides changed, the value that was written later is written to the other side; within two
    /// minutes nobody can say, and it is held.
    /// </summary>
    Newest,
}

/// <summary>What the user chose where the plan of work items has a choice.</summary>
public sealed record WorkItemPolicy
{
    /// <summary>What issue types are mapped to, over the default; no candidates (null) leave a type out.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>?>> Types { get; init; } = [];

    /// <summary>Which fields work items get, and where the values come from.</summary>
    public required FieldMapping Fields { get; init; }

    /// <summary>Which state a status becomes.</summary>
    public StateMapping States { get; init; } = new([]);

    /// <summary>Who somebody of Jira is in Azure DevOps.</summary>
    public PeopleMapping People { get; init; } = new([]);

    /// <summary>What work items get beside their fields.</summary>
    public ContentPolicy Content { get; init; } = new();

    /// <summary>What becomes of fields that people changed.</summary>
    public FieldConflict FieldConflict { get; init; }

    /// <summary>Whether work items may be created.</summary>
    public bool MayCreate { get; init; } = true;

    /// <summary>Whether areas and iterations that are named and do not exist are made.</summary>
    public bool CreatePaths { get; init; }

    /// <summary>
    /// What is asked about each issue, so that the plan needs to ask for nothing of those that did not change.
    /// </summary>
    public IssueDetail Detail => Fields.Detail with
    {
        Description = true,
        Comments = Content.Comments,
        Attachments = Content.Attachments,
    };

    /// <summary>Whether work items are written past the rules of their types, as the account may.</summary>
    public bool BypassRules { get; init; }
}
