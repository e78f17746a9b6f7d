using System.Buffers.Binary;
using System.Text;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>A game's protocol, the client's side: a letter, and a number or text behind it.</summary>
internal sealed class FakeHandshake : IGameHandshake
{
    public bool NamesPlayerInEveryDatagram { get; init; } = true;

    public bool HasProbes { get; init; } = true;

    public int WriteJoin(Span<byte> destination, in JoinRequest join)
    {
        destination[0] = (byte)'J';
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], join.Nonce);
        return 9 + Encoding.ASCII.GetBytes(join.Connection.JoinToken, destination[9..]);
    }

    public int WriteProbe(Span<byte> destination, ulong nonce)
    {
        if (!HasProbes) return 0;
        destination[0] = (byte)'P';
        BinaryPrimitives.WriteUInt64BigEndian(destination[1..], nonce);
        return 9;
    }

    public HandshakeSignal Read(ReadOnlySpan<byte> datagram) => datagram[0] switch
    {
        (byte)'p' => HandshakeSignal.ProbeReply(BinaryPrimitives.ReadUInt64BigEndian(datagram[1..])),
        (byte)'j' => HandshakeSignal.Joined,
        (byte)'r' => HandshakeSignal.Refused(datagram[1], tryAgain: datagram[1] == 1),
        (byte)'u' => HandshakeSignal.JoinAgain,
        (byte)'c' => HandshakeSignal.Closed(datagram[1]),
        (byte)'o' => HandshakeSignal.RoutesOrdered([RouteKind.NetworkLoadBalancer, RouteKind.Direct, RouteKind.Accelerator]),
        (byte)'g' => HandshakeSignal.Game,
        _ => HandshakeSignal.Ignored,
    };
}

/// <summary>The server of that protocol. It knows a player by the address that its last join came over, or by nothing at all.</summary>
internal sealed class FakeGameServer
{
    public bool KnowsPlayersByAddress { get; init; }

    public bool IsDead { get; set; }

    public List<(string Host, ulong Nonce, string Token)> Joins { get; } = [];

    public List<(string Host, byte[] Datagram)> Inputs { get; } = [];

    /// <summary>Answers a join otherwise than by letting in.</summary>
    public byte[]? JoinAnswer { get; set; }

    /// <summary>Answers the next input otherwise.</summary>
    public byte[]? InputAnswer { get; set; }

    private string? _player;

    public byte[]? Answer(FakeAddress address, byte[] datagram)
    {
        if (IsDead) return null;
        switch ((char)datagram[0])
        {
            case 'P':
                return [(byte)'p', .. datagram[1..]];
            case 'J':
                Joins.Add((address.Host, BinaryPrimitives.ReadUInt64BigEndian(datagram.AsSpan(1)), Encoding.ASCII.GetString(datagram[9..])));
                _player = address.Host;
                return JoinAnswer ?? [(byte)'j'];
            case 'G' when !KnowsPlayersByAddress || _player == address.Host:
                Inputs.Add((address.Host, datagram));
                var answer = InputAnswer ?? [(byte)'g', .. datagram[1..]];
                InputAnswer = null;
                return answer;
            default:
                return null;
        }
    }
}
