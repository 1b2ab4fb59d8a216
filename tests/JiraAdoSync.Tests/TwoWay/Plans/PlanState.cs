namespace JiraAdoSync.Tests.TwoWay.Plans;

/// <summary>A value that one side shows.</summary>
/// <param name="IsJira">Which side.</param>
/// <param name="Name">What has it: the pair by its number, or a new one by its title.</param>
/// <param name="Field">The field, the tag, the comment or the file.</param>
internal sealed record PlanKey(bool IsJira, string Name, string Field)
{
    public override string ToString() => $"{(IsJira ? "Jira" : "Azure DevOps")} {Name} {Field}";
}

/// <summary>What both sides hold, value by value, in words that both sides share.</summary>
internal sealed class PlanState(IReadOnlyDictionary<PlanKey, string> values)
{
    public const string Title = "System.Title";
    public const string State = "System.State";
    public const string Priority = "Microsoft.VSTS.Common.Priority";
    public const string Tags = "System.Tags";
    public const string AssignedTo = "System.AssignedTo";
    public const string Description = "System.Description";

    /// <summary>The fields that a side has once, each with what a result calls it.</summary>
    public static readonly string[] Fields = [Title, State, Priority, AssignedTo, Description];

    /// <summary>What a side that does not have it has of a value.</summary>
    public const string Nothing = "";

    /// <summary>What all of both sides has, whichever side shows it.</summary>
    public IEnumerable<(string Name, string Field)> Parts => values.Keys.Select(key => (key.Name, key.Field)).Distinct();

    /// <summary>Whether an issue, or a work item, is there.</summary>
    public bool Has(bool isJira, string name) => values.ContainsKey(new PlanKey(isJira, name, Title));

    public string this[PlanKey key] => values.GetValueOrDefault(key, Nothing);

    public (string Jira, string Ado) Of(string name, string field) =>
        (this[new PlanKey(true, name, field)], this[new PlanKey(false, name, field)]);

    /// <summary>What is another value later, with what it was and what it is.</summary>
    public IReadOnlyDictionary<PlanKey, (string Before, string After)> ChangesTo(PlanState later) => values.Keys
        .Union(later.Keys)
        .Where(key => this[key] != later[key])
        .ToDictionary(key => key, key => (this[key], later[key]));

    private IEnumerable<PlanKey> Keys => values.Keys;
}
