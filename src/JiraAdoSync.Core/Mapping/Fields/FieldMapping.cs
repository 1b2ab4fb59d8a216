using System.Globalization;
using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;

namespace JiraAdoSync.Mapping.Fields;

/// <summary>
/// Which fields work items get, and where the values come from. The default is laid down here; what the user gives for
/// a field replaces it. A field that a work item type does not have is passed over there.
/// </summary>
public sealed class FieldMapping
{
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

    /// <summary>Fields of Jira that are no values of an issue, and how they arrive.</summary>
    private static readonly Dictionary<string, string> NoSource = new(StringComparer.OrdinalIgnoreCase)
    {
        ["comment"] = "Comments come with -IncludeComments.",
        ["attachment"] = "Attachments come with -IncludeAttachments.",
        ["issuelinks"] = "Links become relations.",
    };

    private readonly List<(IReadOnlyList<WorkItemField> Candidates, FieldSource Source)> _defaults;
    private readonly List<(WorkItemField Field, FieldSource? Source)> _given = [];
    private readonly Dictionary<string, FieldRules> _rules = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes what the user gives.</summary>
    /// <param name="entries">
    /// From a work item field, by reference name or name, to the source of its value; null leaves a default out.
    /// </param>
    /// <param name="catalog">What entries may name.</param>
    /// <param name="mayBypassRules">Whether fields may be set that only the service sets.</param>
    /// <param name="priorities">Which priority an issue's priority becomes, where no entry says so.</param>
    /// <exception cref="SyncException">
    /// <c>MappingInvalid</c>: a name that is not known, with those nearest to it.
    /// </exception>
    public FieldMapping(
        IEnumerable<KeyValuePair<string, FieldSource?>> entries,
        FieldCatalog catalog,
        bool mayBypassRules,
        PriorityMapping? priorities = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(catalog);
        var jira = catalog.Jira;
        Priorities = priorities ?? new PriorityMapping([]);
        _defaults = Defaults(jira, mayBypassRules, Priorities);
        foreach (var (name, source) in entries)
        {
            var field = FindField(name, catalog.Fields, catalog.Types);
            if (field.NeedsBypass && source is not null && !mayBypassRules)
            {
                throw Invalid(name, $"'{field}' can be set only with -BypassRules, by an account that may.");
            }

            if (field.Is(WorkItemField.Title) && source is null)
            {
                throw Invalid(name, "A work item can't be without a title.");
            }

            var resolved = source is JiraFieldSource one ? FindSource(name, one, field, jira) : source;
            CheckPaths(name, field, resolved);
            _given.Add((field, resolved));
        }

        var read = _defaults.SelectMany(one => one.Source.Reads)
            .Concat(_given.SelectMany(one => one.Source?.Reads ?? []))
            .Where(IsAsked);
        Detail = IssueDetail.Default.With(read);
        NeedsEditors = mayBypassRules && !Has(WorkItemField.ChangedBy);
    }

    /// <summary>Whether an entry may name a field, by an account that bypasses no rules.</summary>
    /// <param name="field">The field.</param>
    internal static bool MayBeMapped(WorkItemField field) =>
        !NotMapped.ContainsKey(field.ReferenceName) && !field.NeedsBypass;

    /// <summary>Whether an entry may have a field of Jira as its source.</summary>
    /// <param name="field">The field.</param>
    internal static bool MayBeSource(JiraField field) => !NoSource.ContainsKey(field.Id);

    /// <summary>What must be asked of Jira about each issue.</summary>
    public IssueDetail Detail { get; }

    /// <summary>Whether new work items are to say who changed the issue last.</summary>
    internal bool NeedsEditors { get; }

    /// <summary>Whether the user says what a field gets, or that it gets nothing.</summary>
    /// <param name="referenceName">The field.</param>
    public bool IsGiven(string referenceName) =>
        _given.Exists(one => one.Field.ReferenceName.Equals(referenceName, StringComparison.OrdinalIgnoreCase));

