using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace JiraAdoSync.Tests.Cmdlets;

/// <summary>
/// People who edit the relations of stories with a client of their own, just between our reads of the stories and our
/// write that removes something by its index.
/// </summary>
internal sealed class PeopleAtWork
{
    private const int StoryCount = 20;
    private const int TaskCount = 30;

    private readonly World _world;
    private readonly List<int> _stories;
    private readonly List<int> _tasks;
    private readonly Dictionary<int, List<int>> _theirs;
    private readonly Random _random = new(7);

    private PeopleAtWork(World world, List<int> stories, List<int> tasks)
    {
        (_world, _stories, _tasks) = (world, stories, tasks);
        _theirs = stories.ToDictionary(id => id, _ => new List<int>());
    }

    /// <summary>The issues whose work items they edit, and others to relate them to.</summary>
    public static JiraSeed Seed => Enumerable.Range(1, StoryCount + TaskCount).Aggregate(
        new JiraSeed(), (seed, number) => seed.Issue(number, number <= StoryCount ? "Story" : "Task"));

    /// <summary>The keys of the stories.</summary>
    public static IReadOnlyList<string> Keys => [.. Enumerable.Range(1, StoryCount).Select(number => $"SHOP-{number}")];

    /// <summary>They start when the work items exist, and relate each story once.</summary>
    public static async Task<PeopleAtWork> JoinAsync(World world)
    {
        var ids = (await world.Board.ItemsAsync())
            .ToDictionary(item => item["fields"]!["System.Title"]!.ToString(), item => (int)item["id"]!);
        var all = Enumerable.Range(1, StoryCount + TaskCount).Select(number => ids[$"Issue {number}"]).ToList();
        var people = new PeopleAtWork(world, all[..StoryCount], all[StoryCount..]);
        await people.EditAsync();
        return people;
    }

    /// <summary>After each read of all stories, until something is removed, they edit relations of each.</summary>
    public void EditBetweenReadsAndRemovals()
    {
        var isRemoved = false;
        _world.Watch = exchange =>
        {
            isRemoved |= exchange.Target.Contains("$batch", StringComparison.Ordinal)
                && Encoding.UTF8.GetString(exchange.Request.Span)
                    .Contains("\"op\":\"remove\"", StringComparison.Ordinal);
            if (!isRemoved && exchange.Target.Contains("workitemsbatch", StringComparison.Ordinal)
                && JsonNode.Parse(exchange.Request.Span)!["ids"]!.AsArray().Count >= StoryCount)
            {
                EditAsync().GetAwaiter().GetResult();
            }
        };
    }

    public void Rest() => _world.Watch = _ => { };

    public async Task AssertNothingIsLostAsync()
    {
        foreach (var id in _stories)
        {
            Assert.Equal(
                _theirs[id].Order().Select(target => (target, (string?)"theirs")),
                (await _world.Board.CommentsOfRelationsAsync(id)).OrderBy(one => one.Key)
                    .Select(one => (one.Key, one.Value)));
        }
    }

    /// <summary>The hyperlinks of all stories but our marks.</summary>
    public async Task<IReadOnlyList<string>> HyperlinksAsync() =>
        [.. (await Task.WhenAll(_stories.Select(_world.Board.HyperlinksAsync))).SelectMany(links => links)];

    /// <summary>They take one relation of each story away and add others.</summary>
    private async Task EditAsync()
    {
        foreach (var (id, theirs) in _theirs)
        {
            int[] added = [.. _tasks.Except(theirs).OrderBy(_ => _random.Next()).Take(_random.Next(1, 3))];
            if (theirs.Count > 0)
            {
                var removed = theirs[_random.Next(theirs.Count)];
                theirs.Remove(removed);
                await _world.Board.UnrelateAsync(id, removed);
            }

            theirs.AddRange(added);
            await _world.Board.RelateAsync(id, "System.LinkTypes.Related", "theirs", added);
        }
    }
}
