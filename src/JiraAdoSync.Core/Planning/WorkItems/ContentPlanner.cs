using System.Globalization;
using System.Text.Json;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.RichText;

namespace JiraAdoSync.Planning.WorkItems;

/// <summary>What of an issue must be read before its content can be planned.</summary>
[Flags]
public enum ContentNeeds
{
    /// <summary>Nothing: it is as it was when it was brought over.</summary>
    None = 0,

    /// <summary>The rendered description.</summary>
    Description = 1,

    /// <summary>
    /// The rendered comments and the history, whichever the policy includes, and the comments of the work item.
    /// </summary>
    Comments = 2,

    /// <summary>The list of attachments, where the issue was read without it.</summary>
    Attachments = 4,

    /// <summary>The web links.</summary>
    WebLinks = 8,
}

/// <summary>All that is known of an issue's content.</summary>
public sealed record ContentInput
{
    /// <summary>The issue.</summary>
    public required Replica Replica { get; init; }

    /// <summary>The work item; null where it is to be created.</summary>
    public FoundWorkItem? Found { get; init; }

    /// <summary>The fields that take the description.</summary>
    public required IReadOnlyList<string> TextFields { get; init; }

    /// <summary>Further fields that take a text which Jira renders, with the Jira field of each.</summary>
    public IReadOnlyList<TextField> FurtherTexts { get; init; } = [];

    /// <summary>Jira's renderings, where they were needed.</summary>
    public RenderedIssue? Rendered { get; init; }

    /// <summary>The work item's comments, where they were needed.</summary>
    public IReadOnlyList<WorkItemComment> Comments { get; init; } = [];

    /// <summary>The issue's history as a comment, where it was needed; null where nothing was changed.</summary>
    public IssueComment? History { get; init; }

    /// <summary>The issue's web links, where they were needed.</summary>
    public IReadOnlyList<WebLink> WebLinks { get; init; } = [];

    /// <summary>What the addresses of the texts become.</summary>
    public required RichTextContext Context { get; init; }

    /// <summary>The keys of issues whose work items this run creates.</summary>
    public IReadOnlySet<string> ToCreate { get; init; } = new HashSet<string>();

    /// <summary>The issue's attachments that earlier runs copied from the work item, as far as they were asked for.</summary>
    public IReadOnlySet<long> CopiedFiles { get; init; } = new HashSet<long>();

    /// <summary>The id of the account in Jira that makes copies; null where it is not known.</summary>
    public string? Account { get; init; }

    /// <summary>What the user chose.</summary>
    public required ContentPolicy Policy { get; init; }
}

/// <summary>
/// Decides what is to be done with description, comments, attachments and web links.
/// <list type="number">
/// <item>Each kind has its digest in the mark, over Jira's side: an equal one means that nothing is read and nothing
/// written. What is not written yet has none, so that a run that broke off is completed by the next one.</item>
/// <item>
/// What exists is recognised by its own mark: a comment by the line that it begins with, a file and a hyperlink by the
/// comment of their relation. What is there is not added again, whatever the digests say.
/// </item>
/// <item>
/// A comment or web link that changed in Jira changes with it, unless somebody else edited our comment since. What is
/// missing in Jira stays, and is removed where pruning is wished: Jira hides comments from accounts, so missing is not
/// deleted. What people wrote or added is never touched.
/// </item>
/// </list>
/// </summary>
public static class ContentPlanner
{
    /// <summary>The fields that show a description.</summary>
    public static IReadOnlyList<string> TextFields => TextField.OfDescription;

    /// <summary>The digest of texts that all go both ways: what both sides had of them is in the base.</summary>
    private const string Merged = "00000001";

    private const string Cut = "The description is longer than a work item takes, and was cut; it is whole in Jira.";

    /// <summary>The service takes this many files at one work item.</summary>
    private const int MostAttachments = 100;

