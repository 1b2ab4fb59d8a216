using System.Globalization;
using System.Runtime.CompilerServices;
using JiraAdoSync.Rest.Answers;

namespace JiraAdoSync.Rest.Jira;

/// <summary>
/// Reads a list that a service gives out by position, whose entries may come and go between two pages.
/// <para>
/// The order must be one in which an entry keeps its position, such as that of creation. Each page begins with the last
/// entry of the page before, so that both meet in an entry that both hold: what lies between can't be missed. Where
/// they do not meet, since something before them left the list, the page is read again further ahead until they do.
/// </para>
/// <para>
/// Example, pages of 3: <c>1 2 3 | 3 4 5 | 5 6 7</c>. Entry 2 is deleted after the first page. The second one is
/// <c>4 5 6</c> and does not hold 3; read one position further ahead it is <c>3 4 5</c>.
/// </para>
/// </summary>
internal static class OverlappingPages
{
    /// <summary>One page.</summary>
    /// <typeparam name="T">What the entries are.</typeparam>
    /// <param name="Entries">Its entries.</param>
    /// <param name="Total">How many the whole list has, as the page says.</param>
    public sealed record Page<T>(List<T> Entries, int Total);

    /// <summary>Reads all pages, those after the first side by side.</summary>
    /// <typeparam name="T">What the entries are.</typeparam>
    /// <param name="read">Reads the page from a position on.</param>
    /// <param name="idOf">What identifies an entry.</param>
    /// <param name="overlap">How many entries two pages share.</param>
    /// <param name="atOnce">How many pages are read at the same time.</param>
    /// <param name="what">What the entries are called, for people.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The entries, each once, page by page.</returns>
    public static async IAsyncEnumerable<List<T>> ReadAsync<T>(
        Func<int, CancellationToken, Task<Page<T>>> read,
        Func<T, long> idOf,
        int overlap,
        int atOnce,
        string what,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<long>();
        var list = new EndlessList<long>();
        var before = new HashSet<long>();
        var (end, total) = (0, 0);
        var first = await read(0, cancellationToken).ConfigureAwait(false);
        yield return Take(first, 0);
        var step = first.Entries.Count - overlap;
        var starts =
            step <= 0 ? [] : Enumerable.Range(1, Math.Max(0, (total - overlap - 1) / step)).Select(n => n * step);
        var pages = starts.SelectAheadAsync(
            atOnce,
            async (start, cancellationToken) =>
                (Start: start, Page: await read(start, cancellationToken).ConfigureAwait(false)),
            cancellationToken);
        await foreach (var (start, page) in pages.ConfigureAwait(false))
        {
            // A page that came shorter than the first one leaves a gap before the next.
            while (end < total && end <= start)
            {
                foreach (var entries in await MeetAsync(end - overlap, null).ConfigureAwait(false))
                {
                    yield return entries;
                }
            }

            if (start < total || page.Entries.Count > 0)
            {
                foreach (var entries in await MeetAsync(start, page).ConfigureAwait(false))
                {
                    yield return entries;
                }
            }
        }

        while (end < total)
        {
            foreach (var entries in await MeetAsync(end - overlap, null).ConfigureAwait(false))
            {
                yield return entries;
            }
        }

        // The page from a position on, read again further ahead until it meets what is known.
        async Task<List<List<T>>> MeetAsync(int start, Page<T>? page)
        {
            for (var ahead = Math.Max(1, overlap); ; ahead *= 4)
            {
                start = Math.Max(0, start);
                page ??= await read(start, cancellationToken).ConfigureAwait(false);
                if (page.Entries.Count == 0 && start < page.Total)
                {
                    throw Incomplete(what, seen.Count, page.Total);
                }

                if (start == 0 || before.Count == 0 || page.Entries.Exists(entry => before.Contains(idOf(entry))))
                {
                    return [Take(page, start)];
                }

                (start, page) = (start - ahead, null);
            }
        }

        List<T> Take(Page<T> page, int start)
        {
            total = page.Total;
            var fresh = page.Entries.Where(entry => seen.Add(idOf(entry))).ToList();
            var reached = start + page.Entries.Count;
            if (list.IsShownBy(page.Entries.Select(idOf)) && reached < total)
            {
                throw Incomplete(what, seen.Count, total);
            }

            if (page.Entries.Count == 0 ? start < total : fresh.Count == 0 && reached < total && reached <= end)
            {
                throw Incomplete(what, seen.Count, total);
            }

            before = page.Entries.Select(idOf).ToHashSet();
            end = reached;
            return fresh;
        }
    }

    private static SyncException Incomplete(string what, int read, int total) => new(
        nameof(Failure.RequestFailed),
        string.Create(CultureInfo.InvariantCulture, $"Jira answered with {read} {what} of {total}, so what there is is not ")
        + "all known. Run the command again.");
}
