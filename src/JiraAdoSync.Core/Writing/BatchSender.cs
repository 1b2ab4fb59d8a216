using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Writing;

/// <summary>
/// Sends writes as a batch, and finds out what became of each, so that nothing is lost and nothing done twice.
/// <para>
/// A request that fails as a whole (no answer came, or one for all its writes) may have been done, or a part of it. So
/// what it was to do is looked for, and only what is not there is sent again. Where no answer came, as it was, after a
/// pause and a second look. Where the service answered that it failed, in halves, until the write at fault is
/// alone; that is tried once more, unless the service refuses it for what it is:
/// <code>
/// [1 2 3 4] fails   found: 1        [2] done   [3 4] fails   found: none      [3] done   [4] refused: 4 is at fault
/// </code>
/// </para>
/// <para>
/// Credentials that were refused twice running are not accepted later in the run either: nothing more is sent then.
/// </para>
/// </summary>
/// <param name="store">The project's work items.</param>
/// <param name="time">The clock that pauses are timed by.</param>
/// <param name="log">Records each batch before it is sent, and what of it was refused.</param>
internal sealed class BatchSender(IWorkItemStore store, TimeProvider time, RunLog log)
{
    private const int Tries = 2;
    private const int TriesWithoutAnswer = 4;
    private const int FailuresOfABatch = 30;
    private const int RefusalsOfCredentials = 2;

    private int _refusals;
    private ServiceError? _refusal;

    /// <summary>Finds those writes that were done although no answer said so.</summary>
    /// <param name="unsure">What the writes are for.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The work item of each as it is now; null where the write was not done.</returns>
    public delegate Task<IReadOnlyList<WorkItem?>> FindDone<T>(
        IReadOnlyList<T> unsure, CancellationToken cancellationToken);

    /// <summary>Sends one batch.</summary>
    /// <typeparam name="T">What a write is for.</typeparam>
    /// <param name="items">What the writes are for, at most <see cref="IWorkItemStore.BatchSize"/>.</param>
    /// <param name="toWrites">
    /// Makes the writes of those that go in one request, in their order, anew each time that they are sent.
    /// </param>
    /// <param name="findDone">Looks for what was done.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// What became of each, in their order; one that is unsure still was not found after the last try.
    /// </returns>
    public async Task<IReadOnlyList<WriteOutcome>> SendAsync<T>(
        IReadOnlyList<T> items,
        Func<IReadOnlyList<T>, IReadOnlyList<WorkItemWrite>> toWrites,
        FindDone<T> findDone,
        CancellationToken cancellationToken)
    {
        var outcomes = new WriteOutcome[items.Count];
        var parts = new Stack<Part>([new Part(Enumerable.Range(0, items.Count).ToList(), 1)]);
        for (var failures = 0; parts.TryPop(out var part);)
        {
            var sent = await WriteAsync(toWrites(part.Indexes.ConvertAll(index => items[index])), cancellationToken)
                .ConfigureAwait(false);
            var missing = new List<int>();
            foreach (var (index, outcome) in part.Indexes.Zip(sent))
            {
                outcomes[index] = outcome;
                if (outcome.Error is { MayBeDone: true })
                {
                    missing.Add(index);
                }
            }

            if (missing.Count == 0)
            {
                continue;
            }

            var error = outcomes[missing[0]].Error!;
            failures++;
            var isAnswered = error.Kind is not (Failure.ServerUnreachable or Failure.TimedOut);
            if (!isAnswered)
            {
                await LookAsync().ConfigureAwait(false);
            }

            if (missing.Count > 0)
            {
                await PauseAsync(part.Try, cancellationToken).ConfigureAwait(false);
                await LookAsync().ConfigureAwait(false);
            }

            var mayHalve = missing.Count > 1 && isAnswered;
            if (failures >= FailuresOfABatch || (part.Try >= (isAnswered ? Tries : TriesWithoutAnswer) && !mayHalve))
            {
                missing.ForEach(index => outcomes[index] = WriteOutcome.Refused(error));
            }
            else if (mayHalve)
            {
                var half = missing.Count / 2;
                parts.Push(new Part(missing.GetRange(half, missing.Count - half), 1));
                parts.Push(new Part(missing.GetRange(0, half), 1));
            }
            else if (missing.Count > 0)
            {
                parts.Push(new Part(missing, part.Try + 1));
            }

            async Task LookAsync()
            {
                var found = await findDone(missing.ConvertAll(index => items[index]), cancellationToken)
                    .ConfigureAwait(false);
                foreach (var (index, item) in missing.ToList().Zip(found))
                {
                    if (item is not null)
                    {
                        outcomes[index] = WriteOutcome.Done(item);
                        missing.Remove(index);
                    }
                }
            }
        }

        return outcomes;
    }

    /// <summary>Sends one batch once.</summary>
    /// <param name="writes">The writes.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in their order.</returns>
    public async Task<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<WorkItemWrite> writes,
        CancellationToken cancellationToken)
    {
        if (writes.Count == 0)
        {
            return [];
        }

        if (_refusal is { } lasting && Volatile.Read(ref _refusals) >= RefusalsOfCredentials)
        {
            return writes.Select(_ => WriteOutcome.Refused(lasting)).ToList();
        }

        var batch = log.Sending(writes);
        var outcomes = await store.WriteAsync(writes, cancellationToken).ConfigureAwait(false);
        if (outcomes.All(outcome => outcome.Error?.Kind == Failure.AuthenticationFailed))
        {
            _refusal = outcomes[0].Error;
            Interlocked.Increment(ref _refusals);
        }
        else
        {
            Interlocked.Exchange(ref _refusals, 0);
        }

        if (outcomes is [{ Error: { IsRefusal: true, MayBeDone: true } refusal }])
        {
            // How far the batch got is known where there is one write only. Refused is the request, not a value of the
            // item.
            outcomes = [WriteOutcome.Refused(refusal with { MayBeDone = false, IsRefusal = false })];
        }

        log.Refused(batch, Enumerable.Range(0, outcomes.Count)
            .Where(index => outcomes[index].Error is { MayBeDone: false }).ToList());
        return outcomes;
    }

    /// <summary>The same, for writes that only put right what went wrong: they are no change of the run's.</summary>
    public BatchSender Unrecorded() => new(store, time, RunLog.None);

    /// <summary>Waits before something is tried again: half a second at first, twice as long each time.</summary>
    /// <param name="attempt">Which attempt it was, from 1.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task PauseAsync(int attempt, CancellationToken cancellationToken) =>
        BackOff.WaitAsync(attempt, time, cancellationToken);

    private sealed record Part(List<int> Indexes, int Try);
}
