using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class ReadingTests
{
    private const string ReadyServer = """
        {"type":"MODIFIED","object":{"metadata":{"name":"a","uid":"u","resourceVersion":"12","deletionTimestamp":null,
        "labels":{"agones.dev/fleet":"arena","fleetsystem.dev/zone":"z","fleetsystem.dev/node":"n","fleetsystem.dev/session":"s","fleetsystem.dev/incarnation":"2"},
        "annotations":{"agones.dev/sdk-session-ready":"s/2"}},
        "status":{"state":"Allocated","address":"10.0.0.1","nodeName":"n","ports":[{"name":"query","port":7001},{"name":"game","port":7002}]}}}
        """;

    private static readonly GameServerSnapshot ReadySnapshot = new()
    {
        Name = "a",
        Uid = "u",
        Fleet = "arena",
        State = GameServerState.Allocated,
        Node = "n",
        ZoneLabel = "z",
        NodeLabelled = true,
        Address = "10.0.0.1",
        Port = 7001,
        Sessions = [new SessionTag("s", 2, SessionTagState.Acknowledged)],
    };

    private readonly ResourceVersion _version = new();

    [Fact]
    public void Read_RecordedReadyServer_IsItsSnapshot()
    {
        var read = ReadServer(Recording.Load("04-fleet-up-watch-gameservers").Lines[^1]);

        Assert.Equal(
            new GameServerSnapshot
            {
                Name = "arena-bsbjh-n2lrt",
                Uid = "02b2baeb-13c8-4f81-ae14-db42f0d58a66",
                Fleet = "arena",
                State = GameServerState.Ready,
                Node = "fake-2b-1",
                Address = "127.0.11.2",
                Port = 7007,
                Version = "arena:1",
                AgonesVersion = "1.56.0",
            },
            read.Item);
        Assert.Equal((WatchEventType.Modified, "394"), (read.Type, _version.ToString()));
    }

    [Theory]
    [InlineData("""{"container":"game","template":{"metadata":{"labels":{}},"spec":{"containers":[{"image":"sidecar:9","name":"log"},{"image":"registry.example:5000/studio/arena:1.4.2","name":"game"}]}}}""", "arena:1.4.2")]
    [InlineData("""{"template":{"spec":{"volumes":[],"containers":[{"name":"only","image":"arena"}]}},"ports":[]}""", "arena")]
    [InlineData("""{"template":{"spec":{"containers":[]}}}""", "")]
    [InlineData("""{"template":{"spec":[1],"containers":{}}}""", "")]
    [InlineData("7", "")]
    public void Read_Spec_VersionIsTheImageOfTheGameServersContainer(string spec, string version)
    {
        var read = ReadServer("""{"type":"MODIFIED","object":{"metadata":{"name":"a","resourceVersion":"9"},"spec":""" + spec + """, "status":{"state":"Ready"}}}""");

        Assert.Equal((version, GameServerState.Ready), (read.Item!.Version, read.Item.State));
    }

    [Fact]
    public void Read_ServerOfSeveralSessions_EachWithWhatTheGameServerSaysOfIt()
    {
        var read = ReadServer("""
            {"type":"MODIFIED","object":{"metadata":{"name":"a","resourceVersion":"9",
            "labels":{"fleetsystem.dev/s-a":"1","fleetsystem.dev/s-b":"2","fleetsystem.dev/s-c":"1","fleetsystem.dev/s\u002dd":"many","fleetsystem.dev/zone":"z"},
            "annotations":{"agones.dev/sdk-session-ready.0":"s-b/2","agones.dev/sdk-session-ready.1":"s-a/1/ended","agones.dev/sdk-session-ready.2":"s-c/7","fleetsystem.dev/s-a.expires":"2026-11-25T00:00:00Z"}},
            "status":{"state":"Allocated"}}}
            """);

        Assert.Equal(
            [
                new SessionTag("s-a", 1, SessionTagState.Ended, Shared: true),
                new SessionTag("s-b", 2, SessionTagState.Acknowledged, Shared: true),
                new SessionTag("s-c", 1, SessionTagState.Claimed, Shared: true),
                new SessionTag("s-d", 0, SessionTagState.Claimed, Shared: true),
            ],
            read.Item!.Sessions);
        Assert.Equal("z", read.Item.ZoneLabel);
    }

    [Fact]
    public void Read_RecordedStart_GoesThroughEveryState() => Assert.Equal(
        [
            GameServerState.PortAllocation, GameServerState.Creating, GameServerState.Starting, GameServerState.Scheduled,
            GameServerState.RequestReady, GameServerState.Ready,
        ],
        Recording.Load("04-fleet-up-watch-gameservers").Lines.Select(line => ReadServer(line).Item!)
            .Where(server => server.Name == "arena-bsbjh-n2lrt").Select(server => server.State));

    [Theory]
    [InlineData("22-sdk-shutdown", "arena-bsbjh-bcmv7", "Shutdown", "Shutdown!", "Deleted")]
    [InlineData("23-unhealthy", "arena-bsbjh-ltmcg", "Unhealthy", "Shutdown", "Shutdown!", "Deleted")]
    [InlineData("24-delete-gameserver", "arena-bsbjh-pvnt5", "Ready!", "Deleted")]
    public void Read_RecordedEndOfAServer_IsTold(string recording, string name, params string[] expected) => Assert.Equal(
        expected,
        Recording.Load(recording, 1).Lines.Select(line => ReadServer(line)).Where(read => read.Item!.Name == name)
            .Select(read => read.Type == WatchEventType.Deleted ? "Deleted" : read.Item!.State + (read.Item.Deleting ? "!" : "")));

    [Fact]
    public void Read_RecordedBookmark_MovesTheVersionOnly()
    {
        var read = ReadServer(Recording.Load("08-watch-initial-events").Lines[^1]);

        Assert.Equal((WatchEventType.Bookmark, "412"), (read.Type, _version.ToString()));
        Assert.Null(read.Item);
    }

    [Fact]
    public void Read_RecordedNodesOfASilentZone_TurnNotReady()
    {
        var pool = new StringPool(256);
        var items = new List<NodeSnapshot>();
        ListPage.Read(Recording.Load("02-nodes").Body, new NodeResource(pool), items, _version);
        Assert.Equal(6, items.Count);
        Assert.Equal(["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"], items.Select(node => node.Zone).Distinct().Order());
        Assert.All(items, node => Assert.True(node is { Ready: true, Unschedulable: false, Taints: [] }));

        var last = Read(Recording.Load("33-zone-down-nodes").Lines[^1], new NodeResource(pool)).Item!;
        Assert.Equal(("fake-2a-0", false), (last.Name, last.Ready));
        Assert.Equal(["node.kubernetes.io/unreachable"], last.Taints);
    }

    [Fact]
    public void Read_CordonedNode_IsUnschedulable() => Assert.True(
        Read("""{"type":"ADDED","object":{"metadata":{"name":"n"},"spec":{"unschedulable":true}}}""", new NodeResource(new StringPool(256))).Item!.Unschedulable);

    [Fact]
    public void Read_RecordedFleet_CountsLag() => Assert.Equal(
        new AgonesFleetSnapshot("arena", 6, 6, 0),
        Read(Recording.Load("05-fleet-up-watch-fleet").Lines[^1], new FleetResource("default", new StringPool(256))).Item);

    [Fact]
    public void Read_RecordedList_HasAllItemsAndItsVersion()
    {
        var items = new List<GameServerSnapshot>();
        var page = ListPage.Read(Recording.Load("07-gameservers-list", 1).Body, Servers(), items, _version);

        Assert.Equal((2, "412"), (items.Count, _version.ToString()));
        Assert.StartsWith("eyJ2", page.Continue);
        Assert.Null(ListPage.Read(Recording.Load("07-gameservers-list").Body, Servers(), items, _version).Continue);
        Assert.Equal(8, items.Count);
    }

    [Fact]
    public void Read_FieldsInAnyOrder_IsTheSame()
    {
        var straight = JsonNode.Parse(ReadyServer)!;
        Assert.Equal(ReadySnapshot, ReadServer(straight.ToJsonString()).Item);
        Assert.Equal(ReadySnapshot, ReadServer(Reversed(straight).ToJsonString()).Item);
        Assert.Equal("12", _version.ToString());
    }

    [Fact]
    public void Read_LineInSegments_IsTheSame()
    {
        var bytes = Encoding.UTF8.GetBytes(ReadyServer);
        for (var size = 1; size < 40; size++)
            Assert.Equal(ReadySnapshot, WatchEvent<GameServerSnapshot>.Read(Segments(bytes, size), Servers(), _version).Item);
    }

    [Fact]
    public void Read_ManagedFieldsAndSpec_AreNotTakenForTheObject() => Assert.Equal(
        ReadySnapshot,
        ReadServer(ReadyServer.Replace("\"metadata\":{", """
            "spec":{"name":"x","state":"Ready","ports":[{"port":1}],"metadata":{"name":"y"}},"metadata":{"managedFields":[{"name":"m","fieldsV1":{"f:status":{},"state":"Error"}}],
            """, StringComparison.Ordinal)).Item);

    [Theory]
    [InlineData("\"state\":\"Allocated\"", "\"state\":\"Brewing\"", GameServerState.Unknown, 7001)]
    [InlineData("\"state\":\"Allocated\"", "\"state\":{\"phase\":[1,2]}", GameServerState.Unknown, 7001)]
    [InlineData("\"port\":7001", "\"port\":\"7001\"", GameServerState.Allocated, 7002)]
    [InlineData("\"port\":7001", "\"port\":70010", GameServerState.Allocated, 7002)]
    [InlineData("\"ports\":[", "\"ports\":null,\"other\":[", GameServerState.Allocated, 0)]
    public void Read_FieldOfAnotherShape_CountsAsAbsent(string from, string to, GameServerState state, int port)
    {
        var server = ReadServer(ReadyServer.Replace(from, to, StringComparison.Ordinal)).Item!;
        Assert.Equal((state, port, "n"), (server.State, server.Port, server.Node));
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("status")]
    [InlineData("spec")]
    public void Read_PartIsNull_DoesNotStopTheReader(string part)
    {
        var json = $$"""{"type":"ADDED","object":{"{{part}}":null,"metadata":{"name":"a","labels":null,"annotations":[]},"status":{"ports":{} } } }""";
        Assert.Equal("a", ReadServer(json).Item!.Name);
        Assert.Equal("a", Read(json, new NodeResource(new StringPool(256))).Item!.Name);
        Assert.Equal("a", Read(json, new FleetResource("default", new StringPool(256))).Item!.Name);
    }

    [Fact]
    public void Read_TypeNotKnown_IsPassedOver() =>
        Assert.Equal(default, ReadServer("""{"type":"COMPACTED","object":{"metadata":{"name":"a"}}}"""));

    [Theory]
    [InlineData("game", 7002)]
    [InlineData("voice", 0)]
    [InlineData(null, 7001)]
    public void Read_PortNamedByTheFleet_IsThatOneOrNone(string? name, int expected)
    {
        var resource = new GameServerResource("default", new StringPool(256), new PortNames([new FleetOptions { Id = "arena", Port = name }]));
        Assert.Equal(expected, Read(ReadyServer, resource).Item!.Port);
    }

    [Fact]
    public void Read_ManyServersOfANode_ShareItsStrings()
    {
        var resource = Servers();
        var (first, second) = (Read(ReadyServer, resource).Item!, Read(ReadyServer, resource).Item!);
        Assert.Same(first.Node, second.Node);
        Assert.Same(first.Fleet, second.Fleet);
        Assert.Same(first.ZoneLabel, second.ZoneLabel);
        Assert.Same(first.Address, second.Address);
    }

    [Fact]
    public void Read_RecordedEvent_AllocatesLittleMoreThanTheSnapshot()
    {
        var resource = Servers();
        var line = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Recording.Load("04-fleet-up-watch-gameservers").Lines[^1]));
        WatchEvent<GameServerSnapshot>.Read(line, resource, _version);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) WatchEvent<GameServerSnapshot>.Read(line, resource, _version);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 1, 400);
    }

    [Fact]
    public void StringPool_Full_StartsAnewAndStaysBounded()
    {
        var pool = new StringPool(capacity: 4);
        for (var i = 0; i < 100; i++) Assert.Equal($"n-{i}", Pooled(pool, $"n-{i}"));
        Assert.InRange(pool.Count, 1, 4);
        Assert.Equal(new string('x', 500), Pooled(pool, new string('x', 500)));
        Assert.Equal("서울 \"\n", Pooled(pool, "서울 \"\n"));
    }

    private static string Pooled(StringPool pool, string text)
    {
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(text));
        reader.Read();
        return pool.Get(ref reader);
    }

    private static GameServerResource Servers() => new("default", new StringPool(256), new PortNames([]));

    private WatchEvent<GameServerSnapshot> ReadServer(string line) => Read(line, Servers());

    private WatchEvent<T> Read<T>(string line, WatchedResource<T> resource)
        where T : class =>
        WatchEvent<T>.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)), resource, _version);

    private static JsonNode Reversed(JsonNode node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Reverse().Select(field => KeyValuePair.Create(field.Key, field.Value is null ? null : Reversed(field.Value)))!),
        _ => node.DeepClone(),
    };

    private static ReadOnlySequence<byte> Segments(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, size), null);
        var last = first;
        for (var at = size; at < bytes.Length; at += size) last = new Segment(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
