using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Syncing;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>The phase that copies to issues what they get beside fields, and records it in the issues.</summary>
public sealed class IssueContentPhase : RunPhase
{
    private readonly TwoWayContext _context;
    private readonly TwoWayContents _contents;
    private readonly TwoWayPlan _plan;
    private readonly WrittenIssues _issues;

    /// <summary>Makes the phase.</summary>
    /// <param name="context">What the phases of a run share.</param>
    /// <param name="contents">Plans what new issues lack, and copies.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="issues">What was written of issues.</param>
    internal IssueContentPhase(
        TwoWayContext context, TwoWayContents contents, TwoWayPlan plan, WrittenIssues issues) =>
        (_context, _contents, _plan, _issues) = (context, contents, plan, issues);

    /// <inheritdoc/>
    public override bool HasWrites => _plan.Copies.Count > 0;

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (_, ofCreated) = await _contents.PlanAsync(_issues.CreatedPairs, isCreated: true, cancellationToken)
            .ConfigureAwait(false);
        var copies = _plan.Copies.Select(one => one.Copy).Concat(ofCreated).ToList();
        if (copies.Count == 0)
        {
            yield break;
        }

        var written = await _contents.ApplyAsync(copies, _context.Notify, cancellationToken).ConfigureAwait(false);
        var registers = new Dictionary<long, IssueRegister>();
        foreach (var one in written.Where(one => one.Copy.IsWrite))
        {
            var copy = one.Copy;
            var id = copy.Pair.Pair.Issue.IssueId;
            var register =
                _issues.Registers.GetValueOrDefault(id)
                ?? _context.RegisterOf(
                    _plan.Pairs.GetValueOrDefault(id) ?? copy.Pair,
                    BaseNeeds.Ado | BaseNeeds.Relation);
            registers[id] = _contents.Remember(register, one);
        }

        await _context.WriteAsync(registers, cancellationToken).ConfigureAwait(false);
        foreach (var one in written)
        {
            yield return one.Result;
        }
    }
}
