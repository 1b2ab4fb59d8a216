using System.Runtime.CompilerServices;

namespace JiraAdoSync.Rest.Answers;

/// <summary>Work on many things, several of them at once.</summary>
internal static class SelectAhead
{
    /// <summary>
    /// Begins the work on some things before those before them are done, and gives the results in the things' order.
    /// Where one fails, or nobody wants the rest, what has begun is ended.
    /// </summary>
    /// <param name="things">What is worked on.</param>
    /// <param name="ahead">How many may be begun at once.</param>
    /// <param name="work">The work on one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async IAsyncEnumerable<TResult> SelectAheadAsync<T, TResult>(
        this IEnumerable<T> things,
        int ahead,
        Func<T, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var begun = new Queue<Task<TResult>>();
        try
        {
            foreach (var thing in things)
            {
                begun.Enqueue(work(thing, stop.Token));
                if (begun.Count >= ahead)
                {
                    yield return await begun.Dequeue().ConfigureAwait(false);
                }
            }

            while (begun.TryDequeue(out var next))
            {
                yield return await next.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var unwanted in begun)
            {
                await ((Task)unwanted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
