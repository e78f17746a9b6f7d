using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using GameServerState = FleetSystem.LocalCloud.Agones.GameServerState;

namespace FleetSystem.LocalCloud.Tests.Agones;

/// <summary>A fleet's size through FleetManager's adapter: what it reads, what it changes, and what Agones makes of that.</summary>
public sealed class FleetSizeTests
{
    // As in recording 30-autoscaler-buffer, at an interval that does not come by itself.
    internal const string Buffer = """
        apiVersion: autoscaling.agones.dev/v1
        kind: FleetAutoscaler
        metadata: {name: arena-buffer, namespace: default}
        spec:
          fleetName: arena
          policy: {type: Buffer, buffer: {bufferSize: 4, minReplicas: 5, maxReplicas: 20}}
          sync: {type: FixedInterval, fixedInterval: {seconds: 3600}}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scale_UpAndBelowWhatIsAllocated_ServersComeAndAllocatedOnesStay()
    {
        await using var cluster = await TestCluster.StartAsync();
        foreach (var server in (await cluster.StartFleetAsync("arena", 3)).Take(2)) Allocate(cluster, server);
        await using var services = await RightsTests.ServicesAsync(cluster, Cancelled);
        await using var adapter = services.GetRequiredService<IAgonesClusterFactory>().Connect("test");

        await ScaleAsync(adapter, 6);
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 4);
        await ScaleAsync(adapter, 0);
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 0);

        await cluster.UntilAsync(() => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Status is { Allocated: 2, Ready: 0, Replicas: 2 });
        var size = Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled));
        Assert.Equal((0, 2, 0, 2), (size.Replicas, size.CurrentReplicas, size.ReadyReplicas, size.AllocatedReplicas));
    }

    [Fact]
    public async Task Scale_TheFleetWasWrittenSince_OutdatedAndNothingChanged()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 2);
        await using var services = await RightsTests.ServicesAsync(cluster, Cancelled);
        await using var adapter = services.GetRequiredService<IAgonesClusterFactory>().Connect("test");
        var size = Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled));
        cluster.Store.Update(AgonesKinds.Fleet, "default/arena", body =>
        {
            body["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["touched"] = "yes" };
            return true;
        });

        Assert.IsType<FleetSizeAnswer.Outdated>(await adapter.ChangeFleetSizeAsync(new FleetSizePatch.Scale("arena", size.ResourceVersion, 5), Cancelled));
        Assert.IsType<FleetSizeAnswer.Outdated>(await adapter.ChangeFleetSizeAsync(new FleetSizePatch.Scale("nobody", size.ResourceVersion, 5), Cancelled));

        Assert.Equal(2, ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Replicas);
    }

    [Fact]
    public async Task Scale_WithAnAutoscaler_IsUndoneAndItsBufferIsNot()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 5);
        await using var services = await RightsTests.ServicesAsync(cluster, Cancelled);
        await using var adapter = services.GetRequiredService<IAgonesClusterFactory>().Connect("test");
        cluster.Cluster.Apply(Buffer.Replace("3600", "1", StringComparison.Ordinal));

        // Why the planner lets nobody do it.
        await ScaleAsync(adapter, 9);
        await cluster.UntilAsync(() => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Replicas == 5);

        await BufferAsync(adapter, policy => policy with { MinReplicas = 8 });
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 8);
    }

    [Fact]
    public async Task Buffer_ChangedLongBeforeItsInterval_TheAutoscalerActsAtOnceByWhatThePlannerSaid()
    {
        await using var cluster = await TestCluster.StartAsync();
        foreach (var server in (await cluster.StartFleetAsync("arena", 5)).Take(2)) Allocate(cluster, server);
        await cluster.UntilAsync(() => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Status.Allocated == 2);
        await using var services = await RightsTests.ServicesAsync(cluster, Cancelled);
        await using var adapter = services.GetRequiredService<IAgonesClusterFactory>().Connect("test");
        await ScaledAsync(cluster);
        var size = Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled));
        var plan = Assert.IsType<FleetSizePlan.Change>(FleetSizePlanner.Plan(size, new FleetSizeWish { AgonesFleet = "arena", Version = size.Version, MinReplicas = 3, BufferPercent = 75, By = "kim", Reason = "a tournament" }, 100));

        Assert.IsType<FleetSizeAnswer.Written>(await adapter.ChangeFleetSizeAsync(plan.Patch, Cancelled));
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 6);

        Assert.Contains("With 2 Allocated, FleetAutoscaler arena-buffer keeps 8 replicas", plan.Notes[0], StringComparison.Ordinal);
        Assert.Equal(plan.After.Version, Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled)).Version);
    }

    [Theory]
    [InlineData(6, 5, 20)]
    [InlineData(21, 0, 20)]
    [InlineData(4, 30, 20)]
    public async Task Buffer_WhatAgonesDoesNotTake_RefusedByItsWebhookToo(int buffer, int least, int most)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 1);
        await ScaledAsync(cluster);
        await using var services = await RightsTests.ServicesAsync(cluster, Cancelled);
        await using var adapter = services.GetRequiredService<IAgonesClusterFactory>().Connect("test");
        var autoscaler = Assert.Single(Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled)).Autoscalers);

        var refused = Assert.IsType<FleetSizeAnswer.Refused>(await adapter.ChangeFleetSizeAsync(
            new FleetSizePatch.SetBuffer(autoscaler.Name, autoscaler.ResourceVersion, new BufferPolicy(least, most, new BufferSize(buffer, IsPercent: false))), Cancelled));

        Assert.False(refused.Transient);
        Assert.Contains("admission webhook \"validations.agones.dev\" denied the request", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_TheAnswerIsLost_UnknownAndTheNextLookShowsIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 1);

        // Nobody writes to the Fleet after that.
        await cluster.UntilAsync(() => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Status.Ready == 1);
        await using var services = await RightsTests.ServicesAsync(cluster, Cancelled);
        await using var adapter = services.GetRequiredService<IAgonesClusterFactory>().Connect("test");
        var size = Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled));
        cluster.Cluster.Faults.Api.Inject = request => new ApiFault(request.Verb == "patch" ? ApiFaultKind.BreakAfter : ApiFaultKind.None);

        Assert.IsType<FleetSizeAnswer.Unknown>(await adapter.ChangeFleetSizeAsync(new FleetSizePatch.Scale("arena", size.ResourceVersion, 2), Cancelled));

        Assert.Equal(2, Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled)).Replicas);
        cluster.Cluster.Faults.Api.Unavailable = true;
        Assert.True(Assert.IsType<FleetSizeAnswer.Refused>(await adapter.ChangeFleetSizeAsync(new FleetSizePatch.Scale("arena", size.ResourceVersion, 3), Cancelled)).Transient);
        await Assert.ThrowsAsync<ClusterUnreachableException>(() => adapter.ReadFleetSizesAsync(Cancelled));
    }

    internal static async Task ScaleAsync(IAgonesCluster adapter, int replicas)
    {
        // Agones writes the Fleet's status meanwhile.
        FleetSizeAnswer answer;
        do answer = await adapter.ChangeFleetSizeAsync(new FleetSizePatch.Scale("arena", Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled)).ResourceVersion, replicas), Cancelled);
        while (answer is FleetSizeAnswer.Outdated);
        Assert.IsType<FleetSizeAnswer.Written>(answer);
    }

    internal static async Task BufferAsync(IAgonesCluster adapter, Func<BufferPolicy, BufferPolicy> change)
    {
        FleetSizeAnswer answer;
        do
        {
            var autoscaler = Assert.Single(Assert.Single(await adapter.ReadFleetSizesAsync(Cancelled)).Autoscalers);
            answer = await adapter.ChangeFleetSizeAsync(new FleetSizePatch.SetBuffer(autoscaler.Name, autoscaler.ResourceVersion, change(autoscaler.Buffer!)), Cancelled);
        }
        while (answer is FleetSizeAnswer.Outdated);
        Assert.IsType<FleetSizeAnswer.Written>(answer);
    }

    /// <summary>Applies the autoscaler, and returns when it has acted: after that nobody writes to it.</summary>
    private static async Task ScaledAsync(TestCluster cluster)
    {
        cluster.Cluster.Apply(Buffer);
        await cluster.UntilAsync(() => cluster.Store.Get(AgonesKinds.FleetAutoscaler, "default/arena-buffer")!.ToJson()["status"] is not null);
    }

    private static void Allocate(TestCluster cluster, StoredObject server) => cluster.Store.Update(AgonesKinds.GameServer, server.Key, body =>
    {
        body["status"]!["state"] = GameServerState.Allocated;
        return true;
    });
}
