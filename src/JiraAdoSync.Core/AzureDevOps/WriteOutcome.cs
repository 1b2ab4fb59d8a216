namespace JiraAdoSync.AzureDevOps;

/// <summary>What became of one <see cref="WorkItemWrite"/>.</summary>
public sealed record WriteOutcome
{
    private WriteOutcome()
    {
    }

    /// <summary>The work item after the write, with all its relations; null where it was refused.</summary>
    public WorkItem? WorkItem { get; private init; }

    /// <summary>Why it was refused; null where it was done.</summary>
    public ServiceError? Error { get; private init; }

    /// <summary>It was done.</summary>
    /// <param name="workItem">The work item as it is now.</param>
    public static WriteOutcome Done(WorkItem workItem) => new() { WorkItem = workItem };

    /// <summary>It was refused, or its answer was lost.</summary>
    /// <param name="error">Why.</param>
    public static WriteOutcome Refused(ServiceError error) => new() { Error = error };
}
