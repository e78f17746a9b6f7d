using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>What can be broken in a local cluster, and mended.</summary>
internal sealed class ClusterFaults(ObjectStore store, ApiServer server, Kubelet kubelet, NodeController nodes)
{
    /// <summary>Faults of single requests: refusals, broken connections, delays, cut watches.</summary>
    public ApiFaults Api => server.Faults;

    /// <summary>Kills a GameServer's process, as a crash would; false when it runs none.</summary>
    public Task<bool> KillGameServerAsync(string gameServer, string @namespace = "default") =>
        kubelet.KillAsync(AgonesKinds.GameServer.Key(@namespace, gameServer));

    /// <summary>
    /// A node dies with everything on it. Kubernetes notices after a while (see <see cref="NodeTimings"/>); its Pods and GameServers stay
    /// as they are.
    /// </summary>
    public async Task KillNodeAsync(string node)
    {
        nodes.Silence(node);
        await kubelet.SilenceAsync(node, killProcesses: true);
    }

    /// <summary>A node is cut off from the cluster while its game servers go on.</summary>
    public async Task IsolateNodeAsync(string node)
    {
        nodes.Silence(node);
        await kubelet.SilenceAsync(node, killProcesses: false);
    }

    /// <summary>A node comes back; what died on it is reported now.</summary>
    public void RestoreNode(string node)
    {
        nodes.Restore(node);
        kubelet.Restore(node);
    }

    /// <summary>Removes a Node object, as a cloud does with a terminated machine.</summary>
    public async Task DeleteNodeAsync(string node)
    {
        await kubelet.SilenceAsync(node, killProcesses: true);
        store.Delete(CoreKinds.Node, node);
    }

    public Task KillZoneAsync(string zone) => Task.WhenAll(NodesOf(zone).Select(KillNodeAsync));

    public void RestoreZone(string zone)
    {
        foreach (var node in NodesOf(zone)) RestoreNode(node);
    }

    /// <summary>The API's port is closed: connections are refused. Controllers and nodes go on.</summary>
    public Task StopApiAsync() => server.StopAsync();

    /// <summary>The API listens again on the same port. As after a restart, versions of the past are forgotten.</summary>
    public Task StartApiAsync(CancellationToken cancellationToken)
    {
        server.ForgetHistory();
        return server.StartAsync(cancellationToken);
    }

    public IReadOnlyList<string> NodesOf(string zone) =>
        [.. store.List(CoreKinds.Node).Objects.Values.Where(node => NodeFacts.Of(node).Zone == zone).Select(node => node.Name)];
}
