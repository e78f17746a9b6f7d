using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Reflection;
using FleetSystem.FleetManager.Edge;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Edge;

/// <summary>A silo's view of a region's ways in: kept up with by one question a second, and held when nobody answers.</summary>
public sealed class EdgeMonitorTests : IAsyncLifetime
{
    private static readonly AcceleratorMapping Mapping = AcceleratorMapping.Create(7, ["75.2.0.1"], [new(IPAddress.Parse("10.0.0.1"), 7000, 20_000)]);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Region _region;
    private readonly EdgeMonitor _monitor;

    public EdgeMonitorTests()
    {
        var grains = DispatchProxy.Create<IGrainFactory, Grains>();
        _region = ((Grains)(object)grains).Region = (Region)(object)DispatchProxy.Create<IRegionGrain, Region>();
        var system = new FleetSystemOptions
        {
            Regions =
            [
                new RegionOptions { Id = "opened", Zones = ["opened-a"], Accelerator = new AcceleratorOptions { Arn = "arn:x", Traffic = AcceleratorTraffic.PerServer } },
                new RegionOptions { Id = "open", Zones = ["open-a"], Accelerator = new AcceleratorOptions { Arn = "arn:y" }, NetworkLoadBalancer = new() { Address = "nlb.example", Port = 9000 } },
            ],
        };
        _monitor = new EdgeMonitor(
            grains, Options.Create(system), Options.Create(new FleetManagerOptions()), new EdgeMetrics(_services.GetRequiredService<IMeterFactory>(), _time), _time, NullLogger<EdgeMonitor>.Instance);
    }

    [Fact]
    public void View_BeforeAnybodyAnswered_NoWayByAnAcceleratorThatIsOpenedForEachServer()
    {
        Assert.Same(AcceleratorOpenings.None, _monitor.View("opened").Openings);
        Assert.Null(_monitor.View("open").Openings);
        Assert.Equal(("nlb.example", 9000), (_monitor.View("open").LoadBalancerAddress, _monitor.View("open").LoadBalancerPort));
    }

    [Fact]
    public async Task KeepUp_News_TakenInByOneQuestionASecondThatSaysWhatIsKnown()
    {
        var openings = AcceleratorOpenings.Of(3, []);
        _region.News = known => News(known.Mapping < Mapping.Version ? Mapping : null) with { Openings = known.Openings == openings.Version ? null : openings };
        await StartAsync();
        Assert.Equal((Mapping, openings), (_monitor.View("opened").Accelerator, _monitor.View("opened").Openings));
        var asked = await PassAsync(5);
        Assert.Equal(5 * 2, asked.Count);
        Assert.All(asked, known => Assert.Equal(new KnownEdge(Mapping.Version, openings.Version), known));
        Assert.Equal((Mapping, openings), (_monitor.View("opened").Accelerator, _monitor.View("opened").Openings));
    }

    [Fact]
    public async Task KeepUp_NobodyAnswersAnyMore_TheMappingStaysAndReportsAndForcedRoutesExpire()
    {
        var now = _time.GetUtcNow();
        var verdict = new PathVerdict(RouteKind.Direct, IsSuspected: true, now, 12, 12, 1, 1, 0, now, HoldsUntil: now.AddSeconds(10));
        _region.News = _ => new RegionEdgeNews(Mapping, [verdict]) { Forced = new ForcedRoute(RouteKind.NetworkLoadBalancer, now.AddSeconds(20)) };
        await StartAsync();
        var version = _monitor.Version;
        _region.News = _ => throw new TimeoutException("the region's silo is gone");

        await PassAsync(8);
        Assert.Equal((PathState.Degraded, RouteKind.NetworkLoadBalancer, version), (Seen.StateOf(RouteKind.Direct), Seen.Forced?.Kind, _monitor.Version));
        var changed = _monitor.ChangedAsync(version, Cancelled);
        Assert.False(changed.IsCompleted);
        await PassAsync(4);
        await changed;
        await UntilAsync(() => Seen.StateOf(RouteKind.Direct) == PathState.Healthy);
        Assert.Equal(RouteKind.NetworkLoadBalancer, Seen.Forced?.Kind);
        await PassAsync(10);
        await UntilAsync(() => Seen.Forced is null);
        Assert.Same(Mapping, Seen.Accelerator);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _monitor.StopAsync(CancellationToken.None);
        _monitor.Dispose();
        await _services.DisposeAsync();
    }

    private RegionEdge Seen => _monitor.View("open");

    private static RegionEdgeNews News(AcceleratorMapping? mapping) => new(mapping, []);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private async Task StartAsync()
    {
        await _monitor.StartAsync(Cancelled);
        await UntilAsync(() => _monitor.View("open").Accelerator is not null && _monitor.View("opened").Accelerator is not null);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (; !holds(); await Task.Yield()) Cancelled.ThrowIfCancellationRequested();
    }

    /// <summary>Lets seconds pass, each until both regions' questions have been asked.</summary>
    private async Task<IReadOnlyList<KnownEdge>> PassAsync(int seconds)
    {
        var before = _region.Asked.Count;
        for (var second = 1; second <= seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await UntilAsync(() => _region.Asked.Count >= before + (second * 2));
        }

        return [.. _region.Asked.Skip(before)];
    }

    internal class Grains : DispatchProxy
    {
        internal Region Region { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.ReturnType == typeof(IRegionGrain) ? Region : throw new NotSupportedException($"{targetMethod}");
    }

    internal class Region : DispatchProxy
    {
        internal Func<KnownEdge, RegionEdgeNews> News { get; set; } = _ => EdgeMonitorTests.News(null);

        internal ConcurrentQueue<KnownEdge> Asked { get; } = new();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name != nameof(IRegionGrain.GetEdge)) throw new NotSupportedException($"{targetMethod}");
            var known = (KnownEdge)args![0]!;
            Asked.Enqueue(known);
            return Task.FromResult(News(known));
        }
    }
}
