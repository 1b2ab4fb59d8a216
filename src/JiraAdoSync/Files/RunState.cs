using System.Text.Json;

namespace JiraAdoSync.Files;

/// <summary>
/// What a run leaves for the next one: since when issues have to be looked at. It only saves work. Where it is lost, or
/// was left by another selection or mapping, everything is read, so that it can never hide a change.
/// </summary>
internal sealed record RunState
{
    private const string Current = "JiraAdoSync state 1";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Format { get; init; } = Current;

    /// <summary>When the last run that did all that it should began to read.</summary>
    public required DateTimeOffset Mark { get; init; }

    /// <summary>The digest of the sites, the selection and the mappings of that run.</summary>
    public required string Sync { get; init; }

    /// <summary>The mark of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sync">The digest of the run that begins.</param>
    /// <param name="now">The time: what is to come has not been looked at, whatever a state says.</param>
    /// <param name="why">Why there is none, as the end of a sentence.</param>
    /// <returns>The mark; null where everything is to be read.</returns>
    public static DateTimeOffset? Read(string path, string sync, DateTimeOffset now, out string why)
    {
        why = "there is no state of an earlier run";
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<RunState>(TextFile.Read(path, "StateFileUnreadable"), Json);
            why = state is not { Format: Current }
                ? "the state file is none of this version"
                : !IsPossible(state, now)
                    ? "the state file names no time at which a run can have begun"
                : "the selection or a mapping is another than in the run that left the state";
            return state is { Format: Current } && IsPossible(state, now) && state.Sync == sync ? state.Mark : null;
        }
        catch (JsonException)
        {
            why = "the state file can't be read";
            return null;
        }
    }

    /// <summary>Writes the file whole, or leaves what was there.</summary>
    /// <exception cref="SyncException"><c>StateFileUnwritable</c>.</exception>
    public void Write(string path) => TextFile.Write(path, JsonSerializer.Serialize(this, Json), "StateFileUnwritable");

    private static bool IsPossible(RunState state, DateTimeOffset now) =>
        state.Mark > DateTimeOffset.UnixEpoch && state.Mark <= now;
}
