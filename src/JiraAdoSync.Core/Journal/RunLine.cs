using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraAdoSync.Journal;

/// <summary>
/// The lines of a run's record: JSON, the first about the run, then one a batch before it is sent and one a change
/// after it was made, and one about the end where the run came to it. They are written as UTF-8.
/// </summary>
public static class RunLine
{
    private const string Format = "JiraAdoSync run 1";

    /// <summary>
    /// The format of a run that may write to Jira. A version that does not know of such changes finds no record in it,
    /// rather than half of one.
    /// </summary>
    private const string FormatOfBothSides = "JiraAdoSync run 2";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(), new FieldsConverter() },
    };

    /// <summary>The first line.</summary>
    /// <param name="run">The run.</param>
    public static byte[] Of(Run run) =>
        RunLineWriter.Write(writer =>
        {
            writer.Text("format", run.WritesJira ? FormatOfBothSides : Format);
            writer.Run("run", run);
        });

    /// <summary>The line of a change.</summary>
    /// <param name="change">The change.</param>
    public static byte[] Of(RunChange change) => RunLineWriter.Write(writer => writer.Change("change", change));

    /// <summary>The line of a batch that is about to be sent.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="changes">What it is to do.</param>
    public static byte[] OfBatch(int batch, IEnumerable<RunChange> changes) =>
        RunLineWriter.Write(writer =>
        {
            writer.Number("batch", batch);
            writer.Changes("sending", changes);
        });

    /// <summary>The line of what was refused of a batch.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="indexes">The indexes of what was refused.</param>
    public static byte[] OfRefusal(int batch, IReadOnlyCollection<int> indexes) =>
        RunLineWriter.Write(writer =>
        {
            writer.Number("batch", batch);
            writer.Numbers("refused", indexes);
        });

    /// <summary>The last line.</summary>
    /// <param name="ended">When the run ended.</param>
    /// <param name="outcome">How it ended.</param>
    public static byte[] OfEnd(DateTimeOffset ended, string outcome) =>
        RunLineWriter.Write(writer =>
        {
            writer.Time("ended", ended);
            writer.Text("outcome", outcome);
        });

    /// <summary>
    /// Reads a record. A line that was not written to its end, as by a run that was killed, is left out.
    /// </summary>
    /// <param name="lines">The lines.</param>
    /// <returns>
    /// The run with its changes, in their order; those that were sent and never confirmed are unsure. Null where the
    /// lines are no record.
    /// </returns>
    public static (Run Run, IReadOnlyList<RunChange> Changes)? Read(IEnumerable<string> lines)
    {
        Run? run = null;
        var changes = new RecordedChanges();
        foreach (var text in lines)
        {
            if (Parse(text) is not { } line)
            {
                continue;
            }

            run = line.Format is Format or FormatOfBothSides ? line.Run : run;
            if (line.Change is { } change)
            {
                changes.Confirm(change);
            }

            if (line is { Batch: { } batch, Sending: { } sending })
            {
                changes.Send(batch, sending);
            }

            if (line is { Batch: { } sent, Refused: { } refused })
            {
                changes.Refuse(sent, refused);
            }

            if (line.Ended is not null && run is not null)
            {
                run = run with { Ended = line.Ended, Outcome = line.Outcome };
            }
        }

        var all = changes.All;
        return run is null
            ? null
            : (run with { Changes = all.Count, Unsure = all.Count(change => change.IsUnsure) }, all);
    }

    private static Line? Parse(string text)
    {
        try
        {
            var line = JsonSerializer.Deserialize<Line>(text, Json);
            var changes = (line?.Sending ?? []).Append(line?.Change).OfType<RunChange>().ToList();
            var isWhole = line?.Sending?.Contains(null!) != true && changes.TrueForAll(IsWhole);
            return isWhole ? line : null;
        }
        catch (Exception unreadable) when (
            unreadable is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }

        static bool IsWhole(RunChange change) =>
            change.Removed.Concat(change.Added).All(relation => relation is { ReferenceName: not null, Url: not null })
            && change.Comments.All(comment => comment is { Before: not null } or { After: not null })
            && (change.Action switch
            {
                RunAction.CreatePath => change.After.Values.FirstOrDefault(),
                RunAction.RemovePath => change.Before.Values.FirstOrDefault(),
                _ => string.Empty,
            }) is string;
    }

    private sealed record Line
    {
        public string? Format { get; init; }

        public Run? Run { get; init; }

        public RunChange? Change { get; init; }

        public int? Batch { get; init; }

        public IReadOnlyList<RunChange>? Sending { get; init; }

        public IReadOnlyCollection<int>? Refused { get; init; }

        public DateTimeOffset? Ended { get; init; }

        public string? Outcome { get; init; }
    }

    /// <summary>Values of fields keep their type: a date is an object of its own, which no field's value is.</summary>
    private sealed class FieldsConverter : JsonConverter<IReadOnlyDictionary<string, object?>>
    {
        public override IReadOnlyDictionary<string, object?> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var fields = new Dictionary<string, object?>();
            foreach (var field in document.RootElement.EnumerateObject())
            {
                fields[field.Name] = Read(field.Value);
            }

            return fields;
        }

        public override void Write(
            Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Lines are written by RunLineWriter.");

        private static object? Read(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Object when value.TryGetProperty(RunLineWriter.Date, out var date) => date.GetDateTimeOffset(),
            JsonValueKind.Null => null,
            _ => throw new JsonException("A field has no such value."),
        };
    }
}
