using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Journal;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.RichText;
using JiraAdoSync.TwoWay.Applying;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// One issue and its work item in memory, with people who edit both, and runs that plan with the real planner and write to
/// Jira with what really writes there. Runs break off anywhere, writes fail, and answers get lost.
/// </summary>
internal sealed class PairWorld
{
    private const string Organization = "https://dev.azure.com/contoso";
    private const string Due = "Microsoft.VSTS.Scheduling.DueDate";
    private const string Nonce = "0a1b2c3d4e5f";

    public const string Title = "System.Title";
    public const string State = "System.State";
    public const string Priority = "Microsoft.VSTS.Common.Priority";
    public const string Tags = "System.Tags";
    public const string AssignedTo = "System.AssignedTo";
    public const string Description = "System.Description";

    /// <summary>No field: a relation that becomes an issue link.</summary>
    public const string Link = "Link";

    public static readonly string[] Fields = [Title, State, Priority, Tags, AssignedTo, Description];

    public static readonly IReadOnlyList<IssueStatus> Statuses =
    [
        new("To Do", "new") { Id = "1" }, new("In Progress", "indeterminate") { Id = "2" },
        new("In Review", "indeterminate") { Id = "3" }, new("Done", "done") { Id = "4" },
    ];

    public static readonly string[] Priorities = ["Highest", "High", "Medium", "Low", "Lowest"];

    private static readonly WorkItemType Story = new()
    {
        Name = "User Story",
        States = [new("New", "Proposed"), new("Active", "InProgress"), new("Resolved", "Resolved"), new("Closed", "Completed")],
        Fields = new[] { Title, State, Priority, Tags, AssignedTo, Description, Due }
            .ToDictionary(name => name, name => name, StringComparer.OrdinalIgnoreCase),
    };

    private static readonly FieldCatalog Catalog = new(
        new JiraFields([new JiraField("description", "Description", null)]),
        [new WorkItemField(Description, "Description", FieldKind.Html)],
        [Story]);

    private readonly ValueMapping? _mapping;
    private readonly WorkItemPolicy _policy;
    private readonly StatusMapping _statuses;
    private readonly MemoryIssue _jira;
    private readonly List<WorkItemUpdate> _updates = [];
    private WorkItemMark _mark;
    private RunTrouble _trouble = RunTrouble.None;
    private int _calls;
    private bool _isKilled;
    private bool _hasNewLink;
    private string _lastTrouble = "";

    /// <summary>The digests of rich texts that the run read back.</summary>
    private IReadOnlyDictionary<(long IssueId, string Field), string> _texts = new Dictionary<(long, string), string>();

    public PairWorld(
        bool isStepwise = false, FieldDirection texts = FieldDirection.Both, ValueMapping? mapping = null,
        TimeSpan skew = default)
    {
        Texts = texts;
        _mapping = mapping;
        _policy = new WorkItemPolicy
        {
            Fields = new FieldMapping(
                [KeyValuePair.Create(Description, (FieldSource?)new JiraFieldSource("description") { Direction = texts })],
                Catalog,
                mayBypassRules: false,
                mapping is null ? null : new PriorityMapping(mapping.Priorities)),
            States = new StateMapping(
                (mapping?.States ?? []).Select(one => ((string?)null, one.Key, one.Value is null ? null : (IReadOnlyList<string>?)[one.Value]))),
        };
        _statuses = new StatusMapping(_policy.States, mapping?.Statuses ?? [new("Resolved", ["In Review"])]);
        var issue = new Replica
        {
            IssueId = 10001,
            Key = "SHOP-1",
            Type = new IssueType("10", "Story", false),
            Status = Statuses[0],
            Summary = "As created",
            DescriptionDigest = Replica.NoDescription,
            Fields = new Table<object?>
            {
                ["priority"] = Named("Medium"), ["labels"] = new object?[] { "web" }, ["assignee"] = null, ["duedate"] = null,
                ["updated"] = "2026-01-01T00:00:00.000+0000",
            },
        };
        _jira = new MemoryIssue(issue, Statuses, Call)
        {
            Now = () => Now,
            Skew = skew,
            IsStepwise = isStepwise,
            Refuse = () => _trouble.Fault == RunFault.Refused && _calls == _trouble.At
                ? new ServiceError(Failure.RequestFailed, "No.")
                : _trouble.Fault == RunFault.AnswerLost && _calls == _trouble.At
                    ? new ServiceError(Failure.ServerUnreachable, "No answer.")
                    : null,
        };
        _mark = new WorkItemMark
        {
            Issue = Issue.Reference, Nonce = Nonce, Rev = 1, FieldsDigest = "00000000", TextDigest = "-.-.-.-",
        };
        Item = new WorkItem { Id = 12, Rev = 1, Type = Story.Name, Title = "As created", Project = "Fabrikam" };
        Item = Item with { Fields = Desire(Issue).Fields.Values };
        // As a run made it.
        Run(RunTrouble.None);
    }

