using System.Text;
using System.Text.Json;
using JiraAdoSync.AzureDevOps;
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
    public void All_of_a_change_is_read_as_it_was_written()
    {
        var relation = new Relation
        {
            WorkItemId = 1, ReferenceName = "System.LinkTypes.Related", TargetWorkItemId = 2, Url = "https://a.example/2",
            Name = "Related", Comment = "c", IsLocked = true,
        };
        var change = new RunChange
        {
            Time = DateTimeOffset.UnixEpoch, Action = RunAction.Recycle, WorkItemId = 1, WorkItemType = "Bug", Key = "A-1",
            IssueId = 2, Rev = 3, Before = new Dictionary<string, object?> { ["a"] = Long }, Added = [relation],
            Removed = [relation], Comments = [new CommentChange { Id = 4, Before = "b", After = "a", Version = 5 }],
            HistoryLength = 6,
            Issue = new IssueChange
            {
                Number = 1, Before = Values(), After = Values(), Texts = ["t"], ParentBefore = 1, ParentAfter = 2,
                StatusBefore = "3", StatusAfter = "4", PropertyBefore = "p", PropertyAfter = "q", WebLink = "w", Nonce = "n",
                Project = "P", Links = [new IssueLinkChange("1", "Blocks", 2, 3) { RemovedId = 4 }],
                Comments = [new IssueCommentChange { Id = 1, Before = "b", After = "a", Mark = "m" }],
                Files = [new IssueFileChange("f") { Id = 7, IsRemoval = true }],
            },
        };
        var sent = change with { Issue = null };
        var lines = new[]
        {
            RunLine.Of(Run with { WritesJira = true, Undoes = "u", ProfileName = "n", Profile = "p", ProfileHash = "h" }),
            RunLine.Of(change), RunLine.OfBatch(1, [sent with { WorkItemId = 2 }, sent with { WorkItemId = 3 }]),
            RunLine.OfRefusal(1, [1]),
            RunLine.OfEnd(DateTimeOffset.UnixEpoch, "Changed"),
        };
        var (run, changes) = RunLine.Read(lines.Select(Encoding.UTF8.GetString))!.Value;
        Assert.Equal(
            Run with
            {
                WritesJira = true, Undoes = "u", ProfileName = "n", Profile = "p", ProfileHash = "h",
                Ended = DateTimeOffset.UnixEpoch, Outcome = "Changed", Changes = 2, Unsure = 1,
            },
            run);
        Assert.Equal(Text(change), Text(Assert.Single(changes, one => !one.IsUnsure)));
        Assert.Equal(2, Assert.Single(changes, one => one.IsUnsure).WorkItemId);

        static string Text(RunChange change) => JsonSerializer.Serialize(change);

        static Dictionary<string, JsonElement> Values() => new() { ["v"] = JsonSerializer.SerializeToElement(new[] { 1 }) };
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
