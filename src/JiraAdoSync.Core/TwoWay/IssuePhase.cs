using System.Globalization;
using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// The phase that writes issues: those that are new and what they lack of their work items, and what changes of those
/// that exist: fields and parents first, then statuses.
/// </summary>
public sealed class IssuePhase : RunPhase
{
    private readonly TwoWayContext _context;
    private readonly TwoWayPlanning _planning;
    private readonly TwoWayPlan _plan;
    private readonly Dictionary<long, IssueRegister> _registers = [];
    private readonly Dictionary<int, IssueReference> _created = [];
    private readonly List<PairPlan> _createdPairs = [];
    private readonly List<WorkItemChange> _withContent = [];
    private readonly Dictionary<int, IssueRefusal> _createdWithout = [];

    /// <summary>Makes the phase.</summary>
    /// <param name="context">What the phases of a run share.</param>
    /// <param name="planning">Plans what new issues lack.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="items">What became of the work items.</param>
    internal IssuePhase(
        TwoWayContext context, TwoWayPlanning planning, TwoWayPlan plan, IReadOnlyList<IRunResult> items)
    {
        (_context, _planning, _plan) = (context, planning, plan);
        Remember(items);
    }

    /// <inheritdoc/>
    public override bool HasWrites => _plan.Creations.Count + _plan.Updates.Count > 0
        || _plan.Pairs.Values.Any(pair => pair.IsLookRecorded);

