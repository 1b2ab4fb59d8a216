namespace JiraAdoSync.Reporting;

/// <summary>How a work item type looks on a board: as the processes that come with Azure DevOps have it.</summary>
/// <param name="Color">The colour, as CSS writes it.</param>
/// <param name="Icon">The icon's name in Azure DevOps, without <c>icon_</c>.</param>
public sealed record WorkItemTypeLook(string Color, string Icon)
{
    /// <summary>The types that are known, those of a higher level first.</summary>
    private static readonly (string Name, WorkItemTypeLook Look)[] Known =
    [
        ("Epic", new("#E06C00", "crown")),
        ("Feature", new("#773B93", "trophy")),
        ("User Story", new("#0098C7", "book")),
        ("Product Backlog Item", new("#0098C7", "list")),
        ("Requirement", new("#0098C7", "clipboard")),
        ("Bug", new("#CC293D", "insect")),
        ("Issue", new("#B4009E", "traffic_cone")),
        ("Impediment", new("#B4009E", "traffic_cone")),
        ("Change Request", new("#B4009E", "asterisk")),
        ("Review", new("#B4009E", "chat_bubble")),
        ("Risk", new("#B4009E", "flame")),
        ("Task", new("#A4880A", "clipboard")),
        ("Test Plan", new("#004B50", "test")),
        ("Test Suite", new("#004B50", "test")),
        ("Test Case", new("#004B50", "test")),
    ];

    /// <summary>What a project's own types get: the same name always has the same colour.</summary>
    private static readonly string[] Others = ["#4B6A88", "#339947", "#7A5195", "#8A5A2B", "#00706F", "#A83279"];

    /// <summary>How a type looks.</summary>
    /// <param name="type">The type's name; null where it is not known.</param>
    public static WorkItemTypeLook Of(string? type) =>
        Known.FirstOrDefault(one => Same(one.Name, type)).Look
        ?? new WorkItemTypeLook(Others[(type ?? string.Empty).Sum(letter => letter) % Others.Length], "other");

    /// <summary>The types in the order of their levels: epics before stories, stories before tasks.</summary>
    /// <param name="types">Their names.</param>
    public static IEnumerable<string> InOrder(IEnumerable<string> types) => types
        .Distinct()
        .OrderBy(type => Array.FindIndex(Known, one => Same(one.Name, type)) is >= 0 and var level ? level : 6)
        .ThenBy(type => type, StringComparer.Ordinal);

    private static bool Same(string left, string? right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
