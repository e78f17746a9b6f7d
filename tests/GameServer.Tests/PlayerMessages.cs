using System.Buffers.Binary;
using System.Text;
using FleetSystem.GameServer.Protocol;

namespace FleetSystem.GameServer.Tests;

/// <summary>Datagrams as a player writes them.</summary>
internal static class PlayerMessages
{
    public static byte[] Join(ulong nonce, string token)
    {
        var datagram = Start(MessageType.Join, nonce, 2 + token.Length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(11), (ushort)token.Length);
        Encoding.ASCII.GetBytes(token, datagram.AsSpan(13));
        return datagram;
    }

    public static byte[] Input(ulong connectionId, uint sequence)
    {
        var datagram = Start(MessageType.Input, connectionId, 4 + Wire.InputPayloadLengthMin);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(11), sequence);
        return datagram;
    }

    public static byte[] Leave(ulong connectionId) => Start(MessageType.Leave, connectionId, 0);

    public static byte[] Probe(ulong nonce) => Start(MessageType.Probe, nonce, 0);

    private static byte[] Start(MessageType type, ulong id, int length)
    {
        var datagram = new byte[11 + length];
        (datagram[0], datagram[1], datagram[2]) = (Wire.Magic, Wire.Version, (byte)type);
        BinaryPrimitives.WriteUInt64BigEndian(datagram.AsSpan(3), id);
        return datagram;
    }
}

/// <summary>A server's datagram as a player reads it.</summary>
internal sealed record Answer(MessageType Type, ulong Id, byte[] Body)
{
    public RefusalCode Refusal => Type == MessageType.Refused ? (RefusalCode)Body[0] : throw new InvalidOperationException($"{Type} is no refusal");

    public ulong ConnectionId => At(MessageType.Welcome, 0);

    public ulong WelcomeCounter => At(MessageType.Welcome, 16);

    public uint Acknowledged => Type == MessageType.State ? BinaryPrimitives.ReadUInt32BigEndian(Body) : throw new InvalidOperationException($"{Type} is no state");

    public ulong Counter => At(MessageType.State, 4);

    public ulong Total => At(MessageType.State, 12);

    public static Answer Read(ReadOnlySpan<byte> datagram) =>
        new((MessageType)datagram[2], BinaryPrimitives.ReadUInt64BigEndian(datagram[3..]), datagram[11..].ToArray());

    private ulong At(MessageType type, int offset) =>
        Type == type ? BinaryPrimitives.ReadUInt64BigEndian(Body.AsSpan(offset)) : throw new InvalidOperationException($"{Type} is no {type}");
}
