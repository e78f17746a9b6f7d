using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>What the Fleet controller needs of Fleets and GameServerSets.</summary>
/// <param name="Replicas">Replicas asked for.</param>
/// <param name="Scheduling">Packed or Distributed.</param>
/// <param name="TemplateHash">Equal for equal templates: a set belongs to the Fleet's present template when their hashes are equal.</param>
/// <param name="Status">Counts as last written.</param>
internal sealed record ReplicaFacts(int Replicas, string Scheduling, string TemplateHash, ReplicaCounts Status)
{
    public static ReplicaFacts Of(StoredObject stored) => (ReplicaFacts)stored.Facts!;

    public static object Read(JsonObject body)
    {
        var spec = body.Child("spec");
        var status = body.Child("status");
        return new ReplicaFacts(
            (int)(spec.Integer("replicas") ?? 0),
            spec.Text("scheduling") ?? AgonesNames.Packed,
            Convert.ToHexString(SHA256.HashData(CanonicalJson.Serialize(spec?["template"]))),
            new ReplicaCounts(
                (int)(status.Integer("replicas") ?? 0),
                (int)(status.Integer("readyReplicas") ?? 0),
                (int)(status.Integer("reservedReplicas") ?? 0),
                (int)(status.Integer("allocatedReplicas") ?? 0),
                (int)(status.Integer("shutdownReplicas") ?? 0)));
    }
}

/// <summary>Servers of a set by what they count as.</summary>
internal readonly record struct ReplicaCounts(int Replicas, int Ready, int Reserved, int Allocated, int Shutdown)
{
    public static ReplicaCounts operator +(ReplicaCounts a, ReplicaCounts b) => new(
        a.Replicas + b.Replicas, a.Ready + b.Ready, a.Reserved + b.Reserved, a.Allocated + b.Allocated, a.Shutdown + b.Shutdown);
}
