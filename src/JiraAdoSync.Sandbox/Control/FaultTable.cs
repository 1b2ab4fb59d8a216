using System.Text.Json.Nodes;

namespace JiraAdoSync.Sandbox.Control;

/// <summary>
/// The fault rules in force. Every matching <c>delay</c> is kept; of the others the first whose turn it is.
/// </summary>
internal sealed class FaultTable(int seed)
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private IReadOnlyList<FaultRule> _rules = [];

    /// <summary>Takes an array of rules instead of those in force; says what is wrong, or null.</summary>
    public string? Replace(JsonNode? body)
    {
        if (body is not JsonArray rules)
        {
            return "The body is an array of fault rules.";
        }

        var read = new List<FaultRule>();
        foreach (var one in rules)
        {
            if (FaultRule.Read(one, out var problem) is not { } rule)
            {
                return problem;
            }

            read.Add(rule);
        }

        lock (_gate)
        {
            _rules = read;
        }

        return null;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _rules = [];
        }
    }

    /// <summary>What happens to a request: a delay, a fault, and the source of chance for the fault.</summary>
    public (TimeSpan Delay, FaultRule? Fault, Random? Chance) Next(string service, string method, string route)
    {
        lock (_gate)
        {
            var delay = TimeSpan.Zero;
            foreach (var rule in _rules)
            {
                if (!rule.Matches(service, method, route) || !rule.Strikes(_random))
                {
                    continue;
                }

                if (rule.IsFinal)
                {
                    _rules = [FaultRule.Refusal];
                }

                if (rule.Kind != FaultKind.Delay)
                {
                    return (delay + rule.Delay, rule, rule.NextChance(_random));
                }

                delay += rule.Delay;
            }

            return (delay, null, null);
        }
    }
}
