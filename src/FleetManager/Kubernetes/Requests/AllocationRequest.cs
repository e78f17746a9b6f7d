using System.Buffers;
using System.Text.Json;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>Writes a GameServerAllocation. Pure.</summary>
internal static class AllocationRequest
{
    public static ReadOnlyMemory<byte> Write(AllocationOrder order, string @namespace)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "allocation.agones.dev/v1");
            json.WriteString("kind", "GameServerAllocation");
            json.WriteStartObject("metadata");
            json.WriteString("namespace", @namespace);
            json.WriteEndObject();
            json.WriteStartObject("spec");
            json.WriteString("scheduling", order.Distributed ? "Distributed" : "Packed");
            json.WriteStartArray("selectors");
            foreach (var selector in order.Selectors) WriteSelector(json, selector);
            json.WriteEndArray();
            json.WriteStartObject("metadata");
            WriteMap(json, "labels", order.Labels);
            WriteMap(json, "annotations", order.Annotations);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteSelector(Utf8JsonWriter json, ServerSelector selector)
    {
        json.WriteStartObject();
        WriteMap(json, "matchLabels", selector.MatchLabels);
        json.WriteStartArray("matchExpressions");
        foreach (var exclusion in selector.Exclusions)
        {
            if (exclusion.Values.Count == 0) continue; // NotIn of nothing excludes nothing, and Kubernetes refuses it.
            json.WriteStartObject();
            json.WriteString("key", exclusion.Key);
            json.WriteString("operator", "NotIn");
            json.WriteStartArray("values");
            foreach (var value in exclusion.Values) json.WriteStringValue(value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map) json.WriteString(key, value);
        json.WriteEndObject();
    }
}
