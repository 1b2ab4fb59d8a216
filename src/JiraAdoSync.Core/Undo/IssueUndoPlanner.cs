using System.Text.Json;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.RichText;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;

namespace JiraAdoSync.Undo;

/// <summary>
/// Decides what of a run is undone of an issue, by what the record has and what the issue has now. What was noted as sent
/// and never as done is judged by what is there. See <see cref="IssueUndo"/>, which carries it out.
/// </summary>
/// <param name="account">The id of the account that undoes it.</param>
/// <param name="site">The issues' site.</param>
/// <param name="deleteIssues">Whether issues that the run created are deleted.</param>
internal sealed class IssueUndoPlanner(string? account, JiraSite site, bool deleteIssues)
{
    /// <summary>
    /// What the run wrote to work items of pairs that go both ways, by the issue, with the number of the write.
    /// </summary>
    public Dictionary<long, (RunChange Change, int Counter)> WrittenInAdo(
        IEnumerable<RunChange> changes, IReadOnlySet<long> later) => changes
        .Where(change => change is { Action: RunAction.Update, Issue: null, IssueId: { } id, After.Count: > 0 }
            && !later.Contains(id))
        .Select(change => (Change: change, Counter: LaterRuns.CounterOf(change, site)))
        .Where(one => one.Counter > 0)
        .GroupBy(one => one.Change.IssueId!.Value)
        .ToDictionary(group => group.Key, group => group.MaxBy(one => one.Counter));

    /// <summary>
    /// Has an issue forget the values of fields that its work item is given back; null where it knows nothing of the write.
    /// </summary>
    public static IssueStep? Unremembered(RunChange change, int counter, Replica issue) =>
        IssueRegister.Parse(issue.Property) is not { Fields.Count: > 0 } register || register.Counter < counter ? null
            : new IssueStep
            {
                Action = ChangeAction.Update,
                Change = change,
                Work = new IssueUndoWork(issue, $"Give back to {issue.Key} in Jira: what it remembers")
                {
                    Write = new IssueWrite
                    {
                        Issue = issue.Reference,
                        Property = (register with { Fields = new Dictionary<string, FieldBase>() }).ToJson(),
                    },
                },
            };

    /// <summary>A step that leaves what a later run built upon.</summary>
    public static IssueStep LeftToLater(IssueStep step) => step.Action == ChangeAction.Skip ? step : Left(
        step with { Work = step.Work with { What = step.Work.What.Replace("Give back to", "Leave", StringComparison.Ordinal) } },
        Reasons.Changed,
        "A later run wrote to it and to its work item. Undo that one first, and then this one once more.");

    public IssueStep Created(RunChange creation, Replica issue, IEnumerable<IssueFieldChange> history)
    {
        var step = new IssueStep
        {
            Action = ChangeAction.Remove,
            Change = creation,
            Work = new IssueUndoWork(issue, $"Delete {issue.Key} in Jira"),
        };
        var others = history.FirstOrDefault(change => change.Author?.AccountId != account);
        return !deleteIssues
                ? Left(
                    step,
                    Reasons.IssueStays,
                    $"The run created {issue.Key}, and Jira has no recycle bin. -DeleteIssues deletes it.")
            : others is not null
                ? Left(
                    step,
                    Reasons.Changed,
                    $"{others.Author?.ToString() ?? "Somebody"} edited it since: {others.Field}.")
            : step;
    }

    /// <summary>A rich text as Jira keeps it, from what the record has of it.</summary>
    private static string? Kept(JsonElement text) => text.ValueKind == JsonValueKind.Null ? null : text.GetRawText();

    public static IEnumerable<IssueStep> Fields(
        List<RunChange> parts, Replica issue, Dictionary<long, Replica> now)
    {
        var (before, after) = (new Dictionary<string, JsonElement>(), new Dictionary<string, JsonElement>());
        var texts = parts.SelectMany(part => part.Issue!.Texts).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var change in parts.Select(part => part.Issue!))
        {
            change.Before.ToList().ForEach(field => before.TryAdd(field.Key, field.Value));
            change.After.ToList().ForEach(field => after[field.Key] = field.Value);
        }

        var values = new Dictionary<string, object?>();
        var moved = new List<string>();
        foreach (var (field, written) in after)
        {
            var value = field == "summary" ? issue.Summary : issue.Fields.GetValueOrDefault(field);
            if (texts.Contains(field))
            {
                var (source, former) = (MergedText.SourceOf(issue, field), Kept(before[field]));
                if (source != former && !(source == Kept(written) || (written.ValueKind == JsonValueKind.String
                    && JiraSource.IsOf(source, written.GetString()!))))
                {
                    moved.Add(field);
                }
                else if (source != former)
                {
                    values[field] = new KeptText(former);
                }
            }
            else if (field is "description" or "environment")
            {
                moved.Add(field);
            }
            else if (JiraValues.Has(JiraValues.ToWrite(Plain(before[field])), value))
            {
                // It is as it was: the change was not made, or it is undone already.
                continue;
            }
            else if (!JiraValues.Has(Plain(written), value))
            {
                moved.Add(field);
            }
            else
            {
                values[field] = JiraValues.ToWrite(Plain(before[field]));
            }
        }

