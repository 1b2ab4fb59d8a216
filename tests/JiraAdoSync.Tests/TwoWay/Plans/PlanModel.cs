using JiraAdoSync.Tests.Cmdlets;
using JiraAdoSync.Tests.TwoWay.Registers;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay.Plans;

/// <summary>
/// What must become of values when a run is planned first, or undone. Of each value it knows what both sides had when they
/// were last in step: a side that has something else was edited, and what one side alone edited is to be on both.
/// </summary>
internal sealed class PlanModel
{
    private readonly PlanWorld _world;
    private readonly List<string> _story = [];
    private Dictionary<(string Name, string Field), string> _inStep = [];

    /// <summary>
    /// What people edited since a run wrote the field that was then undone. Who did had seen what the run wrote: their value
    /// counts, or a person is to decide.
    /// </summary>
    private readonly HashSet<PlanKey> _since = [];

    /// <summary>Whether people damaged what pairs remember: what a run can't know any more may be held.</summary>
    private bool _isDamaged;

    /// <summary>The pairs whose mark somebody removed: they stay as they are.</summary>
    private readonly HashSet<string> _unmarked = [];

    /// <summary>The pairs whose mark somebody gave a former text: it may say that a copy which was made since never was.</summary>
    private readonly HashSet<string> _restored = [];

    private PlanModel(PlanWorld world) => _world = world;

    /// <summary>
    /// A plan is applied from its file as a run would have written it. Where people edited in between, it either writes
    /// exactly that and nothing beside it, or nothing at all, and the next run brings both sides together.
    /// </summary>
    /// <param name="world">Where the plan is applied.</param>
    /// <param name="twin">Where a run does the same.</param>
    /// <param name="story">What people do.</param>
    /// <returns>How it ended.</returns>
    public static Task<string> HoldPlanAsync(PlanWorld world, PlanWorld twin, PlanStory story) => PlayAsync(world, async model =>
    {
        await model.BeginAsync(story);
        var run = await RunAsync(twin, story);
        var planned = world.Plan();
        model._story.Add($"plan: {string.Join(", ", planned.Output)}");
        await model.ActAsync(story.Since);
        var (before, versions) = (await world.ReadAsync(), await world.ReadVersionsAsync());
        var applied = world.Apply();
        var after = await world.ReadAsync();
        var outcome = applied.FailureId ?? applied.Succeeded().RunOutcome();
        model._story.Add($"apply: {outcome}\n{applied.Failure}");
        if (outcome == "PlanDrifted")
        {
            Assert.Equal(versions, await world.ReadVersionsAsync());
            var touched = story.Since.Select(act => act.Deed == Deed.Create ? "new" : $"{act.Pair}").ToHashSet();
            Assert.True(run.Keys.Any(key => touched.Contains(key.Name)), "Nobody edited what the plan has, and it is refused.");
        }
        else
        {
            Assert.Contains(outcome, new[] { "Changed", "NoChange" });
            Same(run, before.ChangesTo(after));
        }

        if (story.Since.Length == 0)
        {
            model.CheckRun(before, after, applied);
        }
        else
        {
            await model.RunAsync();
        }

        await model.QuietAsync();
        return outcome;
    });

    /// <summary>
    /// An undo gives back what a run changed and nobody edited since, and says what it leaves; the next run makes the
    /// same changes again, and loses no edit.
    /// </summary>
    /// <param name="world">Where it happens.</param>
    /// <param name="story">What people do.</param>
    public static Task<string> HoldUndoAsync(PlanWorld world, PlanStory story) => PlayAsync(world, async model =>
    {
        await model.BeginAsync(story);
        var (inStep, before) = (model._inStep.ToDictionary(), await world.ReadAsync());
        var run = world.Run();
        var written = await world.ReadAsync();
        model.CheckRun(before, written, run);
        await model.ActAsync(story.Since);
        var edited = await world.ReadAsync();
        var undo = world.Undo(run);
        var after = await world.ReadAsync();
        model._story.Add("undo\n" + string.Join('\n', undo.Of("UndoResult").Select(one => $"  {one} {one.Properties["Detail"].Value}")));
        CheckUndo(before.ChangesTo(written), written, edited, after, undo);
        model._inStep = inStep;
        model._since.UnionWith(written.ChangesTo(edited).Keys);
        await model.RunAsync();
        if (story.Since.Length == 0)
        {
            Same(new Dictionary<PlanKey, (string, string)>(), written.ChangesTo(await world.ReadAsync()));
        }

        await model.QuietAsync();
        return undo.Of("UndoResult").Any(one => $"{one.Properties["Action"].Value}" == "Skip") ? "Left" : "Undone";
    });

