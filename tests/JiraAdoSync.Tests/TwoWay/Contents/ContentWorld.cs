using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Tests.Cmdlets;

namespace JiraAdoSync.Tests.TwoWay.Contents;

/// <summary>A comment as a service shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsOurs">Whether the account of the runs wrote it.</param>
/// <param name="Text">The text without tags.</param>
/// <param name="Original">The comment of the other side whose mark it carries; null where it carries none.</param>
internal sealed record ShownComment(long Id, bool IsOurs, string Text, long? Original);

/// <summary>A file as a service shows it.</summary>
/// <param name="Id">Its address in Azure DevOps, its id in Jira.</param>
/// <param name="IsOurs">Whether the account of the runs attached it, as far as the service says so.</param>
/// <param name="Name">Its name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Originals">The attachments in Jira whose mark it carries.</param>
internal sealed record ShownFile(string Id, bool IsOurs, string Name, long Size, IReadOnlyList<long> Originals);

/// <summary>What a person did failed.</summary>
internal sealed class PersonException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// Three pairs that are in step, and a person on each side. All runs are made by the cmdlets, over HTTP.
/// </summary>
internal sealed partial class ContentWorld : IAsyncDisposable
{
    public const int Pairs = 3;

    /// <summary>The kind of run that writes to Azure DevOps only.</summary>
    public const int OneWay = 6;

    private const string Sync =
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeComments -IncludeAttachments -AttachmentLimit 1";

    /// <summary>A whole run, and runs that leave something out.</summary>
    private static readonly string[] Commands =
    [
        Sync, Sync, Sync,
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeComments",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction Both -IncludeAttachments -AttachmentLimit 1",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -Direction AdoToJira -IncludeComments -IncludeAttachments -AttachmentLimit 1",
        "Invoke-JiraAdoSync -Jql 'project = SHOP' -IncludeComments -IncludeAttachments -AttachmentLimit 1",
    ];

    /// <summary>What writes, on either side, the most frequent more than once.</summary>
    private static readonly (string Service, string Method, string Route)[] Writes =
    [
        ("jira", "POST", "*/comment"), ("jira", "PUT", "*/comment/*"), ("jira", "DELETE", "*/comment/*"),
        ("jira", "POST", "*/attachments"), ("jira", "DELETE", "*/attachment/*"), ("jira", "PUT", "*/properties/*"),
        ("ado", "POST", "*$batch"), ("ado", "PATCH", "*/comments/*"), ("ado", "DELETE", "*/comments/*"),
        ("ado", "POST", "*/attachments"), ("jira", "POST", "*properties/multi"),
        ("jira", "POST", "*/comment"), ("ado", "POST", "*$batch"), ("ado", "POST", "*$batch"), ("jira", "POST", "*/attachments"),
    ];

    private readonly World _world;
    private Board? _ann;
    private Tracker? _eve;
    private HttpClient? _eveClient;

    private ContentWorld(World world) => _world = world;

    /// <summary>The ids of the work items.</summary>
    public IReadOnlyList<int> Items { get; private set; } = [];

    public Board Board => _ann!;

    public Tracker Tracker => _eve!;

    public static async Task<ContentWorld> StartAsync(JiraFlavor flavor)
    {
        var seed = new JiraSeed();
        for (var number = 1; number <= Pairs; number++)
        {
            seed.Issue(number, "Story");
        }

        return new ContentWorld((await World.StartUnheldAsync(new SandboxOptions { Seed = seed.Lines, Jira = flavor }))
            .ThatWritesJira());
    }

    /// <summary>Begins again with pairs without comments and files.</summary>
    public async Task BeginAsync()
    {
        await _world.ClearFaultsAsync();
        await _world.ResetAsync();
        _world.Reconnect();
        _ann?.Dispose();
        _eve?.Dispose();
        _eveClient?.Dispose();
        (_ann, _eve) = ((await _world.JoinAsync("ann@contoso.example")).Board, await _world.JoinJiraAsync("eve@contoso.example"));
        _eveClient = _eve.NewClient();
        _world.Run(Sync).Succeeded();
        _world.Run(Sync).Succeeded();
        var items = new List<int>();
        for (var number = 1; number <= Pairs; number++)
        {
            items.Add(await Board.IdOfAsync($"Issue {number}"));
        }

        Items = items;
    }

