using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// What operators do with a region: the region's grain as they see it (<see cref="IRegionGrain"/> is the same grain). Its key is the region's
/// id. What is set is in the store, with who and why and an entry of the audit log, before it is answered.
/// </summary>
[Alias("fleet.IRegionOperations")]
public interface IRegionOperations : IGrainWithStringKey
{
    /// <summary>Drains the region, or opens it again. Every fleet that can be reached goes by it before this returns.</summary>
    /// <param name="intent">What is wanted, by whom and why; its time is set here.</param>
    [Alias("SetRegion")]
    Task<RegionIntent> SetRegion(RegionIntent intent);

    /// <summary>Evacuates a zone or lets it in again; its clusters go by it within a second.</summary>
    /// <param name="intent">What is wanted, by whom and why; its time is set here.</param>
    /// <returns>Where the zone stands, or null when the region has no such zone.</returns>
    [Alias("SetZone")]
    Task<ZoneStatus?> SetZone(ZoneIntent intent);

    /// <summary>Forces a kind of route, or ends that; silos go by it within a second.</summary>
    /// <param name="intent">What is wanted, by whom and why; its time is set here.</param>
    [Alias("SetRoute")]
    Task<RouteIntent> SetRoute(RouteIntent intent);

    /// <summary>
    /// Sets the standard accelerator's dial, weights or both; what the intent leaves out stays. The accelerator follows in the background; at a
    /// dial of 0 the region takes no new sessions from the answer on (field notes, trap 14).
    /// </summary>
    /// <param name="intent">What is wanted, by whom and why; its time is set here.</param>
    /// <returns>What is wanted now, or null when the region has no standard accelerator.</returns>
    [Alias("SetTraffic")]
    Task<TrafficIntent?> SetTraffic(TrafficIntent intent);

    /// <summary>Keeps what is about to be done elsewhere, of a session for example: it is in the audit log before this returns, or is not to be done.</summary>
    [Alias("Record")]
    Task Record(AuditNote note);

    /// <summary>What operators want FleetManager to answer FleetAutoscalers by; those that nobody said anything of are left out.</summary>
    [Alias("ListFleetBounds")]
    Task<IReadOnlyList<FleetBounds>> ListFleetBounds();

    /// <summary>Sets what FleetManager answers a FleetAutoscaler by, from the next time it asks.</summary>
    /// <param name="bounds">What is wanted, by whom and why; its time is set here.</param>
    /// <param name="expected">What an operator wanted until now, or null for nothing; where that is another, nothing is changed.</param>
    /// <param name="note">Its entry of the audit log.</param>
    /// <returns>False when nothing was changed.</returns>
    [Alias("SetFleetBounds")]
    Task<bool> SetFleetBounds(FleetBounds bounds, BufferPolicy? expected, AuditNote note);

    /// <summary>The audit log, newest first.</summary>
    /// <param name="before">Only entries whose numbers are lower.</param>
    /// <param name="most">Most entries, 1 to 200.</param>
    [Alias("GetAudit")]
    Task<AuditPage> GetAudit(long before, int most);
}
