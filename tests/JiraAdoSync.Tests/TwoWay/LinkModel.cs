using JiraAdoSync.Sandbox;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>What a person does to a link or to the parent of a story.</summary>
/// <param name="IsJira">On which side.</param>
/// <param name="What">Which link, or which story.</param>
/// <param name="Parent">Which parent the story gets, 0 for none; null where it is about a link.</param>
internal sealed record LinkEdit(bool IsJira, int What, int? Parent)
{
    public override string ToString() => $"new({(IsJira ? "true" : "false")}, {What}, {(Parent is { } number ? $"{number}" : "null")})";
}

/// <summary>Edits of people, and a run that follows them, with what happens to it.</summary>
internal sealed record LinkRound(bool IsPruning, LinkEdit[] Edits, LinkTrouble? Trouble, (int At, LinkEdit Edit)[] During)
{
    public override string ToString() =>
        $"{(IsPruning ? "-Prune " : "")}[{string.Join<LinkEdit>(", ", Edits)}] {Trouble} [{string.Join(", ", During)}]";
}

/// <summary>
/// What both sides had of each link and parent when they were last in step to whoever looked. What one side added since is
/// to be on both, and what one side removed on neither, or with the reason where it was where nothing is pruned; a parent
/// that one side changed is that of both, and one that both changed a conflict.
/// </summary>
internal sealed class LinkModel
{
    /// <summary>The links that people add and remove: no two of them get into each other's way.</summary>
    public static readonly string[] Links =
        ["Blocks 1 2", "Blocks 1 3", "Blocks 2 3", "Relates 1 2", "Relates 1 3", "Relates 2 3"];

    private readonly LinkWorld _world;
    private readonly List<string> _story = [];

    /// <summary>The links that both sides had when they were last in step.</summary>
    private readonly HashSet<string> _inStep = [];

    /// <summary>The parents that both sides had when they were last in step; 0 for none.</summary>
    private readonly Dictionary<int, int> _parents = LinkWorld.Stories.ToDictionary(story => story, _ => 0);

    /// <summary>
    /// The links that a run brought to the other side, or saw on both, and came to remember. Of others, which people made on
    /// both sides since, or with which a run broke off, one that is removed on one side may count as new.
    /// </summary>
    private readonly HashSet<string> _remembered = [.. Links.Where(link => link.EndsWith("1 2", StringComparison.Ordinal))];

    /// <summary>The links and the parents of stories that people changed on a side since the last run began.</summary>
    private readonly HashSet<(bool IsJira, string What)> _touched = [];

    /// <summary>
    /// The parents that people gave on a side while the run is at work: where it has another one, the run wrote over the
    /// edit and is about to put it back.
    /// </summary>
    private readonly Dictionary<(bool IsJira, int Story), int> _given = [];

    private LinkModel(LinkWorld world) => _world = world;

    /// <summary>Plays a sequence; a failure says what happened in it.</summary>
    public static async Task HoldAsync(JiraFlavor flavor, params LinkRound[] rounds)
    {
        await using var world = await LinkWorld.StartAsync(flavor);
        var model = new LinkModel(world);
        try
        {
            await model.PlayAsync(rounds);
        }
        catch (Exception error)
        {
            Assert.Fail($"{error.Message}\n{string.Join('\n', model._story)}\n{(error is Xunit.Sdk.XunitException ? null : error)}");
        }
    }

    private async Task PlayAsync(LinkRound[] rounds)
    {
        await AgreeAsync();
        foreach (var round in rounds)
        {
            foreach (var edit in round.Edits)
            {
                await DoAsync(edit);
            }

            await RunAsync(round.IsPruning, round.Trouble, round.During);
        }

        var isPruning = rounds[^1].IsPruning;
        await RunAsync(isPruning, null, []);
        var versions = await _world.ReadVersionsAsync();
        Assert.True(await _world.RunAsync(isPruning), _world.Report);
        Assert.True(versions == await _world.ReadVersionsAsync(), $"The next run writes.\n{_world.Report}");
    }

    private async Task DoAsync(LinkEdit edit)
    {
        _world.Pass();
        await AgreeAsync();
        if (edit.Parent is { } parent)
        {
            var isChange = ParentOn(edit.IsJira, (await _world.ReadAsync()).ParentOf(edit.What)) != parent;
            _ = isChange && _given.Remove((edit.IsJira, edit.What));
            // One parent is removed before another one is given, and both sides may have none in between.
            if (isChange && !edit.IsJira && parent != 0)
            {
                await _world.SetParentAsync(false, edit.What, null);
                await AgreeAsync();
            }

            await _world.SetParentAsync(edit.IsJira, edit.What, parent == 0 ? null : parent);
            _touched.Add((edit.IsJira, $"{edit.What}"));
            if (isChange)
            {
                _given[(edit.IsJira, edit.What)] = parent;
            }
        }
        else
        {
            await _world.ToggleAsync(edit.IsJira, Links[edit.What]);
        }

        if (edit.Parent is null)
        {
            _touched.Add((edit.IsJira, Links[edit.What]));
            var now = await _world.ReadAsync();
            // Nobody remembers one that a person made.
            _ = (edit.IsJira ? now.InJira : now.InAdo).Contains(Links[edit.What]) && _remembered.Remove(Links[edit.What]);
        }

        _story.Add($"  {(edit.IsJira ? "Jira" : "Azure DevOps")} {(edit.Parent is null ? Links[edit.What] : $"parent of {edit.What}: {edit.Parent}")}");
        await AgreeAsync();
    }

