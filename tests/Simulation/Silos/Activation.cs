using System.Reflection;
using FleetSystem.Simulation.Tests.Engine;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>
/// One activation of a real grain class: what a silo does for a grain, reduced to what grains can see. Requests wait until it is active; a
/// deactivation waits for the requests that run, then the grain is told, and what waited goes to the next activation.
/// </summary>
internal sealed class Activation : IGrainContext, IDisposable
{
    private static readonly Action<IGrainContext?> SetCurrent = CurrentSetter();

    private readonly SimulatedCell _cell;
    private readonly GrainClass _class;
    private readonly CancellationTokenSource _ended = new();
    private readonly List<GrainCall> _waiting = [];
    private readonly List<GrainCall> _running = [];
    private readonly List<GrainTimer> _timers = [];
    private int _holding;
    private Phase _phase = Phase.Activating;
    private DeactivationReason _reason;

    public Activation(SimulatedCell cell, Silo silo, GrainId id)
    {
        (_cell, Silo, GrainId, _class) = (cell, silo, id, GrainClasses.Of(id));
        Lane = cell.Turns.NewLane($"{id.Key}@{silo.Name}");
        LastUsed = cell.Time.Elapsed;
        if (silo.IsFrozen) Lane.Freeze();
        Lane.Start(ActivateAsync);
    }

    private enum Phase
    {
        Activating,
        Valid,
        Deactivating,
        Gone,
    }

    public Silo Silo { get; }

    public Turns.Lane Lane { get; }

    public GrainId GrainId { get; }

    public object Instance { get; private set; } = null!;

    /// <summary>Cancelled when the grain has been told of its end.</summary>
    public CancellationToken Ended => _ended.Token;

    public TimeSpan LastUsed { get; private set; }

    public bool IsValid => _phase == Phase.Valid;

    public bool IsIdle => _phase == Phase.Valid && _holding == 0;

    public TimeSpan? CollectionAge => _class.CollectionAge;

    public object? GrainInstance => Instance;

    public IServiceProvider ActivationServices => Silo.Services;

    GrainReference IGrainContext.GrainReference => throw new NotSupportedException();

    ActivationId IGrainContext.ActivationId => throw new NotSupportedException();

    GrainAddress IGrainContext.Address => throw new NotSupportedException();

    IGrainLifecycle IGrainContext.ObservableLifecycle => throw new NotSupportedException();

    IWorkItemScheduler IGrainContext.Scheduler => throw new NotSupportedException();

    Task IGrainContext.Deactivated => throw new NotSupportedException();

    public void Receive(GrainCall call)
    {
        if (_phase == Phase.Gone)
        {
            _cell.Forward(call);
            return;
        }

        _waiting.Add(call);
        StartWaiting();
    }

    /// <summary>A timer's tick: beside everything else when it interleaves; it is not forwarded and does not keep the grain.</summary>
    public void Tick(GrainTimer timer)
    {
        if (_phase is not (Phase.Valid or Phase.Deactivating)) return;
        _holding++;
        Lane.Start(async () =>
        {
            try
            {
                await timer.RunAsync();
            }
            catch (Exception fault)
            {
                if (_cell.Journal.IsOn) _cell.Journal.Write($"a timer of {Lane.Name} failed: {fault.GetType().Name} {fault.Message}");
            }
            finally
            {
                timer.Arm();
                _holding--;
                StartWaiting();
            }
        });
    }

