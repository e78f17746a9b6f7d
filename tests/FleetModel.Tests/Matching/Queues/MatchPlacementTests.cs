using System.Text.Json;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Matching.Queues;

public sealed class MatchPlacementTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);
    private static readonly MatchmakingQueueOptions Queue = new() { Id = "duel", Fleet = "arena" };

    [Fact]
    public void Request_RegionsOfTheMatch_AreAllThatTheSessionKnowsOf()
    {
        var request = MatchPlacement.Request(Queue, new FleetOptions { Id = "arena" }, Match(["seoul"], "ann"), [Ticket("ann")], "home");
        Assert.Equal(["seoul"], request.Players[0].LatencyMilliseconds.Keys);
        Assert.Equal(("arena", WaitFor.Allocated, Queue.PlacementTimeout, "home"), (request.Fleet, request.WaitFor, request.Deadline, request.Home));
        Assert.Equal(["ann"], request.Matchmaking!.Teams["red"].Select(player => player.Id));

        var anywhere = MatchPlacement.Request(Queue, new FleetOptions { Id = "arena" }, Match([], "ann"), [Ticket("ann")], null);
        Assert.Equal(2, anywhere.Players[0].LatencyMilliseconds.Count);
    }

    [Fact]
    public void Request_Attributes_HaveFlexMatchsForm()
    {
        var request = MatchPlacement.Request(Queue, new FleetOptions { Id = "arena" }, Match(["seoul"], "ann"), [Ticket("ann")], null);
        using var data = JsonDocument.Parse(request.Attributes!);
        var player = data.RootElement.GetProperty("teams")[0].GetProperty("players")[0];
        Assert.Equal(("m-1", "duel", "ann"), (data.RootElement.GetProperty("matchId").GetString(), data.RootElement.GetProperty("matchmakingConfiguration").GetString(), player.GetProperty("playerId").GetString()));
        Assert.Equal(
            """{"skill":{"attributeType":"DOUBLE","valueAttribute":12.5},"map":{"attributeType":"STRING","valueAttribute":"dune"},"modes":{"attributeType":"STRING_LIST","valueAttribute":["a","b"]},"roles":{"attributeType":"STRING_DOUBLE_MAP","valueAttribute":{"tank":3}}}""",
            player.GetProperty("attributes").GetRawText());
    }

    [Fact]
    public void Request_AttributesTooLong_AreLeftOutBeforeThePlayersAre()
    {
        var long1 = new MatchmakingPlayer("ann", new Dictionary<string, AttributeValue> { ["text"] = new string('x', 20_000) }, new Dictionary<string, int>());
        var request = MatchPlacement.Request(Queue, new FleetOptions { Id = "arena" }, Match([], "ann"), [Ticket(long1)], null);
        Assert.Contains("\"playerId\":\"ann\"", request.Attributes, StringComparison.Ordinal);
        Assert.DoesNotContain("attributes", request.Attributes, StringComparison.Ordinal);

        var many = Enumerable.Range(0, 200).Select(i => $"{i}-{new string('x', 100)}").ToArray();
        var crowded = MatchPlacement.Request(Queue, new FleetOptions { Id = "arena" }, Match([], many), [.. many.Select(Ticket)], null);
        Assert.InRange(crowded.Attributes!.Length, 10, SessionRequest.MaxAttributesBytes);
        Assert.Equal(200, crowded.Players.Count);
    }

    [Fact]
    public void StateOf_Session_SaysWhetherTheMatchIsComplete()
    {
        var session = SessionTransitions.Create("s", "", new() { Fleet = "arena", Players = [] }, "", Now);
        var server = new ServerBinding { Cluster = "c", Region = "r", Zone = "z", Node = "n", Name = "s", Address = "a", Port = 1 };
        var claimed = SessionTransitions.Claimed(session, server, Now);
        Assert.Equal(PlacementState.Waiting, MatchPlacement.StateOf(session));
        Assert.Equal(PlacementState.Waiting, MatchPlacement.StateOf(SessionTransitions.Waiting(session, "r", Now)));
        Assert.Equal(PlacementState.Placed, MatchPlacement.StateOf(claimed));
        Assert.Equal(PlacementState.Placed, MatchPlacement.StateOf(SessionTransitions.Replacing(SessionTransitions.ServerLost(claimed, 1, "", Now), "", Now)));
        Assert.Equal(PlacementState.Placed, MatchPlacement.StateOf(SessionTransitions.Ended(claimed, "", Now)));
        Assert.Equal(PlacementState.Failed, MatchPlacement.StateOf(SessionTransitions.Ended(session, "", Now)));
        Assert.Equal(PlacementState.Failed, MatchPlacement.StateOf(SessionTransitions.Failed(session, "no-capacity", "", Now)));
    }

    private static MatchRecord Match(IReadOnlyList<string> regions, params string[] players) => new() { Id = "m-1", Tickets = [.. players], Teams = [new("red", players)], Regions = regions, SessionId = "s" };

    private static TicketRecord Ticket(string id) => Ticket(new MatchmakingPlayer(
        id,
        new Dictionary<string, AttributeValue> { ["skill"] = 12.5, ["map"] = "dune", ["modes"] = new AttributeValue(Texts: ["a", "b"]), ["roles"] = new AttributeValue(Numbers: new Dictionary<string, double> { ["tank"] = 3 }) },
        new Dictionary<string, int> { ["seoul"] = 20, ["oregon"] = 90 }));

    private static TicketRecord Ticket(MatchmakingPlayer player) => TicketTransitions.Create(new(player.Id, Now, Now.AddMinutes(5), [player]), "");
}
