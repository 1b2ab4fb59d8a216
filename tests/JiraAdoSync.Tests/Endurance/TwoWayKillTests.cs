using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JiraAdoSync.Tests.Cmdlets;
using Xunit;

namespace JiraAdoSync.Tests.Endurance;

/// <summary>
/// A two-way run ends at a request of each kind: before it is sent, or after it was done and before its answer arrived.
/// The next run brings both sides to where one run alone brings them, with nothing missing and nothing twice, and the
/// one after it writes nothing.
/// </summary>
public sealed class TwoWayKillTests
{
    /// <summary>Most of a run is waiting for the sandbox.</summary>
    private const int Worlds = 8;

    /// <summary>What takes a body and only reads.</summary>
    private static readonly string[] Reads =
    [
        "search/jql", "bulkfetch", "comment/list", "wiql", "artifacturiquery", "workitemsbatch", "workitemrevisions",
    ];

    private static readonly bool IsFull = Effort.Of(ordinary: 0, full: 1) == 1;

    [Fact]
    public async Task A_run_that_ends_at_any_kind_of_request_is_completed_by_the_next()
    {
        var token = TestContext.Current.CancellationToken;
        var (expected, kinds) = await UndisturbedAsync();
        var cuts = kinds.SelectMany(CutsOf).ToList();
        var failures = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            cuts,
            new ParallelOptions { MaxDegreeOfParallelism = Worlds, CancellationToken = token },
            async (cut, _) =>
            {
                if (await FindProblemAsync(cut, expected) is { } problem)
                {
                    failures.Add($"{cut}: {problem}");
                }
            });
        Assert.Equal(
            ["attachment", "comment"],
            kinds.Where(kind => kind is { Service: "jira", Method: "DELETE" })
                .Select(kind => kind.Route.Split('/')).Select(parts => parts.Contains("comment") ? "comment" : parts[^2])
                .Where(name => name is "comment" or "attachment").Order());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{cuts.Count} runs ended at {cuts.Select(cut => cut.Kind).Distinct().Count()} kinds of requests.");
        Assert.True(failures.IsEmpty, string.Join('\n', failures.Order(StringComparer.Ordinal)));
    }

    /// <summary>
    /// At which requests of a kind runs end. To end at a read is to end between two writes, so that an ordinary test has
    /// one write of each kind.
    /// </summary>
    private static IEnumerable<Cut> CutsOf(Kind kind) => Enumerable.Range(0, kind.Count)
        .Where(at => IsFull || (kind.IsWrite && at == kind.Count / 2))
        .SelectMany(at => (Cut[])[new(kind, at, IsDone: false), new(kind, at, IsDone: true)]);

    private static async Task<string?> FindProblemAsync(Cut cut, IReadOnlyList<string> expected)
    {
        await using var world = await StartAsync();
        await world.SetFaultsAsync(cut.ToFault());
        world.Run(TwoWayStory.Sync);
        await world.ClearFaultsAsync();

        return await TwoWayStory.FindProblemAsync(world, expected);
    }

    /// <summary>A project in which people edited both sides, and deleted a comment and a file that have copies in Jira.</summary>
    private static async Task<World> StartAsync()
    {
        var world = await TwoWayStory.StartAsync();
        var board = world.Board;
        var (said, filed) = (await board.IdOfAsync("Issue 3"), await board.IdOfAsync("Issue 8"));
        await board.CommentAsync(said, "<p>To be deleted</p>");
        await board.AttachAsync(filed, "old.txt", "Old", "A file to be deleted");
        world.Run(TwoWayStory.Sync).Succeeded();
        await TwoWayStory.EditAsync(world);
        await board.DeleteCommentAsync(said, (int)(await board.CommentsAsync(said))[^1]["id"]!);
        await board.UnlinkAsync(filed, (await board.ItemAsync(filed))["relations"]!.AsArray()
            .Single(one => one!["rel"]!.ToString() == "AttachedFile")!["url"]!.ToString());
        return world;
    }

    /// <summary>What one run makes of both sides, and its requests.</summary>
    private static async Task<(IReadOnlyList<string> Both, List<Kind> Kinds)> UndisturbedAsync()
    {
        await using var world = await StartAsync();
        await world.ResetRequestsAsync();
        world.Run(TwoWayStory.Sync).Succeeded();
        var kinds = new List<Kind>();
        foreach (var service in (string[])["jira", "ado"])
        {
            kinds.AddRange((await world.RequestsAsync(service))
                .Select(one => (Route: one.Key.Split(' '), one.Value))
                .Select(one => new Kind(service, one.Route[0], one.Route[1], one.Value)));
        }

        return (await PairSnapshot.OfAsync(world), kinds);
    }

    /// <summary>A kind of request, and how many of it a run sends.</summary>
    private sealed record Kind(string Service, string Method, string Route, int Count)
    {
        public bool IsWrite => Method != "GET" && !Array.Exists(Reads, read => Route.EndsWith(read, StringComparison.Ordinal));
    }

    /// <summary>A run ends at a request of a kind, which is done, or not even sent.</summary>
    private sealed record Cut(Kind Kind, int At, bool IsDone)
    {
        public JsonObject ToFault() => new()
        {
            ["service"] = Kind.Service, ["method"] = Kind.Method, ["route"] = Kind.Route, ["skip"] = At, ["final"] = true,
            ["kind"] = IsDone ? "drop-after" : "status", ["status"] = 403,
        };

        public override string ToString() => $"{Kind.Method} {Kind.Route} {At + 1} of {Kind.Count}{(IsDone ? ", done" : "")}";
    }
}