    /// <summary>What must be read for an issue.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="mark">The mark on its work item; null where there is none.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="furtherTexts">The fields beside the description that take a text which Jira renders.</param>
    public static ContentNeeds NeedsOf(
        Replica replica,
        WorkItemMark? mark,
        ContentPolicy policy,
        IReadOnlyList<TextField>? furtherTexts = null)
    {
        ArgumentNullException.ThrowIfNull(replica);
        ArgumentNullException.ThrowIfNull(policy);
        var was = TextDigests.Parse(mark?.TextDigest);
        var now = DigestsOf(replica, TextDigestOf(replica, furtherTexts ?? []), policy);
        return NeedsOf(replica, mark is not null, was, now, policy);
    }

    private static ContentNeeds NeedsOf(
        Replica replica, bool isMarked, TextDigests was, TextDigests now, ContentPolicy policy)
    {
        var mayHaveComments = policy.History || isMarked || replica.Comments is null || replica.CommentCount > 0;
        var mayBeDescribed = now.Description is not (TextDigests.Missing or Replica.NoDescription);
        return (mayBeDescribed && was.DescriptionAlone != now.Description ? ContentNeeds.Description : 0)
            | (policy.HasDiscussion && mayHaveComments && !Same(was.Comments, now.Comments, policy)
                ? ContentNeeds.Comments
                : 0)
            | (policy.Attachments && replica.Attachments is null ? ContentNeeds.Attachments : 0)
            | (policy.WebLinks && !Same(was.WebLinks, now.WebLinks, policy) ? ContentNeeds.WebLinks : 0);
    }

    /// <summary>Whether an issue has the texts that it had when they were last written to its work item.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="mark">The mark on its work item; null where there is none.</param>
    /// <param name="furtherTexts">The fields beside the description that take a text which Jira renders.</param>
    internal static bool HasTextsOf(
        Replica replica, WorkItemMark? mark, IReadOnlyList<TextField> furtherTexts) =>
        TextDigests.Parse(mark?.TextDigest).DescriptionAlone is var was && was != TextDigests.Missing
        && (was == replica.DescriptionDigest
            || was == TextDigestOf(replica, [.. furtherTexts.Select(text => text with { IsMerged = false })]));

    /// <summary>
    /// Whether an issue's texts are as they were when they were written, so that no text is looked at, and whether all of
    /// its content is, so that none is and nothing is to be said of it.
    /// </summary>
    /// <param name="replica">The issue.</param>
    /// <param name="mark">The mark on its work item.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="furtherTexts">The fields beside the description that take a text which Jira renders.</param>
    internal static (bool Texts, bool Content) IsAsWritten(
        Replica replica, WorkItemMark mark, ContentPolicy policy, IReadOnlyList<TextField> furtherTexts)
    {
        var was = TextDigests.Parse(mark.TextDigest);
        var now = DigestsOf(replica, TextDigestOf(replica, furtherTexts), policy);
        if (was.IsWaiting || was.DescriptionAlone != now.Description
            || NeedsOf(replica, isMarked: true, was, now, policy) != ContentNeeds.None)
        {
            return (false, false);
        }

        var hasFilesAsWritten = !policy.Attachments || (Same(was.Attachments, now.Attachments, policy)
            && replica.Attachments?.All(attachment => attachment.Size <= policy.AttachmentLimit) == true);
        return (true, hasFilesAsWritten && was.ToString() == mark.TextDigest);
    }

    /// <summary>Whether the plan for an issue looks at copies of files and web links on its work item.</summary>
    /// <param name="replica">The issue.</param>
    /// <param name="mark">The mark on its work item; null where there is none.</param>
    /// <param name="needs">What must be read for it.</param>
    /// <param name="policy">What the user chose.</param>
    internal static bool LooksAtCopies(
        Replica replica, WorkItemMark? mark, ContentNeeds needs, ContentPolicy policy) =>
        needs != ContentNeeds.None
        || (policy.Attachments && !Same(
            TextDigests.Parse(mark?.TextDigest).Attachments,
            DigestsOf(replica, description: null, policy).Attachments,
            policy));

