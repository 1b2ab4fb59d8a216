using System.Globalization;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Links;

namespace JiraAdoSync.TwoWay.Stages;

/// <summary>
/// Adds issue links that are desired and do not exist. A link that says the same as the relation is left as it is,
/// whichever type it has; nothing is removed.
/// </summary>
/// <param name="issues">The issues.</param>
/// <param name="log">The record of the run.</param>
public sealed class IssueLinkSync(IIssueStore issues, RunLog log)
{
    /// <summary>Decides which links are added. Nothing is written.</summary>
    /// <param name="desired">The links that are desired.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>One line a link, in the same order.</returns>
    public async Task<IReadOnlyList<IssueLinkResult>> PlanAsync(
        IReadOnlyList<DesiredIssueLink> desired, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(desired);
        var present = new List<IssueLink>();
        var ids = desired.Select(link => link.Source?.Id).OfType<long>().Distinct()
            .Select(id => id.ToString(CultureInfo.InvariantCulture));
        await foreach (var issue in issues.ReadAsync(ids, IssueDetail.None, cancellationToken).ConfigureAwait(false))
        {
            present.AddRange(issue.Links);
        }

        var byPair = present.DistinctBy(link => link.LinkId).ToLookup(link => PairOf(link.Source.Id, link.Target.Id));
        return desired.Select(link => Plan(link, byPair)).ToList();
    }

    /// <summary>Adds links, and says of each what became of it.</summary>
    /// <param name="desired">The links to add.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<IssueLinkResult>> AddAsync(
        IReadOnlyList<DesiredIssueLink> desired, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(desired);
        var added = await new LinkWriter(issues, new IssueLog(log))
            .AddAsync(
                desired.Select(link => new LinkAddition(link.Type!, link.Source!, link.Target!)).ToList(),
                cancellationToken)
            .ConfigureAwait(false);
        return desired.Zip(added, (link, result) => result with { Relation = link.Relation.Name }).ToList();
    }

    private static IssueLinkResult Plan(DesiredIssueLink link, ILookup<(long, long), IssueLink> present)
    {
        var line = new IssueLinkResult
        {
            Action = ChangeAction.Create,
            Source = link.Source?.Key ?? $"#{link.WorkItemId}",
            Phrase = link.Phrase,
            Target = link.Target?.Key ?? $"#{link.TargetWorkItemId}",
            Relation = link.Relation.Name,
        };
        if (link.LeftOut is { } reason)
        {
            return line with
            {
                Action = ChangeAction.Skip,
                Reason = reason,
                Detail = reason switch
                {
                    Reasons.FromJira => "The relation is a link of Jira's in other words.",
                    Reasons.Parent => "Hierarchy is the issues' own parent, which Sync-JiraIssue sets.",
                    _ => "An end has no issue.",
                },
            };
        }

        var from = link.Equivalents.Count == 0 ? null : present[PairOf(link.Source!.Id, link.Target!.Id)]
            .FirstOrDefault(one => link.Equivalents.Any(kind => Says(one, kind, link)));
        return from is null ? line : line with { Action = ChangeAction.Keep, LinkId = from.LinkId, Phrase = from.Phrase,
            Source = from.Source.Key, Target = from.Target.Key };
    }

    /// <summary>Whether a link says a kind, as seen from the issue of the work item that has the relation.</summary>
    private static bool Says(IssueLink link, IssueLinkKind kind, DesiredIssueLink desired)
    {
        var owner = desired.IsTurned ? desired.Target! : desired.Source!;
        return link.Type.Id == kind.Type.Id && (kind.IsInward ? link.Target.Id : link.Source.Id) == owner.Id;
    }

    private static (long, long) PairOf(long one, long other) => (Math.Min(one, other), Math.Max(one, other));
}
