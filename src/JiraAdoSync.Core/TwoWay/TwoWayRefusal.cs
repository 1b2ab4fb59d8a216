using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.TwoWay;

/// <summary>Why a plan over both sides must not be applied.</summary>
internal static class TwoWayRefusal
{
    /// <summary>The reasons, the first of which a run reports.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="policy">What the user chose.</param>
    /// <param name="selection">What was read.</param>
    /// <param name="statusesOf">The statuses that an issue can have, of issues whose states no status becomes.</param>
    /// <param name="relations">Why links can't be made; null where they can.</param>
    public static IReadOnlyList<SyncException> Of(
        TwoWayPlan plan,
        TwoWayPolicy policy,
        TwoWaySelection selection,
        Func<Replica, IReadOnlyList<IssueStatus>> statusesOf,
        SyncException? relations) =>
        new[]
        {
            OfStates(plan, statusesOf), OfValues(plan), relations, OfCount(plan, policy, selection),
            plan.Ado.Relations.Refusal,
        }.OfType<SyncException>().ToList();

    private static SyncException? OfStates(TwoWayPlan plan, Func<Replica, IReadOnlyList<IssueStatus>> statusesOf)
    {
        var having = plan.Pairs.Values
            .SelectMany(pair => pair.NotInvertible
                .Where(one => one.Field == WorkItemField.State.ReferenceName)
                .Select(one => (pair.Pair, State: one.Value)))
            .ToList();
        var states = having
            .GroupBy(one => (one.Pair.Item.Type, one.State))
            .OrderByDescending(group => group.Count())
            .Select(group => $"'{group.Key.State}' of '{group.Key.Type}' ({Amount.Of(group.Count())})")
            .ToList();
        var entries = having
            .GroupBy(one => one.State, StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(group => group.Count())
            .Select(group => (State: group.Key, Guesses: group
                .Select(one => one.Pair.Type.State(one.State) is { } state
                    ? StatusMapping.Guess(state, statusesOf(one.Pair.Issue))
                    : null)
                .OfType<IssueStatus>()
                .Select(status => Literal.Of(status.Name))
                .Distinct()
                .ToList()))
            .ToList();
        var statuses = having.SelectMany(one => statusesOf(one.Pair.Issue)).Select(status => status.Name).Distinct();
        return states.Count == 0 ? null : new SyncException(
            "StatusUnmapped",
            $"No status becomes these states, so nothing says what their issues should have: {string.Join(", ", states)}. Say it "
            + "with -StatusMapping, as in @{ "
            + string.Join("; ", entries.Select(one =>
                $"{Literal.Of(one.State)} = {(one.Guesses.Count == 0 ? "'...'" : string.Join(", ", one.Guesses))}"))
            + $" }}. The issues can have: {string.Join(", ", statuses)}.",
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
