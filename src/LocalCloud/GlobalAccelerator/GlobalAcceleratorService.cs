using System.Net;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>A local AWS Global Accelerator: the operations of the API on one account's state, one at a time.</summary>
internal sealed class GlobalAcceleratorService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly GlobalAcceleratorStore _store;
    private readonly Dictionary<string, Func<RequestReader, JsonObject>> _operations;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _deployment;

    /// <exception cref="ArgumentException">The options are not valid; the message names every fault.</exception>
    public GlobalAcceleratorService(GlobalAcceleratorOptions options, TimeProvider timeProvider)
    {
        var faults = options.Validate("GlobalAccelerator").ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));

        Options = options;
        _timeProvider = timeProvider;
        _store = new GlobalAcceleratorStore(options, timeProvider);
        _operations = Operations(_store);
        _deployment = timeProvider.CreateTimer(
            static service => ((GlobalAcceleratorService)service!).OnDeployed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised, one at a time and before the request that did it is answered, when destinations were opened or closed.</summary>
    public event Action<IReadOnlyList<AcceleratorPath>>? PathsChanged;

    public GlobalAcceleratorOptions Options { get; }

    /// <summary>Faults of the API. The data path has its own, in the relay.</summary>
    public ControlPlaneFaults Faults { get; } = new();

    public DateTimeOffset Now => _timeProvider.GetUtcNow();

    /// <summary>Makes a subnet known, so that endpoint groups can take it.</summary>
    public void AddSubnet(SubnetRecord subnet)
    {
        lock (_lock)
        {
            if (!_store.Subnets.TryAdd(subnet.Id, subnet))
                throw new ArgumentException($"{subnet.Id} is known already.", nameof(subnet));
        }
    }

    /// <summary>Sets what the health checks of standard accelerators find of an endpoint: null for healthy, or why it is not.</summary>
    public void SetEndpointHealth(string endpointId, string? unhealthyReason)
    {
        lock (_lock)
        {
            if (unhealthyReason is null)
                _store.UnhealthyEndpoints.Remove(endpointId);
            else
                _store.UnhealthyEndpoints[endpointId] = unhealthyReason;
            foreach (var group in _store.Groups<StandardGroup>())
            {
                var index = group.Endpoints.FindIndex(e => e.Id == endpointId);
                if (index >= 0)
                    group.Endpoints[index] = group.Endpoints[index] with { UnhealthyReason = unhealthyReason };
            }
        }
    }

    /// <summary>Carries out an operation of the API.</summary>
    /// <exception cref="GlobalAcceleratorException">The operation refuses the request.</exception>
    public JsonObject Execute(string operation, JsonObject request)
    {
        if (!_operations.TryGetValue(operation, out var execute))
            throw new GlobalAcceleratorException("UnknownOperationException", $"There is no operation {operation}.");

        lock (_lock)
        {
            var answer = execute(new RequestReader(request));
            if (!operation.StartsWith("Describe", StringComparison.Ordinal) && !operation.StartsWith("List", StringComparison.Ordinal))
                PublishPaths();
            return answer;
        }
    }

    /// <summary>The open destinations of the accelerators that are enabled and deployed.</summary>
    public IReadOnlyList<AcceleratorPath> Paths()
    {
        lock (_lock)
            return BuildPaths();
    }

    public void Dispose() => _deployment.Dispose();

    private static Dictionary<string, Func<RequestReader, JsonObject>> Operations(GlobalAcceleratorStore store)
    {
        var operations = new Dictionary<string, Func<RequestReader, JsonObject>>(StringComparer.Ordinal);
        foreach (var custom in (ReadOnlySpan<bool>)[false, true])
        {
            var family = custom ? "CustomRouting" : "";
            var accelerators = new AcceleratorOperations(store, custom);
            operations[$"Create{family}Accelerator"] = accelerators.Create;
            operations[$"Describe{family}Accelerator"] = accelerators.Describe;
            operations[$"List{family}Accelerators"] = accelerators.List;
            operations[$"Update{family}Accelerator"] = accelerators.Update;
            operations[$"Delete{family}Accelerator"] = accelerators.Delete;
            var listeners = new ListenerOperations(store, custom);
            operations[$"Create{family}Listener"] = listeners.Create;
            operations[$"Describe{family}Listener"] = listeners.Describe;
            operations[$"List{family}Listeners"] = listeners.List;
            operations[$"Delete{family}Listener"] = listeners.Delete;
        }

        operations["ListTagsForResource"] = request => AcceleratorOperations.ListTags(store, request);

        var groups = new StandardGroupOperations(store);
        operations["CreateEndpointGroup"] = groups.Create;
        operations["DescribeEndpointGroup"] = groups.Describe;
        operations["ListEndpointGroups"] = groups.List;
        operations["UpdateEndpointGroup"] = groups.Update;
        operations["DeleteEndpointGroup"] = groups.Delete;
        operations["AddEndpoints"] = groups.AddEndpoints;
        operations["RemoveEndpoints"] = groups.RemoveEndpoints;

        var customGroups = new CustomRoutingGroupOperations(store);
        operations["CreateCustomRoutingEndpointGroup"] = customGroups.Create;
        operations["DescribeCustomRoutingEndpointGroup"] = customGroups.Describe;
        operations["ListCustomRoutingEndpointGroups"] = customGroups.List;
        operations["DeleteCustomRoutingEndpointGroup"] = customGroups.Delete;
        operations["AddCustomRoutingEndpoints"] = customGroups.AddEndpoints;
        operations["RemoveCustomRoutingEndpoints"] = customGroups.RemoveEndpoints;
        operations["AllowCustomRoutingTraffic"] = customGroups.Allow;
        operations["DenyCustomRoutingTraffic"] = customGroups.Deny;

        var mappings = new PortMappingOperations(store);
        operations["ListCustomRoutingPortMappings"] = mappings.List;
        operations["ListCustomRoutingPortMappingsByDestination"] = mappings.ListByDestination;
        return operations;
    }

    private void PublishPaths()
    {
        PathsChanged?.Invoke(BuildPaths());
        var now = Now;
        var waiting = _store.Accelerators.Where(a => a.FirstDeployedAt > now).Select(a => a.FirstDeployedAt - now).ToList();
        _deployment.Change(waiting.Count > 0 ? waiting.Min() : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnDeployed()
    {
        lock (_lock)
            PublishPaths();
    }

    private List<AcceleratorPath> BuildPaths()
    {
        var now = Now;
        return
        [
            .. from accelerator in _store.Accelerators
               where accelerator.IsCustomRouting && accelerator.Enabled && accelerator.FirstDeployedAt <= now
               select new AcceleratorPath(
                   accelerator.Arn,
                   accelerator.Addresses,
                   Destinations(accelerator, "UDP"),
                   Destinations(accelerator, "TCP")),
        ];
    }

    private static Dictionary<int, IPEndPoint> Destinations(AcceleratorRecord accelerator, string protocol) =>
        accelerator.Listeners.SelectMany(l => l.EndpointGroups).OfType<CustomRoutingGroup>()
            .SelectMany(g => g.Subnets)
            .SelectMany(s => s.Rows())
            .Where(row => row.IsAllowed && row.Destination.Protocols.Contains(protocol))
            .ToDictionary(row => row.AcceleratorPort, row => new IPEndPoint(row.Address, row.Destination.Port));
}

/// <summary>The open destinations of an accelerator by accelerator port: those of datagrams, and those of streams.</summary>
internal sealed record AcceleratorPath(
    string AcceleratorArn, StaticAddressPair Addresses, IReadOnlyDictionary<int, IPEndPoint> Destinations, IReadOnlyDictionary<int, IPEndPoint> StreamDestinations);
