using FleetSystem.FleetModel.Cells;
using Orleans.Concurrency;

namespace FleetSystem.FleetModel.Grains;

/// <summary>What the silos that serve players know of the other cells, for those who look after this one. Its key is 0.</summary>
[Alias("fleet.ICellPeersGrain")]
public interface ICellPeersGrain : IGrainWithIntegerKey
{
    /// <summary>A silo tells how it sees the other cells: again and again, for what it told is forgotten after a while.</summary>
    [Alias("NotePeers"), OneWay]
    Task NotePeers(PeerReport report);

    /// <summary>The last word of each silo that told lately, by the order of their names.</summary>
    [Alias("List")]
    Task<IReadOnlyList<PeerReport>> List();
}
