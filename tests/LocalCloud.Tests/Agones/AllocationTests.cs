using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Agones.Allocation;
using FleetSystem.LocalCloud.Kubernetes;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Agones;

public sealed class AllocationTests
{
    private readonly ObjectStore _store;
    private readonly GameServerAllocator _allocator;

    public AllocationTests()
    {
        var ids = new IdSource(1);
        _store = new ObjectStore(TimeProvider.System, ids);
        var index = new GameServerIndex(_store);
        _allocator = new GameServerAllocator(_store, new AllocationIndex(_store, index, ids), TimeProvider.System);
    }

    [Fact]
    public void Allocate_Packed_FullestNodeFirst()
    {
        Add("a-1", node: "a");
        Add("b-1", node: "b");
        Add("b-2", node: "b", state: GameServerState.Allocated);
        Add("c-1", node: "c");
        Add("c-2", node: "c");

        var order = Enumerable.Range(0, 4).Select(_ => Allocate("{}")!.Name).ToList();

        // b has the only Allocated one; then c has the most Ready; a is last.
        Assert.Equal(["b-1", "c-1", "c-2", "a-1"], order);
    }

    [Fact]
    public void Allocate_SelectorsInOrder_FirstThatMatchesWins()
    {
        Add("far", node: "a", labels: """{"zone": "far"}""");
        Add("near", node: "b", labels: """{"zone": "near"}""");
        const string Preference = """{"selectors": [{"matchLabels": {"zone": "near"}}, {"matchLabels": {"zone": "far"}}, {}]}""";

        Assert.Equal(["near", "far", null], [Allocate(Preference)?.Name, Allocate(Preference)?.Name, Allocate(Preference)?.Name]);
    }

    [Theory]
    [InlineData("""{"key": "zone", "operator": "In", "values": ["x", "near"]}""", "near")]
    [InlineData("""{"key": "zone", "operator": "NotIn", "values": ["near"]}""", "far")]
    [InlineData("""{"key": "spot", "operator": "Exists"}""", "far")]
    [InlineData("""{"key": "spot", "operator": "DoesNotExist"}""", "near")]
    [InlineData("""{"key": "zone", "operator": "In", "values": ["nowhere"]}""", null)]
    public void Allocate_Expressions_AsKubernetes(string expression, string? expected)
    {
        Add("far", node: "a", labels: """{"zone": "far", "spot": "true"}""");
        Add("near", node: "b", labels: """{"zone": "near"}""");

        Assert.Equal(expected, Allocate($$"""{"selectors": [{"matchExpressions": [{{expression}}]}]}""")?.Name);
    }

    [Fact]
    public void Allocate_OtherNamespaceDeletingOrNotReady_IsNotTaken()
    {
        Add("other", node: "a", @namespace: "kube-system");
        Add("starting", node: "a", state: GameServerState.Scheduled);
        Add("going", node: "a");
        _store.Update(AgonesKinds.GameServer, "default/going", body =>
        {
            body["metadata"]!["finalizers"] = new JsonArray("x/y");
            return true;
        });
        _store.Delete(AgonesKinds.GameServer, "default/going");

        Assert.Null(Allocate("{}"));
    }

    [Fact]
    public void Allocate_Distributed_SpreadsOverNodesAndFollowsTheSeed()
    {
        for (var i = 0; i < 60; i++) Add($"s-{i:00}", node: $"n{i % 3}");

        var nodes = Enumerable.Range(0, 30).Select(_ => GameServerFacts.Of(Allocate("""{"scheduling": "Distributed"}""")!).NodeName).ToList();

        Assert.All(nodes.GroupBy(node => node), group => Assert.InRange(group.Count(), 4, 18));
        Assert.Equal(3, nodes.Distinct().Count());
    }

    [Fact]
    public void Allocate_Priorities_ByRoomInEitherOrder()
    {
        Add("full", node: "a", counters: """{"rooms": {"count": 3, "capacity": 4}}""");
        Add("empty", node: "a", counters: """{"rooms": {"count": 0, "capacity": 4}}""");

        Assert.Equal("full", Allocate("""{"priorities": [{"type": "Counter", "key": "rooms", "order": "Ascending"}]}""")!.Name);
        Add("fuller", node: "a", counters: """{"rooms": {"count": 2, "capacity": 4}}""");
        Assert.Equal("empty", Allocate("""{"priorities": [{"type": "Counter", "key": "rooms", "order": "Descending"}]}""")!.Name);
    }

    [Theory]
    [InlineData("""{"maxCount": 1}""", "empty")]
    [InlineData("""{"minCount": 1}""", "full")]
    [InlineData("""{"minAvailable": 4}""", "empty")]
    [InlineData("""{"maxAvailable": 1}""", "full")]
    [InlineData("""{"minAvailable": 9}""", null)]
    public void Allocate_CounterBounds_AreKept(string bounds, string? expected)
    {
        Add("full", node: "a", counters: """{"rooms": {"count": 3, "capacity": 4}}""");
        Add("empty", node: "a", counters: """{"rooms": {"count": 0, "capacity": 4}}""");
        Add("none", node: "a");

        Assert.Equal(expected, Allocate($$"""{"selectors": [{"counters": {"rooms": {{bounds}} } }]}""")?.Name);
    }

