using System.Text.Json;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>Nodes of a cluster. One reader, one thread.</summary>
internal sealed class NodeResource(StringPool pool) : WatchedResource<NodeSnapshot>
{
    public override string Path => ApiPaths.Nodes;

    public override RbacRule Rule => RbacRule.ReadNodes;

    public override NodeSnapshot? Read(ref Utf8JsonReader reader, ResourceVersion version)
    {
        string? name = null;
        var (zone, ready, unschedulable) = ("", false, false);
        IReadOnlyList<string> taints = [];
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8)) ReadMetadata(ref reader, version, ref name, ref zone);
            else if (reader.ValueTextEquals("spec"u8)) ReadSpec(ref reader, ref unschedulable, ref taints);
            else if (reader.ValueTextEquals("status"u8)) ready = ReadReady(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        return name is null ? null : new NodeSnapshot { Name = name, Zone = zone, Ready = ready, Unschedulable = unschedulable, Taints = taints };
    }

    public override ClusterChange Listed(IReadOnlyList<NodeSnapshot> items) => new ClusterChange.NodesListed(items);

    public override ClusterChange Changed(NodeSnapshot item) => new ClusterChange.NodeChanged(item);

    public override ClusterChange Deleted(NodeSnapshot item) => new ClusterChange.NodeDeleted(item.Name);

    private void ReadMetadata(ref Utf8JsonReader reader, ResourceVersion version, ref string? name, ref string zone)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("name"u8)) name = JsonFields.String(ref reader, pool);
            else if (reader.ValueTextEquals("resourceVersion"u8)) version.Read(ref reader);
            else if (reader.ValueTextEquals("labels"u8))
            {
                if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
                while (JsonFields.Next(ref reader))
                {
                    if (reader.ValueTextEquals(AgonesKeys.NodeZone)) zone = JsonFields.String(ref reader, pool) ?? "";
                    else JsonFields.SkipValue(ref reader);
                }
            }
            else JsonFields.SkipValue(ref reader);
        }
    }

    private void ReadSpec(ref Utf8JsonReader reader, ref bool unschedulable, ref IReadOnlyList<string> taints)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("unschedulable"u8)) unschedulable = JsonFields.Bool(ref reader);
            else if (reader.ValueTextEquals("taints"u8)) taints = ReadTaints(ref reader);
            else JsonFields.SkipValue(ref reader);
        }
    }

    /// <summary>Keys only, each once: a lost node carries the same key as NoSchedule and as NoExecute.</summary>
    private List<string> ReadTaints(ref Utf8JsonReader reader)
    {
        var keys = new List<string>();
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartArray)) return keys;
        while (JsonFields.NextObject(ref reader))
        {
            while (JsonFields.Next(ref reader))
            {
                if (!reader.ValueTextEquals("key"u8)) JsonFields.SkipValue(ref reader);
                else if (JsonFields.String(ref reader, pool) is { Length: > 0 } key && !keys.Contains(key)) keys.Add(key);
            }
        }

        return keys;
    }

    /// <summary>True only for a Ready condition that is True: Unknown, which a silent kubelet turns it into, is not ready.</summary>
    private bool ReadReady(ref Utf8JsonReader reader)
    {
        var ready = false;
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return ready;
        while (JsonFields.Next(ref reader))
        {
            if (reader.ValueTextEquals("conditions"u8)) ready = ReadConditions(ref reader);
            else JsonFields.SkipValue(ref reader);
        }

        return ready;
    }

    private bool ReadConditions(ref Utf8JsonReader reader)
    {
        var ready = false;
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartArray)) return ready;
        while (JsonFields.NextObject(ref reader))
        {
            var (type, status) = ("", "");
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("type"u8)) type = JsonFields.String(ref reader, pool) ?? "";
                else if (reader.ValueTextEquals("status"u8)) status = JsonFields.String(ref reader, pool) ?? "";
                else JsonFields.SkipValue(ref reader);
            }

            if (type == "Ready") ready = status == "True";
        }

        return ready;
    }
}
