using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Mapping.Links;
using JiraAdoSync.Planning.Relations;
using JiraAdoSync.Ports;
using JiraAdoSync.Rest.AzureDevOps;
using JiraAdoSync.Sandbox;
using JiraAdoSync.Syncing;
using JiraAdoSync.Tests.Planning.Relations;
using JiraAdoSync.Tests.Writing;
using Xunit;

namespace JiraAdoSync.Tests.Rest;

/// <summary>
/// Another client edits relations over HTTP between our reads and our writes and just after them, at random, in the
/// sandbox with the rules of the service, and a second run of the same sync is at work, in between or at the same time.
/// All of them use one account, so that no history distinguishes them. Only where people replace what is to be
/// put back, it is missing, and reported. Some groups of work items are synced in one run, each of them a round of its
/// own; the environment variable <c>JIRAADOSYNC_INTERLEAVINGS</c> asks for more rounds, <c>JIRAADOSYNC_SEED</c> for
/// others.
/// </summary>
public sealed class InterleavingTests
{
    private const int Group = 5;
    private const int Groups = 20;

    private static readonly string[] TheirTypes =
    [
        "System.LinkTypes.Related", "System.LinkTypes.Dependency-Forward", "System.LinkTypes.Hierarchy-Forward",
        "System.LinkTypes.Hierarchy-Reverse",
    ];

    private static int Rounds => Setting("JIRAADOSYNC_INTERLEAVINGS", 160);

    private static int FirstSeed => Setting("JIRAADOSYNC_SEED", 0);

