using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>What a person does in a tangle.</summary>
/// <param name="IsJira">On which side.</param>
/// <param name="What">The link, which is added or removed; or "Parent" with the child and its new parent, 0 for none.</param>
internal sealed record TangleEdit(bool IsJira, string What)
{
    public override string ToString() => $"new({(IsJira ? "true" : "false")}, \"{What}\")";
}

/// <summary>Edits of people, and an undisturbed run that follows them.</summary>
internal sealed record TangleRound(bool IsPruning, TangleEdit[] Edits)
{
    public override string ToString() => $"new({(IsPruning ? "true" : "false")}, [{string.Join<TangleEdit>(", ", Edits)}])";
}

/// <summary>
/// Links and parents that get into each other's way: circles, several types between the same two, types that are Related
/// for want of one of their own, two originals of one duplicate, and parents that Jira has no level for. What both sides
/// are to have then depends on who came first, so that only this is asked of a run: what a person made since the last one
/// is where it was made; what differs is a result with a reason; and the next run writes nothing.
/// </summary>
internal sealed class LinkTangle
{
    /// <summary>The kinds of link in Jira.</summary>
    public static readonly string[] InJira = ["Blocks", "Relates", "Duplicate", "reminds-of", "inspires"];

    /// <summary>The kinds of relation in Azure DevOps, which are called like the links that become them.</summary>
    public static readonly string[] InAdo = ["Blocks", "Relates", "Duplicate"];

    /// <summary>The parameters of runs, one of them at random.</summary>
    public static readonly string[] Options =
    [
        "-Unmapped Related",
        "-Unmapped Skip",
        "-Unmapped Related -OnConflict Skip",
        "-Unmapped Related -FieldConflict JiraWins",
        "-Unmapped Related -FieldConflict AdoWins",
    ];

    private readonly LinkWorld _world;
    private readonly List<string> _story = [];
    private readonly HashSet<TangleEdit> _made = [];
    private readonly HashSet<string> _removed = [];

    /// <summary>What people removed since the last run, of what a run had brought from one side to the other.</summary>
    private readonly HashSet<TangleEdit> _deleted = [];

    /// <summary>The relations that runs brought from one side to the other, which they remember.</summary>
    private readonly HashSet<string> _carried = [];

    /// <summary>
    /// The duplicates of Jira that are Related in Azure DevOps for want of a relation of their own, and were before the last
    /// run, too, so that it came to remember them.
    /// </summary>
    private HashSet<string> _shared = [];

    private LinkTangle(LinkWorld world) => _world = world;

    /// <summary>Plays a sequence; a failure says what happened in it.</summary>
    public static async Task HoldAsync(JiraFlavor flavor, string options, params TangleRound[] rounds)
    {
        await using var world = await LinkWorld.StartAsync(flavor, options, "duplicates", "reminds-of", "inspires");
        var tangle = new LinkTangle(world);
        try
        {
            await tangle.PlayAsync(rounds);
        }
        catch (Exception error)
        {
            Assert.Fail($"{error.Message}\n{string.Join('\n', tangle._story)}\n{(error is Xunit.Sdk.XunitException ? null : error)}");
        }
    }

    private async Task PlayAsync(TangleRound[] rounds)
    {
        foreach (var round in rounds)
        {
            foreach (var edit in round.Edits)
            {
                await DoAsync(edit);
            }

            await RunAsync(round.IsPruning);
        }

        var isPruning = rounds[^1].IsPruning;
        await RunAsync(isPruning);
        var versions = await _world.ReadVersionsAsync();
        Assert.True(await _world.RunAsync(isPruning), _world.Report);
        Assert.True(versions == await _world.ReadVersionsAsync(), $"The next run writes.\n{_world.Report}");
    }

    private async Task DoAsync(TangleEdit edit)
    {
        _world.Pass();
        var (kind, one, other) = Parse(edit.What);
        try
        {
            await (kind == "Parent"
                ? _world.SetParentAsync(edit.IsJira, one, other == 0 ? null : other)
                : _world.ToggleAsync(edit.IsJira, edit.What));
        }
        catch (Exception refused) when (refused.Message.Contains("TF201", StringComparison.Ordinal)
            || refused.Message.Contains(": 400 ", StringComparison.Ordinal))
        {
            _story.Add($"  refused {edit}");
            return;
        }

        _story.Add($"  {edit}");
        var state = await _world.ReadAsync();
        if (kind == "Parent")
        {
            return;
        }

        _made.Remove(edit);
        _deleted.RemoveWhere(one => Image(one.What) == Image(edit.What));
        if ((edit.IsJira ? state.InJira : state.InAdo).Contains(edit.What))
        {
            _made.Add(edit);
            _carried.Remove(Image(edit.What));
            return;
        }

        _removed.Add(Image(edit.What));
        if (_carried.Contains(Image(edit.What)))
        {
            _deleted.Add(edit);
        }
    }

