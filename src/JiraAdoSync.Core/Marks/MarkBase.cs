using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace JiraAdoSync.Marks;

/// <summary>
/// The base of a pair in the mark of its work item: what both sides had of each field when they were last in step. It
/// follows the digest of the fields, after a separator that versions before it pass over:
/// <code>
/// ABC-1 [JiraAdoSync 1 1a2b3c4d5e6f 7 89abcdef~12.TtlAAAAPrpBBBB:SttCCCCDDDD~9.DueEEEE -.-.-.-]
///                                            counter 12: title and priority with one digest for both sides, since they
///                                            had equal values; the state with one for each side
///                                            counter 9: the due date, which is held since then
/// </code>
/// A field is identified by three characters. What follows <c>/</c> is a set with the digests of its elements, what
/// follows <c>=</c> says of what the highest counter has when the issue had last been updated and which revision the
/// work item had (see <see cref="FieldBase.Updated"/>). A comment has 255 characters: what does not fit is left to the
/// issue's own register.
/// </summary>
public sealed partial class MarkBase
{
    private const char Separator = '~';
    private const char SetSeparator = '/';
    private const char StampSeparator = '=';
    private const int TimeDigits = 7;
    private const int KeyLength = 3;

    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>The keys of the fields that were asked for: an organization has some hundreds.</summary>
    private static readonly ConcurrentDictionary<string, string> Keys = new(StringComparer.Ordinal);

    private readonly Dictionary<string, FieldBase> _fields;

    private MarkBase(Dictionary<string, FieldBase> fields) => _fields = fields;

    /// <summary>The number of the latest write that it knows of.</summary>
    public int Counter => _fields.Count == 0 ? 0 : _fields.Values.Max(one => one.Counter);

    /// <summary>What it has of a field; null where it has nothing.</summary>
    /// <param name="field">The reference name.</param>
    public FieldBase? Of(string field) => _fields.GetValueOrDefault(KeyOf(field));

    /// <summary>Reads what follows the digest of the fields in a mark.</summary>
    /// <param name="text">The text; null where a mark has none.</param>
    /// <returns>The base; null where there is none, or where the text is no base.</returns>
    public static MarkBase? Parse(string? text)
    {
        if (text is null || Grammar().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var fields = new Dictionary<string, FieldBase>(StringComparer.Ordinal);
        foreach (Capture group in match.Groups["group"].Captures)
        {
            var (counter, entries) = group.Value.Split('.') is [var number, var rest]
                ? (int.Parse(number, CultureInfo.InvariantCulture), rest.Split(':'))
                : (0, []);
            Read(entries[0], 1, counter);
            Read(entries.ElementAtOrDefault(1) ?? string.Empty, 2, counter);
        }

        foreach (Capture set in match.Groups["set"].Captures)
        {
            if (fields.TryGetValue(set.Value[..KeyLength], out var known))
            {
                var elements = set.Value[KeyLength..].Chunk(ShortDigest.Length).Select(digits => new string(digits));
                fields[set.Value[..KeyLength]] = known with { Elements = elements.ToList() };
            }
        }

        if (match.Groups["stamp"] is { Success: true, Value: var stamp })
        {
            var (updated, rev) = (NumberOf(stamp[..TimeDigits]), (int)NumberOf(stamp[TimeDigits..]));
            var latest = fields.Count == 0 ? 0 : fields.Values.Max(one => one.Counter);
            foreach (var (name, field) in fields.Where(one => one.Value.Counter == latest).ToList())
            {
                fields[name] = field.At(updated, rev);
            }
        }

        return new MarkBase(fields);

        void Read(string entries, int digests, int counter)
        {
            var length = KeyLength + (digests * ShortDigest.Length);
            for (var at = 0; at + length <= entries.Length; at += length)
            {
                var jira = entries.Substring(at + KeyLength, ShortDigest.Length);
                var ado = entries.Substring(at + length - ShortDigest.Length, ShortDigest.Length);
                fields[entries.Substring(at, KeyLength)] = new FieldBase(counter, jira, ado);
            }
        }
    }

    /// <summary>The text that a mark carries.</summary>
    /// <param name="fields">What is known of fields, by reference name, those that matter most first.</param>
    /// <param name="room">How many characters there are for it.</param>
    /// <returns>The text; null where nothing is known or fits.</returns>
    public static string? Write(IEnumerable<KeyValuePair<string, FieldBase>> fields, int room)
    {
        // Two fields of one key can't be distinguished: neither is written.
        var known = fields.GroupBy(field => KeyOf(field.Key), StringComparer.Ordinal)
            .Where(group => group.Count() == 1)
            .Select(group => (group.Key, Base: group.First().Value))
            .ToList();
        var sets = string.Concat(known.Where(field => field.Base.Elements is not null)
            .Select(field => $"{SetSeparator}{field.Key}{string.Concat(field.Base.Elements!)}"));
        for (var count = known.Count; count > 0; count--)
        {
            var text = Write(known.Take(count));
            if (text.Length <= room)
            {
                text = count == known.Count && text.Length + sets.Length <= room ? text + sets : text;
                var stamp = StampOf(known.Take(count).MaxBy(field => field.Base.Counter).Base);
                return text.Length + stamp.Length <= room ? text + stamp : text;
            }
        }

        return null;
    }

    private static string Write(IEnumerable<(string Key, FieldBase Base)> fields)
    {
        var text = new StringBuilder();
        foreach (var group in fields.GroupBy(field => field.Base.Counter).OrderByDescending(group => group.Key))
        {
            var isShort = group.ToLookup(field => field.Base.Jira == field.Base.Ado);
            text.Append(CultureInfo.InvariantCulture, $"{Separator}{group.Key}.");
            text.AppendJoin(string.Empty, isShort[true].Select(field => field.Key + field.Base.Jira));
            text.Append(isShort[false].Any() ? ":" : string.Empty);
            text.AppendJoin(string.Empty, isShort[false].Select(field => field.Key + field.Base.Jira + field.Base.Ado));
        }

        return text.ToString();
    }

    private static string StampOf(FieldBase latest) => latest is { Updated: > 0, Rev: > 0 }
        ? StampSeparator + DigitsOf(latest.Updated).PadLeft(TimeDigits, DigitsOf(0)[0]) + DigitsOf(latest.Rev)
        : string.Empty;

    private static string DigitsOf(long number)
    {
        var digits = string.Empty;
        do
        {
            digits = Digits[(int)(number % Digits.Length)] + digits;
            number /= Digits.Length;
        }
        while (number > 0);
        return digits;
    }

    private static long NumberOf(string digits) =>
        digits.Aggregate(
            0L,
            (number, digit) => (number * Digits.Length) + Digits.IndexOf(digit, StringComparison.Ordinal));

    private static string KeyOf(string field) =>
        Keys.GetOrAdd(field, static name => ShortDigest.Of(name.ToUpperInvariant(), KeyLength));

    [GeneratedRegex(@"^(~(?<group>[0-9]{1,9}\.([A-Za-z0-9_-]{7})*(:([A-Za-z0-9_-]{11})+)?))+"
        + @"(/(?<set>[A-Za-z0-9_-]{3}([A-Za-z0-9_-]{4})*))*(=(?<stamp>[A-Za-z0-9_-]{8,12}))?\z")]
    private static partial Regex Grammar();
}
