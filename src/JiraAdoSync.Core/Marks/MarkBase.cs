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
/// follows each <c>=</c> says of one counter, the highest first, when the issue had last been updated and which revision
/// the work item had (see <see cref="FieldBase.Updated"/>); nothing follows where that is not known. A comment has 255
/// characters: what does not fit is left to the issue's own register.
/// </summary>
public sealed partial class MarkBase
{
    /// <summary>
    /// The field that says which revision of the work item's discussion was looked at. Of the latest write, the revision of
    /// the mark is that.
    /// </summary>
    internal const string Discussion = "System.History";

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
        var counters = new List<int>();
        foreach (Capture group in match.Groups["group"].Captures)
        {
            var (counter, entries) = group.Value.Split('.') is [var number, var rest]
                ? (int.Parse(number, CultureInfo.InvariantCulture), rest.Split(':'))
                : (0, []);
            counters.Add(counter);
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

        foreach (var (counter, stamp) in counters.Zip(match.Groups["stamp"].Captures.Select(one => one.Value)))
        {
            foreach (var (name, field) in fields.Where(one => stamp.Length > 0 && one.Value.Counter == counter).ToList())
            {
                fields[name] = field.At(NumberOf(stamp[..TimeDigits]), (int)NumberOf(stamp[TimeDigits..]));
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

    /// <summary>A text with something else of a field.</summary>
    /// <param name="text">The text; null where a mark has none.</param>
    /// <param name="field">The reference name.</param>
    /// <param name="known">What it has of the field, as part of the latest write; null to have nothing.</param>
    public static string? With(string? text, string field, FieldBase? known)
    {
        if (Parse(text) is not { } all)
        {
            return text;
        }

        var (key, latest) = (KeyOf(field), all._fields.Values.MaxBy(one => one.Counter));
        var others = all._fields.Where(one => one.Key != key).Select(one => (one.Key, one.Value));
        return Write(
            known is null || latest is null ? others.ToList()
                : [.. others, (key, (known with { Counter = latest.Counter }).At(latest.Updated, latest.Rev))],
            int.MaxValue);
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
            .Select(group => (group.Key, group.First().Value))
            .ToList();
        return Write(known, room);
    }

    private static string? Write(List<(string Key, FieldBase Base)> known, int room)
    {
        var sets = string.Concat(known.Where(field => field.Base.Elements is not null)
            .Select(field => $"{SetSeparator}{field.Key}{string.Concat(field.Base.Elements!)}"));
        for (var count = known.Count; count > 0; count--)
        {
            var text = Write(known.Take(count));
            if (text.Length <= room)
            {
                text = count == known.Count && text.Length + sets.Length <= room ? text + sets : text;
                return text + StampsOf(known.Take(count).Select(field => field.Base), room - text.Length);
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

    /// <summary>When the latest writes were, as many of them as there is room for.</summary>
    private static string StampsOf(IEnumerable<FieldBase> fields, int room)
    {
        var stamps = string.Empty;
        foreach (var field in fields.DistinctBy(field => field.Counter).OrderByDescending(field => field.Counter))
        {
            var stamp = StampSeparator + (field is not { Updated: > 0, Rev: > 0 } ? string.Empty
                : DigitsOf(field.Updated).PadLeft(TimeDigits, DigitsOf(0)[0]) + DigitsOf(field.Rev));
            if (stamps.Length + stamp.Length > room)
            {
                break;
            }

            stamps += stamp;
        }

        return stamps.TrimEnd(StampSeparator);
    }

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
        + @"(/(?<set>[A-Za-z0-9_-]{3}([A-Za-z0-9_-]{4})*))*(=(?<stamp>([A-Za-z0-9_-]{8,12})?))*\z")]
    private static partial Regex Grammar();
}
