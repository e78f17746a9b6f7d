using System.Globalization;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.Simulation.Tests.Engine;

namespace FleetSystem.Simulation.Tests.Agones;

/// <summary>
/// One cluster's truth: its nodes and game servers, what Agones' controllers and the game's processes do to them, and the log that watches
/// read. It behaves as the recordings do where sessions can tell.
/// </summary>
internal sealed class ApiServer
{
    private readonly VirtualTime _time;
    private readonly Random _random;
    private readonly Faults _faults;
    private readonly Journal _journal;
    private readonly Invariants _invariants;
    private readonly SortedDictionary<string, GameServerSnapshot> _servers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, NodeSnapshot> _nodes = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _zones;
    private readonly IReadOnlyList<(string Fleet, int Replicas)> _fleets;
    private int _made;
    private int _nodesMade;

    public ApiServer(string id, IReadOnlyList<string> zones, IReadOnlyList<(string Fleet, int Replicas)> fleets, int nodesPerZone, VirtualTime time, Random random, Faults faults, Journal journal, Invariants invariants)
    {
        (Id, _zones, _fleets, _time, _random, _faults, _journal, _invariants) = (id, zones, fleets, time, random, faults, journal, invariants);
        foreach (var zone in zones)
        {
            for (var i = 0; i < nodesPerZone; i++) AddNode(zone);
        }

        foreach (var (fleet, replicas) in fleets)
        {
            for (var i = 0; i < replicas; i++) AddServer(fleet);
        }
    }

    public string Id { get; }

    /// <summary>Whether requests get through to it.</summary>
    public bool IsUp { get; private set; } = true;

    public IReadOnlyCollection<GameServerSnapshot> Servers => _servers.Values;

    public IReadOnlyCollection<NodeSnapshot> Nodes => _nodes.Values;

    /// <summary>Everything that changed, in order: what a watch resumes from.</summary>
    public List<ClusterChange> Log { get; } = [];

    /// <summary>Told after each change of the log, and when the API goes away.</summary>
    public event Action? Changed;

    public event Action? WentAway;

    public GameServerSnapshot? Find(string name) => _servers.GetValueOrDefault(name);

    /// <summary>A GameServerAllocation: the first selector that matches a Ready server wins.</summary>
    public GameServerSnapshot? Allocate(AllocationOrder order)
    {
        foreach (var selector in order.Selectors)
        {
            var free = _servers.Values.Where(server => server is { State: GameServerState.Ready, Deleting: false } && Matches(selector, server)).ToList();
            if (free.Count == 0) continue;
            var tag = new SessionTag(order.Labels[AgonesKeys.Session], int.Parse(order.Labels[AgonesKeys.Incarnation], CultureInfo.InvariantCulture));
            var claimed = free[_random.Next(free.Count)] with { State = GameServerState.Allocated, Sessions = [tag] };
            if (_journal.IsOn) _journal.Write($"{Id} allocates {claimed.Name} to {tag.Session}/{tag.Incarnation}");
            Put(claimed);
            _invariants.OnClaimed(Id, claimed.Name, tag);
            Play(claimed);
            return claimed;
        }

        return null;
    }

    public bool Label(string name, IReadOnlyDictionary<string, string> labels)
    {
        if (Find(name) is not { } server) return false;
        Put(server with { ZoneLabel = labels.GetValueOrDefault(AgonesKeys.Zone, server.ZoneLabel), NodeLabelled = server.NodeLabelled || labels.ContainsKey(AgonesKeys.Node) });
        return true;
    }

    public bool Delete(string name, string uid, string why)
    {
        if (Find(name) is not { } server || (uid.Length > 0 && uid != server.Uid)) return false;
        if (server.Deleting) return true;
        if (_journal.IsOn) _journal.Write($"{Id} deletes {name} ({server.Sessions}): {why}");
        Put(server with { Deleting = true });
        _time.After(Within(20, 800), () => Remove(name));
        return true;
    }

    /// <summary>One thing that goes wrong in the cluster by itself.</summary>
    public void Suffer()
    {
        switch (_random.Next(7))
        {
            case 0 or 1:
                Crash(Pick(server => server.State == GameServerState.Allocated));
                break;
            case 2:
                // A scale-down takes free servers, also those that an allocation is just about to take.
                for (var i = _random.Next(1, 4); i > 0; i--)
                {
                    if (Pick(server => server.State == GameServerState.Ready) is { } surplus) Delete(surplus.Name, "", "scale-down");
                }

                break;
            case 3:
                LoseNode();
                break;
            case 4:
                GoAway(Within(200, 12_000));
                break;
            default:
                // A cut that is the watches' own.
                WentAway?.Invoke();
                break;
        }
    }

    private void Put(GameServerSnapshot server)
    {
        _servers[server.Name] = server;
        Tell(new ClusterChange.GameServerChanged(server));
    }

    private void Put(NodeSnapshot node)
    {
        _nodes[node.Name] = node;
        Tell(new ClusterChange.NodeChanged(node));
    }

    private void Tell(ClusterChange change)
    {
        Log.Add(change);
        Changed?.Invoke();
    }

