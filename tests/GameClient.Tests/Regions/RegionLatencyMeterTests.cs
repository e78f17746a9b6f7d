using FleetSystem.GameClient.Tests.Feed;
using FleetSystem.GameClient.Tests.Time;
using FleetSystem.GameClient.Tests.Transport;

namespace FleetSystem.GameClient.Tests.Regions;

public sealed class RegionLatencyMeterTests
{
    private static readonly LatencyRegion[] Regions =
    [
        new("ap-northeast-2", "192.0.2.10", 7), new("us-west-2", "192.0.2.11", 7), new("eu-west-1", "192.0.2.12", 7),
    ];

    private readonly ManualClock _clock = new();
    private readonly FakeNetwork _network;

    public RegionLatencyMeterTests()
    {
        _network = new FakeNetwork(_clock, 1) { Server = (_, datagram) => datagram };
        _network["192.0.2.10"].Latency = TimeSpan.FromMilliseconds(12.4);
        _network["192.0.2.11"].Latency = TimeSpan.FromMilliseconds(140);
    }

    [Fact]
    public async Task MeasureAsync_OneRegionIsUnreachable_TheOthersAreMeasuredAllTheSame()
    {
        _network["192.0.2.12"].IsCut = true;
        var measuring = Measure();
        _clock.Advance(1400);

        var latencies = await measuring;
        Assert.Equal(["ap-northeast-2", "us-west-2", "eu-west-1"], latencies.Select(latency => latency.RegionId));
        Assert.Equal([13, 140, null], latencies.Select(latency => latency.Milliseconds));
        Assert.Equal([(5, 5), (5, 5), (5, 0)], latencies.Select(latency => (latency.Sent, latency.Answered)));
        Assert.Equal(0, _network.Open);
        Assert.All(_network["192.0.2.10"].Sent, sent => Assert.Equal(16, sent.Datagram.Length));
    }

    [Fact]
    public async Task MeasureAsync_AllAnswered_DoesNotWaitLonger()
    {
        var measuring = Measure();
        _clock.Advance(600);
        Assert.Equal([13, 140, 40], (await measuring).Select(latency => latency.Milliseconds));
    }

    [Fact]
    public async Task MeasureAsync_EchoAnswersTwiceOrNonsense_CountsEachDatagramOnce()
    {
        _network.Server = (_, datagram) => new byte[datagram.Length];
        var measuring = Measure();
        _clock.Advance(1400);
        Assert.All(await measuring, latency => Assert.Equal((0, (int?)null), (latency.Answered, latency.Milliseconds)));
    }

    [Fact]
    public async Task MeasureAsync_Cancelled_ClosesTheSockets()
    {
        using var cancelled = new CancellationTokenSource();
        var measuring = RegionLatencyMeter.MeasureAsync(Regions, null, _clock, _network, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => measuring);
        Assert.Equal(0, _network.Open);
    }

    [Fact]
    public async Task RegionsAsync_AnswerOfThePlayersApi_TakesRegionsWithAnEcho()
    {
        using var service = new FakeService
        {
            Answer = _ => new HttpResponseMessage
            {
                Content = new StringContent(
                    """
                    {"regions":[{"id":"ap-northeast-2","zones":[],"routes":[],"latencyEndpoint":{"address":"127.0.10.1","port":7001}},
                    {"id":"local","zones":[],"routes":[],"latencyEndpoint":null}]}
                    """),
            },
        };
        using var http = new HttpClient(service);

        var region = Assert.Single(await RegionLatencyMeter.RegionsAsync(http, FakeService.Api, TestContext.Current.CancellationToken));

        Assert.Equal(("ap-northeast-2", "127.0.10.1", 7001), (region.Id, region.Address, region.Port));
        Assert.Equal("/v1/regions", service.All.Single().Url.AbsolutePath);
    }

    [Fact]
    public async Task MeasureAsync_TooManyRegions_Throws() =>
        await Assert.ThrowsAsync<ArgumentException>(() => RegionLatencyMeter.MeasureAsync([.. Enumerable.Range(0, 65).Select(i => new LatencyRegion($"r{i}", "127.0.0.1", 7))], cancellationToken: TestContext.Current.CancellationToken));

    private Task<IReadOnlyList<RegionLatency>> Measure() => RegionLatencyMeter.MeasureAsync(Regions, null, _clock, _network, TestContext.Current.CancellationToken);
}
