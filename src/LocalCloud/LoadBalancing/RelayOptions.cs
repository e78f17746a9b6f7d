namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>Limits of a UDP relay.</summary>
internal sealed class RelayOptions
{
    /// <summary>Largest datagram that is relayed; a larger one is dropped and counted. The default value is 1,500 bytes; at most 65,507.</summary>
    public int DatagramBytesMax { get; set; } = 1500;

    /// <summary>Sessions (a player and a server) at a time; the datagrams of a further player are dropped and counted. The default value is 10,000.</summary>
    public int SessionsMax { get; set; } = 10_000;

    /// <summary>Listening sockets at a time. The default value is 8,192.</summary>
    public int SocketsMax { get; set; } = 8_192;

    /// <summary>Datagrams that a delay fault may hold at a time; a further one is dropped. The default value is 10,000.</summary>
    public int DelayedDatagramsMax { get; set; } = 10_000;

    /// <summary>A session ends when no datagram came either way for so long. The default value is 120 seconds, as with NLB and UDP.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>Seed of the faults. The default value is 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Every fault in these options, with the name of the setting.</summary>
    public IEnumerable<string> Validate(string section)
    {
        if (DatagramBytesMax is < 64 or > 65_507)
            yield return $"{section}:{nameof(DatagramBytesMax)} is {DatagramBytesMax}; it must be 64 to 65507.";
        if (SessionsMax < 1)
            yield return $"{section}:{nameof(SessionsMax)} is {SessionsMax}; it must be at least 1.";
        if (SocketsMax < 1)
            yield return $"{section}:{nameof(SocketsMax)} is {SocketsMax}; it must be at least 1.";
        if (DelayedDatagramsMax < 0)
            yield return $"{section}:{nameof(DelayedDatagramsMax)} is {DelayedDatagramsMax}; it must not be negative.";
        if (IdleTimeout < TimeSpan.FromSeconds(1))
            yield return $"{section}:{nameof(IdleTimeout)} is {IdleTimeout}; it must be at least 1 second.";
    }
}
