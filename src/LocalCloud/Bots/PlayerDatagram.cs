using System.Buffers.Binary;
using System.Text;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>Kinds of the game's datagrams that a game deals with itself, as src/GameServer/README.md numbers them; the others are the handshake's.</summary>
internal enum DatagramKind : byte
{
    Input = 0x02,
    Leave = 0x03,
    Welcome = 0x81,
    State = 0x83,
}

/// <summary>The player's side of the game's datagrams, written from their description and not from the server's code.</summary>
internal static class PlayerDatagram
{
    public const int LengthMax = 1200;

    private const byte Magic = 0x46;
    private const byte Version = 1;
    private const int PayloadLength = 16;

    public static byte[] Input(ulong connectionId, uint sequence)
    {
        var datagram = Start(DatagramKind.Input, connectionId, 4 + PayloadLength);
        BinaryPrimitives.WriteUInt32BigEndian(datagram.AsSpan(11), sequence);
        return datagram;
    }

    public static byte[] Leave(ulong connectionId) => Start(DatagramKind.Leave, connectionId, 0);

    /// <summary>Reads a server's datagram; false for anything that is the handshake's, or nobody's.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out ServerDatagram message)
    {
        message = default;
        if (datagram.Length < 11 || datagram[0] != Magic || datagram[1] != Version)
            return false;
        var kind = (DatagramKind)datagram[2];
        var id = BinaryPrimitives.ReadUInt64BigEndian(datagram[3..]);
        var rest = datagram[11..];
        switch (kind)
        {
            case DatagramKind.Welcome when rest.Length >= 34:
                var session = Name(rest[32..], out var used);
                message = new ServerDatagram(
                    kind,
                    id,
                    ConnectionId: BinaryPrimitives.ReadUInt64BigEndian(rest),
                    Incarnation: BinaryPrimitives.ReadUInt32BigEndian(rest[8..]),
                    Acknowledged: BinaryPrimitives.ReadUInt32BigEndian(rest[12..]),
                    Counter: BinaryPrimitives.ReadUInt64BigEndian(rest[16..]),
                    Total: BinaryPrimitives.ReadUInt64BigEndian(rest[24..]),
                    Session: session,
                    Server: Name(rest[(32 + used)..], out _));
                return true;
            case DatagramKind.State when rest.Length == 20:
                message = new ServerDatagram(
                    kind,
                    id,
                    ConnectionId: id,
                    Acknowledged: BinaryPrimitives.ReadUInt32BigEndian(rest),
                    Counter: BinaryPrimitives.ReadUInt64BigEndian(rest[4..]),
                    Total: BinaryPrimitives.ReadUInt64BigEndian(rest[12..]));
                return true;
            default:
                return false;
        }
    }

    private static string Name(ReadOnlySpan<byte> from, out int used)
    {
        used = 0;
        if (from.IsEmpty || from.Length < 1 + from[0])
            return "";
        used = 1 + from[0];
        return Encoding.UTF8.GetString(from[1..used]);
    }

    private static byte[] Start(DatagramKind kind, ulong id, int bodyLength)
    {
        var datagram = new byte[11 + bodyLength];
        datagram[0] = Magic;
        datagram[1] = Version;
        datagram[2] = (byte)kind;
        BinaryPrimitives.WriteUInt64BigEndian(datagram.AsSpan(3), id);
        return datagram;
    }
}

/// <summary>A server's datagram. <see cref="Id"/> is the nonce or the connection id that it answers to.</summary>
internal readonly record struct ServerDatagram(
    DatagramKind Kind,
    ulong Id,
    ulong ConnectionId = 0,
    uint Incarnation = 0,
    uint Acknowledged = 0,
    ulong Counter = 0,
    ulong Total = 0,
    string Session = "",
    string Server = "");
