using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;

namespace JiraAdoSync.Syncing;

/// <summary>
/// One phase of applying a plan. Its results come as they are known; where a service fails altogether in the middle,
/// what was not done gets results, too: what is done is done.
/// </summary>
public abstract class RunPhase
{
    /// <summary>After how many results it looks whether memory can be freed.</summary>
    private const int ManyResults = 500;

    private readonly List<IRunResult> _results = [];
    private readonly Heap _heap = new();

    /// <summary>Whether the phase writes something of the plan.</summary>
    public virtual bool HasWrites => false;

    /// <summary>Why the phase ended early, where no result says so; null where it did not.</summary>
    public ServiceException? EndedBy { get; private set; }

    /// <summary>What became of the changes that the phase came to; nothing unless it keeps results.</summary>
    internal IReadOnlyList<IRunResult> Results => _results;

    /// <summary>Whether a phase that follows asks for the results.</summary>
    internal bool KeepsResults { get; init; }

    /// <summary>Carries the phase out.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<IRunResult> ApplyAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ServiceException? failure = null;
        var results = WriteAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (results.ConfigureAwait(false))
        {
            for (var count = 1; failure is null; count++)
            {
                try
                {
                    if (!await results.MoveNextAsync().ConfigureAwait(false))
                    {
                        yield break;
                    }
                }
                catch (ServiceException failed)
                {
                    failure = failed;
                    continue;
                }

                if (count % ManyResults == 0)
                {
                    _heap.TrimGrowth();
                }

                Note(results.Current);
                if (KeepsResults)
                {
                    _results.Add(results.Current);
                }

                yield return results.Current;
            }
        }

        var rest = FailRest(failure!.Error);
        EndedBy = rest.Count == 0 ? failure : null;
        foreach (var result in rest)
        {
            yield return result;
        }
    }

    /// <summary>Writes; a failure of a service is the caller's.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    internal abstract IAsyncEnumerable<IRunResult> WriteAsync(CancellationToken cancellationToken);

    /// <summary>Notes what has its result, for <see cref="FailRest"/>.</summary>
    private protected virtual void Note(IRunResult result)
    {
    }

    /// <summary>The results of what has none yet, since a service failed.</summary>
    private protected virtual IReadOnlyList<IRunResult> FailRest(ServiceError error) => [];
}
