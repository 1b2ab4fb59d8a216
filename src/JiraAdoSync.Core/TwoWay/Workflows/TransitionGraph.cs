using JiraAdoSync.Jira;

namespace JiraAdoSync.TwoWay.Workflows;

/// <summary>
/// The transitions that this run has learnt, and the ways that they make. What Jira offers for one issue is assumed to
/// hold for all of its project and type that are in the same status.
/// <list type="number">
/// <item>One direct transition, if there is one; else the shortest way, <see cref="MostSteps"/> steps at most.</item>
/// <item>No status of the category "done" on the way: whoever watches would see the issue finished.</item>
/// <item>No screen on the way that demands a field for which nobody gave a value.</item>
/// <item>Of several transitions to one status, the one that asks for nothing, and else the first.</item>
/// </list>
/// </summary>
public sealed class TransitionGraph
{
    /// <summary>How long a way may be.</summary>
    public const int MostSteps = 6;

    private readonly Dictionary<(string Project, string Type, string Status), IReadOnlyList<IssueTransition>> _known =
    [];

    /// <summary>Takes what Jira offers for an issue.</summary>
    /// <param name="project">The key of its project.</param>
    /// <param name="typeId">The id of its type.</param>
    /// <param name="statusId">The id of its status.</param>
    /// <param name="transitions">What it can do now.</param>
    public void Learn(string project, string typeId, string statusId, IReadOnlyList<IssueTransition> transitions) =>
        _known[(project, typeId, statusId)] = transitions;

    /// <summary>Whether the transitions from a status are known.</summary>
    /// <param name="project">The key of the project.</param>
    /// <param name="typeId">The id of the issue type.</param>
    /// <param name="statusId">The id of the status.</param>
    public bool Knows(string project, string typeId, string statusId) =>
        _known.ContainsKey((project, typeId, statusId));

    /// <summary>Finds the way between two statuses.</summary>
    /// <param name="project">The key of the project.</param>
    /// <param name="typeId">The id of the issue type.</param>
    /// <param name="from">The id of the status that the issue has.</param>
    /// <param name="to">The id of the status that it is to have.</param>
    /// <param name="given">The ids of fields for which values are given.</param>
    public TransitionPath FindPath(string project, string typeId, string from, string to, IReadOnlySet<string> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        if (from == to)
        {
            return new TransitionPath([], null, []);
        }

        var ways = new Queue<(string Status, IReadOnlyList<IssueTransition> Steps)>([(from, [])]);
        var seen = new HashSet<string>(StringComparer.Ordinal) { from };
        var lacking = new SortedSet<string>(StringComparer.Ordinal);
        while (ways.TryDequeue(out var way))
        {
            foreach (var next in _known.GetValueOrDefault((project, typeId, way.Status), [])
                .GroupBy(one => one.To.Id, StringComparer.Ordinal))
            {
                var open = next.Where(one => Lacking(one, given).Count == 0).OrderBy(one => one.HasScreen).ToList();
                if (open.Count == 0)
                {
                    var isUseful = next.Key == to || Leads(project, typeId, next.Key, to);
                    lacking.UnionWith(isUseful ? Lacking(next.First(), given).Select(field => field.Name) : []);
                    continue;
                }

                if (next.Key == to)
                {
                    return new TransitionPath([.. way.Steps, open[0]], null, []);
                }

                if (way.Steps.Count + 1 < MostSteps && !IsDone(open[0].To) && seen.Add(next.Key))
                {
                    ways.Enqueue((next.Key, [.. way.Steps, open[0]]));
                }
            }
        }

        return new TransitionPath([], lacking.Count > 0 ? Reasons.NeedsScreen : Reasons.NoTransition, [.. lacking]);
    }

    /// <summary>Whether there is a way at all, screens left aside.</summary>
    private bool Leads(string project, string typeId, string from, string to)
    {
        var (open, seen) = (new Stack<string>([from]), new HashSet<string>(StringComparer.Ordinal) { from });
        while (open.TryPop(out var status))
        {
            foreach (var next in _known.GetValueOrDefault((project, typeId, status), []))
            {
                if (next.To.Id == to)
                {
                    return true;
                }

                if (!IsDone(next.To) && seen.Add(next.To.Id))
                {
                    open.Push(next.To.Id);
                }
            }
        }

        return false;
    }

    private static List<WritableField> Lacking(IssueTransition transition, IReadOnlySet<string> given) =>
        transition.Fields.Where(field => field.MustBeGiven && !given.Contains(field.Id)).ToList();

    private static bool IsDone(IssueStatus status) =>
        status.Category.Equals("done", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A way between two statuses.</summary>
/// <param name="Steps">The transitions, in their order; none where there is no way, or nothing to do.</param>
/// <param name="Reason">Why there is none: <c>NoTransition</c> or <c>NeedsScreen</c>; null where there is one.</param>
/// <param name="Fields">The names of the fields that screens demand, where that is the reason.</param>
public sealed record TransitionPath(IReadOnlyList<IssueTransition> Steps, string? Reason, IReadOnlyList<string> Fields);
