using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>Where a server that hosts several sessions counts them: a counter, one for each session, or a list of their ids.</summary>
/// <param name="Type">Counter or list.</param>
/// <param name="Name">Its name in the fleet's template; its capacity there is the number of sessions a server.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionPlace")]
public sealed record SessionPlace([property: Id(0)] CapacityType Type, [property: Id(1)] string Name);
