using CsCheck;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Tests.Configuration;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class PathReportsTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PathReportOptions Options = new();

    // Who reports what, and how long after the one before.
    private static readonly Gen<(int Session, int Player, PathState State, int Pause)[]> Stories =
        Gen.Select(Gen.Int[0, 12], Gen.Int[0, 60], Gen.Enum<PathState>(), Gen.Int[0, 3_000]).Array[0, 200];

    [Fact]
    public void Check_Defaults_NoFault() => Assert.Empty(Faults.Of(Options.Check));

    [Fact]
    public void Check_EverythingWrong_NamesEach() =>
        Assert.Equal(
            ["Interval", "Window", "MaxPlayers", "MinPlayers", "MinSessions", "SuspectedShare", "ClearedShare"],
            Faults.Of(new PathReportOptions { Interval = TimeSpan.Zero, Window = TimeSpan.Zero, MaxPlayers = 1, MinPlayers = 1, MinSessions = 1, SuspectedShare = 0, ClearedShare = double.NaN }.Check).Select(fault => fault.Key));

    [Fact]
    public void Judge_EnoughPlayersOfEnoughSessions_Suspected()
    {
        var reports = new PathReports(Options);
        for (var player = 0; player < 9; player++) Tell(reports, player % 3, player, PathState.Down);
        Assert.False(Verdict(reports).IsSuspected);
        Tell(reports, 0, 9, PathState.Down);
        Assert.Equal((true, Start, 10, 10, 1d), Verdict(reports) is var verdict ? (verdict.IsSuspected, verdict.Since, verdict.Players, verdict.FailedPlayers, verdict.FailedShare) : default);
    }

    [Fact]
    public void Judge_DegradedForAll_NotSuspected()
    {
        var reports = new PathReports(Options);
        for (var player = 0; player < 100; player++) Tell(reports, player % 10, player, PathState.Degraded);
        Assert.False(Verdict(reports).IsSuspected);
    }

    [Fact]
    public void Judge_FailsForFewerThanTheShare_NotSuspected()
    {
        var reports = new PathReports(Options);
        for (var player = 0; player < 200; player++) Tell(reports, player % 20, player, player < 80 ? PathState.Down : PathState.Healthy);
        Assert.Equal((false, 0.4), Verdict(reports) is var verdict ? (verdict.IsSuspected, Math.Round(verdict.FailedShare, 6)) : default);
    }

    [Fact]
    public void Judge_OneLargeSessionAmongManyHealthy_WeighsAsOneSession()
    {
        var reports = new PathReports(Options);
        for (var player = 0; player < 1_000; player++) Tell(reports, 0, player, PathState.Down);
        for (var session = 1; session <= 9; session++) Tell(reports, session, 1_000 + session, session <= 3 ? PathState.Down : PathState.Healthy);
        Assert.Equal((false, 0.4), Verdict(reports) is var verdict ? (verdict.IsSuspected, Math.Round(verdict.FailedShare, 6)) : default);
    }

    [Fact]
    public void Judge_SuspectedAndThenBetter_ClearedOnlyBelowTheLowerShare()
    {
        var reports = new PathReports(Options);
        for (var player = 0; player < 60; player++) Tell(reports, player, player, PathState.Down);
        Assert.True(Verdict(reports).IsSuspected);
        for (var player = 0; player < 40; player++) Tell(reports, player, player, PathState.Healthy);
        Assert.True(Verdict(reports).IsSuspected);
        for (var player = 40; player < 46; player++) Tell(reports, player, player, PathState.Healthy);
        Assert.False(Verdict(reports).IsSuspected);
    }

    [Fact]
    public void Judge_OnePlayerOnly_NeverSuspects() =>
        Stories.Sample(story => Assert.All(Play(story, call => (call.Session, 0)), verdict => Assert.False(verdict.IsSuspected)));

    [Fact]
    public void Judge_OneSessionOnly_NeverSuspects() =>
        Stories.Sample(story => Assert.All(Play(story, call => (0, call.Player)), verdict => Assert.False(verdict.IsSuspected)));

    [Fact]
    public void Judge_OneSessionAgainstManyThatSeeNothing_NeverSuspects() =>
        Stories.Sample(story =>
        {
            var reports = new PathReports(Options);
            for (var player = 0; player < 50; player++) Tell(reports, 1_000 + (player / 5), 1_000 + player, PathState.Healthy);
            foreach (var (_, player, state, _) in story)
            {
                Tell(reports, 0, player, state);
                Assert.False(Verdict(reports).IsSuspected);
            }
        });

    [Fact]
    public void Judge_AnyStory_SuspectsOnlyWithEnoughPlayersSessionsAndShare() =>
        Stories.Sample(story =>
        {
            var newest = new Dictionary<int, (int Session, PathState State, DateTimeOffset At)>();
            var reports = new PathReports(Options);
            var now = Start;
            foreach (var (session, player, state, pause) in story)
            {
                now += TimeSpan.FromMilliseconds(pause);
                Tell(reports, session, player, state, now);
                newest[player] = (session, state, now);
                var counting = newest.Values.Where(told => now - told.At < Options.Window).ToList();
                var verdict = Verdict(reports, now);
                Assert.Equal((counting.Count, counting.Count(told => told.State == PathState.Down)), (verdict.Players, verdict.FailedPlayers));
                if (!verdict.IsSuspected) continue;
                Assert.True(verdict.FailedPlayers >= Options.MinPlayers);
                Assert.True(counting.Where(told => told.State == PathState.Down).DistinctBy(told => told.Session).Count() >= Options.MinSessions);
                Assert.True(verdict.FailedShare >= Options.ClearedShare);
            }
        });

    [Fact]
    public void Judge_WindowPassed_NothingIsLeft() =>
        Stories.Sample(story =>
        {
            var reports = new PathReports(Options);
            var now = Start;
            foreach (var (session, player, state, pause) in story) Tell(reports, session, player, state, now += TimeSpan.FromMilliseconds(pause));
            Assert.All(reports.Judge(now), verdict => Assert.Equal(now + Options.Window, verdict.HoldsUntil));
            Assert.Empty(reports.Judge(now + Options.Window));
            Assert.Equal(0, reports.Count);
        });

    [Fact]
    public void Judge_SuspectedAndThenSilence_ExpiresAndStartsAnew()
    {
        var reports = new PathReports(Options);
        for (var player = 0; player < 10; player++) Tell(reports, player, player, PathState.Down);
        Assert.True(Verdict(reports).IsSuspected);
        var later = Start + Options.Window;
        Assert.Empty(reports.Judge(later));
        Tell(reports, 0, 0, PathState.Down, later);
        Assert.False(Verdict(reports, later).IsSuspected);
    }

    [Fact]
    public void Take_MorePlayersThanTheLimit_TheOldestGo()
    {
        var options = new PathReportOptions { MaxPlayers = 100 };
        var reports = new PathReports(options);
        for (var player = 0; player < 1_000; player++)
        {
            Tell(reports, player, player, player < 900 ? PathState.Down : PathState.Healthy);
            Assert.InRange(reports.Count, 1, 100);
        }

        Assert.Equal((100, 0), Verdict(reports) is var verdict ? (verdict.Players, verdict.FailedPlayers) : default);
    }

    [Fact]
    public void Forget_Session_ItsPlayersCountNoMore()
    {
        var reports = new PathReports(Options);
        for (var player = 0; player < 12; player++) Tell(reports, player % 3, player, PathState.Down);
        Assert.True(Verdict(reports).IsSuspected);
        reports.Forget("s0");
        reports.Forget("s0");
        Assert.Equal((8, false), (reports.Count, Verdict(reports).IsSuspected));
    }

    private static List<PathVerdict> Play((int Session, int Player, PathState State, int Pause)[] story, Func<(int Session, int Player, PathState State, int Pause), (int Session, int Player)> who)
    {
        var reports = new PathReports(Options);
        var now = Start;
        var verdicts = new List<PathVerdict>();
        foreach (var call in story)
        {
            var (session, player) = who(call);
            Tell(reports, session, player, call.State, now += TimeSpan.FromMilliseconds(call.Pause));
            verdicts.AddRange(reports.Judge(now));
        }

        return verdicts;
    }

    private static void Tell(PathReports reports, int session, int player, PathState state, DateTimeOffset? at = null) =>
        reports.Take($"s{session}", new RouteReport($"p{player}", RouteKind.Direct, [new PathReport(RouteKind.Accelerator, state, 1, 10, 20)]), at ?? Start);

    private static PathVerdict Verdict(PathReports reports, DateTimeOffset? at = null) =>
        Assert.Single(reports.Judge(at ?? Start), verdict => verdict.Kind == RouteKind.Accelerator);
}
