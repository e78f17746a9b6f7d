namespace FleetSystem.FleetModel.Silos;

/// <summary>A silo's pod, as Kubernetes last told it.</summary>
/// <param name="Name">Its name, which is the silo's too.</param>
/// <param name="Node">The node that it runs on, or empty.</param>
/// <param name="Address">Its IP address, or empty.</param>
/// <param name="HasEnded">Whether it is in a final phase: none of its containers runs again.</param>
public sealed record SiloPod(string Name, string Node, string Address, bool HasEnded);

/// <summary>A silo that the membership does not count as dead.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its IP address.</param>
public sealed record SiloMember(string Name, string Address);

/// <summary>A silo that cannot run any more.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, as the rest of a sentence that begins with the silo.</param>
public sealed record GoneSilo(string Name, string Reason);

/// <summary>
/// Tells from pods and nodes which silos are gone for certain. Only what was seen before and is not there any more counts: a pod or node that
/// was never seen may be in another namespace, or not told yet. A node that is not ready is no proof, since its silos may run on; that is left
/// to the silos' own probes. One owner, one thread at a time.
/// </summary>
public sealed class SiloPresence
{
    private readonly Dictionary<string, SiloPod> _pods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seenPods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seenNodes = new(StringComparer.Ordinal);

    /// <summary>All pods that there are now.</summary>
    public void ListPods(IEnumerable<SiloPod> pods)
    {
        _pods.Clear();
        foreach (var pod in pods) SeePod(pod);
    }

    /// <summary>A pod that is new or has changed.</summary>
    public void SeePod(SiloPod pod)
    {
        _pods[pod.Name] = pod;
        _seenPods.Add(pod.Name);
    }

    /// <summary>A pod that was deleted.</summary>
    public void LosePod(string name) => _pods.Remove(name);

    /// <summary>All nodes that there are now.</summary>
    public void ListNodes(IEnumerable<string> nodes)
    {
        _nodes.Clear();
        foreach (var node in nodes) SeeNode(node);
    }

    /// <summary>A node that is there.</summary>
    public void SeeNode(string name)
    {
        _nodes.Add(name);
        _seenNodes.Add(name);
    }

    /// <summary>A node that was deleted.</summary>
    public void LoseNode(string name) => _nodes.Remove(name);

    /// <summary>Which members are gone.</summary>
    /// <param name="members">The membership's silos that are not dead.</param>
    public IReadOnlyList<GoneSilo> FindGone(IReadOnlyCollection<SiloMember> members)
    {
        List<GoneSilo> gone = [.. members.Select(member => new GoneSilo(member.Name, ReasonOf(member))).Where(silo => silo.Reason.Length > 0)];

        // What nothing refers to is forgotten, so that neither set grows with the cluster's age.
        var names = members.Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        _seenPods.RemoveWhere(name => !_pods.ContainsKey(name) && !names.Contains(name));
        var used = _pods.Values.Select(pod => pod.Node).ToHashSet(StringComparer.Ordinal);
        _seenNodes.RemoveWhere(name => !_nodes.Contains(name) && !used.Contains(name));
        return gone;
    }

    private string ReasonOf(SiloMember member)
    {
        if (!_seenPods.Contains(member.Name)) return "";
        if (!_pods.TryGetValue(member.Name, out var pod)) return "has lost its pod, which was deleted";

        // A silo of the same name elsewhere is not this pod's.
        if (pod.Address.Length > 0 && pod.Address != member.Address) return "";
        if (pod.HasEnded) return "has lost its pod, which has ended";
        return _seenNodes.Contains(pod.Node) && !_nodes.Contains(pod.Node) ? $"has lost its node {pod.Node}, which was deleted" : "";
    }
}
