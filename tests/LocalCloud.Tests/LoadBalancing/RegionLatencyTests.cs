using System.Net;
using FleetSystem.GameClient;
using FleetSystem.LocalCloud.LoadBalancing;

namespace FleetSystem.LocalCloud.Tests.LoadBalancing;

/// <summary>The client library's measurement against the echo that regions name in <c>GET /v1/regions</c>.</summary>
public sealed class RegionLatencyTests
{
    [Fact]
    public async Task MeasureAsync_EchoOfARegion_AnswersEveryDatagram()
    {
        await using var echo = new EchoResponder(new IPEndPoint(IPAddress.Loopback, 0));
        var region = new LatencyRegion("ap-northeast-2", "127.0.0.1", echo.EndPoint.Port);

        var latency = Assert.Single(await RegionLatencyMeter.MeasureAsync([region], new RegionLatencyOptions { Timeout = TimeSpan.FromSeconds(5) }, TestContext.Current.CancellationToken));

        Assert.Equal(("ap-northeast-2", 5, 5), (latency.RegionId, latency.Sent, latency.Answered));
        Assert.InRange(latency.Milliseconds!.Value, 1, 5400);
        Assert.Equal((5, 0), (echo.Answered, echo.Dropped));
    }
}
