namespace JiraAdoSync.Rest;

/// <summary>A request that a service refused, or that got no answer.</summary>
public sealed class RestException : ServiceException
{
    internal RestException(
        string service,
        RestRequest request,
        Uri address,
        ServiceError error,
        Exception? inner = null)
        : base(error, inner)
    {
        Service = service;
        Method = request.Method.Method;
        Address = address.GetLeftPart(UriPartial.Path);
    }

    /// <summary>The service's name, for people.</summary>
    public string Service { get; }

    /// <summary>The HTTP method.</summary>
    public string Method { get; }

    /// <summary>The address, without its query.</summary>
    public string Address { get; }

    /// <summary>The HTTP status; null where no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>The service's own name for what is wrong; null where it has none.</summary>
    public string? TypeKey { get; init; }

    /// <summary>The body of a refusal as it came, for who knows its shape; null where no answer came.</summary>
    internal ReadOnlyMemory<byte>? Detail { get; init; }

    /// <summary>Whether the same request may well succeed a little later.</summary>
    internal bool IsPassing { get; init; }

    /// <summary>Whether there is no such host, or nothing at the host that takes connections.</summary>
    internal bool IsAbsent { get; init; }
}
