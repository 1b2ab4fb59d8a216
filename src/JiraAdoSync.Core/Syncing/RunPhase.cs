using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;

namespace JiraAdoSync.Syncing;

/// <summary>
/// One phase of applying a plan. Its results come as they are known; where a service fails altogether in the middle,
/// what was not done gets results, too: what is done is done.
/// </summary>
public abstract class RunPhase
{
    /// <summary>Whether the phase writes something of the plan.</summary>
    public virtual bool HasWrites => false;

    /// <summary>Why the phase ended early, where no result says so; null where it did not.</summary>
    public ServiceException? EndedBy { get; private set; }

    /// <summary>Carries the phase out.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async IAsyncEnumerable<IRunResult> ApplyAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var done = new List<IRunResult>();
        ServiceException? failure = null;
        var results = WriteAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (results.ConfigureAwait(false))
        {
            while (failure is null)
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

                done.Add(results.Current);
                yield return results.Current;
            }
        }

        var rest = FailRest(done, failure!.Error);
        EndedBy = rest.Count == 0 ? failure : null;
        foreach (var result in rest)
        {
            yield return result;
        }
    }

    private protected abstract IAsyncEnumerable<IRunResult> WriteAsync(CancellationToken cancellationToken);

    /// <summary>The results of what was not done, since a service failed.</summary>
    private protected virtual IReadOnlyList<IRunResult> FailRest(List<IRunResult> done, ServiceError error) => [];
}
