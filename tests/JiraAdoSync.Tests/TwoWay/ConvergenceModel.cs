using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Planning;
using JiraAdoSync.TwoWay.Merging;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>An edit of a person, and how long nothing happens before it: no time, less than clocks may differ, or more.</summary>
internal sealed record Edit(bool IsJira, string Field, int Value, int Pause);

/// <summary>Edits of people, and a run that follows them, with what happens to it.</summary>
internal sealed record Round(Edit[] Edits, RunFault Fault, int At, (int, Edit)[] During)
{
    public override string ToString() =>
        $"[{string.Join<Edit>(", ", Edits)}] {Fault} {At} [{string.Join(", ", During)}]";
}

/// <summary>What both sides had of each field when they last meant the same.</summary>
internal sealed class ConvergenceModel
{
    private readonly PairWorld _world;
    private readonly Dictionary<string, (string Jira, string Ado)> _inStep;

    /// <summary>
    /// What both sides had when they last meant the same to whoever looked, whatever runs that knew of less wrote since.
    /// </summary>
    private readonly Dictionary<string, (string Jira, string Ado)> _agreed;

    private readonly HashSet<string> _tagsInStep;
    private readonly HashSet<string> _overwritten = [];
    private readonly HashSet<string> _collided = [];
    private readonly List<(string Field, string Value)> _lost = [];
    private readonly HashSet<(string Field, string Value)> _givenBack = [];
    private readonly Dictionary<string, string> _ours = [];
    private readonly HashSet<string> _brought = [];
    private readonly HashSet<string> _removed = [];

    /// <summary>The sides whose description people edited since a run wrote one, whether what it says now is the same.</summary>
    private readonly HashSet<bool> _described = [];

    /// <summary>When each side of a field changed, whoever did it; and when people edited it.</summary>
    private readonly List<(string Field, bool IsJira, DateTimeOffset When)> _changes = [];

    /// <summary>What the run wrote to Azure DevOps as tags; null where it wrote none.</summary>
    private string? _tagsWritten;

    /// <summary>What Jira had in step before the way that is under way; null where none is.</summary>
    private string? _beforeWay;

    private bool _isOnTheWay;
    private bool _isKept;
    private bool _isDisturbed;

    private ConvergenceModel(PairWorld world)
    {
        _world = world;
        _inStep = PairWorld.Fields.ToDictionary(field => field, field => (world.JiraValue(field), world.AdoValue(field)));
        _agreed = _inStep.ToDictionary();
        _tagsInStep = Set(world.JiraValue(PairWorld.Tags));
        world.Written = Write;
    }

    /// <summary>Plays a sequence; a failure says what happened in it.</summary>
    public static void Hold(bool isStepwise, params Round[] rounds) => Hold(isStepwise, FieldDirection.Both, rounds);

    /// <summary>Plays a sequence with descriptions that go in a direction.</summary>
    public static void Hold(bool isStepwise, FieldDirection texts, params Round[] rounds) =>
        Hold(isStepwise, texts, 0, rounds);

    /// <summary>Plays a sequence where the entries of Jira's history are some milliseconds off.</summary>
    public static void Hold(bool isStepwise, FieldDirection texts, int skew, params Round[] rounds)
    {
        var story = new List<string>();
        try
        {
            Play(isStepwise, texts, skew, rounds, _ => { });
        }
        catch (Exception error)
        {
            try
            {
                Play(isStepwise, texts, skew, rounds, world => story.Add(world.ToString()));
            }
            catch (Exception) when (story.Count > 0)
            {
            }

            Assert.Fail($"{error.Message}\n{string.Join("\n", story)}");
        }
    }

    private static void Play(bool isStepwise, FieldDirection texts, int skew, Round[] rounds, Action<PairWorld> look)
    {
        var world = new PairWorld(isStepwise, texts, skew: TimeSpan.FromMilliseconds(skew));
        var model = new ConvergenceModel(world);
        var step = 0;
        foreach (var round in rounds)
        {
            Array.ForEach(round.Edits, edit => model.Do(edit, step++));
            look(world);
            var during = round.During.Select(one => (one.Item1, (Action)(() => model.Do(one.Item2, step++)))).ToList();
            model.Run(new RunTrouble(round.Fault, round.At, during), look);
        }

        // Whatever happened: a run without trouble brings both together, and the one after it writes nothing.
        model.Run(RunTrouble.None, look);
        var first = string.Join("; ", world.IssueResults);
        world.Run(RunTrouble.None);
        Assert.True(world.Writes == (0, 0), $"{world.Writes}: {string.Join("; ", world.IssueResults)} after {first}");
    }

