using FleetSystem.Simulation.Tests.Engine;
using Orleans.Timers;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>A grain's timer by Orleans' rules: the next tick is armed when the one before has ended.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Func<CancellationToken, Task> _callback;
    private readonly CancellationTokenSource _disposed = new();
    private readonly ITimer _timer;
    private (TimeSpan Due, TimeSpan Period) _next;
    private bool _firing;

    public GrainTimer(Activation activation, VirtualTime time, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _callback = callback;
        _next = (options.Period, options.Period);
        _timer = time.CreateTimer(
            _ =>
            {
                _firing = true;
                activation.Tick(this);
            },
            null,
            options.DueTime,
            Timeout.InfiniteTimeSpan);
    }

    public Task RunAsync() => _callback(_disposed.Token);

    /// <summary>Sets out for the next tick.</summary>
    public void Arm()
    {
        _firing = false;
        if (!_disposed.IsCancellationRequested) _timer.Change(_next.Due, Timeout.InfiniteTimeSpan);
        _next = (_next.Period, _next.Period);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        _next = (dueTime, period);
        if (!_firing) Arm();
    }

    public void Dispose()
    {
        _timer.Dispose();
        _disposed.Cancel();
    }
}

/// <summary>What a grain's base class asks its silo for.</summary>
internal sealed class GrainRuntime(SimulatedCell cell, Silo silo) : IGrainRuntime, ITimerRegistry
{
    public string SiloIdentity => silo.Name;

    public SiloAddress SiloAddress => throw new NotSupportedException();

    public IGrainFactory GrainFactory => silo.Grains;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => silo.Services;

    public TimeProvider TimeProvider => cell.Time;

    public void DeactivateOnIdle(IGrainContext grainContext) =>
        grainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => throw new NotSupportedException();

    public Orleans.Core.IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

    public IGrainTimer RegisterGrainTimer<TState>(IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        var activation = (Activation)grainContext;
        var timer = new GrainTimer(activation, cell.Time, cancellationToken => callback(state, cancellationToken), options);
        activation.Add(timer);
        return timer;
    }
}
