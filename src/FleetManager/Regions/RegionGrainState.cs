using FleetSystem.FleetManager.Auditing;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Regions;

/// <summary>What the store keeps for a region grain: the accelerator's mapping, so that a start needs no AWS, and what operators want.</summary>
[GenerateSerializer, Alias("fleet.RegionGrainState")]
internal sealed class RegionGrainState : IAuditedState
{
    /// <summary>Name of the state in the store.</summary>
    public const string Name = "region";

    /// <summary>ARN that the mapping belongs to, or the name by which the accelerator is found; null when there is none.</summary>
    [Id(0)] public string? AcceleratorArn { get; set; }

    /// <summary>Version of the mapping.</summary>
    [Id(1)] public long MappingVersion { get; set; }

    /// <summary>The accelerator's static addresses.</summary>
    [Id(2)] public IReadOnlyList<string> Addresses { get; set; } = [];

    /// <summary>The mapping's rows, compressed (Brotli): 60,000 rows fit well below a store's limit for one state.</summary>
    [Id(3)] public byte[] Rows { get; set; } = [];

    /// <summary>The subnets that the mapping leads to.</summary>
    [Id(100)] public IReadOnlyList<AcceleratorSubnet> Subnets { get; set; } = [];

    /// <summary>The last word of an operator on each zone that there was one on.</summary>
    [Id(4)] public IReadOnlyList<ZoneIntent> ZoneIntents { get; set; } = [];

    /// <summary>What operators want of the region's clusters, at most one a cluster.</summary>
    [Id(8)] public IReadOnlyList<ClusterIntent> Intents { get; set; } = [];

    /// <summary>What operators want of the region as a whole, or null.</summary>
    [Id(20)] public RegionIntent? Intent { get; set; }

    /// <summary>The last word on the kind of route that comes first, or null.</summary>
    [Id(21)] public RouteIntent? Route { get; set; }

    /// <summary>The last word on the standard accelerator's traffic, or null.</summary>
    [Id(24)] public TrafficIntent? Traffic { get; set; }

    /// <summary>The dial that was there before the region was drained first, when nobody had set one; what opening it goes back to.</summary>
    [Id(25)] public double? DialBeforeDrain { get; set; }

    /// <summary>The newest entries of the audit log, oldest first: written with the change that they tell of.</summary>
    [Id(22)] public IReadOnlyList<AuditEntry> Audit { get; set; } = [];

    /// <summary>What operators want FleetManager to answer FleetAutoscalers by, at most one an Agones Fleet of a cluster.</summary>
    [Id(420)] public IReadOnlyList<FleetBounds> FleetBounds { get; set; } = [];

    /// <summary>Number of the last entry.</summary>
    [Id(23)] public long AuditSequence { get; set; }
}