    private void AddNode(string zone) => Put(new NodeSnapshot { Name = $"{Id}-n{++_nodesMade}", Zone = zone, Ready = true });

    private void AddServer(string fleet)
    {
        var nodes = _nodes.Values.Where(node => node.Ready).ToList();
        if (nodes.Count == 0) return;
        var node = nodes[_random.Next(nodes.Count)];
        Put(new GameServerSnapshot
        {
            Name = $"{Id}-gs-{++_made}",
            Uid = $"uid-{_made}",
            Fleet = fleet,
            State = GameServerState.Ready,
            Node = node.Name,
            ZoneLabel = _random.Next(3) == 0 ? node.Zone : "",
            Address = "10.0.0.1",
            Port = 7000 + _made,
        });
    }

    private void Remove(string name)
    {
        if (!_servers.Remove(name, out var server)) return;
        Tell(new ClusterChange.GameServerDeleted(name, server.Uid));
        _time.After(Within(100, 2_000), () => Refill(server.Fleet));
    }

    private void Refill(string fleet)
    {
        var replicas = _fleets.First(known => known.Fleet == fleet).Replicas;
        if (_servers.Values.Count(server => server.Fleet == fleet && !server.Deleting) >= replicas) return;
        AddServer(fleet);
        _time.After(Within(100, 500), () => Refill(fleet));
    }

    /// <summary>What a game does with the session that it was claimed for.</summary>
    private void Play(GameServerSnapshot claimed)
    {
        var takesUp = !_faults.Happen(0.05);
        if (takesUp)
            _time.After(Within(20, _faults.On ? 3_000 : 300), () => OfTheClaim(server => Put(server with { Sessions = [.. server.Sessions.Select(tag => tag with { State = SessionTagState.Acknowledged })] })));
        if (_faults.Happen(0.1)) _time.After(Within(1, 5_000), () => OfTheClaim(Crash));
        if (_random.Next(5) == 0)
        {
            _time.After(Within(8_000, 60_000), () => OfTheClaim(server =>
            {
                if (_journal.IsOn) _journal.Write($"{Id} {server.Name} ends its game");
                Put(server with { State = GameServerState.Shutdown });
                _time.After(Within(20, 500), () => Delete(server.Name, server.Uid, "shut down"));
            }));
        }

        void OfTheClaim(Action<GameServerSnapshot> what)
        {
            if (Find(claimed.Name) is { State: GameServerState.Allocated, Deleting: false } server && server.Uid == claimed.Uid) what(server);
        }
    }

    private void Crash(GameServerSnapshot? server)
    {
        if (server is null) return;
        if (_journal.IsOn) _journal.Write($"{Id} {server.Name} crashes");
        Put(server with { State = GameServerState.Unhealthy });
        _time.After(Within(20, 500), () => Delete(server.Name, server.Uid, "unhealthy"));
    }

    private void LoseNode()
    {
        var ready = _nodes.Values.Where(node => node.Ready).ToList();
        if (ready.Count < 2) return;
        var node = ready[_random.Next(ready.Count)];
        if (_journal.IsOn) _journal.Write($"{Id} node {node.Name} is not ready");
        Put(node with { Ready = false });
        _time.After(Within(1_000, 10_000), () =>
        {
            if (_random.Next(2) == 0)
            {
                Put(node);
                return;
            }

            if (_journal.IsOn) _journal.Write($"{Id} node {node.Name} is deleted");
            _nodes.Remove(node.Name);
            Tell(new ClusterChange.NodeDeleted(node.Name));
            AddNode(node.Zone);
            foreach (var server in _servers.Values.Where(server => server.Node == node.Name).ToList())
                _time.After(Within(100, 4_000), () => Crash(Find(server.Name) is { } there && there.Uid == server.Uid ? there : null));
        });
    }

    private void GoAway(TimeSpan duration)
    {
        if (!IsUp) return;
        _journal.Write($"{Id} API is away for {duration.TotalSeconds:0.0} s");
        IsUp = false;
        WentAway?.Invoke();
        _time.After(duration, () => IsUp = true);
    }

    private GameServerSnapshot? Pick(Func<GameServerSnapshot, bool> which)
    {
        var candidates = _servers.Values.Where(server => !server.Deleting && which(server)).ToList();
        return candidates.Count == 0 ? null : candidates[_random.Next(candidates.Count)];
    }

    private TimeSpan Within(int least, int most) => TimeSpan.FromMilliseconds(_random.Next(least, most) + _random.NextDouble());

    private static bool Matches(ServerSelector selector, GameServerSnapshot server)
    {
        return selector.MatchLabels.All(label => Label(label.Key) == label.Value)
            && selector.MatchExpressions.All(requirement => requirement.IsMetBy(Label(requirement.Key)));

        string? Label(string key) => key switch
        {
            AgonesKeys.Fleet => server.Fleet,
            AgonesKeys.Zone => server.ZoneLabel.Length > 0 ? server.ZoneLabel : null,
            AgonesKeys.Node => server.NodeLabelled ? server.Node : null,
            _ => throw new NotSupportedException($"The simulation's servers know no label {key}: teach it to them."),
        };
    }
}
