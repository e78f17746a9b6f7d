using FleetSystem.FleetManager;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.Simulation.Tests.Engine;

namespace FleetSystem.Simulation.Tests.Silos;

/// <summary>
/// The Orleans cluster: silos, where each grain is active, and the requests between them. As in Orleans a grain is active once; requests to
/// a dead silo fail when it is declared dead, not when it dies; only then is the grain activated elsewhere.
/// </summary>
internal sealed class SimulatedCell(
    Turns turns, VirtualTime time, Journal journal, SimulatedStore store, Faults faults, Random random,
    FleetSystemOptions system, Func<FleetManagerOptions> options, IAgonesClusterFactory clusters) : IDisposable
{
    private static readonly TimeSpan NoSiloPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);
    private readonly Dictionary<GrainId, Activation> _directory = [];
    private readonly List<Silo> _silos = [];
    private GrainReferences? _clients;
    private int _made;

    public Turns Turns => turns;

    public VirtualTime Time => time;

    public Journal Journal => journal;

    public SimulatedStore Store => store;

    /// <summary>The way from outside to any grain.</summary>
    public IGrainFactory Grains => _clients ??= new GrainReferences(this, null);

    public IReadOnlyList<Silo> Running => [.. _silos.Where(silo => silo is { IsUp: true, IsStopping: false })];

    public IReadOnlyCollection<Activation> Activations => _directory.Values;

    public void StartSilo()
    {
        var silo = new Silo(this, $"silo-{++_made}", system, options(), clusters);
        _silos.Add(silo);
        journal.Write($"{silo.Name} starts");
    }

    public void Send(GrainCall call, Silo? sender)
    {
        time.CreateTimer(_ => call.Reply.Fail(new TimeoutException($"No answer to {call} within {call.Timeout}.")), null, call.Timeout, Timeout.InfiniteTimeSpan);
        if (sender is { IsEvicted: true } || IsLost(call, "request")) return;
        Forward(call);
    }

    /// <summary>Carries a request to where its grain is active.</summary>
    public void Forward(GrainCall call) => time.After(Latency(), () =>
    {
        if (call.Reply.Task.IsCompleted) return;
        if (_directory.TryGetValue(call.Target, out var activation))
        {
            if (activation.Silo.IsUp) activation.Receive(call);
            else activation.Strand(call);
        }
        else if (Running is { Count: > 0 } silos)
        {
            var silo = silos[random.Next(silos.Count)];
            _directory[call.Target] = activation = new Activation(this, silo, call.Target);
            silo.Activations.Add(activation);
            activation.Receive(call);
        }
        else
        {
            time.After(NoSiloPause, () => Forward(call));
        }
    });

    /// <summary>Carries an answer back.</summary>
    public void Answer(GrainCall call, Silo sender, Task ended)
    {
        if (sender.IsEvicted || IsLost(call, "answer")) return;
        if (journal.IsOn && ended.IsFaulted) journal.Write($"{call} failed: {ended.Exception!.InnerException!.GetType().Name} {ended.Exception.InnerException.Message}");
        time.After(Latency(), () => call.Reply.Complete(ended));
    }

    public void Unregister(Activation activation)
    {
        if (_directory.GetValueOrDefault(activation.GrainId) == activation) _directory.Remove(activation.GrainId);
        activation.Silo.Activations.Remove(activation);
    }

    /// <summary>A silo's process dies in the middle of whatever it does; the others find out a while later.</summary>
    public void Kill(Silo silo, TimeSpan declaredAfter)
    {
        if (!silo.IsUp) return;
        journal.Write($"{silo.Name} dies; declared dead in {declaredAfter.TotalSeconds:0.0} s");
        silo.IsUp = false;
        foreach (var activation in silo.Activations) activation.Kill();
        time.After(declaredAfter, () =>
        {
            DeclareDead(silo);
            _silos.Remove(silo);
            silo.Dispose();
        });
    }

    /// <summary>A silo is declared dead though it lives: it goes on for a while beside its grains' next activations, until it finds out.</summary>
    public void Evict(Silo silo, TimeSpan unaware)
    {
        if (!silo.IsUp || silo.IsStopping) return;
        journal.Write($"{silo.Name} is evicted and does not know for {unaware.TotalSeconds:0.0} s");
        silo.IsEvicted = silo.IsStopping = true;
        var activations = silo.Activations.ToList();
        DeclareDead(silo);
        time.After(unaware, () =>
        {
            silo.IsUp = false;
            foreach (var activation in activations) activation.Kill();
            _silos.Remove(silo);
            silo.Dispose();
        });
    }

    private void DeclareDead(Silo silo)
    {
        journal.Write($"{silo.Name} is declared dead");
        foreach (var activation in silo.Activations.ToList())
        {
            Unregister(activation);
            activation.FailCalls(new SiloUnavailableException($"{silo.Name} is dead."));
        }
    }

    /// <summary>A connection between silos breaks with a message in it: its caller waits until his time is up.</summary>
    private bool IsLost(GrainCall call, string what)
    {
        if (!call.HoldsGrain || !faults.Happen(faults.Messages)) return false;
        if (journal.IsOn) journal.Write($"the {what} of {call} is lost");
        return true;
    }

    /// <summary>A silo stops in good order: every grain is told, and moves.</summary>
    public void Stop(Silo silo)
    {
        journal.Write($"{silo.Name} stops");
        silo.IsStopping = true;
        foreach (var activation in silo.Activations.ToList()) activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo stops."));

        // Requests that wait hold their grains up; a stop waits for them only so long.
        time.After(LongestStop, () => Kill(silo, TimeSpan.Zero));
    }

    /// <summary>Nothing of a silo runs for a while, and then all of it goes on as if nothing had been.</summary>
    public void Freeze(Silo silo, TimeSpan duration)
    {
        if (silo.IsFrozen || !silo.IsUp) return;
        journal.Write($"{silo.Name} freezes for {duration.TotalSeconds:0.0} s");
        silo.IsFrozen = true;
        foreach (var activation in silo.Activations) activation.Lane.Freeze();
        time.After(duration, () =>
        {
            silo.IsFrozen = false;
            foreach (var activation in silo.Activations) activation.Lane.Thaw();
        });
    }

    /// <summary>Deactivates what has had no request for as long as its class says.</summary>
    public void Collect()
    {
        foreach (var activation in _directory.Values.ToList())
        {
            if (activation is { IsIdle: true, CollectionAge: { } age } && time.Elapsed - activation.LastUsed >= age)
                activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "It was idle."));
        }
    }

    public void Dispose()
    {
        foreach (var activation in _directory.Values) activation.Dispose();
        foreach (var silo in _silos.ToList()) silo.Dispose();
    }

    private TimeSpan Latency() => TimeSpan.FromMicroseconds(random.Next(50, random.Next(20) == 0 ? 20_000 : 1_500));
}
