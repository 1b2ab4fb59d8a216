using System.Text.RegularExpressions;

namespace JiraAdoSync.Rest;

/// <summary>The addresses of services: which may be given, how they are named, and where redirects may lead.</summary>
internal static partial class ServiceAddress
{
    /// <summary>An address that credentials may be sent to, with a slash at its end.</summary>
    /// <param name="address">The address as it was given.</param>
    /// <exception cref="SyncException"><c>AddressInvalid</c>.</exception>
    public static Uri Check(Uri address)
    {
        if (address.OriginalString.Contains('@', StringComparison.Ordinal))
        {
            var host = address.OriginalString[(address.OriginalString.LastIndexOf('@') + 1)..];
            throw new SyncException(
                "AddressInvalid",
                $"The address of {host} has credentials in it, where logs would show them. Give them as a parameter of "
                + "their own.");
        }

        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
        {
            throw new SyncException(
                "AddressInvalid", $"'{address}' is no web address. Give one such as https://example.org.");
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
        {
            throw new SyncException(
                "AddressInvalid",
                $"'{Name(address)}' is plain http: the credentials would cross the network unprotected. Use the https address.");
        }

        return new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
    }

    /// <summary>An address as people see it.</summary>
    public static string Name(Uri address) => address.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Whether a redirect leads to where people sign in: what lies there is not what was asked for.</summary>
    public static bool IsSignIn(Uri address) =>
        SignInHost().IsMatch(address.Host) || SignInPath().IsMatch(address.AbsolutePath)
        || SignInQuery().IsMatch(address.Query);

    /// <summary>
    /// The host and the port of the proxy through which an address is reached; null where it is reached directly.
    /// </summary>
    /// <param name="address">The address.</param>
    public static string? ProxyOf(Uri address) =>
        !HttpClient.DefaultProxy.IsBypassed(address) && HttpClient.DefaultProxy.GetProxy(address) is { } proxy
            && proxy != address
            ? FormattableString.Invariant($"{proxy.Host}:{proxy.Port}") : null;

    // Microsoft Entra and its national clouds, Okta, Auth0, OneLogin, Ping, AD FS, Atlassian, and what organisations
    // call such hosts of their own.
    [GeneratedRegex(
        @"^(login|logon|signin|sso|auth|adfs|sts|fs|idp|id|identity|accounts|okta)[.-]"
            + @"|\.(okta(-emea)?|oktapreview|auth0|onelogin|pingone|pingidentity|microsoftonline)\.(com|eu|us|cn)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SignInHost();

    [GeneratedRegex(@"login|signin|sign-in|/(adfs|saml2?|sso|oauth2?|authorize|openid-connect)(/|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SignInPath();

    [GeneratedRegex(@"[?&](SAMLRequest|wa=wsignin|response_type)", RegexOptions.IgnoreCase)]
    private static partial Regex SignInQuery();

    /// <summary>
    /// Where an answer leads to; null where it does not say so, or says nothing that could be an address.
    /// </summary>
    /// <param name="response">The answer.</param>
    /// <param name="address">Where it came from.</param>
    public static Uri? TargetOf(HttpResponseMessage response, Uri address) =>
        response.Headers.Location is { } location && Uri.TryCreate(address, location, out var target) ? target : null;

    /// <summary>Whether an address is at the same server: credentials go nowhere else.</summary>
    /// <param name="address">The address.</param>
    /// <param name="service">The service's address.</param>
    public static bool IsSame(Uri address, Uri service) =>
        Uri.Compare(address, service, UriComponents.SchemeAndServer, UriFormat.Unescaped,
            StringComparison.OrdinalIgnoreCase) == 0;
}
