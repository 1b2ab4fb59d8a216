using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Jira;
using JiraAdoSync.Lookup;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>What the phase of work items leaves to those that follow it.</summary>
/// <param name="WithContent">Changes whose comments, files and web links are still to be written.</param>
/// <param name="Relations">The relations that were written with the work items.</param>
/// <param name="Creations">What was created.</param>
internal sealed record WrittenWorkItems(
    IReadOnlyList<WorkItemChange> WithContent,
    IReadOnlyDictionary<RelationChange, PackedRelation> Relations,
    Creations Creations);

/// <summary>What is known of the work items that a run created.</summary>
/// <param name="Unseen">Issues whose new work item the look-up does not show yet.</param>
/// <param name="Twins">Work items of this run beside one of a lower id, which is kept.</param>
/// <param name="IsOurs">Whether a nonce was drawn by this run.</param>
internal sealed record Creations(
    IReadOnlyDictionary<IssueReference, Replica> Unseen,
    IReadOnlyList<WorkItemChange> Twins,
    Func<string, bool> IsOurs)
{
    /// <summary>Looks what became of creations, before relations are written on them.</summary>
    public static Task<CreationCheck> CheckAsync(
        SyncContext context,
        IReadOnlyDictionary<IssueReference, Replica> created,
        Func<string, bool> isOurs,
        CancellationToken cancellationToken) =>
        context.Known.Correlator.CheckAsync(
            created.Keys.ToDictionary(issue => issue, issue => context.Known.Existing[issue.Id]),
            isOurs,
            cancellationToken);

    /// <summary>The same after a look at some of them.</summary>
    public Creations With(
        SyncContext context, CreationCheck check, IReadOnlyDictionary<IssueReference, Replica> created)
    {
        foreach (var (issue, found) in check.Existing)
        {
            context.Known.Set(issue, found);
        }

        return this with
        {
            Unseen = Unseen.Concat(check.Unseen.Select(issue => KeyValuePair.Create(issue, created[issue])))
                .ToDictionary(),
            Twins = [.. Twins, .. check.Twins.Select(twin => TwinRecycler.RemovalOf(twin, created[twin.Issue]))],
        };
    }
}
