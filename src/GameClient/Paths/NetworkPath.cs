using System;

namespace FleetSystem.GameClient;

/// <summary>
/// One address of one route, and what was seen on it. Pure: time comes in from outside.
/// </summary>
internal sealed class NetworkPath
{
    /// <summary>Probes under way at a time; at one each 100 ms none is forgotten within the second it has.</summary>
    private const int ProbesMax = 16;

    /// <summary>Fates of probes that its loss is reckoned from.</summary>
    private const int HistoryLength = 32;

    /// <summary>Below this many fates a share of them says nothing.</summary>
    private const int HistoryLengthMin = 16;

    private readonly (ulong Nonce, TimeSpan At)[] _probes = new (ulong, TimeSpan)[ProbesMax];
    private uint _history;
    private int _historyLength;
    private int _lostInARow;

    public NetworkPath(RouteKind kind, int rank, string address, int port, ReadOnlyMemory<byte> routingToken)
    {
        Kind = kind;
        Rank = rank;
        Address = address;
        Port = port;
        RoutingToken = routingToken;
    }

    public RouteKind Kind { get; }

    public string Address { get; }

    public int Port { get; }

    public ReadOnlyMemory<byte> RoutingToken { get; }

    /// <summary>Place of its route in the connection's order; 0 is best.</summary>
    public int Rank { get; set; }

    /// <summary>When something last came this way.</summary>
    public TimeSpan? HeardAt { get; private set; }

    /// <summary>When the first datagram was sent that nothing has come back for since.</summary>
    public TimeSpan? WaitingSince { get; private set; }

    /// <summary>When it was last probed.</summary>
    public TimeSpan? ProbedAt { get; private set; }

    /// <summary>Since when each probe has been answered; null when the last one was lost, or before the first answer.</summary>
    public TimeSpan? SoundSince { get; private set; }

    /// <summary>When a player last had to leave it.</summary>
    public TimeSpan? FailedAt { get; private set; }

    /// <summary>How often that happened, each time soon after the time before.</summary>
    public int Strikes { get; private set; }

    /// <summary>When the service put its route before that in use.</summary>
    public TimeSpan? PromotedAt { get; set; }

    public long ProbesSettled { get; private set; }

    public long ProbesLost { get; private set; }

    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>Share of the last probes that were lost, 0 to 1; null while too few are settled.</summary>
    public double? Loss
    {
        get
        {
            if (_historyLength < HistoryLengthMin) return null;
            var lost = 0;
            for (var i = 0; i < _historyLength; i++) lost += (int)(_history >> i) & 1;
            return (double)lost / _historyLength;
        }
    }

    public PathState State(double lossDegraded)
    {
        if (HeardAt is null && ProbesSettled == 0) return PathState.Unknown;

        // Two in a row, while nothing else comes either: a single lost probe changes nothing.
        if (_lostInARow >= 2 || HeardAt is null) return PathState.Down;
        return Loss > lossDegraded ? PathState.Degraded : PathState.Healthy;
    }

    public bool Is(RouteKind kind, string address, int port, ReadOnlyMemory<byte> token) =>
        Kind == kind && Address == address && Port == port && RoutingToken.Span.SequenceEqual(token.Span);

    /// <summary>Something was sent that calls for an answer.</summary>
    public void Sent(TimeSpan now) => WaitingSince ??= now;

    /// <summary>A probe was sent.</summary>
    public void Probed(ulong nonce, TimeSpan now)
    {
        Sent(now);
        ProbedAt = now;
        var slot = 0;
        for (var i = 1; i < ProbesMax && _probes[slot].Nonce != 0; i++)
        {
            if (_probes[i].Nonce == 0 || _probes[i].At < _probes[slot].At) slot = i;
        }

        if (_probes[slot].Nonce != 0) Settle(lost: true);
        _probes[slot] = (nonce, now);
    }

    /// <summary>Something of the game came this way.</summary>
    public void Heard(TimeSpan now)
    {
        HeardAt = now;
        WaitingSince = null;
        _lostInARow = 0;
    }

    /// <summary>An answer to a probe came this way.</summary>
    /// <returns>Whether it answers a probe of this path that is still waited for.</returns>
    public bool Answered(ulong nonce, TimeSpan now)
    {
        for (var i = 0; i < ProbesMax; i++)
        {
            if (nonce == 0 || _probes[i].Nonce != nonce) continue;
            var took = now - _probes[i].At;
            RoundTrip = RoundTrip is { } before ? before + (took - before) / 8 : took;
            SoundSince ??= _probes[i].At;
            _probes[i] = default;
            Settle(lost: false);
            Heard(now);
            return true;
        }

        return false;
    }

    /// <summary>Counts probes as lost whose time is over.</summary>
    public void Settle(TimeSpan now, TimeSpan timeout)
    {
        for (var i = 0; i < ProbesMax; i++)
        {
            if (_probes[i].Nonce == 0 || now - _probes[i].At < timeout) continue;
            _probes[i] = default;
            Settle(lost: true);
        }
    }

    /// <summary>The player left it because it failed.</summary>
    public void Failed(TimeSpan now, TimeSpan soon)
    {
        Strikes = FailedAt is { } before && now - before < soon ? Strikes + 1 : 1;
        FailedAt = now;
        SoundSince = null;
    }

    /// <summary>This process slept: what was under way in that time says nothing about the path.</summary>
    public void Forgive(TimeSpan now)
    {
        Array.Clear(_probes, 0, ProbesMax);
        if (WaitingSince is not null) WaitingSince = now;
    }

    private void Settle(bool lost)
    {
        ProbesSettled++;
        _history = (_history << 1) | (lost ? 1u : 0u);
        if (_historyLength < HistoryLength) _historyLength++;
        if (!lost) return;
        ProbesLost++;
        _lostInARow++;
        SoundSince = null;
    }
}
