using FleetSystem.LocalCloud.Hosting;

namespace FleetSystem.LocalCloud.Tests.Hosting.Cluster;

/// <summary>A cluster of three FleetManagers and two Matchmakers as processes on DynamoDB Local, for all crash tests: each leaves it whole.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    internal const int FleetManagers = 3;
    internal const int Matchmakers = 2;

    internal LocalCloudSystem Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cloud = await WholeSystem.StartAsync(
        options =>
        {
            options.Regions = ["ap-northeast-2"];
            options.Cluster = FleetManagers;
            options.ServersPerZone = 1;
            options.SimulatedServers = 200;
            options.DynamoDBPort = 0;
        },
        CancellationToken.None);

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();
}
