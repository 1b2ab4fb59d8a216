using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;
using JiraAdoSync.Tests.TwoWay.Registers;

namespace JiraAdoSync.Tests.TwoWay.Plans;

/// <summary>
/// Three pairs at a sandbox of both services, with two people who may do everything on both sides, and the cmdlets that
/// run, plan, apply plan files and undo.
/// </summary>
internal sealed partial class PlanWorld : IAsyncDisposable
{
    public const int Pairs = 3;

    private const string Sync =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Wiql '[System.Id] > 0' -JiraProject SHOP -Direction Both "
        + "-WriteLimit 100 -PruneLimit 100 -Prune -IncludeComments -IncludeAttachments "
        + "-UserMapping $people -FieldMapping @{ Description = @{ Field = 'description'; Direction = 'Both' } }";

    private static readonly string[] Statuses = ["To Do", "In Progress", "Done"];
    private static readonly string[] States = ["New", "Active", "Closed"];
    private static readonly string[] Priorities = ["Highest", "High", "Medium", "Low"];
    private static readonly string[] People = ["ann@contoso.example", "eve@contoso.example"];

    private readonly World _world;
    private readonly MovedTime _time;
    private readonly JiraFlavor _flavor;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.plan.json");
    private Board? _ann;
    private Tracker? _eve;
    private HttpClient? _client;
    private IReadOnlyList<string> _accounts = [];
    private List<int> _items = [];
    private readonly List<(int Pair, JsonNode? Register, (string Url, string Comment) Mark)> _kept = [];
    private readonly Dictionary<string, long> _said = [];
    private readonly Dictionary<string, long> _files = [];
    private int _step;

    private PlanWorld(World world, MovedTime time, JiraFlavor flavor)
    {
        (_world, _time, _flavor) = (world, time, flavor);
        world.Session.Set("path", _path);
    }

