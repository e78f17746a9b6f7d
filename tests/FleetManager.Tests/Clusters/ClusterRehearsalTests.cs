using FleetSystem.FleetManager.Clusters;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Clusters;

public sealed class ClusterRehearsalTests
{
    [Fact]
    public async Task Start_OneClusterIsAway_GoesTheWayIntoEachOnceAndClaimsNothing()
    {
        var time = new FakeTimeProvider();
        var ways = new FakeAgones(time);
        ways["away"].IsUnreachable = _ => true;
        var system = new FleetSystemOptions { Clusters = [new ClusterOptions { Id = "away" }, new ClusterOptions { Id = "there" }] };
        using var rehearsal = new ClusterRehearsal(ways, Options.Create(system), Options.Create(new FleetManagerOptions()), time, NullLogger<ClusterRehearsal>.Instance);

        await rehearsal.StartAsync(TestContext.Current.CancellationToken);
        await rehearsal.ExecuteTask!;

        Assert.All(new[] { ways["away"], ways["there"] }, cluster => Assert.Equal((1, 0), (cluster.Watches, cluster.Orders.Count)));
    }
}
