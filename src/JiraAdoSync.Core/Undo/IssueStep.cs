using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.Undo;

/// <summary>Something that a run did in Jira is undone.</summary>
public sealed record IssueStep : UndoStep
{
    /// <summary>Whether it deletes an issue for good.</summary>
    public bool IsDeletion => Action == ChangeAction.Remove
        && Work is { Write: null, Statuses: null, Added: null, Removed: null, Comment: null, File: null, Page: null };

    /// <inheritdoc/>
    public override string What => Work.What;

    internal IssueUndoWork Work { get; init; } = null!;
}

/// <summary>What a step of an undo does in Jira; a step that says nothing else deletes the issue.</summary>
/// <param name="Issue">The issue as it is.</param>
/// <param name="What">What is done, as a sentence's predicate.</param>
internal sealed record IssueUndoWork(Replica Issue, string What)
{
    /// <summary>The edit that gives fields their former values.</summary>
    public IssueWrite? Write { get; init; }

    /// <summary>The statuses that the run went through, the former one first.</summary>
    public IReadOnlyList<string>? Statuses { get; init; }

    /// <summary>The link that the run added.</summary>
    public IssueLink? Added { get; init; }

    /// <summary>The link that the run removed.</summary>
    public LinkAddition? Removed { get; init; }

    /// <summary>What the run did to a comment.</summary>
    public IssueCommentChange? Comment { get; init; }

    /// <summary>What the run did to a file.</summary>
    public IssueFileChange? File { get; init; }

    /// <summary>The global id of a link to a page elsewhere that the run wrote.</summary>
    public string? Page { get; init; }

    /// <summary>
    /// Whether the issue remembers what is undone, and does not get back what it remembered before: a later run wrote that.
    /// </summary>
    public bool IsRemembered => this is not { Added: null, Comment: null, File: null, Page: null, Statuses: null }
        or { Write.Property: null };

    /// <summary>What an issue remembers without what is undone.</summary>
    /// <param name="register">What it remembers.</param>
    public IssueRegister Forget(IssueRegister register) => register with
    {
        Links = [.. register.Links.Where(link =>
            Added is null || (link.Type, link.Source, link.Target) != (Added.Type.Id, Added.Source.Id, Added.Target.Id))],
        Comments = [.. register.Comments.Where(comment => comment.Comment != Comment?.Id)],
        Files = [.. register.Files.Where(file => file.Attachment != File?.Id)],
        Fields = new Dictionary<string, FieldBase>(),
    };
}
