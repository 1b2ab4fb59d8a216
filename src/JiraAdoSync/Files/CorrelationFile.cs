using System.Text.Json;
using JiraAdoSync.Lookup;

namespace JiraAdoSync.Files;

/// <summary>Correlations as a file: JSON that names the site and the project that it is for.</summary>
internal sealed record CorrelationFile
{
    private const string Current = "JiraAdoSync correlations 1";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Format { get; init; } = Current;

    public required string Site { get; init; }

    public required string Organization { get; init; }

    public required string Project { get; init; }

    public required IReadOnlyList<Entry> Correlations { get; init; }

    /// <summary>Writes the file whole, or leaves what was there.</summary>
    /// <exception cref="SyncException"><c>CorrelationFileUnwritable</c>.</exception>
    public void Write(string path) =>
        TextFile.Write(path, JsonSerializer.Serialize(this, Json), "CorrelationFileUnwritable");

    /// <summary>Reads a file.</summary>
    /// <exception cref="SyncException">
    /// <c>CorrelationFileUnreadable</c>: no such file, or not in this format.
    /// </exception>
    public static CorrelationFile Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<CorrelationFile>(
                TextFile.Read(path, "CorrelationFileUnreadable"),
                Json);
            return file
                    is not {
                        Format: Current,
                        Site: not null,
                        Organization: not null,
                        Project: not null,
                        Correlations: not null
                    }
                    ? throw Unreadable(path, "it is no such file")
                : file.FindProblem() is { } problem ? throw Unreadable(path, problem)
                : file;
        }
        catch (JsonException failure)
        {
            throw Unreadable(path, Printable.Of(failure.Message));
        }
    }

    /// <summary>
    /// What no file has that was exported. A work item that belonged to two issues would get the content of both.
    /// </summary>
    private string? FindProblem()
    {
        var issues = new Dictionary<int, string>();
        foreach (var entry in Correlations)
        {
            if (entry is not { Key.Length: > 0, IssueId: > 0, WorkItemId: > 0 } || entry.Key.Any(char.IsControl))
            {
                return "an entry lacks a key, the id of an issue, or the id of a work item";
            }

            if (!issues.TryAdd(entry.WorkItemId, entry.Key))
            {
                return $"work item {entry.WorkItemId} belongs to {issues[entry.WorkItemId]} and to {entry.Key}";
            }
        }

        return null;
    }

    private static SyncException Unreadable(string path, string why) => new(
        "CorrelationFileUnreadable",
        $"'{path}' can't be read as correlations: {why}. Export-JiraAdoCorrelation writes such files.",
        path);

    /// <summary>One correlation in the file.</summary>
    internal sealed record Entry(string Key, long IssueId, int WorkItemId)
    {
        public static Entry Of(Correlation correlation) =>
            new(correlation.Key, correlation.IssueId, correlation.WorkItemId);

        public Correlation ToCorrelation() =>
            new() { Key = Key, IssueId = IssueId, WorkItemId = WorkItemId, IsAssigned = true };
    }
}
