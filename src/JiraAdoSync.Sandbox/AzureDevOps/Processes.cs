namespace JiraAdoSync.Sandbox.AzureDevOps;

/// <summary>A state of a work item type.</summary>
internal sealed record WorkItemState(string Name, string Category, string Color);

/// <summary>A work item type of a process; its first state is the one in which items are created.</summary>
internal sealed record WorkItemType(
    string Name, string ReferenceName, string Color, string Icon, string InitialReason, IReadOnlyList<WorkItemState> States)
{
    public WorkItemState Initial => States[0];

    public WorkItemState? State(string name) =>
        States.FirstOrDefault(state => state.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public bool IsBug => Name == "Bug";

    /// <summary>Types that stand on a backlog have a value area.</summary>
    public bool IsBacklogItem => Name is "Epic" or "Feature" or "User Story" or "Product Backlog Item" or "Requirement" or "Bug";

    /// <summary>Types without a priority of their own: what belongs to test plans and reviews.</summary>
    public bool HasPriority => !Name.Contains("Shared", StringComparison.Ordinal)
        && !Name.Contains("Test Plan", StringComparison.Ordinal) && !Name.Contains("Test Suite", StringComparison.Ordinal)
        && !Name.StartsWith("Code Review", StringComparison.Ordinal) && !Name.StartsWith("Feedback", StringComparison.Ordinal);
}

/// <summary>The four processes: their work item types, and the states of each with category and colour.</summary>
internal static class Processes
{
    private const string Proposed = "Proposed";
    private const string InProgress = "InProgress";
    private const string Resolved = "Resolved";
    private const string Completed = "Completed";
    private const string Removed = "Removed";

    /// <summary>The id by which every organisation calls the process.</summary>
    public static Guid IdOf(ProcessTemplate process) => new(process switch
    {
        ProcessTemplate.Agile => "adcc42ab-9882-485e-a3ed-7678f01f66bc",
        ProcessTemplate.Scrum => "6b724908-ef14-45cf-84f8-768b5384da45",
        ProcessTemplate.Cmmi => "27450541-8e31-4150-9947-dc59f998fc01",
        _ => "b8a3a935-7e91-48b8-a94c-606d37c3e9f2",
    });

    public static string NameOf(ProcessTemplate process) => process == ProcessTemplate.Cmmi ? "CMMI" : process.ToString();

    public static IReadOnlyList<WorkItemType> TypesOf(ProcessTemplate process) =>
        [.. Own(process), .. Testing()];

    private static IEnumerable<WorkItemType> Own(ProcessTemplate process)
    {
        switch (process)
        {
            case ProcessTemplate.Agile:
                var story = States(("New", Proposed), ("Active", InProgress), ("Resolved", Resolved), ("Closed", Completed), ("Removed", Removed));
                yield return Type("Bug", "CC293D", "icon_insect", "New",
                    States(("New", Proposed), ("Active", InProgress), ("Resolved", Resolved), ("Closed", Completed)));
                yield return Type("Epic", "E06C00", "icon_crown", "New", story);
                yield return Type("Feature", "773B93", "icon_trophy", "New", story);
                yield return Type("Issue", "B4009E", "icon_traffic_cone", "New", States(("Active", InProgress), ("Closed", Completed)));
                yield return Type("Task", "A4880A", "icon_clipboard", "New",
                    States(("New", Proposed), ("Active", InProgress), ("Closed", Completed), ("Removed", Removed)));
                yield return Type("User Story", "0098C7", "icon_book", "New", story);
                break;

            case ProcessTemplate.Scrum:
                var backlog = States(("New", Proposed), ("Approved", Proposed), ("Committed", InProgress), ("Done", Completed), ("Removed", Removed));
                var portfolio = States(("New", Proposed), ("In Progress", InProgress), ("Done", Completed), ("Removed", Removed));
                yield return Type("Bug", "CC293D", "icon_insect", "New defect reported", backlog);
                yield return Type("Epic", "E06C00", "icon_crown", "New epic", portfolio);
                yield return Type("Feature", "773B93", "icon_trophy", "New feature", portfolio);
                yield return Type("Impediment", "B4009E", "icon_traffic_cone", "New impediment", States(("Open", InProgress), ("Closed", Completed)));
                yield return Type("Product Backlog Item", "0098C7", "icon_list", "New backlog item", backlog);
                yield return Type("Task", "A4880A", "icon_clipboard", "New task",
                    States(("To Do", Proposed), ("In Progress", InProgress), ("Done", Completed), ("Removed", Removed)));
                break;

            case ProcessTemplate.Cmmi:
                var formal = States(("Proposed", Proposed), ("Active", InProgress), ("Resolved", Resolved), ("Closed", Completed));
                yield return Type("Bug", "CC293D", "icon_insect", "New", formal);
                yield return Type("Change Request", "B4009E", "icon_asterisk", "New", formal);
                yield return Type("Epic", "E06C00", "icon_crown", "New", formal);
                yield return Type("Feature", "773B93", "icon_trophy", "New", formal);
                yield return Type("Issue", "B4009E", "icon_traffic_cone", "New", formal);
                yield return Type("Requirement", "0098C7", "icon_clipboard", "New", formal);
                yield return Type("Review", "B4009E", "icon_chat_bubble", "New",
                    States(("Active", InProgress), ("Resolved", Resolved), ("Closed", Completed)));
                yield return Type("Risk", "B4009E", "icon_flame", "New",
                    States(("Proposed", Proposed), ("Active", InProgress), ("Closed", Completed)));
                yield return Type("Task", "A4880A", "icon_clipboard", "New", formal);
                break;

            default:
                var simple = States(("To Do", Proposed), ("Doing", InProgress), ("Done", Completed));
                yield return Type("Epic", "E06C00", "icon_crown", "Added to backlog", simple);
                yield return Type("Issue", "B4009E", "icon_clipboard_issue", "Added to backlog", simple);
                yield return Type("Task", "A4880A", "icon_clipboard", "Added to backlog", simple);
                break;
        }
    }

    /// <summary>What every process has for test plans and reviews.</summary>
    private static IEnumerable<WorkItemType> Testing()
    {
        var review = States(("Requested", Proposed), ("Closed", Completed));
        yield return Type("Code Review Request", "333333", "icon_code_review", "New", review);
        yield return Type("Code Review Response", "333333", "icon_code_response", "New", review);
        yield return Type("Feedback Request", "B4009E", "icon_chat_bubble", "New", States(("Active", InProgress), ("Closed", Completed)));
        yield return Type("Feedback Response", "B4009E", "icon_review", "New", States(("Active", InProgress), ("Closed", Completed)));
        yield return Type("Shared Parameter", "004B50", "icon_test_parameter", "New", States(("Active", InProgress), ("Inactive", Completed)));
        yield return Type("Shared Steps", "004B50", "icon_test_step", "New", States(("Active", InProgress), ("Closed", Completed)));
        yield return Type("Test Case", "004B50", "icon_test_beaker", "New",
            States(("Design", Proposed), ("Ready", InProgress), ("Closed", Completed)));
        yield return Type("Test Plan", "004B50", "icon_test_plan", "New", States(("Active", InProgress), ("Inactive", Completed)));
        yield return Type("Test Suite", "004B50", "icon_test_suite", "New",
            States(("In Planning", Proposed), ("In Progress", InProgress), ("Completed", Completed)));
    }

    private static WorkItemType Type(
        string name, string color, string icon, string reason, IReadOnlyList<WorkItemState> states) =>
        new(name, $"Microsoft.VSTS.WorkItemTypes.{name.Replace(" ", "", StringComparison.Ordinal)}", color, icon, reason, states);

    private static List<WorkItemState> States(params ReadOnlySpan<(string Name, string Category)> states)
    {
        var list = new List<WorkItemState>();
        foreach (var (name, category) in states)
        {
            list.Add(new WorkItemState(name, category, category switch
            {
                Proposed => "b2b2b2",
                InProgress => "007acc",
                Resolved => "ff9d00",
                Completed => "339933",
                _ => "ffffff",
            }));
        }

        return list;
    }
}
