namespace JiraAdoSync.Sandbox.Jira.Accounts;

/// <summary>
/// What an account may be kept from, by the keys of <c>/mypermissions</c>. Most are granted by project, some depend on
/// the issue, and a few hold for the whole site.
/// </summary>
internal static class Permission
{
    public const string Browse = "BROWSE_PROJECTS";
    public const string CreateIssues = "CREATE_ISSUES";
    public const string EditIssues = "EDIT_ISSUES";
    public const string DeleteIssues = "DELETE_ISSUES";
    public const string LinkIssues = "LINK_ISSUES";
    public const string AddComments = "ADD_COMMENTS";
    public const string TransitionIssues = "TRANSITION_ISSUES";
    public const string Administer = "ADMINISTER";
    public const string AdministerProjects = "ADMINISTER_PROJECTS";
    public const string AssignIssues = "ASSIGN_ISSUES";
    public const string AssignableUser = "ASSIGNABLE_USER";
    public const string ScheduleIssues = "SCHEDULE_ISSUES";
    public const string ModifyReporter = "MODIFY_REPORTER";
    public const string MoveIssues = "MOVE_ISSUES";
    public const string CreateAttachments = "CREATE_ATTACHMENTS";

    /// <summary>Operations on many issues at once.</summary>
    public const string BulkChange = "BULK_CHANGE";

    /// <summary>Called "Browse users and groups" by people.</summary>
    public const string BrowseUsers = "USER_PICKER";

    private static readonly string[] OfSite = [Administer, BulkChange, BrowseUsers];

    /// <summary>All of them; the index is the id.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Browse, CreateIssues, EditIssues, DeleteIssues, LinkIssues, AddComments, TransitionIssues, Administer,
        AdministerProjects, AssignIssues, AssignableUser, ScheduleIssues, ModifyReporter, MoveIssues,
        CreateAttachments, BulkChange, BrowseUsers, "EDIT_OWN_COMMENTS", "EDIT_ALL_COMMENTS", "DELETE_OWN_COMMENTS",
        "DELETE_ALL_COMMENTS", "DELETE_OWN_ATTACHMENTS", "DELETE_ALL_ATTACHMENTS", "RESOLVE_ISSUES", "CLOSE_ISSUES",
        "SET_ISSUE_SECURITY", "WORK_ON_ISSUES",
    ];

    /// <summary>Whether the permission holds for the whole site.</summary>
    public static bool IsGlobal(string key) => OfSite.Contains(key);

    /// <summary>The permission, beside that to edit the issue, that a field needs; null for none.</summary>
    public static string? ToSet(string field) => field switch
    {
        "assignee" => AssignIssues,
        "duedate" => ScheduleIssues,
        "reporter" => ModifyReporter,
        "issuelinks" => LinkIssues,
        "security" => "SET_ISSUE_SECURITY",
        "comment" => AddComments,
        _ => null,
    };
}
