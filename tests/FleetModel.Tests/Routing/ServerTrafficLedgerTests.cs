using System.Net;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Tests.Routing;

/// <summary>Which destinations are opened and closed, in which order, and what becomes of one that the next server gets.</summary>
public sealed class ServerTrafficLedgerTests
{
    private const ulong Blue = 1;
    private const ulong Green = 2;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AcceleratorMapping _mapping = AcceleratorMapping.Create(1, ["75.2.0.1"], Rows("10.0.0.", "subnet-a").Concat(Rows("10.0.1.", "subnet-b")));
    private readonly ServerTrafficOptions _options = new();
    private ServerTrafficLedger _ledger = new([]);
    private DateTimeOffset _now = Start;

    [Fact]
    public void Plan_AServerThatIsThere_HeldBeforeItIsAllowedAndOpenOnceItIs()
    {
        var round = Plan(Server(1));
        Assert.Equal((0, 1), (round.Denies.Count, round.Allows.Count));
        Assert.Equal(OpeningState.Opening, Assert.Single(_ledger.Openings).State);
        _ledger.NoteAllowed(round.Allows[0], _now);
        Assert.Equal(At(1), Assert.Single(_ledger.Open).Destination);
        Assert.True(Plan(Server(1)).IsEmpty);
    }

    [Fact]
    public void Plan_TheAllowWasNotAnswered_AllowedAgainAndAfterACrashToo()
    {
        Plan(Server(1));
        Assert.Single(Plan(Server(1)).Allows);
        Crash();
        Assert.Single(Plan(Server(1)).Allows);
        Crash();
        Assert.Equal((1, 0), Calls(Plan()));
    }

    [Fact]
    public void Plan_TheServerIsGone_DeniedUntilThatIsAnswered()
    {
        Open(Server(1));
        Assert.Equal((1, 0), Calls(Plan()));
        Assert.Empty(_ledger.Open);
        Crash();
        var round = Plan();
        Assert.Equal((1, 0), Calls(round));
        _ledger.NoteDenied(round.Denies[0], _now);
        Assert.True(Plan().IsEmpty);
        Assert.Empty(_ledger.Openings);
    }

    [Fact]
    public void Plan_AnotherServerAtTheSameAddressAndPort_ClosedThenRestedThenOpenedForIt()
    {
        Open(Server(1, session: 7));
        var next = Server(1, uid: 2);
        var round = Plan(next);
        Assert.Equal((1, 0), Calls(round));

        // Not answered: still nothing is opened.
        Assert.Equal((1, 0), Calls(Plan(next)));
        _ledger.NoteDenied(round.Denies[0], _now);
        Assert.True(Plan(next).IsEmpty);
        _now += _options.ReopenAfter - TimeSpan.FromSeconds(1);
        Assert.True(Plan(next).IsEmpty);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal((0, 1), Calls(Plan(next)));
    }

    [Fact]
    public void Plan_NobodyEverPlayedThere_TheNextServerDoesNotWait()
    {
        Open(Server(1));
        var round = Plan(Server(1, uid: 2));
        _ledger.NoteDenied(round.Denies[0], _now);
        Assert.Equal((0, 1), Calls(Plan(Server(1, uid: 2))));
    }

    [Fact]
    public void Plan_ASessionClaimsTheServer_ItGoesOnWithWhatIsOpen()
    {
        Open(Server(1));
        Assert.True(Plan(Server(1, session: 7)).IsEmpty);
        var claimed = Assert.Single(_ledger.Open);
        Assert.Equal((true, Server(1, session: 7).Occupant), (claimed.Claimed, claimed.Occupant));
    }

    [Fact]
    public void Plan_ClaimedFirstAndGivenItsSessionLater_ItGoesOnAndRestsAfterwards()
    {
        // So it is of servers claimed in advance, by directors, and of those of several sessions, which keep to the first step.
        Open(Server(1));
        Assert.True(Plan(Server(1) with { IsClaimed = true }).IsEmpty);
        Assert.True(Assert.Single(_ledger.Open).Claimed);
        Assert.True(Plan(Server(1, session: 7)).IsEmpty);
        var round = Plan(Server(1, uid: 2));
        _ledger.NoteDenied(round.Denies[0], _now);
        Assert.True(Plan(Server(1, uid: 2)).IsEmpty);
    }

    [Fact]
    public void Plan_TheNextSessionOfTheSameServer_ClosedFirst()
    {
        Open(Server(1, session: 7));
        var round = Plan(Server(1, session: 8));
        Assert.Equal((1, 0), Calls(round));
        _ledger.NoteDenied(round.Denies[0], _now);
        _now += _options.ReopenAfter;
        Assert.Equal((0, 1), Calls(Plan(Server(1, session: 8))));
    }

    [Fact]
    public void Plan_AClusterIsNotSeen_ItsServersStayOpenAndThoseOfOthersAreClosed()
    {
        Open(Server(1), Server(2, cluster: Green));
        var round = _ledger.Plan([], new HashSet<ulong> { Blue }, _mapping, _now, _options, _ => false);
        Assert.Equal([At(2)], round.Denies.SelectMany(batch => batch.Destinations));
        Assert.Equal([At(1)], _ledger.Open.Select(opening => opening.Destination));
    }

