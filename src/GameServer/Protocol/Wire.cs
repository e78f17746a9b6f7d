namespace FleetSystem.GameServer.Protocol;

/// <summary>Constants of the game's datagrams; README.md describes them.</summary>
internal static class Wire
{
    public const byte Magic = 0x46;
    public const byte Version = 1;
    public const int HeaderLength = 3;

    /// <summary>Longest datagram either side sends: below every path's MTU, tunnels and a routing token included.</summary>
    public const int DatagramLengthMax = 1200;

    /// <summary>Shortest payload of an Input: with it an Input is as long as the State that answers it.</summary>
    public const int InputPayloadLengthMin = 16;

    /// <summary>Longest session id and server name that fit their length byte; Kubernetes names are shorter.</summary>
    public const int NameLengthMax = 255;
}
