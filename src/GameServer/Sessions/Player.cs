using System.Net;

namespace FleetSystem.GameServer.Sessions;

/// <summary>A player of the session: it stays known after it left, so that coming back goes on where it was.</summary>
internal sealed class Player(string id)
{
    public string Id { get; } = id;

    /// <summary>Inputs applied: the player's part of the game's state.</summary>
    public ulong Counter { get; set; }

    /// <summary>Unguessable name of the player's present connection; 0 while it is not connected.</summary>
    public ulong ConnectionId { get; set; }

    /// <summary>Nonce of the Join that made the connection: the same nonce again is a repetition, another one a new connection.</summary>
    public ulong Nonce { get; set; }

    /// <summary>Highest sequence number applied on this connection.</summary>
    public uint Sequence { get; set; }

    /// <summary>Where the newest datagram came from, and notices go to.</summary>
    public SocketAddress? Address { get; set; }

    /// <summary>Timestamp of the newest datagram.</summary>
    public long HeardAt { get; set; }

    public bool IsConnected => ConnectionId != 0;
}
