namespace JiraAdoSync.Ports;

/// <summary>The permissions that writing needs, by Jira's own names.</summary>
public static class JiraPermissions
{
    /// <summary>See a project and its issues.</summary>
    public const string Browse = "BROWSE_PROJECTS";

    /// <summary>Create issues.</summary>
    public const string Create = "CREATE_ISSUES";

    /// <summary>Edit issues, and their properties.</summary>
    public const string Edit = "EDIT_ISSUES";

    /// <summary>Link issues, and add web links.</summary>
    public const string Link = "LINK_ISSUES";

    /// <summary>Do transitions.</summary>
    public const string Transition = "TRANSITION_ISSUES";

    /// <summary>Comment on issues.</summary>
    public const string Comment = "ADD_COMMENTS";

    /// <summary>Edit comments of the account's own.</summary>
    public const string EditOwnComments = "EDIT_OWN_COMMENTS";

    /// <summary>Delete comments of the account's own.</summary>
    public const string DeleteOwnComments = "DELETE_OWN_COMMENTS";

    /// <summary>Attach files.</summary>
    public const string Attach = "CREATE_ATTACHMENTS";

    /// <summary>Delete attachments of the account's own.</summary>
    public const string DeleteOwnAttachments = "DELETE_OWN_ATTACHMENTS";

    /// <summary>Assign issues.</summary>
    public const string Assign = "ASSIGN_ISSUES";

    /// <summary>Set due dates.</summary>
    public const string Schedule = "SCHEDULE_ISSUES";

    /// <summary>Set the reporter.</summary>
    public const string ModifyReporter = "MODIFY_REPORTER";

    /// <summary>Delete issues.</summary>
    public const string Delete = "DELETE_ISSUES";

    /// <summary>Administer the site: one of two permissions that allow edits without notifications.</summary>
    public const string Administer = "ADMINISTER";

    /// <summary>Administer a project: the other one of the two.</summary>
    public const string AdministerProject = "ADMINISTER_PROJECTS";
}
