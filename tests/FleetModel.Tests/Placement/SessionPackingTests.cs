using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class SessionPackingTests
{
    private static readonly LabelRequirement Dead = LabelRequirement.NotIn(AgonesKeys.Node, ["n-9"]);
    private static readonly ServerSelector InB = In("b"), InA = In("a"), Anywhere = new(new Dictionary<string, string> { [AgonesKeys.Fleet] = "rooms" }, [Dead]);
    private static readonly PackingOptions ByCounter = new() { Counter = "rooms" }, ByList = new() { List = "sessions" };

    [Fact]
    public void Order_WithoutPlace_IsTheTagOfASessionAlone()
    {
        var order = SessionPacking.Order(Claim(null), [InA]);
        Assert.Equal(new Dictionary<string, string> { [AgonesKeys.Session] = "s-1", [AgonesKeys.Incarnation] = "3" }, order.Labels);
        Assert.Equal([InA], order.Selectors);
        Assert.Empty(order.Priorities);
    }

    [Fact]
    public void Order_WithPlace_PreferredZoneFirstAndFullestBeforeReady()
    {
        var order = SessionPacking.Order(Claim(ByCounter.Place) with { PreferredZone = "b" }, [InB, InA, Anywhere]);

        Assert.Equal(
            [("b", GameServerState.Allocated), ("b", GameServerState.Ready), ("a", GameServerState.Allocated), ("", GameServerState.Allocated), ("a", GameServerState.Ready), ("", GameServerState.Ready)],
            order.Selectors.Select(selector => (selector.MatchLabels.GetValueOrDefault(AgonesKeys.Zone, ""), selector.State)));
        Assert.Equal([new CapacityPriority(CapacityType.Counter, "rooms", CapacityOrder.Ascending)], order.Priorities);
        Assert.Equal(new Dictionary<string, string> { ["fleetsystem.dev/s-1"] = "3" }, order.Labels);
        Assert.Empty(AllocationOrderValidator.Validate(order));
    }

    [Fact]
    public void Order_SpreadOverZones_TheOrderOfZonesGoesBeforeFullness()
    {
        var order = SessionPacking.Order(Claim(ByCounter.Place) with { ZonePolicy = ZonePolicy.Spread }, [InB, InA]);
        Assert.Equal(
            [("b", GameServerState.Allocated), ("b", GameServerState.Ready), ("a", GameServerState.Allocated), ("a", GameServerState.Ready)],
            order.Selectors.Select(selector => (selector.MatchLabels.GetValueOrDefault(AgonesKeys.Zone, ""), selector.State)));
    }

    [Fact]
    public void Order_WithPlace_EverySelectorWantsRoomAndKeepsItsExclusions()
    {
        var order = SessionPacking.Order(Claim(ByCounter.Place), [InA, Anywhere]);

        Assert.All(order.Selectors, selector => Assert.Equal(new CounterSelector(MinAvailable: 1), selector.Counters["rooms"]));
        Assert.All(order.Selectors, selector => Assert.Contains(Dead, selector.MatchExpressions));
        Assert.All(order.Selectors.Where(selector => selector.State == GameServerState.Allocated), selector => Assert.Contains(LabelRequirement.DoesNotExist("fleetsystem.dev/s-1"), selector.MatchExpressions));
        Assert.Equal(new CounterAction(CounterDirection.Increment, 1), Assert.Single(order.Counters).Value);
    }

    [Fact]
    public void Order_WithAList_AddsTheSessionToIt()
    {
        var order = SessionPacking.Order(Claim(ByList.Place) with { Scheduling = SchedulingStrategy.Distributed }, [InA]);

        Assert.All(order.Selectors, selector => Assert.Equal(new ListSelector(MinAvailable: 1), selector.Lists["sessions"]));
        Assert.Equal(new ListAction(["s-1"], []), order.Lists["sessions"]);
        Assert.Equal((CapacityType.List, SchedulingStrategy.Distributed), (Assert.Single(order.Priorities).Type, order.Scheduling));
        Assert.Empty(AllocationOrderValidator.Validate(order));
    }

    [Fact]
    public void Release_OneOfTwo_ItsKeysAndItsPlaceTogetherAndNothingOfTheOther()
    {
        var edit = Assert.IsType<ServerChange.Edit>(SessionPacking.Release(Two(), "s-1", 1, ByCounter));

        Assert.Equal(new Dictionary<string, string?> { ["fleetsystem.dev/s-1"] = null }, edit.Labels);
        Assert.Equal(
            new Dictionary<string, string?> { ["fleetsystem.dev/s-1.expires"] = null, ["fleetsystem.dev/s-1.routing-token"] = null, [AgonesKeys.RoutingTokens] = "Mg==" },
            edit.Annotations);
        Assert.Equal(new Dictionary<string, long> { ["rooms"] = 1 }, edit.Counts);
        Assert.Empty(edit.Values);
    }

    [Fact]
    public void Release_OfAList_TakesTheSessionOutAlsoWhenTheGameServerMayHaveDoneSo()
    {
        foreach (var state in Enum.GetValues<SessionTagState>())
        {
            var edit = Assert.IsType<ServerChange.Edit>(SessionPacking.Release(Two(state), "s-1", 1, ByList));
            Assert.Equal(["s-2"], edit.Values["sessions"]);
            Assert.Empty(edit.Counts);
        }
    }

    [Fact]
    public void Release_EndedByTheGameServer_LeavesTheCounterToIt()
    {
        var edit = Assert.IsType<ServerChange.Edit>(SessionPacking.Release(Two(SessionTagState.Ended), "s-1", 1, ByCounter));
        Assert.Empty(edit.Counts);
        Assert.Single(edit.Labels);
    }

    [Theory]
    [InlineData("s-1", 2)]
    [InlineData("s-3", 1)]
    public void Release_NotOnThisServer_ChangesNothing(string session, int incarnation) =>
        Assert.Null(SessionPacking.Release(Two(), session, incarnation, ByCounter));

    [Fact]
    public void Release_LastOne_DeletesUnlessTheFleetKeepsEmptyServers()
    {
        var two = Two();
        var last = two with { Server = two.Server with { Sessions = [two.Server.Sessions[0]] } };
        Assert.IsType<ServerChange.Deletion>(SessionPacking.Release(last, "s-1", 1, ByCounter));
        Assert.IsType<ServerChange.Deletion>(SessionPacking.Release(last, "s-1", 1, null));
        var edit = Assert.IsType<ServerChange.Edit>(SessionPacking.Release(last, "s-1", 1, new PackingOptions { Counter = "rooms", WhenEmpty = EmptyServerPolicy.Keep }));
        Assert.Null(edit.Annotations[AgonesKeys.RoutingTokens]);
    }

    [Fact]
    public void Release_SessionAlone_DeletesItsServer()
    {
        var alone = new ServerDetail(new GameServerSnapshot { Name = "gs-1", Sessions = [new("s-1", 1)] }, "7", new AllocationStatus());
        Assert.IsType<ServerChange.Deletion>(SessionPacking.Release(alone, "s-1", 1, null));
    }

    [Fact]
    public void JoinTokens_TokensOfAllSessions_UntilTheAnnotationHasThem()
    {
        var two = Two();
        var edit = Assert.IsType<ServerChange.Edit>(SessionPacking.JoinTokens(two with { Status = two.Status with { Annotations = two.Status.Annotations.Where(pair => pair.Key != AgonesKeys.RoutingTokens).ToDictionary() } }));
        Assert.Equal(new Dictionary<string, string?> { [AgonesKeys.RoutingTokens] = "MQ==,Mg==" }, edit.Annotations);
        Assert.Null(SessionPacking.JoinTokens(two));
    }

    private static ServerSelector In(string zone) => new(new Dictionary<string, string> { [AgonesKeys.Fleet] = "rooms", [AgonesKeys.Zone] = zone }, [Dead]);

    private static ServerClaim Claim(SessionPlace? place) => new()
    {
        Session = "s-1",
        Incarnation = 3,
        Fleet = "rooms",
        AgonesFleets = ["rooms"],
        Annotations = new Dictionary<string, string>(),
        Deadline = DateTimeOffset.UnixEpoch,
        Place = place,
    };

    private static ServerDetail Two(SessionTagState first = SessionTagState.Acknowledged) => new(
        new GameServerSnapshot { Name = "gs-1", Uid = "u-1", State = GameServerState.Allocated, Sessions = [new("s-1", 1, first, Shared: true), new("s-2", 1, Shared: true)] },
        "7",
        new AllocationStatus
        {
            Annotations = new Dictionary<string, string>
            {
                ["fleetsystem.dev/s-1.expires"] = "2026-11-25T00:00:00Z",
                ["fleetsystem.dev/s-1.routing-token"] = "MQ==",
                ["fleetsystem.dev/s-2.routing-token"] = "Mg==",
                [AgonesKeys.RoutingTokens] = "MQ==,Mg==",
            },
            Counters = new Dictionary<string, CounterStatus> { ["rooms"] = new(2, 3) },
            Lists = new Dictionary<string, ListStatus> { ["sessions"] = new(["s-1", "s-2"], 3) },
        });
}
