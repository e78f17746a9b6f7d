using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Endpoint groups of standard accelerators: endpoints with weights, traffic dials, health checks.</summary>
internal sealed class StandardGroupOperations(GlobalAcceleratorStore store) : EndpointGroupOperations<StandardGroup>(store, custom: false)
{
    private const int DefaultWeight = 128;

    public JsonObject Update(RequestReader request)
    {
        var group = Find(request);
        Apply(request, group);
        Store.Changed(group.Listener.Accelerator);
        return Answer(group);
    }

    public JsonObject AddEndpoints(RequestReader request)
    {
        var group = Find(request);
        Store.MustBeDeployed(group.Listener.Accelerator);
        var added = ReadEndpoints(request.Structures("EndpointConfigurations", 1, Store.Options.Quotas.EndpointsMax), group);
        var kept = group.Endpoints.Where(e => !added.Exists(a => a.Id == e.Id)).ToList();
        SetEndpoints(group, [.. kept, .. added]);
        Store.Changed(group.Listener.Accelerator);
        return new JsonObject
        {
            ["EndpointDescriptions"] = StandardGroup.EndpointsToJson(added, Store.Now),
            ["EndpointGroupArn"] = group.Arn,
        };
    }

    public JsonObject RemoveEndpoints(RequestReader request)
    {
        var group = Find(request);
        Store.MustBeDeployed(group.Listener.Accelerator);
        var ids = request.Structures("EndpointIdentifiers", 1, Store.Options.Quotas.EndpointsMax).ConvertAll(endpoint => endpoint.String("EndpointId"));
        if (ids.Find(id => !group.Endpoints.Exists(e => e.Id == id)) is { } unknown)
            throw GlobalAcceleratorException.InvalidArgument($"{unknown} is not in the endpoint group.");

        group.Endpoints.RemoveAll(e => ids.Contains(e.Id));
        Store.Changed(group.Listener.Accelerator);
        return [];
    }

    protected override StandardGroup Build(RequestReader request, ListenerRecord listener, string region)
    {
        var group = new StandardGroup { Sequence = Store.NextSequence(), Arn = NewArn(listener), Listener = listener, Region = region };
        Apply(request, group);
        return group;
    }

    /// <summary>Takes over what the request names, once all of it has been found valid; the rest stays.</summary>
    private void Apply(RequestReader request, StandardGroup group)
    {
        var dial = request.OptionalFloat("TrafficDialPercentage", 0, 100);
        var port = request.OptionalInteger("HealthCheckPort", 1, 65535);
        var protocol = request.OptionalEnumeration("HealthCheckProtocol", "TCP", "HTTP", "HTTPS");
        var path = request.OptionalString("HealthCheckPath");
        var interval = request.OptionalInteger("HealthCheckIntervalSeconds", 10, 30);
        if (interval is not (null or 10 or 30))
            throw GlobalAcceleratorException.InvalidArgument($"HealthCheckIntervalSeconds is {interval}; it must be 10 or 30.");
        var threshold = request.OptionalInteger("ThresholdCount", 1, 10);
        var overrides = ReadOverrides(request, group.Listener);
        var endpoints = request.OptionalStructures("EndpointConfigurations", 0, Store.Options.Quotas.EndpointsMax) is { } configurations
            ? ReadEndpoints(configurations, group)
            : null;

        group.TrafficDialPercentage = dial ?? group.TrafficDialPercentage;
        group.HealthCheckPort = port ?? group.HealthCheckPort;
        group.HealthCheckProtocol = protocol ?? group.HealthCheckProtocol;
        group.HealthCheckIntervalSeconds = interval ?? group.HealthCheckIntervalSeconds;
        group.ThresholdCount = threshold ?? group.ThresholdCount;
        // A path belongs to HTTP and HTTPS checks; it is "/" unless one is given.
        group.HealthCheckPath = group.HealthCheckProtocol == "TCP" ? null : path ?? group.HealthCheckPath ?? "/";
        if (overrides is not null)
        {
            group.PortOverrides.Clear();
            group.PortOverrides.AddRange(overrides);
        }

        if (endpoints is not null)
            SetEndpoints(group, endpoints);
    }

    private static List<(int Listener, int Endpoint)>? ReadOverrides(RequestReader request, ListenerRecord listener)
    {
        var overrides = request.OptionalStructures("PortOverrides", 0, 10)?
            .ConvertAll(o => (Listener: o.Integer("ListenerPort", 1, 65535), Endpoint: o.Integer("EndpointPort", 1, 65535)));
        foreach (var (port, _) in overrides ?? [])
        {
            if (!listener.PortRanges.Any(range => range.Contains(port)))
                throw GlobalAcceleratorException.InvalidArgument($"PortOverrides: {port} is not a port of the listener.");
        }

        return overrides;
    }

    private List<StandardEndpoint> ReadEndpoints(List<RequestReader> configurations, StandardGroup group)
    {
        var endpoints = new List<StandardEndpoint>();
        foreach (var configuration in configurations)
        {
            var id = configuration.String("EndpointId");
            if (endpoints.Exists(e => e.Id == id))
                throw GlobalAcceleratorException.InvalidArgument($"EndpointConfigurations names {id} twice.");

            var known = group.Endpoints.Find(e => e.Id == id);
            endpoints.Add(new StandardEndpoint(
                id,
                configuration.OptionalInteger("Weight", 0, 255) ?? known?.Weight ?? DefaultWeight,
                configuration.OptionalBoolean("ClientIPPreservationEnabled") ?? known?.ClientIpPreservation ?? false,
                known?.HealthKnownAt ?? Store.Now + Store.Options.DeploymentTime,
                Store.UnhealthyEndpoints.GetValueOrDefault(id)));
        }

        return endpoints;
    }

    private void SetEndpoints(StandardGroup group, List<StandardEndpoint> endpoints)
    {
        if (endpoints.Count > Store.Options.Quotas.EndpointsMax)
        {
            throw GlobalAcceleratorException.LimitExceeded(
                $"The endpoint group would have {endpoints.Count} endpoints; {Store.Options.Quotas.EndpointsMax} are allowed.");
        }

        group.Endpoints.Clear();
        group.Endpoints.AddRange(endpoints);
    }
}
