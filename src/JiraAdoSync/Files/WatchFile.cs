using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.Watching;

namespace JiraAdoSync.Files;

/// <summary>
/// The file in which a watcher says how it is, beside the records of runs, so that Get-JiraAdoWatch finds it without an
/// address.
/// </summary>
internal sealed class WatchFile : IDisposable
{
    /// <summary>How often the status is written at most.</summary>
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    /// <summary>How often it is written at least.</summary>
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(10);

    /// <summary>After what time without a word a watcher is lost.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Converters = { new JsonStringEnumConverter() },
    };

    private readonly string _path;
    private readonly Func<WatchStatus> _status;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private DateTimeOffset _written;
    private bool _isDisposed;

    /// <summary>Starts the file.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="status">The status.</param>
    /// <param name="time">The clock.</param>
    public WatchFile(string folder, Func<WatchStatus> status, TimeProvider time)
    {
        PrivateFile.CloseFolder(folder);
        foreach (var (path, old) in All(folder))
        {
            if (time.GetUtcNow() - old.Updated > Forgotten)
            {
                Delete(path);
            }
        }

        _path = Path.Combine(folder, string.Create(
            CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Guid.NewGuid():N}.json"));
        (_status, _time) = (status, time);
        Write();
        _timer = time.CreateTimer(_ => Write(), null, Seldom, Seldom);
    }

    /// <summary>Where the files are; null where the account has no such folder.</summary>
    public static string? DefaultFolder =>
        RunRecord.DefaultFolder is { } runs ? Path.Combine(Path.GetDirectoryName(runs)!, "watches") : null;

    /// <summary>The watchers of a folder, those that were lost too.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<WatchStatus> Read(string folder, DateTimeOffset now) => All(folder)
        .Select(one => now - one.Status.Updated > Silence ? one.Status with { State = WatchState.Lost } : one.Status)
        .OrderBy(status => status.Started);

    /// <summary>Writes the status, unless that was done a moment ago.</summary>
    public void Update()
    {
        if (_time.GetUtcNow() - _written >= Often)
        {
            Write();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            Delete(_path);
        }
    }

    private static IEnumerable<(string Path, WatchStatus Status)> All(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*.json"))
        {
            WatchStatus? status = null;
            try
            {
                status = JsonSerializer.Deserialize<WatchStatus>(File.ReadAllText(path), Json);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
            {
                // Its watcher just ended, or it is none of this version.
            }

            if (status is not null)
            {
                yield return (path, status);
            }
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is found to be lost.
        }
    }

    private void Write()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _written = _time.GetUtcNow();
            try
            {
                TextFile.Write(_path, JsonSerializer.Serialize(_status(), Json), "WatchFileUnwritable");
            }
            catch (SyncException)
            {
                // A disk that is full stops no sync.
            }
        }
    }
}
