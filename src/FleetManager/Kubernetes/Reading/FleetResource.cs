using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>Agones Fleets of a namespace. One reader, one thread.</summary>
internal sealed class FleetResource(string @namespace, StringPool pool) : WatchedResource<AgonesFleetSnapshot>
{
    public override string Path { get; } = ApiPaths.Fleets(@namespace);

    public override RbacRule Rule => RbacRule.ReadFleets;

    public override AgonesFleetSnapshot? Read(ref Utf8JsonReader reader, ResourceVersion version)
    {
        string? name = null;
        var replicas = default(FleetReplicas);
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals("name"u8)) name = JsonFields.String(ref reader, pool);
                    else if (reader.ValueTextEquals("resourceVersion"u8)) version.Read(ref reader);
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else if (!replicas.TryRead(ref reader)) JsonFields.SkipValue(ref reader);
        }

        return name is null ? null : new AgonesFleetSnapshot(name, replicas.Wanted, replicas.Ready, replicas.Allocated);
    }

    public override ClusterChange Listed(IReadOnlyList<AgonesFleetSnapshot> items) => new ClusterChange.FleetsListed(items);

    public override ClusterChange Changed(AgonesFleetSnapshot item) => new ClusterChange.FleetChanged(item);

    public override ClusterChange Deleted(AgonesFleetSnapshot item) => new ClusterChange.FleetDeleted(item.Name);
}
