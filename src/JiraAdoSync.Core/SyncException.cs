namespace JiraAdoSync;

/// <summary>A run that can't go on, for a reason that the user can mend.</summary>
/// <param name="id">The error's stable id, such as <c>MappingInvalid</c>.</param>
/// <param name="message">Sentences that name the thing and the way out.</param>
/// <param name="subject">What it is about: the mapping's entry, the plan's change; null where it is the whole.</param>
public sealed class SyncException(string id, string message, object? subject = null)
    : Exception(Printable.Of(message))
{
    /// <summary>The error's stable id.</summary>
    public string Id { get; } = id;

    /// <summary>What it is about.</summary>
    public object? Subject { get; } = subject;
}
