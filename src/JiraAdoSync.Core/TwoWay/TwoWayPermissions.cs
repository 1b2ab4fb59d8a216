using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>Which permissions of Jira a plan needs, and which ones what the user chose may need.</summary>
/// <param name="context">What the phases of a run share.</param>
internal sealed class TwoWayPermissions(TwoWayContext context)
{
    /// <summary>The permission, beside that to edit the issue, that a field needs.</summary>
    private static readonly (string Field, string Permission)[] OfFields =
    [
        ("assignee", JiraPermissions.Assign), ("duedate", JiraPermissions.Schedule),
        ("reporter", JiraPermissions.ModifyReporter),
    ];

    /// <summary>
    /// Names the permissions that the account lacks for what the plan has, before anything is written. That links which
    /// people made alike on both sides can't be remembered stops no run: the preflight says it.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The plan, without such links of issues that the account may not edit.</returns>
    /// <exception cref="SyncException"><c>AccessDenied</c>.</exception>
    public async Task<TwoWayPlan> CheckAsync(TwoWayPlan plan, CancellationToken cancellationToken)
    {
        var needed = NeededBy(plan).ToHashSet();
        var groups = needed.Concat(ToRemember(plan)).Distinct()
            .GroupBy(one => one.Project, one => one.Permission)
            .ToList();
        var held = await Task
            .WhenAll(groups.Select(group =>
                context.Issues.ReadPermissionsAsync(group.Key, group.ToList(), cancellationToken)))
            .ConfigureAwait(false);
        var readOnly = new HashSet<string>();
        foreach (var (group, has) in groups.Zip(held))
        {
            var missing = group.Where(permission => !has.Contains(permission)).ToList();
            if (missing.Exists(permission => needed.Contains((group.Key, permission))))
            {
                throw new SyncException(
                    nameof(Failure.AccessDenied),
                    $"The account lacks permissions in the project {group.Key} of Jira, so nothing was written: "
                    + $"{string.Join(", ", missing)}.",
                    missing);
            }

            readOnly.UnionWith(missing.Count > 0 ? [group.Key] : Array.Empty<string>());
        }

        return readOnly.Count == 0 ? plan : plan with
        {
            Agreed = plan.Agreed
                .Where(links => !readOnly.Contains(ProjectOf(plan, links.Key)))
                .SelectMany(links => links)
                .ToLookup(link => link.Source),
        };
    }

    /// <summary>The permissions, by project, to have issues remember the links that people made alike on both sides.</summary>
    /// <param name="plan">The plan.</param>
    public static IEnumerable<(string Project, string Permission)> ToRemember(TwoWayPlan plan) =>
        plan.Agreed.Select(links => (ProjectOf(plan, links.Key), JiraPermissions.Edit));

    private static string ProjectOf(TwoWayPlan plan, long issueId) =>
        TwoWayPairing.ProjectOf(plan.Pairs[issueId].Pair.Issue);

    /// <summary>The permissions that a plan needs, by project.</summary>
    /// <param name="plan">The plan.</param>
    public IReadOnlyList<(string Project, string Permission)> NeededBy(TwoWayPlan plan)
    {
        var projectOf = plan.Creations.ToDictionary(one => one.Issue.Item.Id, one => one.Issue.Project);
        var needed = projectOf.Values.Select(project => (Project: project, Permission: JiraPermissions.Create)).ToList();
        foreach (var pair in plan.Pairs.Values)
        {
            var project = TwoWayPairing.ProjectOf(pair.Pair.Issue);
            needed.AddRange(pair.ToJira.Count > 0 || plan.Parents.ContainsKey(pair.Pair.Issue.IssueId)
                ? [(project, JiraPermissions.Edit)] : []);
            needed.AddRange(pair.Target is not null ? [(project, JiraPermissions.Transition)] : []);
            needed.AddRange(OfFields.Where(one => pair.ToJira.ContainsKey(one.Field))
                .Select(one => (project, one.Permission)));
        }

        foreach (var copy in plan.Copies.Select(one => one.Copy).Where(copy => copy.IsWrite))
        {
            var project = TwoWayPairing.ProjectOf(copy.Pair.Pair.Issue);
            needed.AddRange(copy.Permissions.Append(JiraPermissions.Edit).Select(permission => (project, permission)));
        }

        needed.AddRange(plan.Ado.Items
            .Where(change => change.Action == ChangeAction.Create && context.LinksWorkItems)
            .SelectMany(change => ((string[])[JiraPermissions.Link, JiraPermissions.Edit])
                .Select(permission => (TwoWayPairing.ProjectOf(change.Replica), permission))));
        var byWorkItem = plan.IssuesByWorkItem(context.Sync.Known, new Dictionary<int, IssueReference>());
        needed.AddRange(plan.Additions
            .Select(one => byWorkItem.GetValueOrDefault(one.Link.Source)?.Key
                ?? $"{projectOf.GetValueOrDefault(one.Link.Source, context.Policy.JiraProject!)}-")
            .Concat(plan.Removals.Select(one => one.Link.Source.Key))
            .Select(key => (key[..key.LastIndexOf('-')], JiraPermissions.Link)));
        return [.. needed.Distinct()];
    }

    /// <summary>
    /// The permissions that a run may need by what the user chose, whatever it finds: in the projects of the issues,
    /// and in that in which issues are created.
    /// </summary>
    /// <param name="plan">The plan.</param>
    public IReadOnlyList<(string Project, string Permission)> OfOptions(TwoWayPlan plan)
    {
        var (policy, content) = (context.Policy, context.WorkItems.Content);
        string[] always =
        [
            JiraPermissions.Edit, JiraPermissions.Transition, JiraPermissions.Link,
            .. content.Comments
                ? [JiraPermissions.Comment, JiraPermissions.EditOwnComments] : Array.Empty<string>(),
            .. content.Comments && policy.Prune ? [JiraPermissions.DeleteOwnComments] : Array.Empty<string>(),
            .. content.Attachments ? [JiraPermissions.Attach] : Array.Empty<string>(),
            .. content.Attachments && policy.Prune ? [JiraPermissions.DeleteOwnAttachments] : Array.Empty<string>(),
        ];
        var types = plan.Pairs.Values.Select(pair => pair.Pair.Type).DistinctBy(type => type.Name).ToList();
        var ofFields = OfFields.Where(one => types.Exists(type => IsWritten(type, one.Field)))
            .Select(one => one.Permission);
        var creates = policy.JiraProject is not null && policy.MayCreate;
        return plan.Replicas.Select(TwoWayPairing.ProjectOf)
            .Concat(creates ? [policy.JiraProject!] : [])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .SelectMany(project => always.Concat(ofFields).Select(permission => (project, permission)))
            .Concat(creates ? [(policy.JiraProject!, JiraPermissions.Create)] : [])
            .ToList();
    }

    /// <summary>Whether values of a type's work items go to a field of Jira.</summary>
    private bool IsWritten(WorkItemType type, string id) => context.WorkItems.Fields.RulesFor(type).Present
        .Any(rule => rule.Source.Reads.Contains(id, StringComparer.OrdinalIgnoreCase)
            && (rule.Source.Direction ?? context.Policy.Direction).IncludesJira());
}
