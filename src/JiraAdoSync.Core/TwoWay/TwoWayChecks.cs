using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Checks;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Checks what a run needs that writes to Jira: what would stop it before its first write has failed, what would stop
/// one that finds more to do is a warning.
/// <list type="bullet">
/// <item>The permissions that the options need, by project.</item>
/// <item>Entries of fields whose values are to go to Jira and can't be read backwards.</item>
/// <item>States, of the types that occur, that no status becomes.</item>
/// <item>The ways to the statuses that issues are to get, and what the screens on them demand.</item>
/// <item>Whatever makes the plan refuse: values, relations, too many writes.</item>
/// </list>
/// </summary>
/// <param name="context">What the phases of a run share.</param>
public sealed class TwoWayChecks(TwoWayContext context)
{
    /// <summary>Makes the checks.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<SyncCheck>> OfAsync(TwoWayPlan plan, CancellationToken cancellationToken) =>
    [
        .. await PermissionsAsync(plan, cancellationToken).ConfigureAwait(false),
        .. Fields(await context.Issues.GetFieldsAsync(cancellationToken).ConfigureAwait(false)),
        .. await StatesAsync(plan, cancellationToken).ConfigureAwait(false),
        .. await WaysAsync(plan, cancellationToken).ConfigureAwait(false),
        .. plan.Refusals.Where(refusal => refusal.Id != "StatusUnmapped").Select(Refusal),
    ];

    /// <summary>A reason for which nothing is written.</summary>
    /// <param name="refusal">The reason.</param>
    public static SyncCheck Refusal(SyncException refusal)
    {
        var (area, name) = refusal.Id switch
        {
            "RelationTypeUnmapped" => ("Relation", "RelationMapping"),
            "MappingInvalid" => ("Mapping", "To Jira"),
            "IssueTypeUnmapped" => ("Issue type", "Creation in Jira"),
            "FieldNotWritable" => ("Field", "Creation in Jira"),
            nameof(Failure.AccessDenied) when refusal.Subject is string permission => ("Permission", permission),
            "StatusUnmapped" => ("State", "StatusMapping"),
            _ => ("Plan", refusal.Id),
        };
        return new SyncCheck
        {
            Area = area, Name = name, Result = CheckResult.Failed, Detail = refusal.Message,
        };
    }

    private async Task<IEnumerable<SyncCheck>> PermissionsAsync(TwoWayPlan plan, CancellationToken cancellationToken)
    {
        var permissions = new TwoWayPermissions(context);
        var needed = permissions.NeededBy(plan).ToHashSet();
        var toRemember = TwoWayPermissions.ToRemember(plan).ToHashSet();
        var checks = new List<SyncCheck>();
        foreach (var group in permissions.OfOptions(plan).Concat(needed).Distinct()
            .GroupBy(one => one.Project, one => one.Permission))
        {
            var has = await context.Issues.ReadPermissionsAsync(group.Key, group.ToList(), cancellationToken)
                .ConfigureAwait(false);
            checks.AddRange(group.Select(permission => new SyncCheck
            {
                Area = "Permission",
                Name = $"{permission} in {group.Key}",
                Result = has.Contains(permission) ? CheckResult.Passed
                    : needed.Contains((group.Key, permission)) ? CheckResult.Failed
                    : CheckResult.Warning,
                Detail = has.Contains(permission) ? "Allowed."
                    : needed.Contains((group.Key, permission)) ? "The account lacks it, and this run needs it."
                    : toRemember.Contains((group.Key, permission))
                        ? "The account lacks it. Runs can't have issues remember the links that people made alike on both sides: one "
                            + "that is removed on one side is made again there. A run that needs it stops before its first write."
                    : "The account lacks it. A run that needs it stops before its first write.",
            }));
        }

        return checks;
    }

    /// <summary>Entries that say that values go to Jira, and that nothing can be read backwards through.</summary>
    private IEnumerable<SyncCheck> Fields(JiraFields fields) => context.WorkItems.Fields.Given
        .Where(one => one.Source is { Direction: { } direction } source && direction.IncludesJira()
            && !source.IsInvertible(one.Field, fields)
            && !new FieldRule(one.Field, source).IsRichText)
        .Select(one => new SyncCheck
        {
            Area = "Field",
            Name = one.Field.Name,
            Result = CheckResult.Failed,
            Detail = "Its entry of FieldMapping says that values go to Jira, and "
                + (one.Source is JiraFieldSource ? "the field of Jira can't take those of this one"
                    : "what it says can't be read backwards")
                + ". Give it the direction 'JiraToAdo', or one field of Jira that fits.",
        });

