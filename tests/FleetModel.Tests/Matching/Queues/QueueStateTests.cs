using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Queues;

public sealed class QueueStateTests
{
    [Fact]
    public void Create_NotStoredYet_IsShownToNobodyAndInNoPool()
    {
        var queue = new QueueFixture();
        Assert.Equal(TicketOutcome.Created, queue.Create("a").Outcome);
        Assert.Null(queue.State.Get("a"));
        Assert.Equal(0, queue.Common.Count);
        Assert.Equal(TicketOutcome.Existing, queue.Create("a").Outcome);

        queue.Store();
        Assert.Equal(TicketStatus.Queued, queue.StatusOf("a"));
        Assert.Equal(1, queue.Common.Count);
    }

    [Fact]
    public void Create_TicketThatFitsNoSegment_IsInvalid()
    {
        var queue = new QueueFixture(limits: new() { MaxRecordBytes = 100 });
        Assert.Equal("players", Assert.Single(queue.Create("a").Faults).Path);
    }

    [Fact]
    public void Create_TimeoutLongerThanTheQueues_IsTheQueues()
    {
        var queue = new QueueFixture(options => options.TicketTimeout = TimeSpan.FromSeconds(30));
        var reply = queue.State.Create(new TicketRequest { Id = "a", Fingerprint = "a", Players = [new("p", new Dictionary<string, AttributeValue>(), new Dictionary<string, int>())], Timeout = TimeSpan.FromHours(1) }, queue.Now);
        Assert.Equal(queue.Now.AddSeconds(30), reply.View!.Ticket.Ticket.ExpiresAt);
    }

    [Fact]
    public void NoteAnswer_Match_IsInOneStepWithItsTickets()
    {
        var queue = new QueueFixture(limits: new() { MaxSegmentEntries = 1 });
        queue.CreateStored("a", "b");
        queue.Answer(queue.Order(), QueueFixture.Match("a", "b"));
        Assert.Equal(TicketStatus.Queued, queue.StatusOf("a"));

        var match = Assert.Single(queue.Store());
        Assert.Equal(TicketIds.Session(match.Id), match.Record.SessionId);
        var segment = queue.Journal.Values.Single(segment => segment.Matches.Count == 1);
        Assert.Equal(["a", "b"], segment.Changes.Select(change => change.Ticket));
        Assert.Equal(TicketStatus.Placing, queue.StatusOf("b"));
    }

    [Fact]
    public void NoteAnswer_TicketCancelledMeanwhile_DropsTheMatchAndAsksAgainForTheOthers()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a", "b");
        var order = queue.Order();
        queue.State.Cancel("a", "left", queue.Now);
        Assert.Empty(queue.Answer(order, QueueFixture.Match("a", "b")));

