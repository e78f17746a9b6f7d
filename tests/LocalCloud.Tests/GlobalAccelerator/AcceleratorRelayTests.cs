using System.Net;
using FleetSystem.LocalCloud.GlobalAccelerator;
using FleetSystem.LocalCloud.LoadBalancing;
using FleetSystem.LocalCloud.Tests.LoadBalancing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

public sealed class AcceleratorRelayTests
{
    private const string ServerAddress = "127.20.77.5";

    // The subnet has one row for each of its addresses, the server's is number 5.
    private const int ServerRow = 5;

    private static readonly StaticAddressPair Pair = LocalGlobalAccelerator.Pair(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Allow_OneDestination_BothStaticAddressesLeadToItAndBack()
    {
        using var server = new UdpPeer(ServerAddress);
        await using var local = await LocalGlobalAccelerator.StartAsync();
        await using var relay = NewRelay(local);
        var (plan, port) = await OpenAsync(local, server);
        using var player = new UdpPeer();

        foreach (var address in (IPAddress[])[Pair.First, Pair.Second])
        {
            var way = new IPEndPoint(address, port);
            await player.SendAsync("hello", way);
            var (text, from) = await server.ReceiveAsync();
            await server.SendAsync("answer", from);
            Assert.Equal("hello", text);
            Assert.Equal(("answer", way), await player.ReceiveAsync());
        }

        Assert.Equal(2, relay.OpenPorts.Count);
        Assert.Empty(relay.Failures);
        Assert.NotNull(plan);
    }

    [Fact]
    public async Task Deny_OpenDestination_ItsSocketsCloseAndOthersStay()
    {
        using var server = new UdpPeer(ServerAddress);
        await using var local = await LocalGlobalAccelerator.StartAsync();
        await using var relay = NewRelay(local);
        var (plan, port) = await OpenAsync(local, server);
        await plan.AllowAsync(local, "subnet-1", "127.20.77.6", server.EndPoint.Port);
        Assert.Equal(4, relay.OpenPorts.Count);

        await local.Client.DenyCustomRoutingTrafficAsync(
            new() { EndpointGroupArn = plan.GroupArn, EndpointId = "subnet-1", DestinationAddresses = [ServerAddress] }, Stop);

        Assert.DoesNotContain(new IPEndPoint(Pair.First, port), relay.OpenPorts);
        Assert.Equal(2, relay.OpenPorts.Count);
        using var free = new UdpPeer(Pair.First.ToString(), port);
    }

    [Fact]
    public async Task CutDataPath_OneStaticAddress_TheOtherStillWorks()
    {
        using var server = new UdpPeer(ServerAddress);
        await using var local = await LocalGlobalAccelerator.StartAsync();
        await using var relay = NewRelay(local);
        var (_, port) = await OpenAsync(local, server);
        using var player = new UdpPeer();

        relay.CutDataPath(Pair.First);
        await player.SendAsync("lost", new IPEndPoint(Pair.First, port));
        await UdpRelayTests.UntilAsync(() => relay.Counters.Faulted == 1);
        await player.SendAsync("second", new IPEndPoint(Pair.Second, port));
        Assert.Equal("second", (await server.ReceiveAsync()).Text);

        relay.CutDataPath();
        await player.SendAsync("lost too", new IPEndPoint(Pair.Second, port));
        await UdpRelayTests.UntilAsync(() => relay.Counters.Faulted == 2);

        relay.RestoreDataPath();
        relay.RestoreDataPath(Pair.First);
        await player.SendAsync("first", new IPEndPoint(Pair.First, port));
        Assert.Equal("first", (await server.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task Disable_OpenAccelerator_NoSocketUntilItIsEnabledAgain()
    {
        using var server = new UdpPeer(ServerAddress);
        await using var local = await LocalGlobalAccelerator.StartAsync();
        await using var relay = NewRelay(local);
        var (plan, _) = await OpenAsync(local, server);

        await local.Client.UpdateCustomRoutingAcceleratorAsync(new() { AcceleratorArn = plan.AcceleratorArn, Enabled = false }, Stop);
        Assert.Empty(relay.OpenPorts);
        await local.Client.UpdateCustomRoutingAcceleratorAsync(new() { AcceleratorArn = plan.AcceleratorArn, Enabled = true }, Stop);

        Assert.Equal(2, relay.OpenPorts.Count);
    }

    [Fact]
    public async Task Allow_NotYetDeployed_SocketsOpenWhenTheDeploymentIsOver()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var server = new UdpPeer(ServerAddress);
        await using var local = await LocalGlobalAccelerator.StartAsync(options => options.DeploymentTime = TimeSpan.FromMinutes(1), clock);
        await using var relay = NewRelay(local);
        await OpenAsync(local, server);

        Assert.Empty(relay.OpenPorts);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, relay.OpenPorts.Count);
    }

    [Fact]
    public async Task Allow_PortInUseByAnother_FailureNamesItAndTheRestWorks()
    {
        using var server = new UdpPeer(ServerAddress);
        await using var local = await LocalGlobalAccelerator.StartAsync();
        await using var relay = NewRelay(local);
        var first = FirstPort();
        using var busy = new UdpPeer(Pair.First.ToString(), first + ServerRow);

        await OpenAsync(local, server, first);

        var (endPoint, reason) = Assert.Single(relay.Failures);
        Assert.Equal(busy.EndPoint, endPoint);
        Assert.Contains("End what uses it", reason);
        Assert.Equal(new IPEndPoint(Pair.Second, first + ServerRow), Assert.Single(relay.OpenPorts));
    }

    [Fact]
    public async Task Allow_BothStaticAddressesTheSame_OneSocketServesBoth()
    {
        using var server = new UdpPeer(ServerAddress);
        await using var local = await LocalGlobalAccelerator.StartAsync(
            options => options.StaticAddresses = [new StaticAddressPair(Pair.First, Pair.First)]);
        await using var relay = NewRelay(local);
        var (_, port) = await OpenAsync(local, server);
        using var player = new UdpPeer();

        await player.SendAsync("hello", new IPEndPoint(Pair.First, port));

        Assert.Equal("hello", (await server.ReceiveAsync()).Text);
        Assert.Equal(new IPEndPoint(Pair.First, port), Assert.Single(relay.OpenPorts));
        Assert.Empty(relay.Failures);
    }

    private static AcceleratorRelay NewRelay(LocalGlobalAccelerator local) =>
        new(local.Service, new RelayOptions(), TimeProvider.System, NullLogger<AcceleratorRelay>.Instance);

    /// <summary>A port that was free a moment ago, and 15 more after it.</summary>
    private static int FirstPort()
    {
        using var probe = new UdpPeer(Pair.First.ToString());
        return Math.Min(probe.EndPoint.Port, 65_000);
    }

    /// <summary>An accelerator whose only destination port is the server's, opened for the server.</summary>
    private static async Task<(CustomRoutingPlan Plan, int Port)> OpenAsync(LocalGlobalAccelerator local, UdpPeer server, int? firstPort = null)
    {
        var plan = await CustomRoutingPlan.CreateAsync(
            local, firstPort ?? FirstPort(), ports: 16, server.EndPoint.Port, server.EndPoint.Port, "127.20.77.0/28");
        await plan.AllowAsync(local, "subnet-1", ServerAddress, server.EndPoint.Port);
        var row = (await plan.MappingAsync(local)).Single(r => r.DestinationSocketAddress!.IpAddress == ServerAddress);
        return (plan, row.AcceleratorPort!.Value);
    }
}
