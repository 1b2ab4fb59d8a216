using System.Runtime.CompilerServices;
using JiraAdoSync.Applying;
using JiraAdoSync.Applying.Contents;
using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.Syncing;

/// <summary>
/// The phase that writes comments, files, web links and links between texts, once all work items exist. Its results are
/// what failed or was refused, and the changes that have content only.
/// </summary>
public sealed class ContentPhase : RunPhase
{
    private readonly SyncContext _context;
    private readonly IReadOnlyList<WorkItemChange> _changes;

    internal ContentPhase(SyncContext context, IReadOnlyList<WorkItemChange> changes) =>
        (_context, _changes) = (context, changes);

    /// <inheritdoc/>
    internal override async IAsyncEnumerable<IRunResult> WriteAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_context.Contents is not { } contents || _changes.Count == 0)
        {
            yield break;
        }

        var unknown = _changes.Where(change => !_context.Known.Existing.ContainsKey(change.IssueId))
            .Select(change => change.Replica.Reference);
        await _context.Known.FindAsync(unknown, cancellationToken).ConfigureAwait(false);
        var ready = _changes.Where(change => _context.Known.Existing.ContainsKey(change.IssueId))
            .Select(change => (change, _context.Known.Existing[change.IssueId]));
        var pages = new ContentReader(contents, _context.Site, _context.Authorship)
            .PagesOf(_context.Known.Sought.Values, _context.Known.Existing);
        var applier = new ContentApplier(_context.Store, contents, _context.Site, _context.Sender, _context.Log)
        {
            Authorship = _context.Authorship,
        };
        var done = 0;
        var applied = applier.ApplyAsync(ready.ToList(), pages, cancellationToken);
        await foreach (var (change, errors, current) in applied.ConfigureAwait(false))
        {
            if (current is not null)
            {
                _context.Known.Set(change.Replica.Reference, current);
            }

            _context.Report(new SyncProgress("Writing comments and files", ++done, _changes.Count));
            if (change.IsContentOnly && current is not null)
            {
                yield return WorkItemResult.Of(change) with { IsApplied = true };
            }

            var result = WorkItemResult.Of(change) with
            {
                WorkItemId = _context.Known.Existing[change.IssueId].WorkItem.Id,
            };
            var refused = errors.Where(error => error.Kind == Failure.RedirectRefused).ToList();
            if (refused.Count > 0)
            {
                yield return result with
                {
                    Action = ChangeAction.Skip,
                    Reason = nameof(Failure.RedirectRefused),
                    Detail = string.Join(" ", refused.Select(error => error.Message)),
                    LeftOut = refused.ConvertAll(error => error.Message),
                };
            }

            foreach (var error in errors.Except(refused))
            {
                yield return result with
                {
                    Action = ChangeAction.Fail,
                    Reason = error.Kind.ToString(),
                    Detail = error.Message,
                    Error = error,
                };
            }
        }
    }
}
