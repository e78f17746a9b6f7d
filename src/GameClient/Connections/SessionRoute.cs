using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>One way to a session's server.</summary>
public sealed class SessionRoute
{
    /// <summary>Most addresses of a route.</summary>
    public const int AddressesMax = 8;

    /// <summary>Most bytes of a routing token.</summary>
    public const int RoutingTokenBytesMax = 64;

    /// <summary>Makes a route.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="addresses">IP addresses or DNS names (a load balancer's), equal in rank, 1 to <see cref="AddressesMax"/>.</param>
    /// <param name="port">UDP port, 1 to 65535.</param>
    /// <param name="routingToken">Bytes, in base64, that go at the end of every datagram on this way (Quilkin's convention); null for none.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message says which.</exception>
    public SessionRoute(RouteKind kind, IReadOnlyList<string> addresses, int port, string? routingToken = null)
    {
        if (addresses is null) throw new ArgumentNullException(nameof(addresses));
        if (addresses.Count is 0 or > AddressesMax)
            throw new ArgumentException($"A route has 1 to {AddressesMax} addresses, this one has {addresses.Count}.", nameof(addresses));
        if (port is < 1 or > 65535)
            throw new ArgumentException($"A route's port is 1 to 65535, this one is {port}.", nameof(port));
        Kind = kind;
        Addresses = new List<string>(addresses);
        Port = port;
        RoutingToken = Token(routingToken);
        foreach (var address in addresses)
        {
            if (Uri.CheckHostName(address) == UriHostNameType.Unknown)
                throw new ArgumentException($"A route's addresses are IP addresses or DNS names, '{address}' is neither.", nameof(addresses));
        }
    }

    /// <summary>Its kind.</summary>
    public RouteKind Kind { get; }

    /// <summary>IP addresses or DNS names, equal in rank.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>UDP port.</summary>
    public int Port { get; }

    /// <summary>What goes at the end of every datagram on this way; empty for nothing.</summary>
    public ReadOnlyMemory<byte> RoutingToken { get; }

    private static byte[] Token(string? routingToken)
    {
        if (string.IsNullOrEmpty(routingToken)) return Array.Empty<byte>();
        byte[] token;
        try
        {
            token = Convert.FromBase64String(routingToken);
        }
        catch (FormatException)
        {
            // The token routes to a server and nowhere else, yet it is not for logs.
            throw new ArgumentException("A routing token is base64.", nameof(routingToken));
        }

        return token.Length <= RoutingTokenBytesMax
            ? token
            : throw new ArgumentException($"A routing token has up to {RoutingTokenBytesMax} bytes, this one has {token.Length}.", nameof(routingToken));
    }
}
