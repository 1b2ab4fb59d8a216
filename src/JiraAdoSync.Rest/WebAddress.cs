namespace JiraAdoSync.Rest;

/// <summary>An address as people type it.</summary>
public static class WebAddress
{
    /// <summary>Completes an address without a scheme: <c>contoso.atlassian.net</c> is meant as https.</summary>
    /// <param name="address">The address as it was given.</param>
    /// <returns>The https address; what was given where that has a scheme, or is no host's.</returns>
    public static Uri Complete(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var text = address.OriginalString.Trim();
        var host = text.Split('/', '?', '#', ':')[0];
        return !text.Contains("://", StringComparison.Ordinal)
            && !text.Contains('@', StringComparison.Ordinal)
            && host.Contains('.', StringComparison.Ordinal)
            && Uri.CheckHostName(host) == UriHostNameType.Dns
            && Uri.TryCreate($"https://{text}", UriKind.Absolute, out var complete)
                ? complete
                : address;
    }
}
