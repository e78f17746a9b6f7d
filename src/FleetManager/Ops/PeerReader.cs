using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads what this cell's Matchmakers know of the other cells.</summary>
internal sealed class PeerReader(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The other cells.</summary>
    public async Task<OpsPeerList> ListAsync() => new(OpsPeer.Of(await grains.GetGrain<ICellPeersGrain>(0).List().WaitAsync(Patience, time)));
}
