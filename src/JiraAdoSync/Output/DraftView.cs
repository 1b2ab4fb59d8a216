using System.Management.Automation;
using System.Text;
using JiraAdoSync.Drafting;

namespace JiraAdoSync.Output;

/// <summary>A drafted profile as people read it: what was understood, what was not, and what it would change.</summary>
public static class DraftView
{
    private const int Column = 30;
    private const string Bold = "\e[1m";
    private const string Yellow = "\e[33m";
    private const string Grey = "\e[90m";
    private const string Reset = "\e[0m";

    /// <summary>The whole draft, in lines.</summary>
    /// <param name="draft">The draft, or what PowerShell wraps it in.</param>
    public static string Of(object draft)
    {
        var one = (ProfileDraft)(draft is PSObject wrapped ? wrapped.BaseObject : draft);
        var text = new StringBuilder();
        Line($"{Bold}Draft{Reset} {Text(one.Path ?? "(not written)")}, nothing is applied");
        Line($"  from   {Text(one.Description)}{(one.Model is null ? string.Empty : $" ({Text(one.Model)})")}");
        Line($"  query  {Text(one.Jql)}");
        Head("Understood", one.Understood.Count);
        foreach (var group in one.Understood.GroupBy(entry => entry.Words))
        {
            var entries = Grouped(group).ToList();
            Row(group.Key.Length == 0 ? "by the model" : group.Key, entries);
        }

        var gaps = one.NotUnderstood.ToLookup(gap => gap.IsProposal);
        Gaps("Not understood", gaps[false].ToList());
        Gaps("Proposed, not accepted", gaps[true].ToList());

        Head("Changes", one.Differences.Count);
        foreach (var difference in one.Differences)
        {
            Line($"  {Text(difference.Entry)}: {Text(difference.Before ?? "(nothing)")} -> {Text(difference.After ?? "(nothing)")}");
            if (difference.Effect is { } effect)
            {
                Line($"    {Grey}{Text(effect)}{Reset}");
            }
        }

        Head("Problems", one.Problems.Count);
        foreach (var problem in one.Problems)
        {
            Line($"  {Yellow}{Text(problem)}{Reset}");
        }

        if (one.PlanBefore is not null || one.PlanAfter is not null)
        {
            Line(string.Empty);
            Line($"{Bold}Plan{Reset}");
            Line($"  before  {Text(one.PlanBefore?.ToString() ?? "can't be made")}");
            Line($"  after   {Text(one.PlanAfter?.ToString() ?? "can't be made")}");
        }

        return text.ToString().TrimEnd('\n');

        void Head(string name, int count)
        {
            if (count > 0)
            {
                Line(string.Empty);
                Line($"{Bold}{name}{Reset}");
            }
        }

        void Gaps(string name, IReadOnlyList<DraftGap> gaps)
        {
            Head(name, gaps.Count);
            foreach (var gap in gaps)
            {
                Row(gap.Words, [$"{Yellow}{Text(gap.Reason)}{Reset}"]);
            }
        }

        void Row(string words, IReadOnlyList<string> lines)
        {
            var said = Text(words)!;
            var isLong = said.Length > Column;
            Line(isLong ? $"  {said}" : $"  {said.PadRight(Column)}  {lines[0]}");
            foreach (var line in isLong ? lines : lines.Skip(1))
            {
                Line($"  {new string(' ', Column)}  {line}");
            }
        }

        void Line(string line) => text.Append(line).Append('\n');
    }

    /// <summary>Entries of one parameter with one value go on one line.</summary>
    private static IEnumerable<string> Grouped(IEnumerable<DraftEntry> entries)
    {
        foreach (
            var group in entries.GroupBy(entry => (entry.Table, HasKey: entry.Key is not null, Value: ValueOf(entry))))
        {
            var keys = string.Join(", ", group.Where(entry => entry.Key is not null).Select(entry => $"'{entry.Key}'"));
            yield return Text($"{group.Key.Table}{(keys.Length > 0 ? $" {keys}" : string.Empty)} = {group.Key.Value}")!;
            foreach (var note in group.Select(entry => entry.Note).OfType<string>().Distinct())
            {
                yield return $"{Grey}{Text(note)}{Reset}";
            }
        }
    }

    private static string ValueOf(DraftEntry entry) =>
        entry.Values.Count == 0 ? "(left out)" : string.Join(", ", entry.Values);

    private static string? Text(string? text) => Printable.Of(text);
}
