using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetManager.Regions;

/// <summary>
/// How a region's clusters are asked: the configuration, what operators want in its place, and which snapshots are stale. Every change goes to
/// the region's fleets, so that no claim has to ask for it. Belongs to the region's grain and runs on its scheduler alone.
/// </summary>
internal sealed partial class ClusterRanking
{
    // A fleet's grain takes the set into its memory; one that cannot be reached is told again.
    private static readonly TimeSpan PushPatience = TimeSpan.FromSeconds(2);

    private readonly string _region;
    private readonly FleetSystemOptions _system;
    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HashSet<string> _stale = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<ClusterIntent> _intents = [];
    private string? _refusal;

    public ClusterRanking(string region, FleetSystemOptions system, IGrainFactory grains, TimeProvider time, ILogger<ClusterRanking> log)
    {
        (_region, _system, _grains, _time, _log) = (region, system, grains, time, log);
        Current = Make();
    }

    /// <summary>The clusters as they are to be asked now.</summary>
    public RegionClusters Current { get; private set; }

    /// <summary>Takes in what operators want, all of it.</summary>
    /// <param name="intents">What they want of single clusters.</param>
    /// <param name="refusal">Why the region takes no new sessions, or null.</param>
    public void Want(IReadOnlyList<ClusterIntent> intents, string? refusal)
    {
        (_intents, _refusal) = (intents, refusal);
        Current = Make();
    }

    /// <summary>A cluster tells whether its snapshot is stale.</summary>
    public Task NoteFreshnessAsync(string cluster, bool isStale)
    {
        if (!(isStale ? _stale.Add(cluster) : _stale.Remove(cluster))) return Task.CompletedTask;
        Current = Make();
        return RunAsync(CancellationToken.None);
    }

    /// <summary>Tells every fleet of the region that does not know the present set.</summary>
    public Task RunAsync(CancellationToken cancellationToken)
    {
        var clusters = Current;
        return Task.WhenAll(_system.Fleets
            .Where(fleet => fleet.RunsIn(_region) && _told.GetValueOrDefault(fleet.Id) < clusters.Version)
            .Select(fleet => TellAsync(fleet.Id, clusters)));
    }

    private async Task TellAsync(string fleet, RegionClusters clusters)
    {
        try
        {
            await _grains.GetGrain<IFleetGrain>(FleetGrainKey.Of(_region, fleet)).SetClusters(clusters).WaitAsync(PushPatience, _time);
            if (_told.GetValueOrDefault(fleet) < clusters.Version) _told[fleet] = clusters.Version;
        }
        catch (Exception fault)
        {
            LogNotTold(_log, fleet, _region, fault.Message);
        }
    }

    private RegionClusters Make()
    {
        // By the clock, so that a set made after this grain has moved is newer than any before.
        var version = Math.Max(_time.GetUtcNow().UtcTicks, (Current?.Version ?? 0) + 1);
        return new RegionClusters(version, [.. RegionClusters.Configured(_system, _region).Clusters.Select(cluster =>
        {
            var intent = _intents.FirstOrDefault(known => known.Cluster == cluster.Cluster);
            return cluster with { Priority = intent?.Priority ?? cluster.Priority, Weight = intent?.Weight ?? cluster.Weight, IsStale = _stale.Contains(cluster.Cluster) };
        })])
        { Refusal = _refusal };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fleet {FleetId} in region {RegionId} could not be told how clusters are asked; it is told again: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string fleetId, string regionId, string reason);
}
