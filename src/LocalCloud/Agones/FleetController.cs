using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Keeps one set for a Fleet's present template, moves servers over from older ones, and sums their counts.</summary>
internal sealed class FleetController(ObjectStore store, GameServerIndex index) : IReconciler
{
    public void Reconcile(string key)
    {
        // A patch may have left a template that says less than the sets made of it.
        if (store.Update(AgonesKinds.Fleet, key, FleetAdmission.Normalize) is not { Deleting: false } fleet) return;
        var facts = ReplicaFacts.Of(fleet);
        var sets = SetsOf(fleet);
        var active = sets.Where(set => ReplicaFacts.Of(set).TemplateHash == facts.TemplateHash).MaxBy(set => set.ResourceVersion);
        var rest = sets.Where(set => set != active).ToList();
        var body = fleet.ToJson();
        var plan = RolloutPlan.Make(RolloutStrategy.Read(body), facts.Replicas, active is null ? null : Live(active), [.. rest.Select(Live)]);

        if (active is null) active = store.Create(AgonesKinds.GameServerSet, NewSet(fleet, body, plan.Active));
        else Apply(active, plan.Active, facts.Scheduling);
        for (var i = 0; i < rest.Count; i++)
        {
            // An old set goes once its last server, Allocated ones included, has gone.
            if (plan.Rest[i] == 0 && Live(rest[i]) is { Replicas: 0, Status: { Replicas: 0, Shutdown: 0 } })
            {
                store.Delete(AgonesKinds.GameServerSet, rest[i].Key);
            }
            else
            {
                Apply(rest[i], plan.Rest[i], facts.Scheduling);
            }
        }

        WriteStatus(fleet);
    }

    // Sets write their counts a little late; what is decided here would be wrong by then.
    private ReplicaFacts Live(StoredObject set) => ReplicaFacts.Of(set) with { Status = index.OfSet(set.Uid).Counts };

    private List<StoredObject> SetsOf(StoredObject fleet) => [.. store.Dependents(fleet.Uid)
        .Where(dependent => dependent.Kind == AgonesKinds.GameServerSet)
        .Select(dependent => store.Get(dependent.Kind, dependent.Key))
        .OfType<StoredObject>()
        .Where(set => !set.Deleting)
        .OrderBy(set => set.Name, StringComparer.Ordinal)];

    private static JsonObject NewSet(StoredObject fleet, JsonObject body, int replicas)
    {
        var spec = body.Child("spec")!;
        var template = spec.Child("template")!;
        var labels = template.Child("metadata").Child("labels")?.Copy() ?? [];
        labels[AgonesNames.FleetLabel] = fleet.Name;
        var metadata = new JsonObject
        {
            ["generateName"] = fleet.Name + "-",
            ["namespace"] = fleet.Namespace,
            ["labels"] = labels,
            ["ownerReferences"] = PodTemplate.Owner(AgonesKinds.Fleet, fleet.Name, fleet.Uid),
        };
        if (template.Child("metadata").Child("annotations") is { Count: > 0 } annotations) metadata["annotations"] = annotations.Copy();
        var setSpec = new JsonObject
        {
            ["replicas"] = replicas,
            ["scheduling"] = spec.Text("scheduling"),
            ["template"] = template.Copy(),
        };
        foreach (var shared in (ReadOnlySpan<string>)["allocationOverflow", "priorities"])
        {
            if (spec[shared] is { } value) setSpec[shared] = value.DeepClone();
        }

        return new JsonObject { ["metadata"] = metadata, ["spec"] = setSpec };
    }

    private void Apply(StoredObject set, int replicas, string scheduling)
    {
        var facts = ReplicaFacts.Of(set);
        if (facts.Replicas == replicas && facts.Scheduling == scheduling) return;
        store.Update(AgonesKinds.GameServerSet, set.Key, body =>
        {
            body.Child("spec")!["replicas"] = replicas;
            body.Child("spec")!["scheduling"] = scheduling;
            return true;
        });
    }

    private void WriteStatus(StoredObject fleet)
    {
        var sets = SetsOf(fleet);
        var counts = sets.Aggregate(default(ReplicaCounts), (sum, set) => sum + ReplicaFacts.Of(set).Status);
        store.Update(AgonesKinds.Fleet, fleet.Key, body =>
        {
            var status = new JsonObject
            {
                ["replicas"] = counts.Replicas,
                ["readyReplicas"] = counts.Ready,
                ["reservedReplicas"] = counts.Reserved,
                ["allocatedReplicas"] = counts.Allocated,
            };
            var spec = body.Child("spec").Child("template").Child("spec");
            if (spec.Child("counters") is { Count: > 0 } || spec.Child("lists") is { Count: > 0 })
            {
                var totals = new CapacityTotals();
                foreach (var set in sets) totals.Add(set.ToJson().Child("status"));
                totals.Write(status);
            }

            body["status"] = status;
            return true;
        });
    }
}
