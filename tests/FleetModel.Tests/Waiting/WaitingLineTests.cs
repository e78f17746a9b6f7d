using CsCheck;
using FleetSystem.FleetModel.Waiting;

namespace FleetSystem.FleetModel.Tests.Waiting;

public sealed class WaitingLineTests
{
    private const int Limit = 4;
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(2);
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly WaitingLine _line = new(Limit, TurnLimit);

    [Fact]
    public void HandOut_SeveralWait_EarliestDeadlineThenLongestWaitFirst()
    {
        Enter("late", 30, since: 0);
        Enter("early", 10, since: 2);
        Enter("as-early-but-longer", 10, since: 1);
        Enter("middle", 20, since: 0);
        Assert.Equal(["as-early-but-longer", "early", "middle"], _line.HandOut(3, Start));
        Assert.Equal(["late"], _line.HandOut(4, Start));
    }

    [Fact]
    public void HandOut_TurnsOut_NeverMoreThanFreeServers()
    {
        foreach (var session in new[] { "a", "b", "c" }) Enter(session, 10);
        Assert.Equal(["a", "b"], _line.HandOut(2, Start));
        Assert.Empty(_line.HandOut(2, Start));
        Assert.True(_line.MayClaim("a", Start.AddSeconds(10), Start));
        Assert.Equal(["c"], _line.HandOut(2, Start));
    }

    [Fact]
    public void HandOut_TurnNotUsedInTime_TheServerIsSomebodyElses()
    {
        Enter("dead", 10);
        Enter("next", 20);
        Assert.Equal(["dead"], _line.HandOut(1, Start));
        Assert.Empty(_line.HandOut(1, Start + TurnLimit - TimeSpan.FromTicks(1)));
        Assert.Equal(["next"], _line.HandOut(1, Start + TurnLimit));
        Assert.False(_line.HasTurn("dead", Start + TurnLimit));
    }

    [Fact]
    public void Enter_Full_RefusedExceptForOneThatWasPromisedItsPlace()
    {
        for (var i = 0; i < Limit; i++) Assert.True(Enter($"s{i}", 10));
        Assert.False(Enter("new", 5));
        Assert.Null(_line.PlaceOf("new"));
        Assert.True(_line.Enter(Ticket("promised", 5) with { IsHome = true }, Start));
        Assert.Equal((1, Limit + 1), (_line.PlaceOf("promised")!.Position, _line.Count));
        _line.Leave("s0");
        _line.Leave("s1");
        Assert.True(Enter("new", 5));
    }

    [Fact]
    public void Enter_AgainWithAnotherTicket_ReplacesTheFirst()
    {
        Enter("a", 10);
        Enter("b", 20);
        Assert.True(Enter("a", 30));
        Assert.Equal((2, 2), (_line.Count, _line.PlaceOf("a")!.Position));
    }

    [Fact]
    public void Enter_AgainWithTheSameTicket_ChangesNothing()
    {
        _line.Enter(Ticket("a", 10) with { Rest = TimeSpan.FromSeconds(1) }, Start);
        _line.Enter(Ticket("a", 10) with { Rest = TimeSpan.FromSeconds(1) }, Start.AddSeconds(0.9));
        Assert.Equal(["a"], _line.HandOut(1, Start.AddSeconds(1)));
    }

    [Fact]
    public void Expire_DeadlinePassed_OnlyThose()
    {
        foreach (var seconds in new[] { 20, 10, 15 }) Enter($"s{seconds}", seconds);
        Assert.Equal(["s10", "s15"], _line.Expire(Start.AddSeconds(15)));
        Assert.Equal((1, 1), (_line.Count, _line.PlaceOf("s20")!.Position));
    }

    [Fact]
    public void Expire_TurnLapsed_TheLineIsIdle()
    {
        Enter("a", 10);
        _line.HandOut(1, Start);
        Assert.False(_line.IsIdle);
        Assert.Empty(_line.Expire(Start + TurnLimit));
        Assert.True(_line.IsIdle);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(11, false)]
    public void MayClaim_OthersWait_OnlyWithAnEarlierDeadline(int deadline, bool may)
    {
        Enter("waits", 10);
        Assert.Equal(may, _line.MayClaim("new", Start.AddSeconds(deadline), Start));
    }

    [Fact]
    public void MayClaim_WithATurn_OnceOnlyAndNotAfterItLapsed()
    {
        foreach (var session in new[] { "a", "b", "c" }) Enter(session, 10);
        _line.HandOut(2, Start);
        Assert.True(_line.MayClaim("a", Start.AddSeconds(10), Start));
        Assert.False(_line.MayClaim("a", Start.AddSeconds(10), Start));
        Assert.False(_line.MayClaim("b", Start.AddSeconds(10), Start + TurnLimit));
    }

