using System.Globalization;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// One issue in memory with its history and a workflow, as a two-way run writes it. Others in each status show the
/// workflow.
/// </summary>
internal sealed class MemoryIssue(Replica issue, IReadOnlyList<IssueStatus> statuses, Func<IDisposable> call) : IIssueStore
{
    public static readonly JiraPerson Run = new("id-run", "run@contoso.com", "Run", null);
    public static readonly JiraPerson Somebody = new("id-pat", "pat@contoso.com", "Pat", null);

    private readonly List<IssueFieldChange> _history = [];

    public Replica Issue { get; private set; } = issue;

    public required Func<DateTimeOffset> Now { get; init; }

    /// <summary>How much later than the issue's own time the entries of its history are.</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>Whether only neighbours in the order of statuses have a transition.</summary>
    public bool IsStepwise { get; init; }

    /// <summary>What the next request meets; null where it is done.</summary>
    public Func<ServiceError?> Refuse { get; set; } = () => null;

    /// <summary>Is called after each write of a run, with what the issue was before.</summary>
    public Action<Replica> Written { get; set; } = _ => { };

    public int Writes { get; set; }

    public JiraPerson Account => Run;

    public JiraSite Site { get; } = new(new Uri("https://jira.example"));

    public bool AllowsWrites => true;

    public bool MovesSubtasks => true;

    public int ThrottleLimit => 1;

    public IReadOnlyList<IssueFieldChange> History => _history;

    /// <summary>The issues that show what can be done in each status.</summary>
    public IReadOnlyList<Replica> Scope => [Issue, .. statuses.Select((status, index) => Issue with { IssueId = index + 1, Status = status })];