    private void Do(Edit edit, int step)
    {
        _world.Pass(edit.Pause switch
        {
            0 => TimeSpan.Zero,
            1 => FieldMerge.Tolerance / 4,
            _ => FieldMerge.Tolerance * 3,
        });
        if (edit.Field == PairWorld.Link)
        {
            _world.Relate();
            return;
        }

        // Whoever edits a field sees what both sides have.
        Agree(edit.Field);
        if (edit is { IsJira: true, Field: PairWorld.State } && _world.IsOnTheWay)
        {
            // Whoever moves an issue that a run is moving decides against it: both sides are edited.
            _collided.Add(edit.Field);
        }

        Apply(edit, step);
        _ = edit.Field == PairWorld.Description && _described.Add(edit.IsJira);
        _changes.Add((edit.Field, edit.IsJira, _world.Now));
        Agree(edit.Field);
    }

    private void Run(RunTrouble trouble, Action<PairWorld> look)
    {
        _ours.Clear();
        _brought.Clear();
        _removed.Clear();
        _tagsWritten = null;
        _givenBack.Clear();
        _isDisturbed |= trouble is not { Fault: RunFault.None, During.Count: 0 };
        var before = PairWorld.Fields.ToDictionary(field => field, field => (_world.JiraValue(field), _world.AdoValue(field)));
        _isOnTheWay = !_world.Corresponds(PairWorld.State);
        var (known, agreed, tags) = (_inStep.ToDictionary(), _agreed.ToDictionary(), _tagsInStep.ToHashSet(StringComparer.OrdinalIgnoreCase));
        var (earlier, since) = (_lost.ToList(), _world.PendingSince);
        var isEnded = _world.Run(trouble);
        look(_world);
        _isKept |= _world.Results.Any(one => one is { Field: PairWorld.Tags, Reason: "Kept" });
        if (trouble is { Fault: RunFault.None, During.Count: 0 })
        {
            foreach (var field in PairWorld.Fields.Where(field => field != PairWorld.Tags))
            {
                CheckQuiet(field, known[field], agreed[field], before[field]);
            }

            CheckTags(tags, before[PairWorld.Tags]);
        }

        if (isEnded)
        {
            var fields = _overwritten.Union(_lost.Select(one => one.Field)).ToList();
            Assert.True(fields.All(IsReported), $"Overwritten without a word: {string.Join(", ", fields)}.");
            _lost.Clear();
        }
        else if (_world.PendingSince > since)
        {
            // A run warns of what its plan found before it writes anything. One that broke off after it had recorded that
            // it looked has reported it, and no later one can know that nobody saw that.
            _lost.RemoveAll(one => earlier.Contains(one) && IsWarned(one.Field));
        }

        _overwritten.Clear();

        Array.ForEach(PairWorld.Fields, Agree);
    }

    /// <summary>
    /// What a run wrote to one side is in step with what it had read of the other, whatever people did since. What it
    /// wrote over an edit that it had not read is in step with nothing.
    /// </summary>
    private void Write(string field, string former, bool isJira)
    {
        var read = _world.Read[field];
        _changes.Add((field, isJira, _world.Now));
        var ours = _ours.GetValueOrDefault(field);
        var isLost = isJira && former != read.Jira && former != ours;
        _ours[field] = isJira ? _world.JiraValue(field) : ours!;
        if (isJira)
        {
            // A step on the way may lead over the value, and on from it.
            _lost.AddRange(_givenBack.Remove((field, former)) ? [(field, former)] : Array.Empty<(string, string)>());
            _givenBack.UnionWith(_lost.Where(one => one == (field, _world.JiraValue(field))));
            _lost.RemoveAll(_givenBack.Contains);
        }

        if (isLost || (isJira && _overwritten.Contains(field)))
        {
            _lost.AddRange(isLost ? [(field, former)] : Array.Empty<(string, string)>());
            _overwritten.Add(field);
            _collided.Add(field);
            if (field == PairWorld.State && _beforeWay is { } status)
            {
                // A way that ran into a person's move has ended, and its steps count for nothing.
                _inStep[field] = (status, _inStep[field].Ado);
                _beforeWay = null;
            }

            if (field == PairWorld.Tags)
            {
                Bring(Set(former), Set(_tagsWritten ?? read.Ado));
            }

            return;
        }

        if (field == PairWorld.Description)
        {
            _described.Clear();
        }

        if (field == PairWorld.Tags && !isJira)
        {
            _tagsWritten = _world.AdoValue(field);
        }

        // A step on the way to a status is nobody's edit, and what it leads to is still to come.
        if (isJira && field == PairWorld.State)
        {
            _beforeWay = _world.IsAt(read.Ado) ? null : _beforeWay ?? _inStep[field].Jira;
        }

        _inStep[field] = !isJira ? (read.Jira, _world.AdoValue(field))
            : field == PairWorld.State && !_world.IsAt(read.Ado) ? (_world.JiraValue(field), _inStep[field].Ado)
            : (_world.JiraValue(field), read.Ado);
        if (field == PairWorld.Tags)
        {
            // What was on both sides when people removed it from the one that is written is still to go from the other.
            var other = Set(isJira ? _world.AdoValue(field) : _world.JiraValue(field));
            AgreeOnTags(Set(_inStep[field].Jira), Set(_inStep[field].Ado), isGoing: tag => other.Contains(tag) && !Set(former).Contains(tag));
        }
    }

