using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class SessionRelocationTests
{
    private static readonly ServerBinding Server = new() { Cluster = "c", Region = "seoul", Zone = "seoul-a", Node = "n", Name = "s", Address = "10.0.0.1", Port = 7000, PreferenceServed = 1 };

    [Theory]
    [InlineData(null, null, "tokyo", true)]
    [InlineData(null, null, "", false)]
    [InlineData("seoul", null, "tokyo", false)]
    [InlineData("seoul", 100, "tokyo", true)]
    [InlineData("seoul", 300, "tokyo", false)]
    public void IsPossible_RegionEmptied_OnlyWhereAnotherRegionMayServeAndHasRoom(string? asked, int? latencyToTokyo, string room, bool possible) =>
        Assert.Equal(possible, SessionRelocation.IsPossible(Cell(), new FleetOptions { Id = "arena" }, Request(asked, latencyToTokyo), Server, [room]));

    [Theory]
    [InlineData(ZonePolicy.Prefer, "seoul-a", true)]
    [InlineData(ZonePolicy.Require, "seoul-a", false)]
    [InlineData(ZonePolicy.Require, null, true)]
    public void IsPossible_ZoneEmptied_UnlessOnlyThisZoneMayServe(ZonePolicy policy, string? zone, bool possible) =>
        Assert.Equal(possible, SessionRelocation.IsPossible(
            Cell(), new FleetOptions { Id = "arena", ZonePolicy = policy }, Request("seoul", null) with { PreferredZone = zone }, Server, regions: null));

    [Fact]
    public void IsPossible_FleetDoesNotReplaceServers_Stays() =>
        Assert.False(SessionRelocation.IsPossible(Cell(), new FleetOptions { Id = "arena", LostServer = LostServerPolicy.Fail }, Request(null, null), Server, regions: null));

    private static FleetSystemOptions Cell() => new() { Regions = [new RegionOptions { Id = "seoul", Zones = ["seoul-a", "seoul-b"] }, new RegionOptions { Id = "tokyo", Zones = ["tokyo-a"] }] };

    private static SessionRequest Request(string? region, int? latencyToTokyo) => new()
    {
        Fleet = "arena",
        Players = [new SessionPlayer("p", latencyToTokyo is { } tokyo ? new Dictionary<string, int> { ["seoul"] = 10, ["tokyo"] = tokyo } : [])],
        Region = region,
        Deadline = TimeSpan.FromSeconds(10),
        Lifetime = TimeSpan.FromHours(1),
    };
}
