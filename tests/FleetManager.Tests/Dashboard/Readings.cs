using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Tests.Dashboard;

/// <summary>A region in which all is well, to take something from.</summary>
internal static class Readings
{
    public static readonly DateTimeOffset Now = new(2026, 11, 26, 3, 0, 0, TimeSpan.Zero);

    public static RegionStatus Well { get; } = new(
        "seoul",
        [new ZoneCapacity("arena", "a", 5, 2), new ZoneCapacity("arena", "b", 4, 1)],
        [new PathStatus(RouteKind.Accelerator, PathState.Healthy, Now) { ObservedAt = Now, Protocol = GameProtocol.Udp }],
        [new ClusterStatus("blue", true, null, []) { Servers = [Count("a", GameServerState.Ready, 5), Count("a", GameServerState.Allocated, 2), Count("b", GameServerState.Ready, 4), Count("b", GameServerState.Allocated, 1)] }])
    {
        Demand = [new FleetDemand("arena", 0)],
        ZoneStates = [Zone("a", ZonePhase.Healthy, 1), Zone("b", ZonePhase.Healthy, 1)],
    };

    public static ServerCount Count(string zone, GameServerState state, int servers, bool onFitNode = true) =>
        new("arena", zone, state, "arena:1", onFitNode, servers, state == GameServerState.Allocated ? servers : 0);

    public static ZoneStatus Zone(string zone, ZonePhase phase, double share, string reason = "", string? by = null) => new(zone, phase, share, reason, phase == ZonePhase.Healthy ? null : Now, by);

    public static RegionReading Region(RegionStatus? status) => new("seoul", ["a", "b"]) { Status = status, AnsweredAt = status is null ? null : Now };

    public static FleetReading Of(RegionReading region) => new(Now, "local", [region]);

    public static RegionStatus WithCluster(this RegionStatus status, Func<ClusterStatus, ClusterStatus> change) => status with { Clusters = [.. status.Clusters.Select(change)] };
}
