using System;

namespace FleetSystem.GameClient;

/// <summary>A socket that talks to one address only.</summary>
internal interface IPathSocket : IDisposable
{
    /// <summary>Sends a datagram, or not: it never waits. False where it could not even leave this machine.</summary>
    bool TrySend(ReadOnlySpan<byte> datagram);
}

/// <summary>Takes what a path's socket receives; called on any thread, for one datagram at a time.</summary>
internal delegate void DatagramReceived(ReadOnlySpan<byte> datagram);

/// <summary>Opens sockets: the network, as far as this library knows it.</summary>
internal interface IPathSockets
{
    /// <summary>Opens a socket to an address.</summary>
    /// <param name="host">IP address or DNS name.</param>
    /// <param name="port">UDP port.</param>
    /// <param name="attempt">Counts the openings of this path: a name's addresses are taken in turn.</param>
    /// <param name="bytesMax">Longer datagrams are dropped.</param>
    /// <param name="received">Called for each datagram.</param>
    IPathSocket Open(string host, int port, int attempt, int bytesMax, DatagramReceived received);
}
