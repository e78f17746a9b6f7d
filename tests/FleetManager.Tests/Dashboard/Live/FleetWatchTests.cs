using System.Reflection;
using FleetSystem.FleetManager.Dashboard;
using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetManager.Events;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;

namespace FleetSystem.FleetManager.Tests.Dashboard.Live;

public sealed class FleetWatchTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(Now);
    private readonly ScriptedRegion _region = ScriptedRegion.Create();
    private readonly FleetWatch _watch;

    public FleetWatchTests() => _watch = new FleetWatch(
        ScriptedGrains.With(_region.Grain),
        Options.Create(new FleetSystemOptions { Regions = [new RegionOptions { Id = "seoul", Zones = ["a", "b"] }] }),
        Options.Create(new DashboardOptions { HistoryPoints = 3 }),
        new EventLog(Options.Create(new EventOptions())),
        _clock,
        NullLogger<FleetWatch>.Instance);

    public async ValueTask InitializeAsync()
    {
        await _watch.StartAsync(TestContext.Current.CancellationToken);
        await UntilAsync(() => _watch.Current.Regions[0].Status is not null);
    }

    [Fact]
    public async Task Watch_SeveralPages_TheRegionIsAskedOnceAnInterval()
    {
        var told = 0;
        using var first = _watch.Watch(() => told++);
        using var second = _watch.Watch(() => told++);
        var asked = _region.Calls;

        await NextAsync(1);
        await UntilAsync(() => Volatile.Read(ref told) == 2);

        Assert.Equal(asked + 1, _region.Calls);
    }

    [Fact]
    public async Task Watch_PageClosed_IsToldNoMoreAndTheRegionIsAskedSeldom()
    {
        var told = 0;
        _watch.Watch(() => told++).Dispose();
        Assert.Equal(0, _watch.Watchers);
        var asked = _region.Calls;

        for (var second = 0; second < 4; second++) _clock.Advance(TimeSpan.FromSeconds(1));
        await NextAsync(1);

        Assert.Equal((asked + 1, 0), (_region.Calls, told));
    }

    [Fact]
    public async Task Watch_APageFails_TheOthersAreToldAllTheSame()
    {
        var told = 0;
        using var failing = _watch.Watch(() => throw new InvalidOperationException("a page"));
        using var other = _watch.Watch(() => told++);

        await NextAsync(1);

        await UntilAsync(() => Volatile.Read(ref told) == 1);
    }

    [Fact]
    public async Task Current_RegionFalls_ShownAsItWasWithTheFaultUntilItAnswersAgain()
    {
        using var page = _watch.Watch(() => { });
        _region.Answer = () => throw new TimeoutException("gone");
        await NextAsync(1);
        var silent = _watch.Current.Regions[0];

        _region.Answer = () => Task.FromResult(Well);
        await NextAsync(1);

        Assert.Equal(("no answer within 2 s", Well), (silent.Fault, silent.Status));
        Assert.Null(_watch.Current.Regions[0].Fault);
    }

    [Fact]
    public async Task Current_ManyIntervals_HistoryKeepsTheNewestPoints()
    {
        for (var point = 0; point < 5; point++) await NextAsync(5);

        var history = _watch.Current.Regions[0].History;
        Assert.Equal([Now.AddSeconds(15), Now.AddSeconds(20), Now.AddSeconds(25)], history.Select(point => point.At));
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(CancellationToken.None);
        _watch.Dispose();
    }

    private async Task NextAsync(int seconds)
    {
        var before = _watch.Current;
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        await UntilAsync(() => !ReferenceEquals(before, _watch.Current));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A region that answers as the test wants.</summary>
    public class ScriptedRegion : DispatchProxy
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public Func<Task<RegionStatus>> Answer { get; set; } = () => Task.FromResult(Well);

        public IRegionGrain Grain => (IRegionGrain)(object)this;

        public static ScriptedRegion Create() => (ScriptedRegion)(object)DispatchProxy.Create<IRegionGrain, ScriptedRegion>();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Interlocked.Increment(ref _calls);
            return targetMethod?.Name == nameof(IRegionGrain.GetStatus) ? Answer() : throw new NotSupportedException(targetMethod?.Name);
        }
    }

    public class ScriptedGrains : DispatchProxy
    {
        private IRegionGrain _region = null!;

        public static IGrainFactory With(IRegionGrain region)
        {
            var factory = DispatchProxy.Create<IGrainFactory, ScriptedGrains>();
            ((ScriptedGrains)(object)factory)._region = region;
            return factory;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _region;
    }
}
