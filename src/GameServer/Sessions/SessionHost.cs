using System.Net;
using System.Security.Cryptography;
using FleetSystem.GameServer.Join;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Protocol;

namespace FleetSystem.GameServer.Sessions;

/// <summary>A datagram that the server sends of its own accord.</summary>
internal readonly record struct Notice(SocketAddress To, byte[] Datagram);

/// <summary>A session that the server goes on without.</summary>
/// <param name="Claim">The session.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Notices">What its players are told.</param>
internal sealed record EndedSession(SessionClaim Claim, ClosingReason Reason, IReadOnlyList<Notice> Notices);

/// <summary>
/// Holds the server's sessions between their three sources of events: players' datagrams, the SDK's watch, and time. It is one session that
/// lives and dies with the server, or several that share it and come and go.
/// </summary>
internal sealed class SessionHost(GameServerOptions options, JoinTokenVerifier verifier, TimeProvider time)
{
    /// <summary>Times that players are told an order of routes: a datagram may be lost, and on a path that fails it is.</summary>
    public const int RouteTellings = 3;

    private readonly Lock _gate = new();
    private readonly JoinBudget _joins = new(options.JoinsPerSecondMax, time);
    private readonly Dictionary<string, GameSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, GameSession> _connections = [];
    private ClosingReason? _closing;
    private byte[] _routes = [];
    private int _tellingsLeft;

    public Traffic Traffic { get; } = new();

    /// <summary>Called, outside of any lock, when players came or went.</summary>
    public Action? PlayersChanged { get; set; }

    /// <summary>Sessions that go on.</summary>
    public int SessionCount
    {
        get
        {
            lock (_gate)
                return _sessions.Values.Count(session => session.Ended is null);
        }
    }

