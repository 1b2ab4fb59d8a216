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
    private readonly IReadOnlyDictionary<long, IssueRegister> _registers;
    private readonly Func<CancellationToken, Task<IReadOnlyList<ContentCopy>>> _find;

    private IssueContentPhase(
        TwoWayContext context,
        TwoWayContents contents,
        TwoWayPlan plan,
        IReadOnlyDictionary<long, IssueRegister> registers,
        Func<CancellationToken, Task<IReadOnlyList<ContentCopy>>> find) =>
        (_context, _contents, _plan, _registers, _find) = (context, contents, plan, registers, find);

    /// <inheritdoc/>
    public override bool HasWrites => _plan.Copies.Count > 0;

    /// <summary>What the plan copies, and what issues lack that the run created.</summary>
    /// <param name="context">What the phases of a run share.</param>
    /// <param name="contents">Plans what new issues lack, and copies.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="issues">What was written of issues.</param>
    internal static IssueContentPhase OfPlan(
        TwoWayContext context, TwoWayContents contents, TwoWayPlan plan, WrittenIssues issues) =>
        new(context, contents, plan, issues.Registers, async cancellationToken =>
        {
            var (_, ofCreated) = await contents.PlanAsync(issues.CreatedPairs, isCreated: true, cancellationToken)
                .ConfigureAwait(false);
            return [.. plan.Copies.Select(one => one.Copy), .. ofCreated];
        });

    /// <summary>
    /// The links of issues to the work items that the run created for them, once it is settled which of several stays.
    /// </summary>
    /// <param name="context">What the phases of a run share.</param>
    /// <param name="contents">Plans the links, and writes them.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="issues">What was written of issues.</param>
    internal static IssueContentPhase OfNewWorkItems(
        TwoWayContext context, TwoWayContents contents, TwoWayPlan plan, WrittenIssues issues) =>
        new(context, contents, plan, issues.Registers, _ => Task.FromResult(contents.PlanPages(plan.Ado.Items)));

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var copies = await _find(cancellationToken).ConfigureAwait(false);
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
                _registers.GetValueOrDefault(id)
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
