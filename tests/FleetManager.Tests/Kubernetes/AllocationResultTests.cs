using System.Text;
using FleetSystem.FleetManager.Kubernetes.Reading;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class AllocationResultTests
{
    private static readonly PortNames AnyPort = new([]);

    [Fact]
    public void FromSuccess_TaggedServer_HasSessionZoneAndAcknowledgement()
    {
        var body = """
            {"status":{"state":"Allocated","gameServerName":"a-1","ports":[{"name":"query","port":7001},{"name":"game","port":7002}],
             "address":"10.0.0.1","nodeName":"n-1","metadata":{"labels":{"agones.dev/fleet":"arena","fleetsystem.dev/zone":"z-1","fleetsystem.dev/node":"n-1",
             "fleetsystem.dev/session":"s-1","fleetsystem.dev/incarnation":"3"},"annotations":{"agones.dev/sdk-session-ready":"s-0/1"}}}}
            """u8;

        var answer = AllocationResult.FromSuccess(body, new PortNames([new FleetOptions { Id = "arena", Port = "game" }]));

        Assert.Equal(
            new GameServerSnapshot
            {
                Name = "a-1",
                Fleet = "arena",
                State = GameServerState.Allocated,
                Node = "n-1",
                ZoneLabel = "z-1",
                NodeLabelled = true,
                Address = "10.0.0.1",
                Port = 7002,
                Sessions = [new SessionTag("s-1", 3)],
            },
            Assert.IsType<AllocationAnswer.Allocated>(answer).Server);
    }

    [Fact]
    public void FromSuccess_RecordedServer_HasAllThatAgonesTold()
    {
        var status = Status(Recording.Load("14-allocate-preferred-zone"));

        Assert.Equal([new ServerPort("game", 7007)], status.Ports);
        Assert.Equal([new ServerAddress("InternalIP", "127.0.11.2"), new ServerAddress("Hostname", "fake-2b-1"), new ServerAddress("PodIP", "127.64.0.4")], status.Addresses);
        Assert.Equal(6, status.Labels.Count);
        Assert.Equal(("s-1", "arena"), (status.Labels["fleet/session"], status.Labels["game"]));
        Assert.Equal(
            ["agones.dev/last-allocated", "agones.dev/sdk-version", "fleet/expires", "owner"], status.Annotations.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(status.Counters);
        Assert.Empty(status.Lists);
    }

    [Theory]
    [InlineData(0, 1, "p1")]
    [InlineData(1, 2, "p1,p2")]
    [InlineData(3, 1, "p4")]
    public void FromSuccess_RecordedCounters_AreAsAfterTheAllocation(int exchange, long rooms, string players)
    {
        var status = Status(Recording.Load("21-allocate-counters", exchange));

        Assert.Equal(new CounterStatus(rooms, 3), status.Counters["rooms"]);
        Assert.Equal(new ListStatus(players.Split(','), 4), status.Lists["players"]);
    }

    [Fact]
    public void FromSuccess_FieldsOfAnotherShape_CountAsAbsent()
    {
        var body = """
            {"status":{"state":"Allocated","gameServerName":"a-1","addresses":{},"counters":{"rooms":3,"seats":{"count":"x","capacity":9,"new":[]}},
             "lists":{"players":{"values":[1,"p",{}]}},"metadata":{"labels":[],"annotations":{"a":1,"b":"c"}}}}
            """u8;

        var status = Assert.IsType<AllocationAnswer.Allocated>(AllocationResult.FromSuccess(body, AnyPort)).Status;

        Assert.Empty(status.Addresses);
        Assert.Equal(new Dictionary<string, CounterStatus> { ["seats"] = new(0, 9) }, status.Counters);
        Assert.Equal(new ListStatus(["p"], 0), status.Lists["players"]);
        Assert.Empty(status.Labels);
        Assert.Equal(new Dictionary<string, string> { ["b"] = "c" }, status.Annotations);
    }

    [Fact]
    public void FromSuccess_Contention_IsNoServer() => Assert.Equal(
        new AllocationAnswer.NoServer(Contention: true),
        AllocationResult.FromSuccess("""{"status":{"state":"Contention"}}"""u8, AnyPort));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"status":null}""")]
    [InlineData("""{"status":{"state":"Allocated","gameServerName":""}}""")]
    [InlineData("""{"status":{"state":"Reserved","gameServerName":"a"}}""")]
    [InlineData("""{"status":{"state":"UnAllocated" """)]
    public void FromSuccess_AnythingElse_IsUnknown(string body) =>
        Assert.IsType<AllocationAnswer.Unknown>(AllocationResult.FromSuccess(Encoding.UTF8.GetBytes(body), AnyPort));

    [Theory]
    [InlineData(400, "", "refused")]
    [InlineData(403, "", "refused")]
    [InlineData(404, "", "refused")]
    [InlineData(422, "", "refused")]
    [InlineData(401, "", "transient")]
    [InlineData(409, "", "transient")]
    [InlineData(429, "", "transient")]
    [InlineData(503, "service unavailable", "transient")]
    [InlineData(503, "error trying to reach service: dial tcp 10.0.0.9:443: connect: connection refused", "transient")]
    [InlineData(503, "error trying to reach service: EOF", "unknown")]
    [InlineData(503, "", "unknown")]
    [InlineData(500, "could not update the selected GameServer", "unknown")]
    [InlineData(500, "", "unknown")]
    [InlineData(502, "", "unknown")]
    [InlineData(504, "", "unknown")]
    [InlineData(302, "", "unknown")]
    public void FromFailure_Status_IsRefusedOnlyWhenSurelyNothingWasClaimed(int status, string message, string expected)
    {
        var answer = AllocationResult.FromFailure(new ApiFailure(status, "", message, "", null));

        Assert.Equal(expected, answer switch
        {
            AllocationAnswer.Refused { Transient: true } => "transient",
            AllocationAnswer.Refused => "refused",
            _ => "unknown",
        });
    }

    [Fact]
    public void FromFailure_UnavailableWithRetryAfter_IsTransient() =>
        Assert.True(AllocationResult.FromFailure(new ApiFailure(503, "", "x", "", TimeSpan.FromSeconds(5))) is AllocationAnswer.Refused { Transient: true });

    [Fact]
    public void FromFailure_RecordedPlainText_IsUnknown() => Assert.IsType<AllocationAnswer.Unknown>(
        AllocationResult.FromFailure(ApiFailure.Parse(500, null, Recording.Load("18-allocate-refused", 3).Body)));

    private static AllocationStatus Status(Recording recording) =>
        Assert.IsType<AllocationAnswer.Allocated>(AllocationResult.FromSuccess(recording.Body, AnyPort)).Status;
}
