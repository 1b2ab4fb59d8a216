using JiraAdoSync.AzureDevOps;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>Why a plan over both sides must not be applied.</summary>
internal static class TwoWayRefusal
{
    /// <summary>The reasons, the first of which a run reports.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="selection">What was read.</param>
    /// <param name="unmapped">Relation types that no link type becomes, with how many relations have them.</param>
    public static IReadOnlyList<SyncException> Of(
        TwoWayPlan plan,
        TwoWayPolicy policy,
        TwoWaySelection selection,
        IReadOnlyDictionary<string, int> unmapped) =>
        new[]
        {
            OfStates(plan), OfValues(plan), OfRelations(unmapped), OfCount(plan, policy, selection),
            plan.Ado.Relations.Refusal,
        }.OfType<SyncException>().ToList();

    private static SyncException? OfStates(TwoWayPlan plan)
    {
        var states = plan.Pairs.Values
            .SelectMany(pair => pair.NotInvertible
                .Where(one => one.Field == WorkItemField.State.ReferenceName)
                .Select(one => (Type: pair.Pair.Item.Type, State: one.Value)))
            .GroupBy(one => one)
            .OrderByDescending(group => group.Count())
            .Select(group => $"'{group.Key.State}' of '{group.Key.Type}' ({Amount.Of(group.Count())})")
            .ToList();
        return states.Count == 0 ? null : new SyncException(
            "StatusUnmapped",
            $"No status becomes these states, so nothing says what their issues should have: {string.Join(", ", states)}. Say it "
            + "with -StatusMapping, as in @{ 'Resolved' = 'In Review' }.",
            states);
    }

    private static SyncException? OfValues(TwoWayPlan plan)
    {
        var values = plan.Pairs.Values.SelectMany(pair => pair.NotInvertible)
            .Where(one => one.Field != WorkItemField.State.ReferenceName)
            .GroupBy(one => one)
            .Select(group => $"{group.Key.Field} '{group.Key.Value}' ({Amount.Of(group.Count())})")
            .Order(StringComparer.Ordinal)
            .ToList();
        return values.Count == 0 ? null : new SyncException(
            "MappingInvalid",
            $"These values of Azure DevOps are to go to Jira, and no value of Jira becomes them: {string.Join(", ", values)}. Add them "
            + "to the mapping of the field, or give it the direction 'JiraToAdo'.",
            values);
    }

    private static SyncException? OfRelations(IReadOnlyDictionary<string, int> types) => types.Count == 0
        ? null
        : new SyncException(
            "RelationTypeUnmapped",
            "No link type of Jira, or more than one, becomes these relations: "
            + $"{string.Join(", ", types.Select(one => $"'{one.Key}' ({one.Value})"))}. Say which with -RelationMapping, as in "
            + $"@{{ '{types.First().Key}' = 'relates to' }}.",
            types.Keys.ToList());

    /// <summary>More writes of one kind than anybody expects.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="selection">What was read.</param>
    public static SyncException? OfCount(TwoWayPlan plan, TwoWayPolicy policy, TwoWaySelection selection)
    {
        var pairs = plan.Pairs.Count + selection.Unpaired.Count;
        var limit = TwoWayPolicy.CountOf(pairs, policy.WriteLimit);
        (string Kind, int Count)[] kinds =
        [
            ("updates", plan.Pairs.Values.Count(
                pair => pair.ToJira.Count > 0 || plan.Parents.ContainsKey(pair.Pair.Issue.IssueId))),
            ("transitions", plan.Pairs.Values.Count(pair => pair.Target is not null)),
            ("links", plan.Additions.Count + plan.Removals.Count),
            ("creations", plan.Creations.Count),
            ("issues with new comments, files or links to work items", plan.Copies.Count(one => one.Copy.IsWrite)),
        ];
        return Array.Find(kinds, one => one.Count > limit) is { Count: > 0 } many
            ? new SyncException(
                "WriteLimitExceeded",
                $"{Amount.Of(many.Count)} {many.Kind} would go to Jira; -WriteLimit {policy.WriteLimit} (per cent of {pairs} in scope) allows "
                + $"{limit}. If so much did change in Azure DevOps, give a higher -WriteLimit.")
            : null;
    }
}
