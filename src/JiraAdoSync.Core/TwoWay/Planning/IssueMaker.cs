using JiraAdoSync.AzureDevOps;
using JiraAdoSync.Jira;
using JiraAdoSync.Mapping.Fields;
using JiraAdoSync.Mapping.WorkItems;
using JiraAdoSync.TwoWay.Links;

namespace JiraAdoSync.TwoWay.Planning;

/// <summary>What issue a work item becomes: the inverse of the mappings of types and fields.</summary>
/// <param name="fields">Which fields work items get, and where the values come from.</param>
/// <param name="types">Which work item type an issue type becomes.</param>
/// <param name="context">What is known of the site.</param>
/// <param name="direction">Which way values go, where no entry says otherwise.</param>
internal sealed class IssueMaker(
    FieldMapping fields, WorkItemTypeMapping types, InverseContext context, FieldDirection direction)
{
    /// <summary>
    /// The issue type for a work item: one that becomes its type, else the one of the same name, else one whose entry
    /// has the type among others. It fits below the parent where there is one, and is no sub-task where there is none.
    /// </summary>
    /// <param name="workItemType">The work item's type.</param>
    /// <param name="parent">The type of the parent's issue; null where it has none.</param>
    /// <param name="known">The types that the project has.</param>
    /// <returns>The type; null where none becomes it.</returns>
    public IssueType? TypeOf(string workItemType, IssueType? parent, IReadOnlyList<IssueType> known)
    {
        var candidates = known.Where(type => types.CandidatesOf(type) is [var first, ..] && Same(first, workItemType))
            .Concat(known.Where(type => Same(type.Name, workItemType)))
            .Concat(known.Where(type => types.CandidatesOf(type).Any(one => Same(one, workItemType))))
            .ToList();
        return candidates.Find(type => parent is not null && HierarchyRules.Problem(type, parent) is null)
            ?? candidates.Find(type => !type.IsSubtask);
    }

    /// <summary>The values of a work item as Jira takes them.</summary>
    /// <param name="item">The work item.</param>
    /// <param name="type">Its type.</param>
    /// <param name="screen">The fields of the screen that creates issues; null where that is not known.</param>
    /// <param name="leftOut">What is not copied, as sentences.</param>
    public Dictionary<string, object?> Map(
        WorkItem item, WorkItemType type, IReadOnlyList<WritableField>? screen, List<string> leftOut)
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var rule in fields.RulesFor(type).Present.Where(rule => IsForJira(rule)))
        {
            var value = item.Fields.GetValueOrDefault(rule.Field.ReferenceName);
            if (FieldValue.IsEmpty(value))
            {
                continue;
            }

            if (rule.Field.Kind == FieldKind.Tags)
            {
                var id = rule.Source.Reads.First();
                var tags = TagList.Split((string?)value).Where(tag => IssueValue.CanHaveElement(id, tag))
                    .ToHashSet(StringComparer.OrdinalIgnoreCase);
                Add(IssueValue.OfSet(id, tags, null));
            }
            else if (rule.Source.InverseOf(value, null, rule.Field, context) is { } inverse)
            {
                Add(inverse);
            }
            else
            {
                leftOut.Add($"'{rule.Field}' is '{FieldValue.Describe(value)}', which no value of Jira becomes.");
            }
        }

        // Of a bug people see the last one only.
        var described = TextField.OfDescription.Reverse()
            .Where(field => !fields.IsGiven(field) || fields.RichTextsOf(type).Any(text =>
                text.IsDescription && text.Field.Equals(field, StringComparison.OrdinalIgnoreCase)))
            .Select(field => (Source: TextField.Description, Field: field));
        foreach (var text in described
            .Concat(fields.MergedTextsOf(type).Where(text => text.Direction.IncludesJira())
                .Select(text => (text.Source, text.Field)))
            .Where(text => IsOn(text.Source)))
        {
            if (item.Fields.GetValueOrDefault(text.Field) is string { Length: > 0 } html)
            {
                values.TryAdd(text.Source, new HtmlText(html));
            }
        }

        return values;

        void Add(IssueValue value)
        {
            if (IsOn(value.Field))
            {
                values[value.Field] = value.Written;
            }
            else
            {
                leftOut.Add($"'{value.Field}' is not on the screen that creates issues.");
            }
        }

        bool IsOn(string id) => screen is null || id.Equals("summary", StringComparison.OrdinalIgnoreCase)
            || screen.Any(field => field.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
    }

    private bool IsForJira(FieldRule rule) => !rule.IsRichText && !rule.Field.NeedsBypass
        && rule.Source.IsInvertible(rule.Field, context.Fields)
        && (rule.Source.Direction ?? direction).IncludesJira();

    private static bool Same(string? left, string right) =>
        string.Equals(left?.Trim(), right.Trim(), StringComparison.OrdinalIgnoreCase);
}
