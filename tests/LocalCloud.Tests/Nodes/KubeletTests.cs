using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;
using FleetSystem.LocalCloud.Tests.Agones;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Nodes;

public sealed class KubeletTests
{
    private readonly FakePodRuntime _runtime = new();

    [Fact]
    public async Task Start_ScheduledPod_RuntimeIsToldWhatTheObjectsSay()
    {
        await using var cluster = await StartAsync(replicas: 1);
        await cluster.UntilAsync(() => !_runtime.Starts.IsEmpty && Pods(cluster).All(pod => PodFacts.Of(pod).Phase == PodFacts.Running));

        var start = Assert.Single(_runtime.Starts);
        var server = cluster.ServersOf("arena").Single();
        Assert.Equal((server.Name, "example/arena:1", "127.0.10.1"), (start.Name, start.Image, start.NodeAddress.ToString()));
        Assert.Equal(["--map", "dust"], start.Arguments);
        Assert.Equal("v", start.Environment["K"]);
        var port = Assert.Single(start.Ports);
        Assert.Equal(("game", 7777, "UDP"), (port.Name, port.ContainerPort, port.Protocol));
        Assert.Equal(port.HostPort, (int)server.ToJson()["spec"]!["ports"]![0]!["hostPort"]!);
        Assert.Equal(server.Uid, start.GameServer.Current!["metadata"]!["uid"]!.GetValue<string>());
    }

    [Fact]
    public async Task Start_ServerSaysReadyThroughItsSdk_BecomesReadyWithItsAddress()
    {
        await using var cluster = await StartAsync(replicas: 1);
        await SayReadyAsync(cluster, 1);

        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 1);

        var status = cluster.ServersOf("arena").Single().ToJson()["status"]!;
        Assert.Equal("127.0.10.1", (string?)status["address"]);
        Assert.InRange((int)status["ports"]![0]!["port"]!, 7000, 8000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task Exit_WithoutShutdown_PodEndsAndTheServerIsReplaced(int code)
    {
        await using var cluster = await StartAsync(replicas: 1);
        await SayReadyAsync(cluster, 1);
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 1);
        var first = _runtime.Starts.First().Name;

        _runtime.Pods[first].Exit(code);

        await cluster.UntilAsync(() => cluster.Server(first) is null && _runtime.Starts.Count == 2);
        Assert.True(_runtime.Pods[first].Disposed);
    }

    [Fact]
    public async Task Delete_RunningServer_IsStoppedWithThePodsGrace()
    {
        await using var cluster = await StartAsync(replicas: 1);
        await SayReadyAsync(cluster, 1);
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 1);
        var name = _runtime.Starts.First().Name;

        cluster.Store.Delete(AgonesKinds.GameServer, "default/" + name);

        await cluster.UntilAsync(() => cluster.Server(name) is null);
        Assert.Equal(TimeSpan.FromSeconds(30), _runtime.Pods[name].StoppedWithGrace);
    }

    [Fact]
    public async Task Start_RefusedTwice_IsTriedAgainAndRuns()
    {
        var time = new FakeTimeProvider();
        _runtime.Refuse(2);
        await using var cluster = await StartAsync(replicas: 1, time);
        await WaitingAsync(cluster, time, () => _runtime.Starts.Count == 3 && Pods(cluster).Any(pod => PodFacts.Of(pod).Phase == PodFacts.Running));

        Assert.Single(cluster.ServersOf("arena"));
        Assert.Single(_runtime.Starts.Select(start => start.Name).Distinct());
    }

    [Fact]
    public async Task Start_RefusedTooOften_PodFailsAndAnotherServerIsTried()
    {
        var time = new FakeTimeProvider();
        _runtime.Refuse(Kubelet.StartAttemptLimit);
        await using var cluster = await StartAsync(replicas: 1, time);
        var failed = new List<string?>();
        cluster.Store.Observe((change, _) =>
        {
            if (change.Object.Kind == CoreKinds.Pod && PodFacts.Of(change.Object).Phase == PodFacts.Failed) failed.Add((string?)change.Object.ToJson()["status"]!["message"]);
        });

        await WaitingAsync(cluster, time, () => _runtime.Pods.Count == 1);

        Assert.Contains("the port is taken", failed);
        Assert.NotEqual(_runtime.Starts.First().Name, _runtime.Pods.Keys.Single());
    }

    [Fact]
    public async Task Dispose_RunningPods_EveryPodIsStopped()
    {
        var cluster = await StartAsync(replicas: 3);
        await cluster.UntilAsync(() => _runtime.Pods.Count == 3);

        await cluster.DisposeAsync();

        Assert.All(_runtime.Pods.Values, pod => Assert.True(pod.Disposed && pod.StoppedWithGrace is not null));
    }

    [Fact]
    public async Task IsolateNode_ProcessEndsMeanwhile_IsReportedWhenTheNodeIsBack()
    {
        await using var cluster = await StartAsync(replicas: 1);
        await SayReadyAsync(cluster, 1);
        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Ready).Count == 1);
        var name = _runtime.Starts.First().Name;
        var node = GameServerFacts.Of(cluster.Server(name)!).NodeName;

        await cluster.Cluster.Faults.IsolateNodeAsync(node);
        Assert.Null(_runtime.Pods[name].StoppedWithGrace);
        _runtime.Pods[name].Exit(1);
        Assert.Equal(GameServerState.Ready, GameServerFacts.Of(cluster.Server(name)!).State);
        cluster.Cluster.Faults.RestoreNode(node);

        await cluster.UntilAsync(() => cluster.Server(name) is null);
    }

    private async Task<TestCluster> StartAsync(int replicas, TimeProvider? time = null)
    {
        var cluster = await TestCluster.StartAsync(time: time, runtime: _runtime);
        var fleet = TestCluster.Fleet("arena", replicas, "example/arena:1");
        var container = fleet["spec"]!["template"]!["spec"]!["template"]!["spec"]!["containers"]![0]!;
        container["args"] = new JsonArray("--map", "dust");
        container["env"] = new JsonArray(new JsonObject { ["name"] = "K", ["value"] = "v" });
        cluster.Cluster.Apply(fleet);
        return cluster;
    }

    private async Task SayReadyAsync(TestCluster cluster, int servers)
    {
        await cluster.UntilAsync(() => _runtime.Pods.Count == servers);
        foreach (var start in _runtime.Starts)
        {
            start.GameServer.Update(body =>
            {
                body["status"]!["state"] = GameServerState.RequestReady;
                return true;
            });
        }
    }

    /// <summary>Lets time pass, a second after every change, until the condition holds.</summary>
    private static async Task WaitingAsync(TestCluster cluster, FakeTimeProvider time, Func<bool> condition)
    {
        await using var passing = TimeProvider.System.CreateTimer(_ => time.Advance(TimeSpan.FromSeconds(1)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        await cluster.UntilAsync(condition);
    }

    private static IEnumerable<StoredObject> Pods(TestCluster cluster) => cluster.Store.List(CoreKinds.Pod).Objects.Values;
}
