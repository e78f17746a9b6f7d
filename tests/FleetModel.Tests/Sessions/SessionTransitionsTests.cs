using CsCheck;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Sessions;

public sealed class SessionTransitionsTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SessionRequest Request = new()
    {
        Fleet = "arena",
        Players = [new SessionPlayer("p1", new Dictionary<string, int>())],
        Deadline = TimeSpan.FromSeconds(10),
        Lifetime = TimeSpan.FromHours(1),
    };

    private enum Step
    {
        Claim,
        Acknowledge,
        AcknowledgeOld,
        Lose,
        LoseOld,
        Replace,
        End,
        Fail,
        Abandon,
    }

    [Fact]
    public void Create_Request_AllocatingWithItsDeadlines()
    {
        var session = Create();
        Assert.Equal(SessionState.Allocating, session.State);
        Assert.Equal((1, "token-1", Start.AddSeconds(10), Start.AddHours(1)), (session.Incarnation, session.RoutingToken, session.AllocationDeadline, session.ExpiresAt));
        Assert.Equal([new SessionEvent(1, Start, SessionState.Allocating, 1, null, null)], session.Events);
    }

    [Fact]
    public void Replacing_LostSession_NextIncarnationUnderANewTokenAndDeadline()
    {
        var lost = SessionTransitions.ServerLost(SessionTransitions.Claimed(Create(), Server("gs-1"), Start), 1, "killed", Start);
        var next = SessionTransitions.Replacing(lost, "token-2", Start.AddMinutes(5));
        Assert.Equal((lost.Id, 2, "token-2", SessionState.Allocating), (next.Id, next.Incarnation, next.RoutingToken, next.State));
        Assert.Equal(Start.AddMinutes(5).AddSeconds(10), next.AllocationDeadline);
        Assert.Equal(lost.ExpiresAt, next.ExpiresAt);
    }

    [Fact]
    public void ClaimAbandoned_Allocating_NextIncarnationUnderANewTokenAndTheSameDeadline()
    {
        var next = SessionTransitions.ClaimAbandoned(Create(), "token-2", "no clear answer", Start.AddSeconds(3));
        Assert.Equal((2, "token-2", SessionState.Allocating, Start.AddSeconds(10)), (next.Incarnation, next.RoutingToken, next.State, next.AllocationDeadline));
        Assert.Equal(new SessionEvent(2, Start.AddSeconds(3), SessionState.Allocating, 2, null, "no clear answer"), next.Events[^1]);
    }

    [Fact]
    public void Ended_BeforeTheFirstServer_IsCancelled() =>
        Assert.Equal(SessionState.Cancelled, SessionTransitions.Ended(Create(), "by its caller", Start).State);

    [Fact]
    public void Ended_WithAServer_IsEnded() =>
        Assert.Equal(SessionState.Ended, SessionTransitions.Ended(SessionTransitions.Claimed(Create(), Server("gs-1"), Start), "by its caller", Start).State);

    [Fact]
    public void Failed_OpenSession_KeepsWhy()
    {
        var failed = SessionTransitions.Failed(Create(), ErrorCodes.NoCapacity, "Nothing was free.", Start);
        Assert.Equal(new SessionFailure(ErrorCodes.NoCapacity, "Nothing was free."), failed.Failure);
        Assert.Equal(Start, failed.ClosedAt);
    }

    [Fact]
    public void AnySteps_InAnyOrder_KeepTheRules() =>
        Gen.Enum<Step>().Array[1, 200].Sample(steps =>
        {
            var session = Create();
            var now = Start;
            foreach (var step in steps)
            {
                now = now.AddMilliseconds(7);
                var before = session;
                var legal = step switch
                {
                    Step.Claim or Step.Abandon => before.State == SessionState.Allocating,
                    Step.Replace => before.State == SessionState.Lost,
                    _ => true,
                };
                if (!legal)
                {
                    Assert.Throws<InvalidOperationException>(() => Apply(before, step, now));
                    continue;
                }

                session = Apply(before, step, now);
                if (ReferenceEquals(session, before)) continue;
                CheckChange(before, session, now);
            }
        });

    [Fact]
    public void ManyChanges_OfOneSession_KeepOnlyTheNewestEvents()
    {
        var session = Create();
        for (var round = 0; round < 100; round++)
        {
            session = SessionTransitions.Claimed(session, Server($"gs-{round}"), Start);
            session = SessionTransitions.ServerLost(session, session.Incarnation, "killed", Start);
            session = SessionTransitions.Replacing(session, "token", Start);
        }

        Assert.Equal(SessionTransitions.MaxEvents, session.Events.Count);
        Assert.Equal(301, session.LastSequence);
        Assert.Equal(Enumerable.Range(301 - SessionTransitions.MaxEvents + 1, SessionTransitions.MaxEvents).Select(sequence => (long)sequence), session.Events.Select(happened => happened.Sequence));
    }

    private static void CheckChange(SessionRecord before, SessionRecord after, DateTimeOffset now)
    {
        Assert.False(before.IsClosed, "A closed session changed.");
        Assert.Equal(before.LastSequence + 1, after.LastSequence);
        Assert.Equal((after.State, after.Incarnation, now), (after.Events[^1].State, after.Events[^1].Incarnation, after.Events[^1].At));
        Assert.Equal(after.Events.Skip(1).Select(happened => happened.Sequence), after.Events.SkipLast(1).Select(happened => happened.Sequence + 1));
        Assert.True(after.Incarnation == before.Incarnation || (after.Incarnation == before.Incarnation + 1 && before.State is SessionState.Lost or SessionState.Allocating));
        Assert.Equal(after.IsClosed, after.ClosedAt is not null);
        Assert.Equal(after.State == SessionState.Failed, after.Failure is not null);
        Assert.True(!after.HoldsServer || after.Server is not null, "It holds a server that is not known.");
        Assert.Equal((before.Id, before.Fingerprint, before.CreatedAt, before.ExpiresAt), (after.Id, after.Fingerprint, after.CreatedAt, after.ExpiresAt));
    }

    private static SessionRecord Apply(SessionRecord session, Step step, DateTimeOffset now) => step switch
    {
        Step.Claim => SessionTransitions.Claimed(session, Server($"gs-{session.Incarnation}"), now),
        Step.Acknowledge => SessionTransitions.Acknowledged(session, session.Incarnation, now),
        Step.AcknowledgeOld => Unchanged(session, SessionTransitions.Acknowledged(session, session.Incarnation - 1, now)),
        Step.Lose => SessionTransitions.ServerLost(session, session.Incarnation, "killed", now),
        Step.LoseOld => Unchanged(session, SessionTransitions.ServerLost(session, session.Incarnation - 1, "killed", now)),
        Step.Replace => SessionTransitions.Replacing(session, "next", now),
        Step.Abandon => SessionTransitions.ClaimAbandoned(session, "next", "no clear answer", now),
        Step.End => SessionTransitions.Ended(session, "by its caller", now),
        _ => SessionTransitions.Failed(session, ErrorCodes.AllocationFailed, "It failed.", now),
    };

    private static SessionRecord Unchanged(SessionRecord before, SessionRecord after)
    {
        Assert.Same(before, after);
        return after;
    }

    private static SessionRecord Create() => SessionTransitions.Create("s-1", "print", Request, "token-1", Start);

    private static ServerBinding Server(string name) =>
        new() { Cluster = "c", Region = "r", Zone = "z", Node = "n", Name = name, Address = "10.0.0.1", Port = 7777 };
}
