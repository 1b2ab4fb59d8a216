using System.Collections.Concurrent;
using System.Globalization;
using JiraAdoSync.Jira;
using JiraAdoSync.Ports;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Workflows;
using JiraAdoSync.Writing;

namespace JiraAdoSync.TwoWay.Applying;

/// <summary>
/// Brings issues to other statuses, by the transitions that their workflows offer:
/// <list type="number">
/// <item>The issues are read again before, 100 a request. One that somebody moved meanwhile is left to the next
/// run.</item>
/// <item>What can be done is asked once for each project, type and status. Where no way is known to the target, issues
/// of the run in other statuses are asked, one for each.</item>
/// <item>A way of several steps is written to the issue's property before the first one, so that a run that is killed
/// is continued by the next one, and no step counts as a person's decision. A single step writes it itself.</item>
/// <item>No transition is sent twice: after a lost answer the status shows what happened.</item>
/// <item>The histories are read afterwards, 1,000 a request. A move of somebody else between the read and the last step
/// was overwritten: the issue is moved back to where they had put it if one transition leads there, and the result says
/// so. Its register stays as it was, so that the next run finds that both sides changed the state.</item>
/// <item>What is in common afterwards is written for many issues at once.</item>
/// </list>
/// </summary>
/// <param name="store">The issues.</param>
/// <param name="log">Takes note of every change.</param>
internal sealed class IssueWalker(IIssueStore store, IssueLog log)
{
    private const int HistoriesPerRequest = 1000;

    private static readonly IssueDetail Detail = new() { Fields = ["updated"] };

    private readonly TransitionGraph _graph = new();
    private readonly ConcurrentDictionary<long, IReadOnlyList<IssueTransition>> _walked = [];
    private readonly ConcurrentDictionary<long, IssueRegister> _registers = [];

    /// <summary>See <see cref="IssueUpdater.Registers"/>: a way that was begun is continued by the next run.</summary>
    public IReadOnlyDictionary<long, IssueRegister> Registers => _registers;

    /// <summary>Walks.</summary>
    /// <param name="walks">The ways to go, one an issue.</param>
    /// <param name="scope">The issues of the run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>What became of each, in the same order.</returns>
    public async Task<IReadOnlyList<IssueResult>> ApplyAsync(
        IReadOnlyList<IssueWalk> walks, IReadOnlyCollection<Replica> scope, CancellationToken cancellationToken)
    {
        var now = await ReadAsync(walks.Select(walk => walk.Before.IssueId), cancellationToken).ConfigureAwait(false);
        var ready = walks
            .Where(walk =>
                now.TryGetValue(walk.Before.IssueId, out var issue) && issue.Status.Id == walk.Before.Status.Id)
            .ToList();
        await LearnAsync(ready, scope, cancellationToken).ConfigureAwait(false);
        var results = new ConcurrentDictionary<long, IssueResult>();
        foreach (var walk in walks.Except(ready))
        {
            results[walk.Before.IssueId] = Of(walk).Skipped(
                Reasons.Changed,
                now.ContainsKey(walk.Before.IssueId)
                    ? $"Somebody moved {walk.Before.Key} while the run was under way; the next run looks at it again."
                    : $"{walk.Before.Key} does not exist any more, or this account may not see it.");
        }

        await SideBySide
            .ForEachAsync(
                ready,
                store.ThrottleLimit,
                async (walk, cancellationToken) => results[walk.Before.IssueId] =
                    await WalkAsync(walk, now[walk.Before.IssueId], cancellationToken).ConfigureAwait(false),
                cancellationToken)
            .ConfigureAwait(false);
        var moved = ready.Where(walk => _walked.ContainsKey(walk.Before.IssueId)).ToList();
        foreach (var part in moved.Chunk(HistoriesPerRequest))
        {
            foreach (var result in await VerifyAsync(part, now, cancellationToken).ConfigureAwait(false))
            {
                results[result.IssueId!.Value] = result;
            }
        }

        var arrived = ready
            .Where(walk => results[walk.Before.IssueId] is { IsApplied: true } or { Reason: Reasons.Overwritten })
            .ToDictionary(
                walk => walk.Before.IssueId,
                walk => results[walk.Before.IssueId].IsApplied ? walk.Register
                    // The next run looks whether the step back took another move away.
                    : (walk.Under with { Walk = null }).Awaiting(
                        IssueClock.LastSeen(now[walk.Before.IssueId].Updated, walk.KnownEdits), walk.Pending));
        if (arrived.Count > 0)
        {
            // An issue whose property could not be written has the status, and with it nothing is left to do.
            await store.TryWritePropertiesAsync(
                arrived.ToDictionary(one => one.Key, one => one.Value.ToJson()), cancellationToken).ConfigureAwait(false);
            foreach (var (id, register) in arrived)
            {
                _registers[id] = register;
            }
        }

        return walks.Select(walk => results[walk.Before.IssueId]).ToList();
    }