    /// <summary>States of the types that occur that no status becomes.</summary>
    private async Task<IEnumerable<SyncCheck>> StatesAsync(TwoWayPlan plan, CancellationToken cancellationToken)
    {
        var mapping = new StatusMapping(context.WorkItems.States, context.Policy.Statuses);
        var statuses = new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<IssueStatus>>>();
        var checks = new List<SyncCheck>();
        var samples = plan.Pairs.Values.Select(pair => pair.Pair)
            .GroupBy(pair => (Project: TwoWayPairing.ProjectOf(pair.Issue), pair.Issue.Type, WorkItem: pair.Type.Name))
            .ToList();
        foreach (var group in samples)
        {
            if (!statuses.TryGetValue(group.Key.Project, out var ofProject))
            {
                ofProject = await context.Issues.ReadStatusesAsync(group.Key.Project, cancellationToken)
                    .ConfigureAwait(false);
                statuses.Add(group.Key.Project, ofProject);
            }

            var (sample, known) = (group.First(), ofProject.GetValueOrDefault(group.Key.Type.Id, []));
            foreach (var state in sample.Type.States)
            {
                var having = plan.Pairs.Values.Count(pair => pair.Pair.Type.Name == group.Key.WorkItem
                    && pair.NotInvertible.Any(one => one.Field == WorkItemField.State.ReferenceName
                        && one.Value.Equals(state.Name, StringComparison.OrdinalIgnoreCase)));
                if (having == 0 && mapping.StatusOf(sample.Issue, sample.Type, state.Name, known) is not null)
                {
                    continue;
                }

                checks.Add(Gap(state, group.Key.WorkItem, known, having));
            }
        }

        return checks.DistinctBy(check => check.Name);
    }

    /// <summary>Ways of the plan that lead nowhere, or over a screen that demands what nobody gives.</summary>
    private async Task<IEnumerable<SyncCheck>> WaysAsync(TwoWayPlan plan, CancellationToken cancellationToken)
    {
        var walks = plan.Pairs.Values.Where(pair => pair.Target is not null).Select(pair => new IssueWalk
        {
            Before = pair.Pair.Issue,
            WorkItemId = pair.Pair.Item.Id,
            Target = pair.Target!,
            ScreenFields = context.TransitionFields,
            Under = context.RegisterOf(pair, BaseNeeds.Nothing),
            Register = context.RegisterOf(pair, BaseNeeds.Nothing),
        }).ToList();
        var obstacles = walks.Count == 0 ? []
            : await new IssueWalker(context.Issues, context.Log)
                .FindObstaclesAsync(walks, plan.Replicas, cancellationToken).ConfigureAwait(false);
        return obstacles
            .GroupBy(one => (Name: $"{one.Walk.Target} of {one.Walk.Before.Type}", one.Result.Reason, one.Result.Detail))
            .Select(group => new SyncCheck
            {
                Area = "Transition",
                Name = group.Key.Name,
                Count = group.Count(),
                Result = CheckResult.Warning,
                Detail = group.Key.Detail!,
                Parameter = group.Key.Reason == Reasons.NeedsScreen ? "TransitionField" : null,
            });
    }

    private static SyncCheck Gap(
        WorkItemState state, string type, IReadOnlyList<IssueStatus> statuses, int having)
    {
        var guess = StatusMapping.Guess(state, statuses);
        return new SyncCheck
        {
            Area = "State",
            Name = $"{state.Name} of {type}",
            Count = having,
            Result = having > 0 ? CheckResult.Failed : CheckResult.Warning,
            Detail = "No status becomes it, so nothing says what its issues should have. "
                + (having > 0 ? "Work items have it." : "A run stops once a work item gets it."),
            Parameter = "StatusMapping",
            Entry = guess is null ? null : $"{Literal.Of(state.Name)} = {Literal.Of(guess.Name)}",
        };
    }
}
