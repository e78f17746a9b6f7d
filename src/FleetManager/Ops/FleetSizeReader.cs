using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads how large a fleet is in each of its clusters, and knows the names that there are.</summary>
internal sealed class FleetSizeReader(IGrainFactory grains, RegionReader regions, IOptions<FleetSystemOptions> system, TimeProvider time)
{
    // Beyond a cluster's own deadline: one that hangs must not keep operators from seeing the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>A fleet's sizes, of all its clusters or of some.</summary>
    public async Task<Results<Ok<OpsFleetSizes>, ProblemHttpResult>> ReadAsync(string fleet, string? region, string? cluster, CancellationToken cancellationToken)
    {
        if (Unknown(fleet, cluster) is { } unknown) return unknown;
        if (region is not null && regions.UnknownRegion(region) is { } nowhere) return nowhere;
        var options = system.Value.Fleets.First(known => known.Id == fleet);
        var asked = ClustersOf(options).Where(known => (region is null || known.Region == region) && (cluster is null || known.Id == cluster));
        return TypedResults.Ok(new OpsFleetSizes(await Task.WhenAll(asked.Select(one => ReadAsync(options, one, cancellationToken)))));
    }

    /// <summary>The problem of names of which there is no fleet, no cluster that it runs in, or no Agones Fleet; null when there are all. A name that is null is not asked for.</summary>
    public ProblemHttpResult? Unknown(string fleet, string? cluster, string? agonesFleet = null)
    {
        if (RegionReader.Unknown(fleet, system.Value.Fleets.Select(known => known.Id), ErrorCodes.UnknownFleet, "There is no fleet", "Fleets") is { } unknown) return unknown;
        var options = system.Value.Fleets.First(known => known.Id == fleet);
        return (cluster is null ? null : RegionReader.Unknown(cluster, ClustersOf(options).Select(known => known.Id), ErrorCodes.UnknownCluster, $"Fleet {fleet} runs in no cluster", "Clusters"))
            ?? (agonesFleet is null ? null : RegionReader.Unknown(agonesFleet, options.NamesInAgones, ErrorCodes.UnknownFleet, $"Fleet {fleet} has no Agones Fleet", "Agones Fleets"));
    }

    private IEnumerable<ClusterOptions> ClustersOf(FleetOptions fleet) => system.Value.Clusters.Where(cluster => fleet.RunsIn(cluster.Region));

    private async Task<OpsClusterSizes> ReadAsync(FleetOptions fleet, ClusterOptions cluster, CancellationToken cancellationToken)
    {
        FleetSizeList read;
        try
        {
            read = await grains.GetGrain<IClusterGrain>(cluster.Id).ListFleetSizes().WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception fault) when (FaultAnswers.IsPassing(fault))
        {
            read = new FleetSizeList(null, $"What looks after cluster {cluster.Id} did not answer: {fault.Message}", time.GetUtcNow());
        }

        return new OpsClusterSizes(
            cluster.Id,
            cluster.Region,
            read.Sizes is not null,
            read.Fault.Length > 0 ? read.Fault : null,
            read.At,
            [.. fleet.NamesInAgones.SelectMany(name => (read.Sizes ?? []).Where(size => size.AgonesFleet == name)).Select(OpsFleetSize.Of)]);
    }
}
