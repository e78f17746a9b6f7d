using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using Microsoft.Extensions.Time.Testing;
using static FleetSystem.FleetManager.Tests.Kubernetes.ClusterFixture;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class AllocationTests
{
    private static readonly AllocationOrder Order = new(
        [
            new ServerSelector(
                new Dictionary<string, string> { [AgonesKeys.Fleet] = "arena", [AgonesKeys.Zone] = "ap-northeast-2b" },
                [LabelRequirement.NotIn(AgonesKeys.Node, ["dead-1", "dead-2"])]),
            new ServerSelector(new Dictionary<string, string> { [AgonesKeys.Fleet] = "arena" }, []),
        ],
        new Dictionary<string, string> { [AgonesKeys.Session] = "s-1", [AgonesKeys.Incarnation] = "1" },
        new Dictionary<string, string> { [AgonesKeys.Expires] = "2030-01-01T00:00:00Z" });

    [Fact]
    public async Task AllocateAsync_RecordedAnswer_IsTheServer()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("POST gameserverallocations", Answers.Recorded(Recording.Load("14-allocate-preferred-zone")));

        var answer = await fixture.Cluster.AllocateAsync(Order, Cancelled);

        var server = Assert.IsType<AllocationAnswer.Allocated>(answer).Server;
        Assert.Equal(("arena-bsbjh-n2lrt", "", "arena", GameServerState.Allocated), (server.Name, server.Uid, server.Fleet, server.State));
        Assert.Equal(("fake-2b-1", "127.0.11.2", 7007), (server.Node, server.Address, server.Port));
    }

    [Fact]
    public async Task AllocateAsync_Order_IsPostedAsAgonesReadsIt()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("POST gameserverallocations", Answers.Recorded(Recording.Load("16-allocate-none")));

        Assert.Equal(new AllocationAnswer.NoServer(Contention: false), await fixture.Cluster.AllocateAsync(Order, Cancelled));

        var request = Assert.Single(fixture.Server.Requests);
        Assert.Equal("/apis/allocation.agones.dev/v1/namespaces/default/gameserverallocations", request.Path);
        Assert.Equal(("application/json", "application/json", "Bearer secret-token"), (request.ContentType, request.Accept, request.Authorization));
        var expected = JsonNode.Parse("""
            {"apiVersion":"allocation.agones.dev/v1","kind":"GameServerAllocation","metadata":{"namespace":"default"},"spec":{
              "scheduling":"Packed",
              "selectors":[
                {"matchLabels":{"agones.dev/fleet":"arena","fleetsystem.dev/zone":"ap-northeast-2b"},
                 "matchExpressions":[{"key":"fleetsystem.dev/node","operator":"NotIn","values":["dead-1","dead-2"]}],"gameServerState":"Ready"},
                {"matchLabels":{"agones.dev/fleet":"arena"},"gameServerState":"Ready"}],
              "metadata":{"labels":{"fleetsystem.dev/session":"s-1","fleetsystem.dev/incarnation":"1"},
                "annotations":{"fleetsystem.dev/expires":"2030-01-01T00:00:00Z"}}}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(request.Body)), request.Body);
    }

    [Theory]
    [InlineData(0, 422)]
    [InlineData(1, 422)]
    [InlineData(2, 422)]
    [InlineData(4, 405)]
    public async Task AllocateAsync_RecordedRefusal_IsNotWorthTryingAgain(int exchange, int status)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("POST gameserverallocations", Answers.Recorded(Recording.Load("18-allocate-refused", exchange)));

        var refused = Assert.IsType<AllocationAnswer.Refused>(await fixture.Cluster.AllocateAsync(Order, Cancelled));

        Assert.False(refused.Transient);
        Assert.StartsWith($"{status}", refused.Reason);
    }

    [Fact]
    public async Task AllocateAsync_ServerCannotBeReached_IsTransientlyRefused()
    {
        await using var fixture = await StartAsync();
        fixture.Server.WriteKubeConfig($"http://127.0.0.1:{ClosedPort()}");

        Assert.True(Assert.IsType<AllocationAnswer.Refused>(await fixture.Cluster.AllocateAsync(Order, Cancelled)).Transient);
    }

    [Fact]
    public async Task AllocateAsync_ConnectionDoesNotComeUp_IsTransientlyRefused()
    {
        await using var fixture = await StartAsync(new KubernetesAdapterOptions { ConnectTimeout = TimeSpan.FromMilliseconds(100), AllocationTimeout = TimeSpan.FromMinutes(1) });
        using var full = new FullBacklog();
        fixture.Server.WriteKubeConfig($"http://{full.Address}");

        var answer = await fixture.Cluster.AllocateAsync(Order, Cancelled);

        Assert.True(answer is AllocationAnswer.Refused { Transient: true }, answer.ToString());
    }

    [Fact]
    public async Task AllocateAsync_KubeConfigMissing_IsTransientlyRefusedAndNamesTheFile()
    {
        await using var cluster = Connect("/nowhere/kubeconfig");

        var refused = Assert.IsType<AllocationAnswer.Refused>(await cluster.AllocateAsync(Order, Cancelled));

        Assert.True(refused.Transient);
        Assert.Contains("/nowhere/kubeconfig", refused.Reason);
    }

    [Fact]
    public async Task AllocateAsync_ConnectionResetAfterSending_IsUnknown()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("POST gameserverallocations", Answers.Reset);

        Assert.IsType<AllocationAnswer.Unknown>(await fixture.Cluster.AllocateAsync(Order, Cancelled));
        Assert.Single(fixture.Server.Requests); // Nothing below tries a POST again by itself.
    }

    [Fact]
    public async Task AllocateAsync_AnswerBreaksOff_IsUnknown()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("POST gameserverallocations", Answers.Truncated(201, Recording.Load("14-allocate-preferred-zone").Body));

        Assert.IsType<AllocationAnswer.Unknown>(await fixture.Cluster.AllocateAsync(Order, Cancelled));
    }

    [Fact]
    public async Task AllocateAsync_NoAnswerWithinTheDeadline_IsUnknown()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StartAsync(time: time);
        var asked = new TaskCompletionSource();
        fixture.Server.On("POST gameserverallocations", Answers.Never(asked));

        var allocation = fixture.Cluster.AllocateAsync(Order, Cancelled);
        await Within(asked.Task);
        time.Advance(FastOptions.AllocationTimeout - TimeSpan.FromTicks(1));
        Assert.False(allocation.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));

        Assert.Contains("within 5 s", Assert.IsType<AllocationAnswer.Unknown>(await Within(allocation)).Reason);
    }

    [Fact]
    public async Task AllocateAsync_CallerCancels_Throws()
    {
        await using var fixture = await StartAsync();
        using var cancel = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        fixture.Server.On("POST gameserverallocations", Answers.Never(asked));

        var allocation = fixture.Cluster.AllocateAsync(Order, cancel.Token);
        await Within(asked.Task);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(allocation));
    }

    [Fact]
    public async Task AllocateAsync_Throttled_IsTransientlyRefused()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On(
            "POST gameserverallocations",
            Answers.Status(429, "too many requests", "TooManyRequests", retryAfter: 1),
            Answers.Status(503, "service unavailable", plain: true),
            Answers.Status(503, "apiserver is starting", retryAfter: 5, plain: true));

        for (var i = 0; i < 3; i++) Assert.True(Assert.IsType<AllocationAnswer.Refused>(await fixture.Cluster.AllocateAsync(Order, Cancelled)).Transient);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A listener that accepts nothing and whose queue is full: a SYN to it is dropped, as by a host that is gone.</summary>
    private sealed class FullBacklog : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _fillers = [];

        public FullBacklog()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            for (var i = 0; i < 8; i++)
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _fillers.Add(filler);
                try
                {
                    filler.Connect(_listener.LocalEndPoint!);
                }
                catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // On its way.
                }
            }
        }

        public string Address => _listener.LocalEndPoint!.ToString()!;

        public void Dispose()
        {
            foreach (var filler in _fillers) filler.Dispose();
            _listener.Dispose();
        }
    }
}