    [Theory(Timeout = 7_200_000)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task No_relation_of_theirs_is_missing_in_the_end_and_ours_converge(bool showsAtBothEnds, bool mayMix)
    {
        var options = new SandboxOptions { Seed = [] };
        options.Switches.LinkCommentShowsAtBothEnds = showsAtBothEnds;
        options.Switches.PatchMayMixRelationRemovalsAndAdditions = mayMix;
        await using var sandbox = await SandboxServer.StartAsync(options, TestContext.Current.CancellationToken);
        using var client = await AdoClient.ConnectAsync(
            sandbox.OrganizationUri,
            sandbox.Project,
            () => Basic(sandbox),
            TimeProvider.System,
            _ => { },
            TestContext.Current.CancellationToken);
        using var others = new OtherPeople(sandbox);
        for (var run = 0; run * Groups < Math.Max(Groups, Rounds / 4); run++)
        {
            await RunAsync(client, others, FirstSeed + (run * 4) + (showsAtBothEnds ? 2 : 0) + (mayMix ? 1 : 0));
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    private static async Task RunAsync(AdoClient client, OtherPeople others, int seed)
    {
        var random = new Random(seed);
        var items = await CreateAsync(client);
        var theirs = new HashSet<(int Source, string Type, int Target)>();
        for (var i = 0; i < 4 * Groups; i++)
        {
            await others.EditAsync(items, theirs, random);
        }

        var (store, interleaver) = Interleaver.Around(client);
        await ApplyAsync(store, items, RandomLinks(items.Count, random), others);

        // The links change, and while the difference is written, others edit, and a second run does the same.
        var desired = RandomLinks(items.Count, random);
        var second = seed / 4 % 3;
        var secondAt = random.Next(1, 4);
        var writes = 0;
        // While two runs write at the same time, others only add: they use indexes, too, and nothing puts back what
        // they take.
        others.Remove = second != 2;
        interleaver.BeforeWrite = async owners =>
        {
            for (var i = random.Next(2 * Groups); i > 0; i--)
            {
                await others.EditAsync(items, theirs, random);
            }

            await others.RelateAsync(owners, theirs, random);
            if (second == 1 && ++writes == secondAt)
            {
                await ApplyAsync(client, items, desired, others);
            }
        };
        interleaver.AfterWrite = async () =>
        {
            for (var i = random.Next(Groups); i > 0; i--)
            {
                await others.EditAsync(items, theirs, random);
            }
        };
        var atTheSameTime = second == 2
            ? ApplyAsync(client, items, desired, others)
            : Task.FromResult(new List<string>());
        List<string> reports = [.. await ApplyAsync(store, items, desired, others), .. await atTheSameTime];
        (interleaver.BeforeWrite, interleaver.AfterWrite) = (_ => Task.CompletedTask, () => Task.CompletedTask);
        foreach (var lost in reports.SelectMany(Lost))
        {
            OtherPeople.Forget(lost, theirs);
        }

        Assert.True(
            await others.FindMissingAsync(theirs) is { Count: 0 },
            $"seed {seed}: {string.Join(", ", await others.FindMissingAsync(theirs))} of theirs are missing ({string.Join("; ", reports)})");

        // Left alone, the next runs complete it, and then there is nothing to do.
        await ApplyAsync(store, items, desired, others);
        await ApplyAsync(store, items, desired, others);
        Assert.DoesNotContain((await PlanAsync(store, items, desired)).Changes, change => change.IsWrite);
        Assert.True(
            await others.FindMissingAsync(theirs) is { Count: 0 },
            $"seed {seed}: some of theirs are missing after another run");
    }

    /// <summary>The relations that a failure reports as lost.</summary>
    private static IEnumerable<(int Source, string Type, int Target)> Lost(string message) =>
        !message.Contains("can't be put back:", StringComparison.Ordinal) ? []
        : message.Split("can't be put back:")[1].TrimEnd('.').Split(',').Select(one => one.Trim().Split(' '))
            .Select(words => (
            int.Parse(words[0], CultureInfo.InvariantCulture),
            StandardRelationTypes.All.TryFind(string.Join(' ', words[1..^1]), out var type)
                ? type.ReferenceName
                : string.Empty,
            int.Parse(words[^1], CultureInfo.InvariantCulture)));

    private static async Task<IReadOnlyList<int>> CreateAsync(AdoClient client)
    {
        var writes = Enumerable.Range(1, Group * Groups)
            .Select(number => new WorkItemWrite
            {
                WorkItemType = "Task",
                Fields = new Dictionary<string, object?> { ["System.Title"] = $"Item {number}" },
            })
            .ToList();
        var outcomes = await client.WriteAsync(writes, TestContext.Current.CancellationToken);
        return outcomes.Select(outcome => outcome.WorkItem!.Id).ToList();
    }

    /// <summary>Up to six links a group, and parents for some: issue n has the nth item.</summary>
    private static DesiredRelation[] RandomLinks(int issues, Random random) => Enumerable.Range(0, issues / Group)
        .SelectMany(group => Enumerable.Range(1, random.Next(7)).Select(_ =>
        {
            var (source, target) = Pair(random);
            var isParent = random.Next(4) == 0;
            var relation = isParent ? StandardRelationTypes.Parent : new[]
            {
                StandardRelationTypes.Related, StandardRelationTypes.Successor, StandardRelationTypes.Child,
            }[random.Next(3)];
            var linkId = (group * 12) + random.Next(1, 12);
            return new DesiredRelation
            {
                Link = Scenario.Link(isParent ? null : linkId, (group * Group) + source, (group * Group) + target),
                Relation = relation,
            };
        }))
        .DistinctBy(one => (one.Link.LinkId, one.Link.IsParent ? one.Source.Id : 0))
        .ToArray();

    private static (int Source, int Target) Pair(Random random)
    {
        var source = random.Next(1, Group + 1);
        return (source, 1 + ((source - 1 + random.Next(1, Group)) % Group));
    }

    private static async Task<RelationPlan> PlanAsync(
        IWorkItemStore store, IReadOnlyList<int> items, DesiredRelation[] desired)
    {
        var token = TestContext.Current.CancellationToken;
        var types = await store.GetRelationTypesAsync(token);
        return Planner.Plan(new PlanInput
        {
            Desired = desired.Select(one => one with { Relation = types[one.Relation!.ReferenceName] }).ToList(),
            Types = types,
            Site = Scenario.Site,
            WorkItems = Enumerable.Range(1, items.Count).ToDictionary(issue => (long)issue, issue => items[issue - 1]),
            Existing = await store.ReadAsync(items, token),
            Scope = Enumerable.Range(1, items.Count).Select(Scenario.Issue).ToList(),
            Policy = new RelationPolicy { Prune = true, PruneLimit = 100 },
        });
    }

    /// <returns>What failed; not what reports a relation as lost of which an equal one exists.</returns>
    private static async Task<List<string>> ApplyAsync(
        IWorkItemStore store, IReadOnlyList<int> items, DesiredRelation[] desired, OtherPeople others)
    {
        var plan = await PlanAsync(store, items, desired);
        var phase = new Synchronizer(
            new SyncContext { Store = store, Source = new MemoryStore(), Site = Scenario.Site }).Apply(plan);
        var failed = new List<string>();
        await foreach (var result in phase.ApplyAsync(TestContext.Current.CancellationToken))
        {
            if (result.Problem is { } error && !await others.HaveAnyAsync(Lost(error.Message)))
            {
                failed.Add($"{result}: {error.Message}");
            }
        }

        return failed;
    }

    private static AuthenticationHeaderValue Basic(SandboxServer sandbox) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($":{sandbox.AdoToken}")));

    /// <summary>Passes everything on, and lets others in before each write and after it.</summary>
    public class Interleaver : DispatchProxy
    {
        private AdoClient _client = null!;

        /// <summary>Receives the work items that lose relations.</summary>
        internal Func<IReadOnlyList<int>, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

        internal Func<Task> AfterWrite { get; set; } = () => Task.CompletedTask;

        internal static (IWorkItemStore Store, Interleaver Interleaver) Around(AdoClient client)
        {
            var store = Create<IWorkItemStore, Interleaver>();
            var interleaver = (Interleaver)store;
            interleaver._client = client;
            return (store, interleaver);
        }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IWorkItemStore.WriteAsync)
                ? WriteAsync((IReadOnlyList<WorkItemWrite>)args![0]!, (CancellationToken)args[1]!)
                : targetMethod.Invoke(_client, args);

        private async Task<IReadOnlyList<WriteOutcome>> WriteAsync(
            IReadOnlyList<WorkItemWrite> writes, CancellationToken cancellationToken)
        {
            await BeforeWrite(writes.Where(write => write.RemoveRelations.Count > 0)
                .Select(write => write.WorkItemId!.Value).ToList());
            var outcomes = await _client.WriteAsync(writes, cancellationToken);
            await AfterWrite();
            return outcomes;
        }
    }

