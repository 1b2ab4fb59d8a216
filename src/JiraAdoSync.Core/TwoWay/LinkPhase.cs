using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// The phase that adds and removes issue links, once all issues exist, and has the issues remember what is on both
/// sides.
/// </summary>
public sealed class LinkPhase : RunPhase
{
    private readonly TwoWayContext _context;
    private readonly TwoWayPlan _plan;
    private readonly Dictionary<long, IssueRegister> _registers;
    private readonly WrittenIssues _issues;
    private readonly IReadOnlyList<IRunResult> _relations;

    /// <summary>Makes the phase.</summary>
    /// <param name="context">What the phases of a run share.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="issues">What was written of issues.</param>
    /// <param name="relations">What became of the relations.</param>
    internal LinkPhase(
        TwoWayContext context, TwoWayPlan plan, WrittenIssues issues, IReadOnlyList<IRunResult> relations)
    {
        (_context, _plan, _issues, _relations) = (context, plan, issues, relations);
        _registers = issues.Registers.ToDictionary();
    }

    /// <inheritdoc/>
    public override bool HasWrites => _plan.Additions.Count + _plan.Removals.Count > 0;

    /// <summary>What was written of issues by now.</summary>
    internal WrittenIssues Written => _issues with { Registers = _registers };

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var writer = new LinkWriter(_context.Issues, _context.Log);
        var issueOf = _plan.IssuesByWorkItem(_context.Sync.Known, _issues.Created);
        // An issue that could not be created has said so.
        var (additions, waiting) = (
            _plan.Additions.Where(one => HasIssues(one.Link)).ToList(),
            _plan.Additions.Where(one => !HasIssues(one.Link)).ToList());
        var links = additions.ConvertAll(one =>
            new LinkAddition(one.Link.Type, issueOf[one.Link.Source], issueOf[one.Link.Target]));
        var added = await writer.AddAsync(links, cancellationToken).ConfigureAwait(false);
        foreach (var (line, result) in additions.Select(one => one.Line).Zip(added))
        {
            yield return result with { Relation = line.Relation };
        }

        foreach (var (line, _) in waiting)
        {
            yield return line with
            {
                Action = ChangeAction.Skip,
                Reason = Reasons.Pending,
                Detail = "One of its issues was not created; the next run looks again.",
            };
        }

        var removals = _plan.Removals.Select(one => one.Link).ToList();
        var removed = await writer.RemoveAsync(removals, cancellationToken).ConfigureAwait(false);
        foreach (var (line, result) in _plan.Removals.Select(one => one.Line).Zip(removed))
        {
            yield return result with { Reason = line.Reason, Detail = line.Detail };
        }

        var done = additions.Zip(links, added)
            .Where(one => one.Third.IsApplied)
            .Select(one => BaseOf(one.First.Link, one.Second))
            .ToLookup(link => link.Source);
        await RememberAsync(done, ParentedAmong(_relations), cancellationToken).ConfigureAwait(false);

        bool HasIssues(PlannedLink link) => issueOf.ContainsKey(link.Source) && issueOf.ContainsKey(link.Target);
    }

    private static LinkBase BaseOf(PlannedLink link, LinkAddition addition) =>
        new(link.Type.Id, addition.Source.Id, addition.Target.Id, link.Relation, Origin.AzureDevOps);

    /// <summary>The ids of the issues whose work items got the parent that the plan has.</summary>
    private HashSet<long> ParentedAmong(IEnumerable<IRunResult> results) => results
        .OfType<RelationResult>()
        .Where(result => result is { IsApplied: true, LinkId: null } && result.Removed.All(RelationTypes.IsHierarchy))
        .Join(_plan.Replicas, result => result.Source, issue => issue.Key, (_, issue) => issue.IssueId)
        .ToHashSet();

    /// <summary>
    /// Writes the properties of issues whose links or parents were written without them, or people made on both sides,
    /// many at once.
    /// </summary>
    private async Task RememberAsync(
        ILookup<long, LinkBase> added,
        HashSet<long> parented,
        CancellationToken cancellationToken)
    {
        var changed = new Dictionary<long, IssueRegister>();
        var created = _issues.CreatedPairs.ToLookup(pair => pair.Pair.Issue.IssueId);
        var agreed = _plan.Agreed.Select(group => group.Key).Except(_registers.Keys);
        foreach (var id in added.Select(group => group.Key).Concat(parented).Concat(agreed).Distinct())
        {
            var pair = _plan.Pairs.GetValueOrDefault(id) ?? created[id].LastOrDefault();
            var done = BaseNeeds.Ado | (parented.Contains(id) ? BaseNeeds.Relation : BaseNeeds.Nothing);
            var register = _registers.GetValueOrDefault(id) ?? (pair is null ? null : _context.RegisterOf(pair, done));
            if (register is null
                || (!added.Contains(id) && !parented.Contains(id) && !register.HasRoomFor(_plan.Agreed[id])))
            {
                continue;
            }

            if (pair is not null && parented.Contains(id)
                && pair.Base.FirstOrDefault(one => one.Field == ParentMerge.Field) is { } parent)
            {
                register = register with
                {
                    Fields = new Dictionary<string, FieldBase>(register.Fields, StringComparer.OrdinalIgnoreCase)
                    {
                        [parent.Field] = parent.After with
                        {
                            Counter = Math.Min(parent.After.Counter, register.Counter),
                        },
                    },
                };
            }

            changed[id] = _registers[id] = register with { Links = [.. register.Links, .. added[id]] };
        }

        await _context.WriteAsync(changed, cancellationToken).ConfigureAwait(false);
    }
}
