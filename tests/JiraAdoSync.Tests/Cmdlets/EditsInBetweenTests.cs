using System.Globalization;
using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Other people edit work items and issues while a run is at work: one edit after each of its requests in turn, of
/// every kind. Whatever they edit, the run ends with work items that correspond to their issues, or reports those
/// that do not; their values stay where they are to be kept; and the next runs mend what is left and then find
/// nothing to do. <c>JIRAADOSYNC_EDITS</c> asks for more rounds than one, which differ in who edits what.
/// </summary>
public sealed class EditsInBetweenTests
{
    private const string Sync =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments -Prune -PruneLimit 100 -FieldConflict ";

    private static int Rounds => int.TryParse(
        Environment.GetEnvironmentVariable("JIRAADOSYNC_EDITS"), CultureInfo.InvariantCulture, out var number)
        ? number
        : 1;

    [Theory]
    [InlineData("Overwrite", false)]
    [InlineData("Keep", false)]
    [InlineData("Overwrite", true)]
    [InlineData("Keep", true)]
    public async Task Work_items_correspond_or_are_reported_whatever_others_edit_between_two_requests(
        string conflict, bool isFirst)
    {
        var wrong = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var world = await World.StartUnheldAsync(new SandboxOptions { Seed = Shop.Seed.Lines });
            var others = await OtherPeople.JoinAsync(world);
            var shop = new Shop(world);
            if (!isFirst)
            {
                world.Run(Sync + conflict).Succeeded();
            }

            var (before, requests) = (0, int.MaxValue);
            for (var number = 0; before < requests; number++)
            {
                if (isFirst)
                {
                    await world.ResetAsync();
                    shop.Forget();
                    world.Reconnect();
                    others = await OtherPeople.JoinAsync(world);
                }

                var random = new Random((round * 1000) + number);
                await shop.EditAsync(number, random);
                // Each request has two edits after it; every kind is made somewhere.
                var kind = OtherPeople.Kinds[(number + round + conflict.Length) % OtherPeople.Kinds.Count];
                others.EditAfter(before, kind, random);
                before += number % 2;
                var run = world.Run(Sync + conflict);
                requests = others.Rest();
                var about =
                    $"{conflict}, round {round}, number {number}, after request {before} of {requests}: {others.Done}";
                wrong.AddRange(others.Problem is null ? [] : [$"{about}: {others.Problem}"]);
                await foreach (var problem in shop.FindDifferingAsync(run, others, conflict == "Keep"))
                {
                    wrong.Add($"{about}: {problem}");
                }

                var next = world.Run(Sync + conflict);
                wrong.AddRange(Unreported(run).Concat(Unreported(next)).Select(error => $"{about}: {error}"));
                // One edit is planned around; only an item that was removed during a run is an error of it.
                wrong.AddRange(run.Errors.Where(_ => !others.HaveRemovedAny).Select(error => $"{about}: {error}"));
                wrong.AddRange(next.Errors.Select(error => $"{about}, next run: {error}"));
                await foreach (var problem in shop.FindDifferingAsync(next, others, conflict == "Keep"))
                {
                    wrong.Add($"{about}, next run: {problem}");
                }

                await foreach (var problem in shop.FindUnrelatedAsync())
                {
                    wrong.Add($"{about}, next run: {problem}");
                }

                var last = world.Run(Sync + conflict);
                wrong.AddRange(last.RunOutcome() == "NoChange" ? [] : last
                    .Rows("WorkItemResult", "Action", "Key", "Detail")
                    .Concat(last.Rows("RelationResult", "Action", "Source", "Relation", "Target", "Reason"))
                    .Where(row => !row.StartsWith("Keep", StringComparison.Ordinal))
                    .Select(row => $"{about}, last run: {row}"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>What a run threw at its user instead of a report.</summary>
    private static IEnumerable<string> Unreported(PowerShellSession.Outcome run) =>
        run.Failure is null ? [] : [$"{run.FailureId} {run.Failure.Exception}"];

    /// <summary>The issues of a shop, which people at Jira edit before each run.</summary>
    private sealed class Shop(World world)
    {
        private readonly Dictionary<int, string> _summaries = [];
        private readonly List<(int Source, int Target)> _links = [];

        public const int Count = 5;

        public static JiraSeed Seed => new JiraSeed()
            .Issue(1, "Story").Issue(2, "Task").Issue(3, "Task").Issue(4, "Bug").Issue(5, "Sub-task").Parent(5, 2)
            .Link(2, "blocks", 1).Link(4, "relates to", 1)
            .Status(4, "In Progress", "indeterminate").Status(3, "Done", "done");

        /// <summary>Begins again with the seed.</summary>
        public void Forget()
        {
            _summaries.Clear();
            _links.Clear();
        }

        public string SummaryOf(int number) => _summaries.GetValueOrDefault(number, $"Issue {number}");

        /// <summary>Changes some of every kind of thing, so that a run has all of it to write.</summary>
        public async Task EditAsync(int time, Random random)
        {
            var statuses = new[] { "To Do", "In Progress", "Done" };
            for (var number = 1; number <= Count; number++)
            {
                if (random.Next(4) > 0)
                {
                    await SetSummaryAsync(number, $"Issue {number} at {time}");
                    await world.Tracker.SetStatusAsync($"SHOP-{number}", statuses[random.Next(3)]);
                    await world.Tracker.DescribeAsync($"SHOP-{number}", $"It is {time} now");
                    await world.Tracker.SetFieldsAsync($"SHOP-{number}", $$"""{"labels":["at{{time % 3}}"]}""");
                }
            }

            await world.Tracker.CommentAsync($"SHOP-{random.Next(1, Count + 1)}", $"A word at {time}");
            if (_links.Count > 0 && random.Next(2) == 0)
            {
                await world.Tracker.UnlinkAsync($"SHOP-{_links[0].Source}", $"SHOP-{_links[0].Target}");
                _links.RemoveAt(0);
            }

            if (_links.Count < 2)
            {
                var free = new[] { (1, 3), (1, 4), (3, 4), (5, 4) }.Except(_links).ToList();
                var link = free[random.Next(free.Count)];
                await world.Tracker.LinkAsync($"SHOP-{link.Item1}", "Blocks", $"SHOP-{link.Item2}");
                _links.Add(link);
            }
        }

        public async Task SetSummaryAsync(int number, string summary)
        {
            await world.Tracker.SetSummaryAsync($"SHOP-{number}", summary);
            _summaries[number] = summary;
        }

        /// <summary>
        /// Issues whose work item exists not just once, or is neither as the issue is nor as people want it, and that a
        /// run did not report.
        /// </summary>
        public async IAsyncEnumerable<string> FindDifferingAsync(
            PowerShellSession.Outcome run, OtherPeople others, bool keeps)
        {
            var reported = string.Join('\n', run.Errors.Select(error => $"{error.TargetObject} {error}"));
            var items = await world.Board.ItemsAsync();
            for (var number = 1; number <= Count; number++)
            {
                var key = $"SHOP-{number}";
                var own = items
                    .Where(item => Marks(item).Any(mark => mark.StartsWith(key + " ", StringComparison.Ordinal)))
                    .ToList();
                if (reported.Contains(key, StringComparison.Ordinal))
                {
                    continue;
                }

                if (own.Count != 1)
                {
                    if (own.Count > 1 || !others.HaveRemoved(key))
                    {
                        yield return $"{key} has {own.Count} work items";
                    }

                    continue;
                }

                var title = own[0]["fields"]!["System.Title"]!.ToString();
                if (title != SummaryOf(number) && !OtherPeople.IsTheirs(title))
                {
                    yield return $"{key} is '{title}' and not '{SummaryOf(number)}'";
                }

                if (keeps && others.Field is { } field && (int)own[0]["id"]! == others.ItemId
                    && own[0]["fields"]![field]?.ToString() is var value
                    && value?.Contains(others.Value, StringComparison.Ordinal) != true)
                {
                    yield return $"{field} of {key} is '{value}' and not '{others.Value}'";
                }
            }
        }

        /// <summary>The relations are those of the links.</summary>
        public async IAsyncEnumerable<string> FindUnrelatedAsync()
        {
            var items = await world.Board.ItemsAsync();
            var ids = items
                .SelectMany(item => Marks(item).Select(mark => (Key: mark.Split(' ')[0], Id: (int)item["id"]!)))
                .ToLookup(one => one.Key, one => one.Id);
            foreach (var (source, target) in _links.Append((2, 1)))
            {
                var (from, to) = (ids[$"SHOP-{source}"].Single(), ids[$"SHOP-{target}"].Single());
                if (!Board.TargetsOf(items.Single(item => (int)item["id"]! == from)).Contains(to))
                {
                    yield return $"SHOP-{source} is not related to SHOP-{target}";
                }
            }
        }

        public static IEnumerable<string> Marks(JsonNode item) => (item["relations"]?.AsArray() ?? [])
            .Where(one => one!["rel"]!.ToString() == "Hyperlink")
            .Select(one => one!["attributes"]!["comment"]?.ToString() ?? "")
            .Where(comment => comment.Contains("[JiraAdoSync 1 ", StringComparison.Ordinal));
    }

    /// <summary>People who edit once after a request of ours, and until then every request counts.</summary>
    private sealed class OtherPeople
    {
        private readonly World _world;
        private readonly Board _board;
        private int _requests;
        private int _isAtWork;

        private OtherPeople(World world, Board board) => (_world, _board) = (world, board);

        /// <summary>The kinds of their edits.</summary>
        public static IReadOnlyList<string> Kinds { get; } =
        [
            "title", "state", "tags", "description", "history", "comment", "relate", "unrelate", "unmark", "delete",
            "recomment", "hyperlink", "summary", "priority",
        ];

        /// <summary>What they did, in words.</summary>
        public string Done { get; private set; } = "";

        /// <summary>Why they could not do it; null where they could.</summary>
        public string? Problem { get; private set; }

        public int? ItemId { get; private set; }

        public string? Field { get; private set; }

        public string Value { get; private set; } = "";

        private const string Title = "Theirs";

        /// <summary>Whether they deleted the work item of an issue, or what shows that it is ours.</summary>
        public bool HaveRemoved(string key) =>
            HaveRemovedAny && Done.Contains($"{key} ", StringComparison.Ordinal);

        /// <summary>Whether they deleted a work item, or what shows that it is ours.</summary>
        public bool HaveRemovedAny => Done.Split(' ')[0] is "unmark" or "recomment" or "delete";

        /// <summary>Whether a title is theirs: their own, or the summary that they gave the issue.</summary>
        public static bool IsTheirs(string title) =>
            title == Title || title.StartsWith("Meanwhile ", StringComparison.Ordinal);

        public static async Task<OtherPeople> JoinAsync(World world) =>
            new(world, (await world.JoinAsync("person@contoso.com")).Board);

        public void EditAfter(int request, string kind, Random random)
        {
            (Done, Problem, ItemId, Field, Value, _requests, _isAtWork) = ("", null, null, null, "", 0, 0);
            _world.Watch = exchange =>
            {
                if (_isAtWork == 0 && Interlocked.Increment(ref _requests) == request + 1
                    && Interlocked.Exchange(ref _isAtWork, 1) == 0)
                {
                    Problem = EditAsync(kind, random)
                        .ContinueWith(done => done.Exception?.InnerException?.Message, TaskScheduler.Default)
                        .GetAwaiter().GetResult();
                    _isAtWork = 0;
                }
            };
        }

        /// <returns>How many requests the run sent.</returns>
        public int Rest()
        {
            _world.Watch = _ => { };
            return _requests;
        }

        private async Task EditAsync(string kind, Random random)
        {
            var items = (await _board.ItemsAsync()).Where(item => Shop.Marks(item).Any()).ToList();
            if (items.Count == 0)
            {
                return;
            }

            var item = items[random.Next(items.Count)];
            var id = (int)item["id"]!;
            Done = $"{kind} {Shop.Marks(item).First().Split(' ')[0]} ({id})";
            ItemId = id;
            switch (kind)
            {
                case "title":
                    await SetAsync("System.Title", Title);
                    break;
                case "tags":
                    await SetAsync("System.Tags", "theirs");
                    break;
                case "description":
                    await SetAsync("System.Description", "Theirs");
                    break;
                case "priority":
                    await SetAsync("Microsoft.VSTS.Common.Priority", "1");
                    break;
                case "state":
                    var state = item["fields"]!["System.WorkItemType"]!.ToString() == "Bug" ? "Resolved" : "Active";
                    await SetAsync("System.State", state);
                    break;
                case "history":
                    await _board.SetFieldAsync(id, "System.History", "A word");
                    break;
                case "comment":
                    await _board.CommentAsync(id, "A word");
                    break;
                case "relate":
                    var other = items[random.Next(items.Count)];
                    if (other != item)
                    {
                        await _board.RelateAsync(id, "System.LinkTypes.Related", (int)other["id"]!);
                    }

                    break;
                case "unrelate":
                    if (Board.TargetsOf(item) is [var target, ..])
                    {
                        await _board.UnrelateAsync(id, target);
                    }

                    break;
                case "unmark":
                    await _board.UnlinkAsync(id, (await _board.MarksAsync(id))[0].Url);
                    break;
                case "recomment":
                    await _board.SetCommentAsync(id, (await _board.MarksAsync(id))[0].Url, "Mine");
                    break;
                case "hyperlink":
                    await _board.HyperlinkAsync(id, "https://example.org", "A page");
                    break;
                case "delete":
                    await _board.DeleteAsync(id);
                    break;
                default:
                    await _world.Tracker.SetSummaryAsync(
                        Shop.Marks(item).First().Split(' ')[0], $"Meanwhile {random.Next(1000)}");
                    break;
            }

            async Task SetAsync(string field, string value)
            {
                await _board.SetFieldAsync(id, field, value);
                (Field, Value) = (field, value);
            }
        }
    }
}
