using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Applying;

namespace JiraAdoSync.Reporting;

/// <summary>What a plan, a run and a report say of one work item: its title, and what about it changes.</summary>
public static class Wording
{
    private const string Description = "System.Description";

    /// <summary>The title of a planned work item; the fields that change, and what else there is to say.</summary>
    /// <param name="change">The change.</param>
    public static string Of(WorkItemChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Of(change.Action, change.Summary, change.IsWrite ? change.Fields.Keys : [], change.Detail);
    }

    /// <summary>The title of a work item, the fields that changed, and what else there is to say.</summary>
    /// <param name="result">The result.</param>
    public static string Of(WorkItemResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Error?.Message ?? Of(result.Action, result.Summary, result.Fields, result.Detail);
    }

    /// <summary>The summary of an issue, and what else there is to say.</summary>
    /// <param name="result">The result.</param>
    public static string Of(IssueResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return result.Error?.Message ?? Of(ChangeAction.Keep, result.Summary ?? string.Empty, [], result.Detail);
    }

    /// <summary>What an issue gets: its type, or the fields that are written.</summary>
    /// <param name="result">The result.</param>
    public static string Becomes(IssueResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var what = result.Action == ChangeAction.Create || result.Fields.Count == 0
            ? result.IssueType
            : string.Join(", ", result.Fields);
        return string.IsNullOrEmpty(what) ? "Jira" : $"Jira: {what}";
    }

    /// <summary>The link that an issue gets or loses: <c>Jira: blocks SHOP-2</c>.</summary>
    /// <param name="result">The result.</param>
    public static string Becomes(IssueLinkResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return $"Jira: {result.Phrase ?? "no link to"} {result.Target}";
    }

    private static string Of(ChangeAction action, string title, IEnumerable<string> fields, string? detail)
    {
        var changed = action is ChangeAction.Update or ChangeAction.Adopt
            ? string.Join(", ", fields.Where(field => field != Description).Select(Name).Order(StringComparer.Ordinal))
            : string.Empty;
        var rest = string.Join("; ", new[] { changed, detail }.Where(part => !string.IsNullOrEmpty(part)));
        return rest.Length == 0 ? title : title.Length == 0 ? rest : $"{title}: {rest}";
    }

    /// <summary>The last part of a reference name, its words apart: <c>Story Points</c>.</summary>
    /// <param name="field">The reference name.</param>
    internal static string Name(string field)
    {
        var name = field[(field.LastIndexOf('.') + 1)..];
        return string.Concat(name.Select((letter, index) =>
            index > 0 && char.IsUpper(letter) && char.IsLower(name[index - 1]) ? $" {letter}" : $"{letter}"));
    }
}
