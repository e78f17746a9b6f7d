namespace FleetSystem.FleetModel.Grains;

/// <summary>All regions at a glance, cached in the Matchmaker's silos so that players' questions never reach the regions. Its key is 0.</summary>
[Alias("fleet.IRegionDirectoryGrain")]
public interface IRegionDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>The last known status of each region, in the order of the configuration; a region that never answered is missing.</summary>
    [Alias("List")]
    Task<IReadOnlyList<RegionStatus>> List();
}
