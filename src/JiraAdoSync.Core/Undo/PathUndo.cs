using System.Runtime.CompilerServices;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Journal;
using JiraAdoSync.Planning;
using JiraAdoSync.Ports;

namespace JiraAdoSync.Undo;

/// <summary>
/// Takes back the areas and iterations that a run made, those below first, where nothing uses them: no work item that
/// the run did not put there, nothing below them that it did not make, no dates. What teams and queries name can't be
/// seen here.
/// </summary>
internal sealed class PathUndo(IWorkItemStore store, RunLog log)
{
    /// <summary>Decides which paths go, come back, or are left.</summary>
    /// <param name="changes">What the run did, in its order.</param>
    /// <param name="touched">
    /// The work items that the run wrote to: they may leave a path when they are undone.
    /// </param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<UndoStep>> PlanAsync(
        IEnumerable<RunChange> changes,
        IReadOnlySet<int> touched,
        CancellationToken cancellationToken)
    {
        var mine = changes.Where(change => change.Path is not null).Reverse().ToList();
        if (mine.Count == 0)
        {
            return [];
        }

        var current = await store.GetPathsAsync(cancellationToken).ConfigureAwait(false);
        var steps = new List<UndoStep>();
        var staying = new List<string>();
        foreach (var change in mine)
        {
            var (field, path) = change.InTree!.Value;
            var exists = current.Of(field).Contains(path);
            if (change.Action == RunAction.RemovePath)
            {
                steps.Add(exists
                    ? Step(ChangeAction.Create).Left(Reasons.ExistsAgain, "It is back already.")
                    : Step(ChangeAction.Create));
                continue;
            }

            var others = current.Of(field).Except(
                mine.ConvertAll(one => one.InTree!.Value.Path), StringComparer.OrdinalIgnoreCase).Concat(staying);
            var why = !exists ? "It is deleted already."
                : await WhyUsedAsync(field, path, current, others, touched, cancellationToken).ConfigureAwait(false);
            steps.Add(why is null
                ? Step(ChangeAction.Remove)
                : Step(ChangeAction.Remove).Left(exists ? Reasons.InUse : Reasons.Missing, why));
            staying.AddRange(why is null || !exists ? [] : [path]);

            PathStep Step(ChangeAction action) =>
                new() { Action = action, Change = change, Field = field, Path = path };
        }

        return steps;
    }

    /// <summary>Brings paths back, those above first.</summary>
    public async IAsyncEnumerable<UndoResult> ReturnAsync(
        IEnumerable<PathStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var step in steps.OrderBy(step => step.Path.Length))
        {
            var (field, path) = (step.Field, step.Path);
            log.CreatingPath(field, path);
            var error = await store.CreatePathAsync(field, path, cancellationToken).ConfigureAwait(false);
            if (error is null)
            {
                log.CreatedPath(field, path);
            }

            yield return error is null ? UndoResult.Done(step) : UndoResult.Failed(step, error);
        }
    }

    /// <summary>Removes paths, after one more look that nothing uses them.</summary>
    public async IAsyncEnumerable<UndoResult> RemoveAsync(
        IEnumerable<PathStep> steps,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            var (field, path) = (step.Field, step.Path);
            var current = await store.GetPathsAsync(cancellationToken).ConfigureAwait(false);
            if (await WhyUsedAsync(field, path, current, current.Of(field), new HashSet<int>(), cancellationToken)
                .ConfigureAwait(false) is { } why)
            {
                yield return UndoResult.Left(step, Reasons.InUse, why);
                continue;
            }

            log.RemovingPath(field, path);
            var error = await store.RemovePathAsync(field, path, cancellationToken).ConfigureAwait(false);
            if (error is null)
            {
                log.RemovedPath(field, path);
            }

            yield return error is null ? UndoResult.Done(step) : UndoResult.Failed(step, error);
        }
    }

    private async Task<string?> WhyUsedAsync(
        string field,
        string path,
        ProjectPaths current,
        IEnumerable<string> others,
        IReadOnlySet<int> undone,
        CancellationToken cancellationToken)
    {
        var below = others.FirstOrDefault(other => other.StartsWith(path + '\\', StringComparison.OrdinalIgnoreCase));
        if (below is not null || (field != WorkItemField.AreaPath.ReferenceName && current.Dated.Contains(path)))
        {
            return below is null ? "Somebody gave it dates." : $"'{below}' is below it.";
        }

        var items = await store.ListInPathAsync(field, path, cancellationToken).ConfigureAwait(false);
        var other = items.Where(id => !undone.Contains(id)).Cast<int?>().FirstOrDefault();
        return other is null ? null : $"Work item {other} is in it.";
    }
}
