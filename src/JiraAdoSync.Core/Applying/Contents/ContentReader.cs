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

    /// <summary>Plans the content of each issue's work item.</summary>
    /// <param name="issues">
    /// The issues, each with the fields that take its description, and with further ones for other texts.
    /// </param>
    /// <param name="workItems">The work items that exist, by issue id.</param>
    /// <param name="toCreate">The keys of issues whose work items are to be created.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="renderings">What came with the issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyDictionary<long, (DesiredValues Text, WorkItemContent Content)>> PlanAsync(
        IReadOnlyCollection<(
            Replica Replica,
            IReadOnlyList<string> TextFields,
            IReadOnlyList<TextField> FurtherTexts)> issues,
        IReadOnlyDictionary<long, FoundWorkItem> workItems,
        IReadOnlySet<string> toCreate,
        ContentPolicy policy,
        Renderings renderings,
        CancellationToken cancellationToken)
    {
        var needs = issues.ToDictionary(
            issue => issue.Replica.IssueId,
            issue => ContentPlanner.NeedsOf(
                issue.Replica, workItems.GetValueOrDefault(issue.Replica.IssueId)?.Mark, policy, issue.FurtherTexts));
        var texts = issues.SelectMany(issue => issue.FurtherTexts)
            .Where(text => !text.IsDescription)
            .Select(text => text.Source)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        var rendered = await RenderAsync(needs, texts, policy, renderings, cancellationToken).ConfigureAwait(false);
        var histories = await ReadHistoriesAsync(needs, policy, cancellationToken).ConfigureAwait(false);
        var comments = new ConcurrentDictionary<long, IReadOnlyList<WorkItemComment>>();
        var webLinks = new ConcurrentDictionary<long, IReadOnlyList<WebLink>>();
        var single = needs.Where(need => (need.Value & (ContentNeeds.Comments | ContentNeeds.WebLinks)) != 0);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel
            .ForEachAsync(
                single,
                options,
                async (need, cancellationToken) =>
                {
                    if (need.Value.HasFlag(ContentNeeds.Comments) && workItems.TryGetValue(need.Key, out var found))
                    {
                        var read = await ports
                            .Store.ReadCommentsAsync(found.WorkItem.Id, cancellationToken)
                            .ConfigureAwait(false);
                        comments[need.Key] = authorship.CommentsOfOurs(read);
                    }

                    if (need.Value.HasFlag(ContentNeeds.WebLinks))
                    {
                        webLinks[need.Key] = await ports
                            .Source.ReadWebLinksAsync(need.Key, cancellationToken)
                            .ConfigureAwait(false);
                    }
                })
            .ConfigureAwait(false);

        var pages = PagesOf(issues.Select(issue => issue.Replica.Reference), workItems);
        workItems = await JudgeAsync(issues.Select(issue => issue.Replica), workItems, needs, policy, cancellationToken)
            .ConfigureAwait(false);
        return issues.ToDictionary(issue => issue.Replica.IssueId, issue => ContentPlanner.Plan(new ContentInput
        {
            Replica = issue.Replica,
            Found = workItems.GetValueOrDefault(issue.Replica.IssueId),
            TextFields = issue.TextFields,
            FurtherTexts = issue.FurtherTexts,
            // It is not needed any more afterwards.
            Rendered = rendered.Remove(issue.Replica.IssueId, out var rendering) ? rendering : null,
            Comments = comments.GetValueOrDefault(issue.Replica.IssueId, []),
            WebLinks = webLinks.GetValueOrDefault(issue.Replica.IssueId, [])
                .Where(link => link.Url != pages.GetValueOrDefault(issue.Replica.Key)).ToList(),
            Account = ports.Source.AccountId,
            History = HistoryComment.Of(histories[issue.Replica.IssueId]),
            Context = new RichTextContext
            {
                Site = site,
                IssueKey = issue.Replica.Key,
                WorkItemPage = pages.GetValueOrDefault,
                Copies = workItems.TryGetValue(issue.Replica.IssueId, out var found)
                    ? CopiesOn(found.WorkItem, site)
                    : Nothing,
            },
            ToCreate = toCreate,
            Policy = policy,
        }));
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

    /// <summary>The work items, with what is said of the copies on those whose plan looks at them.</summary>
    private async Task<IReadOnlyDictionary<long, FoundWorkItem>> JudgeAsync(
        IEnumerable<Replica> replicas,
        IReadOnlyDictionary<long, FoundWorkItem> existing,
        Dictionary<long, ContentNeeds> needs,
        ContentPolicy policy,
        CancellationToken cancellationToken)
    {
        var items = replicas
            .Where(replica => existing.TryGetValue(replica.IssueId, out var found)
                && ContentPlanner.LooksAtCopies(replica, found.Mark, needs[replica.IssueId], policy))
            .Select(replica => existing[replica.IssueId].WorkItem)
            .ToList();
        var judged = (await authorship.JudgeCopiesAsync(items, cancellationToken).ConfigureAwait(false))
            .ToDictionary(item => item.Id);
        return existing.ToDictionary(
            pair => pair.Key,
            pair => judged.TryGetValue(pair.Value.WorkItem.Id, out var item)
                ? pair.Value with { WorkItem = item }
                : pair.Value);
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
