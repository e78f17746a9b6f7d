using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.Matchmaker.Tests.Queues;

public sealed class BackfillRunTests
{
    [Fact]
    public void CreateBackfill_RunningSession_GetsPlayers()
    {
        using var queue = new SimulatedQueue(21);
        var session = Play(queue);
        Assert.Equal(BackfillOutcome.NoSession, queue.Backfill("b-0", "s-none", ("red", SimulatedQueue.Player("ann"))).Outcome);
        Assert.Equal(BackfillOutcome.Created, queue.Backfill("b-1", session, ("red", SimulatedQueue.Player("ann")), ("blue", SimulatedQueue.Player("bob"))).Outcome);
        Assert.Equal(BackfillOutcome.Existing, queue.Backfill("b-1", session, ("red", SimulatedQueue.Player("ann"))).Outcome);

        queue.Create("t-3", SimulatedQueue.Player("cid"));
        var done = queue.Await("t-3", TicketStatus.Completed);

        Assert.Equal((session, "b-1"), (done.Match!.SessionId, done.Match.Backfill));
        Assert.Equal(["cid"], done.Match.Players);
        Assert.Equal(TicketStatus.Completed, queue.GetBackfill("b-1")!.Status);
        var running = queue.Session(session)!;
        Assert.Equal(["ann", "bob", "cid"], running.Request.Players.Select(player => player.Id).Order());
        Assert.Equal(3, running.Request.Matchmaking!.Teams.Values.Sum(players => players.Count));
        Assert.Contains("cid", running.Request.Attributes, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateBackfill_AnotherOfTheSession_TakesItsPlace()
    {
        using var queue = new SimulatedQueue(22);
        var session = Play(queue);
        queue.Backfill("b-1", session, ("red", SimulatedQueue.Player("ann")));
        queue.Backfill("b-2", session, ("red", SimulatedQueue.Player("ann")));
        Assert.Equal(TicketStatus.Cancelled, queue.GetBackfill("b-1")!.Status);
        Assert.Equal(TicketStatus.Searching, queue.GetBackfill("b-2")!.Status);
        queue.Ask(run => run.DecideAsync((state, now) => state.StopBackfill("b-2", "enough", now)));
        Assert.Equal((TicketStatus.Cancelled, "enough"), (queue.GetBackfill("b-2")!.Status, queue.GetBackfill("b-2")!.Reason));
    }

    [Fact]
    public void Automatic_MatchWithFreePlaces_IsFilledUntilItIsFull()
    {
        using var queue = new SimulatedQueue(23, options => options.Backfill = BackfillMode.Automatic);
        var session = Play(queue);
        queue.Create("t-3", SimulatedQueue.Player("cid"));
        Assert.Equal(session, queue.Await("t-3", TicketStatus.Completed).Match!.SessionId);
        queue.Create("t-4", SimulatedQueue.Player("dan"));
        Assert.Equal(session, queue.Await("t-4", TicketStatus.Completed).Match!.SessionId);
        Assert.Equal(0, queue.Ask(run => run.GetStatusAsync()).Backfills);
        Assert.Equal(4, queue.Session(session)!.Request.Players.Count);
        queue.Create("t-5", SimulatedQueue.Player("eve"));
        queue.Create("t-6", SimulatedQueue.Player("fay"));
        Assert.NotEqual(session, queue.Await("t-6", TicketStatus.Completed).Match!.SessionId);
    }

    [Fact]
    public void Automatic_PlayerOfTheSessionAsksForATicket_HasLeftIt()
    {
        using var queue = new SimulatedQueue(24, options => options.Backfill = BackfillMode.Automatic);
        var session = Play(queue);
        queue.Pass(TimeSpan.FromSeconds(1));
        queue.Create("t-3", SimulatedQueue.Player("ann", 99));
        queue.Create("t-4", SimulatedQueue.Player("cid"));
        Assert.Equal(session, queue.Await("t-4", TicketStatus.Completed).Match!.SessionId);
        Assert.Equal(["bob", "cid"], queue.Session(session)!.Request.Players.Select(player => player.Id).Order());
        Assert.Equal(TicketStatus.Searching, queue.Get("t-3")!.Ticket.Status);
    }

    [Fact]
    public void NoteSessionEnded_NobodyIsSentThere()
    {
        using var queue = new SimulatedQueue(25, options => options.Backfill = BackfillMode.Automatic);
        var session = Play(queue);
        queue.Pass(TimeSpan.FromSeconds(1));
        Assert.True(queue.Ask(run => run.DecideAsync((state, now) => state.NoteSessionEnded(session, now))));
        queue.Create("t-3", SimulatedQueue.Player("cid"));
        queue.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(TicketStatus.Searching, queue.Get("t-3")!.Ticket.Status);
    }

    [Fact]
    public void Fill_SessionIsOver_SendsTicketsBackOnce()
    {
        using var queue = new SimulatedQueue(26, options => options.Backfill = BackfillMode.Automatic);
        var session = Play(queue);
        queue.Pass(TimeSpan.FromSeconds(1));
        var ending = queue.Context.Grains.GetGrain<ISessionGrain>(session);
        queue.Ask(_ => ending.End("over"));
        queue.Create("t-3", SimulatedQueue.Player("cid"));
        queue.Pass(TimeSpan.FromSeconds(5));
        var back = queue.Get("t-3")!.Ticket;
        Assert.Equal(TicketStatus.Searching, back.Status);
        Assert.Single(back.Events, happened => happened.Code == ErrorCodes.PlacementFailed);
    }

    /// <summary>Two players play; two places are free.</summary>
    private static string Play(SimulatedQueue queue)
    {
        queue.Create("t-1", SimulatedQueue.Player("ann"));
        queue.Create("t-2", SimulatedQueue.Player("bob"));
        return queue.Await("t-1", TicketStatus.Completed).Match!.SessionId!;
    }
}
