using System;

namespace FleetSystem.GameClient;

/// <summary>
/// What a <see cref="SessionTransport"/> must know of a game's own protocol: how a player joins a server, how a path is tried, and which datagrams
/// answer to these. All else passes untouched. <see cref="GameServerHandshake"/> is that of src/GameServer.
/// </summary>
/// <remarks>
/// One instance serves one transport. Its methods are never called at the same time, but on any thread and under the transport's lock: they must not
/// block and must not call the transport. They are called for every datagram, so they should not allocate.
/// </remarks>
public interface IGameHandshake
{
    /// <summary>
    /// Whether the server knows the player by what is in each datagram (a connection id), whatever address it comes from. If not, the join is sent again on
    /// each path that the player changes to, until the server answers it.
    /// </summary>
    bool NamesPlayerInEveryDatagram { get; }

    /// <summary>Writes the datagram that asks a server to let the player in. It is repeated until it is answered.</summary>
    /// <param name="destination">Room for the longest datagram.</param>
    /// <param name="join">What names and admits the player.</param>
    /// <returns>Bytes written.</returns>
    int WriteJoin(Span<byte> destination, in JoinRequest join);

    /// <summary>Writes a datagram that the server answers without a session, so that paths can be tried.</summary>
    /// <param name="destination">Room for the longest datagram.</param>
    /// <param name="nonce">Number that the answer must carry; nobody off the path can guess it.</param>
    /// <returns>Bytes written; 0 where the protocol has no such thing: then idle paths stay unknown, and a silent path is left for the next in order.</returns>
    int WriteProbe(Span<byte> destination, ulong nonce);

    /// <summary>Says what a datagram of the server means.</summary>
    HandshakeSignal Read(ReadOnlySpan<byte> datagram);
}

/// <summary>What names and admits a player.</summary>
public readonly struct JoinRequest
{
    internal JoinRequest(SessionConnection connection, ulong nonce)
    {
        Connection = connection;
        Nonce = nonce;
    }

    /// <summary>Session, player and join token.</summary>
    public SessionConnection Connection { get; }

    /// <summary>The same in each repetition of a join and on each path, another for each new one: a server can tell them apart.</summary>
    public ulong Nonce { get; }
}

/// <summary>What a datagram means to the transport.</summary>
public readonly struct HandshakeSignal
{
    // In 4 bits each.
    private const int KindsMax = 16;

    private HandshakeSignal(HandshakeSignalKind kind, ulong nonce = 0, int code = 0)
    {
        Kind = kind;
        Nonce = nonce;
        Code = code;
    }

    /// <summary>The game's own: it is handed to the game and shows that the path works.</summary>
    public static HandshakeSignal Game => new(HandshakeSignalKind.Game);

    /// <summary>Not of this game, or the answer to something long past: dropped, and no sign of life.</summary>
    public static HandshakeSignal Ignored => new(HandshakeSignalKind.Ignored);

    /// <summary>The server has let the player in. Handed to the game too.</summary>
    public static HandshakeSignal Joined => new(HandshakeSignalKind.Joined);

    /// <summary>The server does not know the player (any more): the transport joins anew. Handed to the game too.</summary>
    public static HandshakeSignal JoinAgain => new(HandshakeSignalKind.JoinAgain);

    /// <summary>Answer to a probe; not handed to the game.</summary>
    /// <param name="nonce">The probe's number.</param>
    public static HandshakeSignal ProbeReply(ulong nonce) => new(HandshakeSignalKind.ProbeReply, nonce);

    /// <summary>The join was refused. Handed to the game too.</summary>
    /// <param name="code">The game's reason.</param>
    /// <param name="tryAgain">Whether another try may fare better (the server is busy); otherwise the transport stops until it gets another connection.</param>
    public static HandshakeSignal Refused(int code, bool tryAgain) => new(tryAgain ? HandshakeSignalKind.NotYet : HandshakeSignalKind.Refused, code: code);

    /// <summary>The server has ended the session or its part in it. Handed to the game too; the transport waits for another connection.</summary>
    /// <param name="code">The game's reason.</param>
    public static HandshakeSignal Closed(int code) => new(HandshakeSignalKind.Closed, code: code);

    /// <summary>
    /// The server tells the order of routes; not handed to the game. Routes of the named kinds come first, in this order, and the others after them as they were.
    /// </summary>
    /// <param name="kinds">Kinds, best first; at most 16 are taken.</param>
    public static HandshakeSignal RoutesOrdered(ReadOnlySpan<RouteKind> kinds)
    {
        var packed = 0UL;
        for (var i = 0; i < kinds.Length && i < KindsMax; i++) packed |= ((ulong)kinds[i] + 1) << (4 * i);
        return new HandshakeSignal(HandshakeSignalKind.RoutesOrdered, packed);
    }

    internal HandshakeSignalKind Kind { get; }

    internal ulong Nonce { get; }

    internal int Code { get; }

    /// <summary>Place of a kind in the order told; that of one that is not named is last.</summary>
    internal int RankOf(RouteKind kind)
    {
        var rank = 0;
        while (rank < KindsMax && ((Nonce >> (4 * rank)) & 15) != (ulong)kind + 1) rank++;
        return rank;
    }
}

/// <summary>Kinds of signals.</summary>
internal enum HandshakeSignalKind
{
    Ignored,
    Game,
    ProbeReply,
    Joined,
    NotYet,
    Refused,
    JoinAgain,
    Closed,
    RoutesOrdered,
}