    public static async Task<PlanWorld> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= Pairs; number++)
        {
            seed.Issue(number, "Story").Fields(number, """{ "priority": { "name": "Medium", "id": "3" }, "labels": ["web"] }""");
        }

        // The site has all statuses.
        seed.Status(2, "In Progress", "indeterminate").Status(3, "Done", "done");
        var time = new MovedTime();
        var options = new SandboxOptions { Seed = seed.Lines, Jira = flavor, TimeProvider = time };
        return new PlanWorld((await World.StartUnheldAsync(options)).ThatWritesJira(), time, flavor);
    }

    /// <summary>Begins again, with pairs that are in step.</summary>
    public async Task BeginAsync()
    {
        Release();
        _step = 0;
        _kept.Clear();
        _said.Clear();
        _files.Clear();
        await _world.ResetAsync();
        _ann = (await _world.JoinAsync(People[0])).Board;
        (await _world.JoinAsync(People[1])).Board.Dispose();
        _eve = await _world.JoinJiraAsync(People[1]);
        _client = _eve.NewClient();
        using var ann = await _world.JoinJiraAsync(People[0]);
        _accounts = [await SelfAsync(ann), await SelfAsync(_eve)];
        _world.Session.Set("people", new Hashtable { [_accounts[0]] = People[0], [_accounts[1]] = People[1] });
        Run();
        var ids = new List<int>();
        for (var number = 1; number <= Pairs; number++)
        {
            ids.Add(await _ann.IdOfAsync($"Issue {number}"));
        }

        _items = ids;
    }

    /// <summary>A run to its end, without an error.</summary>
    public PowerShellSession.Outcome Run() => Anew(Sync).Succeeded();

    /// <summary>Makes a plan, and keeps it in the file.</summary>
    public PowerShellSession.Outcome Plan() =>
        Anew($"{Sync} -PlanOnly | Tee-Object -Variable plan | Export-JiraAdoPlan $path; $plan").Succeeded();

    /// <summary>Applies the file, which may be refused.</summary>
    public PowerShellSession.Outcome Apply() => Anew("Invoke-JiraAdoPlan $path");

    /// <summary>Takes a run back, issues that it created included.</summary>
    public PowerShellSession.Outcome Undo(PowerShellSession.Outcome run) =>
        Anew($"Undo-JiraAdoRun -RunId {run.Summary.Properties["RunId"].Value} -DeleteIssues -Confirm:$false").Succeeded();

    /// <summary>What changes with each write: revisions of work items, and what issues remember.</summary>
    public async Task<string> ReadVersionsAsync()
    {
        var versions = (await _ann!.ItemsAsync()).Select(item => $"{item["id"]} {item["rev"]}").ToList();
        return string.Join('\n', versions.Append($"{JiraWrites.Of(_world.Sandbox.JiraUri).Count} writes"));
    }

    /// <summary>What people do.</summary>
    public async Task ActAsync(IEnumerable<PlanAct> acts)
    {
        foreach (var act in acts)
        {
            _time.Moved += TimeSpan.FromMinutes(5);
            await (act.IsJira ? ActInJiraAsync(act, ++_step) : ActInAdoAsync(act, ++_step));
        }
    }

    /// <summary>Keeps what each pair remembers, for people who restore it later.</summary>
    public async Task KeepAsync()
    {
        for (var pair = 0; pair < Pairs; pair++)
        {
            _kept.Add((pair, await _eve!.PropertyAsync($"SHOP-{pair + 1}", "jiraadosync"), (await _ann!.MarksAsync(_items[pair]))[0]));
        }
    }

    /// <summary>What a person does to what a pair remembers.</summary>
    public async Task DamageAsync(DamageAct act)
    {
        _time.Moved += TimeSpan.FromMinutes(5);
        var key = $"SHOP-{act.Pair + 1}";
        var mine = _kept.Where(kept => kept.Pair == act.Pair).ToList();
        var earlier = mine[act.Value % mine.Count];
        var property = await _eve!.PropertyAsync(key, "jiraadosync");
        var mark = await _ann!.MarksAsync(_items[act.Pair]) is [var present, ..] ? present.Comment : null;
        switch (act.Kind)
        {
            case Damage.LoseRegister:
                await SendAsync(property is null ? null : HttpMethod.Delete, null);
                break;
            case Damage.RestoreRegister:
                await SendAsync(earlier.Register is null ? null : HttpMethod.Put, earlier.Register);
                break;
            case Damage.GarbleRegister:
                var other = property?.DeepClone() as JsonObject ?? [];
                foreach (var field in (other["fields"] as JsonObject ?? []).ToList())
                {
                    field.Value![1 + (act.Value % 2)] = "AAAA";
                }

                await SendAsync(HttpMethod.Put, act.Value < 2 ? JsonValue.Create("none of ours") : other);
                break;
            case Damage.CopyRegister:
                var copy = await _eve.PropertyAsync($"SHOP-{1 + ((act.Pair + 1) % Pairs)}", "jiraadosync");
                await SendAsync(copy is null ? null : HttpMethod.Put, copy);
                break;
            case Damage.RestoreMark:
                if (mark is not null)
                {
                    await _ann!.SetCommentAsync(_items[act.Pair], earlier.Mark.Url, earlier.Mark.Comment);
                }

                break;
            case Damage.CloneIssue:
                var count = (await ReadIssuesAsync()).Count;
                await _eve.CreateAsync($"Clone {++_step}");
                key = $"SHOP-{count + 1}";
                await SendAsync(property is null ? null : HttpMethod.Put, property);
                break;
            case Damage.CopyWorkItem:
                await _ann!.CopyAsync(_items[act.Pair], $"Copy {++_step}");
                break;
            case Damage.RemoveMark:
                if (mark is not null)
                {
                    await _ann!.UnlinkAsync(_items[act.Pair], earlier.Mark.Url);
                }

                break;
            default:
                if (mark is null)
                {
                    return;
                }

                await _ann!.SetCommentAsync(_items[act.Pair], earlier.Mark.Url, BaseInMark().Replace(mark, "$1"));
                break;
        }

        async Task SendAsync(HttpMethod? method, JsonNode? value)
        {
            if (method is not null)
            {
                using var request = new HttpRequestMessage(method, new Uri($"issue/{key}/properties/jiraadosync", UriKind.Relative))
                {
                    Content = value is null ? null : new StringContent(value.ToJsonString(), Encoding.UTF8, "application/json"),
                };
                using var answer = await _client!.SendAsync(request);
                answer.EnsureSuccessStatusCode();
            }
        }
    }

    /// <summary>What both sides hold.</summary>
    public async Task<PlanState> ReadAsync()
    {
        var values = new Dictionary<PlanKey, string>();
        // What somebody copied with its mark is no pair.
        foreach (var item in (await _ann!.ItemsAsync()).Where(
            item => !$"{item["fields"]![PlanState.Title]}".StartsWith("Copy ", StringComparison.Ordinal)))
        {
            await ReadAsync(item, values);
        }

        foreach (var issue in await ReadIssuesAsync())
        {
            Read(issue!, values);
        }

        return new PlanState(values);
    }

    private async Task<JsonArray> ReadIssuesAsync()
    {
        var search = _flavor == JiraFlavor.Cloud ? "search/jql" : "search";
        var found = await GetAsync(
            $"{search}?jql=project%20%3D%20SHOP&maxResults=100"
            + "&fields=summary,status,priority,labels,assignee,description,comment,attachment");
        return found["issues"]!.AsArray();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        File.Delete(_path);
        await _world.DisposeAsync();
    }

    private void Release()
    {
        _ann?.Dispose();
        _eve?.Dispose();
        _client?.Dispose();
    }

    /// <summary>As a session that knows nothing of what was before, some time later.</summary>
    private PowerShellSession.Outcome Anew(string command)
    {
        _time.Moved += TimeSpan.FromMinutes(5);
        _world.Reconnect();
        return _world.Run(command);
    }

    private async Task ActInJiraAsync(PlanAct act, int step)
    {
        var key = $"SHOP-{act.Pair + 1}";
        var state = await ReadAsync();
        switch (act.Deed)
        {
            case Deed.Name:
                await _eve!.SetSummaryAsync(key, TitleOf(act, step));
                break;
            case Deed.Move:
                await MoveInJiraAsync(act, key, state);
                break;
            case Deed.Rank:
                await SetAsync("priority", new JsonObject { ["name"] = Priorities[act.Value % Priorities.Length] });
                break;
            case Deed.Tag:
                await SetAsync("labels", new JsonArray([.. Toggle(state, act).Select(tag => JsonValue.Create(tag))]));
                break;
            case Deed.Assign:
                await SetAsync("assignee", act.Value % 3 == 2 ? null : new JsonObject
                {
                    [_flavor == JiraFlavor.Cloud ? "accountId" : "name"] = _accounts[act.Value % 3],
                });
                break;
            case Deed.Describe:
                await _eve!.DescribeAsync(key, $"Text {step}");
                break;
            case Deed.Say:
                _said[key] = await _eve!.CommentAsync(key, $"Remark {step}");
                break;
            case Deed.Attach:
                _files[key] = await _eve!.AttachAsync(key, $"file{step}.txt", Encoding.UTF8.GetBytes($"Content {step}"));
                break;
            case Deed.Unsay:
                if (_said.Remove(key, out var said))
                {
                    await _eve!.DeleteCommentAsync(key, said);
                }

                break;
            case Deed.Detach:
                if (_files.Remove(key, out var file))
                {
                    await _eve!.DetachAsync(file);
                }

                break;
            default:
                await _eve!.CreateAsync($"Wish {step}");
                break;
        }

        Task SetAsync(string field, JsonNode? value) => _eve!.SetFieldsAsync(key, new JsonObject { [field] = value }.ToJsonString());
    }

    private Task MoveInJiraAsync(PlanAct act, string key, PlanState state)
    {
        var status = act.Value % Statuses.Length;
        return state[new PlanKey(true, NameOf(act), PlanState.State)] == States[status]
            ? Task.CompletedTask
            : _eve!.SetStatusAsync(key, Statuses[status]);
    }

    private async Task ActInAdoAsync(PlanAct act, int step)
    {
        var id = _items[act.Pair];
        switch (act.Deed)
        {
            case Deed.Name:
                await _ann!.SetFieldAsync(id, PlanState.Title, TitleOf(act, step));
                break;
            case Deed.Move:
                await _ann!.SetFieldAsync(id, PlanState.State, States[act.Value % States.Length]);
                break;
            case Deed.Rank:
                await _ann!.SetFieldAsync(id, PlanState.Priority, $"{1 + (act.Value % Priorities.Length)}");
                break;
            case Deed.Tag:
                await _ann!.ReplaceFieldAsync(id, PlanState.Tags, string.Join("; ", Toggle(await ReadAsync(), act)));
                break;
            case Deed.Assign:
                await _ann!.SetFieldAsync(id, PlanState.AssignedTo, act.Value % 3 == 2 ? string.Empty : People[act.Value % 3]);
                break;
            case Deed.Describe:
                await _ann!.SetFieldAsync(id, PlanState.Description, $"<p>Text {step}</p>");
                break;
            case Deed.Say:
                await _ann!.CommentAsync(id, $"<p>Remark {step}</p>");
                break;
            case Deed.Attach:
                await _ann!.AttachAsync(id, $"file{step}.txt", $"Content {step}", "Of a person");
                break;
            case Deed.Unsay:
                var mine = (await _ann!.CommentsAsync(id))
                    .LastOrDefault(one => one["text"]!.ToString().StartsWith("<p>Remark", StringComparison.Ordinal));
                if (mine is not null)
                {
                    await _ann!.DeleteCommentAsync(id, (int)mine["id"]!);
                }

                break;
            case Deed.Detach:
                var files = (await _ann!.ItemAsync(id))["relations"]?.AsArray() ?? [];
                if (files.LastOrDefault(one => one!["attributes"]?["comment"]?.ToString() == "Of a person") is { } attached)
                {
                    await _ann!.UnlinkAsync(id, attached["url"]!.ToString());
                }

                break;
            default:
                await _ann!.CreateAsync(act.Value % 2 == 0 ? "User Story" : "Bug", $"Wish {step}");
                break;
        }
    }

    /// <summary>Some titles come again, so that both sides make the same edit, and take it back.</summary>
    private static string TitleOf(PlanAct act, int step) => act.Value < 3 ? $"Title {act.Value}" : $"Title of step {step}";

    private static string NameOf(PlanAct act) => $"{act.Pair}";

    private static string[] Toggle(PlanState state, PlanAct act)
    {
        var (name, tag) = (NameOf(act), $"tag{act.Value % 3}");
        var tags = state.Parts.Where(one => one.Name == name && one.Field.StartsWith("Tag ", StringComparison.Ordinal)
                && state[new PlanKey(act.IsJira, name, one.Field)] != PlanState.Nothing)
            .Select(one => one.Field[4..]).ToHashSet();
        _ = tags.Add(tag) || tags.Remove(tag);
        return [.. tags.Order(StringComparer.Ordinal)];
    }

    private static void Read(JsonNode issue, Dictionary<PlanKey, string> values)
    {
        var (key, fields) = (issue["key"]!.ToString(), issue["fields"]!);
        var number = int.Parse(key.Split('-')[1], CultureInfo.InvariantCulture);
        var name = number <= Pairs ? $"{number - 1}" : fields["summary"]!.ToString();
        Add(PlanState.Title, fields["summary"]!.ToString());
        Add(PlanState.State, States[Array.IndexOf(Statuses, fields["status"]!["name"]!.ToString())]);
        Add(PlanState.Priority, $"{1 + Array.IndexOf(Priorities, fields["priority"]?["name"]?.ToString())}");
        Add(PlanState.AssignedTo, fields["assignee"]?["emailAddress"]?.ToString() ?? string.Empty);
        Add(PlanState.Description, Said().Match($"{fields["description"]}").Value);
        foreach (var label in fields["labels"]?.AsArray() ?? [])
        {
            Add($"Tag {label}", "there");
        }

        foreach (var comment in fields["comment"]?["comments"]?.AsArray() ?? [])
        {
            Add(Remark().Match(comment!["body"]!.ToString()).Value, "there");
        }

        foreach (var file in fields["attachment"]?.AsArray() ?? [])
        {
            Add(file!["filename"]!.ToString(), "there");
        }

        // What is there twice is in none of the states that are expected.
        void Add(string field, string value) => AddTo(values, new PlanKey(true, name, field), value);
    }

    private async Task ReadAsync(JsonNode item, Dictionary<PlanKey, string> values)
    {
        var (id, fields) = ((int)item["id"]!, item["fields"]!);
        var pair = _items.IndexOf(id);
        var name = pair >= 0 ? $"{pair}" : fields[PlanState.Title]!.ToString();
        Add(PlanState.Title, fields[PlanState.Title]!.ToString());
        Add(PlanState.State, fields[PlanState.State]!.ToString());
        Add(PlanState.Priority, $"{fields[PlanState.Priority]}");
        // The process assigns to the account of a run what that moves and nobody has.
        var assigned = fields[PlanState.AssignedTo]?["uniqueName"]?.ToString();
        Add(PlanState.AssignedTo, People.Contains(assigned) ? assigned! : PlanState.Nothing);
        Add(PlanState.Description, Said().Match($"{fields[PlanState.Description]}").Value);
        foreach (var tag in $"{fields[PlanState.Tags]}".Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            Add($"Tag {tag}", "there");
        }

        foreach (var file in (item["relations"]?.AsArray() ?? []).Where(one => one!["rel"]!.ToString() == "AttachedFile"))
        {
            Add(file!["attributes"]!["name"]!.ToString(), "there");
        }

        if ((double?)fields["System.CommentCount"] > 0)
        {
            foreach (var comment in await _ann!.CommentsAsync(id))
            {
                Add(Remark().Match(comment["text"]!.ToString()).Value, "there");
            }
        }

        void Add(string field, string value) => AddTo(values, new PlanKey(false, name, field), value);
    }

    private static void AddTo(Dictionary<PlanKey, string> values, PlanKey key, string value) =>
        values[key] = values.TryGetValue(key, out var other) ? $"{other} and {value}" : value;

    private async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await _client!.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    /// <summary>By what Jira knows the account of somebody.</summary>
    private static async Task<string> SelfAsync(Tracker somebody)
    {
        using var client = somebody.NewClient();
        var self = JsonNode.Parse(await client.GetStringAsync(new Uri("myself", UriKind.Relative)))!;
        return (self["accountId"] ?? self["name"])!.ToString();
    }

    [GeneratedRegex(@"Text \d+")]
    private static partial Regex Said();

    [GeneratedRegex(@"( [0-9a-f]{8})~[^ ]+(?= )")]
    private static partial Regex BaseInMark();

    [GeneratedRegex(@"Remark \d+")]
    private static partial Regex Remark();

    /// <summary>A clock that is moved on.</summary>
    private sealed class MovedTime : TimeProvider
    {
        public TimeSpan Moved { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Moved;
    }
}
