using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.Relations;

namespace JiraAdoSync.Tests.Planning.Relations;

/// <summary>
/// A graph to plan on, described in a few words: issue n has the key A-n and, unless it is missing, the work item 1000
/// + n.
/// </summary>
internal sealed class Scenario
{
    public static readonly JiraSite Site = new(new Uri("https://jira.example"));

    private readonly List<DesiredRelation> _desired = [];
    private readonly List<Relation> _current = [];
    private readonly HashSet<int> _missing = [];
    private readonly HashSet<int> _unread = [];

    public RelationPolicy Policy { get; init; } = new();

    public int Issues { get; init; } = 9;

    public static int WorkItemOf(int issue) => 1000 + issue;

    public static IssueReference Issue(int issue) => new(issue, $"A-{issue}");

    public static IssueLink Link(int? linkId, int source, int target, int? readFrom = null) => new()
    {
        LinkId = linkId,
        Type = linkId is null ? LinkType.Parent : new LinkType("1", "Links", "links to", "is linked from"),
        Source = Issue(source),
        Target = Issue(target),
        ReadFrom = readFrom ?? source,
    };

    public Scenario Wants(int linkId, int source, RelationType relation, int target)
    {
        _desired.Add(new DesiredRelation { Link = Link(linkId, source, target), Relation = relation });
        return this;
    }

    public Scenario WantsParent(int child, int parent)
    {
        _desired.Add(new DesiredRelation { Link = Link(null, child, parent), Relation = StandardRelationTypes.Parent });
        return this;
    }

    public Scenario LeavesOut(int linkId, int source, int target, string why)
    {
        _desired.Add(new DesiredRelation { Link = Link(linkId, source, target), Relation = null, LeftOut = why });
        return this;
    }

    /// <summary>A relation that somebody else made.</summary>
    public Scenario Theirs(int source, RelationType relation, int target) =>
        Has(source, relation, target, "made by hand");

    /// <summary>A relation of ours, made of a link; of a parent where there is no link id.</summary>
    public Scenario Ours(int? linkId, int source, RelationType relation, int target) =>
        Has(source, relation, target, RelationMark.Comment(Link(linkId, source, target), Site));

    /// <summary>Issues without a work item.</summary>
    public Scenario Missing(params int[] issues)
    {
        _missing.UnionWith(issues);
        return this;
    }

    /// <summary>Issues that have a work item and were not read in this run.</summary>
    public Scenario Unread(params int[] issues)
    {
        _unread.UnionWith(issues);
        return this;
    }

    public PlanInput ToInput()
    {
        var present = Enumerable.Range(1, Issues).Where(issue => !_missing.Contains(issue)).ToList();
        return new PlanInput
        {
            Desired = _desired,
            Types = StandardRelationTypes.All,
            Site = Site,
            WorkItems = present.ToDictionary(issue => (long)issue, WorkItemOf),
            Existing = present.Where(issue => !_unread.Contains(issue)).Select(ToWorkItem).ToList(),
            Scope = present.Where(issue => !_unread.Contains(issue)).Select(Issue).ToList(),
            Policy = Policy,
        };
    }

    public RelationPlan Plan() => Planner.Plan(ToInput());

    /// <summary>The plan as people would write it down: <c>Create A-1 Successor A-2</c>.</summary>
    public IReadOnlyList<string> Lines() => Plan().Changes.Select(Line).ToList();

    public static string Line(RelationChange change) =>
        $"{change.Action} {change.Source} {change.Relation?.Name ?? change.Reason} {change.Target}"
        + string.Concat(change.Removes.Select(relation => string.Create(
            CultureInfo.InvariantCulture,
            $" - {relation.Relation.WorkItemId - 1000} {Name(relation)} {relation.Relation.TargetWorkItemId - 1000}")));

    private static string Name(CurrentRelation relation) =>
        StandardRelationTypes.All[relation.Relation.ReferenceName].Name;

    private Scenario Has(int source, RelationType relation, int target, string comment)
    {
        // The comment shows only where it was written: the harsher of the two readings.
        _current.Add(RelationOn(source, relation, target) with { Comment = comment });
        _current.Add(RelationOn(target, StandardRelationTypes.All.Opposite(relation), source));
        return this;
    }

    private static Relation RelationOn(int owner, RelationType relation, int target) => new()
    {
        WorkItemId = WorkItemOf(owner),
        ReferenceName = relation.ReferenceName,
        TargetWorkItemId = WorkItemOf(target),
        Url = $"https://ado.example/_apis/wit/workItems/{WorkItemOf(target)}",
    };

    private WorkItem ToWorkItem(int issue) => new()
    {
        Id = WorkItemOf(issue),
        Rev = 1,
        Type = "Task",
        Title = $"Issue {issue}",
        Project = "Fabrikam",
        Relations = _current.Where(relation => relation.WorkItemId == WorkItemOf(issue)).ToList(),
    };
}
