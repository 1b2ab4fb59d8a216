using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>
/// What the process says of states and of the ways between them, applied to one patch: reasons, stamps, and what a
/// state wants empty or leaves alone. bypassRules lets all of it be, but for the stamps.
/// </summary>
internal sealed class StateRules(
    Organization organization, PatchOptions options, IReadOnlyDictionary<FieldDefinition, object?> writes)
{
    /// <summary>A reason is one of the transition's, or of a transition that leads to the current state.</summary>
    public void CheckReason(WorkItemType type, StateTransition? transition, bool isChecked)
    {
        if (isChecked && !options.BypassRules && writes.GetValueOrDefault(FieldCatalog.Reason) is string reason
            && !(transition is null ? type.Transitions : [transition])
                .Any(one => one.Reasons.Contains(reason, StringComparer.OrdinalIgnoreCase)))
        {
            throw AdoError.NotInList(FieldCatalog.Reason, reason);
        }
    }

    /// <summary>
    /// What the process does by itself when the state moves: it stamps who activated, resolved and closed the item and
    /// when, takes those stamps back on the way back, gives the reason, and assigns what is nobody's.
    /// </summary>
    public void Follow(
        WorkItem item, WorkItemType type, string state, StateTransition? transition, List<FieldChange> changes,
        DateTime now)
    {
        Set(FieldCatalog.StateChangeDate, now);
        Set(FieldCatalog.Reason, transition?.Reasons[0] ?? $"Moved to state {state}");
        var (before, after) = (Step(item.State), Step(state));
        Stamp(FieldCatalog.ActivatedDate, FieldCatalog.ActivatedBy, 1);
        Stamp(FieldCatalog.ResolvedDate, FieldCatalog.ResolvedBy, 2);
        Stamp(FieldCatalog.ClosedDate, FieldCatalog.ClosedBy, 3);
        if (type.Has(FieldCatalog.ResolvedReason) && (after is 0 or 1 or 2 || (type.Name == "Bug" && before is 0 or 1)))
        {
            Set(FieldCatalog.ResolvedReason, after < 2 ? null
                : writes.GetValueOrDefault(FieldCatalog.Reason) ?? transition?.Reasons[0]);
        }

        if (transition is not null && !options.BypassRules)
        {
            var previous = item.Fields.GetValueOrDefault(FieldCatalog.ResolvedBy) is { } resolver && type.Name == "Bug"
                ? resolver : item.Fields.GetValueOrDefault(FieldCatalog.ClosedBy);
            if (transition.Assignee == NewAssignee.CurrentUser && !item.Fields.ContainsKey(FieldCatalog.AssignedTo))
            {
                Set(FieldCatalog.AssignedTo, organization.Account);
            }
            else if (transition.Assignee == NewAssignee.Previous && previous is not null)
            {
                Set(FieldCatalog.AssignedTo, previous);
            }
        }

        // How far an item is: proposed, active, resolved, closed; what is removed stays as far as it was.
        int Step(string name) =>
            type.State(name) is not { } known ? 0 : known.Name == "Resolved" ? 2 : known.Category switch
        {
            "Proposed" => 0,
            "Resolved" => 2,
            "Completed" => 3,
            "Removed" => -1,
            _ => 1,
        };

        void Stamp(FieldDefinition date, FieldDefinition person, int step)
        {
            if (!type.Has(date) || after < 0)
            {
                return;
            }

            if (after < step)
            {
                Set(date, null);
                Set(person, null);
            }
            else if (after == step || before < step)
            {
                // Scrum has no state in which items are resolved.
                if (step != 2 || type.State("Resolved") is not null)
                {
                    Set(date, now);
                    Set(person, organization.Account);
                }
            }
        }

        void Set(FieldDefinition field, object? value)
        {
            var old = item.Fields.GetValueOrDefault(field);
            if (!writes.ContainsKey(field) && !Equals(old, value))
            {
                changes.Add(new FieldChange(field, old, value));
            }
        }
    }

    /// <summary>
    /// Clears what must be empty in the state, and refuses values for it and for what is read-only there.
    /// </summary>
    public void FollowRules(WorkItem item, WorkItemType type, List<FieldChange> changes)
    {
        var state = changes.Find(change => change.Field == FieldCatalog.State).New as string ?? item.State;
        foreach (var rule in options.BypassRules ? [] : type.RulesOf(type.State(state)?.Name ?? state))
        {
            var field = organization.Fields.ByReferenceName(rule.ReferenceName)!;
            if (rule.Demand == StateDemand.ReadOnly && changes.Exists(change => change.Field == field))
            {
                throw AdoError.ReadOnlyField(field);
            }

            if (rule.Demand == StateDemand.Empty)
            {
                if (writes.GetValueOrDefault(field) is not null)
                {
                    throw AdoError.NotEmpty(field);
                }

                if (item.Fields.TryGetValue(field, out var old) && !writes.ContainsKey(field))
                {
                    changes.Add(new FieldChange(field, old, null));
                }
            }
        }
    }
}
