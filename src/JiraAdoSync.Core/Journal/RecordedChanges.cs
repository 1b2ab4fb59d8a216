namespace JiraAdoSync.Journal;

/// <summary>
/// The changes of a record as its lines tell them. What was sent is unsure until a line tells that it was made or
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

    /// <summary>The changes in their order, each at the place where it was first told.</summary>
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

    /// <summary>Takes the places of what was refused of a batch.</summary>
    public void Refuse(int batch, IEnumerable<int> places)
    {
        var first = _batches.GetValueOrDefault(batch, _changes.Count);
        foreach (var place in places.Select(place => first + place)
            .Where(place => place >= first && place < _changes.Count))
        {
            _changes[place] = null;
        }
    }

    /// <summary>Takes a change that was made, and with it away what was unsure of it.</summary>
    public void Tell(RunChange change)
    {
        foreach (var place in _unsure.GetValueOrDefault(NameOf(change), []).ToList())
        {
            if (_changes[place] is { IsUnsure: true } sent)
            {
                _changes[place] = Without(sent, change);
                if (sent.Action == RunAction.Create && _changes[place] is { } rest)
                {
                    // What is left are relations of an item that has its id by now.
                    Await(place, rest);
                }
            }
        }

        _changes.Add(change);
    }

    private void Await(int place, RunChange change)
    {
        var name = NameOf(change);
        if (!_unsure.TryGetValue(name, out var places))
        {
            _unsure.Add(name, places = []);
        }

        places.Add(place);
    }

    /// <summary>
    /// An item is known by its id; one that is to be created has none yet, but a mark that is drawn for it alone.
    /// </summary>
    private static string NameOf(RunChange change) =>
        change.Issue is { } issue ? $"Jira {issue.Number}"
        : change.InTree is var (field, path) ? $"{change.Action} {field} {path}"
        : change.Action == RunAction.Create ? RecordedRelations.MarkOf(change.Added)?.Comment ?? string.Empty
        : $"#{change.WorkItemId}";

    /// <summary>What is left of a change that was sent when a part of it is told; null where nothing is.</summary>
    private static RunChange? Without(RunChange sent, RunChange told)
    {
        if (sent.Issue is not null)
        {
            return null;
        }

        if (sent.Path is not null || sent.Action is RunAction.Recycle or RunAction.Restore
            || told.Action is RunAction.Recycle or RunAction.Restore)
        {
            return sent.Action == told.Action ? null : sent;
        }

        var rest = sent with
        {
            Action = RunAction.Update,
            WorkItemId = told.WorkItemId,
            Before = sent.Before.Where(field => !told.After.ContainsKey(field.Key)).ToDictionary(),
            After = sent.After.Where(field => !told.After.ContainsKey(field.Key)).ToDictionary(),
            Removed = sent.Removed.Where(one => !told.Removed.Any(other => one.Identity == other.Identity)).ToList(),
            Added = sent.Added.Where(one => !told.Added.Any(other => RecordedRelations.IsAsSent(one, other))).ToList(),
            Comments = sent.Comments.Where(
                one => !told.Comments.Any(other => one.Id == other.Id && one.After == other.After)).ToList(),
        };
        return rest.After.Count + rest.Removed.Count + rest.Added.Count + rest.Comments.Count == 0 ? null : rest;
    }
}