    /// <summary>The Jira fields that the user's own entries read, by id.</summary>
    public IEnumerable<string> GivenReads => _given
        .SelectMany(one => one.Source?.Reads ?? [])
        .Where(IsAsked);

    /// <summary>Which priority an issue's priority becomes, where no entry says so.</summary>
    internal PriorityMapping Priorities { get; }

    /// <summary>Whether issues' priorities are mapped by <see cref="Priorities"/>.</summary>
    internal bool UsesPriorities => !Has(WorkItemField.Priority);

    /// <summary>
    /// Asks for the site's priorities where some issue has one that is mapped by its position among them, once.
    /// </summary>
    /// <param name="issues">The issues.</param>
    /// <param name="read">Asks for their names, the most urgent one first.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Whether they were asked for.</returns>
    public async Task<bool> LearnPrioritiesAsync(
        IEnumerable<Replica> issues,
        Func<CancellationToken, Task<IReadOnlyList<string>>> read,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!UsesPriorities || !Priorities.NeedsOrder(issues))
        {
            return false;
        }

        Priorities.Learn(await read(cancellationToken).ConfigureAwait(false));
        return true;
    }

    /// <summary>The HTML fields of a type that take a text which Jira renders, with the Jira field of each.</summary>
    /// <param name="type">The work item type.</param>
    internal IEnumerable<TextField> RichTextsOf(WorkItemType type) => RulesFor(type).Present
        .Where(rule => rule.IsRichText)
        .Select(rule => new TextField(rule.Field.ReferenceName, ((JiraFieldSource)rule.Source).Name));

    /// <summary>
    /// The rich texts that do not only come from Jira, as their entries say; a text has one direction, whichever of its
    /// fields has the entry.
    /// </summary>
    /// <param name="type">The work item type.</param>
    internal IReadOnlyList<MergedText> MergedTextsOf(WorkItemType type)
    {
        var rules = RulesFor(type).Present.Where(rule => rule.IsRichText).ToList();
        return rules
            .Where(rule => rule.Source.Direction is not (null or FieldDirection.JiraToAdo))
            .DistinctBy(rule => ((JiraFieldSource)rule.Source).Name, StringComparer.OrdinalIgnoreCase)
            .Select(rule => new MergedText(
                ((JiraFieldSource)rule.Source).Name,
                FieldsOf(((JiraFieldSource)rule.Source).Name),
                rule.Source.Direction!.Value))
            .ToList();

        List<string> FieldsOf(string source) => rules
            .Where(rule => ((JiraFieldSource)rule.Source).Name.Equals(source, StringComparison.OrdinalIgnoreCase))
            .Select(rule => rule.Field.ReferenceName)
            .Concat(new TextField(string.Empty, source).IsDescription
                ? TextField.OfDescription.Where(field => type.Fields.ContainsKey(field) && !IsGiven(field))
                : [])
            .OrderBy(field => TextField.OfDescription.ToList().FindIndex(one => Same(one, field)))
            .ToList();
    }

    /// <summary>The user's own entries, with what they read.</summary>
    internal IReadOnlyList<(WorkItemField Field, FieldSource? Source)> Given => _given;

    /// <summary>Whether some entry speaks of a field.</summary>
    /// <param name="field">The field.</param>
    internal bool Has(WorkItemField field) => _given.Exists(one => one.Field.Is(field));

    /// <summary>What fields a work item of a type gets.</summary>
    internal FieldRules RulesFor(WorkItemType type) => _rules.TryGetValue(type.Name, out var rules)
        ? rules
        : _rules[type.Name] = RulesOf(type);

    private FieldRules RulesOf(WorkItemType type)
    {
        var present = new Dictionary<string, FieldRule>(StringComparer.OrdinalIgnoreCase);
        var missing = new Dictionary<string, FieldRule>(StringComparer.OrdinalIgnoreCase);
        foreach (var (candidates, source) in _defaults)
        {
            var field = candidates.FirstOrDefault(field => type.Fields.ContainsKey(field.ReferenceName));
            (field is null ? missing : present)[(field ?? candidates[0]).ReferenceName] =
                new FieldRule(field ?? candidates[0], source);
        }

        foreach (var (field, source) in _given)
        {
            present.Remove(field.ReferenceName);
            missing.Remove(field.ReferenceName);
            if (source is not null)
            {
                (type.Fields.ContainsKey(field.ReferenceName) ? present : missing)[field.ReferenceName] =
                    new FieldRule(field, source);
            }
        }

        // What a user gives or leaves out for one candidate holds for the value, whichever field gets it.
        foreach (var (candidates, _) in _defaults.Where(one => one.Candidates.Any(Has)))
        {
            missing.Remove(candidates[0].ReferenceName);
        }

        // What the user wrote is no loss where a type does not have the field; only Jira's values are.
        return new FieldRules(
            [.. present.Values],
            [.. missing.Values.Where(rule => rule.Source.IsOfJira && !rule.Field.NeedsBypass)]);
    }

    private static List<(IReadOnlyList<WorkItemField> Candidates, FieldSource Source)> Defaults(
        JiraFields jira, bool mayBypassRules, PriorityMapping priorities)
    {
        var points = jira.StoryPoints.Select(field => field.Id).ToList();
        var defaults = new List<(IReadOnlyList<WorkItemField>, FieldSource)>
        {
            ([WorkItemField.Title], new JiraFieldSource("summary")),
            ([WorkItemField.Priority], new PrioritySource(priorities)),
            ([WorkItemField.Tags], new JiraFieldSource("labels")),
            ([WorkItemField.AssignedTo], new JiraFieldSource("assignee")),
            (WorkItemField.Due, new JiraFieldSource("duedate")),
            ([WorkItemField.OriginalEstimate], new HoursSource("timeoriginalestimate")),
            ([WorkItemField.RemainingWork], new HoursSource("timeestimate")),
            ([WorkItemField.CompletedWork], new HoursSource("timespent")),
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

    private static JiraFieldSource FindSource(
        string entry, JiraFieldSource source, WorkItemField field, JiraFields jira)
    {
        if (jira.Find(source.Name).Count == 0 && FieldValue.IsAlwaysRead(source.Name))
        {
            return source;
        }

        var found = jira.Resolve(source.Name, $"FieldMapping has '{entry}' (a constant is written @{{ Value = ... }})");
        if (NoSource.TryGetValue(found.Id, out var why))
        {
            throw Invalid(entry, $"'{found}' is no value of an issue. {why}");
        }

        if (found.IsDescription && (field.Kind != FieldKind.Html || source.Values is not null))
        {
            throw Invalid(
                entry,
                $"'{found}' is a text with headings, lists and images, and only a field of HTML takes it.");
        }

        return source with { Name = found.Id, IsRich = found.IsRich };
    }

    /// <summary>A path that the user wrote is used literally, so it must be one.</summary>
    private static void CheckPaths(string entry, WorkItemField field, FieldSource? source)
    {
        if (field.Kind != FieldKind.Path)
        {
            return;
        }

        var written = source switch
        {
            ConstantSource constant => [constant.Value],
            JiraFieldSource { Values: { } table } => table.Values,
            _ => [],
        };
        foreach (var path in written.OfType<string>())
        {
            var problem = path.Split('\\', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(NodeNames.Problem).FirstOrDefault(one => one is not null);
            if (problem is not null)
            {
                throw Invalid(entry, $"'{path}' can't be a path: {problem}. Names in a path are parted by '\\'.");
            }
        }
    }

    /// <summary>Whether a field must be asked for: neither every replica has it nor is it read another way.</summary>
    private static bool IsAsked(string id) =>
        !FieldValue.IsAlwaysRead(id) && !id.Equals(TextField.Description, StringComparison.OrdinalIgnoreCase);

    private static bool Same(string left, string right) =>
        left.Equals(right.Trim(), StringComparison.OrdinalIgnoreCase);

    private static SyncException Invalid(string entry, string why) =>
        new("MappingInvalid", $"-FieldMapping has an entry '{entry}' that can't be used. {why}", entry);

    /// <summary>The first of several fields that has a value.</summary>
    private sealed record FirstSource(IReadOnlyList<string> Ids) : FieldSource
    {
        internal override IEnumerable<string> Reads => Ids;

        internal override bool IsInvertible(WorkItemField field, JiraFields jira) => !field.NeedsBypass;

        internal override IssueValue? InverseOf(
            object? value, Replica? issue, WorkItemField field, InverseContext context) => IssueValue.Of(
                Ids.FirstOrDefault(id => issue?.Fields.GetValueOrDefault(id) is not null) ?? Ids[0], value, context);

        internal override object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes) =>
            ValueOf(replica) ?? (Ids.Any(replica.Fields.ContainsKey) ? null : Leave);

        private object? ValueOf(Replica replica)
        {
            foreach (var id in Ids)
            {
                if (replica.Fields.TryGetValue(id, out var value) && value is not null)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>Who changed the issue last; its creator where nobody did.</summary>
    private sealed record EditorSource : FieldSource
    {
        internal override IEnumerable<string> Reads => ["creator"];

        internal override object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes) =>
            replica.LastEditor ?? replica.Fields.GetValueOrDefault("creator");
    }

    /// <summary>A time that Jira keeps in seconds, in hours with two decimals.</summary>
    private sealed record HoursSource(string Id) : FieldSource
    {
        private const double Hour = 3600;

        internal override IEnumerable<string> Reads => [Id];

        internal override object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes) =>
            !replica.Fields.TryGetValue(Id, out var value) ? Leave
            : FieldValue.TryConvert(value, FieldKind.Number, isOfJira: true, out var seconds)
            && seconds is double number
                ? Math.Round(number / Hour, 2, MidpointRounding.AwayFromZero)
                : value;
    }

    /// <summary>The priority; none, and one of which nothing is known, says nothing.</summary>
    private sealed record PrioritySource(PriorityMapping Mapping) : FieldSource
    {
        internal override IEnumerable<string> Reads => ["priority"];

        internal override bool IsInvertible(WorkItemField field, JiraFields jira) => true;

        internal override IssueValue? InverseOf(
            object? value, Replica? issue, WorkItemField field, InverseContext context) =>
            FieldValue.IsEmpty(value) ? null
            : Mapping.NameOf(Convert.ToInt32(value, CultureInfo.InvariantCulture), context.Priorities) is { } name
                ? IssueValue.Named("priority", name)
                : null;

        internal override object? ValueOf(Replica replica, WorkItemField field, MappingNotes notes)
        {
            var value = replica.Fields.GetValueOrDefault("priority");
            if (!Mapping.TryMap(value, out var number, out var isByOrder))
            {
                notes.NoPriority(FieldValue.Describe(value));
            }
            else if (isByOrder)
            {
                notes.ByOrder(FieldValue.Describe(value), number!.Value);
            }

            return number is { } known ? known : Leave;
        }
    }
}

/// <summary>One field that work items of a type get.</summary>
internal sealed record FieldRule(WorkItemField Field, FieldSource Source)
{
    /// <summary>Whether the value is a text that Jira renders, as it does a description.</summary>
    public bool IsRichText => Field.Kind == FieldKind.Html && Source is JiraFieldSource { IsRich: true, Values: null };
}

/// <summary>What fields work items of a type get.</summary>
/// <param name="Present">Those that the type has.</param>
/// <param name="Missing">Those that it does not have, so that values of Jira are left out.</param>
internal sealed record FieldRules(IReadOnlyList<FieldRule> Present, IReadOnlyList<FieldRule> Missing)
{
    /// <summary>Those that the type has and that take no rich text.</summary>
    public IReadOnlyList<FieldRule> Plain { get; } = Present.Where(rule => !rule.IsRichText).ToList();
}
