using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Matchmaker.Tests.Queues;

public sealed class QueueRunTests
{
    [Fact]
    public void Create_TwoWhoFit_GetOneSession()
    {
        using var queue = new SimulatedQueue(1);
        Assert.Equal(TicketOutcome.Created, queue.Create("t-1", SimulatedQueue.Player("ann")).Outcome);
        Assert.Equal(TicketStatus.Queued, queue.Get("t-1")!.Ticket.Status);
        queue.Create("t-2", SimulatedQueue.Player("bob", 15));

        var done = queue.Await("t-1", TicketStatus.Completed);

        Assert.Equal(MatchStatus.Completed, done.Match!.Status);
        Assert.Equal(["t-1", "t-2"], done.Match.Tickets.Order());
        Assert.Equal(TicketIds.Session(done.Match.Id), done.Match.SessionId);
        var session = Assert.Single(queue.Sessions);
        Assert.Equal(done.Match.SessionId, session.Id);
        Assert.Equal(["ann", "bob"], session.Request.Players.Select(player => player.Id).Order());
        Assert.All(session.Request.Players, player => Assert.Equal(["seoul"], player.LatencyMilliseconds.Keys));
        Assert.Contains("\"matchmakingConfiguration\":\"duel\"", session.Request.Attributes, StringComparison.Ordinal);
        Assert.Equal([TicketStatus.Queued, TicketStatus.Searching, TicketStatus.Placing, TicketStatus.Completed], done.Ticket.Events.Select(happened => happened.Status));
        Assert.Equal([1, 2, 3, 4], done.Ticket.Events.Select(happened => happened.Sequence));
    }

    [Fact]
    public void Create_SameKeyAgain_FindsTheTicketOrConflicts()
    {
        using var queue = new SimulatedQueue(2);
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        Assert.Equal(TicketOutcome.Existing, queue.Create("t-1", SimulatedQueue.Player("ann")).Outcome);
        Assert.Equal(TicketOutcome.Conflict, queue.Create("t-1", SimulatedQueue.Player("bob")).Outcome);
    }

    [Fact]
    public void Create_PlayerWithTicket_IsRefusedOrReplaces()
    {
        using var refusing = new SimulatedQueue(3);
        refusing.Create("t-1", SimulatedQueue.Player("ann"));
        var refused = refusing.Create("t-2", SimulatedQueue.Player("bob"), SimulatedQueue.Player("ann"));
        Assert.Equal((TicketOutcome.PlayerHasTicket, "ann", "t-1"), (refused.Outcome, refused.Player, refused.OtherTicket));

        using var replacing = new SimulatedQueue(3, options => options.SecondTicket = SecondTicketPolicy.Replace);
        replacing.Create("t-1", SimulatedQueue.Player("ann"));
        Assert.Equal(TicketOutcome.Created, replacing.Create("t-2", SimulatedQueue.Player("ann")).Outcome);
        var first = replacing.Get("t-1")!.Ticket;
        Assert.Equal((TicketStatus.Cancelled, ErrorCodes.TicketReplaced), (first.Status, first.Events[^1].Code));
    }

    [Fact]
    public void Create_WhatTheRuleSetCannotMatch_IsToldWithItsPlace()
    {
        using var queue = new SimulatedQueue(4);
        var reply = queue.Create("t-1", new MatchmakingPlayer("ann", new Dictionary<string, AttributeValue>(), new Dictionary<string, int>()));
        Assert.Equal(TicketOutcome.Invalid, reply.Outcome);
        Assert.Equal("players[0].latencyMilliseconds", Assert.Single(reply.Faults).Path);
    }

    [Fact]
    public void Create_QueueFull_IsRefused()
    {
        using var queue = new SimulatedQueue(5, options => options.MaxTickets = 1);
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        Assert.Equal(TicketOutcome.Full, queue.Create("t-2", SimulatedQueue.Player("bob", 99)).Outcome);
    }

    [Fact]
    public void Create_BeforeAnySiloWithJournalsHasJoined_FailsAndWorksOnceOneHas()
    {
        using var queue = new SimulatedQueue(5) { IsManagerAway = true };
        Assert.Throws<QueueUnavailableException>(() => queue.Create("t-1", SimulatedQueue.Player("ann")));

        queue.IsManagerAway = false;

        Assert.Equal(TicketOutcome.Created, queue.Create("t-1", SimulatedQueue.Player("ann")).Outcome);
    }

    [Fact]
    public void Create_JournalAway_FailsToBeRepeatedAndIsStoredOnce()
    {
        using var queue = new SimulatedQueue(6);
        queue.Create("t-1", SimulatedQueue.Player("ann", 99));
        queue.Network.JournalBack = queue.Now + TimeSpan.FromSeconds(12);

        Assert.Throws<QueueUnavailableException>(() => queue.Create("t-2", SimulatedQueue.Player("bob")));
        Assert.Null(queue.Get("t-2"));

        queue.Pass(TimeSpan.FromSeconds(6));
        Assert.Equal(TicketOutcome.Existing, queue.Create("t-2", SimulatedQueue.Player("bob")).Outcome);
    }

