using System.Diagnostics.Metrics;
using FleetSystem.FleetManager.Clusters;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Clusters;

public sealed class ClusterBreakerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CircuitOptions _options = new();
    private readonly FakeAgonesCluster _cluster;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _measured = [];
    private readonly ClusterBreaker _breaker;

    public ClusterBreakerTests()
    {
        _cluster = new FakeAgonesCluster("blue", _time);
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _listener.Start();
        _breaker = new ClusterBreaker("blue", _cluster, _options, seed: 1, new ClusterMetrics(meters), _time, NullLogger<ClusterBreaker>.Instance);
    }

    [Fact]
    public void Leave_CircuitOpens_WhoeverWaitsIsFreedAndItIsMeasured()
    {
        var opened = _breaker.Opened;
        Open();
        Assert.True(opened.IsCancellationRequested);
        Assert.Contains("a reason", _breaker.Refusal, StringComparison.Ordinal);
        Assert.Null(_breaker.TryEnter());
        Assert.Equal((1, 1, (long)CircuitState.Open), (Of("fleet.cluster.circuit.openings"), Of("fleet.cluster.circuit.refusals"), Of("fleet.cluster.circuit.state")));
    }

    [Fact]
    public async Task Run_ProbeAnswered_HalfOpenAndNobodyIsFreedTooEarly()
    {
        Open();
        await _breaker.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(_breaker.IsOpen);
        _time.Advance(_options.OpenMin);
        await _breaker.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CircuitState.HalfOpen, _breaker.Status.State);
        Assert.False(_breaker.Opened.IsCancellationRequested);
    }

    [Fact]
    public async Task Run_ProbeNotAnswered_CountsAfterItsTimeAndRunsOnceAtATime()
    {
        Open();
        _cluster.Hangs = true;
        _time.Advance(_options.OpenMin);
        var probing = _breaker.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(_breaker.RunAsync(TestContext.Current.CancellationToken).IsCompleted);
        Assert.False(probing.IsCompleted);
        _time.Advance(_options.ProbeTimeout);
        await probing;
        Assert.Contains("no answer to a probe", _breaker.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OneProbeIsEnoughToClose_WhoeverComesIsNotFreedByTheOldOpening()
    {
        _options.ProbesToClose = 1;
        Open();
        _time.Advance(_options.OpenMin);
        await _breaker.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CircuitState.Closed, _breaker.Status.State);
        Assert.False(_breaker.Opened.IsCancellationRequested);
    }

    [Fact]
    public void Dispose_GrainMoves_ItsStateIsMeasuredHereNoMore()
    {
        Assert.Equal((long)CircuitState.Closed, Of("fleet.cluster.circuit.state"));
        _breaker.Dispose();
        _measured.Clear();
        Assert.Equal(-1, Of("fleet.cluster.circuit.state"));
    }

    public void Dispose()
    {
        _breaker.Dispose();
        _listener.Dispose();
        _services.Dispose();
    }

    private void Open()
    {
        for (var i = 0; i < _options.FailuresToOpen; i++) _breaker.Leave(_breaker.TryEnter()!.Value, CallResult.Failed, "a reason");
        Assert.True(_breaker.IsOpen);
    }

    private long Of(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _measured.GetValueOrDefault(instrument, -1);
    }

    private void Measured(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Assert.Equal("blue", tags[0].Value);
        _measured[instrument.Name] = instrument is Counter<long> ? _measured.GetValueOrDefault(instrument.Name) + value : value;
    }
}