    /// <summary>Which way descriptions go.</summary>
    public FieldDirection Texts { get; }

    public DateTimeOffset Now { get; private set; } = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    public Replica Issue => _jira.Issue;

    public WorkItem Item { get; private set; }

    /// <summary>Whether the last run was refused before its first write, as a value that occurs has no inverse.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>How many writes the last run sent to each side.</summary>
    public (int Jira, int Ado) Writes { get; private set; }

    public IReadOnlyList<FieldResult> Results { get; private set; } = [];

    public IReadOnlyList<IssueResult> IssueResults { get; private set; } = [];

    public FieldConflict Conflict { get; set; } = FieldConflict.Hold;

    /// <summary>What the run had read of each field when it made its plan: Jira and Azure DevOps.</summary>
    public IReadOnlyDictionary<string, (string Jira, string Ado)> Read { get; private set; } =
        new Dictionary<string, (string Jira, string Ado)>();

    /// <summary>
    /// Is called after each write of a run, with the field, what it was before as the model has it, and whether it is Jira's.
    /// </summary>
    public Action<string, string, bool> Written { get; set; } = (_, _, _) => { };

    public void Pass(TimeSpan time) => Now += time;

    public void EditJira(Func<Replica, Replica> edit) => _jira.Edit(edit, MemoryIssue.Somebody);

    public void EditAdo(string field, object? value)
    {
        if (!Equals(Item.Fields.GetValueOrDefault(field), value))
        {
            WriteAdo(new Dictionary<string, object?> { [field] = value });
        }
    }

    /// <summary>A person links the work item to another: the next run remembers it in the issue.</summary>
    public void Relate()
    {
        _hasNewLink = true;
        WriteAdo(new Dictionary<string, object?>());
    }

    public static Table<object?> Named(string name) => new() { ["name"] = name };

    public static Table<object?> Person(string name) =>
        new() { ["accountId"] = "id-" + name, ["emailAddress"] = name + "@contoso.com", ["displayName"] = name };

