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
        var replicas = default(FleetReplicas);
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) metadata = ObjectMetadata.Read(ref reader);
            else if (!replicas.TryRead(ref reader)) JsonFields.SkipValue(ref reader);
        }

        if (metadata.Name is not { } name) return null;
        return new FleetSize
        {
            AgonesFleet = name,
            Uid = metadata.Uid,
            ResourceVersion = metadata.ResourceVersion,
            Replicas = replicas.Wanted,
            CurrentReplicas = replicas.Current,
            ReadyReplicas = replicas.Ready,
            AllocatedReplicas = replicas.Allocated,
        };
    }
}
