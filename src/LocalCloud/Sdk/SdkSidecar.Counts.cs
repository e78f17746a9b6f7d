using System.Text.Json.Nodes;
using Grpc.Core;

namespace FleetSystem.LocalCloud.Sdk;

/// <content>Counters and lists. What they do not allow is answered as Agones does it: a message with the code Unknown.</content>
internal sealed partial class SdkSidecar
{
    private readonly Dictionary<string, PendingCounter> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PendingList> _lists = new(StringComparer.Ordinal);

    internal (long Count, long Capacity) GetCounter(string name)
    {
        lock (_gate)
        {
            var (count, capacity) = StoredCounter(name);
            return _counters.TryGetValue(name, out var pending) ? pending.ApplyTo(count, capacity) : (count, capacity);
        }
    }

    internal (long Count, long Capacity) UpdateCounter(string name, long? capacity, long? count, long difference)
    {
        (long, long) result;
        lock (_gate)
        {
            var stored = StoredCounter(name);
            var next = _counters.GetValueOrDefault(name, new PendingCounter()).Add(capacity, count, difference, stored.Count, stored.Capacity, out var fault)
                ?? throw Refuse(fault!);
            _counters[name] = next;
            result = next.ApplyTo(stored.Count, stored.Capacity);
        }

        _writes.Enqueue(SdkWrite.Counters);
        return result;
    }

    internal (List<string> Values, long Capacity) GetList(string name)
    {
        lock (_gate)
            return ListNow(name);
    }

    internal (List<string> Values, long Capacity) AddListValue(string name, string value)
    {
        (List<string> Values, long Capacity) list;
        lock (_gate)
        {
            list = ListNow(name);
            if (list.Values.Count >= list.Capacity)
                throw Refuse($"out of range. No available capacity. Current Capacity: {list.Capacity}, List Size: {list.Values.Count}");
            if (list.Values.Contains(value))
                throw Refuse($"already exists. Value: {value} already in List: {name}");
            Pending(name).Add(value);
            list.Values.Add(value);
        }

        _writes.Enqueue(SdkWrite.Lists);
        return list;
    }

    internal (List<string> Values, long Capacity) RemoveListValue(string name, string value)
    {
        (List<string> Values, long Capacity) list;
        lock (_gate)
        {
            list = ListNow(name);
            if (!list.Values.Remove(value))
                throw Refuse($"not found: value {value} not in list {name}");
            Pending(name).Remove(value);
        }

        _writes.Enqueue(SdkWrite.Lists);
        return list;
    }

    /// <summary>Overwrites capacity, values or both; the capacity has to stay within that of the GameServer's specification.</summary>
    internal void UpdateList(string name, long? capacity, IReadOnlyCollection<string>? values)
    {
        lock (_gate)
        {
            var list = ListNow(name);
            var most = SdkGameServer.Whole(_resource.Current?["spec"]?["lists"]?[name] as JsonObject, "capacity", list.Capacity);
            if (capacity < 0 || capacity > most)
                throw Refuse($"out of range. Capacity must be within range [0,1000]. Found Capacity: {capacity}");
            var pending = Pending(name);
            if (capacity is not null)
                pending.Capacity = capacity;
            if (values is not null)
            {
                foreach (var gone in list.Values.Where(value => !values.Contains(value)))
                    pending.Remove(gone);
                foreach (var come in values.Where(value => !list.Values.Contains(value)))
                    pending.Add(come);
            }
        }

        _writes.Enqueue(SdkWrite.Lists);
    }

    private static RpcException Refuse(string message) => new(new Status(StatusCode.Unknown, message));

    private PendingList Pending(string name)
    {
        if (!_lists.TryGetValue(name, out var pending))
            _lists[name] = pending = new PendingList();
        return pending;
    }

    private (long Count, long Capacity) StoredCounter(string name) => _resource.Current?["status"]?["counters"]?[name] is JsonObject counter
        ? (SdkGameServer.Whole(counter, "count", 0), SdkGameServer.Whole(counter, "capacity", 0))
        : throw Refuse($"counter not found: {name}");

    private (List<string> Values, long Capacity) ListNow(string name)
    {
        if (_resource.Current?["status"]?["lists"]?[name] is not JsonObject list)
            throw Refuse($"list not found: {name}");
        var capacity = SdkGameServer.Whole(list, "capacity", 0);
        return _lists.TryGetValue(name, out var pending)
            ? pending.ApplyTo(SdkGameServer.Values(list), capacity)
            : ([.. SdkGameServer.Values(list)], capacity);
    }

    private void WriteCounters()
    {
        // Held over the write: a call between the write and the clearing would see its change applied twice or not at all.
        lock (_gate)
        {
            _resource.Update(gameServer =>
            {
                foreach (var (name, pending) in _counters)
                {
                    if (gameServer["status"]?["counters"]?[name] is not JsonObject counter)
                        continue;
                    var (count, capacity) = pending.ApplyTo(SdkGameServer.Whole(counter, "count", 0), SdkGameServer.Whole(counter, "capacity", 0));
                    counter["count"] = count;
                    counter["capacity"] = capacity;
                }

                return _counters.Count > 0;
            });
            _counters.Clear();
        }
    }

    private void WriteLists()
    {
        lock (_gate)
        {
            _resource.Update(gameServer =>
            {
                foreach (var (name, pending) in _lists)
                {
                    if (gameServer["status"]?["lists"]?[name] is not JsonObject list)
                        continue;
                    var (values, capacity) = pending.ApplyTo(SdkGameServer.Values(list), SdkGameServer.Whole(list, "capacity", 0));
                    list["values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
                    list["capacity"] = capacity;
                }

                return _lists.Count > 0;
            });
            _lists.Clear();
        }
    }
}
