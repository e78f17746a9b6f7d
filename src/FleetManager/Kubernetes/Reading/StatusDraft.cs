using System.Text.Json;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>The part of a GameServer that only callers need while it is read, from the object itself or from an allocation's answer.</summary>
internal sealed class StatusDraft
{
    private readonly List<ServerAddress> _addresses = [];
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _annotations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CounterStatus> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ListStatus> _lists = new(StringComparer.Ordinal);

    /// <summary>Reads the field of <c>metadata</c> that the reader stands on; false, with nothing read, when it is none of those known here.</summary>
    public bool ReadMetadataField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("labels"u8)) ReadStrings(ref reader, _labels);
        else if (reader.ValueTextEquals("annotations"u8)) ReadStrings(ref reader, _annotations);
        else return false;
        return true;
    }

    /// <summary>Reads the field of <c>status</c> that the reader stands on; false, with nothing read, when it is none of those known here.</summary>
    public bool ReadStatusField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("addresses"u8)) ReadAddresses(ref reader);
        else if (reader.ValueTextEquals("counters"u8)) ReadCounters(ref reader);
        else if (reader.ValueTextEquals("lists"u8)) ReadLists(ref reader);
        else return false;
        return true;
    }

    public AllocationStatus ToStatus(IReadOnlyList<ServerPort> ports) => new()
    {
        Ports = [.. ports],
        Addresses = _addresses,
        Labels = _labels,
        Annotations = _annotations,
        Counters = _counters,
        Lists = _lists,
    };

    private void ReadAddresses(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartArray)) return;
        while (JsonFields.NextObject(ref reader))
        {
            var (type, address) = ("", "");
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("type"u8)) type = JsonFields.String(ref reader) ?? "";
                else if (reader.ValueTextEquals("address"u8)) address = JsonFields.String(ref reader) ?? "";
                else JsonFields.SkipValue(ref reader);
            }

            _addresses.Add(new ServerAddress(type, address));
        }
    }

    private void ReadCounters(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            var name = reader.GetString()!;
            if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
            var (count, capacity) = (0L, 0L);
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("count"u8)) count = JsonFields.Long(ref reader);
                else if (reader.ValueTextEquals("capacity"u8)) capacity = JsonFields.Long(ref reader);
                else JsonFields.SkipValue(ref reader);
            }

            _counters[name] = new CounterStatus(count, capacity);
        }
    }

    private void ReadLists(ref Utf8JsonReader reader)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            var name = reader.GetString()!;
            if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) continue;
            var (values, capacity) = (new List<string>(), 0L);
            while (JsonFields.Next(ref reader))
            {
                if (reader.ValueTextEquals("values"u8)) ReadValues(ref reader, values);
                else if (reader.ValueTextEquals("capacity"u8)) capacity = JsonFields.Long(ref reader);
                else JsonFields.SkipValue(ref reader);
            }

            _lists[name] = new ListStatus(values, capacity);
        }
    }

    private static void ReadValues(ref Utf8JsonReader reader, List<string> values)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartArray)) return;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String) values.Add(reader.GetString()!);
            else reader.Skip();
        }
    }

    private static void ReadStrings(ref Utf8JsonReader reader, Dictionary<string, string> into)
    {
        if (!JsonFields.Enter(ref reader, JsonTokenType.StartObject)) return;
        while (JsonFields.Next(ref reader))
        {
            var key = reader.GetString()!;
            if (JsonFields.String(ref reader) is { } value) into[key] = value;
        }
    }
}
