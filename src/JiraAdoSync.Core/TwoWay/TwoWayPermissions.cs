using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>Which permissions of Jira a plan needs.</summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayPermissions(TwoWayContext context)
{
    /// <summary>
    /// Names the permissions that the account lacks for what the plan has, before anything is written.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException"><c>AccessDenied</c>.</exception>
    public async Task CheckAsync(TwoWayPlan plan, CancellationToken cancellationToken)
    {
        var needed = plan.Creations.Count > 0
            ? new List<(string Project, string Permission)> { (context.Policy.JiraProject!, JiraPermissions.Create) }
            : [];
        foreach (var pair in plan.Pairs.Values)
        {
            var project = TwoWayPairing.ProjectOf(pair.Pair.Issue);
            needed.AddRange(pair.ToJira.Count > 0 || plan.Parents.ContainsKey(pair.Pair.Issue.IssueId)
                ? [(project, JiraPermissions.Edit)] : []);
            needed.AddRange(pair.Target is not null ? [(project, JiraPermissions.Transition)] : []);
            needed.AddRange(pair.ToJira.ContainsKey("assignee") ? [(project, JiraPermissions.Assign)] : []);
        }

        foreach (var copy in plan.Copies.Select(one => one.Copy).Where(copy => copy.IsWrite))
        {
            var project = TwoWayPairing.ProjectOf(copy.Pair.Pair.Issue);
            needed.AddRange(copy.Permissions.Append(JiraPermissions.Edit).Select(permission => (project, permission)));
        }

        var byWorkItem = plan.IssuesByWorkItem(context.Sync.Known, new Dictionary<int, IssueReference>());
        needed.AddRange(plan.Additions
            .Select(one => byWorkItem.GetValueOrDefault(one.Link.Source)?.Key ?? $"{context.Policy.JiraProject}-")
            .Select(key => (key[..key.LastIndexOf('-')], JiraPermissions.Link)));
        foreach (var group in needed.Distinct().GroupBy(one => one.Project, one => one.Permission))
        {
            var has = await context
                .Issues.ReadPermissionsAsync(group.Key, group.ToList(), cancellationToken)
                .ConfigureAwait(false);
            var missing = group.Where(permission => !has.Contains(permission)).ToList();
            if (missing.Count > 0)
            {
                throw new SyncException(
                    nameof(Failure.AccessDenied),
                    $"The account lacks permissions in the project {group.Key} of Jira, so nothing was written: "
                    + $"{string.Join(", ", missing)}.",
                    missing);
            }
        }
    }
}
