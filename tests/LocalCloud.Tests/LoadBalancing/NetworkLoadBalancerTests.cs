using System.Net;
using System.Text;
using FleetSystem.LocalCloud.LoadBalancing;

namespace FleetSystem.LocalCloud.Tests.LoadBalancing;

public sealed class NetworkLoadBalancerTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);
    private static readonly byte[] TokenA = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
    private static readonly byte[] TokenB = [.. Enumerable.Range(100, 16).Select(i => (byte)i)];

    [Fact]
    public async Task Forward_TokensOfTwoServers_EachGetsItsDatagramWithoutTheToken()
    {
        await using var balancer = NewBalancer();
        using var a = new UdpPeer();
        using var b = new UdpPeer();
        using var player = new UdpPeer();
        balancer.Tokens.Set(TokenA, a.EndPoint);
        balancer.Tokens.Set(TokenB, b.EndPoint);

        await player.SendAsync(With(TokenB, "for b"), balancer.EndPoint);
        await player.SendAsync(With(TokenA, "for a"), balancer.EndPoint);
        var (textA, fromA) = await a.ReceiveAsync();
        var (textB, _) = await b.ReceiveAsync();
        await a.SendAsync("answer", fromA);

        Assert.Equal(("for a", "for b"), (textA, textB));
        Assert.Equal(("answer", balancer.EndPoint), await player.ReceiveAsync());
    }

    [Fact]
    public async Task Forward_UnknownTokenShortOrBare_DroppedAndCounted()
    {
        await using var balancer = NewBalancer();
        using var server = new UdpPeer();
        using var player = new UdpPeer();
        balancer.Tokens.Set(TokenA, server.EndPoint);

        await player.SendAsync(With(TokenB, "unknown"), balancer.EndPoint);
        await player.SendAsync("short", balancer.EndPoint);
        await player.SendAsync([], balancer.EndPoint);
        await player.SendAsync(TokenA, balancer.EndPoint);
        await player.SendAsync(With(TokenA, "known"), balancer.EndPoint);

        Assert.Equal("known", (await server.ReceiveAsync()).Text);
        Assert.Equal(4, balancer.Counters.Unrouted);
        Assert.Equal(1, balancer.Counters.Sessions);
    }

    [Fact]
    public async Task Tokens_MovedAndRemoved_NextDatagramFollows()
    {
        await using var balancer = NewBalancer();
        using var a = new UdpPeer();
        using var b = new UdpPeer();
        using var player = new UdpPeer();

        balancer.Tokens.Set(TokenA, a.EndPoint);
        await player.SendAsync(With(TokenA, "1"), balancer.EndPoint);
        Assert.Equal("1", (await a.ReceiveAsync()).Text);
        balancer.Tokens.Set(TokenA, b.EndPoint);
        await player.SendAsync(With(TokenA, "2"), balancer.EndPoint);
        Assert.Equal("2", (await b.ReceiveAsync()).Text);
        Assert.True(balancer.Tokens.Remove(TokenA));
        await player.SendAsync(With(TokenA, "3"), balancer.EndPoint);

        await UdpRelayTests.UntilAsync(() => balancer.Counters.Unrouted == 1);
        Assert.Equal(0, a.Waiting + b.Waiting);
        Assert.False(balancer.Tokens.Remove(TokenA));
    }

    [Fact]
    public async Task CutDataPath_ThenRestore_ProbesVanishThenReturn()
    {
        await using var balancer = NewBalancer();
        await using var echo = new EchoResponder(AnyPort);
        using var player = new UdpPeer();
        balancer.Tokens.Set(TokenA, echo.EndPoint);

        balancer.CutDataPath();
        await player.SendAsync(With(TokenA, "lost"), balancer.EndPoint);
        await UdpRelayTests.UntilAsync(() => balancer.Counters.Faulted == 1);
        balancer.RestoreDataPath();
        await player.SendAsync(With(TokenA, "probe"), balancer.EndPoint);

        Assert.Equal(("probe", balancer.EndPoint), await player.ReceiveAsync());
    }

    [Fact]
    public void Set_TokenOfAnotherLengthOrTableFull_RefusedWithTheReason()
    {
        var table = new TokenTable(tokenLength: 16, tokensMax: 1);
        table.Set(TokenA, new IPEndPoint(IPAddress.Loopback, 1));
        table.Set(TokenA, new IPEndPoint(IPAddress.Loopback, 2));

        Assert.Contains("15 bytes", Assert.Throws<ArgumentException>(() => table.Set(TokenB.AsSpan(1), new IPEndPoint(IPAddress.Loopback, 1))).Message);
        Assert.Contains("TokensMax", Assert.Throws<InvalidOperationException>(() => table.Set(TokenB, new IPEndPoint(IPAddress.Loopback, 1))).Message);
        Assert.Equal(2, table.Find(TokenA)!.EndPoint.Port);
    }

    [Fact]
    public async Task Echo_UpToTheLimit_UnchangedAndALargerOneIsDropped()
    {
        await using var echo = new EchoResponder(AnyPort);
        using var player = new UdpPeer();
        var largest = Enumerable.Range(0, 64).Select(i => (byte)i).ToArray();

        await player.SendAsync(new byte[65], echo.EndPoint);
        await player.SendAsync(largest, echo.EndPoint);

        var (datagram, from) = await player.ReceiveBytesAsync();
        Assert.Equal(largest, datagram);
        Assert.Equal(echo.EndPoint, from);
        Assert.Equal((1, 1), (echo.Answered, echo.Dropped));
    }

    private static NetworkLoadBalancer NewBalancer() => new(AnyPort, new LoadBalancerOptions(), TimeProvider.System);

    private static byte[] With(byte[] token, string text) => [.. Encoding.UTF8.GetBytes(text), .. token];
}