    [Fact]
    public void Plan_MoreThanOneRoundMayCall_DeniesComeBeforeAnyAllow()
    {
        _options.CallsPerRound = 2;
        var old = Enumerable.Range(1, 3).Select(number => Server(number, port: 7000 + number)).ToArray();
        while (Plan(old) is { IsEmpty: false } opening) foreach (var batch in opening.Allows) _ledger.NoteAllowed(batch, _now);
        var fresh = Enumerable.Range(4, 3).Select(number => Server(number, port: 7000 + number)).ToArray();
        var calls = new List<(int, int)>();
        for (var round = Plan(fresh); !round.IsEmpty; round = Plan(fresh))
        {
            calls.Add(Calls(round));
            foreach (var batch in round.Denies) _ledger.NoteDenied(batch, _now);
            foreach (var batch in round.Allows) _ledger.NoteAllowed(batch, _now);
        }

        Assert.Equal([(2, 0), (1, 1), (0, 2)], calls);
    }

    [Fact]
    public void Plan_DestinationsThatAreHeld_LeftOutAndTheOthersGoOn()
    {
        Open(Server(1, port: 7001), Server(2, port: 7002));
        var round = _ledger.Plan([], new HashSet<ulong>(), _mapping, _now, _options, destination => destination == At(1, 7001));
        Assert.Equal([At(2, 7002)], round.Denies.SelectMany(batch => batch.Destinations));

        // What could not be closed is not opened for the next one.
        Assert.DoesNotContain(At(1, 7001), Plan(Server(1, uid: 9, port: 7001)).Allows.SelectMany(batch => batch.Destinations));
    }

    [Fact]
    public void Plan_DestinationsWithoutARow_NeitherOpenedNorKept()
    {
        Open(Server(1));
        var other = AcceleratorMapping.Create(2, ["75.2.0.1"], Rows("10.0.9.", "subnet-c"));
        Assert.True(_ledger.Plan([Server(1)], new HashSet<ulong>(), other, _now, _options, _ => false).IsEmpty);
        Assert.Empty(_ledger.Openings);
    }

    [Fact]
    public void Plan_TwoServersOfOneDestination_TheFirstHasIt()
    {
        Open(Server(1), Server(1, uid: 2, cluster: Green));
        Assert.Equal(Server(1).Server, Assert.Single(_ledger.Open).Server);
        Assert.True(Plan(Server(1), Server(1, uid: 2, cluster: Green)).IsEmpty);
    }

    [Fact]
    public void Observe_OpenForNobody_ClosedAndWhatWasShutIsOpenedAgain()
    {
        Open(Server(1), Server(2));
        _now += ServerTrafficLedger.SettleTime + TimeSpan.FromSeconds(1);
        _ledger.Observe(new HashSet<Destination> { At(1), At(3) }, _now, _now);
        Assert.Equal([At(1)], _ledger.Open.Select(opening => opening.Destination));
        var round = Plan(Server(1), Server(2));
        Assert.Equal([At(3)], round.Denies.SelectMany(batch => batch.Destinations));
        Assert.Equal([At(2)], round.Allows.SelectMany(batch => batch.Destinations));
    }

    [Fact]
    public void Observe_WhatChangedAMomentBeforeItWasAsked_IsNotJudged()
    {
        Open(Server(1, session: 7), Server(2));
        _ledger.NoteDenied(Plan(Server(2)).Denies[0], _now);
        var changes = _ledger.Changes;

        // Told as it was before: 1 open, 2 not yet.
        _ledger.Observe(new HashSet<Destination> { At(1) }, _now, _now);
        Assert.Equal(changes, _ledger.Changes);
    }

    [Fact]
    public void Observe_WhatIsAsItShouldBe_ChangesNothing()
    {
        Open(Server(1));
        var changes = _ledger.Changes;
        _now += ServerTrafficLedger.SettleTime + TimeSpan.FromSeconds(1);
        _ledger.Observe(new HashSet<Destination> { At(1) }, _now, _now);
        Assert.Equal(changes, _ledger.Changes);
    }

    [Fact]
    public void Observe_AllIsOpenOfALargeAccelerator_NoMoreIsKeptThanTheLimit()
    {
        var allowed = Enumerable.Range(0, ServerTrafficLedger.MaxOpenings + 100).Select(number => new Destination((ulong)number + 1)).ToHashSet();
        _ledger.Observe(allowed, _now, _now);
        Assert.Equal(ServerTrafficLedger.MaxOpenings, _ledger.Openings.Count);
    }

    private void Open(params RoutableServer[] servers)
    {
        foreach (var batch in Plan(servers).Allows) _ledger.NoteAllowed(batch, _now);
        Assert.Equal(servers.Select(server => server.Destination).ToHashSet(), _ledger.Open.Select(opening => opening.Destination).ToHashSet());
    }

    private ServerTrafficRound Plan(params RoutableServer[] servers) => _ledger.Plan(servers, new HashSet<ulong>(), _mapping, _now, _options, _ => false);

    /// <summary>The next activation knows what the store held.</summary>
    private void Crash() => _ledger = new ServerTrafficLedger(ServerOpening.Import(ServerOpening.Export(_ledger.Openings)));

    private static (int Denies, int Allows) Calls(ServerTrafficRound round) => (round.Denies.Count, round.Allows.Count);

    private static RoutableServer Server(int host, ulong? uid = null, ulong cluster = Blue, ulong session = 0, int port = 7000)
    {
        var unclaimed = (uid ?? (ulong)host) + 1000;
        return new(At(host, port), cluster, unclaimed, unclaimed, session == 0 ? unclaimed : unclaimed + (session * 1_000_000), session != 0);
    }

    private static Destination At(int host, int port = 7000) => Destination.Of(IPAddress.Parse($"10.0.0.{host}"), (ushort)port);

    private static IEnumerable<AcceleratorPort> Rows(string network, string subnet) =>
        from host in Enumerable.Range(0, 16)
        from port in Enumerable.Range(0, 16)
        select new AcceleratorPort(IPAddress.Parse($"{network}{host}"), (ushort)(7000 + port), (ushort)(20_000 + (host * 16) + port), "arn:group", subnet);
}
