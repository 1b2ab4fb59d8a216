using JiraAdoSync.Mapping.Fields;

namespace JiraAdoSync.Watching;

/// <summary>What a watcher is doing. It has 64 bits: of such, ConvertTo-Json writes the name.</summary>
public enum WatchState : long
{
    /// <summary>Waiting for a change.</summary>
    Waiting = 1,

    /// <summary>Synchronising everything.</summary>
    FullRun,

    /// <summary>Synchronising what hints are about.</summary>
    Syncing,

    /// <summary>Waiting after a failure.</summary>
    BackingOff,

    /// <summary>Nothing was heard of the watcher for some time: its process ended without a word.</summary>
    Lost,
}

/// <summary>A watcher as it is at one moment.</summary>
public sealed record WatchStatus
{
    /// <summary>What the watcher is doing.</summary>
    public required WatchState State { get; init; }

    /// <summary>The profile's path.</summary>
    public required string Profile { get; init; }

    /// <summary>The Jira site.</summary>
    public required string JiraSite { get; init; }

    /// <summary>The organisation and the project.</summary>
    public required string AdoProject { get; init; }

    /// <summary>Which way values go.</summary>
    public FieldDirection Direction { get; init; } = FieldDirection.JiraToAdo;

    /// <summary>The id of the process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>When the watcher started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When this was true.</summary>
    public required DateTimeOffset Updated { get; init; }

    /// <summary>How many hints wait.</summary>
    public int Depth { get; init; }

    /// <summary>When the hint arrived that has waited longest.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>How many hints the current run is about.</summary>
    public int Running { get; init; }

    /// <summary>How many runs of hints ended.</summary>
    public long Runs { get; init; }

    /// <summary>How many full runs ended.</summary>
    public long FullRuns { get; init; }

    /// <summary>When the last run ended.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>How the last run ended.</summary>
    public string? LastOutcome { get; init; }

    /// <summary>The last failure.</summary>
    public string? LastError { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset? LastErrorAt { get; init; }

    /// <summary>How many failures there were in a row; 0 after a success.</summary>
    public int Failures { get; init; }

    /// <summary>
    /// The keys of issues with a field that is held because both sides changed it: what the last run about each said.
    /// </summary>
    public IReadOnlyList<string> ConflictKeys { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <summary>How many of these issues there are.</summary>
    public int Conflicts => ConflictKeys.Count;

    /// <summary>When the feeds are read next.</summary>
    public DateTimeOffset? NextPoll { get; init; }

    /// <summary>When the next full run starts.</summary>
    public DateTimeOffset? NextFullRun { get; init; }

    /// <summary>How many requests both services got from runs.</summary>
    public long Requests { get; init; }

    /// <summary>How many hooks were accepted.</summary>
    public long HooksAccepted { get; init; }

    /// <summary>How many hooks were refused, by reason.</summary>
    public IReadOnlyDictionary<string, long> HooksRefused
    {
        get;
        init => field = Listing.Of(value);
    } = new Table<long>();

    /// <inheritdoc/>
    public override string ToString() => $"{JiraSite} {Arrow} {AdoProject}: {State}";

    private string Arrow => Direction switch
    {
        FieldDirection.Both => "<->",
        FieldDirection.AdoToJira => "<-",
        _ => "->",
    };
}
