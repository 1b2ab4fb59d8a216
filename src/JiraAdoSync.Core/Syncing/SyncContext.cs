using JiraAdoSync.Applying.WorkItems;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Lookup;
using JiraAdoSync.Ports;
using JiraAdoSync.Writing;

namespace JiraAdoSync.Syncing;

/// <summary>What the phases of a run share: both services, and what is known of their items by now.</summary>
public sealed class SyncContext
{
    /// <summary>The project's work items.</summary>
    public required IWorkItemStore Store { get; init; }

    /// <summary>The issues.</summary>
    public required IIssueSource Source { get; init; }

    /// <summary>The issues' site.</summary>
    public required JiraSite Site { get; init; }

    /// <summary>What the session knows of which work item an issue has.</summary>
    public CorrelationCache Cache { get; init; } = new();

    /// <summary>Records every change that is made.</summary>
    public RunLog Log { get; init; } = RunLog.None;

    /// <summary>Takes a sentence for people; may be called from any thread.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Takes progress; may be called from any thread.</summary>
    public Action<SyncProgress> Report { get; init; } = _ => { };

    /// <summary>The clock that pauses are timed by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// The text field that holds the id of each work item's issue; null where the organisation has none.
    /// </summary>
    public string? CorrelationField { get; init; }

    /// <summary>Where texts, files and web links are read and written; null to leave them alone.</summary>
    public ContentPorts? Contents { get; init; }

    /// <summary>The unique names or ids of accounts that ran syncs before: their marks are ours, too.</summary>
    public IReadOnlyList<string> FormerAccounts { get; init; } = [];

    /// <summary>Sends writes of work items.</summary>
    internal BatchSender Sender => field ??= new(Store, Time, Log);

    /// <summary>Distinguishes our marks from those of others.</summary>
    internal Authorship Authorship => field ??= new(Store, new OwnAccounts(Store.Account, FormerAccounts), Site);

    /// <summary>The work items of the issues that were looked up.</summary>
    internal KnownWorkItems Known => field ??= new(
        Cache,
        new(Store, Site, Cache, new MarkLookUp(Store, Site, CorrelationField, Warn, Time), Authorship) { Warn = Warn });

    /// <summary>The ends of links outside the selection.</summary>
    internal OutsideEnds Outside => field ??= new(Store, Source, Site, Known, Authorship);

    /// <summary>Creates areas and iterations.</summary>
    internal PathMaker Paths => field ??= new(Store, Log);

    /// <summary>Moves twins to the recycle bin.</summary>
    internal TwinRecycler Twins => new(Store, Known.Correlator, Log);
}
