using JiraAdoSync.Syncing;

namespace JiraAdoSync.Watching;

/// <summary>A service's feed of changes.</summary>
public interface IChangeFeed
{
    /// <summary>Reads what changed since the last call; the first call reads since the feed was made.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="ServiceException">The service can't be read; the next call reads the same again.</exception>
    Task<FeedNews> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>What a feed shows.</summary>
/// <param name="Hints">What changed.</param>
/// <param name="Echoes">What changed and was most likely written by a run of ours.</param>
public sealed record FeedNews(IReadOnlyCollection<Hint> Hints, IReadOnlyCollection<Hint> Echoes);

/// <summary>Both sites, as a watcher needs them.</summary>
/// <param name="Feeds">Their feeds.</param>
/// <param name="Runs">The runs between them.</param>
public sealed record WatchedSites(IReadOnlyList<IChangeFeed> Feeds, IWatchedRuns Runs);

/// <summary>The runs that a watcher starts.</summary>
public interface IWatchedRuns
{
    /// <summary>Synchronises everything that the profile selects.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SyncException">The run could not do its work.</exception>
    /// <exception cref="ServiceException">A service could not be reached.</exception>
    Task<SyncSummary> SyncAllAsync(CancellationToken cancellationToken);

    /// <summary>Synchronises what hints are about, as far as the profile selects it.</summary>
    /// <param name="hints">The hints.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The summaries, and the hints whose issue was not found.</returns>
    /// <exception cref="SyncException">The run could not do its work.</exception>
    /// <exception cref="ServiceException">A service could not be reached.</exception>
    Task<HintedRun> SyncAsync(IReadOnlyCollection<Hint> hints, CancellationToken cancellationToken);
}

/// <summary>What a run of hints came to.</summary>
/// <param name="Summaries">The summaries; none where nothing of what the hints are about is selected.</param>
/// <param name="NotFound">The hints whose issue is not selected, or not yet in the index.</param>
public sealed record HintedRun(IReadOnlyList<SyncSummary> Summaries, IReadOnlyCollection<Hint> NotFound)
{
    /// <summary>The keys of the issues that the runs were about.</summary>
    public IReadOnlyCollection<string> Keys { get; init; } = [];

    /// <summary>Whether a run left nothing undone.</summary>
    /// <param name="summary">The run.</param>
    public static bool IsDone(SyncSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary.Outcome is not (SyncOutcome.Partial or SyncOutcome.Failed);
    }
}