    /// <summary>Whether the two sides mean the same by a field.</summary>
    public bool Corresponds(string field)
    {
        var ado = Item.Fields.GetValueOrDefault(field);
        if (field == State)
        {
            return _statuses.Corresponds(Issue, Story, ado as string);
        }

        if (field == Description)
        {
            return MemoryText.IsSame(JiraValue(field), AdoValue(field));
        }

        var jira = Desire(Issue).Fields.Values.GetValueOrDefault(field);
        return field == Tags
            ? TagList.Split(jira as string).SetEquals(TagList.Split(ado as string).Where(tag => !tag.Contains(' ')))
            : string.Equals(Text(jira), Text(ado), field == AssignedTo ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    /// <summary>Whether the mapping has something for what Jira has in a field, and does not leave it alone.</summary>
    public bool IsMapped(string field) => Desire(Issue).Fields.Values.ContainsKey(field);

    /// <summary>Whether the status of the issue is one that means a state.</summary>
    public bool IsAt(string state) => _statuses.Corresponds(Issue, Story, state);

    /// <summary>Whether the issue says that a run is bringing it to another status.</summary>
    public bool IsOnTheWay => IssueRegister.Parse(Issue.Property)?.Walk is not null;

    /// <summary>Since when the issue says that its history is still to be looked at; the end of time where it does not.</summary>
    public long PendingSince => IssueRegister.Parse(Issue.Property)?.Pending ?? long.MaxValue;

    /// <summary>What Jira has, as the model compares it.</summary>
    public string JiraValue(string field) => ValueOf(Issue, field);

    public string AdoValue(string field) => field == Tags
        ? string.Join(' ', TagList.Split(Item.Fields.GetValueOrDefault(Tags) as string).Order(StringComparer.Ordinal))
        : field == Description ? MemoryText.Said(Item.Fields.GetValueOrDefault(field) as string)
        : Text(Item.Fields.GetValueOrDefault(field));

    /// <summary>A run.</summary>
    /// <param name="trouble">What happens to it.</param>
    /// <returns>Whether it came to its end.</returns>
    public bool Run(RunTrouble trouble)
    {
        _isKilled = false;
        (_trouble, _calls, Writes, _jira.Writes) = (trouble, 0, (0, 0), 0);
        (Results, IssueResults) = ([], []);
        _texts = new Dictionary<(long, string), string>();
        _lastTrouble = $"{trouble.Fault} {trouble.At}";
        _jira.Written = before =>
        {
            foreach (var field in Fields.Where(field => ValueOf(before, field) != JiraValue(field)))
            {
                Written(field, ValueOf(before, field), true);
            }
        };
        try
        {
            Run().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception error) when (error is KilledException or ServiceException)
        {
            return false;
        }
        finally
        {
            Writes = (_jira.Writes, Writes.Ado);
            _trouble = RunTrouble.None;
        }
    }

    private async Task Run()
    {
        var issue = Issue;
        var rev = Item.Rev;
        var plan = await PlanAsync(issue, rev);
        if (IsRefused)
        {
            return;
        }

        for (var round = 0; plan.WorkItem.IsWrite && round < 3; round++)
        {
            using (Call())
            {
                if (Item.Rev != plan.Pair.Item.Rev)
                {
                    // The rest is for the next run.
                    plan = (await PlanAsync(issue, rev)) with { Target = null, ToJira = new Dictionary<string, object?>() };
                    continue;
                }

                Writes = (0, Writes.Ado + 1);
                if (_trouble.Fault == RunFault.Refused && _trouble.At == _calls)
                {
                    return;
                }

                Write(plan.WorkItem);
                break;
            }
        }

        // Who can't write a work item that people go on editing leaves the issue alone.
        await WriteToJiraAsync(plan, isAsPlanned: !plan.WorkItem.IsWrite || Writes.Ado > 0);
    }

    /// <summary>As the phases of a run write fields, then statuses, and then remember links, whatever became of the others.</summary>
    private async Task WriteToJiraAsync(PairPlan plan, bool isAsPlanned)
    {
        var registers = new Dictionary<long, IssueRegister>();
        try
        {
            if (isAsPlanned)
            {
                await WriteIssueAsync(plan, registers);
            }
        }
        finally
        {
            if (_hasNewLink && !_isKilled)
            {
                _hasNewLink = false;
                var register = registers.GetValueOrDefault(Issue.IssueId)
                    ?? (isAsPlanned ? Register(plan, BaseNeeds.Ado) : IssueRegister.Parse(plan.Pair.Issue.Property))
                    ?? Register(plan, BaseNeeds.Ado) with { Fields = new Dictionary<string, FieldBase>() };
                await _jira.WritePropertiesAsync(
                    new Dictionary<long, string> { [Issue.IssueId] = register.ToJson() }, default);
            }
        }
    }

    private async Task WriteIssueAsync(PairPlan plan, Dictionary<long, IssueRegister> registers)
    {
        var log = new IssueLog(RunLog.None);
        var id = Issue.IssueId;
        var done = BaseNeeds.Ado;
        if (plan.ToJira.Count > 0)
        {
            var update = new IssueUpdate
            {
                Before = plan.Pair.Issue, WorkItemId = Item.Id, Fields = plan.ToJira, Register = Register(plan, done | BaseNeeds.Jira),
                KnownEdits = plan.Pair.JiraHistory, Names = plan.Names, Texts = plan.Texts,
                Pending = plan.Pair.Base.Pending,
            };
            var updater = new IssueUpdater(_jira, log);
            try
            {
                IssueResults = await updater.ApplyAsync([update], notify: false, default);
            }
            finally
            {
                Remember(updater.Registers);
                _texts = updater.Texts;
            }

            if (!IssueResults[0].IsApplied)
            {
                return;
            }

            done |= BaseNeeds.Jira;
        }

        if (plan.Target is { } target)
        {
            var walk = new IssueWalk
            {
                Before = plan.Pair.Issue, WorkItemId = Item.Id, Target = target,
                Under = registers.GetValueOrDefault(id) ?? Register(plan, BaseNeeds.Ado),
                Register = Register(plan, done | BaseNeeds.Walk),
                Pending = registers.ContainsKey(id) ? null : plan.Pair.Base.Pending,
                Continued = plan.Continued,
                KnownEdits = plan.Pair.JiraHistory,
            };
            var walker = new IssueWalker(_jira, log);
            try
            {
                IssueResults = [.. IssueResults, .. await walker.ApplyAsync([walk], _jira.Scope, default)];
            }
            finally
            {
                Remember(walker.Registers);
            }
        }

        if (registers.Count == 0 && plan.IsLookRecorded)
        {
            registers[id] = Register(plan, BaseNeeds.Ado);
            await _jira.WritePropertiesAsync(new Dictionary<long, string> { [id] = registers[id].ToJson() }, default);
        }

        void Remember(IReadOnlyDictionary<long, IssueRegister> written)
        {
            foreach (var (id, register) in written)
            {
                registers[id] = register;
            }
        }
    }

    /// <summary>What both sides have, and all that happened to them.</summary>
    public override string ToString()
    {
        var values = Fields.Select(field => $"  {field}: Jira '{JiraValue(field)}', Azure DevOps '{AdoValue(field)}'");
        var edits = _jira.History.Select(edit => $"  {edit.When:T} Jira {edit.Author?.DisplayName} {edit.Field}: {edit.FromText} -> {edit.ToText}");
        var updates = _updates.Select(update => $"  rev {update.Rev} {PairHistory.TimeOf(update):T} Azure DevOps "
            + $"{(update.IsOurs ? "Run" : "person")} {string.Join(", ", update.Fields.Where(one => Fields.Contains(one.Key)).Select(one => $"{one.Key}: {one.Value.Before} -> {one.Value.After}"))}");
        return string.Join('\n', [
            $"--- {Now:T}, updated {Issue.Fields["updated"]}, rev {Item.Rev}, trouble {_lastTrouble}, {_calls} calls", .. values, .. edits, .. updates, $"  {Issue.Property}", $"  {_mark.Base}",
            .. Results.Select(one => $"  {one.Action} {one.Field} {one.Reason} {one.Detail}"),
            .. IssueResults.Select(one => $"  {one.Action} {one.IsApplied} {one.Reason} {one.Detail}"),
        ]);
    }

    private IssueRegister Register(PairPlan plan, BaseNeeds done) =>
        plan.RegisterAfter(done, Nonce, Organization, "Fabrikam").With(plan.Texts.Values
            .Where(field => _texts.ContainsKey((plan.Pair.Issue.IssueId, field)))
            .ToDictionary(field => field, field => _texts[(plan.Pair.Issue.IssueId, field)]));

    private void Write(WorkItemChange change)
    {
        var before = Fields.ToDictionary(field => field, AdoValue);
        var mark = _mark with { Rev = Item.Rev + 1, FieldsDigest = change.FieldsDigest, TextDigest = change.TextDigest };
        _mark = change.Base.Count > 0 ? mark.WithBase(change.Base) : mark;
        WriteAdo(change.Fields, _mark);
        change.Fields.Keys.Where(before.ContainsKey).ToList().ForEach(field => Written(field, before[field], false));
    }

    private void WriteAdo(IReadOnlyDictionary<string, object?> values, WorkItemMark? mark = null)
    {
        var fields = Item.Fields.ToDictionary(StringComparer.OrdinalIgnoreCase);
        var changed = values.Where(one => !Equals(fields.GetValueOrDefault(one.Key), one.Value))
            .ToDictionary(one => one.Key, one => (fields.GetValueOrDefault(one.Key), one.Value), StringComparer.OrdinalIgnoreCase);
        changed[WorkItemField.ChangedDate.ReferenceName] = (null, Now);
        foreach (var (name, value) in values)
        {
            fields[name] = value;
        }

        Item = Item with { Fields = fields, Rev = Item.Rev + 1 };
        _updates.Add(new WorkItemUpdate(Item.Rev, changed)
        {
            IsOurs = mark is not null,
            Changed = mark is null ? [] : [RelationOf(mark)],
        });
    }

    private Relation RelationOf(WorkItemMark mark) => new()
    {
        WorkItemId = Item.Id,
        ReferenceName = WorkItemMark.Hyperlink,
        Url = _jira.Site.MarkUrl(mark.Issue.Id).ToString(),
        Comment = mark.Comment,
    };

    /// <summary>The plan of a pair, with the histories that it asks for.</summary>
    private async Task<PairPlan> PlanAsync(Replica issue, int firstRev)
    {
        var desired = Desire(issue);
        Read = Fields.ToDictionary(field => field, field => (ValueOf(issue, field), AdoValue(field)));
        var found = new FoundWorkItem(Item, _mark);
        var input = new WorkItemPlanInput
        {
            Desired = [desired],
            Existing = new Dictionary<long, FoundWorkItem> { [issue.IssueId] = found },
            Types = new Dictionary<string, WorkItemType> { [Story.Name] = Story },
            Site = _jira.Site,
            Policy = _policy,
        };
        var people = new PeopleInverse(_policy.People);
        foreach (var name in new[] { "ann", "bob", "eve" })
        {
            people.Learn(JiraPerson.Of(Person(name))!, Person(name));
        }

        var policy = new TwoWayPolicy { Direction = FieldDirection.Both, Merge = new MergePolicy(Conflict, null) };
        var context = new InverseContext(JiraFields.Empty, Priorities, people) { Account = MemoryIssue.Run.AccountId };
        var planner = new PairPlanner(input, policy, context, _statuses, _ => Statuses) { Project = "Fabrikam" };
        var pair = new PairInput
        {
            Desired = desired,
            Found = found,
            Type = Story,
            FirstRev = firstRev,
            IsMarkAsWritten = _mark.Rev == Item.Rev,
            Base = PairBase.Combine(_mark, issue.Property, Organization, "Fabrikam", Item.Id),
            TextContext = new RichTextContext { Site = _jira.Site, IssueKey = issue.Key },
        };
        var plan = planner.Plan(pair);
        for (var round = 0; plan.Needs != Histories.None; round++)
        {
            Xunit.Assert.True(round < 4, "A plan does not ask for ever.");
            pair = pair with
            {
                JiraHistory = plan.Needs.HasFlag(Histories.Jira)
                    ? await _jira.ReadChangesAsync([issue.IssueId], default)
                    : pair.JiraHistory,
                AdoHistory = plan.Needs.HasFlag(Histories.Ado) ? _updates.ToList() : pair.AdoHistory,
            };
            pair = plan.Needs.HasFlag(Histories.Texts) ? await WithTextAsync(pair) : pair;
            plan = planner.Plan(pair);
        }

        IsRefused = _mapping is not null && plan.NotInvertible.Count > 0;
        Xunit.Assert.True(IsRefused || plan.NotInvertible.Count == 0);
        Results = plan.Results;
        return plan;
    }

    /// <summary>A pair with its description as Jira renders it, and as Jira keeps it, by a request for each.</summary>
    private async Task<PairInput> WithTextAsync(PairInput pair)
    {
        var rendered = _jira.Render();
        var html = MergedText.ValueOf(pair.Issue, TextField.Description) is null ? string.Empty : rendered.Description;
        var text = RichTextConverter.Convert(html, pair.TextContext!);
        await foreach (var kept in _jira.ReadAsync([pair.Issue.Key], IssueDetail.None, default))
        {
            pair = pair with
            {
                Texts = new Dictionary<string, JiraText>
                {
                    [TextField.Description] = new(text.Html, text.IsCut, MergedText.SourceOf(kept, TextField.Description))
                    {
                        IsMoved = MergedText.IsMoved(pair.Issue, rendered, kept, TextField.Description),
                    },
                },
            };
        }

        return pair;
    }

    /// <summary>A request of a run: time passes, people edit, and a run may end here.</summary>
    private Request Call()
    {
        _calls++;
        Now += TimeSpan.FromSeconds(1);
        foreach (var (_, edit) in _trouble.During.Where(one => one.At == _calls))
        {
            edit();
            Now += TimeSpan.FromSeconds(1);
        }

        EndAt(RunFault.KilledBefore);
        return new Request(() => EndAt(RunFault.KilledAfter));
    }

    private void EndAt(RunFault fault)
    {
        if (_trouble.Fault == fault && _trouble.At == _calls)
        {
            _isKilled = true;
            throw new KilledException();
        }
    }

    private DesiredWorkItem Desire(Replica issue) => new WorkItemMapper(
        _policy.Fields, _policy.States, _policy.People, "Fabrikam", [issue]).Map(issue, Story);

    private static string ValueOf(Replica issue, string field) => field switch
    {
        Title => issue.Summary,
        State => issue.Status.Name,
        Priority => FieldValue.ToText(issue.Fields["priority"]) ?? string.Empty,
        Tags => string.Join(' ', FieldValue.Several(issue.Fields["labels"]).Cast<string>().Order(StringComparer.Ordinal)),
        Description => MemoryText.Said(MemoryText.Render(issue)),
        _ => (issue.Fields["assignee"] as Table<object?>)?["emailAddress"] as string ?? string.Empty,
    };

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;

    private sealed class Request(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    private sealed class KilledException : Exception;
}

/// <summary>What the user says about states and priorities.</summary>
/// <param name="States">From a status to a state; null leaves the state alone.</param>
/// <param name="Statuses">From a state to statuses.</param>
/// <param name="Priorities">From a priority to a number; null leaves the priority alone.</param>
internal sealed record ValueMapping(
    IReadOnlyList<KeyValuePair<string, string?>> States,
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Statuses,
    IReadOnlyList<KeyValuePair<string, int?>> Priorities)
{
    public override string ToString() => $"states {string.Join(", ", States)}; statuses "
        + $"{string.Join(", ", Statuses.Select(one => $"{one.Key}: {string.Join("/", one.Value)}"))}; priorities {string.Join(", ", Priorities)}";
}

/// <summary>What fails in a run.</summary>
internal enum RunFault
{
    None,
    KilledBefore,
    KilledAfter,
    Refused,
    AnswerLost,
}

/// <summary>What happens to a run: a fault at one of its requests, and edits of people directly before some.</summary>
internal sealed record RunTrouble(RunFault Fault, int At, IReadOnlyList<(int At, Action Edit)> During)
{
    public static RunTrouble None { get; } = new(RunFault.None, 0, []);
}
