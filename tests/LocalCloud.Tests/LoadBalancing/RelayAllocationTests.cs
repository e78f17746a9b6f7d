using System.Net;
using System.Net.Sockets;
using FleetSystem.LocalCloud.LoadBalancing;

namespace FleetSystem.LocalCloud.Tests.LoadBalancing;

/// <summary>Runs alone: what others allocate would count.</summary>
[CollectionDefinition(nameof(RelayAllocationTests), DisableParallelization = true)]
[Collection(nameof(RelayAllocationTests))]
public sealed class RelayAllocationTests
{
    private const int Datagrams = 5_000;

    [Fact]
    public async Task Forward_EstablishedSession_AllocatesLessThanATaskEach()
    {
        await using var echo = new EchoResponder(new IPEndPoint(IPAddress.Loopback, 0));
        await using var balancer = new NetworkLoadBalancer(new IPEndPoint(IPAddress.Loopback, 0), new LoadBalancerOptions(), TimeProvider.System);
        var datagram = new byte[48];
        balancer.Tokens.Set(datagram.AsSpan(32), echo.EndPoint);
        using var player = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        player.Connect(balancer.EndPoint);
        player.ReceiveTimeout = 10_000;
        var answer = new byte[64];
        RoundTrips(500);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        RoundTrips(Datagrams);
        var perDatagram = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Datagrams;

        TestContext.Current.TestOutputHelper?.WriteLine($"{perDatagram:F1} bytes a round trip");
        Assert.InRange(perDatagram, 0, 64);

        void RoundTrips(int count)
        {
            for (var i = 0; i < count; i++)
            {
                player.Send(datagram);
                // An assertion for each would allocate.
                if (player.Receive(answer) != 32)
                    Assert.Fail("The answer is not the payload.");
            }
        }
    }
}
