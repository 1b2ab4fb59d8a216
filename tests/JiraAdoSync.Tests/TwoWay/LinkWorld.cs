using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// Three stories and two epics with their work items, at a sandbox of both services, with people who link them and give
/// them parents on both sides, and real runs, which break off anywhere. Links are named by what they mean on both sides:
/// "Blocks 1 2", "Relates 1 2".
/// </summary>
internal sealed class LinkWorld : IAsyncDisposable
{
    /// <summary>The stories, by number.</summary>
    public static readonly int[] Stories = [1, 2, 3];

    /// <summary>The epics, by number.</summary>
    public static readonly int[] Epics = [4, 5];

    /// <summary>What links are on the work item of their source, where there is a relation of their own for them.</summary>
    private static readonly Dictionary<string, string> Relations = new()
    {
        ["Blocks"] = "System.LinkTypes.Dependency-Forward",
        ["Relates"] = "System.LinkTypes.Related",
        ["Duplicate"] = "System.LinkTypes.Duplicate-Reverse",
    };

    private const string Parent = "System.LinkTypes.Hierarchy-Reverse";

    private readonly World _world;
    private readonly JiraFlavor _flavor;
    private readonly string _options;
    private readonly MovedTime _time;
    private readonly Board _board;
    private readonly Tracker _jira;
    private readonly Dictionary<int, int> _idOf;
    private readonly Lock _gate = new();
    private IReadOnlyList<(int At, Func<Task> Edit)> _during = [];
    private int _requests;
    private bool _isEditing;

    private LinkWorld(
        World world,
        JiraFlavor flavor,
        string options,
        MovedTime time,
        Board board,
        Tracker jira,
        Dictionary<int, int> idOf)
    {
        (_world, _flavor, _options, _time, _board, _jira, _idOf) = (world, flavor, options, time, board, jira, idOf);
        world.Watch = _ => EditMeanwhile();
    }

    /// <summary>The rows of the last run that say what stays different: the keys at both ends, and why.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Whether the last run came to record all that is on both sides.</summary>
    public bool IsRecorded { get; private set; }

    /// <summary>All rows of the last run, and what ended it.</summary>
    public string Report { get; private set; } = "";

    /// <summary>Starts with pairs that are in step.</summary>
    /// <param name="flavor">Which Jira.</param>
    /// <param name="options">Parameters of runs beside the usual ones.</param>
    /// <param name="phrases">Phrases of further link types, each of which story 2 says of story 3.</param>
    public static async Task<LinkWorld> StartAsync(JiraFlavor flavor, string options = "", params string[] phrases)
    {
        var seed = new JiraSeed();
        Array.ForEach(Stories, number => seed.Issue(number, "Story"));
        Array.ForEach(Epics, number => seed.Issue(number, "Epic"));
        // The site has link types of which no link is left.
        seed.Link(1, "blocks", 2).Link(1, "relates to", 2);
        Array.ForEach(phrases, phrase => seed.Link(2, phrase, 3));
        var time = new MovedTime();
        var world = (await World.StartUnheldAsync(
            new SandboxOptions { Seed = seed.Lines, Jira = flavor, TimeProvider = time })).ThatWritesJira();
        world.Run(Command(options, isPruning: true)).Succeeded();
        var ids = (await world.Board.ItemsAsync()).ToDictionary(
            item => int.Parse(item["fields"]!["System.Title"]!.ToString().Split(' ')[1]), item => (int)item["id"]!);
        return new LinkWorld(
            world,
            flavor,
            options,
            time,
            (await world.JoinAsync("ann@contoso.example")).Board,
            await world.JoinJiraAsync("eve@contoso.example"),
            ids);
    }

    /// <summary>Time passes, more than clocks of two services may differ.</summary>
    public void Pass() => _time.Moved += TimeSpan.FromMinutes(5);

