using System.Buffers.Binary;

namespace FleetSystem.FleetModel.Routing;

/// <summary>How far a destination is opened.</summary>
public enum OpeningState : byte
{
    /// <summary>It is being opened, or may be open: from before the call is sent until it is answered.</summary>
    Opening,

    /// <summary>It is open.</summary>
    Open,

    /// <summary>It is to be closed, and may be open until the call is answered.</summary>
    Closing,

    /// <summary>It is closed, and stays so for a while: whoever sent to the server before shall have given up.</summary>
    Closed,
}

/// <summary>A destination that is open, or may be, or was a moment ago.</summary>
/// <param name="Destination">The destination.</param>
/// <param name="Cluster">Cluster of the server that it was opened for (<see cref="RoutableServer.Cluster"/>).</param>
/// <param name="Server">The server (<see cref="RoutableServer.Server"/>); 0 when somebody else opened it.</param>
/// <param name="Occupant">What the server was then, or has become since (<see cref="RoutableServer.Occupant"/>).</param>
/// <param name="Claimed">Whether a session has played there.</param>
/// <param name="State">How far it is opened.</param>
/// <param name="Since">Since when, to the second.</param>
public readonly record struct ServerOpening(
    Destination Destination, ulong Cluster, ulong Server, ulong Occupant, bool Claimed, OpeningState State, DateTimeOffset Since)
{
    /// <summary>Bytes of one in the store.</summary>
    public const int StoredBytes = 6 + (3 * sizeof(ulong)) + 1 + sizeof(uint);

    private const byte ClaimedFlag = 0x80;

    /// <summary>Whether traffic may get through: the last call about it was not answered, or let it through.</summary>
    public bool MayBeOpen => State != OpeningState.Closed;

    /// <summary>The bytes that the store keeps of openings.</summary>
    public static byte[] Export(IReadOnlyCollection<ServerOpening> openings)
    {
        var bytes = new byte[openings.Count * StoredBytes];
        var rest = bytes.AsSpan();
        foreach (var opening in openings)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, opening.Destination.Host);
            BinaryPrimitives.WriteUInt16BigEndian(rest[4..], (ushort)opening.Destination.Port);
            BinaryPrimitives.WriteUInt64BigEndian(rest[6..], opening.Cluster);
            BinaryPrimitives.WriteUInt64BigEndian(rest[14..], opening.Server);
            BinaryPrimitives.WriteUInt64BigEndian(rest[22..], opening.Occupant);
            rest[30] = (byte)((byte)opening.State | (opening.Claimed ? ClaimedFlag : 0));
            BinaryPrimitives.WriteUInt32BigEndian(rest[31..], (uint)Math.Clamp(opening.Since.ToUnixTimeSeconds(), 0, uint.MaxValue));
            rest = rest[StoredBytes..];
        }

        return bytes;
    }

    /// <summary>The openings that <see cref="Export"/> gave.</summary>
    /// <exception cref="FormatException">The bytes are not whole openings.</exception>
    public static IReadOnlyList<ServerOpening> Import(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % StoredBytes != 0) throw new FormatException($"{bytes.Length} bytes of open destinations are not made of {StoredBytes} each.");
        var openings = new List<ServerOpening>(bytes.Length / StoredBytes);
        for (var rest = bytes; !rest.IsEmpty; rest = rest[StoredBytes..])
        {
            var state = (OpeningState)(rest[30] & ~ClaimedFlag);
            if (!Enum.IsDefined(state)) throw new FormatException($"Open destination {openings.Count} has state {(byte)state}, which this version does not know.");
            openings.Add(new ServerOpening(
                new Destination(((ulong)BinaryPrimitives.ReadUInt32BigEndian(rest) << 16) | BinaryPrimitives.ReadUInt16BigEndian(rest[4..])),
                BinaryPrimitives.ReadUInt64BigEndian(rest[6..]),
                BinaryPrimitives.ReadUInt64BigEndian(rest[14..]),
                BinaryPrimitives.ReadUInt64BigEndian(rest[22..]),
                (rest[30] & ClaimedFlag) != 0,
                state,
                DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(rest[31..]))));
        }

        return openings;
    }
}
