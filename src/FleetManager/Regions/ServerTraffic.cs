using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Regions;

/// <summary>
/// Lets players through a region's custom routing accelerator to the servers that are there, and to nothing else: looks at the clusters, plans, stores,
/// calls; at a bounded pace, with back-off. Nothing waits for it. Belongs to the region's grain and runs on its scheduler alone.
/// </summary>
/// <param name="region">The region, with an accelerator.</param>
/// <param name="system">Its clusters and fleets.</param>
/// <param name="options">Pace and limits.</param>
/// <param name="state">What the store holds.</param>
/// <param name="storeAsync">Writes the state. When that fails, nothing is called.</param>
/// <param name="api">The Global Accelerator API.</param>
/// <param name="grains">Finds the clusters.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class ServerTraffic(
    RegionOptions region,
    FleetSystemOptions system,
    FleetManagerOptions options,
    ServerTrafficState state,
    Func<CancellationToken, Task> storeAsync,
    IAcceleratorControlPlane api,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<ServerTraffic> log)
{
    // How long a cluster may take to answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly RoutableServer[] NoServers = [];

    private readonly AcceleratorOptions _accelerator = region.Accelerator ?? throw new ArgumentException($"Region {region.Id} has no accelerator.", nameof(region));
    private readonly ServerTrafficLedger _ledger = new(Stored(state, region));
    private readonly Backoff _backoff = new(options.TrafficBackoffMax, options.Seed);
    private readonly Dictionary<Destination, DateTimeOffset> _heldUntil = [];
    private TrafficState _state;
    private DateTimeOffset _since = time.GetUtcNow();
    private DateTimeOffset _notBefore;
    private string? _lastError;
    private long _stored;
    private bool _running;

    /// <summary>What is open, as it is in the store.</summary>
    public AcceleratorOpenings Openings { get; private set; } = AcceleratorOpenings.Of(state.Version, Stored(state, region).Where(opening => opening.State == OpeningState.Open));

    /// <summary>How it stands.</summary>
    public ServerTrafficStatus Status => new(Count(OpeningState.Open), Count(OpeningState.Opening), Count(OpeningState.Closing), Count(OpeningState.Closed), _state, _since, _lastError);

    /// <summary>Does a round, unless one is under way or the API is left alone for a while. Called again and again.</summary>
    /// <param name="mapping">The accelerator's mapping as it is known.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    public async Task RunAsync(AcceleratorMapping mapping, CancellationToken cancellationToken)
    {
        if (_running || time.GetUtcNow() < _notBefore) return;
        _running = true;
        try
        {
            await RunRoundAsync(mapping, cancellationToken);
        }
        finally
        {
            _running = false;
        }
    }

    /// <summary>Takes in what the API says is open; the next rounds put it right.</summary>
    /// <param name="allowed">Destinations that are open.</param>
    /// <param name="askedAt">When it was asked.</param>
    public void Observe(IReadOnlySet<Destination> allowed, DateTimeOffset askedAt)
    {
        var changes = _ledger.Changes;
        _ledger.Observe(allowed, askedAt, time.GetUtcNow());
        if (_ledger.Changes != changes) LogDrift(log, region.Id, Count(OpeningState.Opening), Count(OpeningState.Closing));
    }

    private async Task RunRoundAsync(AcceleratorMapping mapping, CancellationToken cancellationToken)
    {
        var (wanted, unseen) = await LookAsync(cancellationToken);
        foreach (var (destination, _) in _heldUntil.Where(held => held.Value <= time.GetUtcNow()).ToList()) _heldUntil.Remove(destination);
        var round = _ledger.Plan(wanted, unseen, mapping, time.GetUtcNow(), options.ServerTraffic, _heldUntil.ContainsKey);
        await KeepAsync(cancellationToken);
        if (round.IsEmpty)
        {
            if (_heldUntil.Count == 0) _lastError = null;
            Become(_lastError is null ? TrafficState.Settled : TrafficState.Failing);
            return;
        }

        Become(_lastError is null ? TrafficState.Changing : TrafficState.Failing);
        try
        {
            // In this order: nobody is let through to a new server before all that is over has been shut.
            foreach (var batch in round.Denies) if (await CallAsync(batch, allow: false, cancellationToken)) _ledger.NoteDenied(batch, time.GetUtcNow());
            foreach (var batch in round.Allows) if (await CallAsync(batch, allow: true, cancellationToken)) _ledger.NoteAllowed(batch, time.GetUtcNow());
            _backoff.Reset();
            if (_heldUntil.Count == 0) _lastError = null;
            LogRound(log, region.Id, round.Denies.Count, round.Allows.Count);
        }
        catch (AcceleratorUnavailableException fault)
        {
            _lastError = fault.Message;
            Become(TrafficState.Failing);
            _notBefore = time.GetUtcNow() + _backoff.Next();
            LogFailed(log, region.Id, Count(OpeningState.Closing), Count(OpeningState.Opening), fault.Message);
        }

        await KeepAsync(cancellationToken);
    }

    private async Task<bool> CallAsync(TrafficBatch batch, bool allow, CancellationToken cancellationToken)
    {
        try
        {
            await api.SetServerTrafficAsync(_accelerator, batch, allow, cancellationToken);
            return true;
        }
        catch (AcceleratorUnavailableException fault) when (fault.IsRefusal)
        {
            // It would be refused again and hold up the others: it waits until the mapping was loaded anew, which tells what is still there.
            foreach (var destination in batch.Destinations) _heldUntil[destination] = time.GetUtcNow() + options.MappingRefreshInterval;
            _lastError = fault.Message;
            LogRefused(log, region.Id, allow, batch.EndpointId, fault.Message);
            return false;
        }
    }

    /// <summary>The servers of the clusters that can be asked, and the clusters that cannot.</summary>
    private async Task<(IEnumerable<RoutableServer> Wanted, IReadOnlySet<ulong> Unseen)> LookAsync(CancellationToken cancellationToken)
    {
        var asked = await Task.WhenAll(system.Clusters.Where(cluster => cluster.Region == region.Id).Select(async cluster =>
        {
            try
            {
                return (Cluster: RoutableServer.KeyOf(cluster.Id), Servers: await grains.GetGrain<IClusterGrain>(cluster.Id).ListRoutable().WaitAsync(Patience, time, cancellationToken));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogClusterSilent(log, region.Id, cluster.Id, fault.Message);
                return (Cluster: RoutableServer.KeyOf(cluster.Id), Servers: null);
            }
        }));
        return (Echo().Concat(asked.SelectMany(cluster => cluster.Servers ?? NoServers)), asked.Where(cluster => cluster.Servers is null).Select(cluster => cluster.Cluster).ToHashSet());
    }

    /// <summary>The echo, which probes go to by the accelerator too.</summary>
    private IEnumerable<RoutableServer> Echo()
    {
        if (region.Echo is not { } echo || !Destination.TryCreate(echo.Address, echo.Port, out var destination)) return [];
        var key = RoutableServer.KeyOf("echo");
        return [new RoutableServer(destination, 0, key, key, key, IsClaimed: false)];
    }

    /// <summary>Stores what has changed; only then is it told.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (_ledger.Changes == _stored) return;
        var changes = _ledger.Changes;
        state.Accelerator = _accelerator.Key;
        state.Version++;
        state.Openings = ServerOpening.Export(_ledger.Openings);
        await storeAsync(cancellationToken);
        _stored = changes;
        var open = AcceleratorOpenings.Of(state.Version, _ledger.Open);
        if (!open.SameAs(Openings)) Openings = open;
    }

    // What belongs to another accelerator is not this one's to close.
    private static IReadOnlyList<ServerOpening> Stored(ServerTrafficState state, RegionOptions region) =>
        state.Accelerator == region.Accelerator?.Key ? ServerOpening.Import(state.Openings) : [];

    private int Count(OpeningState state) => _ledger.Openings.Count(opening => opening.State == state);

    private void Become(TrafficState state)
    {
        if (_state == state) return;
        (_state, _since) = (state, time.GetUtcNow());
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The accelerator of region {RegionId}: {Denies} calls closed and {Allows} opened destinations")]
    private static partial void LogRound(ILogger logger, string regionId, int denies, int allows);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The accelerator of region {RegionId} let through what it should not, or not what it should: {Opening} destinations are opened, {Closing} closed")]
    private static partial void LogDrift(ILogger logger, string regionId, int opening, int closing);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The accelerator of region {RegionId} could not be asked to close {Closing} and open {Opening} destinations; it is tried again, and players have the other routes: {Reason}")]
    private static partial void LogFailed(ILogger logger, string regionId, int closing, int opening, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The accelerator of region {RegionId} refuses to change traffic (allow: {Allow}) in {EndpointId}; it is tried again when the mapping has been loaded anew: {Reason}")]
    private static partial void LogRefused(ILogger logger, string regionId, bool allow, string endpointId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} does not know which servers of cluster {ClusterId} players may be let through to; what is open stays open: {Reason}")]
    private static partial void LogClusterSilent(ILogger logger, string regionId, string clusterId, string reason);
}
