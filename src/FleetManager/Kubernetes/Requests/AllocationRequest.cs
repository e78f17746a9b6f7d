using System.Buffers;
using System.Text.Json;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>Writes a GameServerAllocation; what an order leaves open is left out. Pure.</summary>
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
            json.WriteString("scheduling", order.Scheduling.ToString());
            json.WriteStartArray("selectors");
            foreach (var selector in order.Selectors) WriteSelector(json, selector);
            json.WriteEndArray();
            if (order.Priorities.Count > 0) WritePriorities(json, order.Priorities);
            json.WriteStartObject("metadata");
            WriteLabels(json, "labels", order.Labels);
            WriteLabels(json, "annotations", order.Annotations);
            json.WriteEndObject();
            WriteMap(json, "counters", order.Counters, WriteAction);
            WriteMap(json, "lists", order.Lists, WriteAction);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteSelector(Utf8JsonWriter json, ServerSelector selector)
    {
        json.WriteStartObject();
        WriteLabels(json, "matchLabels", selector.MatchLabels);
        WriteRequirements(json, selector.MatchExpressions);
        json.WriteString("gameServerState", selector.State.ToString());
        WriteMap(json, "counters", selector.Counters, static (json, bounds) =>
        {
            WriteNumber(json, "minCount", bounds.MinCount);
            WriteNumber(json, "maxCount", bounds.MaxCount);
            WriteNumber(json, "minAvailable", bounds.MinAvailable);
            WriteNumber(json, "maxAvailable", bounds.MaxAvailable);
        });
        WriteMap(json, "lists", selector.Lists, static (json, bounds) =>
        {
            if (bounds.ContainsValue.Length > 0) json.WriteString("containsValue", bounds.ContainsValue);
            WriteNumber(json, "minAvailable", bounds.MinAvailable);
            WriteNumber(json, "maxAvailable", bounds.MaxAvailable);
        });
        json.WriteEndObject();
    }

    private static void WriteRequirements(Utf8JsonWriter json, IReadOnlyList<LabelRequirement> requirements)
    {
        if (requirements.Count == 0) return;
        json.WriteStartArray("matchExpressions");
        foreach (var requirement in requirements)
        {
            json.WriteStartObject();
            json.WriteString("key", requirement.Key);
            json.WriteString("operator", requirement.Operator.ToString());
            WriteStrings(json, "values", requirement.Values);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePriorities(Utf8JsonWriter json, IReadOnlyList<CapacityPriority> priorities)
    {
        json.WriteStartArray("priorities");
        foreach (var priority in priorities)
        {
            json.WriteStartObject();
            json.WriteString("type", priority.Type.ToString());
            json.WriteString("key", priority.Key);
            json.WriteString("order", priority.Order.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAction(Utf8JsonWriter json, CounterAction action)
    {
        if (action.Direction is { } direction) json.WriteString("action", direction.ToString());
        if (action.Amount is { } amount) json.WriteNumber("amount", amount);
        if (action.Capacity is { } capacity) json.WriteNumber("capacity", capacity);
    }

    private static void WriteAction(Utf8JsonWriter json, ListAction action)
    {
        WriteStrings(json, "addValues", action.AddValues);
        WriteStrings(json, "deleteValues", action.DeleteValues);
        if (action.Capacity is { } capacity) json.WriteNumber("capacity", capacity);
    }

    private static void WriteMap<T>(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, T> map, Action<Utf8JsonWriter, T> write)
    {
        if (map.Count == 0) return;
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
        {
            json.WriteStartObject(key);
            write(json, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteLabels(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count == 0) return;
        json.WriteStartObject(name);
        foreach (var (key, value) in labels) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long value)
    {
        if (value != 0) json.WriteNumber(name, value);
    }
}
