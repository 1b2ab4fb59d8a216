using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Marks;
using JiraAdoSync.TwoWay.Links;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Finds by the histories of both sides which parent an issue and its work item last had in common, whatever the registers
/// say. The write of a relation does not write the mark, so that most of what is known of parents is in the issue's
/// property alone, and people may have made the same edit on both sides since.
/// <code>
/// Jira          -  5        ann gave it in Jira, and a run brought it to Azure DevOps: 5 is what both had, and 4 is
/// Azure DevOps  -    5  4   the edit of whoever gave it there
/// </code>
/// What a run did and an undo took back is no edit, nor is what a run wrote over the edit of a person and put back: the two
/// cancel each other, the latest first.
/// </summary>
internal static class ParentHistory
{
    /// <summary>Finds it.</summary>
    /// <param name="pair">The pair, with the histories of both sides.</param>
    /// <param name="field">The parent as both sides have it.</param>
    /// <param name="issueOf">The issues of work items.</param>
    /// <param name="account">The account of the runs in Jira.</param>
    /// <returns>
    /// The base; null where the histories leave it open, as where two edits are so close that clocks do not show which was first.
    /// </returns>
    public static FieldBase? BaseOf(
        PairInput pair, FieldPair field, IReadOnlyDictionary<int, IssueReference> issueOf, string? account)
    {
        var updates = (pair.AdoHistory ?? [])
            .Where(update => update.Added.Concat(update.Removed).Any(IsParent))
            .ToList();
        if (updates.Exists(update => PairHistory.TimeOf(update) is null))
        {
            return null;
        }

        var inJira = WithoutTurns(ParentMerge.EditsIn(pair.JiraHistory ?? []).Select(edit => new ParentEdit(
            IdOf(edit.From), IdOf(edit.To), edit.When, account is not null && edit.Author?.AccountId == account)));
        var inAdo = WithoutTurns(updates.Select(update => new ParentEdit(
            ParentAmong(update.Removed), ParentAmong(update.Added), PairHistory.TimeOf(update)!.Value, update.IsOurs)));
        var jira = ValuesOf(inJira, field.Jira);
        var ado = ValuesOf(inAdo, field.Ado);
        if (jira[^1] != field.Jira || ado[^1] != field.Ado)
        {
            return null;
        }

        var (verdict, one, _) = LastAgreement.Find(
            [DateTimeOffset.MinValue, .. inJira.Select(edit => edit.When)],
            [DateTimeOffset.MinValue, .. inAdo.Select(edit => edit.When)],
            (one, other) => jira[one] == ado[other],
            // Whatever the registers say of it.
            (_, _) => false);
        return verdict == BaseVerdict.IsBehind
            ? new FieldBase(pair.Base.Counter, ShortDigest.Of(jira[one]), ShortDigest.Of(jira[one]))
            : null;

        string? ParentAmong(IEnumerable<Relation> relations) =>
            relations.FirstOrDefault(IsParent)?.TargetWorkItemId is not { } parent ? null
                : issueOf.TryGetValue(parent, out var issue) ? issue.Id.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"#{parent}");
    }

    private static bool IsParent(Relation relation) => relation.ReferenceName == RelationTypes.HierarchyReverse;

    private static string? IdOf(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The parents that a side had one after the other.</summary>
    private static List<string?> ValuesOf(List<ParentEdit> edits, string? now) =>
        edits.Select(edit => edit.To).Prepend(edits.Count == 0 ? now : edits[0].From).ToList();

    /// <summary>The edits without those of runs that the next edit, which is one of ours, too, reversed.</summary>
    private static List<ParentEdit> WithoutTurns(IEnumerable<ParentEdit> edits)
    {
        var left = new Stack<ParentEdit>();
        foreach (var edit in edits.Reverse())
        {
            if (edit.IsOurs && left.TryPeek(out var next) && next.IsOurs && next.To == edit.From)
            {
                left.Pop();
            }
            else
            {
                left.Push(edit);
            }
        }

        return [.. left];
    }

    private sealed record ParentEdit(string? From, string? To, DateTimeOffset When, bool IsOurs);
}
