using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JiraAdoSync.Journal;

/// <summary>
/// The lines of a run's record: JSON, the first about the run, then one a batch before it is sent and one a change
/// after it was made, and one about the end where the run came to it.
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
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(), new FieldValueConverter() },
        // The file is read by people, not put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The first line.</summary>
    /// <param name="run">The run.</param>
    public static string Of(Run run) =>
        JsonSerializer.Serialize(new Line { Format = run.WritesJira ? FormatOfBothSides : Format, Run = run }, Json);

    /// <summary>The line of a change.</summary>
    /// <param name="change">The change.</param>
    public static string Of(RunChange change) => JsonSerializer.Serialize(new Line { Change = change }, Json);

    /// <summary>The line of a batch that is about to be sent.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="changes">What it is to do.</param>
    public static string OfBatch(int batch, IEnumerable<RunChange> changes) =>
        JsonSerializer.Serialize(new Line { Batch = batch, Sending = changes.ToList() }, Json);

    /// <summary>The line of what was refused of a batch.</summary>
    /// <param name="batch">Its number.</param>
    /// <param name="indexes">The indexes of what was refused.</param>
    public static string OfRefusal(int batch, IReadOnlyCollection<int> indexes) =>
        JsonSerializer.Serialize(new Line { Batch = batch, Refused = indexes }, Json);

    /// <summary>The last line.</summary>
    /// <param name="ended">When the run ended.</param>
    /// <param name="outcome">How it ended.</param>
    public static string OfEnd(DateTimeOffset ended, string outcome) =>
        JsonSerializer.Serialize(new Line { Ended = ended, Outcome = outcome }, Json);

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
    private sealed class FieldValueConverter : JsonConverter<object>
    {
        private const string Date = "date";

        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var value = document.RootElement;
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetDouble(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Object when value.TryGetProperty(Date, out var date) => date.GetDateTimeOffset(),
                JsonValueKind.Null => null,
                _ => throw new JsonException("A field has no such value."),
            };
        }

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
        {
            switch (value)
            {
                case bool flag:
                    writer.WriteBooleanValue(flag);
                    break;
                case double number:
                    writer.WriteNumberValue(number);
                    break;
                case DateTimeOffset date:
                    writer.WriteStartObject();
                    writer.WriteString(Date, date);
                    writer.WriteEndObject();
                    break;
                default:
                    writer.WriteStringValue(value.ToString());
                    break;
            }
        }
    }
}
