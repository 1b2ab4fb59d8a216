using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using JiraAdoSync.AzureDevOps;

namespace JiraAdoSync.Journal;

/// <summary>
/// Writes one line of a run's record, member by member. Each run writes a line before its first change; with the serializer, a
/// fresh process would compile some hundreds of methods for it. What has no value is left out. <see cref="RunLine"/> reads it.
/// </summary>
internal sealed class RunLineWriter
{
    /// <summary>The name of the date in the object that a date is written as.</summary>
    public const string Date = "date";

    private static readonly JsonWriterOptions Options = new()
    {
        // The file is read by people, not put into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions OfIssues = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = Options.Encoder,
    };

    private readonly Utf8JsonWriter _json;

    private RunLineWriter(Utf8JsonWriter json) => _json = json;

    /// <summary>Writes a line.</summary>
    /// <param name="members">Writes what is in it.</param>
    /// <returns>The line as UTF-8.</returns>
    public static byte[] Write(Action<RunLineWriter> members)
    {
        var line = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(line, Options);
        json.WriteStartObject();
        members(new RunLineWriter(json));
        json.WriteEndObject();
        json.Flush();
        return line.WrittenSpan.ToArray();
    }

    public void Text(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }

    public void Number(string name, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
    }

    public void Time(string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            _json.WriteString(name, time);
        }
    }

    public void Numbers(string name, IEnumerable<int> values)
    {
        _json.WriteStartArray(name);
        foreach (var value in values)
        {
            _json.WriteNumberValue(value);
        }

        _json.WriteEndArray();
    }

    public void Run(string name, Run run)
    {
        _json.WriteStartObject(name);
        Text("runId", run.RunId);
        Time("started", run.Started);
        Text("command", run.Command);
        Text("site", run.Site);
        Text("organization", run.Organization);
        Text("project", run.Project);
        if (run.WritesJira)
        {
            _json.WriteBoolean("writesJira", true);
        }

        Text("undoes", run.Undoes);
        Text("profileName", run.ProfileName);
        Text("profile", run.Profile);
        Text("profileHash", run.ProfileHash);
        Time("ended", run.Ended);
        Text("outcome", run.Outcome);
        Number("changes", run.Changes);
        Number("unsure", run.Unsure);
        Text("path", run.Path);
        _json.WriteEndObject();
    }

    public void Change(string name, RunChange change)
    {
        _json.WriteStartObject(name);
        Members(change);
        _json.WriteEndObject();
    }

    public void Changes(string name, IEnumerable<RunChange> changes) => List(name, changes, Members);

    private void Members(RunChange change)
    {
        Time("time", change.Time);
        Text("action", change.Action.ToString());
        Number("workItemId", change.WorkItemId);
        Text("workItemType", change.WorkItemType);
        Text("key", change.Key);
        Number("issueId", change.IssueId);
        Number("rev", change.Rev);
        Fields("before", change.Before);
        Fields("after", change.After);
        List("removed", change.Removed, Members);
        List("added", change.Added, Members);
        List("comments", change.Comments, Members);
        if (change.Issue is { } issue)
        {
            _json.WritePropertyName("issue");
            JsonSerializer.Serialize(_json, issue, OfIssues);
        }

        Number("historyLength", change.HistoryLength);
        _json.WriteBoolean("isUnsure", change.IsUnsure);
    }

    private void List<T>(string name, IEnumerable<T> things, Action<T> members)
    {
        _json.WriteStartArray(name);
        foreach (var thing in things)
        {
            _json.WriteStartObject();
            members(thing);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void Members(Relation relation)
    {
        Number("workItemId", relation.WorkItemId);
        Text("referenceName", relation.ReferenceName);
        Text("name", relation.Name);
        Number("targetWorkItemId", relation.TargetWorkItemId);
        Text("url", relation.Url);
        Text("comment", relation.Comment);
        _json.WriteBoolean("isLocked", relation.IsLocked);
    }

    private void Members(CommentChange comment)
    {
        Number("id", comment.Id);
        Text("before", comment.Before);
        Text("after", comment.After);
        Number("version", comment.Version);
    }

    private void Fields(string name, IReadOnlyDictionary<string, object?> fields)
    {
        _json.WriteStartObject(name);
        foreach (var (field, value) in (fields as Table<object?>)?.Packed ?? fields)
        {
            _json.WritePropertyName(field);
            Value(value);
        }

        _json.WriteEndObject();
    }

    /// <summary>Writes a value so that its type is known again: a date as an object, which no field's value is.</summary>
    private void Value(object? value)
    {
        switch (value)
        {
            case null:
                _json.WriteNullValue();
                break;
            case bool flag:
                _json.WriteBooleanValue(flag);
                break;
            case double number:
                _json.WriteNumberValue(number);
                break;
            case DateTimeOffset date:
                _json.WriteStartObject();
                _json.WriteString(Date, date);
                _json.WriteEndObject();
                break;
            case PackedText text:
                text.WriteTo(_json);
                break;
            default:
                _json.WriteStringValue(value.ToString());
                break;
        }
    }
}
