using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>
/// A region's way in beside the accelerator: one UDP listener with a token-routing proxy behind it. The last bytes of each datagram are the
/// routing token, which is taken off; the rest goes to the token's server.
/// </summary>
internal sealed class NetworkLoadBalancer : IDatagramRouter, IAsyncDisposable
{
    private readonly UdpRelay _relay;
    private readonly RelayListener _listener;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SocketException">The address cannot be bound; the message names it.</exception>
    /// <exception cref="ArgumentException">The options are not valid; the message names every fault.</exception>
    public NetworkLoadBalancer(IPEndPoint endPoint, LoadBalancerOptions options, TimeProvider timeProvider)
    {
        var faults = options.Validate("LoadBalancer").ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));

        Tokens = new TokenTable(options.TokenLength, options.TokensMax);
        Faults = new RelayFaults(options.Relay.Seed);
        _relay = new UdpRelay(options.Relay, timeProvider);
        _listener = _relay.Listen(endPoint, this, Faults);
    }

    /// <summary>Where players send to.</summary>
    public IPEndPoint EndPoint => _listener.LocalEndPoint;

    /// <summary>The servers by routing token.</summary>
    public TokenTable Tokens { get; }

    /// <summary>Faults of the data path.</summary>
    public RelayFaults Faults { get; }

    public RelayCounters Counters => _relay.Counters;

    /// <summary>Lets every datagram vanish until <see cref="RestoreDataPath"/>; the socket stays open.</summary>
    public void CutDataPath() => Faults.IsCut = true;

    public void RestoreDataPath() => Faults.IsCut = false;

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    RelayTarget? IDatagramRouter.Route(ReadOnlySpan<byte> datagram, out int length)
    {
        length = datagram.Length - Tokens.TokenLength;
        return length > 0 ? Tokens.Find(datagram[length..]) : null;
    }
}