    /// <summary>The ways that lead nowhere, or over a screen that demands what nobody gives. Nothing is written.</summary>
    /// <param name="walks">The ways to go, one an issue.</param>
    /// <param name="scope">The issues of the run.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<(IssueWalk Walk, IssueResult Result)>> FindObstaclesAsync(
        IReadOnlyList<IssueWalk> walks, IReadOnlyCollection<Replica> scope, CancellationToken cancellationToken)
    {
        await LearnAsync(walks, scope, cancellationToken).ConfigureAwait(false);
        return walks.Select(walk => (walk, Obstacle(walk, Find(walk))))
            .Where(one => one.Item2 is not null)
            .Select(one => (one.walk, one.Item2!))
            .ToList();
    }

    private static IssueResult? Obstacle(IssueWalk walk, TransitionPath path) => path.Reason is not { } reason ? null
        : Of(walk).Skipped(reason, reason == Reasons.NeedsScreen
            ? NeedsScreen(walk, path.Fields)
            : $"No transition leads from '{walk.Before.Status}' to '{walk.Target}', as far as this account sees.");

    private static IssueResult Of(IssueWalk walk) => IssueResult.Of(walk.Before, walk.WorkItemId, ["status"]);

    private static string ProjectOf(Replica issue) => issue.Key[..issue.Key.LastIndexOf('-')];

    private TransitionPath Find(IssueWalk walk) => _graph.FindPath(
        ProjectOf(walk.Before), walk.Before.Type.Id, walk.Before.Status.Id, walk.Target.Id,
        walk.ScreenFields.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase));

    private async Task<IssueResult> WalkAsync(IssueWalk walk, Replica read, CancellationToken cancellationToken)
    {
        var path = Find(walk);
        if (Obstacle(walk, path) is { } obstacle)
        {
            return obstacle;
        }

        // Where no further step is made, the status here is a step of the way as before, and nobody's decision.
        var steps = path.Steps.Select(step => step.To.Id);
        var mark = new IssueWalkMark(
            walk.Continued?.From ?? walk.Before.Status.Id,
            walk.Target.Id,
            [.. walk.Continued is null ? steps : steps.Prepend(walk.Before.Status.Id)])
        {
            Since = IssueClock.LastSeen(read.Updated, walk.KnownEdits),
        };
        var register = (walk.Under with { Walk = mark }).Awaiting(mark.Since, walk.Pending);
        var property = register.ToJson();
        if (path.Steps.Count > 1)
        {
            var write = new IssueWrite { Issue = walk.Before.Reference, Property = property };
            var error = await store.UpdateAsync(write, notify: false, cancellationToken).ConfigureAwait(false);
            if (error is null or { MayBeDone: true })
            {
                _registers[walk.Before.IssueId] = register;
            }

            if (error is not null)
            {
                return Of(walk).Failed(error);
            }
        }

        // A single step writes it itself.
        property = path.Steps.Count > 1 ? null : property;
        var from = walk.Before.Status;
        foreach (var step in path.Steps)
        {
            var error = await StepAsync(walk, step, from, property, cancellationToken).ConfigureAwait(false);
            if (error is null or { MayBeDone: true })
            {
                _registers[walk.Before.IssueId] = register;
            }

            if (error is not null)
            {
                return error is { IsRefusal: true, Fields.Count: > 0 } && step.HasScreen
                    ? Of(walk).Skipped(Reasons.NeedsScreen, $"{NeedsScreen(walk, error.Fields)} {error.Message}")
                    : Of(walk).Failed(error);
            }

            from = step.To;
            _walked.AddOrUpdate(walk.Before.IssueId, _ => [step], (_, steps) => [.. steps, step]);
        }

        return Of(walk) with { IsApplied = true };
    }

    private static string NeedsScreen(IssueWalk walk, IEnumerable<string> fields) =>
        $"The way to '{walk.Target}' leads over a screen that demands {string.Join(", ", fields)}; -TransitionField gives values.";

    private async Task<ServiceError?> StepAsync(
        IssueWalk walk, IssueTransition step, IssueStatus from, string? property, CancellationToken cancellationToken)
    {
        // Jira leaves the resolution out of what it says of some screens that take it.
        var fields = walk.ScreenFields
            .Where(field => step.HasScreen
                && (IsResolution(field.Key)
                    || step.Fields.Any(one => one.Id.Equals(field.Key, StringComparison.OrdinalIgnoreCase))))
            .ToDictionary();
        var error = await StepAsync(walk, step, from, (property, fields), cancellationToken).ConfigureAwait(false);
        return error is { IsRefusal: true } && error.Fields.Any(IsResolution) && fields.Keys.Any(IsResolution)
            && !step.Fields.Any(one => IsResolution(one.Id))
            ? await StepAsync(
                    walk,
                    step,
                    from,
                    (property, fields.Where(field => !IsResolution(field.Key)).ToDictionary()),
                    cancellationToken)
                .ConfigureAwait(false)
            : error;
    }

    private static bool IsResolution(string field) => field.Equals("resolution", StringComparison.OrdinalIgnoreCase);

    private async Task<ServiceError?> StepAsync(
        IssueWalk walk,
        IssueTransition step,
        IssueStatus from,
        (string? Property, Dictionary<string, object?> Fields) values,
        CancellationToken cancellationToken)
    {
        var note = log.Moving(walk.Before, walk.WorkItemId, from, step.To, walk.Register.ToJson());
        var error = await store
            .TransitionAsync(walk.Before.IssueId, step.Id, values.Fields, values.Property, cancellationToken)
            .ConfigureAwait(false);
        if (error is { MayBeDone: true }
            && (await ReadAsync([walk.Before.IssueId], cancellationToken).ConfigureAwait(false))
                .GetValueOrDefault(walk.Before.IssueId)?.Status.Id == step.To.Id)
        {
            error = null;
        }

        log.Ended(note, error);
        return error;
    }

    /// <summary>Looks in the histories for moves of others that fell between the read and the last step.</summary>
    private async Task<List<IssueResult>> VerifyAsync(
        IssueWalk[] walks, Dictionary<long, Replica> read, CancellationToken cancellationToken)
    {
        var histories = (
            await store
                .ReadChangesAsync(walks.Select(walk => walk.Before.IssueId).ToList(), cancellationToken)
                .ConfigureAwait(false))
            .Where(change => change.Field == "status")
            .ToLookup(change => change.IssueId);
        var results = new List<IssueResult>();
        foreach (var walk in walks)
        {
            var id = walk.Before.IssueId;
            var moves = IssueClock.Unseen(histories[id], walk.KnownEdits, read[id].Updated);
            // A move that led to where the way began was there when the issue was read, whatever its time.
            var steps = moves.SkipWhile(move => !IsOurs(move)).ToList();
            var since = moves.Take(moves.Count - steps.Count).Reverse().TakeWhile(move => move.To != read[id].Status.Id).Reverse();
            if (FindOverwritten([.. since, .. steps]) is { } lost)
            {
                results.Add(await PutBackAsync(walk, lost, cancellationToken).ConfigureAwait(false));
            }
        }

        return results;
    }

    /// <summary>The last move of somebody else that one of our steps came after; null where there is none.</summary>
    private IssueFieldChange? FindOverwritten(List<IssueFieldChange> moves)
    {
        return moves.Take(moves.FindLastIndex(IsOurs) + 1).LastOrDefault(move => !IsOurs(move));
    }

    private bool IsOurs(IssueFieldChange move) => move.Author?.AccountId == store.Account.AccountId;

    private async Task<IssueResult> PutBackAsync(
        IssueWalk walk,
        IssueFieldChange lost,
        CancellationToken cancellationToken)
    {
        var (issue, steps) = (walk.Before, _walked[walk.Before.IssueId]);
        var here = steps[^1].To;
        await AskAsync([issue with { Status = here }], cancellationToken).ConfigureAwait(false);
        var back = _graph.FindPath(
            ProjectOf(issue),
            issue.Type.Id,
            here.Id,
            lost.To ?? string.Empty,
            walk.ScreenFields.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase));
        var isBack =
            back is { Reason: null, Steps.Count: 1 }
            && await StepAsync(walk, back.Steps[0], here, property: null, cancellationToken).ConfigureAwait(false)
                is null;
        var what = string.Create(
            CultureInfo.InvariantCulture,
            $"'{lost.ToText}' by {lost.Author?.ToString() ?? "somebody"} at {lost.When:u}");
        return Of(walk)
            .Skipped(
                Reasons.Overwritten,
                isBack
                    ? $"Somebody moved {issue.Key} in the moment before it was moved, and it went back to where they had put it: {what}."
                    : $"Somebody moved {issue.Key} in the moment before it was moved to '{here}', and their move was overwritten: {what}.");
    }

    /// <summary>Asks what can be done, as far as some way is not known.</summary>
    private async Task LearnAsync(
        IReadOnlyCollection<IssueWalk> walks, IReadOnlyCollection<Replica> scope, CancellationToken cancellationToken)
    {
        await AskAsync(walks.Select(walk => walk.Before), cancellationToken).ConfigureAwait(false);
        var open = walks.Where(walk => Find(walk).Reason is not null)
            .Select(walk => (ProjectOf(walk.Before), walk.Before.Type.Id))
            .ToHashSet();
        if (open.Count > 0)
        {
            await AskAsync(
                scope.Where(issue => open.Contains((ProjectOf(issue), issue.Type.Id))), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Asks for the transitions of one issue of each project, type and status that is not known yet.</summary>
    private async Task AskAsync(IEnumerable<Replica> issues, CancellationToken cancellationToken)
    {
        var open = issues
            .Where(issue => !_graph.Knows(ProjectOf(issue), issue.Type.Id, issue.Status.Id))
            .DistinctBy(issue => (ProjectOf(issue), issue.Type.Id, issue.Status.Id))
            .ToList();
        var asked = await Task.WhenAll(open.Select(issue => store.ReadTransitionsAsync(issue.IssueId, cancellationToken)))
            .ConfigureAwait(false);
        foreach (var (issue, transitions) in open.Zip(asked))
        {
            _graph.Learn(ProjectOf(issue), issue.Type.Id, issue.Status.Id, transitions);
        }
    }

    private async Task<Dictionary<long, Replica>> ReadAsync(
        IEnumerable<long> issueIds, CancellationToken cancellationToken)
    {
        var now = new Dictionary<long, Replica>();
        var ids = issueIds.Select(id => id.ToString(CultureInfo.InvariantCulture));
        await foreach (var issue in store.ReadAsync(ids, Detail, cancellationToken).ConfigureAwait(false))
        {
            now[issue.IssueId] = issue;
        }

        return now;
    }
}