    private async Task RunAsync(bool isPruning, LinkTrouble? trouble, (int At, LinkEdit Edit)[] during)
    {
        var before = await _world.ReadAsync();
        var isQuiet = trouble is null && during.Length == 0;
        _world.Pass();
        _touched.Clear();
        _given.Clear();
        _story.Add($"{before}\n  run {(isPruning ? "-Prune " : "")}{trouble}");
        var isEnded = await _world.RunAsync(
            isPruning, trouble, [.. during.Select(one => (one.At, (Func<Task>)(() => DoAsync(one.Edit))))]);
        var after = await _world.ReadAsync();
        _story.Add($"{_world.Report}\n{after}");
        Assert.True(after.InJira.Distinct().Count() == after.InJira.Count, "A link is in Jira twice.");
        Assert.True(after.InAdo.Distinct().Count() == after.InAdo.Count, "A link is in Azure DevOps twice.");
        Assert.True(after.InJira.Concat(after.InAdo).All(Links.Contains), "There is a link that nobody made.");
        if (isQuiet)
        {
            Assert.True(isEnded, "A run without trouble fails.");
            Array.ForEach(Links, link => CheckLink(isPruning, link, before, after));
            Array.ForEach(LinkWorld.Stories, story => CheckParent(story, before.ParentOf(story), after.ParentOf(story)));
        }

        // What a run brought to one side is in step with what it had read of the other, whatever people did since.
        var toJira = after.InJira.Except(before.InJira).Where(link => !_touched.Contains((true, link))).ToList();
        var toAdo = after.InAdo.Except(before.InAdo).Where(link => !_touched.Contains((false, link))).ToList();
        _inStep.UnionWith([.. toJira, .. toAdo]);
        foreach (var story in LinkWorld.Stories)
        {
            var (was, now) = (before.ParentOf(story), after.ParentOf(story));
            _parents[story] = now.Jira != was.Jira && !_touched.Contains((true, $"{story}")) ? now.Jira
                : now.Ado != was.Ado && !_touched.Contains((false, $"{story}")) ? now.Ado
                : _parents[story];
        }

        // A relation has a mark that says which link it was made of.
        _remembered.UnionWith(toAdo);
        if (_world.IsRecorded)
        {
            _remembered.UnionWith(toJira);
            _remembered.UnionWith(before.InJira.Intersect(before.InAdo)
                .Where(link => !_touched.Contains((true, link)) && !_touched.Contains((false, link))));
        }

        _given.Clear();
        Agree(after);
    }

    private void CheckLink(bool isPruning, string link, LinkState before, LinkState after)
    {
        var (left, right) = (before.InJira.Contains(link), before.InAdo.Contains(link));
        var (jira, ado) = (after.InJira.Contains(link), after.InAdo.Contains(link));
        var isRemoved = _inStep.Contains(link) && left != right;
        var expected = isRemoved ? (isPruning ? (false, false) : (left, right)) : (left || right, left || right);
        var isNew = isRemoved && !_remembered.Contains(link) && jira && ado;
        Assert.True(
            (jira, ado) == expected || isNew,
            $"{link}: in step {_inStep.Contains(link)}, before {(left, right)}, after {(jira, ado)} instead of {expected}.");
        Assert.True(jira == ado || IsNamed(link), $"{link} differs, and nothing says why.");
    }

    private bool IsNamed(string link)
    {
        var ends = link.Split(' ');
        return _world.Notes.Any(note => note.StartsWith($"{ends[1]} {ends[2]} ", StringComparison.Ordinal)
            || note.StartsWith($"{ends[2]} {ends[1]} ", StringComparison.Ordinal));
    }

    private void CheckParent(int story, (int Jira, int Ado) was, (int Jira, int Ado) now)
    {
        var known = _parents[story];
        var expected = was.Jira == was.Ado || (was.Jira != known && was.Ado != known) ? was
            : was.Jira != known ? (was.Jira, was.Jira)
            : (was.Ado, was.Ado);
        Assert.True(
            now == expected, $"The parent of {story}: in step {known}, before {was}, after {now} instead of {expected}.");
        Assert.True(
            now.Jira == now.Ado || _world.Notes.Any(note => note.StartsWith($"Parent {story} ", StringComparison.Ordinal)),
            $"The parent of {story} differs, and nothing says why.");
    }

    private async Task AgreeAsync() => Agree(await _world.ReadAsync());

    /// <summary>What both sides have now is in step.</summary>
    private void Agree(LinkState now)
    {
        foreach (var link in Links.Where(link => now.InJira.Contains(link) == now.InAdo.Contains(link)))
        {
            _ = now.InJira.Contains(link) ? _inStep.Add(link) : _inStep.Remove(link);
        }

        foreach (var story in LinkWorld.Stories)
        {
            var parents = now.ParentOf(story);
            if (parents.Jira == parents.Ado && !IsWrittenOver(true) && !IsWrittenOver(false))
            {
                _parents[story] = parents.Jira;
            }

            bool IsWrittenOver(bool isJira) =>
                _given.TryGetValue((isJira, story), out var given) && given != ParentOn(isJira, parents);
        }
    }

    private static int ParentOn(bool isJira, (int Jira, int Ado) parents) => isJira ? parents.Jira : parents.Ado;
}
