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
/// Keeps this silo's view of every region's ways in: the port mapping and what players report from the region grain, and each path's health
/// from probes of its own. What a source said last stays in use without it; reports alone expire.
/// Whoever plans a route reads a finished view; nothing waits.
/// </summary>
internal sealed partial class EdgeMonitor(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, EdgeMetrics metrics, TimeProvider time, ILogger<EdgeMonitor> log)
    : BackgroundService, IEdge
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private static readonly RouteKind[] Kinds = Enum.GetValues<RouteKind>();

    // How long resolved addresses and a mapping's port are used before they are looked up again, and how long that may take.
    private static readonly TimeSpan ResolveInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, RegionEdge> _views = new(
        system.Value.Regions.Select(region => KeyValuePair.Create(region.Id, new RegionEdge
        {
            Region = region.Id,
            Openings = region.Accelerator?.Traffic == AcceleratorTraffic.PerServer ? AcceleratorOpenings.None : null,
            LoadBalancerAddress = region.NetworkLoadBalancer?.Address,
            LoadBalancerPort = region.NetworkLoadBalancer?.Port ?? 0,
        })));

    private long _version;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Version => Interlocked.Read(ref _version);

    public RegionEdge View(string region) => _views.TryGetValue(region, out var view) ? view : new RegionEdge { Region = region };

    // Taken before the count is read: a change between the two completes it.
    public Task ChangedAsync(long known, CancellationToken cancellationToken)
    {
        var changed = Volatile.Read(ref _changed).Task;
        return Version != known ? Task.CompletedTask : changed.WaitAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Observe(() => _views.Values);
        return Task.WhenAll(system.Value.Regions.SelectMany(region => Watches(region, stoppingToken)));
    }

    private IEnumerable<Task> Watches(RegionOptions region, CancellationToken stopping)
    {
        yield return KeepUpAsync(region.Id, stopping);
        if (region.Echo is not { } echo) yield break;
        var direct = new IPEndPoint(IPAddress.Parse(echo.Address), echo.Port);
        foreach (var protocol in echo.ProbedWith)
        {
            yield return ProbeAsync(region.Id, RouteKind.Direct, protocol, _ => Task.FromResult<IReadOnlyList<ProbeTarget>>([new(direct, [])]), stopping);
            if (region.Accelerator is not null)
                yield return ProbeAsync(region.Id, RouteKind.Accelerator, protocol, _ => Task.FromResult(AcceleratorTargets(View(region.Id), echo)), stopping);
        }

        // It carries datagrams alone.
        if (echo.ProbedWith.Contains(GameProtocol.Udp) && region.NetworkLoadBalancer is { } balancer && echo.RoutingToken is { } token)
            yield return ProbeAsync(region.Id, RouteKind.NetworkLoadBalancer, GameProtocol.Udp, resolving => LoadBalancerTargets(balancer, Convert.FromBase64String(token), resolving), stopping);
    }

    private static IReadOnlyList<ProbeTarget> AcceleratorTargets(RegionEdge view, EchoOptions echo) =>
        view.Accelerator is { } mapping && mapping.Find(echo.Address, echo.Port) is { } port
            ? [.. mapping.Addresses.Select(address => new ProbeTarget(new IPEndPoint(IPAddress.Parse(address), port), []))]
            : [];

    // IPv4 alone: so do the probes' sockets, and custom routing.
    private static async Task<IReadOnlyList<ProbeTarget>> LoadBalancerTargets(NetworkLoadBalancerOptions balancer, byte[] token, CancellationToken resolving) =>
        [.. (await Dns.GetHostAddressesAsync(balancer.Address, AddressFamily.InterNetwork, resolving)).Select(address => new ProbeTarget(new IPEndPoint(address, balancer.Port), token))];

    private async Task KeepUpAsync(string region, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        var news = new RegionEdgeNews(null, []);
        do
        {
            var known = View(region);
            try
            {
                news = await grains.GetGrain<IRegionGrain>(region).GetEdge(new KnownEdge(known.Accelerator?.Version ?? 0, known.Openings?.Version ?? 0));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogNewsFailed(log, region, fault);
            }

            // When nobody can be asked, what is known holds: reports and what is forced until they expire.
            var now = time.GetUtcNow();
            var holding = news.Reported.Where(verdict => now < verdict.HoldsUntil).ToFrozenDictionary(verdict => verdict.Kind);
            var forced = news.Forced?.ExpiresAt > now ? news.Forced : null;
            if (forced != known.Forced) LogForcedRoute(log, region, forced?.Kind, forced?.ExpiresAt);
            Update(region, view => view with { Accelerator = news.Mapping ?? view.Accelerator, Openings = news.Openings ?? view.Openings, Reported = holding, Forced = forced });
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task ProbeAsync(string region, RouteKind kind, GameProtocol protocol, Func<CancellationToken, Task<IReadOnlyList<ProbeTarget>>> targets, CancellationToken stopping)
    {
        await using var watch = new PathWatch(options.Value, time, protocol);
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
            if (watch.Addresses.Any()) Take(region, kind, protocol, watch);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private void Take(string region, RouteKind kind, GameProtocol protocol, PathWatch watch)
    {
        var addresses = watch.Addresses.ToFrozenDictionary(StringComparer.Ordinal);
        var health = PathHealth.Best(addresses.Values);
        var isAccelerator = kind == RouteKind.Accelerator;
        Update(region, view => protocol == GameProtocol.Tcp
            ? view with { TcpPaths = With(view.TcpPaths), TcpAcceleratorAddresses = isAccelerator ? addresses : view.TcpAcceleratorAddresses }
            : view with { Paths = With(view.Paths), AcceleratorAddresses = isAccelerator ? addresses : view.AcceleratorAddresses });

        FrozenDictionary<RouteKind, PathHealth> With(FrozenDictionary<RouteKind, PathHealth> paths) =>
            paths.Where(path => path.Key != kind).Append(KeyValuePair.Create(kind, health)).ToFrozenDictionary();
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

    private void Update(string region, Func<RegionEdge, RegionEdge> change)
    {
        RegionEdge before, after;
        do
        {
            before = _views[region];
            after = change(before);
        }
        while (!_views.TryUpdate(region, after, before));

        if (after.LeadsAs(before)) return;
        LogChanges(region, GameProtocol.Udp, before, after);
        if (after.TcpPaths.Count > 0) LogChanges(region, GameProtocol.Tcp, before.Over(GameProtocol.Tcp), after.Over(GameProtocol.Tcp));
        Interlocked.Increment(ref _version);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private void LogChanges(string region, GameProtocol protocol, RegionEdge before, RegionEdge after)
    {
        foreach (var kind in Kinds.Where(kind => before.StateOf(kind) != after.StateOf(kind)))
            LogPathChanged(log, region, kind, protocol, before.StateOf(kind), after.StateOf(kind), after.Paths.GetValueOrDefault(kind)?.LossShare ?? 0, after.Reported.GetValueOrDefault(kind)?.FailedShare ?? 0);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId}: path {RouteKind} ({Protocol}) went from {Before} to {After} ({LossShare:P0} of the last probes lost; it fails for {FailedShare:P0} of the players)")]
    private static partial void LogPathChanged(ILogger logger, string regionId, RouteKind routeKind, GameProtocol protocol, PathState before, PathState after, double lossShare, double failedShare);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} could not be asked for what is new of its ways in; what is known stays in use, reports and forced routes until they expire")]
    private static partial void LogNewsFailed(ILogger logger, string regionId, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Region {RegionId}: route {RouteKind} comes first until {ExpiresAt} (none: by their states)")]
    private static partial void LogForcedRoute(ILogger logger, string regionId, RouteKind? routeKind, DateTimeOffset? expiresAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId}: the address of path {RouteKind} could not be resolved: {Reason}")]
    private static partial void LogResolveFailed(ILogger logger, string regionId, RouteKind routeKind, string reason);
}
