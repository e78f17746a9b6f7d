using System;
using System.Buffers.Binary;
using System.Text;

namespace FleetSystem.GameClient;

/// <summary>The handshake of FleetSystem's own game server, version 1; src/GameServer/README.md describes its datagrams.</summary>
public sealed class GameServerHandshake : IGameHandshake
{
    private const byte Magic = 0x46;
    private const byte Version = 1;
    private const int HeaderLength = 11;
    private const int NoSession = 1;
    private const int Busy = 9;

    private ulong _nonce;
    private ulong _connectionId;
    private bool _joined;

    /// <inheritdoc/>
    public bool NamesPlayerInEveryDatagram => true;

    /// <inheritdoc/>
    public int WriteJoin(Span<byte> destination, in JoinRequest join)
    {
        _joined &= _nonce == join.Nonce;
        _nonce = join.Nonce;
        var token = join.Connection.JoinToken;
        Header(destination, 0x01, join.Nonce);
        BinaryPrimitives.WriteUInt16BigEndian(destination.Slice(HeaderLength), (ushort)token.Length);
        return HeaderLength + 2 + Encoding.ASCII.GetBytes(token, destination.Slice(HeaderLength + 2));
    }

    /// <inheritdoc/>
    public int WriteProbe(Span<byte> destination, ulong nonce) => Header(destination, 0x04, nonce);

    /// <inheritdoc/>
    public HandshakeSignal Read(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderLength || datagram[0] != Magic || datagram[1] != Version) return HandshakeSignal.Ignored;
        var id = BinaryPrimitives.ReadUInt64BigEndian(datagram.Slice(3));
        var rest = datagram.Slice(HeaderLength);
        switch (datagram[2])
        {
            case 0x81 when id == _nonce && rest.Length >= 8:
                _connectionId = BinaryPrimitives.ReadUInt64BigEndian(rest);
                _joined = true;
                return HandshakeSignal.Joined;
            case 0x82 when id == _nonce && rest.Length == 1:
                return HandshakeSignal.Refused(rest[0], tryAgain: rest[0] is NoSession or Busy);
            case 0x83 when IsOurs(id):
                return HandshakeSignal.Game;
            case 0x84:
                return HandshakeSignal.ProbeReply(id);
            case 0x85 when IsOurs(id) && rest.Length == 1:
                return HandshakeSignal.Closed(rest[0]);
            case 0x86 when IsOurs(id):
                return HandshakeSignal.JoinAgain;
            case 0x87 when IsOurs(id) && rest.Length >= 1 && rest.Length == 1 + rest[0]:
                return Routes(rest.Slice(1));
            default:
                return HandshakeSignal.Ignored;
        }
    }

    /// <summary>Kinds that a newer server knows and this client does not are passed over.</summary>
    private static HandshakeSignal Routes(ReadOnlySpan<byte> numbers)
    {
        Span<RouteKind> kinds = stackalloc RouteKind[SessionConnection.RoutesMax];
        var known = 0;
        foreach (var number in numbers)
        {
            if (number is >= 1 and <= (byte)RouteKind.Direct + 1 && known < kinds.Length) kinds[known++] = (RouteKind)(number - 1);
        }

        return HandshakeSignal.RoutesOrdered(kinds.Slice(0, known));
    }

    private bool IsOurs(ulong connectionId) => _joined && connectionId == _connectionId;

    private static int Header(Span<byte> destination, byte type, ulong id)
    {
        destination[0] = Magic;
        destination[1] = Version;
        destination[2] = type;
        BinaryPrimitives.WriteUInt64BigEndian(destination.Slice(3), id);
        return HeaderLength;
    }
}
