using FleetSystem.FleetManager;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Simulation.Tests.Agones;
using FleetSystem.Simulation.Tests.Engine;
using FleetSystem.Simulation.Tests.Load;
using FleetSystem.Simulation.Tests.Silos;

namespace FleetSystem.Simulation.Tests;

/// <summary>
/// One run from one seed: a cell, its clusters and its callers; a phase in which everything goes wrong that can, then one in which nothing
/// does and the system must come to rest.
/// </summary>
internal sealed class SimulatedSystem : IAgonesClusterFactory, IDisposable
{
    /// <summary>How long a server may take to acknowledge its session.</summary>
    public static readonly TimeSpan PlayableDeadline = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan OrphanGrace = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LabelInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Storm = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestCalm = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LongestUnderWay = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LongestMoment = TimeSpan.FromSeconds(2);
    private const long MaxTurns = 5_000_000;

    private readonly VirtualTime _time = new();
    private readonly Random _random;
    private readonly Turns _turns;
    private readonly Journal _journal;
    private readonly Invariants _invariants;
    private readonly Faults _faults;
    private readonly SimulatedCell _cell;
    private readonly Dictionary<string, ApiServer> _clusters = [];
    private readonly List<Caller> _callers = [];
    private readonly FaultCount _count = new();
    private readonly FleetSystemOptions _system = new() { Cell = "simulation" };
    private readonly int _silos;
    private readonly int _seed;
    private readonly Turns.Lane _outside;

    public SimulatedSystem(int seed, bool withJournal)
    {
        _seed = seed;
        _random = new Random(seed);
        _turns = new Turns(Branch());
        _journal = new Journal(_time, withJournal);
        _faults = new Faults(Branch());
        _invariants = new Invariants(_time, _journal, _faults, (cluster, server) => _clusters[cluster].Find(server));
        _outside = _turns.NewLane("outside");
        _silos = _random.Next(1, 4);
        Build();
        var store = new SimulatedStore(_time, _faults, Branch(), _journal, _invariants);
        _cell = new SimulatedCell(_turns, _time, _journal, store, _faults, Branch(), _system, Options, this);
        for (var i = 0; i < _silos; i++) _cell.StartSilo();
        AddCallers();
    }

    public IAgonesCluster Connect(string cluster) => new ClusterConnection(_clusters[cluster], _time, _faults, Branch(), _journal, _invariants, _count);

    /// <summary>Runs to the end, or to the first broken invariant.</summary>
    public Outcome Run()
    {
        _outside.Start(KeepClustersAsync);
        _outside.Start(SweepAsync);
        foreach (var cluster in _clusters.Values) Torment(cluster);
        TormentSilos();
        Pass(Storm);

        Calm();
        Pass(LongestCalm, () => _callers.TrueForAll(caller => caller.IsAnswered));
        foreach (var caller in _callers.Where(caller => !caller.IsAnswered)) _journal.Break($"The request for session {caller.Session} has no answer, {LongestCalm} after the last fault.");

        Settle(() => Checks.AtRest(_clusters, _invariants));

        var ends = _callers.Select(caller => Within(() => caller.EndAsync())).ToList();
        Pass(LongestCalm, () => ends.TrueForAll(end => end.IsCompleted));
        if (!ends.TrueForAll(end => end.IsCompleted)) _journal.Break("Not every session could be ended, though nothing fails.");
        Settle(() => Checks.AtRest(_clusters, _invariants) ?? Checks.Empty(_invariants, _cell));

        return new Outcome(
            _seed, _turns.Escape ?? _journal.Broken, _turns.Taken, _time.Elapsed, _turns.Fingerprint, _callers.Count, _count, _invariants.SurplusClaims,
            _invariants.LongestOverrun, [.. _callers.Select(caller => caller.Answer)], [.. _journal.Lines]);
    }

    public void Dispose()
    {
        _cell.Dispose();
        _journal.Dispose();
    }

    private Random Branch() => new(_random.Next());

    private void Build()
    {
        for (var r = _random.Next(1, 3); r > 0; r--)
        {
            var region = $"r{r}";
            _system.Regions.Add(new RegionOptions { Id = region, Zones = [$"{region}a", $"{region}b"] });
            for (var c = _random.Next(1, 3); c > 0; c--)
            {
                var id = $"{region}-c{c}";
                _system.Clusters.Add(new ClusterOptions { Id = id, Region = region, Priority = _random.Next(2) });
                _clusters[id] = new ApiServer(
                    id, [$"{region}a", $"{region}b"], [("arena", _random.Next(3, 14)), ("fragile", _random.Next(1, 5))], _random.Next(1, 3), _time, Branch(), _faults, _journal, _invariants);
            }
        }

        _system.Fleets.Add(new FleetOptions { Id = "arena", PlayableDeadline = PlayableDeadline });
        _system.Fleets.Add(new FleetOptions { Id = "fragile", PlayableDeadline = PlayableDeadline, LostServer = LostServerPolicy.Fail });
    }

    private FleetManagerOptions Options() => new() { OrphanGrace = OrphanGrace, LabelInterval = LabelInterval, Seed = _random.Next() };

