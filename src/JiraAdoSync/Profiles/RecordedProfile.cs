using JiraAdoSync.Journal;

namespace JiraAdoSync.Profiles;

/// <summary>The profile that a run used, as its record keeps it.</summary>
internal static class RecordedProfile
{
    /// <summary>The profile of a run.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="SyncException">
    /// <c>RunHasNoProfile</c>: the run used none, or was made before records kept them. <c>ProfileAltered</c>: the text
    /// is not the one that the run recorded.
    /// </exception>
    public static SyncProfile Of(Run run) => SyncProfile.Parse(TextOf(run), run.ProfileName ?? "profile.psd1");

    /// <summary>The text of a run's profile.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="SyncException"><c>RunHasNoProfile</c>, <c>ProfileAltered</c>.</exception>
    public static string TextOf(Run run)
    {
        var text = run.Profile ?? throw new SyncException(
            "RunHasNoProfile",
            $"The record of the run {run.RunId} has no profile: the run was made without -Profile, or before records kept them.",
            run.RunId);
        return SyncProfile.HashOf(text) == run.ProfileHash ? text : throw new SyncException(
            "ProfileAltered",
            $"The profile in the record of the run {run.RunId} is not the one that the run used: its hash is another. Somebody edited the "
            + "record.",
            run.RunId);
    }
}
