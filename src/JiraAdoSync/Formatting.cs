using JiraAdoSync.Planning;
using JiraAdoSync.Syncing;

namespace JiraAdoSync;

/// <summary>What the views need that a property alone does not tell.</summary>
public static class Formatting
{
    /// <summary>An action in its colour; hosts without colours leave the colour out.</summary>
    /// <param name="action">The action.</param>
    public static string Action(ChangeAction action)
    {
        var colour = action switch
        {
            ChangeAction.Create or ChangeAction.Adopt => "\e[32m",
            ChangeAction.Update or ChangeAction.Replace or ChangeAction.Degrade => "\e[33m",
            ChangeAction.Remove or ChangeAction.Fail => "\e[31m",
            ChangeAction.Pending or ChangeAction.Skip => "\e[36m",
            _ => "\e[90m",
        };
        return $"{colour}{action}\e[0m";
    }

    /// <summary>Counts as people say them: <c>9 Create, 2 Keep</c>.</summary>
    /// <param name="counts">Counts by action.</param>
    public static string Counts(IReadOnlyDictionary<string, int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return counts.Count == 0 ? "none" : string.Join(", ", counts.Select(pair => $"{pair.Value} {pair.Key}"));
    }

    /// <summary>The first keys, and how many more there are.</summary>
    /// <param name="keys">The keys.</param>
    public static string Keys(IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        const int Shown = 8;
        var first = string.Join(", ", keys.Take(Shown));
        return keys.Count > Shown ? $"{first} and {keys.Count - Shown} more" : first;
    }

    /// <summary>How many requests each service got.</summary>
    /// <param name="summary">The summary.</param>
    public static string Requests(SyncSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return $"{summary.JiraRequests} to Jira, {summary.AdoRequests} to Azure DevOps";
    }
}
