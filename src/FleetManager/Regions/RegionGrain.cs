using System.IO.Compression;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Regions;

/// <summary>One region: loads its accelerator's port mapping, keeps it in the store, and gathers what is known of its clusters.</summary>
[Reentrant, KeepAlive]
internal sealed partial class RegionGrain(
    [PersistentState(RegionGrainState.Name)] IPersistentState<RegionGrainState> store,
    IAcceleratorControlPlane accelerators,
    IEdge edge,
    IOptions<FleetSystemOptions> system,
    IOptions<FleetManagerOptions> options,
    ILogger<RegionGrain> log) : Grain, IRegionGrain
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private AcceleratorMapping? _mapping;
    private IGrainTimer? _refresh;

    private string Region => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var region = system.Value.Regions.FirstOrDefault(candidate => candidate.Id == Region)
            ?? throw new InvalidOperationException($"Region '{Region}' is not part of the configuration.");
        if (region.Accelerator is not { } accelerator) return Task.CompletedTask;
        if (store.State is { AcceleratorArn: { } arn } stored && arn == accelerator.Arn)
            _mapping = AcceleratorMapping.Import(stored.MappingVersion, stored.Addresses, Unpack(stored.Rows));
        _refresh = this.RegisterGrainTimer(
            cancellation => RefreshAsync(accelerator, cancellation),
            new GrainTimerCreationOptions(TimeSpan.Zero, options.Value.MappingRefreshInterval) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task<AcceleratorMapping?> GetMapping(long knownVersion) => Task.FromResult(_mapping?.Version > knownVersion ? _mapping : null);

    public async Task<RegionStatus> GetStatus()
    {
        var clusters = await Task.WhenAll(system.Value.Clusters.Where(cluster => cluster.Region == Region).Select(cluster =>
            GrainFactory.GetGrain<IClusterGrain>(cluster.Id).GetStatus()));
        var zones = clusters.SelectMany(cluster => cluster.Fleets)
            .Select(capacity => capacity with { Fleet = FleetOf(capacity.Fleet) })
            .GroupBy(capacity => (capacity.Fleet, capacity.Zone))
            .Select(group => new ZoneCapacity(group.Key.Fleet, group.Key.Zone, group.Sum(capacity => capacity.Ready), group.Sum(capacity => capacity.Allocated)));
        var paths = edge.View(Region).Paths.Select(path => new PathStatus(path.Key, path.Value.State, path.Value.Since)).OrderBy(path => path.Kind);
        var demand = await Task.WhenAll(system.Value.Fleets.Where(fleet => fleet.Regions.Count == 0 || fleet.Regions.Contains(Region)).Select(async fleet =>
            new FleetDemand(fleet.Id, await GrainFactory.GetGrain<IFleetGrain>(FleetGrainKey.Of(Region, fleet.Id)).GetDemand())));
        return new RegionStatus(Region, [.. zones], [.. paths], clusters) { Demand = demand };
    }

    /// <summary>The fleet that an Agones Fleet is part of; its own name when it is part of none.</summary>
    private string FleetOf(string agonesFleet) =>
        system.Value.Fleets.FirstOrDefault(fleet => fleet.NamesInAgones.Contains(agonesFleet))?.Id ?? agonesFleet;

    private async Task RefreshAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        try
        {
            var loaded = await accelerators.LoadMappingAsync(accelerator, cancellationToken);
            if (_mapping is null || !_mapping.SameAs(loaded))
            {
                var next = loaded.WithVersion(store.State.MappingVersion + 1);
                store.State.AcceleratorArn = accelerator.Arn;
                store.State.MappingVersion = next.Version;
                store.State.Addresses = next.Addresses;
                store.State.Rows = Pack(next.Export());
                await store.WriteStateAsync(cancellationToken);
                _mapping = next;
                LogMapping(log, Region, next.Version, next.Count);
            }

            _refresh!.Change(options.Value.MappingRefreshInterval, options.Value.MappingRefreshInterval);
        }
        catch (AcceleratorUnavailableException fault)
        {
            // What is known stays in use: AWS's mapping does not change by itself.
            LogRefreshFailed(log, Region, _mapping?.Count ?? 0, fault.Message);
            if (_mapping is null) _refresh!.Change(FirstRetry, options.Value.MappingRefreshInterval);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The store did not take it, or what it holds is newer than what was read: the next activation reads it again.
            LogStoreFailed(log, Region, fault);
            DeactivateOnIdle();
        }
    }

    private static byte[] Pack(byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest)) brotli.Write(rows);
        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var rows = new MemoryStream();
        using (var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress)) brotli.CopyTo(rows);
        return rows.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Region {RegionId} has a new accelerator port mapping: version {Version}, {Rows} rows")]
    private static partial void LogMapping(ILogger logger, string regionId, long version, int rows);

    [LoggerMessage(Level = LogLevel.Error, Message = "The accelerator port mapping of region {RegionId} could not be stored; it is loaded again")]
    private static partial void LogStoreFailed(ILogger logger, string regionId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The accelerator port mapping of region {RegionId} could not be loaded; {Rows} known rows stay in use: {Reason}")]
    private static partial void LogRefreshFailed(ILogger logger, string regionId, int rows, string reason);
}