        var template = new IssueStep { Action = ChangeAction.Update, Change = parts[^1] };
        var parents = parts.Where(part => part.Issue!.ParentAfter is not null).Select(part => part.Issue!).ToList();
        ParentWrite? parent = null;
        if (parents.Count > 0 && (issue.Parent?.Id ?? 0) is var current && parents[0].ParentBefore is { } first
            && current != first)
        {
            if (current != parents[^1].ParentAfter)
            {
                moved.Add("parent");
            }
            else if (first > 0 && !now.ContainsKey(first))
            {
                yield return Left(
                    template with { Work = new IssueUndoWork(issue, $"Leave parent of {issue.Key} in Jira") },
                    Reasons.Missing,
                    $"Its former parent, the issue {first}, is deleted, or the account may not read it.");
            }
            else
            {
                parent = new ParentWrite(now.GetValueOrDefault(first)?.Reference, issue.Type.IsSubtask);
            }
        }

        var registers = parts.Where(part => part.Issue!.PropertyAfter is not null).Select(part => part.Issue!).ToList();
        // Whoever gave a field its former value left what the issue remembers of it.
        var isLatest = registers.Count > 0 && CounterOf(issue.Property) is { } counter
            && counter == CounterOf(registers[^1].PropertyAfter);
        if (values.Count > 0 || parent is not null || isLatest)
        {
            var names = values.Keys.Concat(parent is null ? [] : (string[])["parent"]).DefaultIfEmpty("what it remembers");
            yield return template with
            {
                Work = new IssueUndoWork(
                    issue,
                    $"Give back to {issue.Key} in Jira: {string.Join(", ", names.Order(StringComparer.Ordinal))}")
                {
                    Write = new IssueWrite
                    {
                        Issue = issue.Reference,
                        Fields = values,
                        Parent = parent,
                        // What is not a register says nothing of the pair, as an issue without one does.
                        Property = isLatest ? FormerProperty(registers, issue) : null,
                    },
                },
            };
        }

