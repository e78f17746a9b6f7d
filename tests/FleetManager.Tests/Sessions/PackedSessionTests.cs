using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Several sessions on one server, by a counter (fleet rooms) or a list (fleet tables).</summary>
public sealed class PackedSessionTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private const int Capacity = 2;

    private readonly TestCell _cell = fixture.Cell;

    [Theory]
    [InlineData("rooms")]
    [InlineData("tables")]
    public async Task Create_SessionsOfAPackedFleet_FillOneServerAfterTheOther(string fleet)
    {
        var lane = await NewLane(fleet, 2);
        var first = await Create(lane, "a", fleet);
        var second = await Create(lane, "b", fleet);
        var third = await Create(lane, "c", fleet);

        Assert.Equal(first.Server!.Name, second.Server!.Name);
        Assert.NotEqual(first.Server.Name, third.Server!.Name);
        Assert.Equal([new SessionTag(first.Id, 1, Shared: true), new SessionTag(second.Id, 1, Shared: true)], lane.Blue.Server(first.Server.Name).Sessions);
        Assert.Equal([2, 1], [Places(lane, first.Server.Name), Places(lane, third.Server.Name)]);

        // Each has its own end and attributes, and the proxy knows every token.
        var annotations = lane.Blue.Status(first.Server.Name).Annotations;
        Assert.True(annotations.ContainsKey(AgonesKeys.SharedExpires(first.Id)) && annotations.ContainsKey(AgonesKeys.SharedExpires(second.Id)));
        Assert.Equal(new[] { first.RoutingToken, second.RoutingToken }.Order(), annotations[AgonesKeys.RoutingTokens].Split(',').Order());
    }

    [Theory]
    [InlineData("rooms")]
    [InlineData("tables")]
    public async Task End_OneOfTwo_ItsPlaceIsFreeAndTheOtherPlaysOn(string fleet)
    {
        var lane = await NewLane(fleet, 2);
        var ending = await Create(lane, "a", fleet);
        var playing = await Create(lane, "b", fleet);
        var server = playing.Server!.Name;

        await _cell.Wait(lane.Session("a").End("done"));

        Assert.Equal([new SessionTag(playing.Id, 1, Shared: true)], lane.Blue.Server(server).Sessions);
        Assert.Equal(1, Places(lane, server));
        Assert.Equal(playing.RoutingToken, lane.Blue.Status(server).Annotations[AgonesKeys.RoutingTokens]);
        Assert.DoesNotContain(lane.Blue.Status(server).Annotations.Keys, key => key.Contains(ending.Id, StringComparison.Ordinal));
        Assert.Equal(SessionState.Allocated, (await lane.Get("b")).State);

        // The place is used again before another server is.
        Assert.Equal(server, (await Create(lane, "c", fleet)).Server!.Name);
        Assert.Equal(2, Places(lane, server));
    }

    [Fact]
    public async Task End_LastSession_ServerGoesOrStaysAsTheFleetWants()
    {
        var (rooms, tables) = (await NewLane("rooms", 1), await NewLane("tables", 1));
        var gone = (await Create(rooms, "a", "rooms")).Server!.Name;
        var kept = (await Create(tables, "a", "tables")).Server!.Name;

        await _cell.Wait(rooms.Session("a").End("done"));
        await _cell.Wait(tables.Session("a").End("done"));

        Assert.False(rooms.Blue.Has(gone));
        Assert.Equal((GameServerState.Allocated, 0), (tables.Blue.Server(kept).State, Places(tables, kept)));
        Assert.Equal(kept, (await Create(tables, "b", "tables")).Server!.Name);
    }

    [Fact]
    public async Task End_LastSessionWhileAnotherIsPutOnTheServer_ServerStays()
    {
        var lane = await NewLane("rooms", 1);
        var server = (await Create(lane, "a", "rooms")).Server!.Name;
        var raced = false;
        lane.Blue.OnChange = async read =>
        {
            // Only between the look at the last session and its deletion; joining the next one's token is a change too.
            if (raced || read.Server.Sessions.Count != 1) return;
            raced = true;
            Assert.Equal(server, (await lane.Session("b").Create(lane.Request(fleet: "rooms"), "print")).View!.Session.Server!.Name);
        };

        await _cell.Wait(lane.Session("a").End("done"));

        Assert.True(raced);
        Assert.Equal((1, 1), (lane.Blue.Server(server).Sessions.Count, Places(lane, server)));
        Assert.Equal(SessionState.Allocated, (await lane.Get("b")).State);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("shutdown")]
    [InlineData("node")]
    public async Task Notice_ServerOfTwoSessionsDies_BothAreReplaced(string how)
    {
        var lane = await NewLane("rooms", 2);
        var (first, second) = (await Create(lane, "a", "rooms"), await Create(lane, "b", "rooms"));
        var lost = first.Server!.Name;
        await lane.AddServers(lane.ZoneB, 1, "rooms");
        switch (how)
        {
            case "deleted":
                lane.Blue.Delete(lost);
                break;
            case "shutdown":
                lane.Blue.Change(lost, server => server with { State = GameServerState.Shutdown });
                break;
            default:
                lane.Blue.PutNode(new NodeSnapshot { Name = $"node-{lane.ZoneA}", Zone = lane.ZoneA, Ready = false });
                break;
        }

        SessionRecord[] after = [await lane.Until("a", Replaced), await lane.Until("b", Replaced)];

        Assert.Equal([first.Id, second.Id], after.Select(session => session.Id));
        Assert.DoesNotContain(lost, after.Select(session => session.Server!.Name));
        Assert.Single(after.Select(session => session.Server!.Name).Distinct());
        await _cell.Until(() => !lane.Blue.Has(lost), "what is left of the server is deleted");

        static bool Replaced(SessionRecord session) => session is { HoldsServer: true, Incarnation: 2 };
    }

    [Fact]
    public async Task Notice_GameServerEndsOneOfTwo_EndedAloneAndThePlaceLeftToTheGameServer()
    {
        var lane = await NewLane("rooms", 1);
        var (ended, playing) = (await Create(lane, "a", "rooms"), await Create(lane, "b", "rooms"));
        var server = ended.Server!.Name;

        lane.Blue.Change(server, known => known with
        {
            Sessions = [.. known.Sessions.Select(tag => tag with { State = tag.Session == ended.Id ? SessionTagState.Ended : SessionTagState.Acknowledged })],
        });

        Assert.Equal(SessionState.Ended, (await lane.Until("a", session => session.IsClosed)).State);
        Assert.Equal(SessionState.Playable, (await lane.Until("b", session => session.State == SessionState.Playable)).State);
        await _cell.Until(() => lane.Blue.Server(server).Sessions.Count == 1, "the tag is taken off");

        // The game server gives the place back once it has seen its withdrawal: twice would be one too many.
        Assert.Equal(2, Places(lane, server));
        lane.Blue.ChangeStatus(server, status => status with { Counters = new Dictionary<string, CounterStatus> { ["rooms"] = new(1, Capacity) } });
        await Create(lane, "c", "rooms");
        Assert.Equal(2, Places(lane, server));
        Assert.Equal(playing.Id, lane.Blue.Server(server).Sessions[0].Session);
    }

    [Fact]
    public async Task Create_UnknownOutcome_CountedOnceAndOnOneServer()
    {
        var lane = await NewLane("rooms", 2);
        await Create(lane, "a", "rooms");
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(lane.Blue.Orders.Count == 2 ? AllocationFault.UnknownAfterClaim : AllocationFault.None);

        var session = await Create(lane, "b", "rooms");

        Assert.Equal(2, lane.Blue.Claims.Count);
        Assert.Equal(2, Places(lane, session.Server!.Name));
        Assert.Equal(2, lane.Blue.Status(session.Server.Name).Annotations[AgonesKeys.RoutingTokens].Split(',').Length);
    }

    [Fact]
    public async Task Reconcile_TagThatNoSessionClaims_TakenOffWithItsPlaceAndTheNeighbourUnharmed()
    {
        var lane = await NewLane("rooms", 1);
        var playing = await Create(lane, "a", "rooms");
        var server = playing.Server!.Name;
        lane.Blue.ChangeStatus(server, status => status with { Counters = new Dictionary<string, CounterStatus> { ["rooms"] = new(2, Capacity) } });
        lane.Blue.Change(server, known => known with { Sessions = [.. known.Sessions, new SessionTag("s-of-nobody", 1, Shared: true)] });

        await _cell.Until(() => lane.Blue.Server(server).Sessions.Count == 1, "the reconciler takes it off", TimeSpan.FromMilliseconds(50));

        Assert.Equal(1, Places(lane, server));
        Assert.Equal((SessionState.Allocated, server), (await lane.Get("a")) is var session ? (session.State, session.Server!.Name) : default);
    }

    [Fact]
    public async Task AwaitPlayable_ServerDoesNotTakeTheSessionUp_ReplacedOnAnotherServerAndItsPlaceGivenBack()
    {
        var lane = await NewLane("rooms", 2);
        var neighbour = await Create(lane, "a", "rooms");
        var untaken = neighbour.Server!.Name;
        lane.Blue.OnClaimed = claimed =>
        {
            if (claimed.Name != untaken) lane.Blue.Acknowledge(claimed.Name);
            return Task.CompletedTask;
        };

        var session = (await lane.Create("b", lane.Request(fleet: "rooms", waitFor: WaitFor.Playable, deadlineSeconds: 30))).View!.Session;

        // Never on the same server again while that still bears it: its place would be counted twice.
        Assert.Equal((SessionState.Playable, 2), (session.State, session.Incarnation));
        await _cell.Until(() => lane.Blue.Server(untaken).Sessions.Count == 1, "the tag is taken off");
        Assert.Equal(1, Places(lane, untaken));
        Assert.Equal(SessionState.Allocated, (await lane.Get("a")).State);
    }

    [Fact]
    public async Task AwaitPlayable_ServerThatDidNotTakeTheSessionUpHasRoomLeft_IsNotClaimedForItAgain()
    {
        var lane = await NewLane("rooms", 2);
        lane.Blue.OnClaimed = claimed =>
        {
            if (lane.Blue.Claims.Count > 1 && claimed.Name != lane.Blue.Claims[0].Name) lane.Blue.Acknowledge(claimed.Name);
            return Task.CompletedTask;
        };

        var session = (await lane.Create("a", lane.Request(fleet: "rooms", waitFor: WaitFor.Playable, deadlineSeconds: 30))).View!.Session;

        Assert.Equal((SessionState.Playable, 2), (session.State, session.Incarnation));
        Assert.NotEqual(lane.Blue.Claims[0].Name, session.Server!.Name);
        Assert.Equal(1, Places(lane, session.Server.Name));
    }

    [Theory]
    [InlineData("rooms")]
    [InlineData("tables")]
    public async Task CreateAndEnd_ManyAtOnce_PlacesAreTheTagsAndNeverMoreThanTheCapacity(string fleet)
    {
        var lane = await NewLane(fleet, 4);
        lane.Blue.Refills = true;
        var most = 0;
        lane.Blue.OnClaimed = claimed =>
        {
            most = Math.Max(most, claimed.Sessions.Count);
            return Task.CompletedTask;
        };
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(lane.Blue.Orders.Count % 5 == 0 ? AllocationFault.UnknownAfterClaim : AllocationFault.None);

        for (var round = 0; round < 3; round++)
        {
            var keys = Enumerable.Range(0, 8).Select(i => $"{round}-{i}").ToList();
            var created = await _cell.Wait(Task.WhenAll(keys.Select(key => lane.Session(key).Create(lane.Request(fleet: fleet, deadlineSeconds: 60), "print"))));
            Assert.All(created, reply => Assert.True(reply.View!.Session.HoldsServer, $"{reply.View.Session.Failure}"));
            AssertConsistent(lane);
            await _cell.Wait(Task.WhenAll(keys.Select(key => lane.Session(key).End("done"))));
            await lane.UntilKnown(lane.Blue);
            AssertConsistent(lane);
        }

        Assert.InRange(most, 2, Capacity);
        Assert.All(lane.Blue.Servers, server => Assert.Empty(server.Sessions));
    }

    private static void AssertConsistent(Lane lane)
    {
        foreach (var server in lane.Blue.Servers)
        {
            Assert.Equal(server.Sessions.Count, Places(lane, server.Name));
            Assert.InRange(server.Sessions.Count, 0, Capacity);
        }

        var twice = lane.Blue.Servers.SelectMany(server => server.Sessions).GroupBy(tag => tag.Session).Where(tags => tags.Count() > 1);
        Assert.Empty(twice);
    }

    private async Task<Lane> NewLane(string fleet, int servers)
    {
        var lane = _cell.NewLane();
        lane.Blue.Templates["rooms"] = new AllocationStatus { Counters = new Dictionary<string, CounterStatus> { ["rooms"] = new(0, Capacity) } };
        lane.Blue.Templates["tables"] = new AllocationStatus { Lists = new Dictionary<string, ListStatus> { ["sessions"] = new([], Capacity) } };
        await lane.AddServers(lane.ZoneA, servers, fleet);
        return lane;
    }

    private static async Task<SessionRecord> Create(Lane lane, string key, string fleet) => (await lane.Create(key, lane.Request(fleet: fleet))).View!.Session;

    private static int Places(Lane lane, string server)
    {
        var status = lane.Blue.Status(server);
        return status.Counters.TryGetValue("rooms", out var counter) ? (int)counter.Count : status.Lists["sessions"].Values.Count;
    }
}
