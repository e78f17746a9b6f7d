using FleetSystem.FleetModel.Configuration;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Paths are probed with streams too, through the very accelerator, and tell when it is cut.</summary>
[Collection(WholeSystem.Name)]
public sealed class TcpPathTests
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Probes_OverTcp_HealthyThroughTheAcceleratorAndDirectAndDownOnceItIsCut()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        var options = new LocalCloudOptions
        {
            DataDirectory = Directory.CreateTempSubdirectory("tcp-test-").FullName,
            Regions = ["ap-northeast-2"],
            ZonesPerRegion = 1,
            ServersPerZone = 1,
            ProbeProtocols = [GameProtocol.Udp, GameProtocol.Tcp],
            ApiPort = 0,
            OperationsPort = 0,
            GrpcPort = 0,
            AllocatorPort = 0,
            AcceleratorApiPort = 0,
            KubernetesPort = 0,
            LoadBalancerPort = 0,
            SiloPort = 0,
        };
        await using var cloud = await LocalCloudSystem.StartAsync(options, new Progress<string>(), NullLoggerFactory.Instance, TimeProvider.System, both.Token);
        using var api = new PlayersApi(cloud.ApiUrl, TimeProvider.System);
        await UntilAsync("Accelerator Healthy, Direct Healthy");
        cloud.CutAccelerator(options.Regions[0]);
        await UntilAsync("Accelerator Down, Direct Healthy");
        cloud.RestoreAccelerator(options.Regions[0]);
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