    [Fact]
    public void Cancel_Searching_EndsIt()
    {
        using var queue = new SimulatedQueue(7);
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        queue.Await("t-1", TicketStatus.Searching);
        Assert.Equal(TicketStatus.Cancelled, queue.Cancel("t-1")!.Ticket.Status);
        queue.Create("t-2", SimulatedQueue.Player("bob"));
        queue.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(TicketStatus.Searching, queue.Get("t-2")!.Ticket.Status);
        Assert.Null(queue.Cancel("t-9"));
    }

    [Fact]
    public void Timeout_NobodyFits_TimesOut()
    {
        using var queue = new SimulatedQueue(8);
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        queue.Pass(TimeSpan.FromSeconds(39));
        Assert.Equal(TicketStatus.Searching, queue.Get("t-1")!.Ticket.Status);
        queue.Await("t-1", TicketStatus.TimedOut);
        queue.Pass(TimeSpan.FromSeconds(31));
        Assert.Null(queue.Get("t-1"));
    }

    [Fact]
    public void Accept_All_IsPlaced()
    {
        using var queue = Asking(9, out _);
        Assert.Equal(AcceptOutcome.Taken, queue.Accept("t-1", true, "ann").Outcome);
        Assert.Equal(TicketStatus.RequiresAcceptance, queue.Get("t-2")!.Ticket.Status);
        Assert.Equal(["ann"], queue.Get("t-2")!.Match!.AcceptedBy);
        Assert.Equal(AcceptOutcome.OtherPlayer, queue.Accept("t-2", true, "ann").Outcome);
        Assert.Equal(AcceptOutcome.Taken, queue.Accept("t-2", true, "bob").Outcome);
        queue.Await("t-1", TicketStatus.Completed);
        Assert.Equal(AcceptOutcome.Taken, queue.Accept("t-1", true, "ann").Outcome);
        Assert.Equal(AcceptOutcome.NotAsked, queue.Accept("t-1", false, "ann").Outcome);
    }

    [Fact]
    public void Accept_OneRejects_CancelsHisAndSendsTheOthersBackWithTheirAge()
    {
        using var queue = Asking(10, out var created);
        queue.Accept("t-2", false, "bob");
        var (rejecting, other) = (queue.Get("t-2")!.Ticket, queue.Await("t-1", TicketStatus.Searching).Ticket);
        Assert.Equal((TicketStatus.Cancelled, ErrorCodes.MatchRejected), (rejecting.Status, rejecting.Events[^1].Code));
        Assert.Equal((null, ErrorCodes.MatchRejected, created), (other.MatchId, other.Events[^1].Code, other.Ticket.CreatedAt));
        queue.Create("t-3", SimulatedQueue.Player("cid"));
        queue.Await("t-1", TicketStatus.RequiresAcceptance);
    }

    [Fact]
    public void Accept_NotInTime_CancelsThoseWhoDidNot()
    {
        using var queue = Asking(11, out _);
        queue.Accept("t-1", true, "ann");
        queue.Pass(TimeSpan.FromSeconds(6));
        var (silent, accepting) = (queue.Get("t-2")!.Ticket, queue.Get("t-1")!.Ticket);
        Assert.Equal((TicketStatus.Cancelled, ErrorCodes.AcceptanceTimedOut), (silent.Status, silent.Events[^1].Code));
        Assert.Equal((TicketStatus.Searching, ErrorCodes.AcceptanceTimedOut), (accepting.Status, accepting.Events[^1].Code));
    }

    [Fact]
    public void Cancel_RequiresAcceptance_RejectsTheMatch()
    {
        using var queue = Asking(12, out _);
        Assert.Equal(TicketStatus.Cancelled, queue.Cancel("t-1")!.Ticket.Status);
        Assert.Equal(TicketStatus.Searching, queue.Get("t-2")!.Ticket.Status);
    }

    [Fact]
    public void Placement_FailsAgainAndAgain_GivesUpAfterItsLimit()
    {
        using var queue = new SimulatedQueue(13) { PlacementFailures = 100 };
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        queue.Create("t-2", SimulatedQueue.Player("bob"));
        var failed = queue.Await("t-1", TicketStatus.Failed).Ticket;
        Assert.Equal(3, failed.Events.Count(happened => happened.Code == ErrorCodes.PlacementFailed));
        Assert.Equal(3, queue.Sessions.Select(session => session.Id).Distinct().Count());
    }

