using System.Collections.Concurrent;
using System.Text.Json;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Takes note of every change in Jira, before it is sent and after, in the record of the run.
/// </summary>
/// <param name="log">The record.</param>
internal sealed class IssueLog(RunLog log)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<long, bool> _touched = [];

    /// <summary>The record, for changes of work items.</summary>
    public RunLog Record => log;

    /// <summary>The ids of the issues to which something was sent.</summary>
    public IReadOnlyCollection<long> Touched => [.. _touched.Keys];

    /// <summary>Takes note of an issue to which something is sent that is not recorded, such as its property.</summary>
    /// <param name="issueId">The issue.</param>
    public void Touch(long issueId) => _touched[issueId] = true;

    /// <summary>A change that was noted as about to be made.</summary>
    internal sealed record Note(int Batch, int Index, RunChange Change);

    /// <summary>An issue is about to be edited.</summary>
    public Note Updating(IssueWrite write, Replica before, int workItemId) => Sending(new RunChange
    {
        Time = default,
        Action = RunAction.Update,
        WorkItemId = workItemId,
        Key = before.Key,
        IssueId = before.IssueId,
        WorkItemType = null,
        Issue = new IssueChange
        {
            Before = write.Fields.ToDictionary(
                field => field.Key,
                field => BeforeOf(before, field.Key, field.Value)),
            Texts = [.. write.Fields.Where(field => IsText(field.Value)).Select(field => field.Key)],
            After = write.Fields.ToDictionary(field => field.Key, field => AfterOf(field.Value)),
            ParentBefore = write.Parent is null ? null : before.Parent?.Id ?? 0,
            ParentAfter = write.Parent is null ? null : write.Parent.Parent?.Id ?? 0,
            PropertyBefore = before.Property,
            PropertyAfter = write.Property,
        },
    });

    /// <summary>Issues are about to be created by one request.</summary>
    public IReadOnlyList<Note> Creating(IReadOnlyList<IssueCreation> creations)
    {
        var changes = creations.Select(creation => Numbered(new RunChange
        {
            Time = default,
            Action = RunAction.Create,
            WorkItemId = creation.Item.Id,
            Issue = new IssueChange { Nonce = creation.Register.Nonce, Project = creation.Write.Project },
        })).ToList();
        var batch = log.Sending(changes);
        return changes.Select((change, index) => new Note(batch, index, change)).ToList();
    }

    /// <summary>An issue was created.</summary>
    public void Created(Note note, IssueReference issue)
    {
        Touch(issue.Id);
        log.Done(note.Change with { Key = issue.Key, IssueId = issue.Id });
    }

    /// <summary>An issue is about to get another status by one step.</summary>
    /// <param name="issue">The issue as it was read.</param>
    /// <param name="workItemId">Its work item.</param>
    /// <param name="from">The status that it has.</param>
    /// <param name="to">The status that it gets.</param>
    /// <param name="property">What it remembers at the end of the way; null where that is not written.</param>
    public Note Moving(
        Replica issue, int workItemId, IssueStatus from, IssueStatus to, string? property = null) => Sending(new RunChange
    {
        Time = default,
        Action = RunAction.Update,
        WorkItemId = workItemId,
        Key = issue.Key,
        IssueId = issue.IssueId,
        Issue = new IssueChange
        {
            StatusBefore = from.Id,
            StatusAfter = to.Id,
            PropertyBefore = property is null ? null : issue.Property,
            PropertyAfter = property,
        },
    });

    /// <summary>A link is about to be added or removed.</summary>
    public Note Linking(LinkType type, IssueReference source, IssueReference target, long? linkId) =>
        Sending(
            new RunChange
            {
                Time = default,
                Action = RunAction.Update,
                WorkItemId = 0,
                Key = source.Key,
                IssueId = source.Id,
                Issue = new IssueChange
                {
                    Links = [new IssueLinkChange(type.Id, type.Name, source.Id, target.Id) { RemovedId = linkId }],
                },
            });

    /// <summary>A comment is about to be added, edited or removed.</summary>
    public Note Commenting(IssueReference issue, int workItemId, IssueCommentChange comment) =>
        Noting(issue, workItemId, new IssueChange { Comments = [comment] });

    /// <summary>A file is about to be attached or removed.</summary>
    public Note Attaching(IssueReference issue, int workItemId, IssueFileChange file) =>
        Noting(issue, workItemId, new IssueChange { Files = [file] });

    /// <summary>A link to the work item is about to be written.</summary>
    public Note LinkingPage(IssueReference issue, int workItemId, string globalId) =>
        Noting(issue, workItemId, new IssueChange { WebLink = globalId });

    /// <summary>An issue is about to be deleted.</summary>
    public Note Deleting(RunChange created) => Sending(new RunChange
    {
        Time = default,
        Action = RunAction.Delete,
        WorkItemId = created.WorkItemId,
        Key = created.Key,
        IssueId = created.IssueId,
        Issue = new IssueChange(),
    });

    /// <summary>
    /// What was about to be done was done, or refused; of what may have been done the note is all there is.
    /// </summary>
    public void Ended(Note note, ServiceError? error, Func<IssueChange, IssueChange>? complete = null)
    {
        if (error is null)
        {
            log.Done(complete is null ? note.Change : note.Change with { Issue = complete(note.Change.Issue!) });
        }
        else if (!error.MayBeDone)
        {
            log.Refused(note.Batch, [note.Index]);
        }
    }

    private Note Noting(IssueReference issue, int workItemId, IssueChange change) => Sending(new RunChange
    {
        Time = default,
        Action = RunAction.Update,
        WorkItemId = workItemId,
        Key = issue.Key,
        IssueId = issue.Id,
        Issue = change,
    });

    private Note Sending(RunChange change)
    {
        var numbered = Numbered(change);
        return new Note(log.Sending([numbered]), 0, numbered);
    }

    private RunChange Numbered(RunChange change)
    {
        var ends = change.Issue!.Links.SelectMany(link => new[] { link.Source, link.Target });
        foreach (var id in change.IssueId is { } issue ? ends.Append(issue) : ends)
        {
            Touch(id);
        }

        return change with { Issue = change.Issue with { Number = log.NumberIssueChange() } };
    }

    /// <summary>What an issue has where a value is to be written.</summary>
    /// <param name="issue">The issue.</param>
    /// <param name="field">The id of the field.</param>
    /// <param name="value">The value to write.</param>
    internal static JsonElement BeforeOf(Replica issue, string field, object? value) =>
        IsText(value) ? Source(issue, field) : Element(Value(issue, field));

    /// <summary>A value to write, as records and files of plans have it.</summary>
    /// <param name="value">The value.</param>
    internal static JsonElement AfterOf(object? value) => Element(Plain(value));

    private static object? Value(Replica issue, string field) => field switch
    {
        "summary" => issue.Summary,
        _ => issue.Fields.GetValueOrDefault(field),
    };

    private static bool IsText(object? value) => value is HtmlText or KeptText;

    /// <summary>A rich text as Jira keeps it.</summary>
    private static JsonElement Source(Replica issue, string field) =>
        JsonDocument.Parse(MergedText.SourceOf(issue, field) ?? "null").RootElement;

    private static object? Plain(object? value) => value switch
    {
        KeptText text => JsonDocument.Parse(text.Json ?? "null").RootElement,
        HtmlText text => text.Html,
        JiraPerson person => new Dictionary<string, object?> { ["accountId"] = person.AccountId },
        DateOnly date => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        _ => value,
    };

    private static JsonElement Element(object? value) => JsonSerializer.SerializeToElement(value, Json);
}
