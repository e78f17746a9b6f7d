using System.Net;
using FleetSystem.FleetManager.Cells;
using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetManager.Events;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetManager.Tests.Ops;
using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;
using Severity = FleetSystem.FleetManager.Dashboard.Views.Severity;

namespace FleetSystem.FleetManager.Tests.Cells;

/// <summary>What Matchmakers tell of the other cells, and what operators see of it.</summary>
public sealed class CellPeersTests(OpsApiTests.Fixture fixture) : IClassFixture<OpsApiTests.Fixture>
{
    private static readonly PeerStanding Well = new()
    {
        Cell = "tokyo",
        Urls = ["https://tokyo.example:8444"],
        Circuit = new CircuitStatus(CircuitState.Closed, Now, ""),
        AnsweredAt = Now,
        LatencySeconds = 0.03,
        Regions = [new PeerRegion("ap-northeast-1", true, 12, 0)],
    };

    private static readonly PeerStanding Away = Well with { Circuit = new CircuitStatus(CircuitState.Open, Now.AddSeconds(1), "DeadlineExceeded"), AnsweredAt = Now.AddSeconds(-3) };

    [Fact]
    public async Task Peers_ToldByTwoMatchmakers_ListedUntilTheyTellNoMore()
    {
        var grain = fixture.Cell.Grains.GetGrain<ICellPeersGrain>(0);
        await grain.NotePeers(new PeerReport("matchmaker-1", [Well]));
        await grain.NotePeers(new PeerReport("matchmaker-2", [Away]));
        while ((await grain.List()).Count < 2) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();

        var (status, body) = await fixture.Send(HttpMethod.Get, "/ops/v1/peers");

        Assert.Equal(HttpStatusCode.OK, status);
        var peer = Assert.Single(body!["peers"]!.AsArray())!;
        Assert.Equal(("tokyo", 0.03, "ap-northeast-1", 12), ((string)peer["cell"]!, (double)peer["latencySeconds"]!, (string)peer["regions"]![0]!["id"]!, (int)peer["regions"]![0]!["ready"]!));
        Assert.Equal(["matchmaker-1 closed", "matchmaker-2 open"], peer["seenBy"]!.AsArray().Select(view => $"{view!["silo"]} {view["state"]}"));

        await fixture.Cell.Pass(CellPeersGrain.Life + TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Assert.Empty(await grain.List());
    }

    [Fact]
    public void Row_SomeMatchmakersReachIt_SaysHowManyAndTheNewestAnswer()
    {
        Assert.Equal((Severity.Good, "healthy", "5 s ago", "30 ms"), Of(Well));
        Assert.Equal((Severity.Critical, "not asked", "8 s ago", "30 ms"), Of(Away));
        Assert.Equal((Severity.Warning, "asked by 1 of 2 Matchmakers", "5 s ago", "30 ms"), Of(Away, Well));

        static (Severity, string, string, string) Of(params IReadOnlyList<PeerStanding> seen)
        {
            var row = PeerRow.Of(Assert.Single(Peers(seen)), Now.AddSeconds(5));
            return (row.Severity, row.Standing, row.Answered, row.Took);
        }
    }

    [Fact]
    public void Events_CellGoesAwayAndComesBack_ToldOnceEach()
    {
        Assert.Equal([(Severity.Critical, "Cell tokyo is not asked any more: DeadlineExceeded", Now.AddSeconds(1))], Between([Well, Well], [Away, Away]));
        Assert.Equal([Severity.Warning], Between([Well, Well], [Away, Well]).Select(happened => happened.Item1));
        Assert.Empty(Between([Away, Well], [Away, Well]));
        Assert.Empty(Between([Away, Away], [Away, Away]));
        Assert.Equal([Severity.Good], Between([Away, Well], [Well, Well]).Select(happened => happened.Item1));
        Assert.Empty(Between([], [Well]));

        static IEnumerable<(Severity, string, DateTimeOffset)> Between(IReadOnlyList<PeerStanding> before, IReadOnlyList<PeerStanding> after) =>
            PeerEvents.Between(Peers(before), Peers(after), Now).Select(happened => (happened.Severity, happened.What, happened.At));
    }

    private static IReadOnlyList<OpsPeer> Peers(IReadOnlyList<PeerStanding> seen) => OpsPeer.Of([.. seen.Select((peer, index) => new PeerReport($"matchmaker-{index}", [peer]))]);
}
