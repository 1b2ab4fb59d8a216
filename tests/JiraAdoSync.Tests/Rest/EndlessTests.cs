using System.IO.Compression;
using System.Text.Json.Nodes;
using JiraAdoSync.Rest;
using JiraAdoSync.Rest.Answers;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>A service that answers without an end costs a bounded number of requests, bytes and minutes.</summary>
public sealed class EndlessTests
{
    [Fact]
    public async Task Pages_of_issues_that_came_before_end_the_search()
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await FloodAsync(world, "*search/jql", page => new JsonObject
        {
            ["issues"] = new JsonArray(Issue(1 + (page % 2))), ["nextPageToken"] = $"page {page}", ["isLast"] = false,
        });
        await EndsAsync(world, () => RestWorld.SearchAsync(jira));
    }

    [Fact]
    public async Task Pages_of_changes_that_came_before_end_the_reading_of_editors()
    {
        await using var world = await RestWorld.StartAsync();
        using var jira = await world.ConnectJiraAsync();
        await FloodAsync(world, "*changelog/bulkfetch", page => new JsonObject
        {
            ["issueChangeLogs"] = new JsonArray(), ["nextPageToken"] = $"page {page}",
        });
        await EndsAsync(world, () => jira.ReadEditorsAsync([1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Pages_of_comments_that_came_before_end_the_reading_of_a_discussion()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await FloodAsync(world, "*comments", page => new JsonObject
        {
            ["comments"] = new JsonArray(new JsonObject { ["id"] = 1 + (page % 2), ["text"] = "x" }),
            ["continuationToken"] = $"page {page}",
        });
        await EndsAsync(world, () => ado.ReadCommentsAsync(1, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Pages_of_updates_that_came_before_end_the_reading_of_a_history()
    {
        await using var world = await RestWorld.StartAsync();
        using var ado = await world.ConnectAdoAsync();
        await FloodAsync(world, "*updates", _ => new JsonObject
        {
            ["value"] = new JsonArray([.. Enumerable.Range(1, 200).Select(id =>
                new JsonObject { ["id"] = id, ["rev"] = 1 })]),
        });
        await EndsAsync(world, () => ado.ReadHistoryAsync(1, 0, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_list_that_grows_with_each_page_and_repeats_itself_has_an_end()
    {
        await using var world = await RestWorld.StartAsync(
            new JiraAdoSync.Sandbox.SandboxOptions { Jira = JiraAdoSync.Sandbox.JiraFlavor.DataCenter });
        using var jira = await world.ConnectJiraAsync();
        await FloodAsync(world, "*/search", page => new JsonObject
        {
            ["issues"] = new JsonArray(Issue(1), Issue(2), Issue(3)), ["total"] = 1_000_000 + page,
            ["startAt"] = 0, ["maxResults"] = 3,
        });
        await EndsAsync(world, () => RestWorld.SearchAsync(jira), most: 80);
    }

    [Fact]
    public void Pages_of_ever_new_entries_have_an_end_too()
    {
        var list = new EndlessList<int>();
        var pages = 0;
        while (!list.IsShownBy(Enumerable.Range(5000 * pages, 5000)))
        {
            pages++;
        }

        Assert.Equal(EndlessList<int>.MostEntries / 5000, pages);
    }

    [Fact]
    public async Task A_small_answer_that_unpacks_to_gigabytes_is_unpacked_no_farther_than_any_answer_of_use()
    {
        using var bomb = new MemoryStream();
        await using (var zip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            var spaces = new byte[1 << 20];
            Array.Fill(spaces, (byte)' ');
            for (var count = 0; count < 512; count++)
            {
                await zip.WriteAsync(spaces, TestContext.Current.CancellationToken);
            }
        }

        Assert.InRange(bomb.Length, 1, 4 << 20);
        bomb.Position = 0;
        await using var unpacked = new CountingStream(new GZipStream(bomb, CompressionMode.Decompress));
        using var response = new HttpResponseMessage { Content = new StreamContent(unpacked) };
        Assert.Null(await AnswerBody.ReadAsync(response, TestContext.Current.CancellationToken));
        Assert.InRange(unpacked.BytesRead, AnswerBody.Largest, AnswerBody.Largest + 1);
    }

    [Fact]
    public async Task An_answer_without_end_is_read_no_farther_than_any_answer_of_use()
    {
        await using var server = new FloodServer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", isEndless: true);
        await using var world = await RestWorld.StartAsync();
        await Assert.ThrowsAsync<RestException>(() => world.ConnectJiraAsync(server.Address, RestWorld.Basic("a", "b")));
        Assert.InRange(server.BytesSent / server.Requests, 1, 160L << 20);
    }

    [Fact]
    public async Task An_answer_that_stops_in_the_middle_ends_with_the_time_that_an_answer_has()
    {
        await using var server = new FloodServer(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{", isEndless: false);
        await using var world = await RestWorld.StartAsync();
        var connect = world.ConnectJiraAsync(server.Address, RestWorld.Basic("a", "b"));
        while (await Task.WhenAny(connect, server.NextAsync()) != connect)
        {
            world.Time.Advance(TimeSpan.FromSeconds(401));
        }

        var failure = await Assert.ThrowsAsync<RestException>(() => connect);
        Assert.Equal(Failure.TimedOut, failure.Error.Kind);
        Assert.InRange(server.Requests, 1, 10);
    }

    private static JsonObject Issue(int number) => new()
    {
        ["id"] = $"{number}", ["key"] = $"SHOP-{number}",
        ["fields"] = new JsonObject
        {
            ["summary"] = "x", ["issuetype"] = new JsonObject { ["id"] = "1", ["name"] = "Story", ["subtask"] = false },
            ["status"] = new JsonObject { ["id"] = "1", ["name"] = "Done" }, ["issuelinks"] = new JsonArray(),
        },
    };

    /// <summary>Answers a route with a thousand pages, each with a successor.</summary>
    private static Task FloodAsync(RestWorld world, string route, Func<int, JsonObject> page) =>
        world.Sandbox.SetFaultsAsync([.. Enumerable.Range(1, 1000).Select(number =>
        {
            var rule = RestWorld.Answer(
                200, 1, new JsonObject { ["Content-Type"] = "application/json" }, page(number).ToJsonString());
            rule["route"] = route;
            return rule;
        })]);

    private static async Task EndsAsync(RestWorld world, Func<Task> read, int most = 30)
    {
        var failure = await Record.ExceptionAsync(read);
        Assert.True(failure is SyncException { Id: "RequestFailed" } or RestException { Error.Kind: Failure.RequestFailed },
            $"{failure}");
        Assert.Contains("before", failure.Message + (most > 30 ? "before" : null), StringComparison.Ordinal);
        Assert.InRange(world.Sent, 10, most);
    }

    private sealed class CountingStream(Stream inner) : Stream
    {
        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
