using JiraAdoSync.Applying.Relations;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.Reporting;

/// <summary>The contents of a report: what became, or would become, of each issue, link and relation.</summary>
public sealed class Report
{
    private readonly Dictionary<string, WorkItemResult> _items = new(StringComparer.Ordinal);
    private readonly List<RelationResult> _relations = [];
    private readonly List<IssueResult> _issues = [];
    private readonly List<IssueLinkResult> _links = [];
    private readonly List<FieldResult> _fields = [];

    /// <summary>The Jira site's address; null where it is not known, and issues are not linked.</summary>
    public string? Site { get; init; }

    /// <summary>The address of the Azure DevOps project; null where it is not known.</summary>
    public string? Project { get; init; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>The run's summary; null where a plan, or a part of a run, is reported.</summary>
    public SyncSummary? Summary { get; set; }

    /// <summary>The work items, in the order in which they were reported.</summary>
    public IReadOnlyCollection<WorkItemResult> Items => _items.Values;

    /// <summary>The links, parents and relations, in the order in which they were reported.</summary>
    public IReadOnlyList<RelationResult> Relations => _relations;

    /// <summary>What became of issues in Jira.</summary>
    public IReadOnlyList<IssueResult> Issues => _issues;

    /// <summary>What became of issue links in Jira.</summary>
    public IReadOnlyList<IssueLinkResult> Links => _links;

    /// <summary>The fields that both sides changed, and those that stay different.</summary>
    public IReadOnlyList<FieldResult> Fields => _fields;

    /// <summary>Whether it reports a run that may write to Jira, too.</summary>
    public bool IsTwoWay => Issues.Count + Links.Count + Fields.Count > 0;

    /// <summary>Whether it reports a plan: nothing of it is written.</summary>
    public bool IsPlan => Summary is null && !Items.Any(one => one.IsApplied) && !Relations.Any(one => one.IsApplied)
        && !Issues.Any(one => one.IsApplied) && !Links.Any(one => one.IsApplied);

    /// <summary>
    /// Adds what became of an issue's work item; what is added of an issue last counts. A file that was left out adds
    /// to what became of its work item.
    /// </summary>
    /// <param name="result">The result.</param>
    public void Add(WorkItemResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _items[result.Key] =
            result.Reason == nameof(Failure.RedirectRefused) && _items.TryGetValue(result.Key, out var before)
                ? before with
                {
                    Detail = string.Join(" ", new[] { before.Detail, result.Detail }.Where(text => text is not null)),
                }
                : result;
    }

    /// <summary>Adds what became of a link.</summary>
    /// <param name="result">The result.</param>
    public void Add(RelationResult result) => _relations.Add(result);

    /// <summary>Adds what became of an issue in Jira.</summary>
    /// <param name="result">The result.</param>
    public void Add(IssueResult result) => _issues.Add(result);

    /// <summary>Adds what became of an issue link in Jira.</summary>
    /// <param name="result">The result.</param>
    public void Add(IssueLinkResult result) => _links.Add(result);

    /// <summary>Adds a field that both sides changed, or that stays different.</summary>
    /// <param name="result">The result.</param>
    public void Add(FieldResult result) => _fields.Add(result);

    /// <summary>
    /// Adds what the record of a run says: what was written, and nothing of what was left as it was.
    /// </summary>
    /// <param name="changes">The changes, in the order in which they were made.</param>
    public void Add(IReadOnlyCollection<RunChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var keys = changes.Where(change => change.Key is not null)
            .GroupBy(change => change.WorkItemId)
            .ToDictionary(group => group.Key, group => group.First().Key!);
        string NameOf(int workItemId) =>
            keys.GetValueOrDefault(workItemId) ?? FormattableString.Invariant($"#{workItemId}");
        foreach (var change in changes)
        {
            var name = NameOf(change.WorkItemId);
            if (change.Issue is { } issue)
            {
                Add(ToResult(change, issue));
                continue;
            }

            if (change.Action != RunAction.Update || change.After.Count > 0)
            {
                AddChange(change, name);
            }

            _relations.AddRange(change.Removed.Select(relation => ToResult(relation, ChangeAction.Remove, name, NameOf))
                .Concat(change.Added.Select(relation => ToResult(relation, ChangeAction.Create, name, NameOf)))
                .OfType<RelationResult>());
        }
    }

    /// <summary>How many work items got each action, in the order in which actions are listed.</summary>
    public IReadOnlyList<KeyValuePair<ChangeAction, int>> WorkItemCounts => Count(Items.Select(one => one.Action));

    /// <summary>How many links, parents and relations got each action.</summary>
    public IReadOnlyList<KeyValuePair<ChangeAction, int>> RelationCounts => Count(Relations.Select(one => one.Action));

    /// <summary>How many issues of Jira got each action.</summary>
    public IReadOnlyList<KeyValuePair<ChangeAction, int>> IssueCounts => Count(Issues.Select(one => one.Action));

    /// <summary>How many issue links of Jira got each action.</summary>
    public IReadOnlyList<KeyValuePair<ChangeAction, int>> LinkCounts => Count(Links.Select(one => one.Action));

    /// <summary>How many fields are conflicts, and how many stay different.</summary>
    public IReadOnlyList<KeyValuePair<ChangeAction, int>> FieldCounts => Count(Fields.Select(one => one.Action));

    /// <summary>
    /// The action by which an issue is listed: where somebody's edit was written over, it is listed with the conflicts.
    /// </summary>
    /// <param name="issue">What became of the issue.</param>
    internal static ChangeAction ListedAs(IssueResult issue) =>
        issue.Reason == Reasons.Overwritten ? ChangeAction.Conflict : issue.Action;

    /// <summary>All actions that occur, in the order in which actions are listed.</summary>
    internal IReadOnlyList<ChangeAction> Actions => WorkItemCounts
        .Concat(RelationCounts)
        .Concat(IssueCounts)
        .Concat(LinkCounts)
        .Concat(FieldCounts)
        .Select(pair => pair.Key)
        .Distinct()
        .Order()
        .ToList();

    /// <summary>The address of an issue; null where the site is not known or no issue is named.</summary>
    /// <param name="key">The issue's key, or a work item as <c>#12</c>.</param>
    public string? IssueAddress(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Site is null || key.StartsWith('#') ? null : $"{Site}/browse/{Uri.EscapeDataString(key)}";
    }

    /// <summary>The address of a work item; null where the project or the work item is not known.</summary>
    /// <param name="id">The work item's id.</param>
    public string? WorkItemAddress(int? id) =>
        Project is null || id is null ? null : FormattableString.Invariant($"{Project}/_workitems/edit/{id}");

    private void AddChange(RunChange change, string name)
    {
        var before = _items.GetValueOrDefault(name);
        Add(new WorkItemResult
        {
            Action = change.Action switch
            {
                RunAction.Create or RunAction.Restore => ChangeAction.Create,
                RunAction.Recycle => ChangeAction.Remove,
                _ => before?.Action ?? ChangeAction.Update,
            },
            Key = name,
            IssueId = change.IssueId ?? 0,
            WorkItemType = change.WorkItemType ?? before?.WorkItemType,
            WorkItemId = change.WorkItemId,
            Summary = change.After.GetValueOrDefault("System.Title") as string ?? before?.Summary ?? string.Empty,
            IsApplied = true,
            Detail = change.Action == RunAction.Update
                ? $"Fields: {string.Join(", ", change.After.Keys.Order(StringComparer.Ordinal))}"
                : before?.Detail,
        });
    }

    private static IssueResult ToResult(RunChange change, IssueChange issue) => new()
    {
        Action = change.Action switch
        {
            RunAction.Create => ChangeAction.Create,
            RunAction.Delete => ChangeAction.Remove,
            _ => ChangeAction.Update,
        },
        Key = change.Key,
        IssueId = change.IssueId,
        WorkItemId = change.WorkItemId,
        Fields = [.. issue.After.Keys.Order(StringComparer.Ordinal)],
        IsApplied = true,
        Detail = issue.ToString(),
    };

    private static RelationResult? ToResult(
        Relation relation,
        ChangeAction action,
        string name,
        Func<int, string> nameOf) =>
        relation.TargetWorkItemId is not { } target ? null : new RelationResult
        {
            Action = action,
            Source = name,
            Relation = relation.Name ?? relation.ReferenceName,
            Target = nameOf(target),
            WorkItemId = relation.WorkItemId,
            TargetWorkItemId = target,
            Phrase = null,
            LinkId = null,
            IsApplied = true,
            Detail = relation.Comment,
        };

    private static List<KeyValuePair<ChangeAction, int>> Count(IEnumerable<ChangeAction> actions) => actions
        .GroupBy(action => action)
        .OrderBy(group => group.Key)
        .Select(group => KeyValuePair.Create(group.Key, group.Count()))
        .ToList();
}
