using System.Net;
using CsCheck;
using FleetSystem.GameServer.Join;
using FleetSystem.GameServer.Options;
using FleetSystem.GameServer.Protocol;
using FleetSystem.GameServer.Sessions;
using FleetSystem.GameServer.Tests.Join;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.GameServer.Tests.Protocol;

public sealed class ClientMessageTests
{
    [Fact]
    public void TryRead_EachKind_DecodesItsFields()
    {
        Assert.True(ClientMessage.TryRead(PlayerMessages.Join(7, "token"), out var join));
        Assert.Equal((MessageType.Join, 7UL, "token"), (join.Type, join.Id, System.Text.Encoding.ASCII.GetString(join.Body)));
        Assert.True(ClientMessage.TryRead(PlayerMessages.Input(8, 9), out var input));
        Assert.Equal((MessageType.Input, 8UL, 9U), (input.Type, input.Id, input.Sequence));
        Assert.True(ClientMessage.TryRead(PlayerMessages.Leave(10), out var leave));
        Assert.Equal((MessageType.Leave, 10UL), (leave.Type, leave.Id));
        Assert.True(ClientMessage.TryRead(PlayerMessages.Probe(11), out var probe));
        Assert.Equal((MessageType.Probe, 11UL), (probe.Type, probe.Id));
    }

    [Fact]
    public void TryRead_AnythingTruncated_IsRefused()
    {
        foreach (var whole in new[] { PlayerMessages.Join(7, "token"), PlayerMessages.Input(8, 9), PlayerMessages.Leave(10), PlayerMessages.Probe(11) })
        {
            for (var length = 0; length < whole.Length; length++)
                Assert.False(ClientMessage.TryRead(whole.AsSpan(0, length), out _), $"type {whole[2]}, {length} bytes");
        }
    }

    [Theory]
    [InlineData(0, 0x45)]
    [InlineData(1, 2)]
    [InlineData(2, 0x81)]
    public void TryRead_OtherMagicVersionOrType_IsRefused(int at, byte value)
    {
        var datagram = PlayerMessages.Input(1, 1);
        datagram[at] = value;

        Assert.False(ClientMessage.TryRead(datagram, out _));
    }

    /// <summary>Whoever forges a sender's address must not turn the server into an amplifier.</summary>
    [Fact]
    public void AnswerAsync_AnyDatagram_NeverAnswersMoreThanItGot()
    {
        var host = new SessionHost(new GameServerOptions(), new JoinTokenVerifier([], new FakeTimeProvider()), new FakeTimeProvider());
        host.TakeUp(new SessionClaim("s-1", 1, "arena", "arena-1", null, null), out _);
        var from = new IPEndPoint(IPAddress.Loopback, 1).Serialize();
        var reply = new byte[ServerMessage.LengthMax];
        var tail = Gen.Byte.Array[0, 60];

        Gen.Select(Gen.Byte[1, 5], tail).Sample((type, rest) =>
        {
            byte[] datagram = [Wire.Magic, Wire.Version, type, .. rest];
            return host.AnswerAsync(datagram, from, reply).AsTask().GetAwaiter().GetResult() <= datagram.Length;
        });
    }

    [Fact]
    public async Task AnswerAsync_ShortInputOfAPlayer_IsNotAnsweredWithMore()
    {
        using var signer = new TokenSigner(TimeProvider.System);
        var host = new SessionHost(new GameServerOptions(), signer.Verifier, TimeProvider.System);
        host.TakeUp(new SessionClaim("s-1", 1, "arena", "arena-1", null, null), out _);
        var from = new IPEndPoint(IPAddress.Loopback, 1).Serialize();
        var reply = new byte[ServerMessage.LengthMax];
        await host.AnswerAsync(PlayerMessages.Join(1, signer.Sign()), from, reply);
        var input = PlayerMessages.Input(Answer.Read(reply).ConnectionId, 1);

        for (var length = 0; length <= input.Length; length++)
            Assert.InRange(await host.AnswerAsync(input.AsMemory(0, length), from, reply), 0, length);
        Assert.Equal(MessageType.State, Answer.Read(reply).Type);
    }
}
