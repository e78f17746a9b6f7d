using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Tests.Agones;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>An operator's word on a fleet's size, where Agones' webhook autoscaler asks the FleetManager that he told, over real HTTP on both sides.</summary>
[Collection(WholeSystem.Name)]
public sealed class FleetSizeByWebhookTests
{
    private const string Fleet = FleetManagerCell.Fleet;

    [Fact]
    public async Task PutSize_MoreServers_AgonesIsToldWhenItAsksNextAndStartsThem()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync(Fleet, 1);
        await using var cell = await FleetManagerCell.StartAsync([("blue", cluster)], cancellation, "FleetSystem:Fleets:0:Autoscaler:BufferSize=1");
        cluster.Cluster.Apply((JsonObject)JsonNode.Parse($$"""
            {
              "apiVersion": "autoscaling.agones.dev/v1", "kind": "FleetAutoscaler", "metadata": { "name": "arena", "namespace": "default" },
              "spec": {
                "fleetName": "{{Fleet}}", "sync": { "type": "FixedInterval", "fixedInterval": { "seconds": 1 } },
                "policy": { "type": "Webhook", "webhook": { "url": "{{cell.Url}}/agones/v1/fleetautoscale/blue" } }
              }
            }
            """)!);
        using var http = new HttpClient { BaseAddress = new Uri($"{cell.Url}/ops/v1/fleets/{Fleet}/sizes/") };
        var seen = await http.GetFromJsonAsync<JsonNode>("", cancellation);
        var size = seen!["clusters"]![0]!["agonesFleets"]![0]!;
        Assert.Equal((true, 1), ((bool)size["autoscaler"]!["asksFleetManager"]!, (int)size["autoscaler"]!["bufferSize"]!));

        using var answer = await http.PutAsJsonAsync($"blue/{Fleet}", new { version = (string)size["version"]!, minReplicas = 3, reason = "a tournament" }, cancellation);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        await cluster.UntilAsync(() => cluster.ServersOf(Fleet, GameServerState.Ready).Count == 3);
    }
}