    /// <summary>What both sides hold.</summary>
    public async Task<LinkState> ReadAsync()
    {
        var numberOf = _idOf.ToDictionary(one => one.Value, one => one.Key);
        var (inAdo, parents) = (new List<string>(), new Dictionary<int, int>());
        foreach (var item in await _board.ItemsAsync())
        {
            var number = numberOf[(int)item["id"]!];
            foreach (var relation in item["relations"]?.AsArray() ?? [])
            {
                var kind = relation!["rel"]!.ToString();
                var other = numberOf.GetValueOrDefault(
                    int.TryParse(relation["url"]!.ToString().Split('/')[^1], out var id) ? id : 0);
                if (kind == Parent)
                {
                    parents.Add(number, other);
                }
                else if (Relations.FirstOrDefault(one => one.Value == kind).Key is { } name
                    && (name != "Relates" || number < other))
                {
                    inAdo.Add($"{name} {number} {other}");
                }
            }
        }

        using var client = _jira.NewClient();
        var found = JsonNode.Parse(await client.GetStringAsync(new Uri(
            $"{(_flavor == JiraFlavor.Cloud ? "../3/search/jql" : "../2/search")}?jql=project%20%3D%20SHOP"
            + $"&fields=issuelinks,parent,{Tracker.EpicLink}&maxResults=100", UriKind.Relative)))!;
        var (inJira, parentsInJira) = (new List<string>(), new Dictionary<int, int>());
        foreach (var issue in found["issues"]!.AsArray())
        {
            var number = NumberOf(issue!);
            inJira.AddRange((issue!["fields"]!["issuelinks"]?.AsArray() ?? [])
                .Where(link => link!["outwardIssue"] is not null)
                .Select(link => Named(link!["type"]!["name"]!.ToString(), number, NumberOf(link["outwardIssue"]!))));
            if ((issue["fields"]!["parent"]?["key"] ?? issue["fields"]![Tracker.EpicLink]) is { } parent)
            {
                parentsInJira.Add(number, NumberIn(parent));
            }
        }

        return new LinkState(
            [.. inJira.Order(StringComparer.Ordinal)], [.. inAdo.Order(StringComparer.Ordinal)], parentsInJira, parents);
    }

    /// <summary>A person adds a link on one side, or removes it there.</summary>
    public async Task ToggleAsync(bool isJira, string link)
    {
        var state = await ReadAsync();
        var (kind, source, target) = link.Split(' ') is [var name, var one, var other]
            ? (name, int.Parse(one), int.Parse(other))
            : throw new ArgumentException(link);
        if (!isJira)
        {
            var relation = Relations[kind];
            await (state.InAdo.Contains(link)
                ? _board.UnrelateAsync(_idOf[source], relation, _idOf[target])
                : _board.RelateAsync(_idOf[source], relation, _idOf[target]));
        }
        else if (!state.InJira.Contains(link))
        {
            await _jira.LinkAsync($"SHOP-{source}", kind, $"SHOP-{target}");
        }
        else
        {
            await _jira.UnlinkAsync($"SHOP-{source}", kind, $"SHOP-{target}");
        }
    }

    /// <summary>A person gives a story a parent on one side, or takes it away.</summary>
    public async Task SetParentAsync(bool isJira, int story, int? parent)
    {
        if (isJira)
        {
            await _jira.SetEpicAsync(_flavor, $"SHOP-{story}", parent is { } epic ? $"SHOP-{epic}" : null);
            return;
        }

        if ((await ReadAsync()).ParentsInAdo.TryGetValue(story, out var former))
        {
            if (former == parent)
            {
                return;
            }

            await _board.UnrelateAsync(_idOf[story], Parent, _idOf[former]);
        }

        if (parent is { } other)
        {
            await _board.RelateAsync(_idOf[story], Parent, _idOf[other]);
        }
    }

    /// <summary>A run.</summary>
    /// <param name="isPruning">Whether it removes what one side removed.</param>
    /// <param name="trouble">What happens to it; null for nothing.</param>
    /// <param name="during">Edits of people, and before which answer of a service they fall.</param>
    /// <returns>Whether it came to its end without an error.</returns>
    public async Task<bool> RunAsync(
        bool isPruning, LinkTrouble? trouble = null, IReadOnlyList<(int At, Func<Task> Edit)>? during = null)
    {
        _world.Reconnect();
        if (trouble is not null)
        {
            await _world.SetFaultsAsync(trouble.ToFault());
        }

        lock (_gate)
        {
            (_requests, _during) = (0, during ?? []);
        }

        var run = _world.Run(Command(_options, isPruning));
        lock (_gate)
        {
            _during = [];
        }

        await _world.ClearFaultsAsync();
        var rows = new[] { "IssueLinkResult", "RelationResult", "FieldResult", "IssueResult" }
            .SelectMany(type => run.Of(type).Select(one => (Type: type, Row: one)))
            .ToList();
        Notes = rows
            .Where(one => one.Row.Properties["Action"].Value.ToString() is "Skip" or "Conflict" or "Pending" or "Degrade" or "Fail"
                // What is degraded stays so.
                || (one.Type == "RelationResult" && one.Row.Properties["Action"].Value.ToString() is "Keep" or "Merge" or "Adopt"
                    && one.Row.Properties["Reason"].Value is not null))
            .Select(one => one.Type == "FieldResult"
                ? $"Parent {NumberIn(one.Row.Properties["Key"].Value)} {one.Row.Properties["Reason"].Value}"
                : one.Type == "IssueResult" ? $"Issue {one.Row.Properties["Key"].Value}"
                : $"{NumberIn(one.Row.Properties["Source"].Value)} {NumberIn(one.Row.Properties["Target"].Value)} "
                    + $"{one.Row.Properties["Reason"].Value}")
            .ToList();
        Report = string.Join('\n', [
            .. rows.Select(one => $"    {one.Row.BaseObject} {one.Row.Properties["Reason"]?.Value} {one.Row.Properties["Detail"]?.Value}"),
            .. run.Errors.Append(run.Failure).OfType<object>().Select(error => $"    {error}"),
            .. run.Warnings.Select(warning => $"    {warning}"),
            $"    {_requests} requests",
        ]);
        var isEnded = run.Failure is null && run.Errors.Count == 0;
        IsRecorded = isEnded && !run.Warnings.Any(warning => $"{warning}".Contains("could not record", StringComparison.Ordinal));
        return isEnded;
    }