    [Fact]
    public void Allocate_ListActions_AddWhatFitsOnce()
    {
        Add("a", node: "a", lists: """{"players": {"capacity": 3, "values": ["p1"]}}""");

        var server = Allocate("""{"lists": {"players": {"addValues": ["p1", "p2", "p3", "p4"]}}, "counters": {"absent": {"action": "Increment", "amount": 1}}}""")!;

        Assert.Equal("""["p1","p2","p3"]""", server.ToJson()["status"]!["lists"]!["players"]!["values"]!.ToJsonString());
    }

    [Fact]
    public async Task Allocate_ManyAtOnceWhileLabelsChange_EachServerOnce()
    {
        for (var i = 0; i < 300; i++) Add($"s-{i}", node: $"n{i % 5}");
        using var stop = new CancellationTokenSource();
        var labelling = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                _store.Update(AgonesKinds.GameServer, $"default/s-{i % 300}", body =>
                {
                    body["metadata"]!.AsObject().Ensure("labels")["touched"] = $"{i}";
                    return true;
                });
            }
        }, TestContext.Current.CancellationToken);

        var names = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 80).Select(_ => Allocate("{}")?.Name).ToList())))).SelectMany(list => list).ToList();
        await stop.CancelAsync();
        await labelling;

        Assert.Equal(300, names.OfType<string>().Distinct().Count());
        Assert.Equal(20, names.Count(name => name is null));
    }

    [Fact]
    public async Task Post_ClientGivesUpDuringTheBatchWait_TheServerIsClaimedAllTheSame()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await TestCluster.StartAsync(allocationDelay: TimeSpan.FromMilliseconds(500), time: time);
        await using (TimeProvider.System.CreateTimer(_ => time.Advance(TimeSpan.FromMilliseconds(50)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10)))
        {
            await cluster.StartFleetAsync("arena", 1);
        }

        using var giveUp = new CancellationTokenSource();
        var reached = new TaskCompletionSource();
        cluster.Cluster.OnRequest = _ => reached.TrySetResult();
        using var content = new StringContent("""{"apiVersion": "allocation.agones.dev/v1", "kind": "GameServerAllocation", "spec": {}}""", Encoding.UTF8, "application/json");

        var asked = cluster.Http.PostAsync("/apis/allocation.agones.dev/v1/namespaces/default/gameserverallocations", content, giveUp.Token);
        await reached.Task;
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await using var passing = TimeProvider.System.CreateTimer(_ => time.Advance(TimeSpan.FromMilliseconds(500)), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));

        await cluster.UntilAsync(() => cluster.ServersOf("arena", GameServerState.Allocated).Count == 1);
    }

    [Theory]
    [InlineData("""{"selectors": [{"matchExpressions": [{"key": "a", "operator": "Near", "values": ["x"]}]}]}""", "spec.selectors[0].labelSelector")]
    [InlineData("""{"selectors": [{}, {"matchExpressions": [{"key": "a", "operator": "In"}]}]}""", "spec.selectors[1].labelSelector")]
    [InlineData("""{"selectors": [{"gameServerState": "Shutdown"}]}""", "spec.selectors[0].gameServerState")]
    [InlineData("""{"metadata": {"labels": {"bad key!": "x"}}}""", "spec.metadata.labels")]
    [InlineData("""{"metadata": {"annotations": {"bad key!": "x"}}}""", "spec.metadata.annotations")]
    [InlineData("""{"priorities": [{"type": "Rooms", "key": "x"}]}""", "spec.priorities[0].type")]
    [InlineData("""{"counters": {"rooms": {"action": "Double"}}}""", "spec.counters[rooms].action")]
    public void Read_InvalidSpec_IsRefusedWithTheFieldsPath(string spec, string field)
    {
        var refused = Assert.Throws<ApiException>(() => Read(spec));

        Assert.Equal(422, refused.Code);
        Assert.Equal(field, (string?)refused.ToStatus()["details"]!["causes"]![0]!["field"]);
    }

    private StoredObject? Allocate(string spec) => _allocator.Allocate(Read(spec));

    private static AllocationRequest Read(string spec) => AllocationRequest.Read(Encoding.UTF8.GetBytes(
        $$"""{"apiVersion": "allocation.agones.dev/v1", "kind": "GameServerAllocation", "spec": {{spec}} }"""), "default");

    private void Add(
        string name, string node, string state = GameServerState.Ready, string @namespace = "default", string labels = "{}", string counters = "{}", string lists = "{}") =>
        _store.Create(AgonesKinds.GameServer, Body(name, node, state, @namespace, labels, counters, lists));

    private static JsonObject Body(string name, string node, string state, string @namespace, string labels, string counters, string lists) => (JsonObject)JsonNode.Parse($$"""
        {"metadata": {"name": "{{name}}", "namespace": "{{@namespace}}", "labels": {{labels}} },
         "status": {"state": "{{state}}", "nodeName": "{{node}}", "counters": {{counters}}, "lists": {{lists}} } }
        """)!;
}
