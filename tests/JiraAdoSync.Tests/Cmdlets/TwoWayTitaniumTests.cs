using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// Three projects of a real Jira, synchronised one way and then both ways, on which people of both sides work at once.
/// What should come of their edits is said by a few plain rules here, and looked at by REST.
/// </summary>
public sealed class TwoWayTitaniumTests
{
    private const string Jql = "project in (ALOY, MOD, DAEMON)";
    private const int Seed = 20260301;
    private const int Each = 200;

    private const string Run =
        $$"""
        Invoke-JiraAdoSync -Jql '{{Jql}}' -TypeMapping @{
            Improvement = 'User Story'; 'New Feature' = 'Feature', 'User Story'
        } -LinkTypeMapping ((Get-LinkTypeMapping) + @{
            Cloners = 'Related'; Includes = 'Related'; 'Gantt: start-finish' = 'Successor'; 'Gantt: finish-start' = 'Successor'
            'Gantt End to Start' = 'Successor'; 'Gantt End to End' = 'Related'
        }) -IncludeComments -UserMapping $people
        """;

    private const string Both = $"{Run} -Direction Both";
    private const string Whole = $"{Both} -Wiql '[System.Id] > 0' -JiraProject ALOY -Prune -StatusMapping @{{ Resolved = 'Resolved' }}";

    private static readonly Dictionary<string, string> Priorities = new()
    {
        ["Highest"] = "1", ["Critical"] = "1", ["High"] = "2", ["Medium"] = "3", ["Low"] = "4", ["Trivial"] = "4",
        ["None"] = "4", ["Lowest"] = "4",
    };

    private static readonly Dictionary<string, string> States = new()
    {
        ["Open"] = "New", ["Reopened"] = "New", ["To Do"] = "New", ["In Progress"] = "Active", ["In Review"] = "Active",
        ["In QE Test"] = "Active", ["Resolved"] = "Closed", ["Closed"] = "Closed", ["Done"] = "Closed",
    };

    private static readonly string[] People = ["bob@contoso.example", "cleo@contoso.example", "dan@contoso.example"];

