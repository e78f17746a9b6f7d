using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class SessionRelocationTests
{
    private static readonly ServerBinding Server = new() { Cluster = "c", Region = "seoul", Zone = "seoul-a", Node = "n", Name = "s", Address = "10.0.0.1", Port = 7000, PreferenceServed = 1 };

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("seoul", null, false)]
    [InlineData("seoul", 100, true)]
    [InlineData("seoul", 300, false)]
    public void IsPossible_RegionEmptied_OnlyWhereAnotherRegionMayServe(string? asked, int? latencyToTokyo, bool possible) =>
        Assert.Equal(possible, SessionRelocation.IsPossible(Cell(), new FleetOptions { Id = "arena" }, Request(asked, latencyToTokyo), Server, leavesRegion: true));

    [Theory]
    [InlineData(ZonePolicy.Prefer, "seoul-a", true)]
    [InlineData(ZonePolicy.Require, "seoul-a", false)]
    [InlineData(ZonePolicy.Require, null, true)]
    public void IsPossible_ZoneEmptied_UnlessOnlyThisZoneMayServe(ZonePolicy policy, string? zone, bool possible) =>
        Assert.Equal(possible, SessionRelocation.IsPossible(
            Cell(), new FleetOptions { Id = "arena", ZonePolicy = policy }, Request("seoul", null) with { PreferredZone = zone }, Server, leavesRegion: false));

    [Fact]
    public void IsPossible_FleetDoesNotReplaceServers_Stays() =>
        Assert.False(SessionRelocation.IsPossible(Cell(), new FleetOptions { Id = "arena", LostServer = LostServerPolicy.Fail }, Request(null, null), Server, leavesRegion: false));

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
