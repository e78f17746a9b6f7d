using System;

namespace FleetSystem.GameClient;

/// <summary>How one address of one route fares for this player.</summary>
public sealed class PathStatus
{
    internal PathStatus(RouteKind kind, string address, int port, PathState state, long sent, long lost, TimeSpan? roundTrip)
    {
        Kind = kind;
        Address = address;
        Port = port;
        State = state;
        Sent = sent;
        Lost = lost;
        RoundTrip = roundTrip;
    }

    /// <summary>Kind of its route.</summary>
    public RouteKind Kind { get; }

    /// <summary>IP address or DNS name.</summary>
    public string Address { get; }

    /// <summary>UDP port.</summary>
    public int Port { get; }

    /// <summary>What is known of it.</summary>
    public PathState State { get; }

    /// <summary>Probes sent whose fate is known.</summary>
    public long Sent { get; }

    /// <summary>Probes of <see cref="Sent"/> that were not answered in time.</summary>
    public long Lost { get; }

    /// <summary>Smoothed round trip of its probes, or null before the first answer.</summary>
    public TimeSpan? RoundTrip { get; }
}
