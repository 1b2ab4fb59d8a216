using System.Net;
using System.Net.Sockets;

namespace JiraAdoSync.Rest;

/// <summary>
/// Which addresses belong to hosts of the public internet, after the special-purpose registries of IANA for IPv4 and
/// IPv6 (RFC 6890). An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is what that address is.
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", // this network, and the unspecified address
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // private (RFC 1918)
            "100.64.0.0/10", // between a provider and its customers (CGNAT)
            "127.0.0.0/8", // loopback
            "169.254.0.0/16", // link-local; clouds serve machines their credentials there
            "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", // protocols, 6to4 relays, benchmarks
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation
            "224.0.0.0/4", "240.0.0.0/4", // multicast; reserved, and broadcast
            "2001::/23", // protocols, Teredo, benchmarks, ORCHID
            "2001:db8::/32", "3fff::/20", // documentation
        }.Select(IPNetwork.Parse),
    ];

    // All that is allocated to hosts. Outside of it lie loopback, link-local, site-local, unique local and multicast.
    private static readonly IPNetwork Global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether a host of the public internet has the address.</summary>
    /// <param name="address">The address.</param>
    public static bool Is(IPAddress address)
    {
        if (Carried(address) is { } carried)
        {
            return Is(carried);
        }

        return (address.AddressFamily == AddressFamily.InterNetwork || Global.Contains(address))
            && !Array.Exists(Special, network => network.Contains(address));
    }

    /// <summary>The IPv4 address that an IPv6 address leads to; null where it leads to none.</summary>
    private static IPAddress? Carried(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : Nat64.Contains(address) ? new IPAddress(bytes.AsSpan(12, 4))
            : null;
    }
}
