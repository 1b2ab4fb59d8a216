using System.Globalization;
using JiraAdoSync.Applying.Contents;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.RichText;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Reads the rich texts that may go both ways, of pairs of which one side changed: as Jira renders them, for the work
/// item, and as Jira keeps them, for what a write would take away.
/// </summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayTexts(TwoWayContext context)
{
    private Dictionary<string, string> _pages = [];
    private Dictionary<string, string> _issues = [];

    /// <summary>Gives pairs what their texts are understood with.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="input">What was read.</param>
    public void Prepare(List<PairInput> pairs, WorkItemPlanInput input)
    {
        if (context.Sync.Contents is { } contents && pairs.Exists(pair => SourcesOf(pair).Count > 0))
        {
            _pages = new ContentReader(contents, context.Sync.Site, context.Sync.Authorship)
                .PagesOf(input.Desired.Select(one => one.Replica.Reference), input.Existing);
            _issues = _pages.DistinctBy(page => page.Value).ToDictionary(
                page => page.Value, page => $"{context.Sync.Site.BaseUrl}/browse/{page.Key}");
        }

        for (var at = 0; at < pairs.Count; at++)
        {
            pairs[at] = WithContext(pairs[at]);
        }
    }

    /// <summary>A pair with what its texts are understood with.</summary>
    /// <param name="pair">The pair.</param>
    public PairInput WithContext(PairInput pair) => context.Sync.Contents is null ? pair : pair with
    {
        TextContext = ContextOf(pair),
        Pages = _issues,
    };

    /// <summary>Reads the texts of pairs whose plans need them: 100 issues a request.</summary>
    /// <param name="plans">The plans.</param>
    /// <param name="pairs">The pairs, which get what was read.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task ReadAsync(
        IEnumerable<PairPlan> plans, List<PairInput> pairs, CancellationToken cancellationToken)
    {
        var wanted = plans.Where(plan => plan.Needs.HasFlag(Histories.Texts)).Select(plan => plan.Pair).ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        var ids = wanted.ConvertAll(pair => pair.Issue.IssueId);
        var sources = wanted.SelectMany(SourcesOf).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var rendered = new Dictionary<long, RenderedIssue>();
        await foreach (var issue in context.Sync.Contents!.Source.ReadRenderedAsync(
            ids, [.. sources.Where(source => !IsDescription(source))], comments: false, attachments: false,
            cancellationToken).ConfigureAwait(false))
        {
            rendered[issue.IssueId] = issue;
        }

        var kept = new Dictionary<long, Replica>();
        await foreach (var issue in context.Issues.ReadAsync(
            ids.Select(id => id.ToString(CultureInfo.InvariantCulture)),
            MergedText.Detail(IssueDetail.None, sources),
            cancellationToken).ConfigureAwait(false))
        {
            kept[issue.IssueId] = issue;
        }

        var read = ids.ToHashSet();
        for (var at = 0; at < pairs.Count; at++)
        {
            var pair = pairs[at];
            if (read.Contains(pair.Issue.IssueId))
            {
                pairs[at] = pair with
                {
                    Texts = SourcesOf(pair).ToDictionary(
                        source => source,
                        source => TextOf(
                            pair,
                            source,
                            rendered.GetValueOrDefault(pair.Issue.IssueId),
                            kept.GetValueOrDefault(pair.Issue.IssueId)),
                        StringComparer.OrdinalIgnoreCase),
                };
            }
        }
    }

    private JiraText TextOf(PairInput pair, string source, RenderedIssue? rendered, Replica? kept)
    {
        // What Jira does not render is plain text.
        var html = MergedText.ValueOf(pair.Issue, source) is null ? string.Empty
            : IsDescription(source) ? rendered?.Description
            : rendered?.Texts.GetValueOrDefault(source)
                ?? RichTextConverter.Encode(
                    FieldValue.ToText(pair.Issue.Fields.GetValueOrDefault(source)) ?? string.Empty);
        var result = RichTextConverter.Convert(
            html ?? string.Empty, pair.TextContext! with { WorkItemPage = _pages.GetValueOrDefault });
        return new JiraText(result.Html, result.IsCut, kept is null ? null : MergedText.SourceOf(kept, source))
        {
            IsMoved = MergedText.IsMoved(pair.Issue, rendered, kept, source),
        };
    }

    private RichTextContext ContextOf(PairInput pair) => new()
    {
        Site = context.Sync.Site,
        IssueKey = pair.Issue.Key,
        Copies = ContentReader.CopiesOn(pair.Item, context.Sync.Site),
    };

    private List<string> SourcesOf(PairInput pair) =>
        context.WorkItems.Fields.MergedTextsOf(pair.Type).Select(text => text.Source).ToList();

    private static bool IsDescription(string source) => new TextField(string.Empty, source).IsDescription;
}
