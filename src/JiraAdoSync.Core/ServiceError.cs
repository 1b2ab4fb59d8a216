namespace JiraAdoSync;

/// <summary>
/// What went wrong with a request, by kind: the name of each kind is the id of the error that users see. It has 64
/// bits: of such, ConvertTo-Json writes the name.
/// </summary>
public enum Failure : long
{
    /// <summary>The service does not accept the credentials.</summary>
    AuthenticationFailed,

    /// <summary>The account may not do this.</summary>
    AccessDenied,

    /// <summary>What was named does not exist, or the account may not see it.</summary>
    NotFound,

    /// <summary>Somebody else changed the work item in between.</summary>
    WorkItemChanged,

    /// <summary>The service is still throttling after all retries.</summary>
    Throttled,

    /// <summary>The service refuses the request as it is.</summary>
    RequestFailed,

    /// <summary>No connection, or it broke before an answer came: the request may have been done.</summary>
    ServerUnreachable,

    /// <summary>No answer in time: the request may have been done.</summary>
    TimedOut,

    /// <summary>The relation would close a cycle (TF201035).</summary>
    CircularRelation,

    /// <summary>The item has a relation of this end already, and may have one only (TF201036).</summary>
    SecondParent,

    /// <summary>An equal relation exists already.</summary>
    DuplicateRelation,

    /// <summary>The organisation knows nobody by that name.</summary>
    UnknownPerson,

    /// <summary>A rule of the work item's type lets nobody write a field in the item's state (TF401326).</summary>
    FieldReadOnly,

    /// <summary>One of the items would have too many relations (TF237201).</summary>
    LinkLimit,

    /// <summary>A service says that a file is at an address from which none is fetched.</summary>
    RedirectRefused,
}

/// <summary>Why a service refused or failed something.</summary>
/// <param name="Kind">What kind of failure it is.</param>
/// <param name="Message">A sentence for people, with the service's own words.</param>
public sealed record ServiceError(Failure Kind, string Message)
{
    /// <summary>A sentence for people, with the service's own words; it may be printed.</summary>
    public string Message { get; init => field = Printable.Of(value); } = Printable.Of(Message);

    /// <summary>
    /// Whether the request may have been done: its answer never came or can't be read, or the service broke down over
    /// it. Whoever sent it looks what became of it before it is sent again.
    /// </summary>
    public bool MayBeDone { get; init; } = Kind is Failure.ServerUnreachable or Failure.TimedOut;

    /// <summary>Whether the service refuses the request for what it is: the same one would be refused again.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>The fields that the service names as the reason, by its own ids; none where it names none.</summary>
    public IReadOnlyList<string> Fields { get; init => field = Listing.Of(value); } = Listing.Of<string>([]);

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {Message}";
}