    private async Task RunAsync(bool isPruning)
    {
        _world.Pass();
        var before = await _world.ReadAsync();
        _story.Add($"{before}\n  run {(isPruning ? "-Prune" : "")}");
        var isEnded = await _world.RunAsync(isPruning);
        var after = await _world.ReadAsync();
        _story.Add($"{_world.Report}\n{after}");
        Assert.True(isEnded, "A run without trouble fails.");
        Assert.True(after.InJira.Distinct().Count() == after.InJira.Count, "A link is in Jira twice.");
        foreach (var (isJira, what) in _made.Where(made => !_removed.Contains(Image(made.What))))
        {
            Assert.True((isJira ? after.InJira : after.InAdo).Contains(what), $"{what} is lost, which somebody just made.");
        }

        foreach (var (isJira, what) in _deleted.Where(deleted => !IsDuplicateToo(deleted.What, after)))
        {
            Assert.False((isJira ? after.InJira : after.InAdo).Contains(what), $"{what} is back, which somebody removed.");
        }

        foreach (var link in after.InJira.Where(link => !after.InAdo.Contains(Image(link))))
        {
            Assert.True(IsNamed(link), $"{link} is in Jira only, and nothing says why.");
        }

        foreach (var relation in after.InAdo.Where(relation => !after.InJira.Select(Image).Contains(relation)))
        {
            Assert.True(IsNamed(relation), $"{relation} is in Azure DevOps only, and nothing says why.");
        }

        foreach (var item in LinkWorld.Stories.Concat(LinkWorld.Epics))
        {
            var (jira, ado) = after.ParentOf(item);
            Assert.True(
                jira == ado || IsNamed($"Parent {item} {jira}") || IsNamed($"Parent {item} {ado}")
                    || _world.Notes.Any(note => note.StartsWith($"Parent {item} ", StringComparison.Ordinal)),
                $"The parent of {item} differs, and nothing says why.");
        }

        _carried.UnionWith(after.InJira.Except(before.InJira).Concat(after.InAdo.Except(before.InAdo)).Select(Image));
        _shared = [.. Shared(before).Intersect(Shared(after))];
        _deleted.Clear();
        _made.Clear();
        _removed.Clear();
    }

    /// <summary>
    /// Whether a duplicate of another original is between the same two that is new there: for want of a relation of its own
    /// it is Related, too.
    /// </summary>
    private bool IsDuplicateToo(string what, LinkState now) =>
        InJiraOnly(now).Any(link => !_shared.Contains(link) && what == Related(link));

    /// <summary>The duplicates that Azure DevOps has no relation of their own for.</summary>
    private static IEnumerable<string> InJiraOnly(LinkState now) => now.InJira
        .Where(link => link.StartsWith("Duplicate", StringComparison.Ordinal) && !now.InAdo.Contains(link));

    private static IEnumerable<string> Shared(LinkState now) =>
        InJiraOnly(now).Where(link => now.InAdo.Contains(Related(link)));

    private static string Related(string link)
    {
        var (_, one, other) = Parse(link);
        return $"Relates {Math.Min(one, other)} {Math.Max(one, other)}";
    }

    private bool IsNamed(string link)
    {
        var (_, one, other) = Parse(link);
        return _world.Notes.Any(note => note.StartsWith($"{one} {other} ", StringComparison.Ordinal)
            || note.StartsWith($"{other} {one} ", StringComparison.Ordinal));
    }

    /// <summary>The relation that a link becomes where nothing is in its way.</summary>
    private static string Image(string link)
    {
        var (kind, _, _) = Parse(link);
        return InAdo.Contains(kind) && kind != "Relates" ? link : Related(link);
    }

    private static (string Kind, int One, int Other) Parse(string link)
    {
        var parts = link.Split(' ');
        return (parts[0], int.Parse(parts[1]), int.Parse(parts[2]));
    }
}
