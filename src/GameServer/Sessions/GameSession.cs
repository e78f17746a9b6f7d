using System.Net;
using FleetSystem.GameServer.Protocol;

namespace FleetSystem.GameServer.Sessions;

/// <summary>
/// The state of one session: its players and what they did. A player is known by its connection id, never by its address: whichever way its
/// datagrams come, the state goes on.
/// </summary>
/// <param name="claim">The session.</param>
/// <param name="playersMax">Most players connected at a time; four times as many are remembered.</param>
/// <param name="directory">Connections of all sessions of the server; this one keeps its own part of it.</param>
/// <param name="newConnectionId">Makes an unguessable connection id, never 0.</param>
/// <param name="now">Timestamp at which the session was taken up.</param>
internal sealed class GameSession(
    SessionClaim claim, int playersMax, Dictionary<ulong, GameSession> directory, Func<ulong> newConnectionId, long now)
{
    private const int RememberedFactor = 4;

    private readonly Dictionary<string, Player> _players = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, Player> _connections = [];

    public SessionClaim Claim { get; set; } = claim;

    /// <summary>Why it was ended, or null while it goes on. It is kept until its claim has gone, so that it is not taken up once more.</summary>
    public ClosingReason? Ended { get; private set; }

    /// <summary>Inputs applied, of all players: the session's part of the game's state.</summary>
    public ulong Total { get; private set; }

    public int ConnectedCount => _connections.Count;

    /// <summary>Players who were connected, and are no more.</summary>
    public int LeftCount => _players.Count - _connections.Count;

    /// <summary>Timestamp of the last moment at which somebody was connected, or of the start.</summary>
    public long OccupiedAt { get; private set; } = now;

    public IEnumerable<Player> Connected => _connections.Values;

    /// <summary>Connects a player, or repeats the answer when this very Join was answered before; null when every place is taken.</summary>
    public Player? Join(string playerId, ulong nonce, SocketAddress from, long now)
    {
        if (_players.TryGetValue(playerId, out var player))
        {
            if (player.IsConnected && player.Nonce == nonce)
            {
                Heard(player, from, now);
                return player;
            }

            if (!player.IsConnected && _connections.Count >= playersMax)
                return null;
            Forget(player.ConnectionId);
        }
        else
        {
            if (_connections.Count >= playersMax || _players.Count >= playersMax * RememberedFactor)
                return null;
            player = new Player(playerId);
            _players.Add(playerId, player);
        }

        player.ConnectionId = newConnectionId();
        player.Nonce = nonce;
        player.Sequence = 0;
        _connections.Add(player.ConnectionId, player);
        directory.Add(player.ConnectionId, this);
        Heard(player, from, now);
        return player;
    }

    /// <summary>Applies an input; one already applied, or overtaken by a newer one, changes nothing. Null for an unknown connection.</summary>
    public Player? Input(ulong connectionId, uint sequence, SocketAddress from, long now)
    {
        if (!_connections.TryGetValue(connectionId, out var player))
            return null;

        if (sequence <= player.Sequence)
        {
            // A late or repeated datagram proves nothing about where the player is now: the newest one decides.
            player.HeardAt = now;
            OccupiedAt = now;
            return player;
        }

        player.Sequence = sequence;
        player.Counter++;
        Total++;
        Heard(player, from, now);
        return player;
    }

    public bool Leave(ulong connectionId, long now)
    {
        if (!_connections.TryGetValue(connectionId, out var player))
            return false;
        Disconnect(player);
        OccupiedAt = now;
        return true;
    }

    /// <summary>Disconnects the players last heard from before a timestamp; answers their number.</summary>
    public int DropSilent(long heardBefore)
    {
        List<Player>? silent = null;
        foreach (var player in _connections.Values)
        {
            if (player.HeardAt < heardBefore)
                (silent ??= []).Add(player);
        }

        silent?.ForEach(Disconnect);
        return silent?.Count ?? 0;
    }

    /// <summary>Ends the session: players are answered with the reason from now on.</summary>
    /// <returns>What they are told of the server's own accord.</returns>
    public IReadOnlyList<Notice> End(ClosingReason reason)
    {
        if (Ended is not null)
            return [];
        Ended = reason;
        return Farewell(reason);
    }

    /// <summary>A notice to each connected player.</summary>
    public IReadOnlyList<Notice> Farewell(ClosingReason reason) =>
        Tell((datagram, connectionId) => ServerMessage.Closing(datagram, connectionId, reason));

    /// <summary>Tells each connected player the order of routes.</summary>
    /// <param name="kinds">The kinds' numbers, best first.</param>
    public IReadOnlyList<Notice> Reroute(byte[] kinds) =>
        Tell((datagram, connectionId) => ServerMessage.Routes(datagram, connectionId, kinds));

    private List<Notice> Tell(Func<byte[], ulong, int> write)
    {
        var notices = new List<Notice>();
        foreach (var player in _connections.Values)
        {
            if (player.Address is not { } address)
                continue;
            var datagram = new byte[ServerMessage.LengthMax];
            notices.Add(new Notice(address, datagram[..write(datagram, player.ConnectionId)]));
        }

        return notices;
    }

    /// <summary>Takes the session's connections out of the server's directory, before the session itself goes.</summary>
    public void ForgetConnections()
    {
        foreach (var connection in _connections.Keys)
            directory.Remove(connection);
        _connections.Clear();
    }

    public WelcomeState Describe(Player player) => new(
        player.ConnectionId, Claim.Incarnation, player.Sequence, player.Counter, Total, Claim.Session, Claim.Server);

    private void Disconnect(Player player)
    {
        Forget(player.ConnectionId);
        player.ConnectionId = 0;
        player.Address = null;
    }

    private void Forget(ulong connectionId)
    {
        _connections.Remove(connectionId);
        directory.Remove(connectionId);
    }

    private void Heard(Player player, SocketAddress from, long now)
    {
        player.HeardAt = now;
        OccupiedAt = now;
        if (player.Address?.Equals(from) == true)
            return;

        // The receive loop uses its address object again, so the player keeps a copy.
        var copy = new SocketAddress(from.Family, from.Size);
        from.Buffer.Span[..from.Size].CopyTo(copy.Buffer.Span);
        player.Address = copy;
    }
}
