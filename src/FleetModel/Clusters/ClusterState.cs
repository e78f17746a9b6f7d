using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>
/// What is known of a cluster, kept from its informer's changes. A lost source clears nothing. No clock, no I/O; one owner calls it, from one
/// thread at a time.
/// </summary>
public sealed class ClusterState
{
    private readonly Dictionary<string, GameServerSnapshot> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeSnapshot> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Fleet, string Zone), (int Ready, int Allocated)> _counts = [];
    private readonly HashSet<string> _deadNodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unlabelled = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);

    // Claims whose answer was faster than the watch: by server, until the watch or a list shows what has become of it.
    private readonly Dictionary<string, (string Session, int Incarnation)> _claims = new(StringComparer.Ordinal);

    // Servers whose session has been told that it has lost them.
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private bool _serversListed;
    private bool _nodesListed;

    /// <summary>True once servers and nodes have been listed.</summary>
    public bool Synced => _serversListed && _nodesListed;

    /// <summary>Kinds whose source is lost at present.</summary>
    public IReadOnlyCollection<string> LostSources => _lost;

    /// <summary>Nodes that must not be given sessions: not Ready, or gone while servers still name them. Ordered by name, so that equal states give equal requests.</summary>
    public IReadOnlyList<string> DeadNodes { get; private set; } = [];

    /// <summary>All servers.</summary>
    public IReadOnlyCollection<GameServerSnapshot> Servers => _servers.Values;

    /// <summary>Takes a change in, and says what it means to sessions.</summary>
    public IReadOnlyList<ServerObservation> Apply(ClusterChange change)
    {
        var seen = new List<ServerObservation>();
        switch (change)
        {
            case ClusterChange.GameServersListed(var items):
                var names = items.Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
                foreach (var missing in _servers.Keys.Where(name => !names.Contains(name)).ToList()) Remove(missing, "not listed any more", seen);
                foreach (var unseen in _claims.Keys.Where(name => !names.Contains(name)).ToList()) _claims.Remove(unseen);
                foreach (var item in items) Put(item, seen);
                _serversListed = true;
                NodesChanged(seen);
                break;
            case ClusterChange.GameServerChanged(var item):
                Put(item, seen);
                break;
            case ClusterChange.GameServerDeleted(var name, var uid):
                if (Find(name) is not { } known || uid.Length == 0 || known.Uid.Length == 0 || known.Uid == uid) Remove(name, "deleted", seen);
                break;
            case ClusterChange.NodesListed(var nodes):
                _nodes.Clear();
                foreach (var node in nodes) _nodes[node.Name] = node;
                _nodesListed = true;
                NodesChanged(seen);
                break;
            case ClusterChange.NodeChanged(var node):
                var moved = !_nodes.TryGetValue(node.Name, out var old) || old.Zone != node.Zone || old.Ready != node.Ready;
                _nodes[node.Name] = node;
                if (moved) NodesChanged(seen);
                break;
            case ClusterChange.NodeDeleted(var nodeName):
                if (_nodes.Remove(nodeName)) NodesChanged(seen);
                break;
            case ClusterChange.SourceLost(var kind, _):
                _lost.Add(kind);
                break;
            case ClusterChange.SourceRestored(var kind):
                _lost.Remove(kind);
                break;
            default:
                break;
        }

        return seen;
    }

    /// <summary>
    /// Takes in that a session has claimed a server. The allocation's answer says so before the watch does, and much before it while the
    /// watch is cut: until then the server counts as the session's, and is free no more.
    /// </summary>
    public void NoteClaim(string name, string session, int incarnation)
    {
        var server = Find(name);
        if (Bears(server, session, incarnation)) return;
        if (server is not null) Count(server, -1);
        _claims[name] = (session, incarnation);
        if (server is not null) Count(server, +1);
    }

    /// <summary>Whether a server may be given back by a session: it is the session's, or nothing is known of it.</summary>
    public bool MayRelease(string name, string session, int incarnation) =>
        Find(name) is not { } server || Bears(server, session, incarnation) || IsClaimed(name, session, incarnation);

    /// <summary>The server of a name, or null.</summary>
    public GameServerSnapshot? Find(string name) => _servers.GetValueOrDefault(name);

    /// <summary>What is known of the server of a session's incarnation.</summary>
    public ServerSighting Sight(string name, string session, int incarnation)
    {
        if (!Synced) return ServerSighting.NotKnown;
        var server = Find(name);
        if (!Bears(server, session, incarnation))
            return IsClaimed(name, session, incarnation) && (server is null || !(server.IsGone || _deadNodes.Contains(server.Node))) ? ServerSighting.Running : ServerSighting.Lost;
        if (server!.State == GameServerState.Shutdown) return ServerSighting.Shutdown;
        if (server.IsGone || _deadNodes.Contains(server.Node)) return ServerSighting.Lost;
        return server.SessionReady == $"{session}/{incarnation}" ? ServerSighting.Acknowledged : ServerSighting.Running;
    }

    /// <summary>Whether a node must not be given sessions.</summary>
    public bool IsDead(string node) => _deadNodes.Contains(node);

    /// <summary>Zone of a node, or empty when it is not known.</summary>
    public string ZoneOf(string node) => _nodes.TryGetValue(node, out var known) ? known.Zone : "";

    /// <summary>Servers by fleet and zone.</summary>
    public IReadOnlyList<ZoneCapacity> Capacity() =>
        [.. _counts.Where(pair => pair.Value != default).Select(pair => new ZoneCapacity(pair.Key.Fleet, pair.Key.Zone, pair.Value.Ready, pair.Value.Allocated))
            .OrderBy(capacity => capacity.Fleet, StringComparer.Ordinal).ThenBy(capacity => capacity.Zone, StringComparer.Ordinal)];

    /// <summary>Ready servers of a fleet in a zone that can be claimed.</summary>
    public int ReadyIn(string fleet, string zone) => _counts.GetValueOrDefault((fleet, zone)).Ready;

    /// <summary>Ready servers that still lack the labels of their zone and node, at most so many.</summary>
    public IReadOnlyList<(GameServerSnapshot Server, string Zone)> Unlabelled(int most) =>
        [.. _unlabelled.Select(name => (Server: _servers[name], Zone: ZoneOf(_servers[name].Node))).Where(pair => pair.Zone.Length > 0).Take(most)];

    private void Put(GameServerSnapshot server, List<ServerObservation> seen)
    {
        if (_servers.TryGetValue(server.Name, out var old) && old.Uid.Length > 0 && server.Uid.Length > 0 && old.Uid != server.Uid)
        {
            Remove(old.Name, "replaced by another server of its name", seen);
            old = null;
        }

        if (old is not null) Count(old, -1);
        if (server.Session is not null) _claims.Remove(server.Name);
        _servers[server.Name] = server;
        Count(server, +1);
        if (server is { State: GameServerState.Ready, ZoneLabel: "", Deleting: false } && server.Node.Length > 0) _unlabelled.Add(server.Name);
        else _unlabelled.Remove(server.Name);

        if (server.Session is not { } session) return;
        if (old is not null && !Bears(old, session, server.Incarnation)) _told.Remove(server.Name);
        if (server.IsGone) Tell(server, server.Deleting && server.State != GameServerState.Shutdown ? "deleted" : server.State.ToString(), seen);
        else if (_deadNodes.Contains(server.Node)) Tell(server, $"node {server.Node} is not ready", seen);
        else if (server.SessionReady == $"{session}/{server.Incarnation}" && old?.SessionReady != server.SessionReady) seen.Add(new(server, ServerNoticeKind.Acknowledged, "acknowledged"));
    }

    private void Remove(string name, string reason, List<ServerObservation> seen)
    {
        if (_servers.Remove(name, out var server)) Count(server, -1);
        _claims.Remove(name);
        if (server is null) return;
        _unlabelled.Remove(name);
        Tell(server, reason, seen);
        _told.Remove(name);
    }

    private void NodesChanged(List<ServerObservation> seen)
    {
        _deadNodes.Clear();
        _deadNodes.UnionWith(_nodes.Values.Where(node => !node.Ready).Select(node => node.Name));
        // A deleted node's servers may outlive its object by a minute, and nobody may have watched when it was deleted: a node that servers
        // name and that does not exist is dead.
        if (_nodesListed) _deadNodes.UnionWith(_servers.Values.Where(server => server.Node.Length > 0 && !_nodes.ContainsKey(server.Node)).Select(server => server.Node));
        DeadNodes = [.. _deadNodes.Order(StringComparer.Ordinal)];
        Recount();
        foreach (var server in _servers.Values.Where(server => !server.IsGone && _deadNodes.Contains(server.Node)))
            Tell(server, $"node {server.Node} is {(_nodes.ContainsKey(server.Node) ? "not ready" : "deleted")}", seen);
    }

    /// <summary>Tells a server's session, if it has one, that it has lost it: once.</summary>
    private void Tell(GameServerSnapshot server, string reason, List<ServerObservation> seen)
    {
        if (server.Session is null || !_told.Add(server.Name)) return;
        seen.Add(new(server, server.State == GameServerState.Shutdown ? ServerNoticeKind.Shutdown : ServerNoticeKind.Lost, reason));
    }

    private void Recount()
    {
        _counts.Clear();
        foreach (var server in _servers.Values) Count(server, +1);
    }

    private void Count(GameServerSnapshot server, int by)
    {
        var ready = server is { State: GameServerState.Ready, Deleting: false } && !_deadNodes.Contains(server.Node) && !_claims.ContainsKey(server.Name) ? by : 0;
        var allocated = server is { State: GameServerState.Allocated, Deleting: false } ? by : 0;
        if (ready == 0 && allocated == 0) return;
        var key = (server.Fleet, ZoneOf(server.Node));
        var count = _counts.GetValueOrDefault(key);
        _counts[key] = (count.Ready + ready, count.Allocated + allocated);
    }

    private bool IsClaimed(string name, string session, int incarnation) =>
        _claims.TryGetValue(name, out var claim) && claim == (session, incarnation);

    private static bool Bears(GameServerSnapshot? server, string session, int incarnation) =>
        server is not null && server.Session == session && server.Incarnation == incarnation;
}

/// <summary>Something a change of a cluster means to the session of one of its servers.</summary>
/// <param name="Server">The server; its session is set.</param>
/// <param name="Kind">What was observed.</param>
/// <param name="Reason">Details for people.</param>
public readonly record struct ServerObservation(GameServerSnapshot Server, ServerNoticeKind Kind, string Reason);
