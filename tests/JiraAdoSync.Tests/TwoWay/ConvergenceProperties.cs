using CsCheck;
using JiraAdoSync.Planning;
using Xunit;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// People edit both sides, between runs and in the middle of them, and runs break off anywhere. Held against a plain
/// model that knows of each field only what both sides had when they last meant the same: a side has been edited when
/// it has something else now.
/// </summary>
public sealed class ConvergenceProperties
{
    private static readonly string[] Fields =
        [PairWorld.Title, PairWorld.State, PairWorld.Priority, PairWorld.Tags, PairWorld.AssignedTo];

    private static readonly Gen<Edit> GenEdit = Gen.Select(
        Gen.Bool, Gen.Int[0, Fields.Length - 1], Gen.Int[0, 7], (isJira, field, value) => new Edit(isJira, Fields[field], value));

    private static readonly Gen<Round[]> GenRounds = Gen.Select(
            GenEdit.Array[0, 4],
            Gen.Frequency((3, Gen.Const(RunFault.None)), (2, Gen.Int[1, 4].Select(fault => (RunFault)fault))),
            GenEdit.Array[0, 1],
            (edits, fault, during) => new Round(edits, fault, during))
        .Array[1, 12];

    [Fact(Skip = "Does not hold yet for edits during a run and runs that break off; docs/two-way.md says so.")]
    public void No_edit_is_lost_and_both_sides_come_together() => GenRounds.Sample(rounds =>
    {
        var world = new PairWorld();
        var model = new Model(world);
        world.Written = model.TakeNote;
        var step = 0;
        foreach (var round in rounds)
        {
            Array.ForEach(round.Edits, edit => model.Do(edit, step++));
            foreach (var edit in round.During)
            {
                var number = step++;
                if (edit.IsJira)
                {
                    world.BeforeJira = () => model.Do(edit, number);
                }
                else
                {
                    world.BeforeAdo = () => model.Do(edit, number);
                }
            }

            var isQuiet = round is { Fault: RunFault.None, During: [] };
            model.Begin();
            world.Run(round.Fault);
            model.Check(isQuiet);
        }

        // Whatever happened: a run without trouble brings both together, and the one after it writes nothing.
        model.Begin();
        world.Run(RunFault.None);
        model.Check(isQuiet: true);
        world.Run(RunFault.None);
        Assert.Equal((0, 0), world.Writes);
    }, iter: 4000);

    private sealed record Edit(bool IsJira, string Field, int Value);

    private sealed record Round(Edit[] Edits, RunFault Fault, Edit[] During)
    {
        public override string ToString() => $"[{string.Join<Edit>(", ", Edits)}] {Fault} [{string.Join<Edit>(", ", During)}]";
    }

    /// <summary>What both sides had of each field when they last meant the same.</summary>
    private sealed class Model(PairWorld world)
    {
        private readonly Dictionary<string, (string Jira, string Ado)> _inStep =
            Fields.ToDictionary(field => field, field => (world.JiraValue(field), world.AdoValue(field)));

        private Dictionary<string, (string Jira, string Ado)> _before = [];
        private Dictionary<string, (string Jira, string Ado)> _known = [];

        public void Do(Edit edit, int step)
        {
            var (issue, item) = (world.Issue, world.Item);
            Apply(edit, step);
            var field = edit.Field;
            // The same edit on both sides, undone on one of them later, is not distinguished from an edit of the other
            // side: a base that is behind is refreshed by the next write only.
            if (world.Corresponds(field) && HasChanged(field))
            {
                world.EditJira(_ => issue);
                foreach (var (name, value) in item.Fields)
                {
                    if (!Equals(world.Item.Fields.GetValueOrDefault(name), value))
                    {
                        world.EditAdo(name, value);
                    }
                }

                if (edit.Field == PairWorld.AssignedTo && !item.Fields.ContainsKey(edit.Field))
                {
                    world.EditAdo(edit.Field, null);
                }
            }
        }

        public void Begin()
        {
            _before = Fields.ToDictionary(field => field, field => (world.JiraValue(field), world.AdoValue(field)));
            _known = _inStep.ToDictionary();
        }

        public void Check(bool isQuiet)
        {
            foreach (var field in Fields)
            {
                var (jira, ado) = (world.JiraValue(field), world.AdoValue(field));
                if (isQuiet)
                {
                    CheckQuiet(field, jira, ado);
                }

            }

            TakeNote();
        }

