using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.Marks;
using JiraAdoSync.Planning;
using JiraAdoSync.Planning.WorkItems;
using JiraAdoSync.TwoWay.Bases;
using JiraAdoSync.TwoWay.Merging;
using JiraAdoSync.TwoWay.Planning;
using JiraAdoSync.TwoWay.Workflows;

namespace JiraAdoSync.Tests.TwoWay;

/// <summary>
/// One issue and its work item in memory, with people who edit both, and runs that plan with the real planner and write
/// what it says. Writes may fail, and registers may get lost.
/// </summary>
internal sealed class PairWorld
{
    private const string Organization = "https://dev.azure.com/contoso";
    private const string Due = "Microsoft.VSTS.Scheduling.DueDate";

    public const string Title = "System.Title";
    public const string State = "System.State";
    public const string Priority = "Microsoft.VSTS.Common.Priority";
    public const string Tags = "System.Tags";
    public const string AssignedTo = "System.AssignedTo";

    private static readonly JiraSite Site = new(new Uri("https://jira.example"));

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
        Fields = new[] { Title, State, Priority, Tags, AssignedTo, Due }
            .ToDictionary(name => name, name => name, StringComparer.OrdinalIgnoreCase),
    };

    private readonly WorkItemPolicy _policy = new()
    {
        Fields = new FieldMapping([], new FieldCatalog(JiraFields.Empty, [], [Story]), mayBypassRules: false),
    };

    private readonly StatusMapping _statuses;
    private string? _property;
    private WorkItemMark _mark;

    public PairWorld()
    {
        _statuses = new StatusMapping(_policy.States, [new("Resolved", ["In Review"])]);
        Issue = new Replica
        {
            IssueId = 10001,
            Key = "SHOP-1",
            Type = new IssueType("10", "Story", false),
            Status = Statuses[0],
            Summary = "As created",
            Fields = new Table<object?>
            {
                ["priority"] = Named("Medium"), ["labels"] = new object?[] { "web" }, ["assignee"] = null, ["duedate"] = null,
            },
        };
        _mark = new WorkItemMark
        {
            Issue = Issue.Reference, Nonce = "0a1b2c3d4e5f", Rev = 1, FieldsDigest = "00000000", TextDigest = "-.-.-.-",
        };
        Item = new WorkItem { Id = 12, Rev = 1, Type = Story.Name, Title = "As created", Project = "Fabrikam" };
        Item = Item with { Fields = Desire().Fields.Values };
        // As a run made it.
        Run(RunFault.None);
    }

    public Replica Issue { get; private set; }

    public WorkItem Item { get; private set; }

    /// <summary>How many writes the last run sent to each side.</summary>
    public (int Jira, int Ado) Writes { get; private set; }

    public IReadOnlyList<FieldResult> Results { get; private set; } = [];

    public FieldConflict Conflict { get; set; } = FieldConflict.Hold;

    public Side? Baseline { get; set; }

    public FieldDirection Direction { get; set; } = FieldDirection.Both;

    /// <summary>What a person in Azure DevOps does just before what was planned is written.</summary>
    public Action BeforeAdo { get; set; } = () => { };

    /// <summary>What a person in Jira does just before what was planned is written.</summary>
    public Action BeforeJira { get; set; } = () => { };

    /// <summary>Is called after each write of a run, with the field that was written and whether to Jira.</summary>
    public Action<string, bool> Written { get; set; } = (_, _) => { };

    public void LoseProperty() => _property = null;

    public void LoseBaseOfMark() => _mark = _mark with { Base = null };

    public void EditJira(Func<Replica, Replica> edit) => Issue = edit(Issue);

    public void EditAdo(string field, object? value)
    {
        var fields = Item.Fields.ToDictionary(StringComparer.OrdinalIgnoreCase);
        fields[field] = value;
        Item = Item with { Fields = fields, Rev = Item.Rev + 1 };
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

        var jira = Desire().Fields.Values.GetValueOrDefault(field);
        return field == Tags
            ? TagList.Split(jira as string).SetEquals(TagList.Split(ado as string).Where(tag => !tag.Contains(' ')))
            : string.Equals(Text(jira), Text(ado), field == AssignedTo ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    /// <summary>What Jira has, as the model compares it.</summary>
    public string JiraValue(string field) => field switch
    {
        Title => Issue.Summary,
        State => Issue.Status.Name,
        Priority => FieldValue.ToText(Issue.Fields["priority"]) ?? string.Empty,
        Tags => string.Join(' ', FieldValue.Several(Issue.Fields["labels"]).Cast<string>().Order(StringComparer.Ordinal)),
        _ => (Issue.Fields["assignee"] as Table<object?>)?["emailAddress"] as string ?? string.Empty,
    };

    public string AdoValue(string field) => field == Tags
        ? string.Join(' ', TagList.Split(Item.Fields.GetValueOrDefault(Tags) as string).Order(StringComparer.Ordinal))
        : Text(Item.Fields.GetValueOrDefault(field));

    public void Run(RunFault fault)
    {
        var plan = Plan();
        Results = plan.Results;
        Assert(plan.NotInvertible.Count == 0, "Every state and priority has an inverse.");
        var (before, rev) = (Issue, Item.Rev);
        var writes = (Jira: 0, Ado: 0);
        BeforeAdo();
        var adoDone = true;
        if (plan.WorkItem.IsWrite)
        {
            adoDone = rev == Item.Rev && fault != RunFault.AdoFails;
            writes.Ado++;
            if (adoDone)
            {
                Write(plan.WorkItem);
                plan.WorkItem.Fields.Keys.ToList().ForEach(field => Written(field, false));
            }
        }

        BeforeJira();
        if (adoDone && fault != RunFault.Killed)
        {
            writes.Jira = ToJira(plan, before, fault);
        }

        Writes = writes;
        (BeforeAdo, BeforeJira) = (() => { }, () => { });
    }

    private int ToJira(PairPlan plan, Replica before, RunFault fault)
    {
        var (writes, done) = (0, BaseNeeds.Ado);
        if (plan.ToJira.Count > 0)
        {
            writes++;
            var moved = plan.ToJira.Keys.Any(id => !Equals(Raw(before, id), Raw(Issue, id)));
            if (moved || fault == RunFault.JiraFails)
            {
                return writes;
            }

            foreach (var (id, value) in plan.ToJira)
            {
                Issue = With(id, value);
            }

            done |= BaseNeeds.Jira;
            _property = Register(plan, done);
            plan.ToJira.Keys.ToList().ForEach(id => Written(
                id switch { "summary" => Title, "priority" => Priority, "labels" => Tags, _ => AssignedTo }, true));
        }

        if (plan.Target is { } target)
        {
            writes++;
            if (before.Status == Issue.Status && fault != RunFault.WalkFails)
            {
                Issue = Issue with { Status = target };
                _property = Register(plan, done | BaseNeeds.Walk);
                Written(State, true);
            }
        }

        return writes;
    }

    private static string Register(PairPlan plan, BaseNeeds done) =>
        plan.RegisterAfter(done, "0a1b2c3d4e5f", Organization, "Fabrikam").ToJson();

    private void Write(WorkItemChange change)
    {
        var fields = Item.Fields.ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in change.Fields)
        {
            fields[name] = value;
        }

        Item = Item with { Fields = fields, Rev = Item.Rev + 1 };
        _mark = _mark with { Rev = Item.Rev, FieldsDigest = change.FieldsDigest, TextDigest = change.TextDigest };
        _mark = change.Base.Count > 0 ? _mark.WithBase(change.Base) : _mark;
    }

    /// <summary>The issue with a value, as Jira answers what was written.</summary>
    private Replica With(string id, object? value)
    {
        if (id == "summary")
        {
            return Issue with { Summary = (string)value! };
        }

        var fields = new Table<object?>(Issue.Fields, StringComparer.OrdinalIgnoreCase)
        {
            [id] = value switch
            {
                JiraPerson person => Person(person.EmailAddress!.Split('@')[0]),
                string[] labels => labels.Cast<object?>().ToArray(),
                DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                _ => value,
            },
        };
        return Issue with { Fields = fields };
    }

    private static string? Raw(Replica issue, string id) => id switch
    {
        "summary" => issue.Summary,
        _ => FieldValue.ToText(issue.Fields.GetValueOrDefault(id)),
    };

    private PairPlan Plan()
    {
        var desired = Desire();
        var found = new FoundWorkItem(Item, _mark);
        var input = new WorkItemPlanInput
        {
            Desired = [desired],
            Existing = new Dictionary<long, FoundWorkItem> { [Issue.IssueId] = found },
            Types = new Dictionary<string, WorkItemType> { [Story.Name] = Story },
            Site = Site,
            Policy = _policy,
        };
        var people = new PeopleInverse(_policy.People);
        foreach (var name in new[] { "ann", "bob", "eve" })
        {
            people.Learn(JiraPerson.Of(Person(name))!, Person(name));
        }

        var policy = new TwoWayPolicy { Direction = Direction, Merge = new MergePolicy(Conflict, Baseline) };
        var planner = new PairPlanner(
            input, policy, new InverseContext(JiraFields.Empty, Priorities, people), _statuses, _ => Statuses)
        {
            Project = "Fabrikam",
        };
        return planner.Plan(new PairInput
        {
            Desired = desired,
            Found = found,
            Type = Story,
            Base = PairBase.Combine(_mark, _property, Organization, "Fabrikam", Item.Id),
        });
    }

    private DesiredWorkItem Desire() => new WorkItemMapper(
        _policy.Fields, _policy.States, _policy.People, "Fabrikam", [Issue]).Map(Issue, Story);

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;

    private static void Assert(bool holds, string what) => Xunit.Assert.True(holds, what);
}

/// <summary>What fails in a run.</summary>
internal enum RunFault
{
    None,
    AdoFails,
    Killed,
    JiraFails,
    WalkFails,
}
