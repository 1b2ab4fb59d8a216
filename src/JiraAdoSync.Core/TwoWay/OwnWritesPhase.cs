using System.Globalization;
using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// The phase that ends a run which brings over web links or histories. All that Jira says of a change to these is when the
/// issue was last updated, and the writes of the run moved that, too: the issues that it wrote are looked at once more, and
/// their marks say from when they are known, so that the next run has nothing to do.
/// </summary>
public sealed class OwnWritesPhase : RunPhase
{
    private readonly TwoWayContext _context;
    private readonly TwoWayPlanning _planning;
    private readonly TwoWayPlan _plan;

    /// <summary>Makes the phase.</summary>
    /// <param name="context">What the phases of a run share.</param>
    /// <param name="planning">Plans the content of work items.</param>
    /// <param name="plan">The plan.</param>
    internal OwnWritesPhase(TwoWayContext context, TwoWayPlanning planning, TwoWayPlan plan) =>
        (_context, _planning, _plan) = (context, planning, plan);

    /// <inheritdoc/>
    public override bool HasWrites => IsNeeded;

    private bool IsNeeded => _context is { Sync.Contents: not null, WorkItems.Content: { WebLinks: true } or { History: true } }
        && _plan.Ado.WorkItems.Basis is not null && _context.Log.Touched.Count > 0;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!IsNeeded)
        {
            yield break;
        }

        var sync = _context.Sync;
        var replicas = await ReadAsync(_context.Log.Touched, cancellationToken).ConfigureAwait(false);
        var basis = _plan.Ado.WorkItems.Basis!;
        basis = basis with
        {
            Policy = basis.Policy with { MayCreate = false },
            Replicas = replicas.ToDictionary(replica => replica.IssueId),
            Decide = (input, _) => Task.FromResult(Decide(input)),
        };
        var changes = await _planning.WorkItems.PlanAsync(basis, replicas, cancellationToken).ConfigureAwait(false);
        var marks = new WorkItemPhase(
            sync, _planning.WorkItems, new WorkItemPlan([.. changes.Where(change => change.IsWrite)]) { Basis = basis }, []);
        var results = new List<IRunResult>();
        await foreach (var result in marks.ApplyAsync(cancellationToken).ConfigureAwait(false))
        {
            results.Add(result);
        }

        var contents = new ContentPhase(sync, marks.Written.WithContent);
        await foreach (var result in contents.ApplyAsync(cancellationToken).ConfigureAwait(false))
        {
            results.Add(result);
        }

        // What was written has its result already.
        foreach (var result in results.Where(result => result.Action is ChangeAction.Fail or ChangeAction.Skip))
        {
            yield return result;
        }
    }

    private async Task<List<Replica>> ReadAsync(
        IReadOnlyCollection<long> touched, CancellationToken cancellationToken)
    {
        var replicas = new List<Replica>();
        var names = touched.Order().Select(id => id.ToString(CultureInfo.InvariantCulture));
        await foreach (var replica in _context.Issues.ReadAsync(names, _context.Detail, cancellationToken).ConfigureAwait(false))
        {
            replicas.Add(replica);
        }

        // The end of a link may be outside the selection.
        replicas.RemoveAll(replica => !_context.Sync.Known.Existing.ContainsKey(replica.IssueId));
        // Relations and marks were written since the work items were read.
        foreach (var replica in replicas)
        {
            _context.Sync.Known.Forget(replica.IssueId);
        }

        await _context.Sync.Known.FindAsync(replicas.Select(replica => replica.Reference), cancellationToken)
            .ConfigureAwait(false);
        await _planning.Contents.RecallAsync(replicas, cancellationToken).ConfigureAwait(false);
        return replicas.ConvertAll(_planning.Contents.WithoutCopies);
    }

    /// <summary>
    /// Changes of content alone: what both sides have of fields, and of texts that changed since, is left to the next run.
    /// </summary>
    private static IReadOnlyList<WorkItemChange> Decide(WorkItemPlanInput input) =>
    [
        .. input.Desired
            .Where(desired => desired.Text.Values.Count == 0)
            .Select(desired => (Desired: desired, Found: input.Existing.GetValueOrDefault(desired.Replica.IssueId)))
            .Where(one => one.Found?.Mark is not null)
            .Select(one => ChangeOf(one.Desired, AsLookedAt(one.Found!, one.Desired.Replica), one.Found!.Mark!)),
    ];

    /// <summary>
    /// A work item whose mark says that its comments were looked at, where the issue says so: the write that follows moves
    /// the revision by which that is known.
    /// </summary>
    private static FoundWorkItem AsLookedAt(FoundWorkItem found, Replica replica)
    {
        var known = IssueRegister.Parse(replica.Property)?.Fields.GetValueOrDefault(MarkBase.Discussion);
        return known is null || !TwoWayContents.IsOf(known, found.WorkItem.Rev) ? found : found with
        {
            Mark = found.Mark!.With(MarkBase.Discussion, known) with { Rev = found.WorkItem.Rev },
        };
    }

    private static WorkItemChange ChangeOf(DesiredWorkItem desired, FoundWorkItem found, WorkItemMark mark) => new()
    {
        Action = desired.Text.Digest == mark.TextDigest ? ChangeAction.Keep : ChangeAction.Update,
        Replica = desired.Replica,
        WorkItemType = desired.WorkItemType,
        Existing = found,
        FieldsDigest = mark.FieldsDigest,
        TextDigest = desired.Text.Digest,
    };
}