    [Theory]
    [InlineData(JiraFlavor.Cloud)]
    [InlineData(JiraFlavor.DataCenter)]
    public async Task Edits_of_both_sides_of_a_real_Jira_arrive_and_conflicts_are_those_of_one_field(JiraFlavor flavor)
    {
        var file = Repository.Shared("data", "titanium-small.jsonl.gz");
        Assert.SkipWhen(file is null, "shared/data/titanium-small.jsonl.gz is not beside the repository.");
        var lines = await TitaniumTests.ReadAsync(file);
        // Edits that are minutes apart may count as an agreement and a later edit, so a pause of the machine must not
        // come between them: the services' clock moves on by requests.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var world = (await World.StartAsync(
            lines, adjust: options => options with { Jira = flavor, TimeProvider = time })).ThatWritesJira();
        world.Watch = _ => time.Advance(TimeSpan.FromMilliseconds(10));
        var accounts = new Dictionary<string, string>();
        foreach (var person in People.Append("ann@contoso.example").Append(world.Sandbox.JiraUser))
        {
            using var tracker = person == world.Sandbox.JiraUser
                ? new Tracker(world.Sandbox) : await world.JoinJiraAsync(person);
            using var client = tracker.NewClient();
            var self = JsonNode.Parse(await client.GetStringAsync(
                new Uri("myself", UriKind.Relative), TestContext.Current.CancellationToken))!;
            accounts.Add(person, (self["accountId"] ?? self["name"])!.ToString());
            (await world.JoinAsync(person)).Board.Dispose();
        }

        // Whom no issue names yet is looked up by the id that the user gives.
        world.Session.Set("people", new System.Collections.Hashtable
        {
            [accounts["bob@contoso.example"]] = "bob@contoso.example",
            [accounts["ann@contoso.example"]] = "ann@contoso.example",
            [accounts[world.Sandbox.JiraUser]] = "sandbox@contoso.example",
        });
        world.Run(Run).Succeeded();

        // The baseline: bases go to the marks, and Jira is not written.
        var before = await BothSides.WorkItemsAsync(world);
        world.Reconnect();
        await world.ResetRequestsAsync();
        world.Run(Both).Succeeded();
        Assert.Empty(await WritesAsync(world, "jira"));
        Assert.Equal(["POST /{organization}/_apis/wit/$batch"], await WritesAsync(world, "ado"));
        Assert.Equal((lines.Count + 199) / 200, (await world.RequestsAsync("ado"))["POST /{organization}/_apis/wit/$batch"]);
        Assert.Equal(Text(before.Values), Text((await BothSides.WorkItemsAsync(world)).Values));
        await QuietAsync(world, Whole);

        var edits = await Edits.MakeAsync(world, flavor, Jql, accounts, new Random(Seed));
        Assert.Equal((Each, Each), (edits.InJira, edits.InAdo));
        Assert.InRange(edits.HeldFields.Count(), 15, 60);
        world.Reconnect();
        var run = world.Run(Whole).Succeeded();
        Assert.Equal("Changed", run.RunOutcome());
        var problems = await edits.CompareAsync(run);
        Assert.True(problems.Count == 0, string.Join('\n', problems));
        await QuietAsync(world, Whole);
        Assert.Empty(await edits.CompareAsync(run));
    }

    /// <summary>A run of an agent that knows nothing finds nothing to do and writes nothing to either side.</summary>
    private static async Task QuietAsync(World world, string command)
    {
        world.Reconnect();
        await world.ResetRequestsAsync();
        var run = world.Run(command).Succeeded();
        Assert.Empty(await WritesAsync(world, "jira"));
        Assert.Empty(await WritesAsync(world, "ado"));
        Assert.Equal("NoChange", run.RunOutcome());
    }

    /// <summary>The routes of a service that were written to since the last reset.</summary>
    private static async Task<IEnumerable<string>> WritesAsync(World world, string service)
    {
        string[] reads = ["search", "bulkfetch", "comment/list", "artifacturiquery", "workitemsbatch", "wiql", "workitemrevisions"];
        return (await world.RequestsAsync(service)).Keys.Where(route =>
            !route.StartsWith("GET", StringComparison.Ordinal)
            && !reads.Any(read => route.Contains(read, StringComparison.Ordinal)));
    }

    private static string Text(IEnumerable<SeenItem> items) => string.Join('\n', items.Select(item =>
        $"{item.Name} {string.Join(' ', item.Fields.Values)} {item.Parent} {string.Join(' ', item.Links.Order())}"));

    /// <summary>A field of a pair before people edited it and afterwards.</summary>
    private sealed record FieldChange(
        string Key, int Id, string Field, string WasJira, string WasAdo, string Jira, string Ado);

    /// <summary>What people did on both sides, and its result.</summary>
    private sealed class Edits(World world, JiraFlavor flavor, string jql)
    {
        private readonly List<string> _problems = [];
        private readonly Dictionary<string, (string Parent, string? Other)> _parents = [];
        private readonly List<(string Source, string Target, string Relation, string Phrase)> _added = [];
        private readonly List<(string Source, string Target)> _removed = [];
        private readonly List<(string Key, string Text)> _comments = [];
        private readonly List<(string Title, string Type, string? Parent)> _newInJira = [];
        private readonly List<(string Title, string Type, int? Parent)> _newInAdo = [];
        private readonly HashSet<string> _reserved = [];
        private readonly HashSet<string> _deletedInJira = [];
        private readonly HashSet<string> _deletedInAdo = [];
        private int _inJira;
        private int _inAdo;

        private IReadOnlyDictionary<string, SeenItem> _issues = null!;
        private IReadOnlyDictionary<int, SeenItem> _items = null!;
        private IReadOnlyDictionary<string, SeenItem> _editedIssues = null!;
        private IReadOnlyDictionary<int, SeenItem> _editedItems = null!;
        private Dictionary<string, int> _itemOf = null!;

        public int InJira => _inJira;

        public int InAdo => _inAdo;

        public IEnumerable<string> HeldFields => Changes().Where(IsHeld).Select(one => $"{one.Key} {one.Field}");

        public static async Task<Edits> MakeAsync(
            World world, JiraFlavor flavor, string jql, Dictionary<string, string> accounts, Random random)
        {
            var edits = new Edits(world, flavor, jql);
            await edits.ReadAsync();
            using var ann = (await world.JoinAsync("ann@contoso.example")).Board;
            using var eve = await world.JoinJiraAsync("eve@contoso.example");
            await edits.EditGraphAsync(ann, eve, random);
            await edits.EditFieldsAsync(ann, eve, accounts, random);
            // What the services' own rules made of the edits is an edit, too: a bug that is resolved is assigned to its author.
            edits._editedIssues = await BothSides.IssuesAsync(world, flavor, jql);
            edits._editedItems = await BothSides.WorkItemsAsync(world);
            return edits;
        }

        private async Task ReadAsync()
        {
            _issues = await BothSides.IssuesAsync(world, flavor, jql);
            _items = await BothSides.WorkItemsAsync(world);
            var keys = _issues.Values.ToDictionary(issue => issue.IssueId!, issue => issue.Name);
            _itemOf = _items.Where(item => item.Value.IssueId is { } id && keys.ContainsKey(id))
                .ToDictionary(item => keys[item.Value.IssueId!], item => item.Key);
        }

        private async Task EditFieldsAsync(
            Board ann, Tracker eve, Dictionary<string, string> accounts, Random random)
        {
            // Few issues, so that people meet; among them those whose labels no tag can have as they are.
            var odd = _issues.Values.Where(one => one.Fields[SeenItem.Tags].Contains(',', StringComparison.Ordinal))
                .Select(one => one.Name);
            var pool = odd.Concat(Shuffled(_issues.Keys, random)).Distinct().Except(_reserved).Take(90).ToList();
            var chances = pool.SelectMany(key => SeenItem.All.Select(field => (key, field))).ToList();
            var given = new Dictionary<(string, string), string>();
            foreach (var (key, field) in Shuffled(chances, random).Take(Each - _inJira))
            {
                given[(key, field)] = NewValue(_issues[key], field, isJira: true, random);
                await EditAsync(eve, key, field, given[(key, field)], accounts);
                _inJira++;
            }

            foreach (var (key, field) in Shuffled(chances, random).Take(Each - _inAdo))
            {
                var item = _items[_itemOf[key]];
                // People sometimes agree.
                var value = given.TryGetValue((key, field), out var other) && random.Next(4) == 0
                    && Mapped(field, other) is var same && same != item.Fields[field]
                    ? same
                    : NewValue(item, field, isJira: false, random);
                await (field == SeenItem.Tags
                    ? ann.ReplaceFieldAsync(_itemOf[key], field, value)
                    : ann.SetFieldAsync(_itemOf[key], field, value));
                _inAdo++;
            }
        }

        private async Task EditAsync(
            Tracker eve, string key, string field, string value, Dictionary<string, string> accounts)
        {
            JsonNode? json = field switch
            {
                SeenItem.Title => new JsonObject { ["summary"] = value },
                SeenItem.Priority => new JsonObject { ["priority"] = new JsonObject { ["name"] = value } },
                SeenItem.Tags => new JsonObject
                {
                    ["labels"] = new JsonArray([.. value.Split("; ").Select(one => JsonValue.Create(one))]),
                },
                SeenItem.Assignee => new JsonObject
                {
                    ["assignee"] = new JsonObject
                    {
                        [flavor == JiraFlavor.Cloud ? "accountId" : "name"] = accounts[value],
                    },
                },
                _ => null,
            };
            await (json is null ? eve.SetStatusAsync(key, value) : eve.SetFieldsAsync(key, json.ToJsonString()));
        }

        /// <summary>Another value than an item has.</summary>
        private static string NewValue(SeenItem item, string field, bool isJira, Random random)
        {
            var present = item.Fields[field];
            switch (field)
            {
                case SeenItem.Title:
                    return $"{(isJira ? "Eve's" : "Ann's")} title {random.Next(1000)}";
                case SeenItem.Tags:
                    var kept = present.Split("; ", StringSplitOptions.RemoveEmptyEntries)
                        .Where(_ => random.Next(3) > 0).ToList();
                    return BothSides.SetOf([.. kept, $"{(isJira ? "eve" : "ann")}{random.Next(100)}", $"both{random.Next(3)}"]);
            }

            string[] all = (field, isJira) switch
            {
                (SeenItem.Assignee, _) => People,
                (SeenItem.Priority, true) => ["Critical", "High", "Medium", "Low", "Trivial"],
                (SeenItem.Priority, false) => ["1", "2", "3", "4"],
                (_, true) => ["Open", "Reopened", "In Progress", "In Review", "Resolved", "Closed"],
                _ => item.Type is "Bug" or "User Story" ? ["New", "Active", "Resolved", "Closed"] : ["New", "Active", "Closed"],
            };
            return Shuffled(all, random).First(one => one != present);
        }

        private static string Mapped(string field, string jira) => field switch
        {
            SeenItem.Priority => Priorities.GetValueOrDefault(jira, string.Empty),
            SeenItem.State => States[jira],
            SeenItem.Tags => jira.Replace(',', '-'),
            SeenItem.Assignee => jira == "sandbox@example.com" ? "sandbox@contoso.example" : jira,
            _ => jira,
        };

        private static bool Corresponds(string field, string jira, string ado) => Mapped(field, jira) == ado
            || (field == SeenItem.Title && jira == ado)
            || (field == SeenItem.State && (jira, ado) == ("Resolved", "Resolved"));

        private async Task EditGraphAsync(Board ann, Tracker eve, Random random)
        {
            var children = _issues.Values.Select(one => one.Parent).OfType<string>().ToHashSet();
            var free = new Queue<string>(Shuffled(_issues.Values.Where(one => one is { Parent: null, Links.Count: 0 }
                && one.Type is not ("Epic" or "Sub-task" or "Technical task")
                && !children.Contains(one.Name)).Select(one => one.Name), random));
            var epics = _issues.Values.Where(one => one.Type == "Epic").Select(one => one.Name).ToList();

            // Links that are new on one side, or on both.
            for (var at = 0; at < 12; at++)
            {
                var (source, target) = (Take(free), Take(free));
                var (type, phrase, relation) = at % 3 == 0 ? ("Blocks", "blocks", "Successor") : ("Relates", "relates to", "Related");
                _added.Add((source, target, relation, phrase));
                if (at < 6 || at == 9)
                {
                    await eve.LinkAsync(source, type, target);
                    _inJira++;
                }

                if (at >= 6)
                {
                    await ann.RelateAsync(
                        _itemOf[source],
                        relation == "Successor" ? "System.LinkTypes.Dependency-Forward" : "System.LinkTypes.Related",
                        _itemOf[target]);
                    _inAdo++;
                }
            }

            // Links that one side removes: those that are the only one between their two.
            var removable = new Queue<(string Source, string Target)>(Shuffled(_issues.Values
                .SelectMany(one => one.Links.Where(link => link.StartsWith("relates to ", StringComparison.Ordinal)
                        || link.StartsWith("depends on ", StringComparison.Ordinal))
                    .Select(link => (one.Name, link.Split(' ')[^1])))
                .Where(one => _issues.ContainsKey(one.Item2)
                    && _issues[one.Name].Links.Count(link => link.Split(' ')[^1] == one.Item2) == 1
                    && string.CompareOrdinal(one.Name, one.Item2) < 0), random));
            for (var at = 0; at < 10; at++)
            {
                var (source, target) = removable.Dequeue();
                _removed.Add((source, target));
                if (at % 2 == 0)
                {
                    var isSource = await IsSourceAsync(source, target);
                    await (isSource ? eve.UnlinkAsync(source, target) : eve.UnlinkAsync(target, source));
                    _inJira++;
                }
                else
                {
                    await ann.UnrelateAsync(_itemOf[source], _itemOf[target]);
                    _inAdo++;
                }
            }

            // Parents: some from each side, and some that both give.
            for (var at = 0; at < 12; at++)
            {
                var child = Take(free);
                var (parent, other) = (epics[at % epics.Count], epics[(at + 1) % epics.Count]);
                _parents[child] = (parent, at is 4 or 5 ? other : null);
                if (at < 6)
                {
                    await (flavor == JiraFlavor.Cloud
                        ? eve.SetParentAsync(child, parent)
                        : eve.SetFieldsAsync(child, $$"""{"customfield_10008":"{{parent}}"}"""));
                    _inJira++;
                }

                if (at >= 4)
                {
                    await ann.RelateAsync(_itemOf[child], "System.LinkTypes.Hierarchy-Reverse", _itemOf[at is 4 or 5 ? other : parent]);
                    _inAdo++;
                }
            }

            for (var at = 0; at < 17; at++)
            {
                var (inJira, inAdo) = (Take(free), Take(free));
                _comments.AddRange([(inJira, $"Said in Jira {at}"), (inAdo, $"Said on the board {at}")]);
                await eve.CommentAsync(inJira, $"Said in Jira {at}");
                await ann.CommentAsync(_itemOf[inAdo], $"<p>Said on the board {at}</p>");
                (_inJira, _inAdo) = (_inJira + 1, _inAdo + 1);
            }

            for (var at = 0; at < 10; at++)
            {
                var parent = at < 2 ? Take(free) : null;
                var (type, item) = parent is not null ? ("Sub-task", "Task") : at % 2 == 0 ? ("Bug", "Bug") : ("Story", "User Story");
                var (jira, ado) = ($"New in Jira {at}", $"New on the board {at}");
                _newInJira.Add((jira, item, parent));
                await CreateAsync(eve, jira, type, parent);
                _newInAdo.Add((ado, item, parent is null ? null : _itemOf[parent]));
                var id = await ann.CreateAsync(item, ado);
                if (parent is not null)
                {
                    await ann.RelateAsync(id, "System.LinkTypes.Hierarchy-Reverse", _itemOf[parent]);
                }

                (_inJira, _inAdo) = (_inJira + 1, _inAdo + 1);
            }

            for (var at = 0; at < 5; at++)
            {
                var (inJira, inAdo) = (Take(free), Take(free));
                _deletedInJira.Add(inJira);
                _deletedInAdo.Add(inAdo);
                await eve.DeleteAsync(inJira);
                await ann.DeleteAsync(_itemOf[inAdo]);
                (_inJira, _inAdo) = (_inJira + 1, _inAdo + 1);
            }
        }

        /// <summary>An issue that nobody else edits.</summary>
        private string Take(Queue<string> free)
        {
            _reserved.Add(free.Peek());
            return free.Dequeue();
        }

        private async Task<bool> IsSourceAsync(string source, string target)
        {
            using var client = world.Tracker.NewClient();
            var issue = JsonNode.Parse(await client.GetStringAsync(
                new Uri($"issue/{source}?fields=issuelinks", UriKind.Relative)))!;
            return issue["fields"]!["issuelinks"]!.AsArray().Any(one => one!["outwardIssue"]?["key"]?.ToString() == target);
        }

        private static async Task CreateAsync(Tracker eve, string summary, string type, string? parent)
        {
            var fields = new JsonObject
            {
                ["project"] = new JsonObject { ["key"] = "ALOY" },
                ["issuetype"] = new JsonObject { ["name"] = type },
                ["summary"] = summary,
            };
            if (parent is not null)
            {
                fields["parent"] = new JsonObject { ["key"] = parent };
                fields["project"] = new JsonObject { ["key"] = parent.Split('-')[0] };
            }

            await eve.CreateAsync(fields);
        }

        /// <summary>What is not as it should be after a run.</summary>
        public async Task<IReadOnlyList<string>> CompareAsync(PowerShellSession.Outcome run)
        {
            _problems.Clear();
            var issues = await BothSides.IssuesAsync(world, flavor, jql);
            var items = await BothSides.WorkItemsAsync(world);
            CompareFields(issues, items, run);
            CompareLinks(issues, items);
            CompareParents(issues, items);
            await CompareCommentsAsync();
            CompareCreations(issues, items);
            CompareDeletions(issues, items);
            return _problems;
        }

        /// <summary>What people changed of each field of each pair, and the services with them.</summary>
        private IEnumerable<FieldChange> Changes() => _itemOf
            .Where(one => !_deletedInJira.Contains(one.Key) && !_deletedInAdo.Contains(one.Key))
            .SelectMany(one => SeenItem.All.Select(field => new FieldChange(
                one.Key, one.Value, field,
                _issues[one.Key].Fields[field], _items[one.Value].Fields[field],
                _editedIssues[one.Key].Fields[field], _editedItems[one.Value].Fields[field])));

        /// <summary>Whether both sides gave a field values that do not mean the same. Sets have no conflicts.</summary>
        private static bool IsHeld(FieldChange change) => change.Field != SeenItem.Tags
            && change.WasJira != change.Jira && change.WasAdo != change.Ado
            && !Corresponds(change.Field, change.Jira, change.Ado);

        private void CompareFields(
            IReadOnlyDictionary<string, SeenItem> issues, IReadOnlyDictionary<int, SeenItem> items, PowerShellSession.Outcome run)
        {
            foreach (var change in Changes())
            {
                var (jira, ado) = (issues[change.Key].Fields[change.Field], items[change.Id].Fields[change.Field]);
                var (isJira, isAdo) = (change.WasJira != change.Jira, change.WasAdo != change.Ado);
                var meetsAlready = Corresponds(change.Field, change.Jira, change.Ado);
                var isRight = change.Field == SeenItem.Tags
                    ? Mapped(change.Field, jira) is var tags && tags == ado
                        && tags == Merged(change.WasAdo, Mapped(change.Field, change.Jira), change.Ado)
                    : (isJira, isAdo) switch
                    {
                        (true, false) when !meetsAlready => jira == change.Jira && Corresponds(change.Field, jira, ado),
                        (false, true) when !meetsAlready => ado == change.Ado && Corresponds(change.Field, jira, ado),
                        // Nobody edited it, both did, or what one side did is what the other has in its own words.
                        _ => jira == change.Jira && ado == change.Ado,
                    };
                Expect(change.Key, change.Field, isRight, $"the result of {change}", $"{jira} | {ado}");
            }

            var parents = _parents.Where(one => one.Value.Other is not null).Select(one => $"{one.Key} System.Parent");
            var expected = HeldFields.Concat(parents).Order(StringComparer.Ordinal).ToList();
            var found = run.Rows("FieldResult", "Action", "Key", "Field")
                .Where(row => row.StartsWith("Conflict ", StringComparison.Ordinal)).Select(row => row[9..])
                .Order(StringComparer.Ordinal).ToList();
            Expect("conflicts", string.Empty, expected.SequenceEqual(found),
                string.Join(", ", expected.Except(found)), string.Join(", ", found.Except(expected)));
        }

        /// <summary>What both have, and what neither removed: sets have no conflicts.</summary>
        private static string Merged(string was, string jira, string ado)
        {
            var (before, left, right) = (Set(was), Set(jira), Set(ado));
            return BothSides.SetOf(left.Union(right, StringComparer.OrdinalIgnoreCase)
                .Where(one => (left.Contains(one) && right.Contains(one)) || !before.Contains(one)));

            static HashSet<string> Set(string text) =>
                text.Split("; ", StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        }

        private void CompareLinks(IReadOnlyDictionary<string, SeenItem> issues, IReadOnlyDictionary<int, SeenItem> items)
        {
            foreach (var (source, target, relation, phrase) in _added)
            {
                var (jira, ado) = (issues[source].Links, items[_itemOf[source]].Links);
                Expect(source, "link", jira.SetEquals([$"{phrase} {target}"]) && ado.SetEquals([$"{relation} {_itemOf[target]}"]),
                    $"{phrase} {target}", $"{string.Join(',', jira)} | {string.Join(',', ado)}");
            }

            foreach (var (source, target) in _removed)
            {
                Expect(source, "removed link", issues[source].Links.All(link => link.Split(' ')[^1] != target)
                    && items[_itemOf[source]].Links.All(link => link.Split(' ')[^1] != $"{_itemOf[target]}"),
                    "none", $"{string.Join(',', issues[source].Links)} | {string.Join(',', items[_itemOf[source]].Links)}");
            }

            // Nobody else's links changed.
            var touched = _added.SelectMany(one => new[] { one.Source, one.Target })
                .Concat(_removed.SelectMany(one => new[] { one.Source, one.Target }))
                .Concat(_deletedInJira).Concat(_deletedInAdo).ToHashSet();
            foreach (var (key, id) in _itemOf.Where(one => !touched.Contains(one.Key)))
            {
                Expect(key, "links", issues[key].Links.SetEquals(_issues[key].Links) && items[id].Links.SetEquals(_items[id].Links),
                    $"{string.Join(',', _issues[key].Links)} | {string.Join(',', _items[id].Links)}",
                    $"{string.Join(',', issues[key].Links)} | {string.Join(',', items[id].Links)}");
            }
        }

        private void CompareParents(IReadOnlyDictionary<string, SeenItem> issues, IReadOnlyDictionary<int, SeenItem> items)
        {
            foreach (var (key, id) in _itemOf.Where(one => !_deletedInJira.Contains(one.Key) && !_deletedInAdo.Contains(one.Key)))
            {
                var (jira, ado) = _parents.TryGetValue(key, out var parent)
                    ? (parent.Parent, parent.Other ?? parent.Parent)
                    : (_issues[key].Parent, _issues[key].Parent);
                var item = ado is null ? null : $"{_itemOf[ado]}";
                Expect(key, "parent", issues[key].Parent == jira && items[id].Parent == item,
                    $"{jira} | {item}", $"{issues[key].Parent} | {items[id].Parent}");
            }
        }

        private async Task CompareCommentsAsync()
        {
            using var client = world.Tracker.NewClient();
            foreach (var (key, text) in _comments)
            {
                var comments = JsonNode.Parse(await client.GetStringAsync(new Uri($"issue/{key}/comment", UriKind.Relative)))!;
                var (jira, ado) = (
                    comments["comments"]!.AsArray().Select(one => one!["body"]!.ToString()).ToList(),
                    (await world.Board.CommentsAsync(_itemOf[key])).Select(one => one["text"]!.ToString()).ToList());
                Expect(key, "comment", jira.Count == 1 && ado.Count == 1 && jira[0].Contains(text, StringComparison.Ordinal)
                    && ado[0].Contains(text, StringComparison.Ordinal), text, $"{string.Join(',', jira)} | {string.Join(',', ado)}");
            }
        }

        private void CompareCreations(IReadOnlyDictionary<string, SeenItem> issues, IReadOnlyDictionary<int, SeenItem> items)
        {
            foreach (var (title, type, parent) in _newInJira)
            {
                var issue = issues.Values.Single(one => one.Fields[SeenItem.Title] == title);
                var found = items.Values.Where(one => one.Fields[SeenItem.Title] == title).ToList();
                Expect(title, "creation", found is [var item] && item.Type == type && item.IssueId == issue.IssueId
                    && item.Parent == (parent is null ? null : $"{_itemOf[parent]}"), type, string.Join(',', found));
            }

            foreach (var (title, type, parent) in _newInAdo)
            {
                var item = items.Values.Single(one => one.Fields[SeenItem.Title] == title);
                var found = issues.Values.Where(one => one.Fields[SeenItem.Title] == title).ToList();
                string[] types = type switch
                {
                    "Task" => ["Sub-task", "Technical task"],
                    "User Story" => ["Story", "Improvement"],
                    _ => [type],
                };
                Expect(title, "creation", found is [var issue] && types.Contains(issue.Type) && item.IssueId == issue.IssueId
                    && (issue.Parent is null ? parent is null : parent == _itemOf[issue.Parent])
                    && Corresponds(SeenItem.State, issue.Fields[SeenItem.State], "New"), type, string.Join(',', found));
            }

            Expect("all", "creation", issues.Count == _issues.Count - _deletedInJira.Count + _newInJira.Count + _newInAdo.Count
                && items.Count == _items.Count - _deletedInAdo.Count + _newInJira.Count + _newInAdo.Count,
                $"{_issues.Count} | {_items.Count}", $"{issues.Count} | {items.Count}");
        }

        /// <summary>Nothing is deleted on the other side, and nothing that was deleted is created again.</summary>
        private void CompareDeletions(IReadOnlyDictionary<string, SeenItem> issues, IReadOnlyDictionary<int, SeenItem> items)
        {
            foreach (var key in _deletedInJira)
            {
                Expect(key, "deletion", !issues.ContainsKey(key) && items.ContainsKey(_itemOf[key]), "| item", "");
            }

            foreach (var key in _deletedInAdo)
            {
                Expect(key, "deletion", issues.ContainsKey(key) && !items.ContainsKey(_itemOf[key])
                    && !items.Values.Any(item => item.IssueId == issues[key].IssueId), "issue |", "a new item");
            }
        }

        private void Expect(string key, string what, bool isRight, string expected, string found)
        {
            if (!isRight)
            {
                _problems.Add($"{key} {what}: expected {expected}, found {found}");
            }
        }

        private static List<T> Shuffled<T>(IEnumerable<T> all, Random random)
        {
            var list = all.ToArray();
            random.Shuffle(list);
            return [.. list];
        }
    }
}
