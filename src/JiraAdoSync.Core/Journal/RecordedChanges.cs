namespace JiraAdoSync.Journal;

/// <summary>
/// The changes of a record as its lines report them. What was sent is unsure until a line reports that it was made or
/// refused:
/// <code>
/// batch 1: 7 gets the title B, 8 becomes Successor of 7       both are unsure
/// change: 7 got the title B                                   that is made; 8 is unsure still
/// refused of batch 1: the second                              nothing came of 8
/// </code>
/// </summary>
internal sealed class RecordedChanges
{
    private readonly List<RunChange?> _changes = [];
    private readonly Dictionary<int, int> _batches = [];
    private readonly Dictionary<string, List<int>> _unsure = [];

    /// <summary>The changes in their order, each at the index where it was first recorded.</summary>
    public IReadOnlyList<RunChange> All => _changes.OfType<RunChange>().ToList();

    /// <summary>Takes what was about to be sent.</summary>
    public void Send(int batch, IEnumerable<RunChange> changes)
    {
        _batches[batch] = _changes.Count;
        foreach (var change in changes)
        {
            Await(_changes.Count, change);
            _changes.Add(change with { IsUnsure = true });
        }
    }

    /// <summary>Takes the indexes of what was refused of a batch.</summary>
    public void Refuse(int batch, IEnumerable<int> indexes)
    {
        var first = _batches.GetValueOrDefault(batch, _changes.Count);
        foreach (var index in indexes.Select(index => first + index)
            .Where(index => index >= first && index < _changes.Count))
        {
            _changes[index] = null;
        }
    }

    /// <summary>Takes a change that was made, and settles what was unsure of it.</summary>
    public void Confirm(RunChange change)
    {
        foreach (var index in _unsure.GetValueOrDefault(NameOf(change), []).ToList())
        {
            if (_changes[index] is { IsUnsure: true } sent)
            {
                _changes[index] = Without(sent, change);
                if (sent.Action == RunAction.Create && _changes[index] is { } rest)
                {
                    // What is left are relations of an item that has its id by now.
                    Await(index, rest);
                }
            }
        }

        _changes.Add(change);
    }

    private void Await(int index, RunChange change)
    {
        var name = NameOf(change);
        if (!_unsure.TryGetValue(name, out var indexes))
        {
            _unsure.Add(name, indexes = []);
        }

        indexes.Add(index);
    }

    /// <summary>
    /// An item is known by its id; one that is to be created has none yet, but a mark that is drawn for it alone.
    /// </summary>
    private static string NameOf(RunChange change) =>
        change.Issue is { } issue ? $"Jira {issue.Number}"
        : change.InTree is var (field, path) ? $"{change.Action} {field} {path}"
        : change.Action == RunAction.Create ? RecordedRelations.MarkOf(change.Added)?.Comment ?? string.Empty
        : $"#{change.WorkItemId}";

    /// <summary>What is left of a change that was sent when a part of it is confirmed; null where nothing is.</summary>
    private static RunChange? Without(RunChange sent, RunChange made)
    {
        if (sent.Issue is not null)
        {
            return null;
        }

        if (sent.Path is not null || sent.Action is RunAction.Recycle or RunAction.Restore
            || made.Action is RunAction.Recycle or RunAction.Restore)
        {
            return sent.Action == made.Action ? null : sent;
        }

        var rest = sent with
        {
            Action = RunAction.Update,
            WorkItemId = made.WorkItemId,
            Before = sent.Before.Where(field => !made.After.ContainsKey(field.Key)).ToDictionary(),
            After = sent.After.Where(field => !made.After.ContainsKey(field.Key)).ToDictionary(),
            Removed = sent.Removed.Where(one => !made.Removed.Any(other => one.Identity == other.Identity)).ToList(),
            Added = sent.Added.Where(one => !made.Added.Any(other => RecordedRelations.IsAsSent(one, other))).ToList(),
            Comments = sent.Comments.Where(
                one => !made.Comments.Any(other => one.Id == other.Id && one.After == other.After)).ToList(),
        };
        return rest.After.Count + rest.Removed.Count + rest.Added.Count + rest.Comments.Count == 0 ? null : rest;
    }
}
