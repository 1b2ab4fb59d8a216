using System.Collections.Concurrent;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.RichText;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Applying.Contents;

/// <summary>
/// Reads what the plan of contents needs, and makes it. Renderings are read 100 issues a request, and only of issues
/// whose digests differ; comments of work items and web links of issues cost one request for each that changed.
/// </summary>
/// <param name="ports">Where contents are read.</param>
/// <param name="site">The issues' site.</param>
/// <param name="authorship">Says which copies and comments are ours.</param>
internal sealed class ContentReader(ContentPorts ports, JiraSite site, Authorship authorship)
{
    private const int AtOnce = 8;

    /// <summary>Reads what the plan of each issue's content needs.</summary>
    /// <param name="issues">
    /// The issues, each with the fields that take its description, and with further ones for other texts.
    /// </param>
    /// <param name="selected">All issues of the run whose work items texts may lead to.</param>
    /// <param name="workItems">The work items that exist, by issue id.</param>
    /// <param name="toCreate">The keys of issues whose work items are to be created.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="renderings">What came with the issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Makes the plan of one issue, once: what was read of it is let go.</returns>
    public async Task<Func<long, (DesiredValues Text, WorkItemContent Content)?>> ReadAsync(
        IReadOnlyCollection<(Replica Replica, TextFields Fields)> issues,
        IReadOnlyCollection<IssueReference> selected,
        IReadOnlyDictionary<long, FoundWorkItem> workItems,
        IReadOnlySet<string> toCreate,
        ContentPolicy policy,
        Renderings renderings,
        CancellationToken cancellationToken)
    {
        var byIssue = issues.ToDictionary(issue => issue.Replica.IssueId);
        var needs = issues.ToDictionary(
            issue => issue.Replica.IssueId,
            issue => ContentPlanner.NeedsOf(
                issue.Replica, workItems.GetValueOrDefault(issue.Replica.IssueId)?.Mark, policy, issue.Fields.Further));
        var texts = issues.Select(issue => issue.Fields).Distinct().SelectMany(fields => fields.Further)
            .Where(text => !text.IsDescription)
            .Select(text => text.Source)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        var rendered = await RenderAsync(needs, texts, policy, renderings, cancellationToken).ConfigureAwait(false);
        var histories = await ReadHistoriesAsync(needs, policy, cancellationToken).ConfigureAwait(false);
        var comments = new ConcurrentDictionary<long, IReadOnlyList<WorkItemComment>>();
        var webLinks = new ConcurrentDictionary<long, IReadOnlyList<WebLink>>();
        var single = needs
            .Where(need => (need.Value & (ContentNeeds.Comments | ContentNeeds.WebLinks)) != 0)
            .Select(need => need.Key)
            .ToList();
        await SideBySide.ForEachAsync(single, AtOnce, ReadSingleAsync, cancellationToken).ConfigureAwait(false);

        // Few plans lead to other work items.
        var pages = new Lazy<Dictionary<string, string>>(() => PagesOf(selected, workItems));
        var judged = await JudgeAsync(
            issues.Select(issue => issue.Replica), workItems, needs, policy, cancellationToken).ConfigureAwait(false);
        var copied = await ReadCopiedFilesAsync().ConfigureAwait(false);
        var copiedComments = await ReadCopiedCommentsAsync().ConfigureAwait(false);
        return issueId => byIssue.Remove(issueId, out var issue) ? PlanOf(issue.Replica, issue.Fields) : null;

        (DesiredValues Text, WorkItemContent Content) PlanOf(Replica replica, TextFields fields)
        {
            var found = judged.GetValueOrDefault(replica.IssueId) ?? workItems.GetValueOrDefault(replica.IssueId);
            if (copiedComments.Contains(replica.IssueId))
            {
                replica = replica with
                {
                    CopiedComments = [.. replica.CopiedComments, .. copiedComments[replica.IssueId]],
                };
            }

            return ContentPlanner.Plan(new ContentInput
            {
                Replica = replica,
                Found = found,
                TextFields = fields.OfDescription,
                FurtherTexts = fields.Further,
                Rendered = rendered.Remove(replica.IssueId, out var rendering) ? rendering : null,
                Comments = comments.GetValueOrDefault(replica.IssueId, []),
                WebLinks = webLinks.TryGetValue(replica.IssueId, out var links)
                    ? links.Where(link => link.Url != pages.Value.GetValueOrDefault(replica.Key)).ToList()
                    : [],
                Account = ports.Source.AccountId,
                CopiedFiles = copied.GetValueOrDefault(replica.IssueId) ?? NoFiles,
                History = HistoryComment.Of(histories[replica.IssueId]),
                Context = new RichTextContext
                {
                    Site = site,
                    IssueKey = replica.Key,
                    WorkItemPage = key => pages.Value.GetValueOrDefault(key),
                    Copies = found is null ? Nothing : CopiesOn(found.WorkItem, site),
                },
                ToCreate = toCreate,
                Policy = policy,
            });
        }

        async Task ReadSingleAsync(long issueId, CancellationToken cancellationToken)
        {
            if (needs[issueId].HasFlag(ContentNeeds.Comments) && workItems.TryGetValue(issueId, out var found))
            {
                var read = await authorship
                    .ReadCommentsAsync(ports.Store, found.WorkItem.Id, cancellationToken)
                    .ConfigureAwait(false);
                comments[issueId] = authorship.CommentsOfOurs(read);
            }

            if (needs[issueId].HasFlag(ContentNeeds.WebLinks))
            {
                webLinks[issueId] = await ports
                    .Source.ReadWebLinksAsync(issueId, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        // A copy whose original was removed looks like any other attachment.
        async Task<ConcurrentDictionary<long, IReadOnlySet<long>>> ReadCopiedFilesAsync()
        {
            var files = new ConcurrentDictionary<long, IReadOnlySet<long>>();
            await SideBySide
                .ForEachAsync(
                    issues
                        .Select(issue => issue.Replica)
                        .Where(issue => policy.Attachments && issue.Property is null && judged.ContainsKey(issue.IssueId))
                        .Select(issue => issue with
                        {
                            Attachments = issue.Attachments ?? rendered.GetValueOrDefault(issue.IssueId)?.Attachments,
                        })
                        .Where(issue =>
                            ContentPlanner.MayHaveCopies(issue, judged[issue.IssueId], site, ports.Source.AccountId))
                        .Select(issue => issue.IssueId)
                        .ToList(),
                    AtOnce,
                    async (issueId, cancellationToken) => files[issueId] = await ports
                        .Source.ReadCopiedFilesAsync(issueId, cancellationToken)
                        .ConfigureAwait(false),
                    cancellationToken)
                .ConfigureAwait(false);
            return files;
        }

        // A copy from which somebody took its first line looks like any other comment.
        async Task<ILookup<long, long>> ReadCopiedCommentsAsync()
        {
            var open = comments.SelectMany(discussion => ContentPlanner.MissingComments(
                byIssue[discussion.Key].Replica,
                rendered.GetValueOrDefault(discussion.Key)?.Comments ?? [],
                discussion.Value,
                site,
                ports.Source.AccountId), (discussion, comment) => (IssueId: discussion.Key, comment.Id)).ToList();
            var marks = open.Count == 0 ? null : await ports
                .Source.ReadCommentMarksAsync(open.ConvertAll(one => one.Id), cancellationToken)
                .ConfigureAwait(false);
            return open.Where(one => marks!.ContainsKey(one.Id)).ToLookup(one => one.IssueId, one => one.Id);
        }
    }

    /// <summary>The pages of work items by the keys of their issues.</summary>
    /// <param name="issues">The issues.</param>
    /// <param name="workItems">The work items that exist, by issue id.</param>
    public Dictionary<string, string> PagesOf(
        IEnumerable<IssueReference> issues,
        IReadOnlyDictionary<long, FoundWorkItem> workItems) =>
        issues
            .Where(issue => workItems.ContainsKey(issue.Id))
            .DistinctBy(issue => issue.Key)
            .ToDictionary(issue => issue.Key, issue => ports.Store.PageOf(workItems[issue.Id].WorkItem.Id));

    /// <summary>The addresses of the copies of attachments that a work item has, by the attachments' ids.</summary>
    /// <param name="item">The work item.</param>
    /// <param name="site">The site whose marks are ours.</param>
    /// <param name="foreign">Files that somebody else made look like copies.</param>
    public static IReadOnlyDictionary<long, string> CopiesOn(
        WorkItem item, JiraSite site, IReadOnlyCollection<(string Type, string Target)>? foreign = null) => (
        from relation in item.Relations
        where foreign?.Contains(relation.Identity) != true
        let mark = AttachmentMark.Parse(relation, site)
        where mark is not null
        from id in mark.AttachmentIds
        select (Id: id, relation.Url)).DistinctBy(copy => copy.Id).ToDictionary(copy => copy.Id, copy => copy.Url);

    private static Dictionary<long, string> Nothing { get; } = [];

    private static HashSet<long> NoFiles { get; } = [];

    /// <summary>The work items whose plan looks at copies on them, with what is said of these.</summary>
    private async Task<Dictionary<long, FoundWorkItem>> JudgeAsync(
        IEnumerable<Replica> replicas,
        IReadOnlyDictionary<long, FoundWorkItem> existing,
        Dictionary<long, ContentNeeds> needs,
        ContentPolicy policy,
        CancellationToken cancellationToken)
    {
        var looked = replicas
            .Where(replica => existing.TryGetValue(replica.IssueId, out var found)
                && ContentPlanner.LooksAtCopies(replica, found.Mark, needs[replica.IssueId], policy))
            .ToList();
        var judged = (await authorship
                .JudgeCopiesAsync(looked.ConvertAll(replica => existing[replica.IssueId].WorkItem), cancellationToken)
                .ConfigureAwait(false))
            .ToDictionary(item => item.Id);
        var items = new Dictionary<long, FoundWorkItem>();
        foreach (var replica in looked)
        {
            var found = existing[replica.IssueId];
            var item = judged[found.WorkItem.Id];
            var files = !policy.Attachments ? [] : ContentPlanner.PossibleCopies(
                (replica.Attachments ?? []).Where(one => one.AuthorId != ports.Source.AccountId).ToList(), item, site);
            items[replica.IssueId] = found with
            {
                WorkItem = await authorship.RecallFilesAsync(item, files, cancellationToken).ConfigureAwait(false),
            };
        }

        return items;
    }

    /// <summary>The changes of the issues whose history may have grown, by issue.</summary>
    private async Task<ILookup<long, IssueFieldChange>> ReadHistoriesAsync(
        Dictionary<long, ContentNeeds> needs, ContentPolicy policy, CancellationToken cancellationToken)
    {
        var ids = needs.Where(need => policy.History && need.Value.HasFlag(ContentNeeds.Comments))
            .Select(need => need.Key).ToList();
        var changes = ids.Count == 0
            ? []
            : await ports.Source.ReadChangesAsync(ids, cancellationToken).ConfigureAwait(false);
        return changes.ToLookup(change => change.IssueId);
    }

    /// <summary>
    /// Reads renderings: those whose description alone is wanted apart from those whose comments are, which are
    /// heavier.
    /// </summary>
    private async Task<Dictionary<long, RenderedIssue>> RenderAsync(
        Dictionary<long, ContentNeeds> needs,
        IReadOnlyCollection<string> texts,
        ContentPolicy policy,
        Renderings renderings,
        CancellationToken cancellationToken)
    {
        var rendered = new Dictionary<long, RenderedIssue>();
        bool HasComments(ContentNeeds need) => policy.Comments && need.HasFlag(ContentNeeds.Comments);
        foreach (var need in needs.Where(need => !HasComments(need.Value)))
        {
            if (renderings.TryTake(need.Key, out var issue))
            {
                rendered.Add(need.Key, issue);
            }
        }

        var wanted = needs
            .Where(need => !rendered.ContainsKey(need.Key) && (HasComments(need.Value)
                || (need.Value & (ContentNeeds.Description | ContentNeeds.Attachments)) != 0))
            .ToLookup(need => HasComments(need.Value), need => need.Key);
        foreach (var group in wanted)
        {
            var issues = ports.Source.ReadRenderedAsync(
                group.ToList(), texts, group.Key, policy.Attachments, cancellationToken);
            await foreach (var issue in issues.ConfigureAwait(false))
            {
                rendered[issue.IssueId] = issue;
            }
        }

        return rendered;
    }
}

/// <summary>The fields of a work item type that take texts which Jira renders.</summary>
/// <param name="OfDescription">Those that take the description, unless the user maps them otherwise.</param>
/// <param name="Further">Those that take other texts.</param>
internal sealed record TextFields(IReadOnlyList<string> OfDescription, IReadOnlyList<TextField> Further);
