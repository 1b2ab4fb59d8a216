using System.Net;
using System.Net.Sockets;

namespace JiraAdoSync.Rest;

/// <summary>
/// The hosts other than the service's own at which it says that a file is, which must not become a way into the network
/// that this machine is in.
/// <list type="bullet">
/// <item>Redirects are followed over https, and not without end. Over http they are where the service itself is on this
/// machine and over http.</item>
/// <item>A host's name is resolved once, when the connection is made. The host gets the connection where all its
/// addresses are public or the service's own, and then at one of those addresses: a name that resolves to another one a
/// moment later changes nothing.</item>
/// <item>Where a proxy leads to the host, the proxy resolves the name, so only an address that is given instead of a
/// name can be checked here.</item>
/// </list>
/// </summary>
/// <param name="service">The service's address.</param>
/// <param name="throughProxy">The client for hosts that a proxy leads to; it stays the caller's own.</param>
/// <param name="resolve">Gives the addresses of a host.</param>
/// <param name="isProxied">Whether a proxy leads to an address.</param>
internal sealed class FileHosts(
    Uri service,
    HttpClient throughProxy,
    Func<string, CancellationToken, Task<IPAddress[]>> resolve,
    Predicate<Uri> isProxied) : IDisposable
{
    /// <summary>How many redirects one file may take.</summary>
    internal const int Redirects = 5;

    private HttpClient? _direct;

    public FileHosts(Uri service, HttpClient throughProxy)
        : this(service, throughProxy, Dns.GetHostAddressesAsync, address => ServiceAddress.ProxyOf(address) is not null)
    {
    }

    /// <summary>The client that requests to a host are sent with.</summary>
    /// <param name="address">Where the file is.</param>
    public HttpClient ClientFor(Uri address)
    {
        if (isProxied(address))
        {
            return throughProxy;
        }

        if (_direct is null)
        {
            var made = RestConnection.NewClient(handler =>
            {
                handler.UseProxy = false;
                handler.ConnectCallback = ConnectAsync;
            });
            if (Interlocked.CompareExchange(ref _direct, made, null) is not null)
            {
                made.Dispose();
            }
        }

        return _direct;
    }

    /// <summary>Checks a redirect as far as its address alone shows where it leads.</summary>
    /// <param name="target">Where it leads.</param>
    /// <param name="from">Where it was found.</param>
    /// <param name="followed">How many redirects were followed before.</param>
    /// <exception cref="RedirectRefusedException">It is not to be followed.</exception>
    public void Check(Uri target, Uri from, int followed)
    {
        if (followed >= Redirects)
        {
            throw new RedirectRefusedException($"{target.Host} after {Redirects} redirects, and no more are followed");
        }

        var isLocalHttp = target.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp
            && target.IsLoopback && service.IsLoopback;
        if (target.Scheme != Uri.UriSchemeHttps && !isLocalHttp)
        {
            throw new RedirectRefusedException(
                $"{target.Scheme} at '{target.Host}', and files are fetched over https only");
        }

        if (
            isProxied(target)
            && !ServiceAddress.IsSame(target, service)
            && (
                target.IsLoopback
                || (IPAddress.TryParse(target.DnsSafeHost, out var literal) && !PublicAddress.Is(literal))))
        {
            throw NotPublic(target.Host, target.DnsSafeHost);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _direct?.Dispose();

    /// <summary>The addresses to connect to for a host: all that it has, each of them checked.</summary>
    /// <param name="host">The host's name or address.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="RedirectRefusedException">One of them is neither public nor the service's own.</exception>
    internal async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal)
            ? [literal]
            : await resolve(host, cancellationToken).ConfigureAwait(false);
        var others = addresses.Where(address => !PublicAddress.Is(address)).ToList();
        if (others.Count > 0)
        {
            var own = await ResolveServiceAsync(cancellationToken).ConfigureAwait(false);
            if (others.Find(address => !Array.Exists(own, one => IsSame(one, address))) is { } refused)
            {
                throw NotPublic(host, refused.ToString());
            }
        }

        return addresses;
    }

    private static RedirectRefusedException NotPublic(string host, string address) => new(
        $"'{host}' at {address}, which is no public address, and not the service's own either");

    /// <summary>All loopback addresses are one machine.</summary>
    private static bool IsSame(IPAddress one, IPAddress other) =>
        (IPAddress.IsLoopback(one) && IPAddress.IsLoopback(other)) || one.MapToIPv6().Equals(other.MapToIPv6());

    private async Task<IPAddress[]> ResolveServiceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return IPAddress.TryParse(service.DnsSafeHost, out var literal)
                ? [literal]
                : await resolve(service.DnsSafeHost, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // It is reached through a proxy alone.
            return [];
        }
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancellationToken).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A redirect that is not followed.</summary>
/// <param name="message">Where it leads and what is wrong with that, to follow "redirects to".</param>
internal sealed class RedirectRefusedException(string message) : Exception(message)
{
    /// <summary>The refusal that an exception is or was made of; null where it is of something else.</summary>
    /// <param name="exception">The exception.</param>
    public static RedirectRefusedException? In(Exception? exception) => exception switch
    {
        null => null,
        RedirectRefusedException refused => refused,
        _ => In(exception.InnerException),
    };
}