    public void Add(GrainTimer timer) => _timers.Add(timer);

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (_phase != Phase.Valid) return;
        _phase = Phase.Deactivating;
        if (_cell.Journal.IsOn) _cell.Journal.Write($"{Lane.Name} deactivates: {deactivationReason.ReasonCode}");
        _reason = deactivationReason;
        EndWhenIdle();
    }

    /// <summary>The machine is gone: nothing of the grain runs any more, and nobody is told yet.</summary>
    public void Kill()
    {
        Lane.Kill();
        foreach (var timer in _timers) timer.Dispose();
        (_phase, _holding) = (Phase.Gone, 0);
    }

    /// <summary>Fails what was asked of the activation and can never be answered.</summary>
    public void FailCalls(Exception fault)
    {
        foreach (var call in _running.Concat(_waiting)) call.Reply.Fail(fault);
        _running.Clear();
        _waiting.Clear();
    }

    /// <summary>A request that reached a dead machine.</summary>
    public void Strand(GrainCall call) => _waiting.Add(call);

    public void Dispose() => _ended.Dispose();

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetTarget() => Instance;

    public object? GetComponent(Type componentType) => null;

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    private async Task ActivateAsync()
    {
        try
        {
            var states = new List<GrainState>();
            SetCurrent(this);
            try
            {
                Instance = _class.Construct(Silo.Services, (name, type) =>
                {
                    var state = GrainState.Of(type, _cell.Store, name, GrainId);
                    states.Add(state);
                    return state;
                });
            }
            catch (Exception fault)
            {
                _cell.Journal.Break($"A {_class.Name} cannot be made: {fault.Message}");
                throw;
            }
            finally
            {
                SetCurrent(null);
            }

            foreach (var state in states) await state.ReadStateAsync();
            await ((IGrainBase)Instance).OnActivateAsync(_ended.Token);
            _phase = Phase.Valid;
            StartWaiting();
        }
        catch (Exception fault)
        {
            if (_cell.Journal.IsOn) _cell.Journal.Write($"{Lane.Name} could not be activated: {fault.GetType().Name} {fault.Message}");
            foreach (var timer in _timers) timer.Dispose();
            _phase = Phase.Gone;
            _cell.Unregister(this);
            FailCalls(fault);
        }
    }

    private void StartWaiting()
    {
        if (_phase == Phase.Valid)
        {
            for (var i = 0; i < _waiting.Count;)
            {
                var call = _waiting[i];
                if (!_class.IsReentrant && !call.Interleaves && _running.Count > 0)
                {
                    i++;
                    continue;
                }

                _waiting.RemoveAt(i);
                _running.Add(call);
                if (call.HoldsGrain) _holding++;
                LastUsed = _cell.Time.Elapsed;
                Lane.Start(() => RunAsync(call));
            }
        }

        EndWhenIdle();
    }

    private async Task RunAsync(GrainCall call)
    {
        Task ended;
        try
        {
            ended = call.Invoke(this);
            await ended.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception fault)
        {
            ended = Task.FromException(fault);
        }

        _running.Remove(call);
        if (call.HoldsGrain) _holding--;
        LastUsed = _cell.Time.Elapsed;
        _cell.Answer(call, Silo, ended);
        StartWaiting();
    }

    private void EndWhenIdle()
    {
        if (_phase != Phase.Deactivating || _holding > 0) return;
        _holding = int.MaxValue;
        Lane.Start(async () =>
        {
            foreach (var timer in _timers) timer.Dispose();
            try
            {
                await ((IGrainBase)Instance).OnDeactivateAsync(_reason, CancellationToken.None);
            }
            catch (Exception fault)
            {
                if (_cell.Journal.IsOn) _cell.Journal.Write($"the deactivation of {Lane.Name} failed: {fault.GetType().Name} {fault.Message}");
            }

            if (Instance is IDisposable disposable) disposable.Dispose();
            _phase = Phase.Gone;
            _cell.Unregister(this);
            _ended.Cancel();
            var waited = _waiting.ToList();
            _waiting.Clear();
            foreach (var call in _running) call.Reply.Fail(new EnumerationAbortedException("The grain was deactivated."));
            _running.Clear();
            foreach (var call in waited) _cell.Forward(call);
        });
    }

    /// <summary>
    /// A grain learns what it is from the context in which it is constructed; Orleans keeps the way to set that to itself, and a constructor
    /// parameter in every grain class for the simulation's sake would be a worse bargain than this one call.
    /// </summary>
    private static Action<IGrainContext?> CurrentSetter()
    {
        var context = typeof(Grain).Assembly.GetType("Orleans.Runtime.RuntimeContext", throwOnError: true)!
            .GetField("_threadLocalContext", BindingFlags.Static | BindingFlags.NonPublic) ?? throw new MissingFieldException("Orleans.Runtime.RuntimeContext", "_threadLocalContext");
        return value => context.SetValue(null, value);
    }
}
