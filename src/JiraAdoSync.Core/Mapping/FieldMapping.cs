using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping;

/// <summary>
/// Which fields work items get, and where the values come from. The default is laid down here; what the user gives for
/// a field comes in place of it. A field that a work item type does not have is passed over there.
/// </summary>
public sealed class FieldMapping
{
    /// <summary>Jira's standard priorities, of today and of old, on the scale of four that every process has.</summary>
    private static readonly Dictionary<string, object?> Priorities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Highest"] = 1,
        ["Blocker"] = 1,
        ["High"] = 2,
        ["Critical"] = 1,
        ["Medium"] = 3,
        ["Major"] = 2,
        ["Low"] = 4,
        ["Minor"] = 3,
        ["Lowest"] = 4,
        ["Trivial"] = 4,
    };

    /// <summary>What other parameters and relations do.</summary>
    private static readonly Dictionary<string, string> NotMapped = new(StringComparer.OrdinalIgnoreCase)
    {
        ["System.WorkItemType"] = "-TypeMapping says what type an issue becomes.",
        ["System.TeamProject"] = "Work items are made in the project that the session is connected to.",
        ["System.Parent"] = "Parents are relations, and come from the issue's parent.",
        ["System.Id"] = "The service gives it.",
        ["System.Rev"] = "The service gives it.",
        ["System.History"] = "Comments come with -IncludeComments.",
    };

    private readonly List<(IReadOnlyList<WorkItemField> Candidates, FieldSource Source)> _defaults;
    private readonly List<(WorkItemField Field, FieldSource? Source)> _given = [];
    private readonly Dictionary<string, IReadOnlyList<FieldRule>> _rules = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes what the user gives.</summary>
    /// <param name="entries">
    /// From a work item field, by reference name or name, to where its value comes from; null leaves a default out.
    /// </param>
    /// <param name="jira">The fields of the Jira site.</param>
    /// <param name="fields">The organisation's fields; they are needed where there are entries.</param>
    /// <param name="types">The project's work item types.</param>
    /// <param name="mayBypassRules">Whether fields may be set that only the service sets.</param>
    /// <exception cref="SyncException">
    /// <c>MappingInvalid</c>: a name that is not known, with those nearest to it.
    /// </exception>
    public FieldMapping(
        IEnumerable<KeyValuePair<string, FieldSource?>> entries,
        JiraFields jira,
        IReadOnlyList<WorkItemField> fields,
        IReadOnlyList<WorkItemType> types,
        bool mayBypassRules)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(jira);
        _defaults = Defaults(jira, mayBypassRules);
        foreach (var (name, source) in entries)
        {
            var field = FindField(name, fields, types);
            if (field.NeedsBypass && source is not null && !mayBypassRules)
            {
                throw Invalid(name, $"'{field}' can be set only with -BypassRules, by an account that may.");
            }

            if (field.Is(WorkItemField.Title) && source is null)
            {
                throw Invalid(name, "A work item can't be without a title.");
            }

            _given.Add((field, source is JiraFieldSource one
                ? one with { Name = FindSource(name, one.Name, jira) }
                : source));
        }

        var read = _defaults.SelectMany(one => one.Source.Reads)
            .Concat(_given.SelectMany(one => one.Source?.Reads ?? []))
            .Where(id => !FieldValue.IsAlwaysRead(id));
        Detail = IssueDetail.Default.With(read);
        NeedsEditors = mayBypassRules && !Has(WorkItemField.ChangedBy);
    }

    /// <summary>What must be asked of Jira about each issue.</summary>
    public IssueDetail Detail { get; }

    /// <summary>Whether new work items are to tell who changed the issue last.</summary>
    internal bool NeedsEditors { get; }

    /// <summary>Whether the user says what a field gets, or that it gets nothing.</summary>
    /// <param name="referenceName">The field.</param>
    public bool IsGiven(string referenceName) =>
        _given.Exists(one => one.Field.ReferenceName.Equals(referenceName, StringComparison.OrdinalIgnoreCase));

    /// <summary>The Jira fields that the user's own entries read, by id.</summary>
    public IEnumerable<string> GivenReads => _given
        .SelectMany(one => one.Source?.Reads ?? [])
        .Where(id => !FieldValue.IsAlwaysRead(id));

    /// <summary>Whether some entry speaks of a field.</summary>
    /// <param name="field">The field.</param>
    internal bool Has(WorkItemField field) => _given.Exists(one => one.Field.Is(field));

    /// <summary>What fields a work item of a type gets.</summary>
    internal IReadOnlyList<FieldRule> RulesFor(WorkItemType type)
    {
        if (!_rules.TryGetValue(type.Name, out var rules))
        {
            var byField = new Dictionary<string, FieldRule>(StringComparer.OrdinalIgnoreCase);
            foreach (var (candidates, source) in _defaults)
            {
                if (candidates.FirstOrDefault(field => type.Fields.ContainsKey(field.ReferenceName)) is { } field)
                {
                    byField[field.ReferenceName] = new FieldRule(field, source);
                }
            }

            foreach (var (field, source) in _given)
            {
                byField.Remove(field.ReferenceName);
                if (source is not null && type.Fields.ContainsKey(field.ReferenceName))
                {
                    byField[field.ReferenceName] = new FieldRule(field, source);
                }
            }

            rules = byField.Values.ToList();
            _rules.Add(type.Name, rules);
        }

        return rules;
    }

    private static List<(IReadOnlyList<WorkItemField> Candidates, FieldSource Source)> Defaults(
        JiraFields jira, bool mayBypassRules)
    {
        var points = jira.StoryPoints.Select(field => field.Id).ToList();
        var defaults = new List<(IReadOnlyList<WorkItemField>, FieldSource)>
        {
            ([WorkItemField.Title], new JiraFieldSource("summary")),
            ([WorkItemField.Priority], new PrioritySource(Priorities)),
            ([WorkItemField.Tags], new JiraFieldSource("labels")),
            ([WorkItemField.AssignedTo], new JiraFieldSource("assignee")),
            (WorkItemField.Due, new JiraFieldSource("duedate")),
        };
        if (points.Count > 0)
        {
            defaults.Add((WorkItemField.Size, new FirstSource(points)));
        }

        if (mayBypassRules)
        {
            defaults.Add(([WorkItemField.CreatedDate], new JiraFieldSource("created")));
            defaults.Add(([WorkItemField.CreatedBy], new FirstSource(["reporter", "creator"])));
            defaults.Add(([WorkItemField.ChangedDate], new JiraFieldSource("updated")));
            defaults.Add(([WorkItemField.ChangedBy], new EditorSource()));
        }

        return defaults;
    }

    private static WorkItemField FindField(
        string name,
        IReadOnlyList<WorkItemField> fields,
        IReadOnlyList<WorkItemType> types)
    {
        var found = fields.Where(field => Same(field.ReferenceName, name)).ToList();
        found = found.Count > 0 ? found : fields.Where(field => Same(field.Name, name)).ToList();
        if (found is not [var field])
        {
            var nearest = Nearest.Sentence(name, fields.SelectMany(one => new[] { one.Name, one.ReferenceName }));
            throw Invalid(name, found.Count == 0
                ? $"The organisation has no such field. {nearest}"
                : "Several fields have this name; give the reference name of one: "
                + $"{string.Join(", ", found.Select(one => one.ReferenceName))}.");
        }

        if (NotMapped.TryGetValue(field.ReferenceName, out var why))
        {
            throw Invalid(name, $"'{field}' can't be mapped. {why}");
        }

        return types.Any(type => type.Fields.ContainsKey(field.ReferenceName))
            ? field
            : throw Invalid(name, $"No work item type of the project has '{field}'. "
                + Nearest.Sentence(name, types.SelectMany(type => type.Fields.Values)));
    }

    private static string FindSource(string entry, string name, JiraFields jira)
    {
        if (jira.Find(name).Count == 0 && FieldValue.IsAlwaysRead(name))
        {
            return name;
        }

        return jira.Resolve(name, $"FieldMapping has '{entry}' (a constant is written @{{ Value = ... }})").Id;
    }

    private static bool Same(string left, string right) =>
        left.Equals(right.Trim(), StringComparison.OrdinalIgnoreCase);

    private static SyncException Invalid(string entry, string why) =>
        new("MappingInvalid", $"-FieldMapping has an entry '{entry}' that can't be used. {why}", entry);

    /// <summary>The first of several fields that has a value.</summary>
    private sealed record FirstSource(IReadOnlyList<string> Ids) : FieldSource
    {
        internal override IEnumerable<string> Reads => Ids;

        internal override object? ValueOf(Replica replica) =>
            Ids.Select(id => replica.Fields.GetValueOrDefault(id)).FirstOrDefault(value => value is not null);
    }

    /// <summary>Who changed the issue last; its creator where nobody did.</summary>
    private sealed record EditorSource : FieldSource
    {
        internal override IEnumerable<string> Reads => ["creator"];

        internal override object? ValueOf(Replica replica) =>
            replica.LastEditor ?? replica.Fields.GetValueOrDefault("creator");
    }

    /// <summary>The priority; one that is not among the standard ones, and none, say nothing.</summary>
    private sealed record PrioritySource(IReadOnlyDictionary<string, object?> Values) : FieldSource
    {
        internal override IEnumerable<string> Reads => ["priority"];

        internal override object? ValueOf(Replica replica) =>
            FieldValue.ToText(replica.Fields.GetValueOrDefault("priority")) is { } name
            && Values.TryGetValue(name, out var number) ? number : Leave;
    }
}

/// <summary>One field that work items of a type get.</summary>
internal sealed record FieldRule(WorkItemField Field, FieldSource Source);