    public static string KeyOf(int pair) => $"SHOP-{pair + 1}";

    /// <summary>Runs once, with what happens to the run, and what people do meanwhile.</summary>
    public async Task<PowerShellSession.Outcome> RunAsync(ContentRound round, Func<Act, Task> act)
    {
        _world.Reconnect();
        var (service, method, route) = Writes[round.Write % Writes.Length];
        if (round.Mishap != Mishap.None)
        {
            await _world.SetFaultsAsync(new JsonObject
            {
                ["service"] = service, ["method"] = method, ["route"] = route, ["skip"] = round.Skip, ["times"] = 1,
                ["final"] = round.Mishap is Mishap.KilledBefore or Mishap.KilledAfter,
                ["kind"] = round.Mishap is Mishap.KilledAfter or Mishap.AnswerLost ? "drop-after" : "status",
                ["status"] = round.Mishap == Mishap.Refused ? 400 : 403,
            });
        }

        var (seen, isActing) = (0, 0);
        var acting = new ConcurrentBag<Task>();
        _world.Watch = _ =>
        {
            // What people do is seen, too.
            if (Volatile.Read(ref isActing) == 1)
            {
                return;
            }

            var now = Interlocked.Increment(ref seen);
            var due = round.During.Where(one => one.After == now).Select(one => one.Act).ToList();
            if (due.Count > 0 && Interlocked.Exchange(ref isActing, 1) == 0)
            {
                var all = Task.Run(async () =>
                {
                    foreach (var one in due)
                    {
                        await act(one);
                    }

                    Volatile.Write(ref isActing, 0);
                });
                acting.Add(all);
                all.ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
            }
        };
        var run = _world.Run(Commands[round.Kind % Commands.Length] + (round.Prunes ? " -Prune" : string.Empty));
        _world.Watch = _ => { };
        try
        {
            await Task.WhenAll(acting);
        }
        catch (Exception failure)
        {
            throw new PersonException("What a person did while a run was at work failed.", failure);
        }
        await _world.ClearFaultsAsync();
        return run;
    }

    /// <summary>Runs undisturbed.</summary>
    public Task<PowerShellSession.Outcome> RunAsync(bool prunes) =>
        RunAsync(new ContentRound([], 0, prunes, Mishap.None, 0, 0, [], true), _ => Task.CompletedTask);

    /// <summary>The requests of either service that wrote since <see cref="ForgetRequestsAsync"/>.</summary>
    public async Task<IReadOnlyList<string>> WrittenAsync() => [.. (await _world.RequestsAsync("jira")).Keys
        .Concat((await _world.RequestsAsync("ado")).Keys)
        .Where(route => !route.StartsWith("GET", StringComparison.Ordinal) && !ReadingRoute().IsMatch(route))];

    public Task ForgetRequestsAsync() => _world.ResetRequestsAsync();

    public async Task<IReadOnlyList<ShownComment>> CommentsInJiraAsync(int pair)
    {
        var answer = await GetAsync($"issue/{KeyOf(pair)}/comment?expand=renderedBody&maxResults=1000");
        return [.. answer["comments"]!.AsArray().Select(one =>
        {
            var html = one!["renderedBody"]!.ToString();
            return new ShownComment(
                long.Parse(one["id"]!.ToString(), CultureInfo.InvariantCulture),
                one["author"]!["displayName"]!.ToString() != "eve",
                Plain(html),
                Number(CopyInJira().Match(html)));
        })];
    }

    public async Task<IReadOnlyList<ShownComment>> CommentsInAdoAsync(int pair) =>
        [.. (await Board.CommentsAsync(Items[pair])).Select(one =>
        {
            var html = one["text"]!.ToString();
            return new ShownComment(
                (long)one["id"]!, one["createdBy"]!["displayName"]!.ToString() != "ann", Plain(html), Number(CopyInAdo().Match(html)));
        })];