    /// <summary>
    /// Where people damage what pairs remember, the next run still brings both sides together or says what it holds, loses
    /// no edit, and makes nothing twice; and the one after it writes nothing.
    /// </summary>
    /// <param name="world">Where it happens.</param>
    /// <param name="story">What people do.</param>
    /// <param name="damage">What they do to what pairs remember, after that.</param>
    public static Task<string> HoldDamageAsync(PlanWorld world, PlanStory story, DamageAct[] damage) => PlayAsync(world, async model =>
    {
        await world.BeginAsync();
        await world.KeepAsync();
        model.Agree(await world.ReadAsync());
        await model.ActAsync(story.Before);
        await model.RunAsync();
        await world.KeepAsync();
        await model.ActAsync(story.Planned);
        foreach (var act in damage)
        {
            await world.DamageAsync(act);
            model._story.Add($"{act}");
            model._unmarked.UnionWith(act.Kind == Damage.RemoveMark ? [$"{act.Pair}"] : Array.Empty<string>());
            model._restored.UnionWith(act.Kind == Damage.RestoreMark ? [$"{act.Pair}"] : Array.Empty<string>());
        }

        model._isDamaged = true;
        await model.ActAsync(story.Since);
        // A pair of which nothing is known begins as on the first run: what it leaves, later ones decide by the histories.
        await model.RunAsync(mayLeave: true);
        await model.RunAsync(mayLeave: true);
        var conflicts = await model.RunAsync();
        await model.QuietAsync();
        return conflicts == 0 ? "Together" : "Held";
    });

    private static async Task<string> PlayAsync(PlanWorld world, Func<PlanModel, Task<string>> play)
    {
        var model = new PlanModel(world);
        try
        {
            return await play(model);
        }
        catch (Exception error)
        {
            Assert.Fail($"{error.Message}\n{string.Join('\n', model._story)}\n{(error is Xunit.Sdk.XunitException ? null : error)}");
            throw;
        }
    }

    /// <summary>What a run changes in an equal world.</summary>
    private static async Task<IReadOnlyDictionary<PlanKey, (string Before, string After)>> RunAsync(PlanWorld twin, PlanStory story)
    {
        await twin.BeginAsync();
        await twin.ActAsync(story.Before);
        twin.Run();
        await twin.ActAsync(story.Planned);
        var before = await twin.ReadAsync();
        twin.Run();
        return before.ChangesTo(await twin.ReadAsync());
    }

    private async Task BeginAsync(PlanStory story)
    {
        await _world.BeginAsync();
        Agree(await _world.ReadAsync());
        await ActAsync(story.Before);
        await RunAsync();
        await ActAsync(story.Planned);
    }

    private async Task ActAsync(IEnumerable<PlanAct> acts)
    {
        foreach (var act in acts)
        {
            var before = await _world.ReadAsync();
            await _world.ActAsync([act]);
            var after = await _world.ReadAsync();
            _story.Add($"{act}: {Show(before.ChangesTo(after))}");
            Agree(after);
        }
    }

    private async Task<int> RunAsync(bool mayLeave = false)
    {
        var before = await _world.ReadAsync();
        var run = _world.Run();
        Assert.True(
            _isDamaged || !run.Warnings.Any(warning => warning.StartsWith("RegisterIgnored", StringComparison.Ordinal)),
            "A run warns of what nobody but runs wrote.");
        var after = await _world.ReadAsync();
        return CheckRun(before, after, run, mayLeave);
    }

    private async Task QuietAsync()
    {
        var versions = await _world.ReadVersionsAsync();
        var run = _world.Run();
        Assert.Equal("NoChange", run.RunOutcome());
        Assert.Equal(versions, await _world.ReadVersionsAsync());
    }

