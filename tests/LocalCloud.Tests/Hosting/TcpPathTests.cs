using FleetSystem.FleetModel.Configuration;
using FleetSystem.LocalCloud.Bots;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Paths are probed with streams too, through the very accelerator, and tell when it is cut.</summary>
[Collection(WholeSystem.Name)]
public sealed class TcpPathTests
{
    private const string Region = "ap-northeast-2";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Probes_OverTcp_HealthyThroughTheAcceleratorAndDirectAndDownOnceItIsCut()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = [Region];
                options.ZonesPerRegion = 1;
                options.ServersPerZone = 1;
                options.ProbeProtocols = [GameProtocol.Udp, GameProtocol.Tcp];
            },
            both.Token);
        using var api = PlayersApi.Of(cloud);
        await UntilAsync("Accelerator Healthy, Direct Healthy");
        cloud.CutAccelerator(Region);
        await UntilAsync("Accelerator Down, Direct Healthy");
        cloud.RestoreAccelerator(Region);
        await UntilAsync("Accelerator Healthy, Direct Healthy");

        async Task UntilAsync(string wanted)
        {
            using var timer = new PeriodicTimer(PollInterval, TimeProvider.System);
            while (await OverTcpAsync() != wanted) await timer.WaitForNextTickAsync(both.Token);
        }

        async Task<string> OverTcpAsync() => string.Join(", ", (await api.RegionsAsync(both.Token)).Regions[0].Routes
            .Where(route => route.Protocol == GameProtocol.Tcp).OrderBy(route => route.Kind).Select(route => $"{route.Kind} {route.State}"));
    }
}
