using System.Threading.Channels;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>How an allocation goes wrong, if it does.</summary>
internal enum AllocationFault
{
    None,

    /// <summary>No answer; nothing was claimed.</summary>
    UnknownWithoutClaim,

    /// <summary>No answer; a server was claimed.</summary>
    UnknownAfterClaim,

    /// <summary>No answer; a server is claimed a little later.</summary>
    UnknownBeforeClaim,

    /// <summary>Refused, worth another try.</summary>
    Refused,

    /// <summary>Refused for good.</summary>
    Forbidden,

    /// <summary>"Contention", nothing claimed.</summary>
    Contention,

    /// <summary>"UnAllocated" although servers are free.</summary>
    FalselyFull,
}

/// <summary>A cluster with Agones in memory: what the API server knows is true at once, what its watch tells can be held back.</summary>
internal sealed class FakeAgonesCluster(string id, TimeProvider time) : IAgonesCluster
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GameServerSnapshot> _servers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AllocationStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeSnapshot> _nodes = new(StringComparer.Ordinal);
    private readonly List<ChannelWriter<ClusterChange>> _watchers = [];
    private readonly List<ClusterChange> _held = [];
    private readonly List<AllocationOrder> _orders = [];
    private readonly List<GameServerSnapshot> _claims = [];
    private readonly List<FleetSizePatch> _sizeChanges = [];
    private bool _holding;
    private int _made;
    private int _watches;

    public string Id => id;

    /// <summary>Decides what goes wrong with an allocation; may wait.</summary>
    public Func<AllocationOrder, CancellationToken, Task<AllocationFault>> OnAllocate { get; set; } = (_, _) => Task.FromResult(AllocationFault.None);

    /// <summary>Called between a claim and its answer; may wait.</summary>
    public Func<GameServerSnapshot, Task> OnClaimed { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whether a call other than an allocation fails.</summary>
    public Func<string, bool> IsUnreachable { get; set; } = _ => false;

    /// <summary>Every call is accepted and never answered; an allocation is not even begun.</summary>
    public bool Hangs { get; set; }

    /// <summary>Servers acknowledge their session as soon as they are claimed.</summary>
    public bool Acknowledges { get; set; }

    /// <summary>A deleted server is replaced by a Ready one on the same node, as Agones' Fleet does.</summary>
    public bool Refills { get; set; }

    /// <summary>How much later a claim of <see cref="AllocationFault.UnknownBeforeClaim"/> happens.</summary>
    public TimeSpan LateBy { get; set; } = TimeSpan.FromMilliseconds(300);

    public IReadOnlyList<AllocationOrder> Orders => Read(() => _orders.ToList());

    /// <summary>Every claim that was ever made, in order.</summary>
    public IReadOnlyList<GameServerSnapshot> Claims => Read(() => _claims.ToList());

    public IReadOnlyList<GameServerSnapshot> Servers => Read(() => _servers.Values.ToList());

    /// <summary>How often it was begun to watch the cluster.</summary>
    public int Watches => Read(() => _watches);

    public GameServerSnapshot Server(string name) => Read(() => _servers[name]);

    /// <summary>Annotations, counters and lists of a server.</summary>
    public AllocationStatus Status(string name) => Read(() => StatusOf(name));

    /// <summary>Sets annotations, counters and lists of a server, as its game server or an operator would.</summary>
    public void ChangeStatus(string name, Func<AllocationStatus, AllocationStatus> change)
    {
        lock (_gate)
        {
            _statuses[name] = change(StatusOf(name));
            Put(_servers[name]);
        }
    }

    public bool Has(string name) => Read(() => _servers.ContainsKey(name));

    public void AddNode(string name, string zone) => PutNode(new NodeSnapshot { Name = name, Zone = zone, Ready = true });

    public void PutNode(NodeSnapshot node)
    {
        lock (_gate)
        {
            _nodes[node.Name] = node;
            Tell(new ClusterChange.NodeChanged(node));
        }
    }

    /// <summary>What each new server of a fleet has of counters and lists.</summary>
    public Dictionary<string, AllocationStatus> Templates { get; } = new(StringComparer.Ordinal);

    public string AddServer(string node, string fleet = "arena", bool labelled = true)
    {
        lock (_gate)
        {
            var number = ++_made;
            var name = $"{id}-gs-{number}";
            if (Templates.TryGetValue(fleet, out var template)) _statuses[name] = template;
            Put(new GameServerSnapshot
            {
                Name = name,
                Uid = $"uid-{number}",
                Fleet = fleet,
                State = GameServerState.Ready,
                Node = node,
                ZoneLabel = labelled ? _nodes[node].Zone : "",
                NodeLabelled = labelled,
                Address = $"10.1.{number / 250}.{1 + (number % 250)}",
                Port = 7000 + (number % 1000),
            });
            return name;
        }
    }

    public void Change(string name, Func<GameServerSnapshot, GameServerSnapshot> change)
    {
        lock (_gate) Put(change(_servers[name]));
    }

    public void Acknowledge(string name) => Change(name, server => server with { Sessions = [.. server.Sessions.Select(tag => tag with { State = SessionTagState.Acknowledged })] });

    public bool Delete(string name)
    {
        lock (_gate)
        {
            if (!_servers.Remove(name, out var server)) return false;

            // Agones' finalizer: the deletion is asked for first.
            Tell(new ClusterChange.GameServerChanged(server with { Deleting = true }));
            Tell(new ClusterChange.GameServerDeleted(name, server.Uid));
            if (Refills) AddServer(server.Node, server.Fleet);
            return true;
        }
    }

    /// <summary>The watch tells nothing from now on.</summary>
    public void HoldWatch()
    {
        lock (_gate) _holding = true;
    }

    /// <summary>The watch tells what it has held back, and goes on.</summary>
    public void ReleaseWatch()
    {
        lock (_gate)
        {
            _holding = false;
            foreach (var change in _held.ToList()) Tell(change);
            _held.Clear();
        }
    }

    public void TellWatchers(ClusterChange change)
    {
        lock (_gate) Tell(change);
    }

    public async IAsyncEnumerable<ClusterChange> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<ClusterChange>();
        lock (_gate)
        {
            channel.Writer.TryWrite(new ClusterChange.NodesListed([.. _nodes.Values]));
            channel.Writer.TryWrite(new ClusterChange.GameServersListed([.. _servers.Values]));
            _watches++;
            _watchers.Add(channel.Writer);
        }

        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken)) yield return change;
        }
        finally
        {
            lock (_gate) _watchers.Remove(channel.Writer);
        }
    }

    public async Task<AllocationAnswer> AllocateAsync(AllocationOrder order, CancellationToken cancellationToken)
    {
        lock (_gate) _orders.Add(order);
        if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        var fault = await OnAllocate(order, cancellationToken);
        switch (fault)
        {
            case AllocationFault.UnknownWithoutClaim:
                return new AllocationAnswer.Unknown("the connection broke");
            case AllocationFault.UnknownBeforeClaim:
                _ = ClaimLaterAsync(order);
                return new AllocationAnswer.Unknown("no answer in time");
            case AllocationFault.Refused:
                return new AllocationAnswer.Refused("429: slow down", Transient: true);
            case AllocationFault.Forbidden:
                return new AllocationAnswer.Refused("403: not allowed", Transient: false);
            case AllocationFault.Contention:
                return new AllocationAnswer.NoServer(Contention: true);
            case AllocationFault.FalselyFull:
                return new AllocationAnswer.NoServer(Contention: false);
            default:
                break;
        }

        if (Claim(order) is not { } claimed) return fault == AllocationFault.UnknownAfterClaim ? new AllocationAnswer.Unknown("the connection broke") : new AllocationAnswer.NoServer(Contention: false);
        await OnClaimed(claimed).WaitAsync(cancellationToken);
        return fault == AllocationFault.UnknownAfterClaim ? new AllocationAnswer.Unknown("the connection broke") : Answer(claimed with { Uid = "" });
    }

    public async Task<IReadOnlyList<AllocationAnswer.Allocated>> FindByLabelAsync(string key, string value, CancellationToken cancellationToken)
    {
        await CallAsync("find", cancellationToken);
        return Read(() => _servers.Values.Where(server => StatusOf(server.Name).Labels.GetValueOrDefault(key) == value).Select(Answer).ToList());
    }

    public async Task<IReadOnlyList<GameServerSnapshot>> FindBySessionAsync(string session, CancellationToken cancellationToken)
    {
        await CallAsync("find", cancellationToken);
        return Read(() => _servers.Values.Where(server => server.Sessions.Any(tag => tag.Session == session)).ToList());
    }

    public IReadOnlyList<FleetModel.Placement.AllocationPolicySnapshot> Policies { get; set; } = [];

    public async Task<IReadOnlyList<FleetModel.Placement.AllocationPolicySnapshot>> ListAllocationPoliciesAsync(CancellationToken cancellationToken)
    {
        await CallAsync("list policies", cancellationToken);
        return Policies;
    }

    public Task ProbeAsync(CancellationToken cancellationToken) => CallAsync("probe", cancellationToken);

    public async Task<bool> LabelAsync(string gameServer, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        await CallAsync("label", cancellationToken);
        lock (_gate)
        {
            Labelled.Add(gameServer);
            if (!_servers.TryGetValue(gameServer, out var server)) return false;
            Put(server with { ZoneLabel = labels.GetValueOrDefault(AgonesKeys.Zone, server.ZoneLabel), NodeLabelled = labels.ContainsKey(AgonesKeys.Node) || server.NodeLabelled });
            return true;
        }
    }

    /// <summary>Servers in the order in which they were labelled.</summary>
    public List<string> Labelled { get; } = [];

    public async Task<bool> DeleteAsync(string gameServer, string uid, CancellationToken cancellationToken)
    {
        await CallAsync("delete", cancellationToken);
        lock (_gate) return _servers.TryGetValue(gameServer, out var server) && (uid.Length == 0 || uid == server.Uid) && Delete(gameServer);
    }

    public async Task<ServerDetail?> ReadAsync(string gameServer, CancellationToken cancellationToken)
    {
        await CallAsync("read", cancellationToken);
        return Read(() => _servers.TryGetValue(gameServer, out var server) ? new ServerDetail(server, $"{_versions[gameServer]}", StatusOf(gameServer)) : null);
    }

    public async Task<bool> ChangeAsync(ServerDetail read, ServerChange change, CancellationToken cancellationToken)
    {
        await CallAsync("change", cancellationToken);
        await OnChange(read);
        lock (_gate)
        {
            var name = read.Server.Name;
            if (!_servers.TryGetValue(name, out var server) || server.Uid != read.Server.Uid || $"{_versions[name]}" != read.ResourceVersion) return false;
            if (change is not ServerChange.Edit edit) return Delete(name);
            var status = StatusOf(name);
            var (annotations, counters, lists) = (status.Annotations.ToDictionary(), status.Counters.ToDictionary(), status.Lists.ToDictionary());
            foreach (var (key, value) in edit.Annotations)
            {
                if (value is null) annotations.Remove(key);
                else annotations[key] = value;
            }

            foreach (var (key, count) in edit.Counts) counters[key] = counters[key] with { Count = count };
            foreach (var (key, values) in edit.Values) lists[key] = lists[key] with { Values = values };
            _statuses[name] = status with { Annotations = annotations, Counters = counters, Lists = lists };
            var gone = edit.Labels.Keys.ToHashSet();
            Put(server with { Sessions = [.. server.Sessions.Where(tag => !gone.Contains(AgonesKeys.SharedSession(tag.Session)))] });
            return true;
        }
    }

    /// <summary>Called between the reading of a server and its change; may wait.</summary>
    public Func<ServerDetail, Task> OnChange { get; set; } = _ => Task.CompletedTask;

    /// <summary>The sizes of the cluster's Fleets; a test sets them, and changes go into them.</summary>
    public List<FleetSize> Sizes { get; } = [];

    /// <summary>What comes of a change of a size, by its number from 1; a test may change the sizes meanwhile. By default it is written.</summary>
    public Func<FleetSizePatch, int, FleetSizeAnswer> OnSizeChange { get; set; } = (_, _) => new FleetSizeAnswer.Written();

    public IReadOnlyList<FleetSizePatch> SizeChanges => Read(() => _sizeChanges.ToList());

    /// <summary>Called before the sizes are told; may wait.</summary>
    public Func<Task> OnReadSizes { get; set; } = () => Task.CompletedTask;

    /// <summary>How often the sizes were asked for.</summary>
    public int SizeReads { get; private set; }

    public async Task<IReadOnlyList<FleetSize>> ReadFleetSizesAsync(CancellationToken cancellationToken)
    {
        SizeReads++;
        await CallAsync("read sizes", cancellationToken);
        await OnReadSizes();
        return Read(() => Sizes.ToList());
    }

    public async Task<FleetSizeAnswer> ChangeFleetSizeAsync(FleetSizePatch patch, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_gate)
        {
            _sizeChanges.Add(patch);
            var answer = OnSizeChange(patch, _sizeChanges.Count);
            if (answer is FleetSizeAnswer.Written) MakeSize(patch);
            return answer;
        }
    }

    /// <summary>Makes a size so.</summary>
    public void MakeSize(FleetSizePatch patch)
    {
        var index = Sizes.FindIndex(size => patch switch
        {
            FleetSizePatch.Scale scale => size.AgonesFleet == scale.AgonesFleet,
            FleetSizePatch.SetBuffer buffer => size.Autoscalers.Any(autoscaler => autoscaler.Name == buffer.Autoscaler),
            _ => false,
        });
        Sizes[index] = patch switch
        {
            FleetSizePatch.Scale scale => Sizes[index] with { Replicas = scale.Replicas },
            FleetSizePatch.SetBuffer buffer => Sizes[index] with { Autoscalers = [.. Sizes[index].Autoscalers.Select(autoscaler => autoscaler with { Buffer = buffer.Policy })] },
            _ => Sizes[index],
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task CallAsync(string call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
        if (IsUnreachable(call)) throw new ClusterUnreachableException($"cluster {id} is away");
    }

    private async Task ClaimLaterAsync(AllocationOrder order)
    {
        await Task.Delay(LateBy, time);
        Claim(order);
    }

    private GameServerSnapshot? Claim(AllocationOrder order)
    {
        lock (_gate)
        {
            var found = order.Selectors
                .Select(selector => _servers.Values.Where(server => server.State == selector.State && !server.Deleting && Matches(selector, server) && HasRoom(selector, server.Name))
                    .OrderBy(server => order.Priorities.Sum(priority => RoomOf(priority.Type, priority.Key, server.Name))).ThenBy(server => server.Name, StringComparer.Ordinal).FirstOrDefault())
                .FirstOrDefault(server => server is not null);
            if (found is null) return null;
            var status = StatusOf(found.Name);
            _statuses[found.Name] = status with
            {
                Ports = status.Ports.Count > 0 ? status.Ports : [new ServerPort("game", found.Port)],
                Labels = status.Labels.Concat(order.Labels).GroupBy(pair => pair.Key).ToDictionary(pairs => pairs.Key, pairs => pairs.Last().Value),
                Annotations = status.Annotations.Concat(order.Annotations).GroupBy(pair => pair.Key).ToDictionary(pairs => pairs.Key, pairs => pairs.Last().Value),
                Counters = status.Counters.ToDictionary(pair => pair.Key, pair => order.Counters.TryGetValue(pair.Key, out var action) ? pair.Value with { Count = Math.Min(pair.Value.Count + action.Amount!.Value, pair.Value.Capacity) } : pair.Value),
                Lists = status.Lists.ToDictionary(pair => pair.Key, pair => order.Lists.TryGetValue(pair.Key, out var action) ? pair.Value with { Values = [.. pair.Value.Values.Union(action.AddValues).Take((int)pair.Value.Capacity)] } : pair.Value),
            };
            var claimed = found with { State = GameServerState.Allocated, Sessions = Tagged(found, order) };
            _claims.Add(claimed);
            Put(claimed);
            if (Acknowledges) Acknowledge(claimed.Name);
            return claimed;
        }
    }

    private static SessionTags Tagged(GameServerSnapshot server, AllocationOrder order) => order.Labels.TryGetValue(AgonesKeys.Session, out var session)
        ? [new SessionTag(session, int.Parse(order.Labels[AgonesKeys.Incarnation], null))]
        : [.. order.Labels.Where(label => label.Key.StartsWith(AgonesKeys.SharedSessionPrefix, StringComparison.Ordinal)).Select(label => new SessionTag(label.Key[(label.Key.IndexOf('/', StringComparison.Ordinal) + 1)..], int.Parse(label.Value, null), Shared: true))
            .Aggregate(server.Sessions.AsEnumerable(), (tags, tag) => tags.Where(other => other.Session != tag.Session).Append(tag))];

    private bool HasRoom(ServerSelector selector, string name) =>
        selector.Counters.All(counter => RoomOf(CapacityType.Counter, counter.Key, name) >= counter.Value.MinAvailable)
        && selector.Lists.All(list => RoomOf(CapacityType.List, list.Key, name) >= list.Value.MinAvailable);

    private long RoomOf(CapacityType type, string key, string name)
    {
        var status = StatusOf(name);
        if (type == CapacityType.Counter) return status.Counters.TryGetValue(key, out var counter) ? counter.Capacity - counter.Count : -1;
        return status.Lists.TryGetValue(key, out var list) ? list.Capacity - list.Values.Count : -1;
    }

    private AllocationStatus StatusOf(string name) => _statuses.GetValueOrDefault(name) ?? new AllocationStatus();

    private AllocationAnswer.Allocated Answer(GameServerSnapshot server) => new(server) { Status = Status(server.Name) };

    private bool Matches(ServerSelector selector, GameServerSnapshot server)
    {
        return selector.MatchLabels.All(label => Label(label.Key) == label.Value)
            && selector.MatchExpressions.All(requirement => requirement.IsMetBy(Label(requirement.Key)));

        string? Label(string key) => key switch
        {
            AgonesKeys.Fleet => server.Fleet,
            AgonesKeys.Zone => server.ZoneLabel.Length > 0 ? server.ZoneLabel : null,
            _ when key.StartsWith(AgonesKeys.SharedSessionPrefix, StringComparison.Ordinal) => server.Sessions.FirstOrDefault(tag => tag.Shared && AgonesKeys.SharedSession(tag.Session) == key)?.Incarnation.ToString(System.Globalization.CultureInfo.InvariantCulture),
            AgonesKeys.Node => server.NodeLabelled ? server.Node : null,
            AgonesKeys.Session => server.Sessions.FirstOrDefault(tag => !tag.Shared)?.Session,
            _ => StatusOf(server.Name).Labels.GetValueOrDefault(key),
        };
    }

    private void Put(GameServerSnapshot server)
    {
        _servers[server.Name] = server;
        _versions[server.Name] = _versions.GetValueOrDefault(server.Name) + 1;
        Tell(new ClusterChange.GameServerChanged(server));
    }

    private void Tell(ClusterChange change)
    {
        if (_holding) _held.Add(change);
        else foreach (var watcher in _watchers) watcher.TryWrite(change);
    }

    private T Read<T>(Func<T> read)
    {
        lock (_gate) return read();
    }
}

/// <summary>The clusters of a test, by id; they outlive every silo.</summary>
internal sealed class FakeAgones(TimeProvider time) : IAgonesClusterFactory
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, FakeAgonesCluster> _clusters = new(StringComparer.Ordinal);

    public FakeAgonesCluster this[string id] => _clusters.GetOrAdd(id, _ => new FakeAgonesCluster(id, time));

    public IAgonesCluster Connect(string cluster) => this[cluster];
}
