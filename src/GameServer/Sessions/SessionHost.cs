using System.Net;
using System.Security.Cryptography;
using FleetSystem.GameServer.Join;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Protocol;

namespace FleetSystem.GameServer.Sessions;

/// <summary>A datagram that the server sends of its own accord.</summary>
internal readonly record struct Notice(SocketAddress To, byte[] Datagram);

/// <summary>Holds the server's session between its three sources of events: players' datagrams, the SDK's watch, and time.</summary>
internal sealed class SessionHost(GameServerOptions options, JoinTokenVerifier verifier, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly JoinBudget _joins = new(options.JoinsPerSecondMax, time);
    private GameSession? _session;
    private ClosingReason? _closing;

    public Traffic Traffic { get; } = new();

    /// <summary>Called, outside of any lock, when players came or went.</summary>
    public Action? PlayersChanged { get; set; }

    public SessionClaim? Claim
    {
        get
        {
            lock (_gate)
                return _session?.Claim;
        }
    }

    public IReadOnlyCollection<string> PlayerIds
    {
        get
        {
            lock (_gate)
                return _session is null ? [] : [.. _session.Connected.Select(player => player.Id)];
        }
    }

    /// <summary>Takes a session up, or takes over changed details of the present one. Players of another session before it are told.</summary>
    /// <returns>Whether the session is new to this server.</returns>
    public bool TakeUp(SessionClaim claim, out IReadOnlyList<Notice> notices)
    {
        lock (_gate)
        {
            notices = [];
            if (_closing is not null)
                return false;
            if (claim.IsSame(_session?.Claim))
            {
                _session!.Claim = claim;
                return false;
            }

            notices = Farewell(ClosingReason.Replaced);
            _session = new GameSession(claim, options.PlayersMax, NewConnectionId, time.GetTimestamp());
        }

        PlayersChanged?.Invoke();
        return true;
    }

    /// <summary>Ends what time ends: silent players, and the session itself when it is idle or its time is over.</summary>
    /// <returns>Why the session has to end now, or null.</returns>
    public ClosingReason? Tick()
    {
        int dropped;
        ClosingReason? due = null;
        lock (_gate)
        {
            if (_session is null || _closing is not null)
                return null;

            var now = time.GetTimestamp();
            dropped = _session.DropSilent(now - (long)(options.PlayerTimeout.TotalSeconds * time.TimestampFrequency));
            if (_session.Claim.Expires is { } expires && time.GetUtcNow() >= expires)
                due = ClosingReason.Expired;
            else if (_session.ConnectedCount == 0 && time.GetElapsedTime(_session.OccupiedAt, now) >= options.IdleEnd)
                due = ClosingReason.Idle;
        }

        if (dropped > 0)
            PlayersChanged?.Invoke();
        return due;
    }

    /// <summary>Ends the session for the players; from here on joins are refused and inputs answered with the reason.</summary>
    public IReadOnlyList<Notice> Close(ClosingReason reason)
    {
        lock (_gate)
        {
            _closing ??= reason;
            return Farewell(_closing.Value);
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
        SessionClaim? claim;
        bool closing;
        lock (_gate)
        {
            claim = _session?.Claim;
            closing = _closing is not null;
        }

        if (closing || claim is null)
            return Refuse(nonce, closing ? RefusalCode.Closing : RefusalCode.NoSession, reply);
        if (!_joins.TrySpend())
            return Refuse(nonce, RefusalCode.Busy, reply);

        var admission = await verifier.VerifyAsync(token, claim).ConfigureAwait(false);
        if (admission.PlayerId is not { } playerId)
            return Refuse(nonce, admission.Refusal, reply);

        WelcomeState welcome;
        int before, after;
        lock (_gate)
        {
            // The session may have ended or changed while the token was verified.
            if (_closing is not null || _session is null || !claim.IsSame(_session.Claim))
                return Refuse(nonce, RefusalCode.OtherSession, reply);
            before = _session.ConnectedCount;
            if (_session.Join(playerId, nonce, from, time.GetTimestamp()) is not { } player)
                return Refuse(nonce, RefusalCode.Full, reply);
            after = _session.ConnectedCount;
            welcome = _session.Describe(player);
        }

        if (before != after)
            PlayersChanged?.Invoke();
        return ServerMessage.Welcome(reply.Span, nonce, welcome);
    }

    private int Input(in ClientMessage message, SocketAddress from, Span<byte> reply)
    {
        lock (_gate)
        {
            if (_closing is { } reason)
                return ServerMessage.Closing(reply, message.Id, reason);
            if (_session?.Input(message.Id, message.Sequence, from, time.GetTimestamp()) is { } player)
                return ServerMessage.State(reply, message.Id, player.Sequence, player.Counter, _session.Total);
        }

        Traffic.CountUnknownConnection();
        return ServerMessage.UnknownConnection(reply, message.Id);
    }

    private void Leave(ulong connectionId)
    {
        bool left;
        lock (_gate)
            left = _session?.Leave(connectionId, time.GetTimestamp()) == true;
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

    private List<Notice> Farewell(ClosingReason reason)
    {
        var notices = new List<Notice>();
        foreach (var player in _session?.Connected ?? [])
        {
            if (player.Address is not { } address)
                continue;
            var datagram = new byte[ServerMessage.LengthMax];
            notices.Add(new Notice(address, datagram[..ServerMessage.Closing(datagram, player.ConnectionId, reason)]));
        }

        return notices;
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