    /// <summary>A clock that is moved on.</summary>
    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Moved { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Moved;
    }

    /// <summary>What changes with each write: the properties of issues, and the revisions of work items.</summary>
    public async Task<string> ReadVersionsAsync()
    {
        var versions = (await _board.ItemsAsync()).Select(item => $"{item["id"]} {item["rev"]}").ToList();
        foreach (var number in Stories.Concat(Epics))
        {
            versions.Add($"{await _jira.PropertyAsync($"SHOP-{number}", "jiraadosync")}");
        }

        return string.Join('\n', versions.Append($"{JiraWrites.Of(_world.Sandbox.JiraUri).Count} writes"));
    }

    public async ValueTask DisposeAsync()
    {
        _world.Watch = _ => { };
        _board.Dispose();
        _jira.Dispose();
        await _world.DisposeAsync();
    }

    private static string Command(string options, bool isPruning) =>
        $"Invoke-JiraAdoSync -Jql 'project = SHOP' -Wiql '[System.Id] > 0' -Direction Both -PruneLimit 100 -WriteLimit 100 {options}"
        + (isPruning ? " -Prune" : string.Empty);

    private static string Named(string kind, int source, int target) => kind == "Relates"
        ? $"{kind} {Math.Min(source, target)} {Math.Max(source, target)}"
        : $"{kind} {source} {target}";

    private static int NumberOf(JsonNode issue) => NumberIn(issue["key"]!);

    private static int NumberIn(object key) => int.Parse(key.ToString()!.Split('-')[1]);

    private void EditMeanwhile()
    {
        List<Func<Task>> edits;
        lock (_gate)
        {
            if (_isEditing)
            {
                return;
            }

            _requests++;
            edits = _during.Where(one => one.At == _requests).Select(one => one.Edit).ToList();
            _isEditing = edits.Count > 0;
        }

        edits.ForEach(edit => edit().GetAwaiter().GetResult());
        lock (_gate)
        {
            _isEditing = false;
        }
    }
}

/// <summary>What both sides hold: links by what they mean, and the epics of stories.</summary>
internal sealed record LinkState(
    IReadOnlyList<string> InJira,
    IReadOnlyList<string> InAdo,
    IReadOnlyDictionary<int, int> ParentsInJira,
    IReadOnlyDictionary<int, int> ParentsInAdo)
{
    /// <summary>The epic of a story on both sides; 0 for none.</summary>
    public (int Jira, int Ado) ParentOf(int story) =>
        (ParentsInJira.GetValueOrDefault(story), ParentsInAdo.GetValueOrDefault(story));

    public override string ToString() =>
        $"Jira {string.Join(", ", InJira)}; Azure DevOps {string.Join(", ", InAdo)}; parents "
        + string.Join(", ", LinkWorld.Stories.Select(story => $"{story} {ParentOf(story)}"));
}

/// <summary>What fails in a run: everything from a request on, or one write.</summary>
/// <param name="IsKilled">Whether everything after the request fails, too.</param>
/// <param name="IsDone">Whether the request is done, and only its answer gets lost.</param>
/// <param name="Kind">Which requests count, as an index of <see cref="Kinds"/>.</param>
/// <param name="At">How many of them come before.</param>
internal sealed record LinkTrouble(bool IsKilled, bool IsDone, int Kind, int At)
{
    /// <summary>All requests; and those that write links, parents, what issues remember, and relations.</summary>
    public static readonly (string? Method, string Route)[] Kinds =
    [
        (null, "*"), ("POST", "*/issueLink"), ("DELETE", "*/issueLink/*"), ("PUT", "*/issue/{*"), ("POST", "*/issue/properties*"),
        (null, "*$batch"),
    ];

    public JsonObject ToFault()
    {
        var (method, route) = Kinds[Kind];
        return new JsonObject
        {
            ["method"] = method, ["route"] = route, ["skip"] = At, ["times"] = 1, ["final"] = IsKilled,
            ["kind"] = IsDone ? "drop-after" : "status", ["status"] = IsKilled ? 403 : 400,
        };
    }

    public override string ToString() =>
        $"{(IsKilled ? "Killed" : IsDone ? "AnswerLost" : "Refused")}{(IsDone ? ", done" : "")} {Kinds[Kind].Route} {At}";
}