    /// <summary>What was written.</summary>
    internal WrittenIssues Written => new(_created, _createdPairs, _registers, _withContent);

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var creations = _plan.Creations.Select(one => one.Issue).ToList();
        foreach (var result in await CreateAsync(creations, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        foreach (var (line, pair) in _plan.Updates
            .Where(one => _context.PlannedAgain.Contains(one.Pair.Pair.Issue.IssueId)))
        {
            yield return line.Skipped(
                Reasons.Changed,
                $"Somebody changed work item {pair.Pair.Item.Id} while the run was under way; the next run looks at the pair "
                + "again.");
        }

        foreach (var (line, pair) in _plan.Updates
            .Where(one => !_context.PlannedAgain.Contains(one.Pair.Pair.Issue.IssueId) && !_context.IsAsPlanned(one.Pair)))
        {
            yield return line.Skipped(
                Reasons.Pending,
                $"Work item {pair.Pair.Item.Id} was not written, so the issue is not either; the next run looks at the pair again.");
        }

        var pairs = _plan.Updates.Select(one => one.Pair).Where(_context.IsAsPlanned).ToList();
        await foreach (var result in UpdateAsync(pairs, _plan.Parents, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        await foreach (var result in CompleteCreatedAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        await RecordLooksAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Records in issues at which a run broke off that their histories were looked at, and in others that the comments of
    /// their work items were, what Azure DevOps refused, or that people took back what a side had refused.
    /// </summary>
    private async Task RecordLooksAsync(CancellationToken cancellationToken)
    {
        var looks = RegistersOf(pair => pair.IsLookRecorded);
        await _context.WriteAsync(looks, cancellationToken).ConfigureAwait(false);
        Remember(looks);
        var others = RegistersOf(pair => pair.IsReadRecorded || pair.IsRefusalOver
            || _context.RefusedByAdo.ContainsKey(pair.Pair.Issue.IssueId));
        await _context.TryWriteAsync(others, cancellationToken).ConfigureAwait(false);
        Remember(others);
    }

    private Dictionary<long, IssueRegister> RegistersOf(Func<PairPlan, bool> which) => _plan.Pairs.Values
        .Where(pair => which(pair) && _context.IsAsPlanned(pair) && !_registers.ContainsKey(pair.Pair.Issue.IssueId))
        .ToDictionary(pair => pair.Pair.Issue.IssueId, pair => _context.RegisterOf(pair, BaseNeeds.Ado));

    /// <summary>Takes note of the work items that were written, and of which fields.</summary>
    private void Remember(IEnumerable<IRunResult> results)
    {
        foreach (
            var result in results.OfType<WorkItemResult>().Where(result => result is { IsApplied: true, Error: null }))
        {
            _context.WrittenFields[result.IssueId] = result.Fields;
            if (result.Refused.Count > 0)
            {
                _context.RefusedByAdo[result.IssueId] = result.Refused;
            }
        }
    }

    private async Task<IReadOnlyList<IssueResult>> CreateAsync(
        List<PlannedIssue> planned, CancellationToken cancellationToken)
    {
        if (planned.Count == 0)
        {
            return [];
        }

        var creations = planned.Select(one =>
        {
            var nonce = WorkItemMark.NewNonce(_context.Sync.Store.ProjectId);
            return new IssueCreation
            {
                Item = one.Item,
                Write = new IssueWrite { Project = one.Project, Type = one.Type, Fields = one.Fields },
                Parent = one.Parent,
                ParentWorkItemId = one.ParentWorkItemId,
                Register = new IssueRegister
                {
                    Nonce = nonce,
                    Organization = _context.Organization,
                    Project = _context.Project,
                    WorkItem = one.Item.Id,
                    Counter = 1,
                },
                Mark = issue => new WorkItemWrite
                {
                    WorkItemId = one.Item.Id,
                    Before = one.Item,
                    ExpectedRev = one.Item.Rev,
                    AddRelations =
                    [
                        new WorkItemMark
                        {
                            Issue = issue,
                            Nonce = nonce,
                            Rev = one.Item.Rev + 1,
                            FieldsDigest = WorkItemMark.Unfinished,
                            TextDigest = TextDigests.None.ToString(),
                        }.ToRelation(_context.Sync.Site),
                    ],
                },
            };
        }).ToList();
        var creator = new IssueCreator(
            _context.Issues, _context.Sync.Store, _context.Sync.Sender, _context.Log, _context.Organization);
        var results = await creator.ApplyAsync(creations, cancellationToken).ConfigureAwait(false);
        foreach (var (workItem, refusal) in creator.Refused)
        {
            _createdWithout[workItem] = refusal;
        }

        foreach (var result in results.Where(one => one is { IsApplied: true, IssueId: not null, Key: not null }))
        {
            var issue = new IssueReference(result.IssueId!.Value, result.Key!);
            _created[result.WorkItemId] = issue;
            _context.Sync.Cache.Set(
                new Correlation
                {
                    IssueId = issue.Id,
                    Key = issue.Key,
                    WorkItemId = result.WorkItemId,
                });
            // One that an earlier run created was sought before it was marked.
            _context.Sync.Known.Forget(issue.Id);
        }

        return results;
    }

    /// <summary>
    /// Gives new issues what they lack of their work items, such as the status, and new pairs their base.
    /// </summary>
    private async IAsyncEnumerable<IRunResult> CompleteCreatedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_created.Count == 0)
        {
            yield break;
        }

        var detail = _context.WorkItems.Fields.Detail with { Description = true, Property = true };
        var replicas = new List<Replica>();
        var names = _created.Values.Select(issue => issue.Id.ToString(CultureInfo.InvariantCulture));
        await foreach (var replica in _context.Issues.ReadAsync(names, detail, cancellationToken).ConfigureAwait(false))
        {
            replicas.Add(replica);
        }

        var pairs = new List<PairPlan>();
        var items = await _planning
            .WorkItems.PlanAsync(
                replicas,
                _context.WorkItems with
                {
                    MayCreate = false,
                },
                (input, cancellationToken) =>
                    _planning.Pairing.DecideAsync(input, pairs, isCreated: true, cancellationToken),
                cancellationToken)
            .ConfigureAwait(false);
        var updates = items with { Changes = [.. items.Changes.Where(change => change.Action == ChangeAction.Update)] };
        var phase = new WorkItemPhase(_context.Sync, _planning.WorkItems, updates, []) { KeepsResults = true };
        var results = new List<IRunResult>();
        await foreach (var result in phase.WriteAsync(cancellationToken).ConfigureAwait(false))
        {
            results.Add(result);
        }

        _withContent.AddRange(phase.Written.WithContent);
        _createdPairs.AddRange(pairs);
        Remember(results);
        // The last plan of a new pair is the one that was written.
        _context.PlannedAgain.ExceptWith(pairs.Select(pair => pair.Pair.Issue.IssueId));
        var ready = pairs.Where(pair => _context.WrittenFields.ContainsKey(pair.Pair.Issue.IssueId)).ToList();
        var parents = new Dictionary<long, PlannedParent>();
        await foreach (var result in UpdateAsync(ready, parents, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        // What is compared was tried once more: a screen that edits issues may take what the one that creates them does not.
        foreach (var pair in pairs.Where(pair => _createdWithout.ContainsKey(pair.Pair.Item.Id)))
        {
            var refusal = _createdWithout[pair.Pair.Item.Id];
            var left = refusal.Fields.Where(field => !pair.ToJira.ContainsKey(field)).ToList();
            if (left.Count > 0)
            {
                yield return IssueResult.Of(pair.Pair.Issue, pair.Pair.Item.Id, left).Skipped(refusal.Reason, refusal.Detail);
            }
        }
    }

    /// <summary>Writes fields and parents, then statuses.</summary>
    private async IAsyncEnumerable<IRunResult> UpdateAsync(
        List<PairPlan> pairs,
        IReadOnlyDictionary<long, PlannedParent> parents,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var updates = pairs
            .Where(pair => pair.ToJira.Count > 0 || parents.ContainsKey(pair.Pair.Issue.IssueId))
            .Select(pair => (Pair: pair, Parent: ParentOf(pair, parents)))
            .Where(one => one.Pair.ToJira.Count > 0 || one.Parent is not null)
            .Select(one => (one.Pair, Update: new IssueUpdate
            {
                Before = one.Pair.Pair.Issue,
                WorkItemId = one.Pair.Pair.Item.Id,
                Fields = one.Pair.ToJira,
                Parent = one.Parent,
                Register = _context.RegisterOf(one.Pair, BaseNeeds.Ado | BaseNeeds.Jira),
                Names = one.Pair.Names,
                Texts = one.Pair.Texts,
                BaseIfRefused = one.Pair.BaseIfRefused(BaseNeeds.Jira),
                KnownEdits = one.Pair.Pair.JiraHistory,
                Pending = one.Pair.Pair.Base.Pending,
            }))
            .ToList();
        var updater = new IssueUpdater(_context.Issues, _context.Log);
        IReadOnlyList<IssueResult> written;
        try
        {
            written = await updater
                .ApplyAsync(updates.ConvertAll(one => one.Update), _context.Notify, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            // Phases that follow one that broke off write properties, too.
            Remember(updater.Registers);
            _context.Remember(updater.Texts);
            foreach (var (id, fields) in updater.Refused)
            {
                _context.Refused[id] = fields;
            }
        }

        var failed = new HashSet<long>();
        foreach (var ((pair, update), result) in updates.Zip(written))
        {
            if (!result.IsApplied && !IssueRefusal.Is(result.Reason))
            {
                failed.Add(pair.Pair.Issue.IssueId);
            }

            yield return result;
        }

        var walks = pairs.Where(pair => pair.Target is not null && !failed.Contains(pair.Pair.Issue.IssueId)).ToList();
        foreach (var result in await WalkAsync(walks, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    private async Task<IReadOnlyList<IssueResult>> WalkAsync(
        List<PairPlan> pairs, CancellationToken cancellationToken)
    {
        if (pairs.Count == 0)
        {
            return [];
        }

        var walks = pairs.Select(pair =>
        {
            var under = _registers.GetValueOrDefault(pair.Pair.Issue.IssueId) ?? _context.RegisterOf(pair, BaseNeeds.Ado);
            return new IssueWalk
            {
                Before = pair.Pair.Issue,
                WorkItemId = pair.Pair.Item.Id,
                Target = pair.Target!,
                ScreenFields = _context.TransitionFields,
                Under = under,
                KnownEdits = pair.Pair.JiraHistory,
                // Who wrote the fields has recorded that this run looked.
                Pending = _registers.ContainsKey(pair.Pair.Issue.IssueId) ? null : pair.Pair.Base.Pending,
                Continued = pair.Continued,
                Register = _context.RegisterOf(pair, BaseNeeds.Ado | BaseNeeds.Walk
                    | (_registers.ContainsKey(pair.Pair.Issue.IssueId) ? BaseNeeds.Jira : BaseNeeds.Nothing)),
            };
        }).ToList();
        var walker = new IssueWalker(_context.Issues, _context.Log);
        try
        {
            return await walker.ApplyAsync(walks, _plan.Replicas, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Remember(walker.Registers);
        }
    }

    /// <summary>Takes note of what the properties of issues say by now.</summary>
    private void Remember(IReadOnlyDictionary<long, IssueRegister> registers)
    {
        foreach (var (id, register) in registers)
        {
            _registers[id] = register;
        }
    }

    private ParentWrite? ParentOf(PairPlan pair, IReadOnlyDictionary<long, PlannedParent> parents)
    {
        if (!parents.TryGetValue(pair.Pair.Issue.IssueId, out var parent))
        {
            return null;
        }

        var isSubtask = pair.Pair.Issue.Type.IsSubtask;
        return parent.WorkItemId is not { } item ? new ParentWrite(parent.Issue, isSubtask)
            : _created.TryGetValue(item, out var created) ? new ParentWrite(created, isSubtask)
            : null;
    }
}
