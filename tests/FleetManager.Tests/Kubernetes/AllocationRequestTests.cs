using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class AllocationRequestTests
{
    private static readonly Dictionary<string, string> None = [];

    /// <summary>Orders whose requests a real Agones has answered.</summary>
    public static TheoryData<string, int, AllocationOrder> Recorded => new()
    {
        {
            "14-allocate-preferred-zone", 0,
            new AllocationOrder(
                [Fleet("arena", ("fleet/zone", "ap-northeast-2b")), Fleet("arena")],
                new Dictionary<string, string> { ["fleet/session"] = "s-1" },
                new Dictionary<string, string> { ["fleet/expires"] = "2030-01-01T00:00:00Z" })
        },
        {
            "15-allocate-exclude", 0,
            new AllocationOrder(
                [
                    Fleet("arena") with
                    {
                        MatchExpressions =
                        [
                            LabelRequirement.NotIn("fleet/zone", ["ap-northeast-2a"]), LabelRequirement.NotIn("fleet/node", ["fake-2c-1"]),
                        ],
                    },
                ],
                None,
                None)
            {
                Scheduling = SchedulingStrategy.Distributed,
            }
        },
        { "16-allocate-none", 0, new AllocationOrder([Fleet("nowhere")], None, None) },
        {
            "17-allocate-again", 0,
            new AllocationOrder(
                [new ServerSelector(new Dictionary<string, string> { ["fleet/session"] = "s-1" }, []) { State = GameServerState.Allocated }],
                None,
                new Dictionary<string, string> { ["round"] = "2" })
        },
        {
            "21-allocate-counters", 0,
            new AllocationOrder(
                [
                    Fleet("rooms") with
                    {
                        State = GameServerState.Allocated,
                        Counters = new Dictionary<string, CounterSelector> { ["rooms"] = new(MinAvailable: 1) },
                        Lists = new Dictionary<string, ListSelector> { ["players"] = new(MinAvailable: 1) },
                    },
                    Fleet("rooms") with { Counters = new Dictionary<string, CounterSelector> { ["rooms"] = new(MinAvailable: 1) } },
                ],
                None,
                None)
            {
                Priorities = [new CapacityPriority(CapacityType.Counter, "rooms")],
                Counters = new Dictionary<string, CounterAction> { ["rooms"] = new(CounterDirection.Increment, 1) },
                Lists = new Dictionary<string, ListAction> { ["players"] = new(["p1"], []) },
            }
        },
    };

    [Theory]
    [MemberData(nameof(Recorded), DisableDiscoveryEnumeration = true)]
    public void Write_RecordedOrder_AsksTheSame(string recording, int exchange, AllocationOrder order)
    {
        var expected = Recording.Load(recording, exchange).RequestBody.DeepClone();
        var spec = expected["spec"]!;
        // Said out loud here; left to Agones' defaults there.
        spec["scheduling"] ??= "Packed";
        spec["metadata"] ??= new JsonObject();
        foreach (var selector in spec["selectors"]!.AsArray()) selector!["gameServerState"] ??= "Ready";

        var written = JsonNode.Parse(AllocationRequest.Write(order, "default").Span);

        Assert.True(JsonNode.DeepEquals(expected, written), written!.ToJsonString());
    }

    [Fact]
    public void Write_EveryField_IsSpelledAsAgonesSpellsIt()
    {
        var order = new AllocationOrder(
            [
                new ServerSelector(
                    None,
                    [
                        LabelRequirement.In("a", ["1", "2"]), LabelRequirement.NotIn("b", ["3"]), LabelRequirement.Exists("c"), LabelRequirement.DoesNotExist("d"),
                    ])
                {
                    Counters = new Dictionary<string, CounterSelector> { ["rooms"] = new(1, 2, 3, 4) },
                    Lists = new Dictionary<string, ListSelector> { ["players"] = new("p", 5, 6) },
                },
            ],
            None,
            None)
        {
            Priorities = [new CapacityPriority(CapacityType.List, "players", CapacityOrder.Descending)],
            Counters = new Dictionary<string, CounterAction> { ["rooms"] = new(CounterDirection.Decrement, 0, 7), ["seats"] = new(Capacity: 0) },
            Lists = new Dictionary<string, ListAction> { ["players"] = new(["p"], ["q"], 8) },
        };

        var written = JsonNode.Parse(AllocationRequest.Write(order, "games").Span);

        var expected = JsonNode.Parse("""
            {"apiVersion":"allocation.agones.dev/v1","kind":"GameServerAllocation","metadata":{"namespace":"games"},"spec":{
              "scheduling":"Packed",
              "selectors":[{"gameServerState":"Ready",
                "matchExpressions":[{"key":"a","operator":"In","values":["1","2"]},{"key":"b","operator":"NotIn","values":["3"]},
                  {"key":"c","operator":"Exists"},{"key":"d","operator":"DoesNotExist"}],
                "counters":{"rooms":{"minCount":1,"maxCount":2,"minAvailable":3,"maxAvailable":4}},
                "lists":{"players":{"containsValue":"p","minAvailable":5,"maxAvailable":6}}}],
              "priorities":[{"type":"List","key":"players","order":"Descending"}],
              "metadata":{},
              "counters":{"rooms":{"action":"Decrement","amount":0,"capacity":7},"seats":{"capacity":0}},
              "lists":{"players":{"addValues":["p"],"deleteValues":["q"],"capacity":8}}}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, written), written!.ToJsonString());
    }

    private static ServerSelector Fleet(string name, params (string Key, string Value)[] labels)
    {
        var match = new Dictionary<string, string> { ["agones.dev/fleet"] = name };
        foreach (var (key, value) in labels) match[key] = value;
        return new ServerSelector(match, []);
    }
}
