using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Plans the issues that work items without one are to get: parents before their children, each with the type that
/// becomes the work item's own. What the screen of a type demands and no mapping gives is an error before anything is
/// written.
/// </summary>
/// <param name="context">What the phases of a run share.</param>
/// <param name="pairing">What is known of the site.</param>
internal sealed class TwoWayCreations(TwoWayContext context, TwoWayPairing pairing)
{
    private static readonly string[] GivenAnyway = ["summary", "project", "issuetype", "parent", "reporter"];

    private readonly Dictionary<(string Project, string Type), IReadOnlyList<WritableField>> _screens = [];
    private readonly Dictionary<string, IReadOnlyList<IssueType>> _types = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the plan.</summary>
    /// <param name="selection">What was read.</param>
    /// <param name="project">The key of the project in Jira.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException">
    /// <c>IssueTypeUnmapped</c>: no type of the project becomes that of some items; <c>FieldNotWritable</c>: a screen
    /// demands a field for which nothing gives a value; <c>AccessDenied</c>: the account may not create issues.
    /// </exception>
    public async Task<List<PlannedIssue>> PlanAsync(
        TwoWaySelection selection, string project, CancellationToken cancellationToken)
    {
        // Of a project in which the account may create none this says so, whatever is to be created.
        var known = await TypesOfAsync(project, cancellationToken).ConfigureAwait(false);
        var types = (await context.Sync.Store.GetWorkItemTypesAsync(cancellationToken).ConfigureAwait(false))
            .ToDictionary(type => type.Name, StringComparer.OrdinalIgnoreCase);
        if (context.WorkItems.Fields.UsesPriorities)
        {
            await pairing.LearnPrioritiesAsync(cancellationToken).ConfigureAwait(false);
        }

        var mapping = new WorkItemTypeMapping(context.WorkItems.Types, types.Keys);
        var maker = new IssueMaker(context.WorkItems.Fields, mapping, pairing.Context!, context.Policy.Direction);
        var issueOf = context
            .Sync.Known.Existing.Where(one => context.Sync.Known.Sought.ContainsKey(one.Key))
            .GroupBy(one => one.Value.WorkItem.Id)
            .ToDictionary(group => group.Key, group => context.Sync.Known.Sought[group.Min(one => one.Key)]);
        var replicas = selection.Replicas.DistinctBy(issue => issue.IssueId).ToDictionary(issue => issue.IssueId);
        var planned = new Dictionary<int, PlannedIssue>();
        var unmapped = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var demanded = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var item in InOrder(selection.Unpaired))
        {
            var parentItem = ParentMerge.ParentOf(item)?.TargetWorkItemId;
            var parent = parentItem is { } id ? issueOf.GetValueOrDefault(id) : null;
            var above = parentItem is { } one ? planned.GetValueOrDefault(one) : null;
            var parentType = above?.Type ?? (parent is null ? null : replicas.GetValueOrDefault(parent.Id)?.Type);
            var parentProject = above?.Project ?? (parent is null ? project : TwoWayPairing.ProjectOf(parent.Key));
            if (await FindTypeAsync(
                    maker, item.Type, project, parentType is null ? null : (parentType, parentProject), cancellationToken)
                .ConfigureAwait(false) is not var (home, type))
            {
                unmapped[item.Type] = unmapped.GetValueOrDefault(item.Type) + 1;
                continue;
            }

            var fits = parentType is not null && HierarchyRules.Problem(type, parentType) is null;
            var screen = await ScreenOfAsync(home, type, cancellationToken).ConfigureAwait(false);
            var leftOut = new List<string>();
            var fields = maker.Map(
                item,
                types.GetValueOrDefault(item.Type) ?? WorkItemType.Unknown(item.Type),
                screen,
                leftOut);
            foreach (
                var field in screen.Where(field =>
                    field.MustBeGiven
                    && !fields.ContainsKey(field.Id)
                    && !GivenAnyway.Contains(field.Id, StringComparer.OrdinalIgnoreCase)))
            {
                (demanded.TryGetValue(type.Name, out var names) ? names : demanded[type.Name] = []).Add(field.Name);
            }

            if (parentItem is not null && !fits)
            {
                leftOut.Add(parentType is null
                    ? $"Its parent, work item {parentItem}, has no issue."
                    : $"A {type} can't be below a {parentType} in Jira, so it has no parent there.");
            }

            planned[item.Id] = new PlannedIssue(
                item,
                home,
                type,
                fields,
                fits && above is null ? parent : null,
                fits && above is not null ? parentItem : null,
                leftOut);
        }