    public async Task<IReadOnlyList<ShownFile>> FilesInJiraAsync(int pair) =>
        [.. ((await GetAsync($"issue/{KeyOf(pair)}?fields=attachment"))["fields"]?["attachment"]?.AsArray() ?? [])
            .Select(one => new ShownFile(
                one!["id"]!.ToString(),
                one["author"]!["displayName"]!.ToString() != "eve",
                one["filename"]!.ToString(),
                (long)one["size"]!,
                []))];

    public async Task<IReadOnlyList<ShownFile>> FilesInAdoAsync(int pair) =>
        [.. ((await Board.ItemAsync(Items[pair]))["relations"]?.AsArray() ?? [])
            .Where(one => one!["rel"]!.ToString() == "AttachedFile")
            .Select(one =>
            {
                var mark = CopyOfFile().Match(one!["attributes"]!["comment"]?.ToString() ?? string.Empty);
                return new ShownFile(
                    one["url"]!.ToString(),
                    mark.Success,
                    one["attributes"]!["name"]?.ToString() ?? string.Empty,
                    (long)one["attributes"]!["resourceSize"]!,
                    mark.Success
                        ? [.. mark.Groups[1].Value.Split('+').Select(id => long.Parse(id, CultureInfo.InvariantCulture))]
                        : []);
            })];

    /// <summary>Writes a comment in Jira, or gives one another text.</summary>
    public async Task<long> WriteInJiraAsync(int pair, long? comment, string text, bool isSecret)
    {
        var body = new JsonObject { ["body"] = text };
        if (isSecret)
        {
            body["visibility"] = new JsonObject { ["type"] = "role", ["value"] = "Administrators" };
        }

        using var request = new HttpRequestMessage(
            comment is null ? HttpMethod.Post : HttpMethod.Put,
            new Uri($"issue/{KeyOf(pair)}/comment{(comment is null ? string.Empty : $"/{comment}")}", UriKind.Relative))
        {
            Content = System.Net.Http.Json.JsonContent.Create(body),
        };
        using var answer = await _eveClient!.SendAsync(request);
        var said = await answer.Content.ReadAsStringAsync();
        Xunit.Assert.True(answer.IsSuccessStatusCode, said);
        return long.Parse(JsonNode.Parse(said)!["id"]!.ToString(), CultureInfo.InvariantCulture);
    }

    /// <summary>A comment in Jira as people would quote it.</summary>
    public async Task<string> SourceInJiraAsync(int pair, long comment) =>
        (await GetAsync($"issue/{KeyOf(pair)}/comment/{comment}"))["body"]!.ToString();

    /// <summary>A comment in Azure DevOps as people would quote it.</summary>
    public async Task<string> SourceInAdoAsync(int pair, long comment) =>
        (await Board.CommentsAsync(Items[pair])).Single(one => (long)one["id"]! == comment)["text"]!.ToString();

    public async ValueTask DisposeAsync()
    {
        _ann?.Dispose();
        _eve?.Dispose();
        _eveClient?.Dispose();
        await _world.DisposeAsync();
    }

    private async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await _eveClient!.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    private static string Plain(string html) => System.Net.WebUtility.HtmlDecode(Tag().Replace(html, " "));

    private static long? Number(Match match) =>
        match.Success ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"_workitems/edit/\d+#c(\d+)v\d+")]
    private static partial Regex CopyInJira();

    [GeneratedRegex(@"focusedCommentId=(\d+)#v\d+")]
    private static partial Regex CopyInAdo();

    [GeneratedRegex(@"\[jira-file:[^\]\s]+/([0-9+]+) ")]
    private static partial Regex CopyOfFile();

    [GeneratedRegex("search|bulkfetch|comment/list|wiql|artifacturi|workitemsbatch|workitemrevisions|permissions")]
    private static partial Regex ReadingRoute();
}
