using System.Text.Json.Nodes;

namespace JiraAdoSync.Drafting;

/// <summary>
/// The closed shape of a model's answer: every name and every value is one of those that both sites have. There is no
/// member for a script, an address, a path, a secret, a person, or anything that widens what a sync may do; a query
/// only where it is allowed.
/// </summary>
internal static class DraftSchema
{
    public const string IssueTypes = "issueTypes";
    public const string Statuses = "statuses";
    public const string TypeMapping = "typeMapping";
    public const string StateMapping = "stateMapping";
    public const string LinkTypeMapping = "linkTypeMapping";
    public const string FieldMapping = "fieldMapping";
    public const string Include = "include";
    public const string Query = "query";
    public const string NotUnderstood = "notUnderstood";

    /// <summary>
    /// What may come over beside fields, with the parameter of each. It shows more of Jira on the board, so an answer
    /// can propose it only.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> Contents = new Dictionary<string, string>(
        StringComparer.Ordinal)
    {
        ["comments"] = "IncludeComments",
        ["history"] = "IncludeHistory",
        ["attachments"] = "IncludeAttachments",
        ["webLinks"] = "IncludeWebLinks",
    };

    /// <summary>Which statuses are selected, with the category of each.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Doneness = new Dictionary<string, string?>(
        StringComparer.Ordinal)
    {
        ["all"] = null,
        ["notDone"] = "!done",
        ["done"] = "done",
    };

    /// <summary>The tables of an answer: the member, the two names in each row, and what each may be.</summary>
    public static IReadOnlyList<DraftTable> Tables(SiteNames names) =>
    [
        new(TypeMapping, "TypeMapping", "issueType", Types(names), "workItemType", names.WorkItemTypes.Select(type => type.Name).ToList()),
        new(
            StateMapping, "StateMapping", "status", Distinct(names.Statuses.Select(one => one.Key.Name)), "state",
            Distinct(names.WorkItemTypes.SelectMany(type => type.States).Select(state => state.Name))),
        new(
            LinkTypeMapping, "LinkTypeMapping", "linkType", Distinct(names.LinkTypes.Select(one => one.Key.Name)), "relation",
            Distinct(names.RelationTypes.All.Where(type => type.IsUsable).Select(type => type.Name))),
        new(
            FieldMapping, "FieldMapping", "field", Distinct(names.WorkItemFields.Select(field => field.Name)), "source",
            Sources(names)),
    ];

    /// <summary>The names of issue types.</summary>
    public static IReadOnlyList<string> Types(SiteNames names) =>
        Distinct(names.IssueTypes.Select(one => one.Key.Name));

    /// <summary>The fields of Jira that may be a source: by id where several have the name.</summary>
    public static IReadOnlyList<string> Sources(SiteNames names) => Distinct(names.JiraFields.All
        .Where(Mapping.Fields.FieldMapping.MayBeSource)
        .Select(field => names.JiraFields.Find(field.Name).Count == 1 ? field.Name : field.Id));

    /// <summary>The schema.</summary>
    public static JsonObject Of(SiteNames names, bool mayQuery)
    {
        var properties = new JsonObject
        {
            [IssueTypes] = List(Enumeration(Types(names))),
            [Statuses] = Enumeration(Doneness.Keys.ToList()),
        };
        foreach (var table in Tables(names))
        {
            properties[table.Member] = List(Shape(new JsonObject
            {
                [table.KeyMember] = Enumeration(table.Keys),
                [table.ValueMember] = Enumeration(table.Values, orNull: true),
            }));
        }

        properties[Include] = List(Enumeration(Contents.Keys.ToList()));
        if (mayQuery)
        {
            properties[Query] = new JsonObject { ["type"] = new JsonArray("string", "null") };
        }

        properties[NotUnderstood] = List(new JsonObject { ["type"] = "string" });
        return Shape(properties);
    }

    private static JsonObject Shape(JsonObject properties) => new()
    {
        ["type"] = "object",
        ["properties"] = properties,
        ["required"] = new JsonArray(properties.Select(one => (JsonNode)one.Key).ToArray()),
        ["additionalProperties"] = false,
    };

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject Enumeration(IReadOnlyList<string> names, bool orNull = false)
    {
        var values = names.Select(name => (JsonNode?)JsonValue.Create(name)).ToList();
        return orNull
            ? new JsonObject { ["type"] = new JsonArray("string", "null"), ["enum"] = new JsonArray([.. values, null]) }
            : new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. values]) };
    }

    private static List<string> Distinct(IEnumerable<string> names) =>
        names.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
}

/// <summary>One table of a model's answer.</summary>
/// <param name="Member">The member that is a list of rows.</param>
/// <param name="Table">The parameter of a profile.</param>
/// <param name="KeyMember">The member of a row that is the key.</param>
/// <param name="Keys">What it may be.</param>
/// <param name="ValueMember">The member of a row that is the value.</param>
/// <param name="Values">What it may be, beside null.</param>
internal sealed record DraftTable(
    string Member,
    string Table,
    string KeyMember,
    IReadOnlyList<string> Keys,
    string ValueMember,
    IReadOnlyList<string> Values
);
