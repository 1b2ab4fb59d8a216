using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace JiraAdoSync.Writing;

/// <summary>Work on many things, several of them at once.</summary>
internal static class SideBySide
{
    /// <summary>Does something with each of some things, several at once.</summary>
    /// <typeparam name="T">What it is done with.</typeparam>
    /// <param name="things">The things. Where there are none, a fresh process compiles nothing of what works on them.</param>
    /// <param name="atOnce">How many may be worked on at once.</param>
    /// <param name="work">The work on one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static Task ForEachAsync<T>(
        IReadOnlyCollection<T> things,
        int atOnce,
        Func<T, CancellationToken, Task> work,
        CancellationToken cancellationToken) => things.Count == 0 ? Task.CompletedTask : Parallel.ForEachAsync(
            things,
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            (thing, stop) => new ValueTask(work(thing, stop)));

    /// <summary>Reads something of each of some work items, several at once.</summary>
    /// <typeparam name="T">What is read of one.</typeparam>
    /// <param name="ids">The work items, each once.</param>
    /// <param name="atOnce">How many reads may be under way.</param>
    /// <param name="read">The read of one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<IReadOnlyDictionary<int, T>> ReadAsync<T>(
        IReadOnlyCollection<int> ids,
        int atOnce,
        Func<int, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        var results = new ConcurrentDictionary<int, T>();
        await ForEachAsync(
                ids,
                atOnce,
                async (id, stop) => results[id] = await read(id, stop).ConfigureAwait(false),
                cancellationToken)
            .ConfigureAwait(false);
        return results;
    }

    /// <summary>
    /// Begins the work on things while others are under way, and gives the results in the order in which it was begun.
    /// </summary>
    /// <typeparam name="T">What is worked on.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="atOnce">How many may be under way.</param>
    /// <param name="next">
    /// Takes the next thing, given whether others are under way; null where none may be begun now. It is asked again
    /// whenever a result has been read, and the work ends where it has nothing and nothing is under way.
    /// </param>
    /// <param name="work">The work on one.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async IAsyncEnumerable<(T Thing, TResult Result)> RunAsync<T, TResult>(
        int atOnce,
        Func<bool, T?> next,
        Func<T, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new Queue<Task<(T, TResult)>>();
        try
        {
            while (true)
            {
                while (underWay.Count < atOnce && next(underWay.Count > 0) is { } thing)
                {
                    underWay.Enqueue(BeginAsync(thing));
                }

                if (!underWay.TryPeek(out var first))
                {
                    yield break;
                }

                var result = await first.ConfigureAwait(false);
                _ = underWay.Dequeue();
                yield return result;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The first is waited for first, and the pool's threads would begin with the last otherwise.
        Task<(T, TResult)> BeginAsync(T thing) => Task.Factory.StartNew(
            async () => (thing, await work(thing, stop.Token).ConfigureAwait(false)),
            stop.Token,
            TaskCreationOptions.PreferFairness,
            TaskScheduler.Default).Unwrap();
    }

    /// <summary>
    /// Begins the work on things as they come, and gives the results in the things' order. Where one fails, or nobody
    /// wants the rest, what has begun is ended.
    /// </summary>
    /// <typeparam name="T">What is worked on.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="things">The things.</param>
    /// <param name="work">The work on one; what holds it back is its own business.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async IAsyncEnumerable<TResult> SelectAsync<T, TResult>(
        IAsyncEnumerable<T> things,
        Func<T, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new Queue<Task<TResult>>();
        try
        {
            await foreach (var thing in things.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                underWay.Enqueue(work(thing, stop.Token));
                while (underWay.TryPeek(out var first) && first.IsCompleted)
                {
                    yield return await underWay.Dequeue().ConfigureAwait(false);
                }
            }

            while (underWay.TryDequeue(out var next))
            {
                yield return await next.ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
