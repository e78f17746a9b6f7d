using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Edge;

/// <summary>
/// Keeps this silo's view of every region's ways in: the port mapping from the region grain, and each path's health from probes of its own.
/// Whoever plans a route reads a finished view; nothing waits.
/// </summary>
internal sealed partial class EdgeMonitor(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, TimeProvider time, ILogger<EdgeMonitor> log)
    : BackgroundService, IEdge
{
    private static readonly TimeSpan MappingPollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForcedRoutePollInterval = TimeSpan.FromSeconds(1);

    // How long resolved addresses and a mapping's port are used before they are looked up again, and how long that may take.
    private static readonly TimeSpan ResolveInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, RegionEdge> _views = new(
        system.Value.Regions.Select(region => KeyValuePair.Create(region.Id, new RegionEdge
        {
            Region = region.Id,
            LoadBalancerAddress = region.NetworkLoadBalancer?.Address,
            LoadBalancerPort = region.NetworkLoadBalancer?.Port ?? 0,
        })));

    public RegionEdge View(string region) => _views.TryGetValue(region, out var view) ? view : new RegionEdge { Region = region };

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(system.Value.Regions.SelectMany(region => Watches(region, stoppingToken)));

    private IEnumerable<Task> Watches(RegionOptions region, CancellationToken stopping)
    {
        yield return KeepForcedRouteAsync(region.Id, stopping);
        if (region.Accelerator is not null) yield return KeepMappingAsync(region.Id, stopping);
        if (region.Echo is not { } echo) yield break;
        var direct = new IPEndPoint(IPAddress.Parse(echo.Address), echo.Port);
        yield return ProbeAsync(region.Id, RouteKind.Direct, _ => Task.FromResult<IReadOnlyList<ProbeTarget>>([new(direct, [])]), stopping);
        if (region.Accelerator is not null)
            yield return ProbeAsync(region.Id, RouteKind.Accelerator, _ => Task.FromResult(AcceleratorTargets(View(region.Id), echo)), stopping);
        if (region.NetworkLoadBalancer is { } balancer && echo.RoutingToken is { } token)
            yield return ProbeAsync(region.Id, RouteKind.NetworkLoadBalancer, resolving => LoadBalancerTargets(balancer, Convert.FromBase64String(token), resolving), stopping);
    }

    private static IReadOnlyList<ProbeTarget> AcceleratorTargets(RegionEdge view, EchoOptions echo) =>
        view.Accelerator is { } mapping && mapping.Find(echo.Address, echo.Port) is { } port
            ? [.. mapping.Addresses.Select(address => new ProbeTarget(new IPEndPoint(IPAddress.Parse(address), port), []))]
            : [];

    // IPv4 alone: so do the probes' sockets, and custom routing.
    private static async Task<IReadOnlyList<ProbeTarget>> LoadBalancerTargets(NetworkLoadBalancerOptions balancer, byte[] token, CancellationToken resolving) =>
        [.. (await Dns.GetHostAddressesAsync(balancer.Address, AddressFamily.InterNetwork, resolving)).Select(address => new ProbeTarget(new IPEndPoint(address, balancer.Port), token))];

    private async Task KeepMappingAsync(string region, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(MappingPollInterval, time);
        do
        {
            try
            {
                var known = View(region).Accelerator?.Version ?? 0;
                if (await grains.GetGrain<IRegionGrain>(region).GetMapping(known) is { } mapping) Update(region, view => view with { Accelerator = mapping });
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogMappingFailed(log, region, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <summary>What operators force; when nobody can be asked, what is known holds until it expires.</summary>
    private async Task KeepForcedRouteAsync(string region, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(ForcedRoutePollInterval, time);
        do
        {
            var forced = View(region).Forced;
            try
            {
                forced = await grains.GetGrain<IRegionOperations>(region).GetForcedRoute();
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogForcedRouteFailed(log, region, fault);
            }

            if (forced?.ExpiresAt <= time.GetUtcNow()) forced = null;
            if (forced == View(region).Forced) continue;
            LogForcedRoute(log, region, forced?.Kind, forced?.ExpiresAt);
            Update(region, view => view with { Forced = forced });
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task ProbeAsync(string region, RouteKind kind, Func<CancellationToken, Task<IReadOnlyList<ProbeTarget>>> targets, CancellationToken stopping)
    {
        await using var watch = new PathWatch(options.Value, time);
        using var timer = new PeriodicTimer(options.Value.ProbeInterval, time);
        IReadOnlyList<ProbeTarget> known = [];
        var resolvedAt = time.GetTimestamp();
        do
        {
            if (known.Count == 0 || time.GetElapsedTime(resolvedAt) >= ResolveInterval)
            {
                if (await ResolveAsync(targets, region, kind, stopping) is { Count: > 0 } found) known = found;
                resolvedAt = time.GetTimestamp();
            }

            await watch.ProbeAsync(known, stopping);
            if (watch.Addresses.Any()) Take(region, kind, watch);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private void Take(string region, RouteKind kind, PathWatch watch)
    {
        var addresses = watch.Addresses.ToFrozenDictionary(StringComparer.Ordinal);
        var health = PathHealth.Best(addresses.Values);
        var before = View(region).StateOf(kind);
        if (health.State != before) LogPathChanged(log, region, kind, before, health.State, health.LossShare);
        Update(region, view => view with
        {
            Paths = view.Paths.Where(path => path.Key != kind).Append(KeyValuePair.Create(kind, health)).ToFrozenDictionary(),
            AcceleratorAddresses = kind == RouteKind.Accelerator ? addresses : view.AcceleratorAddresses,
        });
    }

    private async Task<IReadOnlyList<ProbeTarget>> ResolveAsync(
        Func<CancellationToken, Task<IReadOnlyList<ProbeTarget>>> targets, string region, RouteKind kind, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(ResolveTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            return await targets(both.Token);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException && !stopping.IsCancellationRequested)
        {
            // A name that cannot be resolved just now says nothing about the path: the addresses known stay.
            LogResolveFailed(log, region, kind, fault.Message);
            return [];
        }
    }

    private void Update(string region, Func<RegionEdge, RegionEdge> change) => _views.AddOrUpdate(region, _ => throw new InvalidOperationException($"Region '{region}' is not watched."), (_, view) => change(view));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId}: path {RouteKind} went from {Before} to {After} ({LossShare:P0} of the last probes lost)")]
    private static partial void LogPathChanged(ILogger logger, string regionId, RouteKind routeKind, PathState before, PathState after, double lossShare);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The port mapping of region {RegionId} could not be asked for; the known one stays in use")]
    private static partial void LogMappingFailed(ILogger logger, string regionId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId}: the route that operators force could not be asked for; the known one holds until it expires")]
    private static partial void LogForcedRouteFailed(ILogger logger, string regionId, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Region {RegionId}: route {RouteKind} comes first until {ExpiresAt} (none: by their states)")]
    private static partial void LogForcedRoute(ILogger logger, string regionId, RouteKind? routeKind, DateTimeOffset? expiresAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId}: the address of path {RouteKind} could not be resolved: {Reason}")]
    private static partial void LogResolveFailed(ILogger logger, string regionId, RouteKind routeKind, string reason);
}