        Refuse(project, unmapped, demanded, EntryFor(unmapped.Keys, known, mapping));
        return [.. planned.Values];
    }

    /// <summary>
    /// The project and the type of the issue of a work item: a sub-task is in the project of its parent, whose types may
    /// be others.
    /// </summary>
    private async Task<(string Project, IssueType Type)?> FindTypeAsync(
        IssueMaker maker,
        string workItemType,
        string project,
        (IssueType Type, string Project)? parent,
        CancellationToken cancellationToken)
    {
        var known = await TypesOfAsync(project, cancellationToken).ConfigureAwait(false);
        if (parent is var (above, home) && !home.Equals(project, StringComparison.OrdinalIgnoreCase))
        {
            var others = await TypesOfAsync(home, cancellationToken).ConfigureAwait(false);
            if (maker.TypeOf(workItemType, above, others) is { IsSubtask: true } subtask)
            {
                return (home, subtask);
            }

            known = known.Where(type => !type.IsSubtask).ToList();
        }

        return maker.TypeOf(workItemType, parent?.Type, known) is { } type ? (project, type) : null;
    }

    private async Task<IReadOnlyList<IssueType>> TypesOfAsync(string project, CancellationToken cancellationToken)
    {
        if (!_types.TryGetValue(project, out var types))
        {
            types = await ReadTypesAsync(project, cancellationToken).ConfigureAwait(false);
            _types.Add(project, types);
        }

        return types;
    }

    /// <summary>The types that the account may create; of one that may create none, the permission is named.</summary>
    private async Task<IReadOnlyList<IssueType>> ReadTypesAsync(string project, CancellationToken cancellationToken)
    {
        IReadOnlyList<IssueType> types = [];
        try
        {
            types = await context.Issues.ReadIssueTypesAsync(project, cancellationToken).ConfigureAwait(false);
        }
        catch (ServiceException)
        {
            if (await MayCreateAsync(project, cancellationToken).ConfigureAwait(false) != false)
            {
                throw;
            }
        }

        return types.Count > 0 || await MayCreateAsync(project, cancellationToken).ConfigureAwait(false) != false
            ? types
            : throw new SyncException(
                nameof(Failure.AccessDenied),
                $"The account lacks permissions in the project {project} of Jira, so nothing was written: "
                + $"{JiraPermissions.Create}.",
                $"{JiraPermissions.Create} in {project}");
    }

    /// <summary>Whether the account may create issues in a project; null where Jira does not say.</summary>
    private async Task<bool?> MayCreateAsync(string project, CancellationToken cancellationToken)
    {
        try
        {
            return (await context.Issues
                .ReadPermissionsAsync(project, [JiraPermissions.Create], cancellationToken)
                .ConfigureAwait(false)).Count > 0;
        }
        catch (ServiceException)
        {
            return null;
        }
    }

    /// <summary>
    /// An entry that has work item types become issues: of the story or another type, which keeps what it becomes
    /// itself.
    /// </summary>
    private static string EntryFor(
        IEnumerable<string> workItemTypes, IReadOnlyList<IssueType> known, WorkItemTypeMapping mapping)
    {
        var standard = known.Where(type => !type.IsSubtask).ToList();
        var type = standard.Find(type => IssueTypeNames.Of(type.Name) == IssueTypeMeaning.Story) ?? standard.FirstOrDefault();
        var candidates = (type is null ? [] : mapping.CandidatesOf(type).Take(1)).Concat(workItemTypes);
        return $"{Literal.Of(type?.Name ?? "Story")} = {string.Join(", ", candidates.Select(Literal.Of))}";
    }

    private static void Refuse(
        string project,
        SortedDictionary<string, int> unmapped,
        SortedDictionary<string, SortedSet<string>> demanded,
        string entry)
    {
        if (unmapped.Count > 0)
        {
            throw new SyncException(
                "IssueTypeUnmapped",
                $"No issue type of the project {project} becomes these work item types: "
                + $"{string.Join(", ", unmapped.Select(one => $"'{one.Key}' ({one.Value})"))}. Say it with -TypeMapping, as in "
                + $"@{{ {entry} }}, or select fewer work items.",
                unmapped.Keys.ToList());
        }

        if (demanded.Count > 0)
        {
            throw new SyncException(
                "FieldNotWritable",
                "The screens that create issues demand fields for which no mapping gives a value: "
                + $"{string.Join("; ", demanded.Select(one => $"{one.Key}: {string.Join(", ", one.Value)}"))}. Map a field of work items "
                + "to each with -FieldMapping, or have an administrator of Jira make them optional.",
                demanded.Keys.ToList());
        }
    }

    private async Task<IReadOnlyList<WritableField>> ScreenOfAsync(
        string project, IssueType type, CancellationToken cancellationToken)
    {
        if (!_screens.TryGetValue((project, type.Id), out var screen))
        {
            screen = await context
                .Issues.ReadCreationFieldsAsync(project, type.Id, cancellationToken)
                .ConfigureAwait(false);
            _screens.Add((project, type.Id), screen);
        }

        return screen;
    }

    /// <summary>Parents before their children.</summary>
    private static List<WorkItem> InOrder(IReadOnlyList<WorkItem> items)
    {
        var byId = items.ToDictionary(item => item.Id);
        var done = new HashSet<int>();
        var order = new List<WorkItem>();
        foreach (var item in items.OrderBy(item => item.Id))
        {
            Visit(item);
        }

        return order;

        void Visit(WorkItem item)
        {
            if (!done.Add(item.Id))
            {
                return;
            }

            if (ParentMerge.ParentOf(item)?.TargetWorkItemId is { } parent && byId.TryGetValue(parent, out var above))
            {
                Visit(above);
            }

            order.Add(item);
        }
    }
}
