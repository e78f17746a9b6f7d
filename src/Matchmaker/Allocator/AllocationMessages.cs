using System.Globalization;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Allocator.Protocol;
using FleetSystem.Matchmaker.Grpc;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>Maps Agones' messages to what the domain asks, and its outcome back. Pure; gRPC and REST share it.</summary>
internal static class AllocationMessages
{
    /// <summary>What a request asks for, or everything that is wrong with it, each with its field's path.</summary>
    public static (AllocationOrder? Order, IReadOnlyList<FieldFault> Faults) Read(AllocationRequest request)
    {
        if (UnknownFields.AreIn(request))
            return (null, [new FieldFault("request", "has fields that this service does not know; it serves allocation.proto of Agones 1.56")]);
        var faults = new List<FieldFault>();
        if (request.Namespace.Length == 0) faults.Add(new FieldFault("namespace", "is empty; name the namespace of the game servers"));
        if (request.MultiClusterSetting?.PolicySelector is { MatchLabels.Count: > 0 })
            faults.Add(new FieldFault("multiClusterSetting.policySelector", "is not supported; a region's clusters, priorities and weights are part of this service's configuration"));

        var selectors = SelectorsOf(request);
        if (selectors.Count > AllocatorOptions.MaxSelectors)
            faults.Add(new FieldFault(selectors[0].Path[..selectors[0].Path.IndexOf('[', StringComparison.Ordinal)], $"has {selectors.Count} selectors; {AllocatorOptions.MaxSelectors} is the most"));
        foreach (var (path, selector) in selectors.Where(selector => selector.Selector.Players is not null))
            faults.Add(new FieldFault($"{path}.players", "is not supported, as in Agones without its alpha feature PlayerAllocationFilter; use counters or lists"));

        var (patch, patchPath) = request.Metadata is null && request.MetaPatch is not null ? (request.MetaPatch, "metaPatch") : (request.Metadata, "metadata");
        var order = new AllocationOrder([.. selectors.Select(selector => Read(selector.Selector))], Copy(patch?.Labels), Copy(patch?.Annotations))
        {
            Scheduling = (SchedulingStrategy)request.Scheduling,
            Priorities = [.. request.Priorities.Select(priority => new CapacityPriority((CapacityType)priority.Type, priority.Key, (CapacityOrder)priority.Order))],
            Counters = request.Counters.ToDictionary(pair => pair.Key, pair => Read(pair.Value, $"counters[{pair.Key}]", faults), StringComparer.Ordinal),
            Lists = request.Lists.ToDictionary(pair => pair.Key, pair => new FleetModel.Clusters.Allocation.ListAction([.. pair.Value.AddValues], [.. pair.Value.DeleteValues], pair.Value.Capacity), StringComparer.Ordinal),
        };
        CheckOwn(order.Labels.Keys, $"{patchPath}.labels", faults);
        CheckOwn(order.Annotations.Keys, $"{patchPath}.annotations", faults);
        faults.AddRange(AllocationOrderValidator.Validate(order, index => selectors[index].Path)
            .Select(fault => fault.Path.StartsWith("metadata.", StringComparison.Ordinal) ? fault with { Path = patchPath + fault.Path["metadata".Length..] } : fault));
        return faults.Count == 0 ? (order, faults) : (null, faults);
    }

