using System.Text.Json.Nodes;
using JiraAdoSync.Sandbox.AzureDevOps.WorkItems;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>The type of a field, by the name that the service gives it.</summary>
internal enum FieldType
{
    String,
    PlainText,
    Html,
    History,
    Integer,
    Double,
    Boolean,
    DateTime,
    TreePath,
    Identity,
    Guid,
}

/// <summary>Which reads show a field that nobody asked for by name.</summary>
internal enum FieldShown
{
    /// <summary>Every read.</summary>
    Always,

    /// <summary>Reads with <c>$expand=all</c> or <c>fields</c>.</summary>
    Expanded,

    /// <summary>None.</summary>
    OnRequest,
}

/// <summary>Who may write a field.</summary>
internal enum FieldWriting
{
    /// <summary>Anybody.</summary>
    Free,

    /// <summary>Only with bypassRules.</summary>
    Bypass,

    /// <summary>Only the service.</summary>
    Never,
}

/// <summary>A field of the organisation.</summary>
internal sealed record FieldDefinition(string ReferenceName, string Name, FieldType Type)
{
    public FieldShown Shown { get; init; }

    public FieldWriting Writing { get; init; }

    public int? MaxLength { get; init; }

    public IReadOnlyList<string> AllowedValues { get; init; } = [];

    /// <summary>How the value follows from the work item; null for what is stored.</summary>
    public Func<WorkItem, object?>? Computed { get; init; }

    public bool IsText => Type is FieldType.String or FieldType.PlainText or FieldType.Html or FieldType.History;

    public object? ValueOf(WorkItem item) => Computed is null ? item.Fields.GetValueOrDefault(this) : Computed(item);

    public JsonObject ToJson(Uri organization) => new()
    {
        ["name"] = Name,
        ["referenceName"] = ReferenceName,
        ["description"] = null,
        ["type"] = TypeName(),
        ["usage"] = "workItem",
        ["readOnly"] = Writing != FieldWriting.Free,
        ["canSortBy"] = Type is not (FieldType.Html or FieldType.PlainText or FieldType.History),
        ["isQueryable"] = true,
        ["supportedOperations"] = new JsonArray([.. Operations().Select(operation => new JsonObject
        {
            ["referenceName"] = $"SupportedOperations.{operation.Reference}",
            ["name"] = operation.Name,
        })]),
        ["isIdentity"] = Type == FieldType.Identity,
        ["isPicklist"] = false,
        ["isPicklistSuggested"] = false,
        ["url"] = $"{organization}/_apis/wit/fields/{ReferenceName}",
    };

    public bool Equals(FieldDefinition? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    // An identity is a string to the service; isIdentity distinguishes the two.
    private string TypeName() => Type switch
    {
        FieldType.Identity => "string",
        FieldType.PlainText => "plainText",
        FieldType.DateTime => "dateTime",
        FieldType.TreePath => "treePath",
        _ => Type.ToString().ToLowerInvariant(),
    };

    private IEnumerable<(string Reference, string Name)> Operations() => Type switch
    {
        FieldType.TreePath =>
            [("Under", "Under"), ("NotUnder", "Not Under"), ("Equals", "="), ("NotEquals", "<>"), ("In", "In")],
        FieldType.Html or FieldType.PlainText or FieldType.History =>
            [("ContainsWords", "Contains Words"), ("NotContainsWords", "Does Not Contain Words"),
                ("IsEmpty", "Is Empty"), ("IsNotEmpty", "Is Not Empty")],
        FieldType.String or FieldType.Identity =>
            [("Equals", "="), ("NotEquals", "<>"), ("Contains", "Contains"), ("NotContains", "Does Not Contain"),
                ("In", "In"), ("NotIn", "Not In"), ("Ever", "Was Ever")],
        _ => [("Equals", "="), ("NotEquals", "<>"), ("GreaterThan", ">"), ("LessThan", "<"),
            ("GreaterThanEquals", ">="), ("LessThanEquals", "<="), ("In", "In"), ("NotIn", "Not In")],
    };
}
