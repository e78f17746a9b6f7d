using System.Text;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>
/// Ready and Allocated servers in groups of equal namespace, node, state and labels. A selector is judged once a group, not once a server,
/// and only groups that carry its most selective label are looked at.
/// </summary>
internal sealed class AllocationIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Group Group, StoredObject Server)> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<(string State, string Key, string Value), HashSet<Group>> _byLabel = [];
    private readonly Dictionary<string, HashSet<Group>> _byState = new(StringComparer.Ordinal);
    private readonly GameServerIndex _counts;
    private readonly IdSource _random;

    public AllocationIndex(ObjectStore store, GameServerIndex counts, IdSource random)
    {
        _counts = counts;
        _random = random;
        store.Observe(OnChange);
    }

    /// <summary>
    /// Takes the best server for a selector out of the index, so that no other request tries it meanwhile. What is then written, or not,
    /// puts it back: see <see cref="Return"/>.
    /// </summary>
    public StoredObject? Take(AllocationRequest request, GameServerSelector selector)
    {
        lock (_gate)
        {
            var groups = Matching(request.Namespace, selector);
            var ordered = selector.HasCapacityRules || request.Priorities.Count > 0;
            var server = ordered ? ByCapacity(request, selector, groups) : request.Distributed ? Random(groups) : Packed(groups);
            if (server is not null) Remove(server.Key);
            return server;
        }
    }

    /// <summary>Puts a server that was taken but not written back where its present state belongs.</summary>
    public void Return(StoredObject? current)
    {
        if (current is null) return;
        lock (_gate)
        {
            if (_members.ContainsKey(current.Key)) return;
            Add(current);
        }
    }

    private void OnChange(StoreEvent change, StoredObject? previous)
    {
        if (change.Object.Kind != AgonesKinds.GameServer) return;
        lock (_gate)
        {
            Remove(change.Object.Key);
            if (change.Type != StoreEventType.Deleted) Add(change.Object);
        }
    }

    private void Add(StoredObject server)
    {
        var facts = GameServerFacts.Of(server);
        if (server.Deleting || facts.State is not (GameServerState.Ready or GameServerState.Allocated)) return;
        var id = Group.IdOf(server, facts);
        if (!_groups.TryGetValue(id, out var group))
        {
            _groups[id] = group = new Group(id, server, facts);
            Bucket(_byState, facts.State).Add(group);
            foreach (var (key, value) in server.Labels) Bucket(_byLabel, (facts.State, key, value)).Add(group);
        }

        group.Add(server);
        _members[server.Key] = (group, server);
    }

    private void Remove(string key)
    {
        if (!_members.Remove(key, out var member)) return;
        var group = member.Group;
        group.Remove(member.Server);
        if (group.Servers.Count > 0) return;
        _groups.Remove(group.Id);
        Unbucket(_byState, group.State, group);
        foreach (var (label, value) in group.Labels) Unbucket(_byLabel, (group.State, label, value), group);
    }

    private List<Group> Matching(string @namespace, GameServerSelector selector)
    {
        var smallest = _byState.GetValueOrDefault(selector.State);
        foreach (var requirement in selector.Labels.Requirements)
        {
            if (requirement is not { Operator: LabelOperator.In, Values.Count: 1 }) continue;
            if (!_byLabel.TryGetValue((selector.State, requirement.Key, requirement.Values[0]), out var groups)) return [];
            if (smallest is null || groups.Count < smallest.Count) smallest = groups;
        }

        return smallest is null ? [] : [.. smallest.Where(group => group.Namespace == @namespace && selector.Labels.Matches(group.Labels))];
    }

    /// <summary>The fullest node first: most Allocated, then most Ready, so that empty nodes can be given up.</summary>
    private StoredObject? Packed(List<Group> groups)
    {
        Group? best = null;
        NodeCounts bestNode = default;
        foreach (var group in groups)
        {
            var node = _counts.OfNode(group.Node);
            if (best is not null && Compare(group, node, best, bestNode) >= 0) continue;
            (best, bestNode) = (group, node);
        }

        return best?.First;
    }

    private static int Compare(Group a, NodeCounts aNode, Group b, NodeCounts bNode)
    {
        var order = bNode.Allocated.CompareTo(aNode.Allocated);
        if (order == 0) order = bNode.Ready.CompareTo(aNode.Ready);
        if (order == 0) order = string.CompareOrdinal(a.Node, b.Node);
        return order != 0 ? order : string.CompareOrdinal(a.First.Name, b.First.Name);
    }

    private StoredObject? Random(List<Group> groups)
    {
        var total = groups.Sum(group => group.Servers.Count);
        if (total == 0) return null;
        var pick = _random.Next(total);
        // Sets have no order of their own; a seed must mean the same pick every time.
        groups.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        foreach (var group in groups)
        {
            if (pick < group.Servers.Count) return group.Servers[pick];
            pick -= group.Servers.Count;
        }

        return null;
    }

    private StoredObject? ByCapacity(AllocationRequest request, GameServerSelector selector, List<Group> groups)
    {
        var fitting = groups.SelectMany(group => group.Servers).Where(server => selector.MatchesCapacity(GameServerFacts.Of(server)));
        var ordered = request.Distributed
            ? fitting.OrderBy(_ => 0)
            : fitting.OrderByDescending(server => _counts.OfNode(GameServerFacts.Of(server).NodeName).Allocated)
                .ThenByDescending(server => _counts.OfNode(GameServerFacts.Of(server).NodeName).Ready);
        foreach (var priority in request.Priorities)
        {
            ordered = priority.Descending
                ? ordered.ThenByDescending(server => Available(server, priority) ?? long.MinValue)
                : ordered.ThenBy(server => Available(server, priority) ?? long.MaxValue);
        }

        return ordered.ThenBy(server => server.Name, StringComparer.Ordinal).FirstOrDefault();
    }

    private static long? Available(StoredObject server, CapacityPriority priority)
    {
        var facts = GameServerFacts.Of(server);
        if (priority.IsList) return facts.Lists is not null && facts.Lists.TryGetValue(priority.Key, out var list) ? list.Available : null;
        return facts.Counters is not null && facts.Counters.TryGetValue(priority.Key, out var counter) ? counter.Available : null;
    }

    private static HashSet<Group> Bucket<TKey>(Dictionary<TKey, HashSet<Group>> buckets, TKey key)
        where TKey : notnull
    {
        if (!buckets.TryGetValue(key, out var bucket)) buckets[key] = bucket = [];
        return bucket;
    }

    private static void Unbucket<TKey>(Dictionary<TKey, HashSet<Group>> buckets, TKey key, Group group)
        where TKey : notnull
    {
        if (buckets.TryGetValue(key, out var bucket) && bucket.Remove(group) && bucket.Count == 0) buckets.Remove(key);
    }

    private sealed class Group(string id, StoredObject first, GameServerFacts facts)
    {
        public string Id { get; } = id;

        public string Namespace { get; } = first.Namespace!;

        public string Node { get; } = facts.NodeName;

        public string State { get; } = facts.State;

        public IReadOnlyDictionary<string, string> Labels { get; } = first.Labels;

        /// <summary>By name, last first: the one that is taken next stands at the cheap end.</summary>
        public List<StoredObject> Servers { get; } = [];

        public StoredObject First => Servers[^1];

        public static string IdOf(StoredObject server, GameServerFacts facts)
        {
            var id = new StringBuilder(256).Append(server.Namespace).Append('\n').Append(facts.NodeName).Append('\n').Append(facts.State);
            foreach (var (key, value) in server.Labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            {
                id.Append('\n').Append(key).Append('=').Append(value);
            }

            return id.ToString();
        }

        public void Add(StoredObject server)
        {
            var at = Find(server);
            if (at < 0) Servers.Insert(~at, server);
            else Servers[at] = server;
        }

        public void Remove(StoredObject server)
        {
            var at = Find(server);
            if (at >= 0) Servers.RemoveAt(at);
        }

        private int Find(StoredObject server) => Servers.BinarySearch(server, NameDescending.Instance);
    }

    private sealed class NameDescending : IComparer<StoredObject>
    {
        public static readonly NameDescending Instance = new();

        public int Compare(StoredObject? x, StoredObject? y) => string.CompareOrdinal(y!.Name, x!.Name);
    }
}
