using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Which cell keeps the session of a key: settled in the store before anybody is asked.</summary>
public sealed class SessionHomeTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private const string Here = "test";
    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task Settle_FirstWord_HoldsAndIsInTheStore()
    {
        var lane = _cell.NewLane();
        Assert.Equal("tokyo", await SettleAsync(lane, "k", "tokyo"));
        Assert.Equal("tokyo", Stored(lane, "k")!.Elsewhere!.Cell);
        Assert.NotNull(Stored(lane, "k")!.ExpiresAt);

        Assert.Equal("tokyo", await SettleAsync(lane, "k", "oregon"));
        Assert.Equal("tokyo", await SettleAsync(lane, "k", Here));
        Assert.Null(await SettleAsync(lane, "k", "tokyo", fingerprint: "another request"));
        Assert.Equal("tokyo", await Home(lane, "k").FindElsewhere());
    }

    [Fact]
    public async Task Settle_CellThatIsAway_IsReplacedOnlyWhenItIsTheOneSettledOn()
    {
        var lane = _cell.NewLane();
        await SettleAsync(lane, "k", "tokyo");

        Assert.Equal("tokyo", await SettleAsync(lane, "k", "oregon", instead: "busan"));
        Assert.Equal("oregon", await SettleAsync(lane, "k", "oregon", instead: "tokyo"));
        Assert.Equal("oregon", Stored(lane, "k")!.Elsewhere!.Cell);
    }

    [Fact]
    public async Task Create_KeySettledElsewhere_SaysWhereAndClaimsNothingUntilItIsThisCell()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await SettleAsync(lane, "k", "tokyo");

        var elsewhere = await lane.Create("k");
        Assert.Equal((CreateOutcome.Elsewhere, "tokyo"), (elsewhere.Outcome, elsewhere.Cell));
        Assert.Empty(lane.Blue.Orders);
        Assert.Null(await lane.Session("k").Get());

        Assert.Equal(Here, await SettleAsync(lane, "k", Here, instead: "tokyo"));
        Assert.Equal(CreateOutcome.Created, (await lane.Create("k")).Outcome);
        Assert.Null(Stored(lane, "k")!.Elsewhere);
        Assert.Null(Stored(lane, "k")!.ExpiresAt);
    }

    [Fact]
    public async Task Settle_SessionThatIsHere_StaysHereWhateverIsWanted()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Create("k");

        Assert.Equal(Here, await SettleAsync(lane, "k", "tokyo"));
        Assert.Null(await SettleAsync(lane, "k", "tokyo", fingerprint: "another request"));
        Assert.Null(await Home(lane, "k").FindElsewhere());
    }

    private static ISessionHome Home(Lane lane, string key) => lane.Session(key).AsReference<ISessionHome>();

    private async Task<string?> SettleAsync(Lane lane, string key, string cell, string? instead = null, string fingerprint = "print") =>
        (await _cell.Wait(Home(lane, key).Settle(new HomeQuestion(cell, instead, fingerprint, TimeSpan.FromHours(1))))).Cell;

    private SessionGrainState? Stored(Lane lane, string key) => _cell.Store.Stored<SessionGrainState>(SessionGrainState.Name, lane.Session(key));
}
