namespace JiraAdoSync;

/// <summary>
/// A service failed in a way that ends a phase of the work. What speaks with services derives its own.
/// </summary>
/// <param name="error">What went wrong.</param>
/// <param name="inner">What was thrown; null where an answer says enough.</param>
public abstract class ServiceException(ServiceError error, Exception? inner = null) : Exception(error.Message, inner)
{
    /// <summary>What went wrong.</summary>
    public ServiceError Error { get; } = error;
}
