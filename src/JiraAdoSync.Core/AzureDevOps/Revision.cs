namespace JiraAdoSync.AzureDevOps;

/// <summary>Who made a revision of a work item, and when.</summary>
/// <param name="WorkItemId">The work item.</param>
/// <param name="Rev">The revision, from 1.</param>
/// <param name="Date">
/// When the service took it: <c>System.AuthorizedDate</c>, which dates the hyperlinks that came with it.
/// </param>
/// <param name="By">Whom the service knew: <c>System.AuthorizedAs</c>, whatever <c>ChangedBy</c> says.</param>
public sealed record Revision(int WorkItemId, int Rev, DateTimeOffset? Date, Account? By);