        var next = queue.Order();
        Assert.Equal(["a"], next.Leave);
        Assert.Equal(["b"], next.Tickets.Select(ticket => ticket.Id));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "unknown")]
    public void NoteAnswer_MatchThatCannotBe_IsNone(string one, string other)
    {
        var queue = new QueueFixture();
        queue.CreateStored("a");
        Assert.Empty(queue.Answer(queue.Order(), QueueFixture.Match(one, other)));
        Assert.Equal(["a"], queue.Order().Tickets.Select(ticket => ticket.Id));
    }

    [Fact]
    public void NoteAnswer_None_BeginsAnotherLifeOfThePoolWithEverybody()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a", "b");
        var order = queue.Order();
        queue.State.NoteAnswer(queue.Common, order, null, queue.Now);
        var again = queue.Order();
        Assert.NotEqual(order.Epoch, again.Epoch);
        Assert.Equal((1, QueueFixture.Text), (again.Sequence, again.RuleSet));
        Assert.Equal(2, again.Tickets.Count);

        // The first answer comes after all: it is of another life.
        Assert.Empty(queue.Answer(order, QueueFixture.Match("a", "b")));
    }

    [Fact]
    public void NoteAnswer_Refused_FailsTheTicket()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a");
        queue.State.NoteAnswer(queue.Common, queue.Order(), new PoolPass { Refused = [new("a", [new("players[0]", "is wrong.")])] }, queue.Now);
        queue.Store();
        var failed = queue.State.Get("a")!.Ticket;
        Assert.Equal((TicketStatus.Failed, ErrorCodes.TicketNotMatchable, "players[0]: is wrong."), (failed.Status, failed.Events[^1].Code, failed.Events[^1].Reason));
    }

    [Fact]
    public void Elapse_TimeIsOver_TimesOutUnlessItHasAMatch()
    {
        var queue = new QueueFixture(options => options.TicketTimeout = TimeSpan.FromSeconds(30));
        queue.CreateStored("a", "b", "c");
        queue.Answer(queue.Order(), QueueFixture.Match("a", "b"));
        var match = Assert.Single(queue.Store());
        queue.Now += TimeSpan.FromSeconds(30);
        queue.State.Elapse(queue.Now);
        queue.Store();
        Assert.Equal((TicketStatus.Placing, TicketStatus.TimedOut), (queue.StatusOf("a"), queue.StatusOf("c")));

        queue.State.FailPlacement(match, "no server", false, queue.Now);
        queue.Store();
        Assert.Equal(TicketStatus.TimedOut, queue.StatusOf("a"));
    }

    [Fact]
    public void Elapse_DoneLongAgo_IsForgottenAndItsSegmentsGo()
    {
        var queue = new QueueFixture(options => options.TicketTimeout = TimeSpan.FromSeconds(30));
        queue.CreateStored("a", "b");
        queue.Now += TimeSpan.FromSeconds(31);
        queue.State.Elapse(queue.Now);
        queue.Store();
        queue.Now += queue.Options.ClosedTicketRetention;
        queue.State.Elapse(queue.Now);
        queue.Store();
        Assert.Null(queue.State.Get("a"));
        Assert.Empty(queue.Journal);
    }

    [Fact]
    public void Elapse_OneLongWaitingTicket_DoesNotKeepALongJournal()
    {
        var queue = new QueueFixture(options => (options.TicketTimeout, options.ClosedTicketRetention) = (TimeSpan.FromHours(12), TimeSpan.FromSeconds(10)), new() { MaxIdleEntries = 50 });
        queue.CreateStored("old");
        for (var i = 0; i < 500; i++)
        {
            queue.CreateStored($"t-{i}");
            queue.State.Cancel($"t-{i}", "left", queue.Now);
            queue.Store();
            queue.Now += TimeSpan.FromSeconds(1);
            queue.State.Elapse(queue.Now);
        }

        Assert.InRange(queue.Journal.Values.Sum(segment => segment.Tickets.Count + segment.Changes.Count), 1, 200);
        Assert.Equal(TicketStatus.Queued, Replay(queue).Get("old")!.Ticket.Status);
    }

    [Fact]
    public void Load_WhatWasStored_IsTheQueueAsItWas()
    {
        var queue = new QueueFixture(options => options.AcceptanceRequired = true);
        queue.CreateStored("a", "b", "c", "d");
        queue.Answer(queue.Order(), QueueFixture.Match("a", "b"));
        queue.Store();
        queue.State.Accept("a", null, ["p-a"], true, queue.Now);
        queue.State.Cancel("c", "left", queue.Now);
        queue.Store();

        var replay = Replay(queue);
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            Assert.Equal(queue.State.Get(id)!.Ticket.Events, replay.Get(id)!.Ticket.Events);
            Assert.Equal(queue.State.Get(id)!.Match?.AcceptedBy, replay.Get(id)!.Match?.AcceptedBy);
        }

        Assert.Equal(TicketOutcome.PlayerHasTicket, replay.Create(new() { Id = "e", Fingerprint = "e", Players = [new("p-a", new Dictionary<string, AttributeValue>(), new Dictionary<string, int>())] }, queue.Now).Outcome);
        Assert.Equal(AcceptOutcome.Taken, replay.Accept("b", null, ["p-b"], true, queue.Now).Outcome);
    }

    [Fact]
    public void Load_TheSameSegmentsTwiceApplied_ChangesNothing()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a");
        queue.Order();
        queue.Store();
        var changes = queue.Journal.Values.SelectMany(segment => segment.Changes).ToList();
        queue.Journal.Add(queue.Journal.Keys.Max() + 1, new() { Changes = changes });
        Assert.Equal(2, Replay(queue).Get("a")!.Ticket.LastSequence);
    }

    [Fact]
    public void Change_OtherRuleSet_TellsThePoolsEverythingAnew()
    {
        var queue = new QueueFixture();
        queue.CreateStored("a");
        queue.Answer(queue.Order());
        queue.State.Change(QueueFixture.RuleSet, "other");
        var order = queue.Order();
        Assert.Equal(("other", 1), (order.RuleSet, order.Tickets.Count));
    }

    private static QueueState Replay(QueueFixture queue)
    {
        var state = new QueueState(queue.Options, new(), QueueFixture.Regions);
        state.Open(new(queue.Journal.Keys.FirstOrDefault(), queue.Journal.Keys.LastOrDefault() + 1));
        foreach (var (number, segment) in queue.Journal) state.Load(number, segment, queue.Now);
        state.Begin("2", QueueFixture.RuleSet, QueueFixture.Text, queue.Now);
        return state;
    }
}
