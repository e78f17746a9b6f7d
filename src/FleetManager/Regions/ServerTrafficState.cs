namespace FleetSystem.FleetManager.Regions;

/// <summary>What the store keeps of the destinations that a region's accelerator lets players through to. In the store before the API is asked to let any through.</summary>
[GenerateSerializer, Alias("fleet.ServerTrafficState")]
internal sealed class ServerTrafficState
{
    /// <summary>Name of the state in the store.</summary>
    public const string Name = "server-traffic";

    /// <summary>The accelerator that they belong to (<see cref="FleetModel.Configuration.AcceleratorOptions.Key"/>); null before any was opened.</summary>
    [Id(0)] public string? Accelerator { get; set; }

    /// <summary>Counts the writes: versions of what is open go on from it.</summary>
    [Id(1)] public long Version { get; set; }

    /// <summary>The openings (<see cref="FleetModel.Routing.ServerOpening.Export"/>).</summary>
    [Id(2)] public byte[] Openings { get; set; } = [];
}
