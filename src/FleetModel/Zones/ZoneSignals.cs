namespace FleetSystem.FleetModel.Zones;

/// <summary>What is seen of one zone, in one cluster or over all of a region's.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Nodes">Nodes that are or have been Ready, or that servers stand on. Nodes that have yet to become Ready are none of them.</param>
/// <param name="NodesDown">Those of them that are not Ready or whose object is gone. Announced interruptions are not failures.</param>
/// <param name="Servers">Servers, Ready or Allocated.</param>
/// <param name="ServersLost">Servers on live nodes that turned Unhealthy or vanished within the window.</param>
/// <param name="Claims">Allocations that were tried in the zone within the window.</param>
/// <param name="ClaimsFailed">Those that were refused, got no answer, or whose server did not take the session up.</param>
[GenerateSerializer, Immutable, Alias("fleet.ZoneSignals")]
public sealed record ZoneSignals(
    [property: Id(0)] string Zone,
    [property: Id(1)] int Nodes = 0,
    [property: Id(2)] int NodesDown = 0,
    [property: Id(3)] int Servers = 0,
    [property: Id(4)] int ServersLost = 0,
    [property: Id(5)] int Claims = 0,
    [property: Id(6)] int ClaimsFailed = 0)
{
    /// <summary>Both together, of one zone in two clusters.</summary>
    public ZoneSignals Plus(ZoneSignals other) => new(
        Zone,
        Nodes + other.Nodes,
        NodesDown + other.NodesDown,
        Servers + other.Servers,
        ServersLost + other.ServersLost,
        Claims + other.Claims,
        ClaimsFailed + other.ClaimsFailed);
}
