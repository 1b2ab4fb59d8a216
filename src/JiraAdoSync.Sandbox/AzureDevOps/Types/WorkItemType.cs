namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>A state of a work item type.</summary>
internal sealed record WorkItemState(string Name, string Category)
{
    public string Color => Category switch
    {
        "Proposed" => "b2b2b2",
        "InProgress" => "007acc",
        "Resolved" => "ff9d00",
        "Completed" => "339933",
        _ => "ffffff",
    };
}

/// <summary>
/// A way from one state to another with its reasons, the default one first, and what of a developer's tools takes it;
/// it begins in no state (the empty text) where an item is created.
/// </summary>
internal sealed record StateTransition(
    string From, string To, IReadOnlyList<string> Reasons, IReadOnlyList<string> Actions, NewAssignee Assignee);

/// <summary>To whom a transition assigns an item that the client assigns to nobody.</summary>
internal enum NewAssignee
{
    /// <summary>The assignee stays.</summary>
    Kept,

    /// <summary>To who makes the transition, where nobody is assigned.</summary>
    CurrentUser,

    /// <summary>To who resolved or closed it.</summary>
    Previous,
}

/// <summary>A field of a work item type, by its reference name.</summary>
internal sealed record TypeField(string ReferenceName, bool IsRequired, string? DefaultValue);

/// <summary>What a rule of a state asks of a field.</summary>
internal enum StateDemand
{
    /// <summary>It has a value.</summary>
    Required,

    /// <summary>It has none: an existing value is cleared, and a new value is refused.</summary>
    Empty,

    /// <summary>It keeps the value that it has.</summary>
    ReadOnly,
}

/// <summary>A rule about a field, by its reference name, while an item is in some states.</summary>
internal sealed record StateRule(IReadOnlyList<string> States, string ReferenceName, StateDemand Demand);

/// <summary>A work item type of a process: its states and the ways between them, its fields and their rules.</summary>
internal sealed record WorkItemType(
    string Name, string Color, string Icon, IReadOnlyList<WorkItemState> States, IReadOnlyList<TypeField> Fields,
    IReadOnlyList<StateTransition> Transitions, IReadOnlyList<StateRule> StateRules)
{
    public string ReferenceName { get; } =
        $"Microsoft.VSTS.WorkItemTypes.{Name.Replace(" ", "", StringComparison.Ordinal)}";

    /// <summary>The way into the state in which items are created.</summary>
    public StateTransition Creation { get; } = Transitions.First(transition => transition.From.Length == 0);

    public WorkItemState Initial => State(Creation.To)!;

    public WorkItemState? State(string name) =>
        States.FirstOrDefault(state => state.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public StateTransition? Transition(string from, string to) =>
        Transitions.FirstOrDefault(transition => transition.From == from && transition.To == to);

    public IEnumerable<StateRule> RulesOf(string state) => StateRules.Where(rule => rule.States.Contains(state));

    public TypeField? Field(FieldDefinition field) =>
        Fields.FirstOrDefault(one => one.ReferenceName == field.ReferenceName);

    public bool Has(FieldDefinition field) => Field(field) is not null;

    public bool Equals(WorkItemType? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
