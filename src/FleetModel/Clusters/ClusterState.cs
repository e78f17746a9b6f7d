using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>
/// What is known of a cluster, kept from its informer's changes. A lost source clears nothing. No clock, no I/O; one owner calls it, from one
/// thread at a time.
/// </summary>
/// <param name="interruptions">What is done about nodes that announce their end; null for the defaults.</param>
public sealed class ClusterState(NodeInterruptionOptions? interruptions = null)
{
    /// <summary>Servers that are remembered after their end, for claims that are answered late: some seconds' worth even of a large cluster.</summary>
    public const int MaxGoneRemembered = 4_096;

    private readonly NodeInterruptionOptions _interruptions = interruptions ?? new NodeInterruptionOptions();
    private readonly Dictionary<string, GameServerSnapshot> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeSnapshot> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Fleet, string Zone), (int Ready, int Allocated)> _counts = [];
    private readonly Dictionary<ServerKind, (int Servers, int Sessions)> _alike = [];

    // Nodes that are not fit to be given sessions, and why.
    private readonly Dictionary<string, NodeVerdict> _unfit = new(StringComparer.Ordinal);

    // Zones of the nodes that exist, and of those that are gone while servers still name them.
    private readonly Dictionary<string, string> _zones = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unlabelled = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);

    // Claims whose answer was faster than the watch: by server, until the watch or a list shows what has become of them.
    private readonly Dictionary<string, List<(string Session, int Incarnation)>> _claims = new(StringComparer.Ordinal);

    // The servers that went last, newest at the end: an allocation's answer may be slower than the watch that shows its server's end.
    private readonly Queue<string> _goneInOrder = new();
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);

    // Sessions that have been told that they have lost their server.
    private readonly HashSet<(string Server, string Session, int Incarnation)> _told = [];
    private bool _serversListed;
    private bool _nodesListed;

    /// <summary>True once servers and nodes have been listed.</summary>
    public bool Synced => _serversListed && _nodesListed;

    /// <summary>Kinds whose source is lost at present.</summary>
    public IReadOnlyCollection<string> LostSources => _lost;

    /// <summary>
    /// Nodes that must not be given sessions: not Ready, gone while servers still name them, interrupted or cordoned. Ordered by name, so
    /// that equal states give equal requests.
    /// </summary>
    public IReadOnlyList<string> ExcludedNodes { get; private set; } = [];

    /// <summary>Those of the excluded nodes whose sessions are lost.</summary>
    public IEnumerable<string> DeadNodes => ExcludedNodes.Where(IsDead);

    /// <summary>All nodes.</summary>
    public IReadOnlyCollection<NodeSnapshot> Nodes => _nodes.Values;

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
                var moved = !_nodes.TryGetValue(node.Name, out var old) || old.Zone != node.Zone || NodeRules.Judge(old, _interruptions) != NodeRules.Judge(node, _interruptions);
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
    /// watch is cut: until then the server counts as the session's, and is free no more. A server whose end the watch has shown already is not.
    /// </summary>
    public void NoteClaim(string name, string session, int incarnation)
    {
        if (_gone.Contains(name) || Bears(Find(name), session, incarnation) || IsClaimed(name, session, incarnation)) return;
        Recounted(name, () =>
        {
            if (!_claims.TryGetValue(name, out var claims)) _claims[name] = claims = [];
            claims.Add((session, incarnation));
        });
    }

    /// <summary>Takes in that a session has given its place on a server back, whether or not the watch ever showed that it had one.</summary>
    public void NoteRelease(string name, string session, int incarnation) => Recounted(name, () =>
    {
        if (_claims.TryGetValue(name, out var claims) && claims.Remove((session, incarnation)) && claims.Count == 0) _claims.Remove(name);
    });

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
        var isGone = server is not null && (server.IsGone || IsDead(server.Node));
        if (server?.Sessions.Find(session, incarnation) is not { } tag)
            return IsClaimed(name, session, incarnation) && !isGone ? ServerSighting.Running : ServerSighting.Lost;
        if (HasEnded(server, tag)) return ServerSighting.Shutdown;
        if (isGone) return ServerSighting.Lost;
        return tag.State == SessionTagState.Acknowledged ? ServerSighting.Acknowledged : ServerSighting.Running;
    }

    /// <summary>Whether the sessions on a node are lost.</summary>
    public bool IsDead(string node) => JudgementOf(node).Action == NodeAction.Replace;

    /// <summary>What is held against a node; of one that is not known, nothing.</summary>
    public NodeVerdict JudgementOf(string node) => _unfit.GetValueOrDefault(node, NodeVerdict.Fit);

    /// <summary>Whether a node exists, as far as is known.</summary>
    public bool Knows(string node) => _nodes.ContainsKey(node);

    /// <summary>Zone of a node, or empty when it is not known. A node that is gone is remembered while servers name it.</summary>
    public string ZoneOf(string node) => _zones.GetValueOrDefault(node, "");

    /// <summary>Servers by fleet and zone.</summary>
    public IReadOnlyList<ZoneCapacity> Capacity() =>
        [.. _counts.Where(pair => pair.Value != default).Select(pair => new ZoneCapacity(pair.Key.Fleet, pair.Key.Zone, pair.Value.Ready, pair.Value.Allocated))
            .OrderBy(capacity => capacity.Fleet, StringComparer.Ordinal).ThenBy(capacity => capacity.Zone, StringComparer.Ordinal)];

    /// <summary>All servers, counted by what tells them apart at a glance.</summary>
    public IReadOnlyList<ServerCount> Counts() =>
        [.. _alike.Select(pair => CountOf(pair.Key, pair.Value.Servers, pair.Value.Sessions))
            .OrderBy(count => count.Fleet, StringComparer.Ordinal).ThenBy(count => count.Zone, StringComparer.Ordinal).ThenBy(count => count.State).ThenBy(count => count.Version, StringComparer.Ordinal)
            .ThenBy(count => count.AgonesVersion, StringComparer.Ordinal)];

    /// <summary>Ready servers of a fleet in a zone that can be claimed.</summary>
    public int ReadyIn(string fleet, string zone) => _counts.GetValueOrDefault((fleet, zone)).Ready;

    /// <summary>
    /// Servers of a fleet in a zone that are claimed, also those whose claim the watch has not shown yet. Servers that hold sessions on dead
    /// nodes count until they are gone.
    /// </summary>
    public int AllocatedIn(string fleet, string zone) =>
        _counts.GetValueOrDefault((fleet, zone)).Allocated
        + _claims.Keys.Count(name => Find(name) is { State: GameServerState.Ready } claimed && claimed.Fleet == fleet && ZoneOf(claimed.Node) == zone);

    /// <summary>
    /// Whether some Ready server lacks its labels and stands where none may be handed out: no selector can keep Agones from it, because
    /// <c>NotIn</c> does not exclude servers without the label.
    /// </summary>
    /// <param name="excludedZones">Zones that take no sessions.</param>
    public bool HasStrays(IReadOnlyCollection<string> excludedZones) =>
        (_unfit.Count > 0 || excludedZones.Count > 0)
        && _unlabelled.Any(name => _servers[name].Node is var node && (_unfit.ContainsKey(node) || excludedZones.Contains(ZoneOf(node))));

    /// <summary>Ready servers that still lack a label of their zone and node, at most so many.</summary>
    public IReadOnlyList<(GameServerSnapshot Server, string Zone)> Unlabelled(int most) =>
        [.. _unlabelled.Select(name => (Server: _servers[name], Zone: ZoneOf(_servers[name].Node))).Where(pair => pair.Zone.Length > 0).Take(most)];

    /// <summary>Names of the Allocated servers of some Agones Fleets.</summary>
    public IReadOnlyList<string> Allocated(IReadOnlyList<string> fleets) =>
        [.. _servers.Values.Where(server => server.State == GameServerState.Allocated && !server.IsGone && fleets.Contains(server.Fleet)).Select(server => server.Name)];

    /// <summary>Sessions of live servers, by the order of the servers' names.</summary>
    /// <param name="zone">The zone to look in, or null for all.</param>
    /// <param name="after">Servers whose names come after this one; empty for all.</param>
    /// <param name="most">Most servers.</param>
    public IReadOnlyList<HostedSession> SessionsIn(string? zone, string after, int most) =>
        [.. _servers.Values
            .Where(server => !server.IsGone && server.Sessions.Count > 0 && string.CompareOrdinal(server.Name, after) > 0 && (zone is null || ZoneOf(server.Node) == zone))
            .OrderBy(server => server.Name, StringComparer.Ordinal)
            .Take(most)
            .SelectMany(server => server.Sessions.Where(tag => tag.State != SessionTagState.Ended).Select(tag => new HostedSession(server.Name, server.Fleet, tag.Session, tag.Incarnation)))];

    /// <summary>Some of the servers, by the order of their names.</summary>
    public ServerPage ServersOf(ServerQuery query)
    {
        var most = Math.Clamp(query.Most, 1, ServerQuery.MaxServers);
        var found = _servers.Values.Where(server => IsAskedFor(server, query)).OrderBy(server => server.Name, StringComparer.Ordinal).Take(most + 1).ToList();
        return new ServerPage([.. found.Take(most).Select(server => new ListedServer(server, ZoneOf(server.Node), JudgementOf(server.Node) is var verdict && verdict == NodeVerdict.Fit ? "" : verdict.Reason))], found.Count > most);
    }

    /// <summary>Servers of some Agones Fleets by node, those nodes first that must not be given sessions.</summary>
    public NodePage NodesOf(NodeQuery query)
    {
        var most = Math.Clamp(query.Most, 1, NodeQuery.MaxNodes);
        var found = _servers.Values
            .Where(server => query.AgonesFleets.Contains(server.Fleet) && (query.Zone is null || ZoneOf(server.Node) == query.Zone))
            .GroupBy(server => server.Node)
            .Select(node => (Key: NodeServers.KeyOf(node.Key, _unfit.ContainsKey(node.Key)), Servers: node))
            .Where(node => string.CompareOrdinal(node.Key, query.After) > 0)
            .OrderBy(node => node.Key, StringComparer.Ordinal)
            .Take(most + 1)
            .ToList();
        return new NodePage([.. found.Take(most).Select(node => NodeOf(node.Servers.Key, node.Servers))], found.Count > most);
    }

    private NodeServers NodeOf(string node, IEnumerable<GameServerSnapshot> servers) => new(
        node,
        ZoneOf(node),
        _unfit.TryGetValue(node, out var verdict) ? verdict.Reason : "",
        [.. servers.GroupBy(KindOf).Select(alike => CountOf(alike.Key, alike.Count(), alike.Sum(OpenSessions))).OrderBy(count => count.Fleet, StringComparer.Ordinal).ThenBy(count => count.State)]);

    private bool IsAskedFor(GameServerSnapshot server, ServerQuery query) =>
        (query.Name is null || server.Name == query.Name)
        && (query.NamePart is null || server.Name.Contains(query.NamePart, StringComparison.OrdinalIgnoreCase))
        && string.CompareOrdinal(server.Name, query.After) > 0
        && (query.State is null || server.State == query.State)
        && (query.AgonesFleets is null || query.AgonesFleets.Contains(server.Fleet))
        && (query.Node is null || server.Node == query.Node)
        && (query.Version is null || server.Version == query.Version)
        && (query.Zone is null || ZoneOf(server.Node) == query.Zone)
        && (query.OnFitNode is null || _unfit.ContainsKey(server.Node) != query.OnFitNode);

    private void Put(GameServerSnapshot server, List<ServerObservation> seen)
    {
        if (_servers.TryGetValue(server.Name, out var old) && old.Uid.Length > 0 && server.Uid.Length > 0 && old.Uid != server.Uid)
        {
            Remove(old.Name, "replaced by another server of its name", seen);
            old = null;
        }

        if (old is not null) Count(old, -1);
        else _gone.Remove(server.Name);
        _servers[server.Name] = server;
        Count(server, +1);
        if (server is { State: GameServerState.Ready, LacksLabels: true, Deleting: false } && server.Node.Length > 0) _unlabelled.Add(server.Name);
        else _unlabelled.Remove(server.Name);

        if (old is not null)
        {
            foreach (var tag in old.Sessions)
            {
                if (!Bears(server, tag.Session, tag.Incarnation)) _told.Remove((server.Name, tag.Session, tag.Incarnation));
            }
        }

        foreach (var tag in server.Sessions) Show(server, tag, old?.Sessions.Find(tag.Session, tag.Incarnation), seen);
    }

    private void Show(GameServerSnapshot server, SessionTag tag, SessionTag? before, List<ServerObservation> seen)
    {
        // On a server of one session whoever else had claimed it has lost it to this one.
        if (tag.Shared) NoteRelease(server.Name, tag.Session, tag.Incarnation);
        else Recounted(server.Name, () => _claims.Remove(server.Name));

        if (server.IsGone) Tell(server, tag, server.Deleting && server.State != GameServerState.Shutdown ? "deleted" : server.State.ToString(), seen);
        else if (IsDead(server.Node)) Tell(server, tag, $"node {server.Node} {JudgementOf(server.Node).Reason}", seen);
        else if (tag.State == SessionTagState.Ended) Tell(server, tag, "ended", seen);
        else if (tag.State == SessionTagState.Acknowledged && before?.State != tag.State) seen.Add(new(server, tag, ServerNoticeKind.Acknowledged, "acknowledged"));

        if (server.IsGone || IsDead(server.Node) || tag.State == SessionTagState.Ended || tag.Backfill == (before?.Backfill ?? 0)) return;
        if (tag.Backfill > 0) seen.Add(new(server, tag, ServerNoticeKind.BackfillAsked, "asks for players"));
        else seen.Add(new(server, before!, ServerNoticeKind.BackfillWithdrawn, "asks for no more players"));
    }

    private void Remove(string name, string reason, List<ServerObservation> seen)
    {
        if (_servers.Remove(name, out var server)) Count(server, -1);
        _claims.Remove(name);
        if (_gone.Add(name)) _goneInOrder.Enqueue(name);
        if (_goneInOrder.Count > MaxGoneRemembered) _gone.Remove(_goneInOrder.Dequeue());
        if (server is null) return;
        _unlabelled.Remove(name);
        foreach (var tag in server.Sessions)
        {
            Tell(server, tag, reason, seen);
            _told.Remove((name, tag.Session, tag.Incarnation));
        }
    }

    private void NodesChanged(List<ServerObservation> seen)
    {
        _unfit.Clear();
        foreach (var node in _nodes.Values)
        {
            _zones[node.Name] = node.Zone;
            if (NodeRules.Judge(node, _interruptions) is { Action: not NodeAction.Ignore } verdict) _unfit[node.Name] = verdict;
        }

        // A deleted node's servers may outlive its object by a minute, and nobody may have watched when it was deleted: a node that servers
        // name and that does not exist is dead.
        var named = _servers.Values.Select(server => server.Node).Where(node => node.Length > 0 && !_nodes.ContainsKey(node)).ToHashSet(StringComparer.Ordinal);
        if (_nodesListed) foreach (var node in named) _unfit[node] = NodeVerdict.Deleted;
        foreach (var gone in _zones.Keys.Where(node => !_nodes.ContainsKey(node) && !named.Contains(node)).ToList()) _zones.Remove(gone);
        ExcludedNodes = [.. _unfit.Keys.Order(StringComparer.Ordinal)];
        Recount();
        foreach (var server in _servers.Values.Where(server => !server.IsGone && IsDead(server.Node)))
        {
            foreach (var tag in server.Sessions) Tell(server, tag, $"node {server.Node} {JudgementOf(server.Node).Reason}", seen);
        }
    }

    /// <summary>Tells a session that it has no server any more: once.</summary>
    private void Tell(GameServerSnapshot server, SessionTag tag, string reason, List<ServerObservation> seen)
    {
        if (!_told.Add((server.Name, tag.Session, tag.Incarnation))) return;
        seen.Add(new(server, tag, HasEnded(server, tag) ? ServerNoticeKind.Shutdown : ServerNoticeKind.Lost, reason));
    }

    /// <summary>
    /// Whether the game server ended the session itself. One that hosts several says so for each; when it shuts down as a whole, those that it
    /// had not ended have lost it.
    /// </summary>
    private static bool HasEnded(GameServerSnapshot server, SessionTag tag) =>
        tag.State == SessionTagState.Ended || (server.State == GameServerState.Shutdown && !tag.Shared);

    private void Recount()
    {
        _counts.Clear();
        _alike.Clear();
        foreach (var server in _servers.Values) Count(server, +1);
    }

    /// <summary>Changes the claims on a server, on which depends whether it counts as free.</summary>
    private void Recounted(string name, Action change)
    {
        var server = Find(name);
        if (server is not null) Count(server, -1);
        change();
        if (server is not null) Count(server, +1);
    }

    private void Count(GameServerSnapshot server, int by)
    {
        CountAlike(server, by);
        var ready = server is { State: GameServerState.Ready, Deleting: false } && !_unfit.ContainsKey(server.Node) && !_claims.ContainsKey(server.Name) ? by : 0;
        var allocated = server is { State: GameServerState.Allocated, Deleting: false } ? by : 0;
        if (ready == 0 && allocated == 0) return;
        var key = (server.Fleet, ZoneOf(server.Node));
        var count = _counts.GetValueOrDefault(key);
        _counts[key] = (count.Ready + ready, count.Allocated + allocated);
    }

    private void CountAlike(GameServerSnapshot server, int by)
    {
        var kind = KindOf(server);
        var (servers, sessions) = _alike.GetValueOrDefault(kind);
        if (servers + by == 0) _alike.Remove(kind);
        else _alike[kind] = (servers + by, sessions + (by * OpenSessions(server)));
    }

    private ServerKind KindOf(GameServerSnapshot server) => new(server.Fleet, ZoneOf(server.Node), server.State, server.Version, server.AgonesVersion, !_unfit.ContainsKey(server.Node));

    private static ServerCount CountOf(ServerKind kind, int servers, int sessions) =>
        new(kind.Fleet, kind.Zone, kind.State, kind.Version, kind.OnFitNode, servers, sessions) { AgonesVersion = kind.AgonesVersion };

    private static int OpenSessions(GameServerSnapshot server)
    {
        var open = 0;
        for (var index = 0; index < server.Sessions.Count; index++) open += server.Sessions[index].State == SessionTagState.Ended ? 0 : 1;
        return open;
    }

    private bool IsClaimed(string name, string session, int incarnation) =>
        _claims.TryGetValue(name, out var claims) && claims.Contains((session, incarnation));

    private static bool Bears(GameServerSnapshot? server, string session, int incarnation) =>
        server?.Sessions.Find(session, incarnation) is not null;

    private readonly record struct ServerKind(string Fleet, string Zone, GameServerState State, string Version, string AgonesVersion, bool OnFitNode);
}

/// <summary>Something a change of a cluster means to a session of one of its servers.</summary>
/// <param name="Server">The server.</param>
/// <param name="Session">The session.</param>
/// <param name="Kind">What was observed.</param>
/// <param name="Reason">Details for people.</param>
public readonly record struct ServerObservation(GameServerSnapshot Server, SessionTag Session, ServerNoticeKind Kind, string Reason);
