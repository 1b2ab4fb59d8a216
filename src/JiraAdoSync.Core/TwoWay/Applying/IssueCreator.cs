using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.Writing;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Creates issues for work items, so that nothing is created twice:
/// <list type="number">
/// <item>Before the first creation, the issues that this account created in the last days are looked through once: one
/// whose property names a work item that is to get an issue is the one that an earlier run created and did not come to
/// mark.</item>
/// <item>Each body has the nonce and the work item in its property. Parents come before their children.</item>
/// <item>Which issue is whose is not said by the answer: the issues are read back, and the nonce identifies
/// each.</item>
/// <item>Where an answer is lost, the next keys after the highest known one are read, then a query by creator and
/// time;
/// only when both find nothing, after a pause, is it sent once more. What is not found then is unsure.</item>
/// <item>Where Jira refuses what is written to some fields, the issue is created without them. A required one is then
/// refused by name.</item>
/// <item>The mark is written to the work item only while its revision is the one that was read. Where another run was
/// faster the issue with the lower id stays, and the other one is reported.</item>
/// </list>
/// </summary>
/// <param name="issues">The issues.</param>
/// <param name="items">The work items.</param>
/// <param name="sender">Sends writes of work items.</param>
/// <param name="log">Takes note of every change in Jira.</param>
/// <param name="organization">The address of the organisation, as registers have it.</param>
internal sealed partial class IssueCreator(
    IIssueStore issues,
    IWorkItemStore items,
    BatchSender sender,
    IssueLog log,
    string organization)
{
    private const string Title = "summary";
    private const int Looks = 3;
    private const int DaysBack = 2;
    private const int MostPagesOfKeys = 10;

    private static readonly IssueDetail Detail = new() { Fields = ["creator"], Property = true };

    private readonly ConcurrentDictionary<string, long> _highest = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<int, IssueRefusal> _refused = [];

    /// <summary>What Jira refused of issues that were created without it, by the work item.</summary>
    public IReadOnlyDictionary<int, IssueRefusal> Refused => _refused;

    /// <summary>Creates.</summary>
    /// <param name="creations">What is to be created, one a work item.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in the same order.</returns>
    public async Task<IReadOnlyList<IssueResult>> ApplyAsync(
        IReadOnlyList<IssueCreation> creations, CancellationToken cancellationToken)
    {
        var projects = creations.Select(creation => creation.Write.Project!).Distinct(StringComparer.OrdinalIgnoreCase);
        // Neither search waits for the other.
        var highest = Task.WhenAll(projects.Select(project => FindHighestAsync(project, cancellationToken)).ToList());
        var earlier = FindEarlierAsync(creations, cancellationToken);
        await Task.WhenAll(highest, earlier).ConfigureAwait(false);
        var made = await earlier.ConfigureAwait(false);
        var errors = new Dictionary<int, ServiceError>();
        var waiting = creations.Where(creation => !made.ContainsKey(creation.Item.Id)).ToList();
        while (waiting.Count > 0)
        {
            // Those whose parent has an issue; a parent that got none leaves the child without one, not uncreated.
            var ready = waiting.Where(creation => creation.ParentWorkItemId is not { } parent
                || made.ContainsKey(parent) || waiting.TrueForAll(other => other.Item.Id != parent)).ToList();
            foreach (var part in (ready.Count > 0 ? ready : waiting).Chunk(IIssueStore.ReadSize))
            {
                await CreateAsync(part, made, errors, cancellationToken).ConfigureAwait(false);
                waiting = waiting.Except(part).ToList();
            }
        }

        var marked = await MarkAsync(
                creations.Where(one => made.ContainsKey(one.Item.Id)).ToList(),
                made,
                cancellationToken)
            .ConfigureAwait(false);
        return creations.Select(creation => marked.GetValueOrDefault(creation.Item.Id)
            ?? IssueResult.Of(creation).Failed(errors[creation.Item.Id])).ToList();
    }

    /// <summary>Creates up to as many as one read takes back, by requests that go side by side.</summary>
    private async Task CreateAsync(
        IReadOnlyList<IssueCreation> part,
        Dictionary<int, IssueReference> made,
        Dictionary<int, ServiceError> errors,
        CancellationToken cancellationToken)
    {
        var notes = new Dictionary<int, IssueLog.Note>();
        var (open, created) = (part.ToList(), new List<IssueReference>());
        ServiceError? lost = null;
        for (var attempt = 1; open.Count > 0 && attempt <= 2; attempt++)
        {
            lost = null;
            for (var sent = open.ToList(); sent.Count > 0;)
            {
                var again = new List<IssueCreation>();
                var batches = sent.Chunk(IIssueStore.CreationSize).ToList();
                var answers = await Task.WhenAll(batches.Select(batch =>
                {
                    foreach (var (creation, note) in batch.Zip(log.Creating(batch)))
                    {
                        notes[creation.Item.Id] = note;
                    }

                    return issues.CreateAsync(batch.Select(one => ToWrite(one, made)).ToList(), cancellationToken);
                })).ConfigureAwait(false);
                foreach (var (batch, answer) in batches.Zip(answers))
                {
                    created.AddRange(answer.Created);
                    foreach (var (index, error) in answer.Refused)
                    {
                        var refused = batch[index];
                        log.Ended(notes[refused.Item.Id], error);
                        if (WithoutRefused(refused, error) is { } less)
                        {
                            again.Add(open[open.IndexOf(refused)] = less);
                        }
                        else
                        {
                            errors[refused.Item.Id] = Explained(refused, error);
                        }
                    }

                    lost = answer.Error ?? lost;
                    if (answer.Error is { MayBeDone: false } failed)
                    {
                        foreach (var creation in batch.Where((_, index) => !answer.Refused.ContainsKey(index)))
                        {
                            errors[creation.Item.Id] = failed;
                            log.Ended(notes[creation.Item.Id], failed);
                        }
                    }
                }

                sent = again;
            }

            open.RemoveAll(creation => errors.ContainsKey(creation.Item.Id));
            await TakeAsync(open, ReadBackAsync(created, cancellationToken), made, notes).ConfigureAwait(false);
            for (var look = 1; open.Count > 0 && look <= Looks; look++)
            {
                await sender.PauseAsync(look, cancellationToken).ConfigureAwait(false);
                await TakeAsync(open, ReadNextAsync(open, cancellationToken), made, notes).ConfigureAwait(false);
                if (open.Count > 0)
                {
                    await TakeAsync(open, SearchAsync(open, "-60m", cancellationToken), made, notes)
                        .ConfigureAwait(false);
                }
            }
        }

        foreach (var creation in open)
        {
            errors[creation.Item.Id] = (lost ?? new ServiceError(
                Failure.RequestFailed, "Jira says that it was created, and it is not found.")) with { MayBeDone = true };
        }
    }

    /// <summary>The issue without the fields that Jira refuses; null where the refusal names none that it can be without.</summary>
    private static IssueCreation? WithoutRefused(IssueCreation creation, ServiceError error)
    {
        var isInParent = creation.Parent is not null || creation.ParentWorkItemId is not null;
        var fields = creation.Write.Fields;
        var refused = IssueRefusal.FieldsIn(error, fields, isInParent && !creation.Write.Type!.IsSubtask);
        refused.Remove(Title);
        return refused.Count == 0 ? null : creation with
        {
            Write = creation.Write with { Fields = fields.Where(one => !refused.Contains(one.Key)).ToDictionary() },
            Parent = refused.Contains(IssueRefusal.Parent) ? null : creation.Parent,
            ParentWorkItemId = refused.Contains(IssueRefusal.Parent) ? null : creation.ParentWorkItemId,
            Refusal = IssueRefusal.Of(refused, fields, error, creation.Refusal),
        };
    }

    /// <summary>Why an issue was not created: a field that Jira demands may be one whose value it refused before.</summary>
    private static ServiceError Explained(IssueCreation creation, ServiceError error) => creation.Refusal is null ? error
        : error with { Message = $"{error.Message} {creation.Refusal.Detail}" };

    /// <summary>Takes those of some issues that are ours out of what is open.</summary>
    private async Task TakeAsync(
        List<IssueCreation> open,
        IAsyncEnumerable<Replica> found,
        Dictionary<int, IssueReference> made,
        Dictionary<int, IssueLog.Note> notes)
    {
        await foreach (var issue in found.ConfigureAwait(false))
        {
            if (IssueRegister.Parse(issue.Property) is { } register && IsOurs(issue, register)
                && open.Find(creation => creation.Item.Id == register.WorkItem
                    && creation.Register.Nonce == register.Nonce) is { } creation)
            {
                made[creation.Item.Id] = issue.Reference;
                if (creation.Refusal is not null)
                {
                    _refused[creation.Item.Id] = creation.Refusal;
                }

                log.Created(notes[creation.Item.Id], issue.Reference);
                open.Remove(creation);
                Note(issue.Key);
            }
        }
    }

    /// <summary>
    /// Issues that an earlier run created for these work items and did not come to mark; the lowest id of each.
    /// </summary>
    private async Task<Dictionary<int, IssueReference>> FindEarlierAsync(
        IReadOnlyList<IssueCreation> creations, CancellationToken cancellationToken)
    {
        var wanted = creations.ToDictionary(creation => creation.Item.Id);
        var found = new Dictionary<int, IssueReference>();
        await foreach (var issue in SearchAsync(creations, $"-{DaysBack}d", cancellationToken).ConfigureAwait(false))
        {
            Note(issue.Key);
            if (IssueRegister.Parse(issue.Property) is { } register && IsOurs(issue, register)
                && wanted.ContainsKey(register.WorkItem)
                && (!found.TryGetValue(register.WorkItem, out var other) || other.Id > issue.IssueId))
            {
                found[register.WorkItem] = issue.Reference;
            }
        }

        return found;
    }

    private async IAsyncEnumerable<Replica> SearchAsync(
        IReadOnlyList<IssueCreation> creations,
        string since,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var project in creations.Select(one => one.Write.Project!).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var jql = $"project = \"{project}\" AND creator = currentUser() AND created >= {since} ORDER BY id ASC";
            await foreach (var issue in issues.SearchAsync(jql, Detail, cancellationToken).ConfigureAwait(false))
            {
                yield return issue;
            }
        }
    }

    private IAsyncEnumerable<Replica> ReadBackAsync(
        List<IssueReference> created,
        CancellationToken cancellationToken) =>
        issues.ReadAsync(
            created.Select(one => one.Id.ToString(CultureInfo.InvariantCulture)), Detail, cancellationToken);

    /// <summary>The keys that come next in each project, page by page, until a page has none.</summary>
    private async IAsyncEnumerable<Replica> ReadNextAsync(
        IReadOnlyList<IssueCreation> open,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (
            var project in open.Select(one => one.Write.Project!).Distinct(StringComparer.OrdinalIgnoreCase).ToList())
        {
            var next = _highest.GetValueOrDefault(project) + 1;
            for (var page = 0; page < MostPagesOfKeys; page++, next += IIssueStore.ReadSize)
            {
                var keys = Enumerable.Range(0, IIssueStore.ReadSize)
                    .Select(offset => string.Create(CultureInfo.InvariantCulture, $"{project}-{next + offset}"));
                var any = false;
                await foreach (var issue in issues.ReadAsync(keys, Detail, cancellationToken).ConfigureAwait(false))
                {
                    any = true;
                    yield return issue;
                }

                if (!any)
                {
                    break;
                }
            }
        }
    }

    /// <summary>The highest key of a project, before anything is created in it.</summary>
    private async Task FindHighestAsync(string project, CancellationToken cancellationToken)
    {
        _highest[project] = 0;
        var jql = $"project = \"{project}\" ORDER BY created DESC";
        await foreach (var issue in issues.SearchAsync(jql, IssueDetail.None, cancellationToken).ConfigureAwait(false))
        {
            Note(issue.Key);
            break;
        }
    }

    private void Note(string key)
    {
        if (Key().Match(key) is { Success: true } match)
        {
            var (project, number) =
                (match.Groups[1].Value, long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
            // Only a project that issues are created in has an entry.
            if (_highest.ContainsKey(project))
            {
                _highest.AddOrUpdate(project, number, (_, known) => Math.Max(known, number));
            }
        }
    }

    /// <summary>
    /// A property counts only on an issue that this account created: anybody who edits it can write one.
    /// </summary>
    private bool IsOurs(Replica issue, IssueRegister register) =>
        JiraPerson.Of(issue.Fields.GetValueOrDefault("creator"))?.AccountId == issues.Account.AccountId
        && register.Organization == organization
        && register.Project.Equals(items.Project, StringComparison.OrdinalIgnoreCase);

    private static IssueWrite ToWrite(IssueCreation creation, Dictionary<int, IssueReference> made)
    {
        var parent = creation.Parent
            ?? (creation.ParentWorkItemId is { } id ? made.GetValueOrDefault(id) : null);
        return creation.Write with
        {
            Parent = parent is null ? null : new ParentWrite(parent, creation.Write.Type!.IsSubtask),
            Property = creation.Register.ToJson(),
        };
    }

    /// <summary>Puts the marks on the work items, 200 a request.</summary>
    private async Task<Dictionary<int, IssueResult>> MarkAsync(
        IReadOnlyList<IssueCreation> creations,
        Dictionary<int, IssueReference> made,
        CancellationToken cancellationToken)
    {
        var results = new Dictionary<int, IssueResult>();
        foreach (var batch in creations.Chunk(IWorkItemStore.BatchSize))
        {
            var outcomes = await sender.SendAsync(
                batch,
                part => part.Select(one => one.Mark(made[one.Item.Id]) with { ExpectedRev = one.Item.Rev }).ToList(),
                (unsure, cancellationToken) => FindMarkedAsync(unsure, made, cancellationToken),
                cancellationToken).ConfigureAwait(false);
            foreach (var (creation, outcome) in batch.Zip(outcomes))
            {
                var issue = made[creation.Item.Id];
                Note(issue, creation.Item, outcome.WorkItem);
                results[creation.Item.Id] = outcome.Error is null ? IssueResult.Of(creation, issue)
                    : outcome.Error.Kind == Failure.WorkItemChanged
                        ? await MarkAgainAsync(creation, issue, cancellationToken).ConfigureAwait(false)
                        : IssueResult.Of(creation, issue).Failed(outcome.Error);
            }
        }

        return results;
    }

    /// <summary>
    /// Marks an item that changed since it was read: by a person, or by a run that created an issue for it too.
    /// </summary>
    private async Task<IssueResult> MarkAgainAsync(
        IssueCreation creation, IssueReference issue, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Looks; attempt++)
        {
            if (await items.ReadAsync([creation.Item.Id], cancellationToken).ConfigureAwait(false) is not [{ } now])
            {
                return IssueResult
                    .Of(creation, issue)
                    .Failed(
                        new ServiceError(
                            Failure.NotFound,
                            $"Work item {creation.Item.Id} was deleted while {issue.Key} was created for it."));
            }

            var marks = WorkItemMark.FindAll(now, issues.Site).ToList();
            if (marks.Exists(one => one.Mark.Issue.Id == issue.Id))
            {
                return IssueResult.Of(creation, issue);
            }

            if (marks.Find(one => one.Mark.Issue.Id < issue.Id) is { Mark: { } lower })
            {
                return IssueResult.Of(creation, issue).Skipped(
                    Reasons.SecondIssue,
                    $"Another run created {lower.Issue.Key} for work item {now.Id}, which stays. {issue.Key} is a second one: "
                    + "nothing is done to it.");
            }

            var write = creation.Mark(issue) with
            {
                Before = now,
                ExpectedRev = now.Rev,
                RemoveRelations = marks.Select(one => one.Index).OrderDescending().ToList(),
            };
            var outcome = (await sender.WriteAsync([write], cancellationToken).ConfigureAwait(false))[0];
            if (outcome.Error is null)
            {
                Note(issue, now, outcome.WorkItem);
                return IssueResult.Of(creation, issue);
            }

            if (outcome.Error.Kind != Failure.WorkItemChanged && !outcome.Error.MayBeDone)
            {
                return IssueResult.Of(creation, issue).Failed(outcome.Error);
            }
        }

        return IssueResult
            .Of(creation, issue)
            .Failed(
                new ServiceError(
                    Failure.WorkItemChanged,
                    $"Work item {creation.Item.Id} changes too often to be marked; the next run marks it."));
    }

    /// <summary>Notes the mark that a work item got.</summary>
    private void Note(IssueReference issue, WorkItem before, WorkItem? after)
    {
        if (after is not null)
        {
            var (former, present) = (before.Relations, after.Relations);
            log.Record.Updated(
                issue, before, after, [],
                former.Where(one => !present.Any(other => other.Identity == one.Identity)).ToList(),
                present.Where(one => !former.Any(other => other.Identity == one.Identity)).ToList());
        }
    }

    private async Task<IReadOnlyList<WorkItem?>> FindMarkedAsync(
        IReadOnlyList<IssueCreation> unsure,
        Dictionary<int, IssueReference> made,
        CancellationToken cancellationToken)
    {
        var now = (await items.ReadAsync(unsure.Select(one => one.Item.Id).ToList(), cancellationToken).ConfigureAwait(false))
            .ToDictionary(item => item.Id);
        return unsure.Select(creation => now.GetValueOrDefault(creation.Item.Id) is { } item
            && WorkItemMark.Find(item, issues.Site, made[creation.Item.Id].Id) is not null ? item : null).ToList();
    }

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9_]*)-([0-9]{1,18})\z")]
    private static partial Regex Key();
}
