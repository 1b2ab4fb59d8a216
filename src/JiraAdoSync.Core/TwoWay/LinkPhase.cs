using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.Relations;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Marks;
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
        var additions = _plan.Additions
            .Select(one => (
                one.Link,
                Source: issueOf.GetValueOrDefault(one.Link.Source),
                Target: issueOf.GetValueOrDefault(one.Link.Target)))
            .Where(one => one.Source is not null && one.Target is not null)
            .Select(one => (one.Link, Addition: new LinkAddition(one.Link.Type, one.Source!, one.Target!)))
            .ToList();
        var added = await writer.AddAsync(additions.ConvertAll(one => one.Addition), cancellationToken)
            .ConfigureAwait(false);
        foreach (var result in added)
        {
            yield return result;
        }

        var removals = _plan.Removals.Select(one => one.Link).ToList();
        foreach (var result in await writer.RemoveAsync(removals, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }

        var done = additions.Zip(added)
            .Where(one => one.Second.IsApplied)
            .Select(one => BaseOf(one.First.Link, one.First.Addition))
            .ToLookup(link => link.Source);
        await RememberAsync(done, ParentedAmong(_relations), cancellationToken).ConfigureAwait(false);
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
