using System.Collections.Concurrent;
using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Copies what people say in the discussion of work items to their issues.
/// <list type="number">
/// <item>A comment of a work item is an original unless it is our copy of a comment in Jira. A copy is never copied
/// back.</item>
/// <item>The discussion of a work item is read where its revision is another than the one that was looked at last,
/// which the pair's base says. A work item without comments is never asked for them.</item>
/// <item>The issue's own comments are read only where the base lacks something: then they say what is there, so that a
/// run that broke off copies nothing twice.</item>
/// </list>
/// </summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayContents(TwoWayContext context)
{
    /// <summary>The field by which the base says which revision of a discussion was looked at.</summary>
    private const string Discussion = "System.History";

    private readonly CommentCopier _copier = new(context.Issues, context.Log);

    private ContentPolicy Content => context.WorkItems.Content;

    /// <summary>Whether comments go to Jira.</summary>
    private bool HasComments => Content.Comments && context.Policy.Direction.IncludesJira() && context.Sync.Contents is not null;

    /// <summary>An issue without the copies of what is in Azure DevOps, which its register names.</summary>
    /// <param name="issue">The issue.</param>
    public Replica WithoutCopies(Replica issue)
    {
        if (!Content.Comments || issue.Comments is not { } comments
            || IssueRegister.Parse(issue.Property) is not { Comments: { Count: > 0 } known })
        {
            return issue;
        }

        // Anybody may edit the register: what others wrote is theirs, whatever it says.
        var ids = known.Select(one => one.Comment).ToHashSet();
        var others = comments.Where(comment => !ids.Contains(comment.Id) || comment.AuthorId != context.Issues.Account.AccountId)
            .ToList();
        var isWhole = issue.CommentCount <= comments.Count;
        return issue with
        {
            Comments = others,
            CommentCount = isWhole ? others.Count : issue.CommentCount - (comments.Count - others.Count),
            CopiedComments = ids.Except(others.Select(comment => comment.Id)).ToList(),
        };
    }

    /// <summary>Plans.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="isCreated">Whether the issues were created from their work items in this run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The pairs with what was looked at in their base, and what is to be written.</returns>
    public async Task<(IReadOnlyList<PairPlan> Pairs, IReadOnlyList<ContentCopy> Copies)> PlanAsync(
        IReadOnlyList<PairPlan> pairs, bool isCreated, CancellationToken cancellationToken)
    {
        if (!HasComments)
        {
            return (pairs, []);
        }

        var discussed = pairs.Where(HasDiscussion).ToList();
        var open = discussed.Where(pair => !IsLookedAt(pair)).ToList();
        var read = await ReadAsync(open, cancellationToken).ConfigureAwait(false);
        var mayWrite = open.ToLookup(pair => isCreated || !pair.Pair.Base.IsEmpty || context.Policy.Merge.Baseline == Side.AzureDevOps);
        var planned = (await _copier.PlanAsync(
            mayWrite[true].Where(pair => IsBehind(pair, read[pair])).Select(pair => Discussed(pair, read[pair])).ToList(),
            Content.Prune,
            cancellationToken).ConfigureAwait(false)).ToLookup(copy => copy.Issue.Id);
        var copies = new List<ContentCopy>();
        foreach (var pair in mayWrite[true])
        {
            var all = planned[pair.Pair.Issue.IssueId].ToList();
            if (all.Exists(copy => !copy.IsEditedByOthers))
            {
                copies.Add(new ContentCopy(pair) { Comments = all.FindAll(copy => !copy.IsEditedByOthers) });
            }

            if (all.Exists(copy => copy.IsEditedByOthers))
            {
                copies.Add(new ContentCopy(pair)
                {
                    Reason = "EditedInJira",
                    Detail = "Somebody edited our copy of a comment in Jira, so it does not follow its original any more.",
                });
            }
        }

        copies.AddRange(mayWrite[false].Where(pair => read[pair].Count > 0).Select(pair => new ContentCopy(pair)
        {
            Reason = "NoBase",
            Detail = "The pair had no base yet: comments of the work item go to Jira in the next run.",
        }));
        var waiting = copies.Where(copy => copy.IsWrite).Select(copy => copy.Pair.Pair.Issue.IssueId).ToHashSet();
        var held = mayWrite[false].Select(pair => pair.Pair.Issue.IssueId).ToHashSet();
        var looked = discussed.Select(pair => pair.Pair.Issue.IssueId).Where(id => !held.Contains(id)).ToHashSet();
        return (
            pairs.Select(pair => !looked.Contains(pair.Pair.Issue.IssueId) ? pair : pair with
            {
                Base = [.. pair.Base, Looked(pair, waiting.Contains(pair.Pair.Issue.IssueId))],
            }).ToList(),
            copies);
    }

    /// <summary>Writes.</summary>
    /// <param name="copies">What is to be written.</param>
    /// <param name="notify">Whether people are notified.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each what became of it, with what the pair has in common then.</returns>
    public async Task<IReadOnlyList<WrittenContent>> ApplyAsync(
        IReadOnlyList<ContentCopy> copies, bool notify, CancellationToken cancellationToken)
    {
        var written = (await _copier.ApplyAsync(copies.SelectMany(copy => copy.Comments).ToList(), notify, cancellationToken)
            .ConfigureAwait(false)).ToLookup(one => one.Copy.Issue.Id);
        return copies.Select(copy =>
        {
            var all = written[copy.Pair.Pair.Issue.IssueId].ToList();
            var line = copy.Line();
            return new WrittenContent(
                copy,
                all.Find(one => one.Error is not null) is { Error: { } error }
                    ? line.Failed(error) : line with { IsApplied = true },
                After(copy.Pair.Pair.Base.Comments, all));
        }).ToList();
    }

    /// <summary>The register of an issue once its comments are copied.</summary>
    /// <param name="register">What it says so far.</param>
    /// <param name="copy">What was to be written.</param>
    /// <param name="comments">The comments that are on both sides.</param>
    /// <param name="isDone">Whether all was written.</param>
    public IssueRegister Remember(
        IssueRegister register, ContentCopy copy, IReadOnlyList<CommentBase> comments, bool isDone)
    {
        var fields = new Dictionary<string, FieldBase>(register.Fields, StringComparer.OrdinalIgnoreCase);
        if (isDone)
        {
            fields[Discussion] = LookedAt(RevOf(copy.Pair), register.Counter);
        }

        return register with { Comments = comments, Fields = fields };
    }

    private static List<CommentBase> After(IReadOnlyList<CommentBase> before, List<WrittenCopy> written)
    {
        var comments = before.ToDictionary(one => one.WorkItemComment);
        foreach (var (copy, id, _) in written.Where(one => one.Error is null))
        {
            if (copy.Original is { } original && id is { } comment)
            {
                comments[copy.OriginalId] = new CommentBase(copy.OriginalId, comment, original.Version);
            }
            else
            {
                comments.Remove(copy.OriginalId);
            }
        }

        return comments.Values.OrderBy(one => one.WorkItemComment).ToList();
    }

    private static bool HasDiscussion(PairPlan pair) => pair.Pair.Base.Comments.Count > 0
        || pair.Pair.Item.Fields.GetValueOrDefault("System.CommentCount") is not double count || count > 0;

    /// <summary>Whether nobody said anything since the discussion was looked at.</summary>
    private static bool IsLookedAt(PairPlan pair)
    {
        var (item, mark) = (pair.Pair.Item, pair.Pair.Found.Mark);
        if (pair.Pair.Base.Of(Discussion) is not { } known)
        {
            return false;
        }

        // Our own write that recorded it made the revision that the mark names.
        return known.Ado == DigestOf(item.Rev)
            || (mark?.Rev == item.Rev && MarkBase.Parse(mark.Base) is { } inMark
                && inMark.Of(Discussion)?.Counter == inMark.Counter);
    }

    private static NextBase Looked(PairPlan pair, bool isWaiting) => new(
        Discussion,
        pair.Pair.Base.Of(Discussion),
        LookedAt(pair.Pair.Item.Rev, pair.Pair.Base.Counter + 1),
        isWaiting ? BaseNeeds.Contents : BaseNeeds.Nothing);

    private static FieldBase LookedAt(int rev, int counter) => new(counter, DigestOf(rev), DigestOf(rev));

    private static string DigestOf(int rev) => ShortDigest.Of(rev.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// The work item's revision after our own writes; the one that was planned with, if somebody else wrote.
    /// </summary>
    private int RevOf(PairPlan pair) =>
        context.Sync.Known.Existing.GetValueOrDefault(pair.Pair.Issue.IssueId) is { Mark: { } mark, WorkItem: var item }
            && mark.Rev == item.Rev ? item.Rev : pair.Pair.Item.Rev;

    /// <summary>Whether the issue lacks something of the discussion, as far as the base knows.</summary>
    private bool IsBehind(PairPlan pair, IReadOnlyList<WorkItemComment> originals)
    {
        var known = pair.Pair.Base.Comments.ToDictionary(one => one.WorkItemComment, one => one.Version);
        return originals.Any(one => known.GetValueOrDefault(one.Id) != one.Version)
            || (Content.Prune && known.Keys.Except(originals.Select(one => one.Id)).Any());
    }

    private async Task<Dictionary<PairPlan, IReadOnlyList<WorkItemComment>>> ReadAsync(
        IEnumerable<PairPlan> pairs, CancellationToken cancellationToken)
    {
        var read = new ConcurrentDictionary<PairPlan, IReadOnlyList<WorkItemComment>>(ReferenceEqualityComparer.Instance);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = context.Issues.ThrottleLimit, CancellationToken = cancellationToken,
        };
        await Parallel.ForEachAsync(pairs, options, async (pair, stop) =>
        {
            var all = await context.Sync.Contents!.Store.ReadCommentsAsync(pair.Pair.Item.Id, stop).ConfigureAwait(false);
            var copies = context.Sync.Authorship.CommentsOfOurs(all)
                .Where(comment => CommentMark.Parse(comment.Html, context.Sync.Site) is not null)
                .Select(comment => comment.Id)
                .ToHashSet();
            read[pair] = all.Where(comment => !copies.Contains(comment.Id)).ToList();
        }).ConfigureAwait(false);
        return new Dictionary<PairPlan, IReadOnlyList<WorkItemComment>>(read, ReferenceEqualityComparer.Instance);
    }

    private DiscussedPair Discussed(PairPlan pair, IReadOnlyList<WorkItemComment> originals) => new()
    {
        Issue = pair.Pair.Issue.Reference,
        WorkItemId = pair.Pair.Item.Id,
        Comments = originals,
        HasIssueComments = pair.Pair.Base.Comments.Count > 0,
        Page = context.Sync.Contents!.Store.PageOf(pair.Pair.Item.Id),
        Organization = context.Organization,
        Project = context.Sync.Store.Project,
    };
}
