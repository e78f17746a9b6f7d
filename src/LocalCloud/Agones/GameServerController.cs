using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Takes each GameServer from one state to the next, from its ports to its end.</summary>
internal sealed class GameServerController(ObjectStore store, Placement placement) : IReconciler
{
    public void Reconcile(string key)
    {
        if (store.Get(AgonesKinds.GameServer, key) is not { } server)
        {
            placement.Release(key);
            return;
        }

        if (server.Deleting)
        {
            Finalize(server);
            return;
        }

        switch (GameServerFacts.Of(server).State)
        {
            case GameServerState.PortAllocation:
                AllocatePorts(server);
                break;
            case GameServerState.Creating:
                CreatePod(server);
                break;
            case GameServerState.Starting:
                if (!IsLost(server)) TakeAddress(server);
                break;
            case GameServerState.RequestReady:
                if (!IsLost(server)) MakeReady(server);
                break;
            case GameServerState.Unhealthy:
                SetState(server.Key, GameServerState.Unhealthy, GameServerState.Shutdown);
                break;
            case GameServerState.Shutdown:
                store.Delete(AgonesKinds.GameServer, key);
                break;
            case GameServerState.Error:
                break;
            default:
                IsLost(server);
                break;
        }
    }

    private void AllocatePorts(StoredObject server)
    {
        var requests = PortRequest.Read(server.ToJson());
        if (placement.TryPlace(server, requests) is not { } ports) return;
        store.Update(AgonesKinds.GameServer, server.Key, body =>
        {
            if (body.Child("status").Text("state") != GameServerState.PortAllocation) return false;
            PortRequest.Write(body, ports);
            body["status"]!["state"] = GameServerState.Creating;
            return true;
        });
    }

    private void CreatePod(StoredObject server)
    {
        if (store.Get(CoreKinds.Pod, server.Key) is null) store.Create(CoreKinds.Pod, PodTemplate.Create(server.ToJson()));
        SetState(server.Key, GameServerState.Creating, GameServerState.Starting);
    }

    private void TakeAddress(StoredObject server)
    {
        if (RunningPod(server) is not { } pod) return;
        store.Update(AgonesKinds.GameServer, server.Key, body =>
        {
            if (body.Child("status").Text("state") != GameServerState.Starting) return false;
            if (!WriteAddress(body, pod)) return false;
            body["status"]!["state"] = GameServerState.Scheduled;
            return true;
        });
    }

    // A game server may say Ready before its address has been noted.
    private void MakeReady(StoredObject server)
    {
        var pod = RunningPod(server);
        store.Update(AgonesKinds.GameServer, server.Key, body =>
        {
            var status = body.Child("status")!;
            if (status.Text("state") != GameServerState.RequestReady) return false;
            if (status.Text("nodeName") is null or "" && (pod is null || !WriteAddress(body, pod))) return false;
            status["state"] = GameServerState.Ready;
            return true;
        });
    }

    private StoredObject? RunningPod(StoredObject server) =>
        store.Get(CoreKinds.Pod, server.Key) is { } pod && PodFacts.Of(pod) is { Phase: PodFacts.Running, PodIp.Length: > 0 } ? pod : null;

    private bool WriteAddress(JsonObject body, StoredObject pod)
    {
        var facts = PodFacts.Of(pod);
        if (store.Get(CoreKinds.Node, facts.NodeName) is not { } node) return false;
        var address = NodeFacts.Of(node).Address;
        var status = body.Child("status")!;
        status["address"] = address;
        status["addresses"] = new JsonArray(
            new JsonObject { ["address"] = address, ["type"] = "InternalIP" },
            new JsonObject { ["address"] = facts.NodeName, ["type"] = "Hostname" },
            new JsonObject { ["address"] = facts.PodIp, ["type"] = "PodIP" });
        status["nodeName"] = facts.NodeName;
        status["ports"] = new JsonArray([.. (body.Child("spec").Items("ports") ?? []).OfType<JsonObject>()
            .Select(port => (JsonNode)new JsonObject { ["name"] = port.Text("name"), ["port"] = port.Integer("hostPort") ?? 0 })]);
        return true;
    }

    /// <summary>A server whose Pod has ended or is gone is Unhealthy, whatever it was doing.</summary>
    private bool IsLost(StoredObject server)
    {
        var pod = store.Get(CoreKinds.Pod, server.Key);
        if (pod is not null && !PodFacts.Of(pod).Ended) return false;
        store.Update(AgonesKinds.GameServer, server.Key, body =>
        {
            if (body.Child("status").Text("state") is GameServerState.Shutdown or GameServerState.Unhealthy or GameServerState.Error) return false;
            body["status"]!["state"] = GameServerState.Unhealthy;
            return true;
        });
        return true;
    }

    private void SetState(string key, string from, string to) => store.Update(AgonesKinds.GameServer, key, body =>
    {
        if (body.Child("status").Text("state") != from) return false;
        body["status"]!["state"] = to;
        return true;
    });

    /// <summary>Lets a server go once its Pod has gone.</summary>
    private void Finalize(StoredObject server)
    {
        if (store.Get(CoreKinds.Pod, server.Key) is { } pod)
        {
            if (!pod.Deleting) store.Delete(CoreKinds.Pod, pod.Key);
            return;
        }

        store.Update(AgonesKinds.GameServer, server.Key, body =>
        {
            var metadata = body.Child("metadata");
            var finalizers = metadata.Items("finalizers");
            if (finalizers?.FirstOrDefault(finalizer => finalizer.Text() == AgonesNames.Finalizer) is not { } ours) return false;
            finalizers.Remove(ours);
            if (finalizers.Count == 0) metadata!.Remove("finalizers");
            return true;
        });
    }
}
