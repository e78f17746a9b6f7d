using System.Buffers.Binary;

namespace FleetSystem.GameServer.Protocol;

/// <summary>A player's datagram, decoded in place.</summary>
internal readonly ref struct ClientMessage
{
    private ClientMessage(MessageType type, ulong id, uint sequence, ReadOnlySpan<byte> body)
    {
        Type = type;
        Id = id;
        Sequence = sequence;
        Body = body;
    }

    public MessageType Type { get; }

    /// <summary>Nonce of a Join or a Probe, connection id of the others.</summary>
    public ulong Id { get; }

    /// <summary>Sequence number of an Input.</summary>
    public uint Sequence { get; }

    /// <summary>Token of a Join, payload of an Input.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Decodes a datagram; false for anything that is not a player's message of this version.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out ClientMessage message)
    {
        message = default;
        if (datagram.Length < Wire.HeaderLength + 8 || datagram.Length > Wire.DatagramLengthMax
            || datagram[0] != Wire.Magic || datagram[1] != Wire.Version)
            return false;

        var type = (MessageType)datagram[2];
        var id = BinaryPrimitives.ReadUInt64BigEndian(datagram[Wire.HeaderLength..]);
        var rest = datagram[(Wire.HeaderLength + 8)..];
        switch (type)
        {
            case MessageType.Join when rest.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(rest) == rest.Length - 2:
                message = new ClientMessage(type, id, 0, rest[2..]);
                return true;
            case MessageType.Input when rest.Length >= 4 + Wire.InputPayloadLengthMin:
                message = new ClientMessage(type, id, BinaryPrimitives.ReadUInt32BigEndian(rest), rest[4..]);
                return true;
            case MessageType.Leave when rest.IsEmpty:
            case MessageType.Probe:
                message = new ClientMessage(type, id, 0, rest);
                return true;
            default:
                return false;
        }
    }
}