    [Fact]
    public void Placement_NoAnswerInTime_IsGivenUpAndItsSessionEnded()
    {
        using var queue = new SimulatedQueue(17, options => options.TicketTimeout = TimeSpan.FromMinutes(5));
        queue.Network.SessionsBack = queue.Now + TimeSpan.FromSeconds(60);
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        queue.Create("t-2", SimulatedQueue.Player("bob"));
        queue.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(TicketStatus.Placing, queue.Get("t-1")!.Ticket.Status);
        var done = queue.Await("t-1", TicketStatus.Completed);
        queue.Pass(TimeSpan.FromSeconds(5));

        Assert.Single(done.Ticket.Events, happened => happened.Code == ErrorCodes.PlacementFailed);
        Assert.Equal(2, queue.Sessions.Count);
        Assert.All(queue.Sessions, session => Assert.Equal(session.Id != done.Match!.SessionId, queue.Session(session.Id)!.IsClosed));
    }

    [Fact]
    public void Placement_SessionWaitsForAServer_KeepsTheMatchTogether()
    {
        var seed = Enumerable.Range(30, 20).First(seed =>
        {
            using var queue = new SimulatedQueue(seed);
            queue.Create("t-1", SimulatedQueue.Player("ann"));
            queue.Create("t-2", SimulatedQueue.Player("bob"));
            queue.Await("t-1", TicketStatus.Completed);
            return queue.Session(queue.Sessions[0].Id)!.Events.Any(happened => happened.State == FleetModel.Sessions.SessionState.Pending);
        });
        using var waiting = new SimulatedQueue(seed);
        waiting.Create("t-1", SimulatedQueue.Player("ann"));
        waiting.Create("t-2", SimulatedQueue.Player("bob"));
        var done = waiting.Await("t-1", TicketStatus.Completed);
        Assert.Equal([TicketStatus.Queued, TicketStatus.Searching, TicketStatus.Placing, TicketStatus.Completed], done.Ticket.Events.Select(happened => happened.Status));
        Assert.Single(waiting.Sessions);
    }

    [Fact]
    public void GetNews_WhatHappened_ComesOnceItIsStored()
    {
        using var queue = new SimulatedQueue(14);
        var start = queue.Ask(run => run.GetNewsAsync(null));
        Assert.Empty(start.Changes);
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        var news = queue.Ask(run => run.GetNewsAsync(start.Next));
        Assert.Equal(("t-1", 1L), (news.Changes[0].Ticket, news.Changes[0].Event.Sequence));
        var idle = queue.Ask(run => run.GetNewsAsync(queue.Ask(again => again.GetNewsAsync(null)).Next));
        Assert.False(idle.HasGap);
        Assert.True(queue.Ask(run => run.GetNewsAsync(new(queue.Journal.Epoch - 1, 5))).HasGap);
    }

    [Fact]
    public void RuleSet_AnotherHolds_ActsOnTicketsThatWait()
    {
        using var queue = new SimulatedQueue(15);
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        queue.Await("t-1", TicketStatus.Searching);
        queue.RuleSet.Version = new("2", SimulatedQueue.Rules.Replace("\"default\": 10", "\"default\": 10 }, { \"name\": \"map\", \"type\": \"string\"", StringComparison.Ordinal)
            .Replace("\"name\": \"near\"", "\"name\": \"same\", \"type\": \"comparison\", \"operation\": \"=\", \"measurements\": [\"flatten(teams[*].players.attributes[map])\"] }, { \"name\": \"near\"", StringComparison.Ordinal), null, null);
        var failed = queue.Await("t-1", TicketStatus.Failed).Ticket;
        Assert.Equal(ErrorCodes.TicketNotMatchable, failed.Events[^1].Code);
        Assert.Contains("players[0].attributes.map", failed.Events[^1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Begin_AfterACrash_GoesOnWhereItWas()
    {
        using var queue = Asking(16, out var created);
        queue.Begin();
        var asked = queue.Get("t-1")!;
        Assert.Equal((TicketStatus.RequiresAcceptance, created), (asked.Ticket.Status, asked.Ticket.Ticket.CreatedAt));
        queue.Accept("t-1", true, "ann");
        queue.Begin();
        queue.Accept("t-2", true, "bob");
        queue.Begin();
        queue.Await("t-1", TicketStatus.Completed);
        Assert.Single(queue.Sessions);
    }

    private static SimulatedQueue Asking(int seed, out DateTimeOffset created)
    {
        var queue = new SimulatedQueue(seed, options => options.AcceptanceRequired = true);
        created = queue.Create("t-1", SimulatedQueue.Player("ann")).View!.Ticket.Ticket.CreatedAt;
        queue.Create("t-2", SimulatedQueue.Player("bob"));
        queue.Await("t-2", TicketStatus.RequiresAcceptance);
        return queue;
    }
}
