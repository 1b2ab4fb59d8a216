using System.Text.RegularExpressions;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Jira's ranks as numbers of the same order. A rank is <c>bucket|base:fraction</c>, a fraction in the base 36 whose
/// digits are 0-9 and a-z, and ranks compare as texts: <c>0|i00007:</c> sorts before <c>0|i0000f:</c>, and
/// <c>0|i00007:i</c> lies between them. The number of a rank depends on nothing but the rank, so that an issue that is
/// put between two others gets a number between theirs, and no other one changes.
/// </summary>
internal static partial class LexoRank
{
    private const int Base = 36;
    private const int WholeDigits = 6;

    /// <summary>Reads a rank.</summary>
    /// <param name="text">The rank as Jira has it.</param>
    /// <returns>Its number; null for any other text.</returns>
    public static double? ToNumber(string text)
    {
        if (Rank().Match(text) is not { Success: true } rank)
        {
            return null;
        }

        var number = (double)(text[0] - '0');
        foreach (var digit in rank.Groups["whole"].ValueSpan)
        {
            number = (number * Base) + Digit(digit);
        }

        var share = 1.0;
        foreach (var digit in rank.Groups["fraction"].ValueSpan)
        {
            share /= Base;
            number += Digit(digit) * share;
        }

        return number;
    }

    /// <summary>
    /// Numbers for ranks of which several lie so close that they would have the same one: the next numbers that there
    /// are.
    /// </summary>
    /// <param name="ranks">The ranks of some issues.</param>
    public static IReadOnlyDictionary<string, double> Apart(IEnumerable<string> ranks)
    {
        var apart = new Dictionary<string, double>(StringComparer.Ordinal);
        var last = double.NegativeInfinity;
        foreach (var rank in ranks.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (ToNumber(rank) is { } number)
            {
                if (number <= last)
                {
                    number = apart[rank] = Math.BitIncrement(last);
                }

                last = number;
            }
        }

        return apart;
    }

    private static int Digit(char digit) => digit <= '9' ? digit - '0' : digit - 'a' + 10;

    [GeneratedRegex(@"^[0-2]\|(?<whole>[0-9a-z]{6}):(?<fraction>[0-9a-z]*)\z")]
    private static partial Regex Rank();
}