    /// <summary>
    /// Tags that a write over an edit brought to Jira are on both sides until it is put back, and those that it took away
    /// are on neither: who removes or adds one there has seen that, as whoever did since the run read the other side.
    /// </summary>
    private void Bring(HashSet<string> former, HashSet<string> ado)
    {
        var now = Set(_world.JiraValue(PairWorld.Tags));
        _tagsInStep.ExceptWith(former.Except(now).Where(_brought.Remove));
        _tagsInStep.UnionWith(now.Except(former).Where(_removed.Remove));
        _brought.UnionWith(now.Except(former).Intersect(ado).Where(_tagsInStep.Add));
        _removed.UnionWith(former.Except(now).Except(ado).Where(_tagsInStep.Remove));
    }

    private bool IsWarned(string field) =>
        _world.Results.Any(one => one.Field == field && one.Reason == "Overwritten");

    private bool IsReported(string field) => _world.IssueResults.Any(one => one.Reason == "Overwritten")
        || _world.Results.Any(one => one.Field == field && one.Action == ChangeAction.Conflict);

    /// <summary>Takes note where both sides mean the same, by whoever's hand.</summary>
    private void Agree(string field)
    {
        if (_overwritten.Contains(field))
        {
            // A run is still to look at it, and to put it back.
            return;
        }

        if (field == PairWorld.Tags)
        {
            AgreeOnTags(Set(_world.JiraValue(field)), Set(_world.AdoValue(field)), isGoing: _ => false);
        }
        else if (_world.Corresponds(field))
        {
            _beforeWay = field == PairWorld.State ? null : _beforeWay;
            _inStep[field] = _agreed[field] = (_world.JiraValue(field), _world.AdoValue(field));
        }
    }

    private void AgreeOnTags(HashSet<string> jira, HashSet<string> ado, Predicate<string> isGoing)
    {
        _tagsInStep.RemoveWhere(tag => !jira.Contains(tag) && !ado.Contains(tag) && !isGoing(tag));
        _tagsInStep.UnionWith(jira.Intersect(ado, StringComparer.OrdinalIgnoreCase));
    }

    private void CheckQuiet(
        string field, (string Jira, string Ado) known, (string Jira, string Ado) agreed, (string Jira, string Ado) was)
    {
        var (jira, ado) = (_world.JiraValue(field), _world.AdoValue(field));
        var isHeld = (jira, ado) == was && !_world.Corresponds(field)
            && _world.Results.Any(one => one.Field == field && one.Action == ChangeAction.Conflict);
        // Where edits collided so closely that clocks or a write in between leave it open, or where a run broke off or met
        // edits, a person may have to decide. Undisturbed runs hold what both sides changed and nothing else.
        if (isHeld && (IsClose(field) || _collided.Contains(field) || _isDisturbed))
        {
            return;
        }

        // What histories say of texts is no text that can be compared: both sides count as edited where people edited
        // both, whatever they agreed on or took back.
        if (isHeld && field == PairWorld.Description && _described.Count == 2)
        {
            return;
        }

        var isBarred = field == PairWorld.Description && (jira, ado) == was
            && _world.Results.Any(one => one.Field == field && one.Reason == "Direction") && _world.Texts == FieldDirection.AdoToJira;
        var isLeft = field == PairWorld.Description && (jira, ado) == was && MemoryText.IsHeld(jira, ado)
            && _world.Results.Any(one => one.Field == field && one.Reason == "RichText");

        // What a run wrote that knew less than people is in step with what it had read, and in step is what people saw.
        // A step on the way to a status is neither.
        Assert.True(
            IsRight(known) || (_isDisturbed && field != PairWorld.State && IsRight(agreed)),
            $"{field}: in step {known}, before {was}, after {(jira, ado)}, held {isHeld}");

        bool IsRight((string Jira, string Ado) inStep) => (was.Jira != inStep.Jira, was.Ado != inStep.Ado) switch
        {
            (true, true) when !_world.Corresponds(field) => isHeld,
            // A way that an earlier run began, to a state that Azure DevOps does not have any more.
            (false, false) when field == PairWorld.State && _isOnTheWay =>
                ado == was.Ado && _world.Corresponds(field),
            (true, false) => isBarred || (jira == was.Jira && _world.Corresponds(field)),
            (false, true) => isLeft || (ado == was.Ado && _world.Corresponds(field)),
            _ => (jira, ado) == was && _world.Corresponds(field),
        };
    }

