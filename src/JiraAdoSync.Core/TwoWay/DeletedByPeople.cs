using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Planning.WorkItems;

namespace JiraAdoSync.TwoWay;

/// <summary>
/// Work items that people deleted. What is in the recycle bin shows no mark, and an issue that no run wrote says nothing
/// of a work item: one of the same type and title that a person deleted after the issue was created counts as its own.
/// What a run moved to the recycle bin, such as a twin or what an undo took back, is no person's decision.
/// </summary>
/// <param name="deleted">What is in the recycle bin.</param>
/// <param name="accounts">The accounts that runs are connected with.</param>
internal sealed class DeletedByPeople(IEnumerable<DeletedWorkItem> deleted, OwnAccounts accounts)
{
    /// <summary>In which time zone the service writes the time of a deletion is not said.</summary>
    private static readonly TimeSpan Zones = TimeSpan.FromHours(14);

    private readonly ILookup<(string Type, string Title), DeletedWorkItem> _items = deleted
        .Where(item => !accounts.AreNamed(item.By))
        .ToLookup(item => (item.Type.ToUpperInvariant(), item.Title));

    /// <summary>The deleted work item of an issue that is to get one; null where nobody deleted one.</summary>
    /// <param name="creation">The creation.</param>
    public DeletedWorkItem? Find(WorkItemChange creation)
    {
        var created = creation.Replica.Fields.GetValueOrDefault("created") is string text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : DateTimeOffset.MinValue;
        var title = creation.Fields.GetValueOrDefault(WorkItemField.Title.ReferenceName) as string ?? creation.Summary;
        return _items[((creation.WorkItemType ?? string.Empty).ToUpperInvariant(), title)]
            .FirstOrDefault(item => item.When is not { } when || when + Zones >= created);
    }
}
