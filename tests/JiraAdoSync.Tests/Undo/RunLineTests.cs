using System.Text;
using System.Text.Json;
using JiraAdoSync.Journal;
using Xunit;

namespace JiraAdoSync.Tests.Undo;

/// <summary>Values of fields come out of a record as they went into it, with their types.</summary>
public sealed class RunLineTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("<p title=\"a\">Grüße \\ 🎉\r\n</p>", 20));

    private static readonly Run Run = new()
    {
        RunId = "r", Started = default, Command = "c", Site = "s", Organization = "o", Project = "p",
    };

    public static TheoryData<object?> Values => new()
    {
        "short", Long, string.Empty, true, 1.5, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), null!,
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_read_as_it_was_written(object? value)
    {
        var fields = new Table<object?> { ["Custom.Field"] = value };
        fields.Compact();
        Assert.Equal(value, Read(fields));
        Assert.Equal(value, Read(new Dictionary<string, object?> { ["Custom.Field"] = value }));

        static object? Read(IReadOnlyDictionary<string, object?> before)
        {
            var change = new RunChange
            {
                Time = default, Action = RunAction.Update, WorkItemId = 1, Before = before,
            };
            var lines = new[] { RunLine.Of(Run), RunLine.Of(change) }.Select(Encoding.UTF8.GetString);
            return Assert.Single(RunLine.Read(lines)!.Value.Changes).Before["Custom.Field"];
        }
    }

    [Fact]
    public void A_long_text_is_packed_from_an_answer_and_written_to_a_request()
    {
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(Long));
        reader.Read();
        var packed = PackedText.TryRead(ref reader);
        Assert.Equal(Long, packed!.ToString());
        Assert.Equal(Long, JsonSerializer.Deserialize<string>(JsonSerializer.Serialize<object>(packed)));
    }

    [Fact]
    public void A_short_text_is_not_packed()
    {
        var reader = new Utf8JsonReader("\"short\""u8);
        reader.Read();
        Assert.Null(PackedText.TryRead(ref reader));
    }
}
