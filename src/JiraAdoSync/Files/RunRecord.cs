using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using JiraAdoSync.Journal;

namespace JiraAdoSync.Files;

/// <summary>
/// The record that a run leaves: a file of JSON lines, each written as its change happens, so that it is there whatever
/// becomes of the run. The file is made with the first line.
/// </summary>
internal sealed class RunRecord : IDisposable
{
    private const string Extension = ".jsonl";

    private static readonly byte[] NewLine = Encoding.UTF8.GetBytes(Environment.NewLine);

    private readonly object _gate = new();
    private readonly string? _folder;
    private readonly Run _run;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private FileStream? _file;
    private bool _isGivenUp;

    /// <param name="folder">The folder that the user gave; null for that of the user's records.</param>
    /// <param name="run">The run, without its id and start.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Takes a sentence for people.</param>
    public RunRecord(string? folder, Run run, TimeProvider time, Action<string> warn)
    {
        var started = time.GetUtcNow();
        var id = started.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture) + "-"
            + RandomNumberGenerator.GetHexString(6, lowercase: true);
        (_folder, _time, _warn, _run) = (folder, time, warn, run with { RunId = id, Started = started });
    }

    /// <summary>The run's id.</summary>
    public string RunId => _run.RunId;

    /// <summary>
    /// Where records are kept unless the user says otherwise; null where the user has no such folder.
    /// </summary>
    public static string? DefaultFolder
    {
        get
        {
            var data = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return data.Length == 0 ? null : Path.Combine(data, "JiraAdoSync", "runs");
        }
    }

    /// <summary>A run between two connections, without its id and start.</summary>
    /// <param name="command">The cmdlet's name.</param>
    /// <param name="jira">The site.</param>
    /// <param name="ado">The project.</param>
    public static Run Of(string command, JiraConnection jira, AdoConnection ado) => new()
    {
        RunId = string.Empty,
        Started = default,
        Command = command,
        Site = jira.Client.Site.BaseUrl,
        Organization = ado.OrganizationUri.AbsoluteUri.TrimEnd('/'),
        Project = ado.Project,
    };

    /// <summary>Makes the file, before anything is changed that it is to record.</summary>
    /// <exception cref="SyncException">
    /// <c>RunRecordUnwritable</c>: the folder that the user gave can't be written to.
    /// </exception>
    public void Open()
    {
        lock (_gate)
        {
            if (_file is not null || _isGivenUp)
            {
                return;
            }

            try
            {
                var folder = _folder ?? DefaultFolder
                    ?? throw new IOException("the account has no folder for application data");
                if (_folder is null)
                {
                    PrivateFile.CloseFolder(folder);
                }
                else
                {
                    PrivateFile.CreateFolder(folder);
                }

                _file = PrivateFile.Create(Path.Combine(folder, RunId + Extension));
                Append(_file, RunLine.Of(_run));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                if (_folder is not null)
                {
                    throw new SyncException(
                        "RunRecordUnwritable",
                        $"The run's record can't be written to '{_folder}', so nothing was changed: {failure.Message} "
                        + (_run.Undoes is null
                            ? "Give another -RunPath."
                            : "Copy the record to a folder that can be, and give that as -RunPath."),
                        _folder);
                }

                GiveUp(failure);
            }
        }
    }

    /// <summary>Writes a line; may be called from any thread.</summary>
    public void WriteLine(byte[] line)
    {
        Open();
        lock (_gate)
        {
            try
            {
                if (_file is not null)
                {
                    Append(_file, line);
                }
            }
            catch (IOException failure)
            {
                // What was done is done, and what is still to do matters more than the record of it.
                GiveUp(failure);
            }
        }
    }

    /// <summary>Writes the last line.</summary>
    public void End(string outcome) => WriteLine(RunLine.OfEnd(_time.GetUtcNow(), outcome));

    public void Dispose() => _file?.Dispose();

    /// <summary>The folder of a record; a folder is its own.</summary>
    public static string FolderOf(string path) =>
        path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(path)! : path;

    /// <summary>The records in a folder, the latest first, read as they are asked for.</summary>
    /// <param name="folder">The folder; null for that of the user's records.</param>
    /// <param name="report">Is called for each that can't be read; the rest is read.</param>
    public static IEnumerable<(Run Run, IReadOnlyList<RunChange> Changes)> ReadAll(
        string? folder, Action<SyncException> report)
    {
        folder ??= DefaultFolder;
        if (folder is null || !Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension).OrderDescending(StringComparer.Ordinal))
        {
            (Run, IReadOnlyList<RunChange>)? record = null;
            try
            {
                record = ReadFile(path);
            }
            catch (SyncException unreadable)
            {
                report(unreadable);
            }

            if (record is { } one)
            {
                yield return one;
            }
        }
    }

    /// <summary>
    /// Whether a run was between what the session is connected to; where it is not connected, every run is.
    /// </summary>
    public static bool IsOf(Run run, JiraConnection? jira, AdoConnection? ado) =>
        (jira is null || run.Site == jira.Site)
        && (ado is null
            || (run.Project.Equals(ado.Project, StringComparison.OrdinalIgnoreCase)
                && run.Organization.Equals(
                    ado.OrganizationUri.AbsoluteUri.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)));

    /// <summary>The record of one run.</summary>
    /// <exception cref="SyncException"><c>RunNotFound</c>.</exception>
    public static (Run Run, IReadOnlyList<RunChange> Changes) Read(string? folder, string runId)
    {
        folder ??= DefaultFolder ?? string.Empty;
        var isName = runId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
        var path = Path.Combine(folder, runId + Extension);
        return (isName && File.Exists(path) ? ReadFile(path) : null) ?? throw new SyncException(
            "RunNotFound",
            $"There is no record of a run '{runId}' in '{folder}'. Get-JiraAdoRun lists those that there are; -RunPath names another folder.",
            runId);
    }

    /// <summary>Deletes the record of a run that changed nothing; any other is left.</summary>
    public static void DeleteEmpty(string? folder, string runId)
    {
        try
        {
            if (Read(folder, runId) is ({ Path: { } path }, []))
            {
                File.Delete(path);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SyncException)
        {
            // It is in nobody's way.
        }
    }

    private static (Run Run, IReadOnlyList<RunChange> Changes)? ReadFile(string path)
    {
        try
        {
            // A run that is under way has its record open.
            using var reader = new StreamReader(
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return RunLine.Read(Lines(reader)) is var (run, changes) ? (run with { Path = path }, changes) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SyncException("RunRecordUnreadable", $"'{path}' can't be read: {failure.Message}", path);
        }
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>Writes a line; the system has it at once, and keeps it when the process is killed.</summary>
    private static void Append(FileStream file, byte[] line)
    {
        file.Write(line);
        file.Write(NewLine);
        file.Flush();
    }

    private void GiveUp(Exception failure)
    {
        _isGivenUp = true;
        _file = null;
        _warn($"The run's record can't be written, so this run can't be undone: {failure.Message} Give a folder with -RunPath.");
    }
}
