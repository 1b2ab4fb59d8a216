using System.Text.Json.Serialization;

namespace JiraAdoSync.Journal;

/// <summary>A run that left a record.</summary>
public sealed record Run
{
    /// <summary>The run's id: when it started, and some digits that make it unique.</summary>
    public required string RunId { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The cmdlet.</summary>
    public required string Command { get; init; }

    /// <summary>The Jira site.</summary>
    public required string Site { get; init; }

    /// <summary>The organisation's address.</summary>
    public required string Organization { get; init; }

    /// <summary>The project's name.</summary>
    public required string Project { get; init; }

    /// <summary>Whether it may have written to Jira, too: its record has another format then.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WritesJira { get; init; }

    /// <summary>The run that this one took back; null where it is no undo.</summary>
    public string? Undoes { get; init; }

    /// <summary>The name of the profile's file; null where the run had none.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The text of the profile as the run read it; null where it had none.</summary>
    public string? Profile { get; init; }

    /// <summary>The SHA-256 of that text in UTF-8, in hexadecimal digits; null where the run had no profile.</summary>
    public string? ProfileHash { get; init; }

    /// <summary>When it ended; null where it did not come to its end.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>How it ended, as the summary says; null where it was interrupted.</summary>
    public string? Outcome { get; init; }

    /// <summary>How many changes it made, and may have made.</summary>
    public int Changes { get; init; }

    /// <summary>Of how many of them nobody knows whether they were made; an undo finds out.</summary>
    public int Unsure { get; init; }

    /// <summary>The file; null before it is read.</summary>
    public string? Path { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{RunId} {Command}: {Outcome ?? "not ended"}, {Changes} changes";
}