    public void Edit(Func<Replica, Replica> edit, JiraPerson author)
    {
        var (before, after) = (Issue, edit(Issue));
        var when = Now();
        var texts = Texts(before).Zip(Texts(after)).Where(pair => (pair.First.Id, pair.First.Text) != (pair.Second.Id, pair.Second.Text))
            .ToList();
        _history.AddRange(texts.Select(pair => new IssueFieldChange(before.IssueId, $"{_history.Count}", pair.First.Field, when + Skew, author)
        {
            From = pair.First.Id, FromText = pair.First.Text, To = pair.Second.Id, ToText = pair.Second.Text,
        }));
        var updated = when.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        Issue = texts.Count == 0 ? after : after with
        {
            Fields = new Table<object?>(after.Fields, StringComparer.OrdinalIgnoreCase) { ["updated"] = updated },
        };
    }

#pragma warning disable CS1998 // Nothing has to be waited for.
    public async IAsyncEnumerable<Replica> ReadAsync(
        IEnumerable<string> keysOrIds,
        IssueDetail detail,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
#pragma warning restore CS1998
    {
        using (call())
        {
            Fail();
            yield return Issue;
        }
    }

    /// <summary>The description as Jira renders it.</summary>
    public RenderedIssue Render()
    {
        using (call())
        {
            Fail();
            return new RenderedIssue(Issue.IssueId, MemoryText.Render(Issue), [], [])
            {
                DescriptionDigest = MergedText.ValueOf(Issue, TextField.Description),
            };
        }
    }

    public Task<IReadOnlyList<IssueFieldChange>> ReadChangesAsync(
        IReadOnlyCollection<long> issueIds, CancellationToken cancellationToken)
    {
        using (call())
        {
            Fail();
            return Task.FromResult<IReadOnlyList<IssueFieldChange>>(_history.ToList());
        }
    }

    /// <summary>What can't be read ends a phase; those that follow do their work.</summary>
    private void Fail()
    {
        if (Refuse() is { } error)
        {
            throw new UnreadableException(error);
        }
    }

    public Task<IReadOnlyList<IssueTransition>> ReadTransitionsAsync(long issueId, CancellationToken cancellationToken)
    {
        var status = issueId == Issue.IssueId ? Issue.Status : statuses[(int)issueId - 1];
        return Task.FromResult<IReadOnlyList<IssueTransition>>(
            statuses.Where(to => CanMove(status, to)).Select(to => new IssueTransition(to.Id, to.Name, to)).ToList());
    }

    public Task<ServiceError?> UpdateAsync(IssueWrite write, bool notify, CancellationToken cancellationToken) => WriteAsync(issue =>
    {
        issue = write.Property is null ? issue : issue with { Property = write.Property };
        return write.Fields.Aggregate(issue, (one, field) => With(one, field.Key, field.Value));
    });

    public Task<ServiceError?> TransitionAsync(
        long issueId, string transitionId, IReadOnlyDictionary<string, object?> fields, string? pairProperty, CancellationToken cancellationToken)
    {
        var to = statuses.Single(status => status.Id == transitionId);
        return WriteAsync(issue => CanMove(issue.Status, to) ? issue with { Status = to, Property = pairProperty ?? issue.Property } : null);
    }

    public async Task<IReadOnlyDictionary<long, ServiceError>> WritePropertiesAsync(
        IReadOnlyDictionary<long, string> properties, CancellationToken cancellationToken)
    {
        var error = await WriteAsync(issue => issue with { Property = properties[issue.IssueId] });
        return error is null
            ? new Dictionary<long, ServiceError>()
            : new Dictionary<long, ServiceError> { [Issue.IssueId] = error };
    }

    public Task TryWritePropertiesAsync(
        IReadOnlyDictionary<long, string> properties, CancellationToken cancellationToken) =>
        WritePropertiesAsync(properties, cancellationToken);

    private Task<ServiceError?> WriteAsync(Func<Replica, Replica?> edit)
    {
        using (call())
        {
            Writes++;
            var error = Refuse() ?? (edit(Issue) is null ? new ServiceError(Failure.RequestFailed, "It can't be done now.") : null);
            if (error is null or { MayBeDone: true })
            {
                var before = Issue;
                Edit(issue => edit(issue) ?? issue, Run);
                Written(before);
            }

            return Task.FromResult(error);
        }
    }

    private bool CanMove(IssueStatus from, IssueStatus to) => from.Id != to.Id && (!IsStepwise
        || Math.Abs(statuses.ToList().FindIndex(one => one.Id == from.Id) - statuses.ToList().FindIndex(one => one.Id == to.Id)) == 1);

    /// <summary>The issue with a value, as Jira answers what was written.</summary>
    private static Replica With(Replica issue, string id, object? value)
    {
        if (id == "summary")
        {
            return issue with { Summary = (string)value! };
        }

        if (id == "description")
        {
            return MemoryText.With(issue, value is HtmlText text ? MemoryText.Keep(text.Html) : null);
        }

        return issue with
        {
            Fields = new Table<object?>(issue.Fields, StringComparer.OrdinalIgnoreCase)
            {
                [id] = value switch
                {
                    JiraPerson person => PairWorld.Person(person.AccountId!["id-".Length..]),
                    string[] labels => labels.Cast<object?>().ToArray(),
                    DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    // A value that is put back has its id alone.
                    IReadOnlyDictionary<string, object?> parts when !parts.ContainsKey("name") =>
                        PairWorld.Named(PairWorld.Priorities[int.Parse((string)parts["id"]!, CultureInfo.InvariantCulture) - 1]),
                    _ => value,
                },
            },
        };
    }

    /// <summary>The values as a history has them.</summary>
    private static IEnumerable<(string Field, string? Id, string? Text)> Texts(Replica issue)
    {
        var priority = FieldValue.ToText(issue.Fields["priority"])!;
        var person = JiraPerson.Of(issue.Fields["assignee"]);
        yield return ("summary", null, issue.Summary);
        yield return ("status", issue.Status.Id, issue.Status.Name);
        yield return ("priority", $"{Array.IndexOf(PairWorld.Priorities, priority) + 1}", priority);
        yield return ("labels", null, string.Join(' ', FieldValue.Several(issue.Fields["labels"]).Cast<string>()));
        yield return ("assignee", person?.AccountId, person?.DisplayName);
        yield return ("description", null, MemoryText.Said(MemoryText.Render(issue)));
    }

    public Task<IReadOnlySet<string>> ReadPermissionsAsync(
        string? project, IReadOnlyCollection<string> permissions, CancellationToken cancellationToken) => throw Unused();

    public IAsyncEnumerable<Replica> SearchAsync(string jql, IssueDetail detail, CancellationToken cancellationToken) =>
        throw Unused();

    public Task<IReadOnlyList<LinkType>> GetLinkTypesAsync(CancellationToken cancellationToken) => throw Unused();

    public Task<JiraFields> GetFieldsAsync(CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyList<IssueType>> ReadIssueTypesAsync(string project, CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyDictionary<string, IReadOnlyList<IssueStatus>>> ReadStatusesAsync(
        string project, CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyList<WritableField>> ReadCreationFieldsAsync(
        string project, string issueTypeId, CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyList<WritableField>> ReadEditFieldsAsync(long issueId, CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyList<JiraPerson>> FindPeopleAsync(
        IReadOnlyCollection<string> accountIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JiraPerson>>([]);

    public Task<CreationAnswer> CreateAsync(IReadOnlyList<IssueWrite> writes, CancellationToken cancellationToken) => throw Unused();

    public Task<ServiceError?> AddLinkAsync(LinkType type, long sourceId, long targetId, CancellationToken cancellationToken) =>
        throw Unused();

    public Task<ServiceError?> RemoveLinkAsync(long linkId, CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyList<IssueComment>> ReadCommentsAsync(long issueId, CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyDictionary<long, string>> ReadCommentMarksAsync(
        IReadOnlyCollection<long> commentIds, CancellationToken cancellationToken) => throw Unused();

    public Task<(long? CommentId, ServiceError? Error)> AddCommentAsync(
        long issueId, CommentWrite comment, CancellationToken cancellationToken) => throw Unused();

    public Task<ServiceError?> EditCommentAsync(
        long issueId, long commentId, CommentWrite comment, bool notify, CancellationToken cancellationToken) => throw Unused();

    public Task<ServiceError?> RemoveCommentAsync(long issueId, long commentId, CancellationToken cancellationToken) => throw Unused();

    public Task<IReadOnlyList<WebLink>> ReadWebLinksAsync(long issueId, CancellationToken cancellationToken) => throw Unused();

    public Task<ServiceError?> WriteRemoteLinkAsync(
        long issueId, string globalId, Uri url, string title, CancellationToken cancellationToken) => throw Unused();

    public Task<ServiceError?> RemoveRemoteLinkAsync(long issueId, string globalId, CancellationToken cancellationToken) =>
        throw Unused();

    public Task<(long? AttachmentId, ServiceError? Error)> AddAttachmentAsync(
        long issueId, string fileName, byte[] content, CancellationToken cancellationToken) => throw Unused();

    public Task<ServiceError?> RemoveAttachmentAsync(long issueId, long attachmentId, CancellationToken cancellationToken) => throw Unused();

    public Task<ServiceError?> DeleteAsync(long issueId, CancellationToken cancellationToken) => throw Unused();

    private static NotSupportedException Unused() => new("A run over one pair does not need it.");

    private sealed class UnreadableException(ServiceError error) : ServiceException(error);
}
