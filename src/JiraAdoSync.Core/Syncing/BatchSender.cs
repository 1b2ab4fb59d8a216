using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Syncing;

/// <summary>
/// Sends writes as a batch, and finds out what became of each, so that nothing is lost and nothing done twice.
/// <para>
/// A request that fails as a whole (no answer came, or one for all its writes) may have been done, or a part of it. So
/// what it was to do is looked for, and only what is not there is sent again: first as it was, after a pause and a second
/// look; where the service refuses that too, in halves, until the write at fault stands alone:
/// <code>
/// [1 2 3 4] fails   found: 1        [2 3 4] fails   found: none      [2 3] done   [4] fails, fails: 4 is at fault
/// </code>
/// </para>
/// </summary>
internal sealed class BatchSender(IWorkItemStore store, TimeProvider time)
{
    private const int Tries = 3;
    private const int TriesWithoutAnswer = 4;
    private const int FailuresOfABatch = 30;

    /// <summary>Finds those writes that were done although no answer told so.</summary>
    /// <param name="unsure">What the writes are for.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>The work item of each as it stands; null where the write was not done.</returns>
    public delegate Task<IReadOnlyList<WorkItem?>> FindDone<T>(IReadOnlyList<T> unsure, CancellationToken token);

    /// <summary>Sends one batch.</summary>
    /// <typeparam name="T">What a write is for.</typeparam>
    /// <param name="items">What the writes are for, at most <see cref="IWorkItemStore.BatchSize"/>.</param>
    /// <param name="toWrites">
    /// Makes the writes of those that go in one request, in their order, anew each time that they are sent.
    /// </param>
    /// <param name="findDone">Looks for what was done.</param>
    /// <param name="token">Ends the wait.</param>
    /// <returns>What became of each, in their order; one that is unsure still was not found after the last try.</returns>
    public async Task<IReadOnlyList<WriteOutcome>> SendAsync<T>(
        IReadOnlyList<T> items,
        Func<IReadOnlyList<T>, IReadOnlyList<WorkItemWrite>> toWrites,
        FindDone<T> findDone,
        CancellationToken token)
    {
        var outcomes = new WriteOutcome[items.Count];
        var parts = new Stack<Part>([new Part(Enumerable.Range(0, items.Count).ToList(), 1)]);
        for (var failures = 0; parts.TryPop(out var part);)
        {
            var sent = await store.WriteAsync(toWrites(part.Places.ConvertAll(place => items[place])), token).ConfigureAwait(false);
            var missing = new List<int>();
            foreach (var (place, outcome) in part.Places.Zip(sent))
            {
                outcomes[place] = outcome;
                if (outcome.IsUnsure)
                {
                    missing.Add(place);
                }
            }

            if (missing.Count == 0)
            {
                continue;
            }

            var error = outcomes[missing[0]].Error!;
            failures++;
            await LookAsync().ConfigureAwait(false);
            var isAnswered = error.Kind is not (Failure.ServerUnreachable or Failure.TimedOut);
            var mayHalve = part.Try > 1 && missing.Count > 1 && isAnswered;
            if (missing.Count > 0 && !mayHalve)
            {
                await PauseAsync(part.Try, token).ConfigureAwait(false);
                await LookAsync().ConfigureAwait(false);
            }

            if (failures >= FailuresOfABatch || (part.Try >= (isAnswered ? Tries : TriesWithoutAnswer) && !mayHalve))
            {
                missing.ForEach(place => outcomes[place] = WriteOutcome.Refused(error));
            }
            else if (mayHalve)
            {
                // What was halved once is halved again as soon as it fails.
                var half = missing.Count / 2;
                parts.Push(new Part(missing.GetRange(half, missing.Count - half), 2));
                parts.Push(new Part(missing.GetRange(0, half), 2));
            }
            else if (missing.Count > 0)
            {
                parts.Push(new Part(missing, part.Try + 1));
            }

            async Task LookAsync()
            {
                var found = await findDone(missing.ConvertAll(place => items[place]), token).ConfigureAwait(false);
                foreach (var (place, item) in missing.ToList().Zip(found))
                {
                    if (item is not null)
                    {
                        outcomes[place] = WriteOutcome.Done(item);
                        missing.Remove(place);
                    }
                }
            }
        }

        return outcomes;
    }

    /// <summary>Waits before something is tried again: half a second at first, twice as long each time.</summary>
    /// <param name="attempt">Which attempt it was, from 1.</param>
    /// <param name="token">Ends the wait.</param>
    public Task PauseAsync(int attempt, CancellationToken token) =>
        Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt - 2)), time, token);

    private sealed record Part(List<int> Places, int Try);
}
