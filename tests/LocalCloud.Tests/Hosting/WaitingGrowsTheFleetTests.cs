using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Tests.Agones;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Sessions that wait, Agones' webhook autoscaler, and the FleetManager that it asks, over real HTTP on both sides.</summary>
[Collection(WholeSystem.Name)]
public sealed class WaitingGrowsTheFleetTests
{
    private const string Fleet = FleetManagerCell.Fleet;

    [Fact]
    public async Task Create_MoreSessionsThanServers_TheFleetGrowsByThoseThatWaitAndAllAreServed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync(Fleet, 1);
        await using var cell = await FleetManagerCell.StartAsync([("blue", cluster)], cancellation, "FleetSystem:Fleets:0:Autoscaler:BufferSize=0");
        Assert.Equal(SessionState.Allocated, (await cell.CreateAsync("first")).State);
        string[] late = ["second", "third", "fourth"];
        foreach (var key in late) Assert.Equal(SessionState.Pending, (await cell.CreateAsync(key, deadlineSeconds: 60)).State);

        cluster.Cluster.Apply((JsonObject)JsonNode.Parse($$"""
            {
              "apiVersion": "autoscaling.agones.dev/v1", "kind": "FleetAutoscaler", "metadata": { "name": "arena", "namespace": "default" },
              "spec": {
                "fleetName": "{{Fleet}}", "sync": { "type": "FixedInterval", "fixedInterval": { "seconds": 1 } },
                "policy": { "type": "Webhook", "webhook": { "url": "{{cell.Url}}/agones/v1/fleetautoscale/blue" } }
              }
            }
            """)!);

        foreach (var key in late)
        {
            await foreach (var view in cell.Watch(key, cancellation))
            {
                Assert.False(view.Session.IsClosed, $"{key} is {view.Session.State}: {view.Session.Failure?.Message}");
                if (view.Session.HoldsServer) break;
            }
        }

        Assert.Equal(4, cluster.ServersOf(Fleet, GameServerState.Allocated).Count);
    }
}
