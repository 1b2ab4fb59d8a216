using System.Management.Automation;
using JiraAdoSync.Rest;

namespace JiraAdoSync;

/// <summary>Makes every error record. Ids are stable: scripts compare them.</summary>
internal static class Errors
{
    /// <summary>The record of an exception that ends the command.</summary>
    public static ErrorRecord Of(Exception failure) => failure switch
    {
        SyncException sync => Record(sync, sync.Id, CategoryOf(sync.Id), sync.Subject),
        RestException rest => Record(rest, rest.Error.Kind.ToString(), CategoryOf(rest.Error.Kind), rest.Address),
        _ => throw new ArgumentException($"No error record for {failure.GetType()}.", nameof(failure)),
    };

    /// <summary>The record of something that failed while the rest went on.</summary>
    public static ErrorRecord Of(ServiceError error, object target) =>
        Record(new InvalidOperationException(Printable.Of($"{target}: {error.Message}")), error.Kind.ToString(),
            CategoryOf(error.Kind), target);

    public static ErrorRecord IssueNotFound(string key) => Record(
        new ItemNotFoundException(Printable.Of($"There is no issue '{key}', or the account may not see it.")),
        "IssueNotFound",
        ErrorCategory.ObjectNotFound,
        key);

    public static ErrorRecord WorkItemNotFound(int id) => new(
        new ItemNotFoundException($"There is no work item {id}, or the account may not read it."),
        "WorkItemNotFound",
        ErrorCategory.ObjectNotFound,
        id);

    /// <summary>Views of an error name its target, which may be a text from a service.</summary>
    private static ErrorRecord Record(Exception failure, string id, ErrorCategory category, object? target)
    {
        var record = new ErrorRecord(failure, id, category, target);
        record.CategoryInfo.TargetName = Printable.Of(record.CategoryInfo.TargetName);
        return record;
    }

    public static SyncException NotConnected(string command) =>
        new("NotConnected", $"This session has no connection. Run {command} first, or pass a connection.");

    private static ErrorCategory CategoryOf(string id) =>
        id switch
        {
            "NotConnected" => ErrorCategory.ConnectionError,
            "AddressInvalid"
            or "NameInvalid"
            or "ParameterConflict"
            or "ParameterInvalid"
            or "ParameterMissing"
            or "ReportInputInvalid"
            or "SliceInvalid"
            or "TokenInvalid" => ErrorCategory.InvalidArgument,
            "ListenFailed" => ErrorCategory.ResourceUnavailable,
            "PlanRefused" or "PruneLimitExceeded" or "PlanDrifted" or "RunElsewhere" => ErrorCategory.InvalidOperation,
            "CorrelationFileUnreadable" or "RunRecordUnreadable" or "StateFileUnreadable" => ErrorCategory.ReadError,
            "ProfileExists" => ErrorCategory.ResourceExists,
            "CorrelationFileUnwritable"
            or "PlanFileUnwritable"
            or "StateFileUnwritable"
            or "ProfileUnwritable"
            or "ReportUnwritable"
            or "RunRecordUnwritable" => ErrorCategory.WriteError,
        "RunNotFound" or "RunHasNoProfile" => ErrorCategory.ObjectNotFound,
        "ProfileAltered" => ErrorCategory.SecurityError,
        "ModelAnswerInvalid" or "ModelRefused" => ErrorCategory.InvalidResult,
        nameof(Failure.AccessDenied) => ErrorCategory.PermissionDenied,
        nameof(Failure.AuthenticationFailed) => ErrorCategory.AuthenticationError,
        nameof(Failure.RequestFailed) => ErrorCategory.ProtocolError,
        _ => ErrorCategory.InvalidData,
    };

    private static ErrorCategory CategoryOf(Failure kind) => kind switch
    {
        Failure.AuthenticationFailed => ErrorCategory.AuthenticationError,
        Failure.AccessDenied => ErrorCategory.PermissionDenied,
        Failure.NotFound => ErrorCategory.ObjectNotFound,
        Failure.WorkItemChanged => ErrorCategory.ResourceBusy,
        Failure.Throttled or Failure.LinkLimit => ErrorCategory.LimitsExceeded,
        Failure.ServerUnreachable => ErrorCategory.ConnectionError,
        Failure.TimedOut => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.ProtocolError,
    };
}
