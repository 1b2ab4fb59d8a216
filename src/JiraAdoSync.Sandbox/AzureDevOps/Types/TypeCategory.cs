using JiraAdoSync.Sandbox.AzureDevOps.Projects;

namespace JiraAdoSync.Sandbox.AzureDevOps.Types;

/// <summary>
/// Work item types by what they are for, whatever a process calls them; the first one is the default.
/// </summary>
internal sealed record TypeCategory(string ReferenceName, string Name, IReadOnlyList<WorkItemType> Types)
{
    private static readonly (string Name, string Title, string[] Types)[] Known =
    [
        ("Bug", "Bug", ["Bug"]),
        ("CodeReviewRequest", "Code Review Request", ["Code Review Request"]),
        ("CodeReviewResponse", "Code Review Response", ["Code Review Response"]),
        ("Epic", "Epic", ["Epic"]),
        ("Feature", "Feature", ["Feature"]),
        ("FeedbackRequest", "Feedback Request", ["Feedback Request"]),
        ("FeedbackResponse", "Feedback Response", ["Feedback Response"]),
        ("Requirement", "Requirement", ["User Story", "Product Backlog Item", "Requirement"]),
        ("SharedParameter", "Shared Parameter", ["Shared Parameter"]),
        ("SharedStep", "Shared Step", ["Shared Steps"]),
        ("Task", "Task", ["Task"]),
        ("TestCase", "Test Case", ["Test Case"]),
        ("TestPlan", "Test Plan", ["Test Plan"]),
        ("TestSuite", "Test Suite", ["Test Suite"]),
    ];

    /// <summary>The categories of a project, without those that its process has no type for.</summary>
    public static IEnumerable<TypeCategory> Of(Project project) => Known
        .Select(known => new TypeCategory(
            $"Microsoft.{known.Name}Category", $"{known.Title} Category",
            [.. Names(project, known).Select(project.Type).OfType<WorkItemType>()]))
        .Where(category => category.Types.Count > 0);

    // What is on the backlog of the Basic process is called Issue.
    private static string[] Names(Project project, (string Name, string Title, string[] Types) known) =>
        known.Name == "Requirement" && project.Process == ProcessTemplate.Basic ? ["Issue"] : known.Types;
}