    private void AddCallers()
    {
        for (var i = _random.Next(8, 24); i > 0; i--)
        {
            var region = _random.Next(2) == 0 ? null : _system.Regions[_random.Next(_system.Regions.Count)];
            var request = new SessionRequest
            {
                Fleet = _random.Next(5) == 0 ? "fragile" : "arena",
                Players = [new SessionPlayer("p", new Dictionary<string, int>())],
                Region = region?.Id,
                PreferredZone = region is not null && _random.Next(2) == 0 ? region.Zones[_random.Next(region.Zones.Count)] : null,
                WaitFor = _random.Next(3) == 0 ? WaitFor.Playable : WaitFor.Allocated,
                Deadline = TimeSpan.FromSeconds(_random.Next(2, 15)),
                Lifetime = _random.Next(4) == 0 ? TimeSpan.FromSeconds(_random.Next(20, 60)) : TimeSpan.FromHours(1),
            };
            var caller = new Caller($"key-{i}", request, _cell.Grains, _time, Branch(), _invariants, _journal);
            _callers.Add(caller);
            var start = TimeSpan.FromMilliseconds(_random.Next((int)(Storm * 0.9).TotalMilliseconds));
            TimeSpan? end = _random.Next(2) == 0 ? TimeSpan.FromMilliseconds(_random.Next(20_000)) : null;
            var (twins, watches) = (_random.Next(3) == 0 ? _random.Next(1, 4) : 0, _random.Next(2) == 0);
            _outside.Start(() => caller.RunAsync(start, end, twins, watches));
        }
    }

    /// <summary>What every silo does all the time, see ClusterKeeper; one for all is enough here.</summary>
    private async Task KeepClustersAsync()
    {
        while (true)
        {
            foreach (var cluster in _system.Clusters) _ = _cell.Grains.GetGrain<IClusterGrain>(cluster.Id).KeepWatching();
            await Task.Delay(KeepInterval, _time);
        }
    }

    /// <summary>Looks at every open session, see SessionSweep; that one hands its work to the thread pool.</summary>
    private async Task SweepAsync()
    {
        while (true)
        {
            foreach (var session in _cell.Store.OpenSessions) _ = _cell.Grains.GetGrain<ISessionGrain>(session).Verify();
            _cell.Collect();
            await Task.Delay(SweepInterval, _time);
        }
    }

    private void Torment(ApiServer cluster) => _time.After(_faults.BetweenClusterFaults * Exponential(), () =>
    {
        if (!_faults.On) return;
        cluster.Suffer();
        Torment(cluster);
    });

    private void TormentSilos()
    {
        if (_faults.BetweenSiloDeaths is not { } mean) return;
        _time.After(mean * Exponential(), () =>
        {
            if (!_faults.On) return;
            var running = _cell.Running;
            if (running.Count > 0)
            {
                var silo = running[_random.Next(running.Count)];
                switch (_random.Next(5))
                {
                    case 0:
                        _cell.Freeze(silo, TimeSpan.FromMilliseconds(_random.Next(200, 6_000)));
                        break;
                    case 1:
                        _cell.Stop(silo);
                        _time.After(TimeSpan.FromSeconds(_random.Next(1, 5)), _cell.StartSilo);
                        break;
                    case 2:
                        _cell.Evict(silo, TimeSpan.FromMilliseconds(_random.Next(100, 6_000)));
                        _time.After(TimeSpan.FromSeconds(_random.Next(1, 5)), _cell.StartSilo);
                        break;
                    default:
                        _cell.Kill(silo, TimeSpan.FromSeconds(8 * _random.NextDouble()));
                        _time.After(TimeSpan.FromSeconds(_random.Next(1, 5)), _cell.StartSilo);
                        break;
                }
            }

            TormentSilos();
        });
    }

    private double Exponential() => -Math.Log(1 - _random.NextDouble());

    private void Calm()
    {
        _journal.Write("nothing goes wrong any more");
        _faults.On = false;
    }

    /// <summary>
    /// Waits as long as it may take to put everything in order: what was under way ends, the sweep comes round, and the reconciler's grace
    /// passes. Games end and lifetimes run out meanwhile, so a moment of order is waited for a little longer.
    /// </summary>
    private void Settle(Func<string?> fault)
    {
        Pass(LongestUnderWay + SweepInterval + (OrphanGrace * 2.5));
        Pass(LongestMoment, () => fault() is null);
        if (fault() is { } left) _journal.Break(left);
    }

    private Task Within(Func<Task> what)
    {
        var done = new TaskCompletionSource();
        _outside.Start(async () =>
        {
            await what();
            done.SetResult();
        });
        return done.Task;
    }

    private void Pass(TimeSpan duration, Func<bool>? until = null)
    {
        var end = _time.Elapsed + duration;
        while (_journal.Broken is null && _turns.Escape is null)
        {
            if (_turns.TakeOne())
            {
                if (_turns.Taken > MaxTurns) _journal.Break($"The system does not come to rest: {MaxTurns} turns were taken.");
            }
            else if (until?.Invoke() == true || !_time.FireNext(end))
            {
                return;
            }
            else
            {
                _turns.Fold((ulong)_time.Elapsed.Ticks);
            }
        }
    }
}

/// <summary>What came of a run.</summary>
internal sealed record Outcome(
    int Seed, string? Broken, long Turns, TimeSpan Time, ulong Fingerprint, int Sessions, FaultCount Calls, int SurplusClaims, TimeSpan LongestOverrun,
    IReadOnlyList<SessionState?> Answers, IReadOnlyList<string> LastEvents);
