using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Allocator.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>A director that was written for agones-allocator, against the whole system.</summary>
[Collection(WholeSystem.Name)]
public sealed class AllocatorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Allocate_BothProtocols_ClaimServersInTheZoneAskedForAndRepeatThemselves()
    {
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = ["ap-northeast-2"];
                options.ServersPerZone = 1;
                options.SimulatedServers = 9;
            },
            Cancellation);
        var region = cloud.Regions[0];
        var zone = region.Zones[1];
        using var http = new HttpClient { BaseAddress = cloud.AllocatorUrls.Http };
        using var channel = GrpcChannel.ForAddress(cloud.AllocatorUrls.Grpc);
        var grpc = new AllocationService.AllocationServiceClient(channel);

        // Over HTTP, twice with one key.
        var first = await PostAsync(http, zone, "match-1");
        var again = await PostAsync(http, zone, "match-1");
        var name = (string)first["gameServerName"]!;
        Assert.Equal(name, (string?)again["gameServerName"]);
        Assert.Equal(("ap-northeast-2", zone), ((string?)first["source"], ZoneOf(region, name)));
        Assert.Equal("yes", (string?)first["metadata"]!["labels"]!["studio"]);
        AssertSame(first, again);

        // The same over gRPC: the key of the other protocol, then keys of its own.
        Assert.Equal(name, (await AllocateAsync(grpc, zone, "match-1")).GameServerName);
        var second = await AllocateAsync(grpc, zone, "match-2");
        Assert.NotEqual(name, second.GameServerName);
        Assert.Equal(zone, ZoneOf(region, second.GameServerName));
        Assert.InRange(Assert.Single(second.Ports).Port, 1, 65535);
        Assert.Equal(2, cloud.AllocatedServers(region.Id));

        // Nothing matches.
        var none = new AllocationRequest { Namespace = "default", GameServerSelectors = { new GameServerSelector { MatchLabels = { [AgonesKeys.Fleet] = "nowhere" } } } };
        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await grpc.AllocateAsync(none, cancellationToken: Cancellation))).StatusCode);

        // It is the director's: tagged, and no session's.
        var labels = region.Cluster.Store.List(AgonesKinds.GameServer).Objects.Values.Single(server => server.Name == name).Labels;
        Assert.Equal(AllocationTags.FromKey("", "match-1"), labels[AllocationTags.KeyOf(AllocationTags.FromKey("", "match-1"))]);
        Assert.False(labels.ContainsKey(AgonesKeys.Session));
    }

    private static async Task<JsonObject> PostAsync(HttpClient http, string zone, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/gameserverallocation")
        {
            Content = JsonContent.Create(JsonNode.Parse("""{"namespace":"default","gameServerSelectors":[{"matchLabels":{"agones.dev/fleet":"arena-simulated"}}],"metadata":{"labels":{"studio":"yes"}}}""")),
        };
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Add("fleetsystem-zone", zone);
        using var response = await http.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, text);
        return (JsonObject)JsonNode.Parse(text)!;
    }

    private static async Task<AllocationResponse> AllocateAsync(AllocationService.AllocationServiceClient grpc, string zone, string key) => await grpc.AllocateAsync(
        new AllocationRequest
        {
            Namespace = "default",
            GameServerSelectors = { new GameServerSelector { MatchLabels = { [AgonesKeys.Fleet] = LocalFleet.SimulatedName } } },
            Metadata = new MetaPatch { Labels = { ["studio"] = "yes" } },
        },
        new Metadata { { "idempotency-key", key }, { "fleetsystem-zone", zone } },
        cancellationToken: Cancellation);

    private static string ZoneOf(LocalRegion region, string server) =>
        region.Cluster.Store.List(AgonesKinds.GameServer).Objects.Values.Single(candidate => candidate.Name == server).Labels[AgonesKeys.Zone];

    private static void AssertSame(JsonObject expected, JsonObject actual) => Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected}\n{actual}");
}
