using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>GameServerAllocationPolicies of a namespace: Agones' own order of clusters. Listed when asked for, not watched.</summary>
internal sealed class AllocationPolicyResource(string @namespace) : ListedResource<AllocationPolicySnapshot>
{
    public override string Path { get; } = ApiPaths.AllocationPolicies(@namespace);

    public override RbacRule Rule => RbacRule.ListAllocationPolicies;

    public override AllocationPolicySnapshot? Read(ref Utf8JsonReader reader, ResourceVersion version)
    {
        string? name = null;
        var spec = new AllocationPolicySnapshot("", 0, 0, "");
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) name = ReadName(ref reader);
            else if (reader.ValueTextEquals("spec"u8)) spec = ReadSpec(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        return name is null ? null : spec with { Name = name };
    }

    private static string? ReadName(ref Utf8JsonReader reader)
    {
        string? name = null;
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return name;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("name"u8)) name = JsonFields.String(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        return name;
    }

    private static AllocationPolicySnapshot ReadSpec(ref Utf8JsonReader reader)
    {
        var (priority, weight, cluster) = (0L, 0L, "");
        if (JsonFields.Enter(ref reader, JsonTokenType.StartObject))
        {
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("priority"u8)) priority = JsonFields.Long(ref reader);
                else if (reader.ValueTextEquals("weight"u8)) weight = JsonFields.Long(ref reader);
                else if (reader.ValueTextEquals("connectionInfo"u8)) cluster = ReadClusterName(ref reader);
                else JsonFields.SkipValue(ref reader);
            }
        }

        return new AllocationPolicySnapshot("", priority, weight, cluster);
    }

    private static string ReadClusterName(ref Utf8JsonReader reader)
    {
        var name = "";
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return name;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("clusterName"u8)) name = JsonFields.String(ref reader) ?? "";
            else JsonFields.SkipValue(ref reader);
        }

        return name;
    }
}