    /// <returns>How many conflicts it reports.</returns>
    private int CheckRun(PlanState before, PlanState after, PowerShellSession.Outcome run, bool mayLeave = false)
    {
        var conflicts = run.Of("FieldResult")
            .Where(one => $"{one.Properties["Action"].Value}" == "Conflict"
                || (_isDamaged && $"{one.Properties["Reason"].Value}" == "NoBase"))
            .Select(one => (Key: $"{one.Properties["Key"].Value}", Field: $"{one.Properties["Field"].Value}"))
            .ToHashSet();
        _story.Add($"run: {Show(before.ChangesTo(after))}; conflicts {string.Join(", ", conflicts)}"
            + string.Concat(run.Rows("FieldResult", "Action", "Key", "Field", "Reason").Select(row => $"\n  {row}")));
        foreach (var (name, field) in before.Parts.Union(after.Parts))
        {
            var (was, now) = (before.Of(name, field), after.Of(name, field));
            if (_unmarked.Contains(name))
            {
                Assert.True(now == was, $"{field} of {name}, whose mark was removed: before {was}, after {now}");
                continue;
            }

            if (!before.Has(true, name) || !before.Has(false, name))
            {
                Assert.True(now.Jira == now.Ado && before.Has(true, name) ? now.Jira == was.Jira : now.Ado == was.Ado,
                    $"{field} of the new {name}: before {was}, after {now}");
                continue;
            }

            var isHeld = now == was && now.Jira != now.Ado
                && conflicts.Any(one => one.Field == FieldOf(field) && one.Key == $"SHOP-{int.Parse(name) + 1}");
            var inStep = _inStep.GetValueOrDefault((name, field), PlanState.Nothing);
            var isRight = !PlanState.Fields.Contains(field)
                ? now.Jira == now.Ado && now.Jira == (was.Jira == was.Ado ? was.Jira : was.Jira == inStep ? was.Ado : was.Jira)
                : was.Jira == was.Ado ? now == was
                : was.Ado == inStep ? now == (was.Jira, was.Jira)
                : was.Jira == inStep ? now == (was.Ado, was.Ado)
                : isHeld;
            Assert.True(
                isRight || (mayLeave && now == was) || (IsForgotten() && now == was) || (isHeld && (_isDamaged || IsSince(true) || IsSince(false)))
                    || (IsSince(true) && !IsSince(false) && now == (was.Jira, was.Jira))
                    || (IsSince(false) && !IsSince(true) && now == (was.Ado, was.Ado)),
                $"{field} of {name}: in step '{inStep}', before {was}, after {now}, held {isHeld}");

            // What is deleted in Jira, of which the mark never heard.
            bool IsForgotten() => _restored.Contains(name) && !PlanState.Fields.Contains(field)
                && was.Jira == PlanState.Nothing && was.Ado == inStep;

            bool IsSince(bool isJira) => _since.Contains(new PlanKey(isJira, name, field));
        }

        Agree(after);
        return conflicts.Count;
    }

    private static void CheckUndo(
        IReadOnlyDictionary<PlanKey, (string Before, string After)> written,
        PlanState then,
        PlanState edited,
        PlanState after,
        PowerShellSession.Outcome undo)
    {
        var left = undo.Of("UndoResult").Where(one => $"{one.Properties["Action"].Value}" == "Skip").Select(one => $"{one}").ToList();
        foreach (var key in written.Keys.Union(edited.ChangesTo(after).Keys))
        {
            var isEdited = IsTag(key)
                ? then.ChangesTo(edited).Keys.Any(other => IsTag(other) && (other.IsJira, other.Name) == (key.IsJira, key.Name))
                : then[key] != edited[key];
            // Jira keeps no copy of a file that a run removed.
            var isLost = key.IsJira && key.Field.StartsWith("file", StringComparison.Ordinal) && then[key] == PlanState.Nothing;
            var expected = written.TryGetValue(key, out var values) && !isEdited && !isLost ? values.Before : edited[key];
            Assert.True(after[key] == expected, $"{key}: the run wrote {values}, now '{edited[key]}', undone '{after[key]}' instead of '{expected}'");
            Assert.True(
                !isEdited || left.Count > 0 || edited[key] == written.GetValueOrDefault(key).Before,
                $"{key}: it is not said that it is left.");
        }
    }

    private static bool IsTag(PlanKey key) => FieldOf(key.Field) == PlanState.Tags;

    private static string FieldOf(string part) => part.StartsWith("Tag ", StringComparison.Ordinal) ? PlanState.Tags : part;

    /// <summary>What both sides have now is in step.</summary>
    private void Agree(PlanState now)
    {
        foreach (var part in now.Parts.Union(_inStep.Keys).ToList())
        {
            if (now.Of(part.Name, part.Field) is var (jira, ado) && jira == ado)
            {
                _inStep[part] = jira;
                _since.RemoveWhere(key => (key.Name, key.Field) == part);
            }
        }
    }

    private static void Same(
        IReadOnlyDictionary<PlanKey, (string Before, string After)> expected,
        IReadOnlyDictionary<PlanKey, (string Before, string After)> actual) =>
        Assert.True(
            expected.Count == actual.Count && expected.All(one => actual.TryGetValue(one.Key, out var other) && other == one.Value),
            $"It wrote {Show(actual)} instead of {Show(expected)}");

    private static string Show(IReadOnlyDictionary<PlanKey, (string Before, string After)> changes) => changes.Count == 0
        ? "nothing"
        : string.Join(", ", changes.Select(one => $"{one.Key} '{one.Value.Before}' -> '{one.Value.After}'").Order(StringComparer.Ordinal));
}
