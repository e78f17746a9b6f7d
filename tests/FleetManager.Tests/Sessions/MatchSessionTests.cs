using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Sessions that are a queue's matches: players who come later, and the wish for them.</summary>
public sealed class MatchSessionTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private readonly TestCell _cell = fixture.Cell;

    [Theory]
    [InlineData("arena")]
    [InlineData("rooms")]
    public async Task AddPlayers_RunningSession_ConnectedStoredAndTheServerToldOnce(string fleet)
    {
        var (lane, session) = await NewMatch(fleet);
        var addition = new PlayerAddition { Come = [Player("p3")], Left = ["p2"], Attributes = """{"teams":["p1","p3"]}""", Matchmaking = Teams(lane.Region, ["p1", "p3"]) };

        var reply = await _cell.Wait(lane.Session("a").AddPlayers(addition));

        Assert.Equal(AddPlayersOutcome.Added, reply.Outcome);
        Assert.Equal(["p1", "p3"], reply.View!.Connections.Select(connection => connection.PlayerId));
        Assert.All(reply.View.Connections, connection => Assert.NotEmpty(connection.JoinToken));
        Assert.Equal((session.State, session.Incarnation, session.Server), (reply.View.Session.State, reply.View.Session.Incarnation, reply.View.Session.Server));
        Assert.Equal(("a player came", session.LastSequence + 1), (reply.View.Session.Events[^1].Reason, reply.View.Session.LastSequence));
        Assert.Equal(["p1", "p3"], lane.Stored("a")!.Request.Players.Select(player => player.Id));
        var key = fleet == "rooms" ? AgonesKeys.SharedGameData(session.Id) : AgonesKeys.GameData;
        await _cell.Until(() => lane.Blue.Status(session.Server!.Name).Annotations.GetValueOrDefault(key) == addition.Attributes, "the game server is told");

        // The queue asks again when it does not know how the first call ended.
        var again = await _cell.Wait(lane.Session("a").AddPlayers(addition));

        Assert.Equal((AddPlayersOutcome.Added, reply.View.Session.LastSequence), (again.Outcome, again.View!.Session.LastSequence));
    }

    [Fact]
    public async Task AddPlayers_SessionThatIsNotThereOverOrFull_ToldApart()
    {
        var (lane, session) = await NewMatch("arena");
        var crowd = new PlayerAddition { Come = [.. Enumerable.Range(0, 199).Select(number => Player($"x{number}"))] };

        Assert.Equal(AddPlayersOutcome.NoSession, (await _cell.Wait(lane.Session("none").AddPlayers(crowd))).Outcome);
        Assert.Equal((AddPlayersOutcome.Full, 2), (await _cell.Wait(lane.Session("a").AddPlayers(crowd))) is var full ? (full.Outcome, full.View!.Session.Request.Players.Count) : default);
        await _cell.Wait(lane.Session("a").End("done"));
        Assert.Equal(AddPlayersOutcome.Closed, (await _cell.Wait(lane.Session("a").AddPlayers(new PlayerAddition { Come = [Player("p3")] }))).Outcome);
        Assert.Equal(session.Id, (await lane.Get("a")).Id);
    }

    [Fact]
    public async Task AddPlayers_ServerLostAfterwards_TheNextOneIsToldOfThem()
    {
        var (lane, session) = await NewMatch("arena");
        await _cell.Wait(lane.Session("a").AddPlayers(new PlayerAddition { Come = [Player("p3")], Attributes = """{"teams":["all"]}""" }));

        lane.Blue.Delete(session.Server!.Name);
        var replaced = await lane.Until("a", current => current is { HoldsServer: true, Incarnation: 2 });

        Assert.Equal("""{"teams":["all"]}""", lane.Blue.Status(replaced.Server!.Name).Annotations[AgonesKeys.GameData]);
        Assert.Equal(3, (await lane.Session("a").Get())!.Connections.Count);
    }

    [Fact]
    public async Task Notice_ServerAsksForPlayers_QueueIsAskedWithThoseWhoAreIn()
    {
        var (lane, session) = await NewMatch("arena");
        var server = session.Server!.Name;
        lane.Blue.ChangeStatus(server, status => status with { Lists = new Dictionary<string, ListStatus> { [BackfillMark.PlayersList] = new(["p2"], 4) } });

        lane.Blue.Change(server, known => known with { Sessions = [known.Sessions[0] with { Backfill = 3 }] });

        await _cell.Until(() => Asked(lane).Count > 0, "the queue is asked");
        var asked = Assert.Single(Asked(lane));
        Assert.Equal((session.Id, BackfillOrigin.GameServer), (asked.SessionId, asked.Origin));
        Assert.Equal(["p2"], asked.Teams.SelectMany(team => team.Value).Select(player => player.Id));
        Assert.Equal(7, asked.Teams["red"].Single().Attributes["skill"].Number);

        lane.Blue.Change(server, known => known with { Sessions = [known.Sessions[0] with { Backfill = 0 }] });

        // The wish that is taken back is the one that was made.
        await _cell.Until(() => _cell.Queues.Stopped.Any(stopped => stopped.Queue == lane.Region), "the queue is told that it is over");
        Assert.Equal(asked.Id, _cell.Queues.Stopped.Single(stopped => stopped.Queue == lane.Region).Backfill);
    }

    [Fact]
    public async Task Notice_ServerWithoutAListOfPlayers_AllCountAsIn()
    {
        var (lane, session) = await NewMatch("arena");

        lane.Blue.Change(session.Server!.Name, known => known with { Sessions = [known.Sessions[0] with { Backfill = 1 }] });

        await _cell.Until(() => Asked(lane).Count > 0, "the queue is asked");
        Assert.Equal(["p1", "p2"], Asked(lane)[0].Teams.SelectMany(team => team.Value).Select(player => player.Id).Order());
    }

    [Fact]
    public async Task End_MatchOrNot_OnlyTheMatchsQueueIsTold()
    {
        var (lane, session) = await NewMatch("arena");
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Create("b");

        await _cell.Wait(lane.Session("b").End("done"));
        await _cell.Wait(lane.Session("a").End("done"));

        await _cell.Until(() => _cell.Queues.Ended.Any(ended => ended.Queue == lane.Region), "the queue is told");
        Assert.Equal([session.Id], _cell.Queues.Ended.Where(ended => ended.Queue == lane.Region).Select(ended => ended.Session));
    }

    private List<FleetModel.Grains.BackfillRequest> Asked(Lane lane) => [.. _cell.Queues.Asked.Where(asked => asked.Queue == lane.Region).Select(asked => asked.Request)];

    private async Task<(Lane Lane, SessionRecord Session)> NewMatch(string fleet)
    {
        var lane = _cell.NewLane();
        lane.Blue.Templates["rooms"] = new AllocationStatus { Counters = new Dictionary<string, CounterStatus> { ["rooms"] = new(0, 2) } };
        await lane.AddServers(lane.ZoneA, 2, fleet);
        var request = lane.Request(fleet: fleet) with { Matchmaking = Teams(lane.Region, ["p1", "p2"]), Attributes = """{"teams":[]}""" };
        return (lane, (await lane.Create("a", request)).View!.Session);
    }

    // A lane's region serves as its queue's name: so that tests tell theirs apart.
    private static SessionMatchmaking Teams(string queue, IEnumerable<string> players) => new(
        queue, new Dictionary<string, IReadOnlyList<MatchmakingPlayer>> { ["red"] = [.. players.Select(id => new MatchmakingPlayer(id, new Dictionary<string, AttributeValue> { ["skill"] = 7 }, new Dictionary<string, int>()))] });

    private static SessionPlayer Player(string id) => new(id, new Dictionary<string, int>());
}
