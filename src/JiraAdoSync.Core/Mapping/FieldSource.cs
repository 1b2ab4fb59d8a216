using System.Text.RegularExpressions;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping;

/// <summary>Where the value of a work item's field comes from.</summary>
public abstract record FieldSource
{
    /// <summary>The value for an issue that leaves the field as it is.</summary>
    internal static readonly object Leave = new();

    private protected FieldSource()
    {
    }

    /// <summary>The names or ids of the Jira fields that it reads.</summary>
    internal virtual IEnumerable<string> Reads => [];

    /// <summary>The value for an issue, as Jira has it.</summary>
    /// <param name="replica">The issue.</param>
    internal abstract object? ValueOf(Replica replica);
}

/// <summary>A field of Jira.</summary>
/// <param name="Name">Its name or id.</param>
public sealed record JiraFieldSource(string Name) : FieldSource
{
    /// <summary>What its values become; null where they are taken as they are.</summary>
    public IReadOnlyDictionary<string, object?>? Values { get; init; }

    internal override IEnumerable<string> Reads => [Name];

    internal override object? ValueOf(Replica replica)
    {
        var value = FieldValue.Read(replica, Name);
        return Values is null || FieldValue.ToText(value) is not { } text
            ? value
            : Values.TryGetValue(text, out var mapped) ? mapped : FieldSource.Leave;
    }
}

/// <summary>The same value for every issue.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantSource(object? Value) : FieldSource
{
    internal override object? ValueOf(Replica replica) => Value;
}

/// <summary>A value that is worked out for each issue.</summary>
/// <param name="Evaluate">Works it out.</param>
/// <param name="Text">The script's text, which tells what fields of the replica it reads.</param>
public sealed partial record ScriptSource(Func<Replica, object?> Evaluate, string Text) : FieldSource
{
    internal override IEnumerable<string> Reads =>
        FieldOfReplica().Matches(Text).Select(match => match.Groups["id"].Value)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    internal override object? ValueOf(Replica replica) => Evaluate(replica);

    [GeneratedRegex(@"\.Fields(\.|\[)['""]?(?<id>\w+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FieldOfReplica();
}