    /// <summary>Each tag by itself: what one side added is on both, what one side removed is on neither.</summary>
    private void CheckTags(HashSet<string> known, (string Jira, string Ado) was)
    {
        var (left, right) = (Set(was.Jira), Set(was.Ado));
        var (jira, ado) = (Set(_world.JiraValue(PairWorld.Tags)), Set(_world.AdoValue(PairWorld.Tags)));
        var kept = _isKept && IsClose(PairWorld.Tags);
        foreach (var tag in known.Union(left).Union(right))
        {
            var isExpected = known.Contains(tag) ? left.Contains(tag) && right.Contains(tag) : left.Contains(tag) || right.Contains(tag);
            var isThere = jira.Contains(tag);
            Assert.True(
                isThere == ado.Contains(tag) && (isThere == isExpected || (isThere && kept)),
                $"{tag}: in step '{string.Join(' ', known)}', before {was}, after '{string.Join(' ', jira)}', '{string.Join(' ', ado)}'");
        }
    }

    /// <summary>Whether the two sides of a field ever changed so soon after one another that clocks do not show which was first.</summary>
    private bool IsClose(string field) => (
        from one in _changes.Where(change => change.Field == field && change.IsJira)
        from other in _changes.Where(change => change.Field == field && !change.IsJira)
        select (one.When - other.When).Duration()).Any(apart => apart <= FieldMerge.Tolerance);

    private static HashSet<string> Set(string tags) =>
        tags.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private void Apply(Edit edit, int step)
    {
        var people = new[] { "ann", "bob", "eve" };
        switch (edit)
        {
            case { IsJira: true, Field: PairWorld.Title }:
                _world.EditJira(issue => issue with { Summary = Titled(edit, step) });
                break;
            case { IsJira: true, Field: PairWorld.State }:
                _world.EditJira(issue => issue with { Status = PairWorld.Statuses[edit.Value % 4] });
                break;
            case { IsJira: true, Field: PairWorld.Priority }:
                Set("priority", PairWorld.Named(PairWorld.Priorities[edit.Value % 5]));
                break;
            case { IsJira: true, Field: PairWorld.Tags }:
                Set("labels", Toggle(_world.JiraValue(PairWorld.Tags), $"tag{edit.Value % 4}").Cast<object?>().ToArray());
                break;
            case { IsJira: true, Field: PairWorld.Description }:
                _world.EditJira(issue => MemoryText.With(issue, MemoryText.InJira(edit.Value, Described(edit, step))));
                break;
            case { IsJira: true }:
                Set("assignee", edit.Value % 4 == 3 ? null : PairWorld.Person(people[edit.Value % 4]));
                break;
            case { Field: PairWorld.Title }:
                _world.EditAdo(PairWorld.Title, Titled(edit, step));
                break;
            case { Field: PairWorld.State }:
                _world.EditAdo(PairWorld.State, new[] { "New", "Active", "Resolved", "Closed" }[edit.Value % 4]);
                break;
            case { Field: PairWorld.Priority }:
                _world.EditAdo(PairWorld.Priority, (double)(1 + (edit.Value % 4)));
                break;
            case { Field: PairWorld.Tags }:
                _world.EditAdo(PairWorld.Tags, string.Join("; ", Toggle(_world.AdoValue(PairWorld.Tags), $"tag{edit.Value % 4}")));
                break;
            case { Field: PairWorld.Description }:
                _world.EditAdo(PairWorld.Description, MemoryText.InAdo(edit.Value, Described(edit, step)));
                break;
            default:
                _world.EditAdo(PairWorld.AssignedTo, edit.Value % 4 == 3 ? null : people[edit.Value % 4] + "@contoso.com");
                break;
        }

        void Set(string id, object? value) => _world.EditJira(issue => issue with
        {
            Fields = new Table<object?>(issue.Fields, StringComparer.OrdinalIgnoreCase) { [id] = value },
        });
    }

    /// <summary>Some titles come again, so that both sides make the same edit and take it back.</summary>
    private static string Titled(Edit edit, int step) => edit.Value < 4 ? $"Title {edit.Value}" : $"Title of step {step}";

    /// <summary>Some texts come again, likewise.</summary>
    private static string Described(Edit edit, int step) => edit.Value < 6 ? $"Text {edit.Value % 2}" : $"Text of step {step}";

    private static string[] Toggle(string tags, string tag) => Set(tags).Contains(tag)
        ? [.. Set(tags).Where(one => one != tag)]
        : [.. Set(tags), tag];
}
