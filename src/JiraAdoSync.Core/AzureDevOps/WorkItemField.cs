namespace JiraAdoSync.AzureDevOps;

/// <summary>What values a field takes.</summary>
public enum FieldKind
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>Text with markup: HTML.</summary>
    Html,

    /// <summary>A whole number.</summary>
    Whole,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>A date with its time.</summary>
    Date,

    /// <summary>A person.</summary>
    Person,

    /// <summary>An area or an iteration.</summary>
    Path,

    /// <summary>Tags.</summary>
    Tags,
}

/// <summary>A field of the organisation's work items.</summary>
/// <param name="ReferenceName">Its fixed name, such as <c>System.Title</c>.</param>
/// <param name="Name">The name that people see, such as <c>Title</c>.</param>
/// <param name="Kind">What values it takes.</param>
public sealed record WorkItemField(string ReferenceName, string Name, FieldKind Kind)
{
    /// <summary>The type of the item.</summary>
    public static WorkItemField Type { get; } = new("System.WorkItemType", "Work Item Type", FieldKind.Text);

    /// <summary>The title.</summary>
    public static WorkItemField Title { get; } = new("System.Title", "Title", FieldKind.Text);

    /// <summary>The state.</summary>
    public static WorkItemField State { get; } = new("System.State", "State", FieldKind.Text);

    /// <summary>The priority.</summary>
    public static WorkItemField Priority { get; } = new("Microsoft.VSTS.Common.Priority", "Priority", FieldKind.Whole);

    /// <summary>The tags.</summary>
    public static WorkItemField Tags { get; } = new("System.Tags", "Tags", FieldKind.Tags);

    /// <summary>Who works on it.</summary>
    public static WorkItemField AssignedTo { get; } = new("System.AssignedTo", "Assigned To", FieldKind.Person);

    /// <summary>The area.</summary>
    public static WorkItemField AreaPath { get; } = new("System.AreaPath", "Area Path", FieldKind.Path);

    /// <summary>The iteration.</summary>
    public static WorkItemField IterationPath { get; } = new("System.IterationPath", "Iteration Path", FieldKind.Path);

    /// <summary>When it was created.</summary>
    public static WorkItemField CreatedDate { get; } = new("System.CreatedDate", "Created Date", FieldKind.Date);

    /// <summary>Who created it.</summary>
    public static WorkItemField CreatedBy { get; } = new("System.CreatedBy", "Created By", FieldKind.Person);

    /// <summary>When it was last changed.</summary>
    public static WorkItemField ChangedDate { get; } = new("System.ChangedDate", "Changed Date", FieldKind.Date);

    /// <summary>Who last changed it.</summary>
    public static WorkItemField ChangedBy { get; } = new("System.ChangedBy", "Changed By", FieldKind.Person);

    /// <summary>How large it is, by the name that each process has for it.</summary>
    public static IReadOnlyList<WorkItemField> Size { get; } =
    [
        new("Microsoft.VSTS.Scheduling.StoryPoints", "Story Points", FieldKind.Number),
        new("Microsoft.VSTS.Scheduling.Effort", "Effort", FieldKind.Number),
        new("Microsoft.VSTS.Scheduling.Size", "Size", FieldKind.Number),
    ];

    /// <summary>By when it should be done, by the name that each type has for it.</summary>
    public static IReadOnlyList<WorkItemField> Due { get; } =
    [
        new("Microsoft.VSTS.Scheduling.DueDate", "Due Date", FieldKind.Date),
        new("Microsoft.VSTS.Scheduling.TargetDate", "Target Date", FieldKind.Date),
    ];

    /// <summary>How long it was thought to take, in hours.</summary>
    public static WorkItemField OriginalEstimate { get; } =
        new("Microsoft.VSTS.Scheduling.OriginalEstimate", "Original Estimate", FieldKind.Number);

    /// <summary>How long it still takes, in hours.</summary>
    public static WorkItemField RemainingWork { get; } =
        new("Microsoft.VSTS.Scheduling.RemainingWork", "Remaining Work", FieldKind.Number);

    /// <summary>How long people worked on it, in hours.</summary>
    public static WorkItemField CompletedWork { get; } =
        new("Microsoft.VSTS.Scheduling.CompletedWork", "Completed Work", FieldKind.Number);

    /// <summary>Whether only an account that bypasses rules may set it.</summary>
    public bool NeedsBypass => Is(CreatedDate) || Is(CreatedBy) || Is(ChangedDate) || Is(ChangedBy);

    /// <summary>Whether it is the same field.</summary>
    /// <param name="other">Another one.</param>
    public bool Is(WorkItemField other) =>
        string.Equals(ReferenceName, other?.ReferenceName, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
