using System.Buffers.Binary;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>Against the datagrams as src/GameServer/README.md writes them. LocalCloud's bots play with it against the real server.</summary>
public sealed class GameServerHandshakeTests
{
    private readonly GameServerHandshake _handshake = new();
    private readonly byte[] _buffer = new byte[1200];

    [Fact]
    public void WriteJoin_Token_IsAsTheProtocolSays()
    {
        var length = _handshake.WriteJoin(_buffer, new JoinRequest(TransportFixture.Connection(token: "a.b.c"), 0x0102030405060708));
        Assert.Equal((byte[])[0x46, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0, 5, .. "a.b.c"u8], _buffer[..length]);
    }

    [Fact]
    public void WriteProbe_ReplyToIt_IsRecognized()
    {
        var length = _handshake.WriteProbe(_buffer, 7);
        Assert.Equal([0x46, 1, 4, 0, 0, 0, 0, 0, 0, 0, 7], _buffer[..length]);
        var reply = _handshake.Read(Datagram(0x84, 7));
        Assert.Equal((HandshakeSignalKind.ProbeReply, 7UL), (reply.Kind, reply.Nonce));
    }

    [Fact]
    public void Read_AnswersToTheJoin_AreTakenWithItsNonceOnly()
    {
        _handshake.WriteJoin(_buffer, new JoinRequest(TransportFixture.Connection(), 5));

        Assert.Equal(HandshakeSignalKind.Ignored, Welcome(nonce: 4, connection: 9));
        Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Datagram(0x82, 4, 3)).Kind);
        Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Datagram(0x83, 9, new byte[20])).Kind);

        Assert.Equal((HandshakeSignalKind.NotYet, 9), Refused(9));
        Assert.Equal((HandshakeSignalKind.NotYet, 1), Refused(1));
        Assert.Equal((HandshakeSignalKind.Refused, 3), Refused(3));
        Assert.Equal(HandshakeSignalKind.Joined, Welcome(nonce: 5, connection: 9));
    }

    [Fact]
    public void Read_Joined_TakesWhatIsOfItsConnectionOnly()
    {
        _handshake.WriteJoin(_buffer, new JoinRequest(TransportFixture.Connection(), 5));
        Welcome(nonce: 5, connection: 9);
        foreach (var (type, kind) in new[] { (0x83, HandshakeSignalKind.Game), (0x85, HandshakeSignalKind.Closed), (0x86, HandshakeSignalKind.JoinAgain) })
        {
            var body = type == 0x83 ? new byte[20] : type == 0x85 ? [2] : Array.Empty<byte>();
            Assert.Equal(kind, _handshake.Read(Datagram((byte)type, 9, body)).Kind);
            Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Datagram((byte)type, 8, body)).Kind);
        }

        var routes = _handshake.Read(Datagram(0x87, 9, [4, 2, 9, 1, 3]));
        Assert.Equal(HandshakeSignalKind.RoutesOrdered, routes.Kind);
        Assert.Equal([1, 0, 2], new[] { RouteKind.Accelerator, RouteKind.NetworkLoadBalancer, RouteKind.Direct }.Select(kind => routes.RankOf(kind)));
        Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Datagram(0x87, 8, [1, 2])).Kind);
        Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Datagram(0x87, 9, [3, 2, 1])).Kind);
        Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Datagram(0x87, 9)).Kind);

        // The next join: what is still said to the last one is past.
        _handshake.WriteJoin(_buffer, new JoinRequest(TransportFixture.Connection(), 6));
        Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Datagram(0x86, 9)).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("46")]
    [InlineData("4601840000000000000")]
    [InlineData("4501840000000000000007")]
    [InlineData("4602840000000000000007")]
    [InlineData("46017F0000000000000007")]
    public void Read_Anything_IsIgnored(string hex) =>
        Assert.Equal(HandshakeSignalKind.Ignored, _handshake.Read(Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex[..^1])).Kind);

    private (HandshakeSignalKind, int) Refused(byte code) => _handshake.Read(Datagram(0x82, 5, code)) is var signal ? (signal.Kind, signal.Code) : default;

    private HandshakeSignalKind Welcome(ulong nonce, ulong connection)
    {
        var body = new byte[40];
        BinaryPrimitives.WriteUInt64BigEndian(body, connection);
        return _handshake.Read(Datagram(0x81, nonce, body)).Kind;
    }

    private static byte[] Datagram(byte type, ulong id, params byte[] body)
    {
        byte[] datagram = [0x46, 1, type, 0, 0, 0, 0, 0, 0, 0, 0, .. body];
        BinaryPrimitives.WriteUInt64BigEndian(datagram.AsSpan(3), id);
        return datagram;
    }
}