        foreach (var field in moved)
        {
            yield return Left(
                template with { Work = new IssueUndoWork(issue, $"Leave {field} of {issue.Key} in Jira") },
                field is "description" or "environment" ? Reasons.Text : Reasons.Changed,
                field is "description" or "environment"
                    ? "Jira does not keep a text as it was sent, so it is unknown whether somebody edited it since."
                    : "Somebody changed it since.");
        }
    }

    /// <summary>
    /// The property before the run, without the links and copies that another undo had the issue forget since. What is not a
    /// register says nothing of the pair, as an issue without one does.
    /// </summary>
    private static string FormerProperty(List<IssueChange> registers, Replica issue)
    {
        if (IssueRegister.Parse(registers[0].PropertyBefore) is not { } before
            || IssueRegister.Parse(registers[^1].PropertyAfter) is not { } after
            || IssueRegister.Parse(issue.Property) is not { } now)
        {
            return registers[0].PropertyBefore ?? IssueRegister.Nothing;
        }

        return (before with
        {
            Links = [.. before.Links.Except(after.Links.Except(now.Links))],
            Comments = [.. before.Comments.ExceptBy(Forgotten(IdsOfComments), one => one.Comment)],
            Files = [.. before.Files.ExceptBy(Forgotten(IdsOfFiles), one => one.Attachment)],
        }).ToJson();

        IEnumerable<long> Forgotten(Func<IssueRegister, IEnumerable<long>> ids) => ids(after).Except(ids(now));
    }

    private static IEnumerable<long> IdsOfComments(IssueRegister register) => register.Comments.Select(one => one.Comment);

    private static IEnumerable<long> IdsOfFiles(IssueRegister register) => register.Files.Select(one => one.Attachment);

    /// <summary>The number of the run's write that a property came with; null for what is none of ours.</summary>
    private static int? CounterOf(string? property) => IssueRegister.Parse(property)?.Counter;

    public static IEnumerable<IssueStep> Status(List<RunChange> parts, Replica issue)
    {
        var moves = parts.Where(part => part.Issue!.StatusAfter is not null).Select(part => part.Issue!).ToList();
        if (moves.Count == 0 || issue.Status.Id == moves[0].StatusBefore)
        {
            yield break;
        }

        var step = new IssueStep
        {
            Action = ChangeAction.Update,
            Change = parts[^1],
            Work = new IssueUndoWork(issue, $"Give back to {issue.Key} in Jira: status")
            {
                Statuses = [moves[0].StatusBefore!, .. moves.Select(move => move.StatusAfter!)],
            },
        };
        yield return moves.Exists(move => move.StatusAfter == issue.Status.Id) ? step
            : Left(step, Reasons.Changed, $"Somebody moved it since: it is {issue.Status}.");
    }

    public static IEnumerable<IssueStep> Links(List<RunChange> parts, Replica issue, List<RunChange> created)
    {
        foreach (var change in parts)
        {
            foreach (var link in change.Issue!.Links)
            {
                var present = issue.Links.FirstOrDefault(one =>
                    one.Type.Id == link.TypeId && one.Source.Id == link.Source && one.Target.Id == link.Target);
                var step = new IssueStep { Action = ChangeAction.Remove, Change = change };
                if (link.RemovedId is null && present is not null && !created.Exists(one => one.IssueId == link.Target))
                {
                    yield return step with
                    {
                        Work = new IssueUndoWork(issue, $"Remove the link '{present}' in Jira") { Added = present },
                    };
                }
                else if (link.RemovedId is not null && present is null)
                {
                    var (source, target) = (
                        new IssueReference(link.Source, issue.Key),
                        new IssueReference(link.Target, $"#{link.Target}"));
                    yield return step with
                    {
                        Action = ChangeAction.Create,
                        Work = new IssueUndoWork(issue, $"Add the link '{issue.Key} {link.Type}' in Jira again")
                        {
                            Removed = new LinkAddition(
                                new LinkType(link.TypeId, link.Type, link.Type, link.Type),
                                source,
                                target),
                        },
                    };
                }
            }
        }
    }

    public IEnumerable<IssueStep> Comments(
        List<RunChange> parts, Replica issue, IReadOnlyList<PresentComment> present)
    {
        foreach (var (change, comment) in parts.SelectMany(part => part.Issue!.Comments, (part, comment) => (part, comment)))
        {
            var now = present.FirstOrDefault(one => one.Comment.Id == comment.Id);
            var isOpen = (comment.Before, comment.After) switch
            {
                _ when comment.Id is null => false,
                (null, _) => now is not null,
                (_, null) => now is null && !present.Any(one => CommentCopier.IsSame(one.Mark, comment.Mark)),
                _ => now is not null && CommentCopier.IsSame(now.Mark, comment.Mark),
            };
            if (!isOpen)
            {
                continue;
            }

            var step = new IssueStep
            {
                Action =
                    comment.Before is null ? ChangeAction.Remove
                    : comment.After is null ? ChangeAction.Create
                    : ChangeAction.Update,
                Change = change,
                Work = new IssueUndoWork(issue, comment.Before is null
                    ? $"Remove comment {comment.Id} of {issue.Key} in Jira"
                    : comment.After is null ? $"Bring back a comment of {issue.Key} in Jira, as a new one"
                    : $"Give comment {comment.Id} of {issue.Key} in Jira its former text")
                {
                    Comment = comment,
                },
            };
            yield return now?.Comment.EditorId is { } editor && editor != account
                ? Left(step, Reasons.Changed, "Somebody edited it since.")
                : step;
        }
    }

    public static IEnumerable<IssueStep> FilesAndPages(
        List<RunChange> parts, Replica issue, IReadOnlyList<WebLink> pages)
    {
        foreach (var change in parts)
        {
            var step = new IssueStep { Action = ChangeAction.Remove, Change = change };
            foreach (var file in change.Issue!.Files.Where(file => file.Id is not null))
            {
                if (file.IsRemoval)
                {
                    yield return Left(
                        step with
                        {
                            Work = new IssueUndoWork(issue, $"Leave out {file.Name} of {issue.Key} in Jira")
                            {
                                File = file,
                            },
                        },
                        Reasons.FileMissing,
                        "Jira keeps no copy of a file that was removed; attach it again.");
                }
                else if (issue.Attachments?.Any(one => one.Id == file.Id) != false)
                {
                    yield return step with
                    {
                        Work = new IssueUndoWork(issue, $"Remove {file.Name} from {issue.Key} in Jira") { File = file },
                    };
                }
            }

            if (change.Issue.WebLink is { } page && pages.Any(link => link.Url == new Uri(page).AbsoluteUri))
            {
                yield return step with
                {
                    Work = new IssueUndoWork(issue, $"Remove the link to the work item from {issue.Key} in Jira")
                    {
                        Page = page,
                    },
                };
            }
        }
    }

    private static IssueStep Left(IssueStep step, string reason, string detail) => step with
    {
        Action = ChangeAction.Skip,
        Reason = reason,
        Detail = detail,
    };

    /// <summary>A recorded value as plain values are.</summary>
    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToArray(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(part => part.Name, part => Plain(part.Value)),
        _ => null,
    };
}

/// <summary>A comment that an issue has, with the mark that makes it a copy; null for any other comment.</summary>
internal sealed record PresentComment(IssueComment Comment, string? Mark);