    public IReadOnlyCollection<string> PlayerIds
    {
        get
        {
            lock (_gate)
                return [.. _sessions.Values.Where(session => session.Ended is null).SelectMany(session => session.Connected).Select(player => player.Id).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>Who is in the session that has the server to itself; null when there is none.</summary>
    public Attendance? Attendance
    {
        get
        {
            lock (_gate)
                return _closing is null && _sessions.Values.FirstOrDefault(session => !session.Claim.Shared) is { } only ? new Attendance(only.Claim, only.ConnectedCount, only.LeftCount) : null;
        }
    }

    /// <summary>
    /// Takes a session up, or takes over changed details of one it holds. One that does not share the server replaces what was there before
    /// it, as does another incarnation of the same session; their players are told.
    /// </summary>
    /// <returns>Whether the session is new to this server. Not so when every place is taken.</returns>
    public bool TakeUp(SessionClaim claim, out IReadOnlyList<Notice> notices)
    {
        lock (_gate)
        {
            notices = [];
            if (_closing is not null)
                return false;
            if (_sessions.GetValueOrDefault(claim.Session) is { } present && claim.IsSame(present.Claim))
            {
                present.Claim = claim;
                return false;
            }

            var replaced = _sessions.Values.Where(session => !claim.Shared || session.Claim.Session == claim.Session).ToList();
            if (claim.Shared && _sessions.Values.Count(session => session.Ended is null) - replaced.Count(session => session.Ended is null) >= options.SessionsMax)
                return false;
            notices = [.. replaced.SelectMany(session => session.End(ClosingReason.Replaced))];
            replaced.ForEach(Remove);
            _sessions.Add(claim.Session, new GameSession(claim, options.PlayersMax, _connections, NewConnectionId, time.GetTimestamp()));
        }

        PlayersChanged?.Invoke();
        return true;
    }

    /// <summary>Ends what time ends: silent players, and the server itself when its one session is idle or its time is over.</summary>
    /// <returns>Why the server has to end now, or null.</returns>
    public ClosingReason? Tick()
    {
        var dropped = 0;
        ClosingReason? due = null;
        lock (_gate)
        {
            if (_closing is not null)
                return null;

            var now = time.GetTimestamp();
            foreach (var session in _sessions.Values)
            {
                dropped += session.DropSilent(now - (long)(options.PlayerTimeout.TotalSeconds * time.TimestampFrequency));
                if (!session.Claim.Shared)
                    due = DueAt(session, now);
            }
        }

        if (dropped > 0)
            PlayersChanged?.Invoke();
        return due;
    }

    /// <summary>Ends those of several sessions that are idle or whose time is over. They stay known until their claims go.</summary>
    public IReadOnlyList<EndedSession> EndDue()
    {
        List<EndedSession> ended = [];
        lock (_gate)
        {
            if (_closing is not null)
                return [];
            var now = time.GetTimestamp();
            foreach (var session in _sessions.Values)
            {
                if (session is { Claim.Shared: true, Ended: null } && DueAt(session, now) is { } reason)
                    ended.Add(new EndedSession(session.Claim, reason, session.End(reason)));
            }
        }

        if (ended.Count > 0)
            PlayersChanged?.Invoke();
        return ended;
    }

    /// <summary>Lets go of those of several sessions whose claims have been taken off the server.</summary>
    /// <param name="claimed">Sessions that the server still bears.</param>
    public IReadOnlyList<EndedSession> Withdraw(IReadOnlyCollection<string> claimed)
    {
        List<EndedSession> gone;
        lock (_gate)
        {
            if (_closing is not null)
                return [];
            var withdrawn = _sessions.Values.Where(session => session.Claim.Shared && !claimed.Contains(session.Claim.Session)).ToList();
            gone = [.. withdrawn.Select(session => new EndedSession(session.Claim, session.Ended ?? ClosingReason.Withdrawn, session.End(ClosingReason.Withdrawn)))];
            withdrawn.ForEach(Remove);
        }

        if (gone.Count > 0)
            PlayersChanged?.Invoke();
        return gone;
    }

    /// <summary>Ends every session for the players; from here on joins are refused and inputs answered with the reason.</summary>
    public IReadOnlyList<Notice> Close(ClosingReason reason)
    {
        lock (_gate)
        {
            _closing ??= reason;
            return [.. _sessions.Values.Where(session => session.Ended is null).SelectMany(session => session.Farewell(_closing.Value))];
        }
    }

    /// <summary>Takes over another order of routes; <see cref="TellRoutes"/> tells it.</summary>
    /// <param name="kinds">The kinds' numbers, best first.</param>
    public void Reroute(byte[] kinds)
    {
        lock (_gate)
            (_routes, _tellingsLeft) = (kinds, RouteTellings);
    }

    /// <summary>What players are told of the order of routes, as often as it has to be said.</summary>
    public IReadOnlyList<Notice> TellRoutes()
    {
        lock (_gate)
        {
            if (_closing is not null || _tellingsLeft == 0)
                return [];
            _tellingsLeft--;
            return [.. _sessions.Values.Where(session => session.Ended is null).SelectMany(session => session.Reroute(_routes))];
        }
    }

    /// <summary>Answers a datagram: writes the reply and returns its length, 0 for none.</summary>
    public ValueTask<int> AnswerAsync(ReadOnlyMemory<byte> datagram, SocketAddress from, Memory<byte> reply)
    {
        Traffic.CountReceived();
        if (!ClientMessage.TryRead(datagram.Span, out var message))
        {
            Traffic.CountIgnored();
            return ValueTask.FromResult(0);
        }

        switch (message.Type)
        {
            case MessageType.Join:
                return JoinAsync(message.Id, datagram[^message.Body.Length..], from, reply);
            case MessageType.Input:
                return ValueTask.FromResult(Input(message, from, reply.Span));
            case MessageType.Leave:
                Leave(message.Id);
                return ValueTask.FromResult(0);
            default:
                return ValueTask.FromResult(ServerMessage.ProbeReply(reply.Span, message.Id));
        }
    }

    private async ValueTask<int> JoinAsync(ulong nonce, ReadOnlyMemory<byte> token, SocketAddress from, Memory<byte> reply)
    {
        string? fleet;
        bool closing;
        lock (_gate)
        {
            fleet = _sessions.Values.FirstOrDefault()?.Claim.Fleet;
            closing = _closing is not null;
        }

        if (closing || fleet is null)
            return Refuse(nonce, closing ? RefusalCode.Closing : RefusalCode.NoSession, reply);
        if (!_joins.TrySpend())
            return Refuse(nonce, RefusalCode.Busy, reply);

        var admission = await verifier.VerifyAsync(token, fleet).ConfigureAwait(false);
        if (admission is not { PlayerId: { } playerId, Session: { } sessionId })
            return Refuse(nonce, admission.Refusal, reply);

        WelcomeState welcome;
        int before, after;
        lock (_gate)
        {
            // The session may have ended or changed while the token was verified.
            if (_closing is not null || _sessions.GetValueOrDefault(sessionId) is not { } session)
                return Refuse(nonce, _sessions.Values.Any(other => other.Claim.Shared) ? RefusalCode.NoSession : RefusalCode.OtherSession, reply);
            if (session.Ended is not null)
                return Refuse(nonce, RefusalCode.Closing, reply);
            before = session.ConnectedCount;
            if (session.Join(playerId, nonce, from, time.GetTimestamp()) is not { } player)
                return Refuse(nonce, RefusalCode.Full, reply);
            after = session.ConnectedCount;
            welcome = session.Describe(player);
        }

        if (before != after)
            PlayersChanged?.Invoke();
        return ServerMessage.Welcome(reply.Span, nonce, welcome);
    }

    private int Input(in ClientMessage message, SocketAddress from, Span<byte> reply)
    {
        lock (_gate)
        {
            var session = _connections.GetValueOrDefault(message.Id);
            if ((_closing ?? session?.Ended) is { } reason)
                return ServerMessage.Closing(reply, message.Id, reason);
            if (session?.Input(message.Id, message.Sequence, from, time.GetTimestamp()) is { } player)
                return ServerMessage.State(reply, message.Id, player.Sequence, player.Counter, session.Total);
        }

        Traffic.CountUnknownConnection();
        return ServerMessage.UnknownConnection(reply, message.Id);
    }

    private void Leave(ulong connectionId)
    {
        bool left;
        lock (_gate)
            left = _connections.GetValueOrDefault(connectionId)?.Leave(connectionId, time.GetTimestamp()) == true;
        if (left)
            PlayersChanged?.Invoke();
        else
            Traffic.CountUnknownConnection();
    }

    private int Refuse(ulong nonce, RefusalCode code, Memory<byte> reply)
    {
        Traffic.CountRefused(code);
        return ServerMessage.Refused(reply.Span, nonce, code);
    }

    private ClosingReason? DueAt(GameSession session, long now)
    {
        if (session.Claim.Expires is { } expires && time.GetUtcNow() >= expires)
            return ClosingReason.Expired;
        return session.ConnectedCount == 0 && time.GetElapsedTime(session.OccupiedAt, now) >= options.IdleEnd ? ClosingReason.Idle : null;
    }

    private void Remove(GameSession session)
    {
        session.ForgetConnections();
        _sessions.Remove(session.Claim.Session);
    }

    private static ulong NewConnectionId()
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong id;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            id = BitConverter.ToUInt64(bytes);
        }
        while (id == 0);
        return id;
    }
}
