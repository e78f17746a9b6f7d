namespace FleetSystem.GameServer.Sessions;

/// <summary>What the server did with the datagrams it got.</summary>
internal sealed class Traffic
{
    private readonly long[] _refused = new long[(int)Protocol.RefusalCode.Busy + 1];
    private long _received;
    private long _ignored;
    private long _oversized;
    private long _unknownConnections;
    private long _unsent;

    public long Received => Volatile.Read(ref _received);

    /// <summary>Not a message of this protocol and version.</summary>
    public long Ignored => Volatile.Read(ref _ignored);

    public long Oversized => Volatile.Read(ref _oversized);

    public long UnknownConnections => Volatile.Read(ref _unknownConnections);

    /// <summary>Answers that the socket did not take.</summary>
    public long Unsent => Volatile.Read(ref _unsent);

    public long RefusedTotal => _refused.Sum();

    public long Refused(Protocol.RefusalCode code) => Volatile.Read(ref _refused[(int)code]);

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountIgnored() => Interlocked.Increment(ref _ignored);

    public void CountOversized() => Interlocked.Increment(ref _oversized);

    public void CountUnknownConnection() => Interlocked.Increment(ref _unknownConnections);

    public void CountUnsent() => Interlocked.Increment(ref _unsent);

    public void CountRefused(Protocol.RefusalCode code) => Interlocked.Increment(ref _refused[(int)code]);

    public override string ToString() =>
        $"received {Received}, ignored {Ignored}, oversized {Oversized}, joins refused {RefusedTotal}, unknown connections {UnknownConnections}, unsent {Unsent}";
}
