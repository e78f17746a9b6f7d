namespace FleetSystem.FleetModel.Cells;

/// <summary>What a cell tells its peers of itself: enough to decide whether to send a session there, and no more.</summary>
/// <param name="Cell">The cell's name.</param>
/// <param name="Regions">Its regions.</param>
/// <param name="ObservedAt">When it was told, by the clock of whoever was told.</param>
public sealed record CellSnapshot(string Cell, IReadOnlyList<CellRegion> Regions, DateTimeOffset ObservedAt)
{
    /// <summary>Most regions of a cell that are taken in.</summary>
    public const int MaxRegions = 32;

    /// <summary>Most zones of a region that are taken in.</summary>
    public const int MaxZones = 16;

    /// <summary>Most fleets of a region that are taken in.</summary>
    public const int MaxFleets = 256;
}

/// <summary>A region of a cell.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Zones">Its zones.</param>
/// <param name="TakesSessions">Whether new sessions are placed there; false while it is drained.</param>
/// <param name="Fleets">Fleets that run there.</param>
public sealed record CellRegion(string Id, IReadOnlyList<string> Zones, bool TakesSessions, IReadOnlyList<CellFleet> Fleets)
{
    /// <summary>Where players measure their latency to it, as address and UDP port; null when nowhere.</summary>
    public (string Address, int Port)? LatencyEndpoint { get; init; }
}

/// <summary>A fleet in a region.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Ready">Servers free now.</param>
/// <param name="Waiting">Sessions that wait for one.</param>
public sealed record CellFleet(string Fleet, int Ready, int Waiting);