    [Fact]
    public void Rest_AfterATurnInVain_OthersGoFirstAndNobodyIsHeldUp()
    {
        // What is free is not for this one: the others must not wait for it.
        _line.Enter(Ticket("picky", 5) with { Rest = TimeSpan.FromSeconds(1) }, Start);
        Enter("other", 10);
        Assert.Equal(["other"], _line.HandOut(1, Start));
        Assert.True(_line.MayClaim("new", Start.AddSeconds(9), Start));
        Assert.False(_line.MayClaim("new", Start.AddSeconds(9), Start.AddSeconds(1)));
        Assert.Equal(["picky"], _line.HandOut(2, Start.AddSeconds(1)));
    }

    [Fact]
    public void Demand_HomesAndTurns_NotWhoeverWaitsElsewhereFirstOfAll()
    {
        _line.Enter(Ticket("home", 10) with { IsHome = true }, Start);
        _line.Enter(Ticket("served", 5) with { IsHome = true }, Start);
        Enter("visitor", 10);
        _line.HandOut(1, Start);
        Assert.Equal(2, _line.Demand(Start));
    }

    private static readonly Gen<(int Kind, int Session, int Deadline, bool Home, int Resting, int Free)> Step =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 9], Gen.Int[1, 40], Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 5]);

    [Fact]
    public void AnySteps_InAnyOrder_KeepTheRules() =>
        Step.Array[1, 120].Sample(steps =>
        {
            var line = new WaitingLine(Limit, TurnLimit);
            var now = Start;
            var waiting = new Dictionary<string, (QueueTicket Ticket, DateTimeOffset Rests)>();
            var turns = new Dictionary<string, DateTimeOffset>();
            foreach (var (step, number, deadline, home, rest, free) in steps)
            {
                now = now.AddMilliseconds(300);
                var session = $"s{number}";
                switch (step)
                {
                    case 0 or 1 or 2 when !turns.ContainsKey(session):
                        var ticket = Ticket(session, deadline) with { IsHome = home, Rest = TimeSpan.FromSeconds(rest) };
                        var entered = line.Enter(ticket, now);
                        Assert.Equal(waiting.ContainsKey(session) || home || waiting.Count < Limit, entered);
                        if (entered && !(waiting.TryGetValue(session, out var old) && old.Ticket == ticket)) waiting[session] = (ticket, now + ticket.Rest);
                        break;
                    case 3:
                        line.Leave(session);
                        waiting.Remove(session);
                        turns.Remove(session);
                        break;
                    case 4:
                        var expected = waiting.Where(pair => pair.Value.Ticket.Deadline <= now).Select(pair => pair.Key).Order();
                        Assert.Equal(expected, line.Expire(now).Order());
                        foreach (var late in waiting.Keys.Where(key => waiting[key].Ticket.Deadline <= now).ToList()) waiting.Remove(late);
                        foreach (var lapsed in turns.Keys.Where(key => turns[key] <= now).ToList()) turns.Remove(lapsed);
                        break;
                    case 5:
                        var most = Math.Max(0, free - turns.Values.Count(until => until > now));
                        var next = Ordered(waiting).Where(pair => pair.Rests <= now).Take(most).Select(pair => pair.Ticket.Session).ToList();
                        Assert.Equal(next, line.HandOut(free, now));
                        foreach (var served in next)
                        {
                            waiting.Remove(served);
                            turns[served] = now + TurnLimit;
                        }

                        break;
                    case 6:
                        var wanted = Start.AddSeconds(deadline);
                        var may = (turns.TryGetValue(session, out var until) && until > now)
                            || !waiting.Any(pair => pair.Key != session && pair.Value.Rests <= now && pair.Value.Ticket.Deadline <= wanted);
                        Assert.Equal(may, line.MayClaim(session, wanted, now));
                        turns.Remove(session);
                        break;
                    default:
                        break;
                }

                Assert.Equal(waiting.Count, line.Count);
                var places = Ordered(waiting).Select((pair, index) => (pair.Ticket.Session, index + 1));
                Assert.Equal(places, places.Select(place => (place.Session, line.PlaceOf(place.Session)!.Position)));
                Assert.Equal(waiting.Values.Count(pair => pair.Ticket.IsHome) + turns.Values.Count(end => end > now), line.Demand(now));
            }
        });

    private static IEnumerable<(QueueTicket Ticket, DateTimeOffset Rests)> Ordered(Dictionary<string, (QueueTicket Ticket, DateTimeOffset Rests)> waiting) =>
        waiting.Values.OrderBy(pair => pair.Ticket.Deadline).ThenBy(pair => pair.Ticket.Since).ThenBy(pair => pair.Ticket.Session, StringComparer.Ordinal);

    private bool Enter(string session, int deadline, int since = 0) => _line.Enter(Ticket(session, deadline, since), Start);

    private static QueueTicket Ticket(string session, int deadline, int since = 0) =>
        new() { Session = session, Deadline = Start.AddSeconds(deadline), Since = Start.AddSeconds(since) };
}