    /// <summary>Plans one issue's content.</summary>
    /// <param name="input">What is known.</param>
    /// <returns>The rich text fields with the digests after they are written, and what is to follow.</returns>
    public static (DesiredValues Text, WorkItemContent Content) Plan(ContentInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input is { Rendered: { } all, Replica.CopiedComments: { Count: > 0 } copies })
        {
            input = input with
            {
                Rendered = all with { Comments = all.Comments.Where(comment => !copies.Contains(comment.Id)).ToList() },
            };
        }

        var replica = input.Rendered is not { } rendered ? input.Replica : input.Replica with
        {
            Comments = input.Replica.Comments ?? rendered.Comments,
            Attachments = input.Replica.Attachments ?? rendered.Attachments,
        };
        var was = TextDigests.Parse(input.Found?.Mark?.TextDigest);
        var now = DigestsOf(replica, TextDigestOf(replica, input.FurtherTexts), input.Policy);
        var description = Describe(input, was, now);
        var linksToFill = description.Missing.Where(input.ToCreate.Contains).Order(StringComparer.Ordinal).ToList();
        var comments = PlanComments(input, was, now);
        var files = PlanAttachments(input, replica, was, now);
        var webLinks = PlanWebLinks(input, was, now);
        var foreign = (input.Found?.WorkItem.Relations ?? []).Where(relation => relation.IsForeign
            && relation.ReferenceName is AttachmentMark.AttachedFile or WorkItemMark.Hyperlink
            && !input.Context.Site.HoldsMarks(relation.Url)).ToList();
        var last = new TextDigests(
            TextDigests.WaitFor(
                description.Digest,
                input.FurtherTexts.Any(text => text.IsMerged) ? 0 : description.Missing.Count - linksToFill.Count),
            comments is null ? was.Comments : now.Comments + comments.Left,
            // What does not fit is looked at again: people may make room.
            files is null ? was.Attachments
                : files.LeftOut.Count > 0 ? TextDigests.Missing
                : now.Attachments + files.Left,
            webLinks is null ? was.WebLinks : now.WebLinks + webLinks.Left);
        var content = new WorkItemContent
        {
            LinksToFill = linksToFill,
            FurtherTexts = input.FurtherTexts.Select(text => text.Field).ToList(),
            AddComments = comments?.Add ?? [],
            EditComments = comments?.Edit ?? [],
            RemoveComments = comments?.Remove ?? [],
            AddAttachments = files?.Add ?? [],
            AddWebLinks = webLinks?.Add ?? [],
            RemoveRelations = [.. files?.Remove ?? [], .. webLinks?.Remove ?? []],
            LeftOut = [.. description.IsCut ? [Cut] : Array.Empty<string>(), .. comments?.LeftOut ?? [],
                .. files?.LeftOut ?? [], .. TooLarge(input, replica), .. webLinks?.LeftOut ?? [],
                .. files is null && webLinks is null ? [] : foreign.Select(relation =>
                    $"ForeignMark: the {(relation.ReferenceName == WorkItemMark.Hyperlink ? "hyperlink" : "file")} {relation.Url} carries a "
                    + "mark that neither this account nor a former one put there, so it is left alone.")],
            Foreign = foreign.ConvertAll(relation => relation.Identity),
            TextDigest = last.ToString(),
        };
        // After the first write, only what it holds or what needs nothing more is done.
        var first = new TextDigests(
            linksToFill.Count == 0 ? last.Description : description.IsNew ? TextDigests.Missing : was.Description,
            comments is { IsEmpty: false } ? was.Comments : last.Comments,
            files is { IsEmpty: false } ? was.Attachments : last.Attachments,
            webLinks is { IsEmpty: false } ? was.WebLinks : last.WebLinks);
        return (new DesiredValues(description.Fields, first.ToString()), content);
    }

    /// <summary>Adds what is to follow to a planned change.</summary>
    /// <param name="change">The change, as its fields demand it.</param>
    /// <param name="content">What is to follow.</param>
    public static WorkItemChange Complete(WorkItemChange change, WorkItemContent content)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(content);
        // A new item has all of its fields; that one of them is the description says nothing.
        var isDescribed = change.Action != ChangeAction.Create && change.Fields.Keys.Any(content.IsText);
        // A text that people changed and that is kept stays as it is.
        content = change.Kept.Any(content.IsText) ? content with { LinksToFill = [] } : content;
        string?[] parts =
        [
            change.Detail,
            string.Join(", ", (isDescribed ? ["description"] : Array.Empty<string>()).Concat(content.Describe())),
            .. content.LeftOut,
        ];
        var detail = string.Join(" ", parts.Where(text => !string.IsNullOrEmpty(text)));
        return change with
        {
            Action = change.Action == ChangeAction.Keep && !content.IsEmpty ? ChangeAction.Update : change.Action,
            Content = content.IsEmpty ? null : content,
            LeftOut = [.. change.LeftOut, .. content.LeftOut],
            Detail = detail.Length == 0 ? null : detail,
        };
    }

    /// <summary>Whether a kind needs no look: nothing changed, and nothing that is missing waits for pruning.</summary>
    private static bool Same(string was, string now, ContentPolicy policy) =>
        now != TextDigests.Missing && (was == now || (!policy.Prune && was == now + TextDigests.Left));

    /// <summary>
    /// The digest of the description and of what is written the same way; that of the description where nothing else
    /// does.
    /// </summary>
    private static string? TextDigestOf(Replica replica, IReadOnlyList<TextField> furtherTexts)
    {
        if (furtherTexts.Any(text => text.IsMerged) && replica.DescriptionDigest is not null)
        {
            var others = furtherTexts.Where(text => !text.IsMerged).ToList();
            var isMerged = furtherTexts.Any(text => text is { IsMerged: true, IsDescription: true });
            return isMerged && others.Count == 0 ? Merged
                : TextDigestOf(
                    isMerged ? replica with { DescriptionDigest = Merged } : replica, others);
        }

        if (furtherTexts.Count == 0 || replica.DescriptionDigest is not { } description)
        {
            return replica.DescriptionDigest;
        }

        var values = furtherTexts
            .Select(text => KeyValuePair.Create(
                $"{text.Field}={text.Source}",
                text.IsDescription || FieldValue.IsEmpty(replica.Fields.GetValueOrDefault(text.Source))
                    ? null
                    : JsonSerializer.Serialize(replica.Fields.GetValueOrDefault(text.Source))))
            .ToList();
        return description == Replica.NoDescription && values.TrueForAll(one => one.Value is null)
            ? Replica.NoDescription
            : Digest.Of(values.Append(KeyValuePair.Create(TextField.Description, (string?)description)));
    }

    private static TextDigests DigestsOf(Replica replica, string? description, ContentPolicy policy) => new(
        description ?? TextDigests.Missing,
        DiscussionDigestOf(replica, policy),
        replica.Attachments is null ? TextDigests.Missing : Digest.Of(replica.Attachments
            .Where(attachment => attachment.Size <= policy.AttachmentLimit)
            .Select(attachment => KeyValuePair.Create(Text(attachment.Id), (string?)null))),
        UpdatedOf(replica) is { } updated
            ? Digest.Of([KeyValuePair.Create("updated", (string?)updated)])
            : TextDigests.Missing);

    /// <summary>The digest of the comments, and of the history: a change shows in the issue's own time.</summary>
    private static string DiscussionDigestOf(Replica replica, ContentPolicy policy)
    {
        var hasComments = policy.Comments || !policy.History;
        if ((hasComments && replica.Comments is null) || (policy.History && UpdatedOf(replica) is null))
        {
            return TextDigests.Missing;
        }

        var comments = !hasComments
            ? []
            : replica
                .Comments!.Select(comment =>
                    KeyValuePair.Create(Text(comment.Id), (string?)Text(comment.Updated.ToUnixTimeMilliseconds())))
                // A search shows the first comments only; an edit of a further one shows in the issue's own time.
                .Append(
                    KeyValuePair.Create(
                        "more",
                        (string?)(
                            replica.CommentCount > replica.Comments!.Count
                                ? $"{replica.CommentCount} {UpdatedOf(replica)}"
                                : "")));
        return Digest.Of(
            policy.History ? comments.Append(KeyValuePair.Create("history", UpdatedOf(replica))) : comments);
    }

    private static string? UpdatedOf(Replica replica) =>
        Convert.ToString(replica.Fields.GetValueOrDefault("updated"), CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// A description that changed is written anew. In one that did not, links to issues whose work items came meanwhile
    /// are filled in, unless somebody else edited the item since: then its text may be theirs.
    /// </summary>
    private static Description Describe(ContentInput input, TextDigests was, TextDigests now)
    {
        if (input.Found is not null && input.FurtherTexts.Any(text => text.IsMerged))
        {
            // A text that may be written to Jira is merged where the work item exists.
            input = input with
            {
                TextFields = input.FurtherTexts.Any(text => text is { IsMerged: true, IsDescription: true })
                    ? []
                    : input.TextFields,
                FurtherTexts = input.FurtherTexts.Where(text => !text.IsMerged).ToList(),
            };
        }

        if (now.Description == was.DescriptionAlone)
        {
            return was.IsWaiting && input.Found is { Mark: { } mark, WorkItem: var item } && item.Rev == mark.Rev
                ? FillIn(input, item, now)
                : new Description(was.Description);
        }

        var isEmpty = now.Description == Replica.NoDescription;
        if (input.Replica.DescriptionDigest is null || (input.Rendered is null && !isEmpty))
        {
            return new Description(was.Description);
        }

        var results = new Dictionary<string, RichTextResult>(StringComparer.OrdinalIgnoreCase);
        var fields = new Table<object?>();
        foreach (var text in
            input.TextFields.Select(field => new TextField(field, TextField.Description)).Concat(input.FurtherTexts))
        {
            if (!results.TryGetValue(text.Source, out var result))
            {
                result = RichTextConverter.Convert(Rendered(text), input.Context);
                results.Add(text.Source, result);
            }

            fields.TryAdd(text.Field, result.Html);
        }

        return new Description(now.Description)
        {
            Fields = fields,
            Missing = results.Values.SelectMany(result => result.IssueLinks).ToHashSet(StringComparer.Ordinal),
            IsNew = true,
            IsCut = results.Values.Any(result => result.IsCut),
        };

        // What Jira does not render is plain text.
        string Rendered(TextField text) =>
            text.IsDescription
                ? input.Replica.DescriptionDigest == Replica.NoDescription
                    ? string.Empty
                    : input.Rendered!.Description
                : FieldValue.IsEmpty(input.Replica.Fields.GetValueOrDefault(text.Source))
                    ? string.Empty
                    : input.Rendered!.Texts.TryGetValue(text.Source, out var html)
                        ? html
                        : RichTextConverter.Encode(
                            FieldValue.ToText(input.Replica.Fields.GetValueOrDefault(text.Source)) ?? string.Empty);
    }

    private static Description FillIn(ContentInput input, WorkItem item, TextDigests now)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        var fields = input.TextFields.Concat(input.FurtherTexts.Select(text => text.Field))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(field => item.Fields.GetValueOrDefault(field) is string)
            .ToDictionary(field => field, field =>
                (object?)RichTextLinks.Fill((string)item.Fields[field]!, input.Context, missing));
        return new Description(now.Description) { Fields = fields, Missing = missing };
    }

    private static Steps<IssueComment, WorkItemComment>? PlanComments(
        ContentInput input,
        TextDigests was,
        TextDigests now)
    {
        if (!input.Policy.HasDiscussion || Same(was.Comments, now.Comments, input.Policy))
        {
            return null;
        }

        // A person who copies a comment of ours makes a later one.
        var current = input.Comments
            .OrderBy(comment => comment.Id)
            .Select(comment => (Comment: comment, Mark: CommentMark.Of(comment, input.Context.Site)))
            .Where(one => one.Mark is not null)
            .DistinctBy(one => one.Mark!.CommentId)
            .ToDictionary(one => one.Mark!.CommentId);
        List<IssueComment> comments =
        [
            .. (input.Policy.Comments ? input.Rendered?.Comments : null) ?? [],
            .. input.History is { } history ? [history] : Array.Empty<IssueComment>(),
        ];
        var edited = comments
            .Where(comment => current.TryGetValue(comment.Id, out var one) && one.Mark != CommentMark.Of(comment))
            .ToLookup(comment => current[comment.Id].Comment.IsEditedByOthers);
        var there = comments.Select(comment => comment.Id).ToHashSet();
        // A comment of a kind that this run does not include is no less current.
        bool IsIncluded(CommentMark mark) =>
            mark.CommentId == CommentMark.HistoryId ? input.Policy.History : input.Policy.Comments;
        var missing = current
            .Values.Where(one =>
                IsIncluded(one.Mark!) && !there.Contains(one.Mark!.CommentId) && !one.Comment.IsEditedByOthers)
            .Select(one => one.Comment)
            .ToList();
        return new Steps<IssueComment, WorkItemComment>(input.Policy.Prune, missing)
        {
            Add = comments
                .Where(comment => !current.ContainsKey(comment.Id))
                .OrderBy(comment => comment.Created).ThenBy(comment => comment.Id)
                .ToList(),
            Edit = edited[false].Select(comment => new CommentEdit(current[comment.Id].Comment, comment)).ToList(),
            LeftOut =
            [
                .. edited[true].Select(comment =>
                    $"The comment of {comment} was edited in Jira, and in Azure DevOps it is not this account's alone, so it stays as "
                    + "it is there."),
                .. input.Policy.Prune || missing.Count == 0 ? [] : (string[])
                [
                    $"Copies of {Amount.Of(missing.Count, "comment")} stay that Jira no longer shows: somebody deleted or restricted what they "
                    + "copy. -Prune removes them.",
                ],
            ],
        };
    }

    /// <summary>
    /// The comments by this account that a work item lacks: copies that no longer say so, or what people wrote who work
    /// with the account.
    /// </summary>
    /// <param name="replica">The issue.</param>
    /// <param name="comments">Its comments.</param>
    /// <param name="copies">The comments of its work item that are ours.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <param name="account">The id of the account in Jira.</param>
    internal static IEnumerable<IssueComment> MissingComments(
        Replica replica,
        IReadOnlyList<IssueComment> comments,
        IReadOnlyList<WorkItemComment> copies,
        JiraSite site,
        string? account)
    {
        var own = comments.Where(comment => comment.AuthorId is { } author && author == account
            && !replica.CopiedComments.Contains(comment.Id)).ToList();
        return own.Count == 0 ? [] : own.ExceptBy(
            copies.Select(copy => CommentMark.Of(copy, site)?.CommentId), comment => (long?)comment.Id);
    }

    private static Steps<IssueAttachment, Relation>? PlanAttachments(
        ContentInput input,
        Replica replica,
        TextDigests was,
        TextDigests now)
    {
        if (!input.Policy.Attachments || replica.Attachments is not { } attachments
            || Same(was.Attachments, now.Attachments, input.Policy))
        {
            return null;
        }

        var relations = input.Found?.WorkItem.Relations ?? [];
        var marks = MarksOf(relations, input.Context.Site);
        var there = attachments.Select(attachment => attachment.Id).ToHashSet();
        var obsolete = marks.Where(one => one.Mark?.AttachmentIds.Any(there.Contains) == false)
            .Select(one => one.Relation)
            .ToList();
        var fitting = MissingFiles(input, marks, attachments)
            .Where(attachment => attachment.Size <= input.Policy.AttachmentLimit).ToList();
        var room = Math.Max(
            0, MostAttachments - relations.Count(relation => relation.ReferenceName == AttachmentMark.AttachedFile));
        return new Steps<IssueAttachment, Relation>(input.Policy.Prune, obsolete)
        {
            Add = fitting.Take(room).ToList(),
            LeftOut = fitting.Skip(room).Select(attachment =>
                    $"'{attachment.FileName}' does not fit: a work item has {MostAttachments} attachments at most.")
                .ToList(),
        };
    }

    /// <summary>
    /// Whether an issue has attachments by this account that its work item lacks: copies whose originals were removed,
    /// or what people attached who work with the account.
    /// </summary>
    /// <param name="replica">The issue.</param>
    /// <param name="found">Its work item.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <param name="account">The id of the account in Jira.</param>
    internal static bool MayHaveCopies(Replica replica, FoundWorkItem found, JiraSite site, string? account) =>
        account is not null && replica.Attachments is { } attachments
        && MissingFiles(MarksOf(found.WorkItem.Relations, site), account, attachments)
            .Any(one => one.AuthorId == account);

    /// <summary>The attachments of an issue that its work item lacks, oldest first.</summary>
    private static IEnumerable<IssueAttachment> MissingFiles(
        ContentInput input,
        IReadOnlyList<(Relation Relation, AttachmentMark? Mark)> marks,
        IReadOnlyList<IssueAttachment> attachments) =>
        MissingFiles(marks, input.Account, attachments)
            .Where(attachment => !input.CopiedFiles.Contains(attachment.Id) || attachment.AuthorId != input.Account);

    /// <summary>
    /// Files of a work item that may be copies from which somebody took the mark away: attachments of the issue of which it
    /// has no copy have the same names and sizes.
    /// </summary>
    /// <param name="attachments">The attachments of the issue.</param>
    /// <param name="item">Its work item.</param>
    /// <param name="site">The site whose marks are ours.</param>
    internal static IReadOnlyList<Relation> PossibleCopies(
        IReadOnlyCollection<IssueAttachment> attachments, WorkItem item, JiraSite site)
    {
        if (attachments.Count == 0)
        {
            return [];
        }

        var marks = MarksOf(item.Relations, site);
        var copied = marks.SelectMany(one => one.Mark?.AttachmentIds ?? []).ToHashSet();
        var missing = attachments.Where(one => !copied.Contains(one.Id)).Select(one => (one.FileName, one.Size)).ToHashSet();
        return marks
            .Where(one => one.Mark is null && WorkItemFile.Of(one.Relation) is { } file && missing.Contains((file.Name, file.Size)))
            .Select(one => one.Relation)
            .ToList();
    }

    private static List<(Relation Relation, AttachmentMark? Mark)> MarksOf(
        IEnumerable<Relation> relations, JiraSite site) =>
        relations.Select(relation => (relation, AttachmentMark.Parse(relation, site))).ToList();

    private static IEnumerable<IssueAttachment> MissingFiles(
        IReadOnlyList<(Relation Relation, AttachmentMark? Mark)> marks,
        string? account,
        IReadOnlyList<IssueAttachment> attachments)
    {
        var known = marks.SelectMany(one => one.Mark?.AttachmentIds ?? []).ToHashSet();
        // What we copied from the work item does not go back to it.
        var originals = marks.Where(one => one.Mark is null)
            .Select(one => WorkItemFile.Of(one.Relation)).OfType<WorkItemFile>().Select(file => (file.Name, file.Size)).ToHashSet();
        return attachments.Where(attachment => !known.Contains(attachment.Id)
                && !(attachment.AuthorId is { } author && author == account
                    && originals.Contains((attachment.FileName, attachment.Size))))
            .OrderBy(attachment => attachment.Id);
    }

    /// <summary>What is said of attachments that are too large, in every run: their digest leaves them out.</summary>
    private static IEnumerable<string> TooLarge(ContentInput input, Replica replica)
    {
        var large = !input.Policy.Attachments || replica.Attachments is not { } attachments
            ? []
            : attachments.Where(attachment => attachment.Size > input.Policy.AttachmentLimit).ToList();
        return large.Count == 0 ? [] : MissingFiles(
            input, MarksOf(input.Found?.WorkItem.Relations ?? [], input.Context.Site), large).Select(attachment => string.Create(
            CultureInfo.InvariantCulture,
            $"'{attachment.FileName}' has {attachment.Size / 1048576.0:0.#} MB, more than -AttachmentLimit."));
    }

    private static Steps<WebLink, Relation>? PlanWebLinks(ContentInput input, TextDigests was, TextDigests now)
    {
        if (!input.Policy.WebLinks || Same(was.WebLinks, now.WebLinks, input.Policy))
        {
            return null;
        }

        var relations = input.Found?.WorkItem.Relations ?? [];
        var current = relations
            .Select(relation => (Relation: relation, Mark: WebLinkMark.Parse(relation, input.Context.Site)))
            .Where(one => one.Mark is not null)
            .ToList();
        var isRefused = input.WebLinks.ToLookup(link => input.Context.Site.HoldsMarks(link.Url));
        var wanted = isRefused[false]
            .Where(link =>
                Uri.TryCreate(link.Url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            .ToDictionary(link => link.Id);
        var kept = current.Where(
            one => wanted.TryGetValue(one.Mark!.LinkId, out var link) && WebLinkMark.Of(link) == one.Mark).ToList();
        var others = current.Except(kept).ToLookup(one => wanted.ContainsKey(one.Mark!.LinkId), one => one.Relation);
        // The service takes an address once; one that a person put there is theirs.
        var occupied = relations
            .Except(current.Except(kept).Select(one => one.Relation))
            .Where(relation => relation.ReferenceName == WorkItemMark.Hyperlink)
            .Select(relation => relation.Url)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new Steps<WebLink, Relation>(input.Policy.Prune, others[false].ToList())
        {
            Add = wanted.Values
                .Where(link => !kept.Exists(one => one.Mark!.LinkId == link.Id))
                .OrderBy(link => link.Id)
                .Where(link => occupied.Add(link.Url))
                .ToList(),
            Replaced = others[true].ToList(),
            LeftOut = isRefused[true].Select(link =>
                $"The web link '{link.Title}' leads to an address at which work items are marked, so it is not brought over.")
                .ToList(),
        };
    }

    /// <summary>What becomes of a description.</summary>
    private sealed record Description(string Digest)
    {
        public IReadOnlyDictionary<string, object?> Fields { get; init; } = new Dictionary<string, object?>();

        /// <summary>The keys of issues whose Jira page it leads to.</summary>
        public HashSet<string> Missing { get; init; } = [];

        public bool IsNew { get; init; }

        public bool IsCut { get; init; }
    }

    /// <summary>What is to be done with one kind.</summary>
    private sealed record Steps<TAdd, TRemove>(bool Prune, List<TRemove> Missing)
    {
        public List<TAdd> Add { get; init; } = [];

        public List<CommentEdit> Edit { get; init; } = [];

        public List<TRemove> Replaced { get; init; } = [];

        public List<string> LeftOut { get; init; } = [];

        public List<TRemove> Remove => Prune ? [.. Replaced, .. Missing] : Replaced;

        public bool IsEmpty => Add.Count + Edit.Count + Remove.Count == 0;

        /// <summary>What the digest says where something missing was left.</summary>
        public string Left => !Prune && Missing.Count > 0 ? TextDigests.Left : string.Empty;
    }
}