        /// <summary>
        /// What a run wrote to one side is in step with what it had read of the other, whatever people did since.
        /// </summary>
        public void TakeNote(string field, bool isJira) => _inStep[field] = isJira
            ? (world.JiraValue(field), _before[field].Ado)
            : (_before[field].Jira, world.AdoValue(field));

        private void TakeNote()
        {
            foreach (var field in Fields.Where(world.Corresponds))
            {
                _inStep[field] = (world.JiraValue(field), world.AdoValue(field));
            }
        }

        private void CheckQuiet(string field, string jira, string ado)
        {
            var (was, known) = (_before[field], _known[field]);
            var (inJira, inAdo) = (was.Jira != known.Jira, was.Ado != known.Ado);
            var isReported = world.Results.Any(one => one.Field == field && one.Action == ChangeAction.Conflict);
            var what = $"{field}: in step {known}, before {was}, after {(jira, ado)}, reported {isReported}";
            if (field == PairWorld.Tags)
            {
                CheckTags(known, was, jira, ado, what);
                return;
            }

            switch (inJira, inAdo)
            {
                case (true, true) when (jira, ado) == was && !world.Corresponds(field):
                    Assert.True(isReported, what);
                    break;
                case (true, false):
                    Assert.True(jira == was.Jira && world.Corresponds(field), what);
                    break;
                case (false, true):
                    Assert.True(ado == was.Ado && world.Corresponds(field), what);
                    break;
                default:
                    Assert.True((jira, ado) == was && world.Corresponds(field), what);
                    break;
            }
        }

        private static void CheckTags((string, string) known, (string Jira, string Ado) was, string jira, string ado, string what)
        {
            var (before, left, right) = (Set(known.Item1), Set(was.Jira), Set(was.Ado));
            var expected = before.Union(left).Union(right)
                .Where(tag => before.Contains(tag) ? left.Contains(tag) && right.Contains(tag) : true)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            Assert.True(expected.SetEquals(Set(jira)) && expected.SetEquals(Set(ado)), what);
        }

        private static HashSet<string> Set(string tags) =>
            tags.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);

        private bool HasChanged(string field) => field != PairWorld.Tags
            && (world.JiraValue(field), world.AdoValue(field)) is var now
            && now.Item1 != _inStep[field].Jira && now.Item2 != _inStep[field].Ado;

        private void Apply(Edit edit, int step)
        {
            var people = new[] { "ann", "bob", "eve" };
            switch (edit)
            {
                case { IsJira: true, Field: PairWorld.Title }:
                    world.EditJira(issue => issue with { Summary = $"Jira {step}" });
                    break;
                case { IsJira: true, Field: PairWorld.State }:
                    world.EditJira(issue => issue with { Status = PairWorld.Statuses[edit.Value % 4] });
                    break;
                case { IsJira: true, Field: PairWorld.Priority }:
                    Set("priority", PairWorld.Named(PairWorld.Priorities[edit.Value % 5]));
                    break;
                case { IsJira: true, Field: PairWorld.Tags }:
                    Set("labels", Toggle(world.JiraValue(PairWorld.Tags), $"jira{edit.Value}").Cast<object?>().ToArray());
                    break;
                case { IsJira: true }:
                    Set("assignee", edit.Value % 4 == 3 ? null : PairWorld.Person(people[edit.Value % 4]));
                    break;
                case { Field: PairWorld.Title }:
                    world.EditAdo(PairWorld.Title, $"Azure DevOps {step}");
                    break;
                case { Field: PairWorld.State }:
                    world.EditAdo(PairWorld.State, new[] { "New", "Active", "Resolved", "Closed" }[edit.Value % 4]);
                    break;
                case { Field: PairWorld.Priority }:
                    world.EditAdo(PairWorld.Priority, (double)(1 + (edit.Value % 4)));
                    break;
                case { Field: PairWorld.Tags }:
                    world.EditAdo(PairWorld.Tags, string.Join("; ", Toggle(world.AdoValue(PairWorld.Tags), $"board{edit.Value}")));
                    break;
                default:
                    world.EditAdo(PairWorld.AssignedTo, edit.Value % 4 == 3 ? null : people[edit.Value % 4] + "@contoso.com");
                    break;
            }

            void Set(string id, object? value) => world.EditJira(issue => issue with
            {
                Fields = new Dictionary<string, object?>(issue.Fields, StringComparer.OrdinalIgnoreCase) { [id] = value },
            });
        }

        private static string[] Toggle(string tags, string tag) => Set(tags).Contains(tag)
            ? [.. Set(tags).Where(one => one != tag)]
            : [.. Set(tags), tag];
    }
}
