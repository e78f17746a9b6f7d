using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>How a transport fares at one moment.</summary>
public sealed class TransportStatus
{
    internal TransportStatus(
        TransportState state, int? code, SessionConnection connection, IReadOnlyList<PathStatus> paths, int current, int pathChanges,
        PathChangeReason lastChange, long sent, long received, long dropped)
    {
        State = state;
        Code = code;
        Connection = connection;
        Paths = paths;
        Current = paths[current];
        PathChanges = pathChanges;
        LastChange = lastChange;
        Sent = sent;
        Received = received;
        Dropped = dropped;
    }

    /// <summary>Where the player stands with its server.</summary>
    public TransportState State { get; }

    /// <summary>The game's code of the last refusal or closing on this connection, or null.</summary>
    public int? Code { get; }

    /// <summary>The connection in use.</summary>
    public SessionConnection Connection { get; }

    /// <summary>All paths, best first.</summary>
    public IReadOnlyList<PathStatus> Paths { get; }

    /// <summary>The path in use; one of <see cref="Paths"/>.</summary>
    public PathStatus Current { get; }

    /// <summary>How often the path in use was changed, replacements of the server not counted.</summary>
    public int PathChanges { get; }

    /// <summary>Why it was changed the last time.</summary>
    public PathChangeReason LastChange { get; }

    /// <summary>Datagrams sent, joins and probes among them.</summary>
    public long Sent { get; }

    /// <summary>Datagrams received, answers to probes among them, foreign ones not.</summary>
    public long Received { get; }

    /// <summary>Datagrams lost here because the game did not take them in time.</summary>
    public long Dropped { get; }
}
