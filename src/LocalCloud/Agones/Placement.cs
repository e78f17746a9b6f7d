using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Ports from which nodes serve players.</summary>
/// <param name="First">First port, inclusive. The default value is 7000.</param>
/// <param name="Last">Last port, inclusive. The default value is 8000.</param>
internal readonly record struct HostPortRange(int First, int Last)
{
    public static readonly HostPortRange Default = new(7000, 8000);

    /// <summary>Where nothing is bound, every port above the reserved ones is free.</summary>
    public static readonly HostPortRange Simulated = new(1024, 65_535);

    public int Count => Last - First + 1;
}

/// <summary>
/// Where each server runs and on which ports. Each zone gets its share of every fleet, then the node with the fewest servers, ties by name.
/// A port is held by address, so that nodes may share one address where only one can be bound. Used by the control loop only.
/// </summary>
internal sealed class Placement(ObjectStore store, HostPortRange processPorts, HostPortRange simulatedPorts)
{
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _serversByNode = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Fleet, string Zone), int> _serversByZone = [];
    private readonly HashSet<(string Address, int Port)> _ports = [];
    private readonly Dictionary<string, int> _nextPort = new(StringComparer.Ordinal);
    private object? _nodes;
    private List<(string Name, NodeFacts Node)> _processNodes = [];
    private List<(string Name, NodeFacts Node)> _simulatedNodes = [];
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    /// <summary>Called with each server that waited for room when there may be some.</summary>
    public Action<string>? OnRoom { get; set; }

    /// <summary>Finds a node and ports for a server; null when no node has room, in which case it waits.</summary>
    public IReadOnlyList<int>? TryPlace(StoredObject server, IReadOnlyList<PortRequest> requests)
    {
        if (_places.TryGetValue(server.Key, out var known)) return known.Ports;
        var fleet = server.Labels.GetValueOrDefault(AgonesNames.FleetLabel, "");
        var simulated = PodTemplate.IsSimulated(server);
        foreach (var (name, node) in Candidates(fleet, simulated))
        {
            if (TakePorts(node, requests) is not { } ports) continue;
            Settle(server.Key, new Place(name, node.Zone, node.Address, fleet, simulated, ports));
            _waiting.Remove(server.Key);
            return ports;
        }

        _waiting.Add(server.Key);
        return null;
    }

    /// <summary>The node for a Pod: where its ports were taken, or another with the same ports free when that one has failed meanwhile.</summary>
    public string? NodeFor(StoredObject server, IReadOnlyList<PortRequest> requests)
    {
        if (!_places.TryGetValue(server.Key, out var place))
        {
            if (TryPlace(server, requests) is null) return null;
            place = _places[server.Key];
        }

        if (store.Get(CoreKinds.Node, place.Node) is { } current && NodeFacts.Of(current).Schedulable) return place.Node;
        foreach (var (name, node) in Candidates(place.Fleet, place.Simulated))
        {
            if (node.Address != place.Address && place.Ports.Any(port => _ports.Contains((node.Address, port)))) continue;
            Release(server.Key);
            foreach (var port in place.Ports) _ports.Add((node.Address, port));
            Settle(server.Key, place with { Node = name, Zone = node.Zone, Address = node.Address });
            return name;
        }

        _waiting.Add(server.Key);
        return null;
    }

    public void Release(string key)
    {
        _waiting.Remove(key);
        if (!_places.Remove(key, out var place)) return;
        foreach (var port in place.Ports) _ports.Remove((place.Address, port));
        _serversByNode[place.Node]--;
        _serversByZone[(place.Fleet, place.Zone)]--;
        Retry();
    }

    /// <summary>Nodes have changed: those that wait are tried again.</summary>
    public void Retry()
    {
        if (_waiting.Count == 0) return;
        foreach (var key in _waiting.ToList()) OnRoom?.Invoke(key);
    }

    // The first candidate nearly always has room: it is found by one walk over the nodes, the order of the others is made only when needed.
    private IEnumerable<(string Name, NodeFacts Node)> Candidates(string fleet, bool simulated)
    {
        var nodes = Schedulable(simulated);
        if (nodes.Count == 0) yield break;
        var best = nodes[0];
        foreach (var node in nodes)
        {
            if (Compare(fleet, node, best) < 0) best = node;
        }

        yield return best;
        var others = nodes.Where(node => node.Name != best.Name).ToList();
        others.Sort((a, b) => Compare(fleet, a, b));
        foreach (var node in others) yield return node;
    }

    private int Compare(string fleet, (string Name, NodeFacts Node) a, (string Name, NodeFacts Node) b)
    {
        var order = 0;
        if (a.Node.Zone != b.Node.Zone)
        {
            order = _serversByZone.GetValueOrDefault((fleet, a.Node.Zone)).CompareTo(_serversByZone.GetValueOrDefault((fleet, b.Node.Zone)));
            if (order == 0) order = string.CompareOrdinal(a.Node.Zone, b.Node.Zone);
        }

        if (order == 0) order = _serversByNode.GetValueOrDefault(a.Name).CompareTo(_serversByNode.GetValueOrDefault(b.Name));
        return order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
    }

    private List<(string Name, NodeFacts Node)> Schedulable(bool simulated)
    {
        var objects = store.List(CoreKinds.Node).Objects;
        if (!ReferenceEquals(objects, _nodes))
        {
            _nodes = objects;
            var schedulable = objects.Values.Select(node => (node.Name, Facts: NodeFacts.Of(node))).Where(node => node.Facts.Schedulable).ToLookup(node => node.Facts.Simulated);
            _processNodes = [.. schedulable[false]];
            _simulatedNodes = [.. schedulable[true]];
        }

        return simulated ? _simulatedNodes : _processNodes;
    }

    private void Settle(string key, Place place)
    {
        _places[key] = place;
        _serversByNode[place.Node] = _serversByNode.GetValueOrDefault(place.Node) + 1;
        var zone = (place.Fleet, place.Zone);
        _serversByZone[zone] = _serversByZone.GetValueOrDefault(zone) + 1;
    }

    private List<int>? TakePorts(NodeFacts node, IReadOnlyList<PortRequest> requests)
    {
        var address = node.Address;
        var range = node.Simulated ? simulatedPorts : processPorts;
        var taken = new List<int>(requests.Count);
        foreach (var request in requests)
        {
            var port = request.HostPort is { } hostPort ? (_ports.Add((address, hostPort)) ? hostPort : null) : NextFree(address, range);
            if (port is null)
            {
                foreach (var undo in taken) _ports.Remove((address, undo));
                return null;
            }

            taken.Add(port.Value);
        }

        return taken;
    }

    // Around the range and not the lowest free: a port that a session has just left is not given to the next one while datagrams still come.
    private int? NextFree(string address, HostPortRange range)
    {
        var start = _nextPort.GetValueOrDefault(address);
        for (var step = 0; step < range.Count; step++)
        {
            var offset = (start + step) % range.Count;
            if (!_ports.Add((address, range.First + offset))) continue;
            _nextPort[address] = offset + 1;
            return range.First + offset;
        }

        return null;
    }

    private sealed record Place(string Node, string Zone, string Address, string Fleet, bool Simulated, IReadOnlyList<int> Ports);
}