    /// <summary>The answer for a claimed server.</summary>
    public static AllocationResponse Of(DirectorOutcome claimed)
    {
        var (server, status) = (claimed.Server!, claimed.Status ?? new AllocationStatus());
        var response = new AllocationResponse
        {
            GameServerName = server.Name,
            Address = server.Address,
            NodeName = server.Node,
            Source = claimed.Cluster,
            Metadata = new AllocationResponse.Types.GameServerMetadata { Labels = { Copy(status.Labels) }, Annotations = { Copy(status.Annotations) } },
        };
        response.Ports.AddRange(status.Ports.Select(port => new AllocationResponse.Types.GameServerStatusPort { Name = port.Name, Port = port.Port }));
        response.Addresses.AddRange(status.Addresses.Select(address => new AllocationResponse.Types.GameServerStatusAddress { Type = address.Type, Address = address.Address }));
        foreach (var (name, counter) in status.Counters)
            response.Counters[name] = new AllocationResponse.Types.CounterStatus { Count = counter.Count, Capacity = counter.Capacity };
        foreach (var (name, list) in status.Lists)
            response.Lists[name] = new AllocationResponse.Types.ListStatus { Values = { list.Values }, Capacity = list.Capacity };
        return response;
    }

    /// <summary>Selectors in the order in which they are tried, with the paths that their caller knows them by.</summary>
    private static List<(string Path, GameServerSelector Selector)> SelectorsOf(AllocationRequest request)
    {
        if (request.GameServerSelectors.Count > 0)
            return [.. request.GameServerSelectors.Select((selector, index) => (Path("gameServerSelectors", index), selector))];
#pragma warning disable CS0612 // Agones' older form, which its older clients use alone.
        List<(string, GameServerSelector)> selectors = [.. request.PreferredGameServerSelectors.Select((selector, index) => (Path("preferredGameServerSelectors", index), selector))];
        if (selectors.Count > 0 || request.RequiredGameServerSelector is not null)
            selectors.Add(("requiredGameServerSelector", request.RequiredGameServerSelector ?? new GameServerSelector()));
#pragma warning restore CS0612
        return selectors;

        static string Path(string field, int index) => string.Create(CultureInfo.InvariantCulture, $"{field}[{index}]");
    }

    private static ServerSelector Read(GameServerSelector selector) => new(Copy(selector.MatchLabels), [])
    {
        State = selector.GameServerState switch
        {
            GameServerSelector.Types.GameServerState.Ready => GameServerState.Ready,
            GameServerSelector.Types.GameServerState.Allocated => GameServerState.Allocated,

            // Refused by the validator.
            _ => GameServerState.Unknown,
        },
        Counters = selector.Counters.ToDictionary(
            pair => pair.Key,
            pair => new FleetModel.Clusters.Allocation.CounterSelector(pair.Value.MinCount, pair.Value.MaxCount, pair.Value.MinAvailable, pair.Value.MaxAvailable),
            StringComparer.Ordinal),
        Lists = selector.Lists.ToDictionary(
            pair => pair.Key,
            pair => new FleetModel.Clusters.Allocation.ListSelector(pair.Value.ContainsValue, pair.Value.MinAvailable, pair.Value.MaxAvailable),
            StringComparer.Ordinal),
    };

    private static FleetModel.Clusters.Allocation.CounterAction Read(Protocol.CounterAction action, string path, List<FieldFault> faults)
    {
        CounterDirection? direction = action.Action switch
        {
            "Increment" => CounterDirection.Increment,
            "Decrement" => CounterDirection.Decrement,
            _ => null,
        };
        if (direction is not null || action.Action is null) return new(direction, action.Amount, action.Capacity);
        faults.Add(new FieldFault($"{path}.action", $"is '{action.Action}'; it must be Increment or Decrement"));

        // Told already: without its amount it does not count as half an action on top.
        return new(null, null, action.Capacity);
    }

    private static void CheckOwn(IEnumerable<string> keys, string path, List<FieldFault> faults)
    {
        foreach (var key in keys.Where(key => key.StartsWith(AgonesKeys.OwnPrefix, StringComparison.Ordinal)))
            faults.Add(new FieldFault($"{path}[{key}]", $"begins with {AgonesKeys.OwnPrefix}, which this service keeps for itself; use another key"));
    }

    private static Dictionary<string, string> Copy(IEnumerable<KeyValuePair<string, string>>? labels) => new(labels ?? [], StringComparer.Ordinal);
}
