using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>The sizes of a namespace's Agones Fleets, with the version that a change is made to. Listed when asked for; what is watched of Fleets is less.</summary>
internal sealed class FleetSizeResource(string @namespace) : ListedResource<FleetSize>
{
    public override string Path { get; } = ApiPaths.Fleets(@namespace);

    public override RbacRule Rule => RbacRule.ReadFleets;

    public override FleetSize? Read(ref Utf8JsonReader reader, ResourceVersion version)
    {
        var metadata = default(ObjectMetadata);
        var (replicas, current, ready, allocated) = (0, 0, 0, 0);
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) metadata = ObjectMetadata.Read(ref reader);
            else if (reader.ValueTextEquals("spec"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals("replicas"u8)) replicas = JsonFields.Int(ref reader);
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals("replicas"u8)) current = JsonFields.Int(ref reader);
                    else if (reader.ValueTextEquals("readyReplicas"u8)) ready = JsonFields.Int(ref reader);
                    else if (reader.ValueTextEquals("allocatedReplicas"u8)) allocated = JsonFields.Int(ref reader);
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else JsonFields.SkipValue(ref reader);
        }

        return metadata.Name is { } name
            ? new FleetSize { AgonesFleet = name, Uid = metadata.Uid, ResourceVersion = metadata.ResourceVersion, Replicas = replicas, CurrentReplicas = current, ReadyReplicas = ready, AllocatedReplicas = allocated }
            : null;
    }
}