    /// <summary>Somebody with a client of their own. Where the service refuses them, they let it be.</summary>
    private sealed class OtherPeople : IDisposable
    {
        private readonly HttpClient _client;
        private readonly Uri _organization;

        /// <summary>Whether they remove relations, too.</summary>
        public bool Remove { get; set; } = true;

        public OtherPeople(SandboxServer sandbox)
        {
            _organization = sandbox.OrganizationUri;
            _client = new HttpClient { BaseAddress = new Uri($"{sandbox.OrganizationUri}/") };
            _client.DefaultRequestHeaders.Authorization = Basic(sandbox);
        }

        /// <summary>Adds a relation, or removes one of their own or, seldom, of ours.</summary>
        public async Task EditAsync(
            IReadOnlyList<int> items, HashSet<(int Source, string Type, int Target)> theirs, Random random)
        {
            var group = random.Next(Groups) * Group;
            var (source, target) = Pair(random);
            var (id, other) = (items[group + source - 1], items[group + target - 1]);
            var type = TheirTypes[random.Next(TheirTypes.Length)];
            if (Remove && random.Next(8) == 0)
            {
                // Ours may be at the index of an equal one of theirs; then they remove that.
                if (await RemoveAsync(id, relation => IsMarked(CommentOf(relation)))
                    is var (rel, end))
                {
                    Forget((id, rel, end), theirs);
                }
            }
            else if (Remove && random.Next(3) == 0
                && theirs.Where(one => items.Contains(one.Source)).ToList() is { Count: > 0 } own)
            {
                var removed = own[random.Next(own.Count)];
                Forget(removed, theirs);
                await RemoveAsync(removed.Source, relation =>
                    relation["rel"]!.ToString() == removed.Type && TargetOf(relation) == removed.Target);
            }
            else
            {
                await AddAsync(id, type, other, theirs);
            }
        }

        /// <summary>Relates work items that lose relations in one batch to each other, just then.</summary>
        public async Task RelateAsync(
            IReadOnlyList<int> owners, HashSet<(int Source, string Type, int Target)> theirs, Random random)
        {
            for (var i = owners.Count < 2 ? 0 : random.Next(owners.Count); i > 0; i--)
            {
                var (id, other) = (owners[random.Next(owners.Count)], owners[random.Next(owners.Count)]);
                if (id != other)
                {
                    await AddAsync(id, TheirTypes[random.Next(TheirTypes.Length)], other, theirs);
                }
            }
        }

