namespace JiraAdoSync.Help;

/// <summary>
/// The parameters of cmdlets that have many, in the order in which people ask about them. A parameter has one name and
/// one meaning in all cmdlets, so its name says its group.
/// </summary>
internal static class ParameterGroups
{
    /// <summary>More parameters than these are shown in groups.</summary>
    public const int MostWithoutGroups = 12;

    /// <summary>What PowerShell adds, which is shown last.</summary>
    public const string Common = "Trying first";

    /// <summary>The group of what is in no other one.</summary>
    public const string Other = "Other";

    private static readonly (string Name, string[] Parameters)[] All =
    [
        ("Selection", ["Jql", "Key", "IssueId", "Replica", "WorkItemId", "Wiql", "DesiredRelation", "Plan", "WorkItem",
            "Scope", "UpdatedSince", "StatePath", "SliceIndex", "SliceCount", "NoCreate"]),
        ("Profile and results", ["Profile", "PlanOnly", "Summary", "Report", "RunPath"]),
        ("The file", ["Path", "ExpectedHash"]),
        ("The draft", ["Description", "ModelUri", "Model", "ModelKey", "AllowQuery", "NoPlan", "Force"]),
        ("Mapping", ["TypeMapping", "LinkTypeMapping", "NoDefaultLinkTypes", "Unmapped", "StateMapping",
            "PriorityMapping", "FieldMapping", "UserMapping", "CreatePaths"]),
        ("Content", ["IncludeComments", "IncludeHistory", "IncludeAttachments", "AttachmentLimit", "IncludeWebLinks"]),
        ("Conflicts and removal", ["OnConflict", "ParentConflict", "FieldConflict", "Prune", "PruneLimit"]),
        ("To Jira and both ways", ["Direction", "JiraProject", "StatusMapping", "RelationMapping", "Baseline",
            "WriteLimit", "TransitionField", "IncludeWorkItemLinks"]),
        ("How it writes", ["BypassRules", "Notify", "ThrottleLimit"]),
        ("Connections, and what is ours", ["JiraConnection", "AdoConnection", "CorrelationField", "FormerSite",
            "FormerAccount"]),
        (Common, ["WhatIf", "Confirm"]),
    ];

    /// <summary>The group of a parameter, by its name.</summary>
    public static string Of(string parameter) =>
        All.FirstOrDefault(group => group.Parameters.Contains(parameter)).Name ?? Other;

    /// <summary>The position of a group among the others.</summary>
    public static int OrderOf(string group) => group switch
    {
        Other => All.Length - 1,
        Common => All.Length,
        _ => Array.FindIndex(All, one => one.Name == group),
    };
}
