using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.Ports;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>
/// Work items that people deleted. What is in the recycle bin shows no mark, and an issue that no run wrote says nothing
/// of a work item: one of the same type and title that a person deleted after the issue was created counts as its own.
/// The title may be one that the issue had before. What a run moved to the recycle bin, such as a twin or what an undo
/// took back, is no person's decision.
/// </summary>
/// <param name="deleted">What is in the recycle bin.</param>
/// <param name="accounts">The accounts that runs are connected with.</param>
internal sealed class DeletedByPeople(IEnumerable<DeletedWorkItem> deleted, OwnAccounts accounts)
{
    /// <summary>In which time zone the service writes the time of a deletion is not said.</summary>
    private static readonly TimeSpan Zones = TimeSpan.FromHours(14);

    private readonly ILookup<string, DeletedWorkItem> _byType = deleted
        .Where(item => !accounts.AreNamed(item.By))
        .ToLookup(item => item.Type, StringComparer.OrdinalIgnoreCase);

    private ILookup<long, string> _formerTitles = Enumerable.Empty<string>().ToLookup(_ => 0L);

    /// <summary>Reads which titles issues had before, of those that may have had a deleted work item.</summary>
    /// <param name="creations">The creations.</param>
    /// <param name="histories">The histories of issues.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task ReadFormerTitlesAsync(
        IEnumerable<WorkItemChange> creations, IHistorySource histories, CancellationToken cancellationToken)
    {
        var open = creations
            .Where(one => one.Action == ChangeAction.Create && Candidates(one).Any() && Find(one) is null)
            .DistinctBy(one => one.IssueId)
            .ToDictionary(one => one.IssueId);
        if (open.Count > 0)
        {
            var edits = await histories.ReadChangesAsync(open.Keys, cancellationToken).ConfigureAwait(false);
            _formerTitles = edits
                .Where(edit => edit.Field.Equals("summary", StringComparison.OrdinalIgnoreCase))
                .ToLookup(edit => edit.IssueId, edit => WorkItemMapper.TitleOf(open[edit.IssueId].Replica, edit.FromText));
        }
    }

    /// <summary>The deleted work item of an issue that is to get one; null where nobody deleted one.</summary>
    /// <param name="creation">The creation.</param>
    public DeletedWorkItem? Find(WorkItemChange creation)
    {
        var title = creation.Fields.GetValueOrDefault(WorkItemField.Title.ReferenceName) as string ?? creation.Summary;
        var titles = _formerTitles[creation.IssueId].Prepend(title).ToHashSet(StringComparer.Ordinal);
        return Candidates(creation).FirstOrDefault(item => titles.Contains(item.Title));
    }

    /// <summary>What of the same type was deleted since the issue was created.</summary>
    private IEnumerable<DeletedWorkItem> Candidates(WorkItemChange creation)
    {
        var created = creation.Replica.Fields.GetValueOrDefault("created") is string text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : DateTimeOffset.MinValue;
        return _byType[creation.WorkItemType ?? string.Empty]
            .Where(item => item.When is not { } when || when + Zones >= created);
    }
}