        /// <summary>Those that don't exist, or carry a mark of ours at one of their ends.</summary>
        public async Task<List<(int Source, string Type, int Target)>> FindMissingAsync(
            IReadOnlyCollection<(int Source, string Type, int Target)> theirs)
        {
            var current = (await ReadAsync(theirs)).ToLookup(one => one.Edge, one => one.Comment);
            return theirs
                .Where(edge => !current[edge].Any() || current[edge].Concat(current[Mirror(edge)]).Any(IsMarked))
                .ToList();
        }

        /// <summary>Whether any exists, whoever made it.</summary>
        public async Task<bool> HaveAnyAsync(IEnumerable<(int Source, string Type, int Target)> relations)
        {
            var edges = relations.ToList();
            return (await ReadAsync(edges)).Any(one => edges.Contains(one.Edge));
        }

        public void Dispose() => _client.Dispose();

        private async Task AddAsync(
            int id, string type, int other, HashSet<(int Source, string Type, int Target)> theirs)
        {
            if (await PatchAsync(id, new JsonObject
            {
                ["op"] = "add",
                ["path"] = "/relations/-",
                ["value"] = new JsonObject
                {
                    ["rel"] = type,
                    ["url"] = $"{_organization}/_apis/wit/workItems/{other}",
                    ["attributes"] = new JsonObject { ["comment"] = "theirs" },
                },
            }))
            {
                theirs.Add((id, type, other));
            }
        }

        private async Task<(string Type, int Target)?> RemoveAsync(int id, Func<JsonNode, bool> isMeant)
        {
            var relations = await RelationsAsync(id);
            var index = relations.FindIndex(relation => isMeant(relation));
            return index >= 0
                && await PatchAsync(id, new JsonObject { ["op"] = "remove", ["path"] = $"/relations/{index}" })
                ? (relations[index]["rel"]!.ToString(), TargetOf(relations[index]))
                : null;
        }

        /// <summary>They may have made it from either end, one time and another.</summary>
        public static void Forget(
            (int Source, string Type, int Target) edge, HashSet<(int Source, string Type, int Target)> theirs)
        {
            theirs.Remove(edge);
            theirs.Remove(Mirror(edge));
        }

        private static (int Source, string Type, int Target) Mirror((int Source, string Type, int Target) edge) =>
            (edge.Target, StandardRelationTypes.All.Opposite(StandardRelationTypes.All[edge.Type]).ReferenceName,
                edge.Source);

        private static bool IsMarked(string? comment) => comment?.Contains("[jira:", StringComparison.Ordinal) == true;

        private static string? CommentOf(JsonNode relation) => relation["attributes"]!["comment"]?.ToString();

        /// <summary>What exists at both ends of relations.</summary>
        private async Task<List<((int Source, string Type, int Target) Edge, string? Comment)>> ReadAsync(
            IEnumerable<(int Source, string Type, int Target)> relations)
        {
            var current = new List<((int, string, int), string?)>();
            foreach (var id in relations.SelectMany(edge => new[] { edge.Source, edge.Target }).Distinct())
            {
                current.AddRange((await RelationsAsync(id))
                    .Select(one => ((id, one["rel"]!.ToString(), TargetOf(one)), CommentOf(one))));
            }

            return current;
        }

        private async Task<List<JsonNode>> RelationsAsync(int id)
        {
            var item = await _client.GetFromJsonAsync<JsonNode>(
                $"_apis/wit/workitems/{id}?$expand=relations&api-version=7.1");
            return (item!["relations"]?.AsArray() ?? []).Select(relation => relation!).ToList();
        }

        private async Task<bool> PatchAsync(int id, JsonObject operation)
        {
            using var content = JsonContent.Create(
                new JsonArray(operation), new MediaTypeHeaderValue("application/json-patch+json"),
                JsonSerializerOptions.Default);
            using var response = await _client.PatchAsync(new Uri($"_apis/wit/workitems/{id}?api-version=7.1", UriKind.Relative), content);
            return response.IsSuccessStatusCode;
        }

        private static int TargetOf(JsonNode relation) =>
            int.Parse(relation["url"]!.ToString().Split('/')[^1], CultureInfo.InvariantCulture);
    }
}
