namespace FleetSystem.FleetModel.Routing;

/// <summary>An endpoint group of a standard accelerator as the Global Accelerator API tells it.</summary>
/// <param name="Arn">ARN of the group.</param>
/// <param name="IsDeployed">False while an earlier change of the accelerator is being deployed (IN_PROGRESS): it takes no other.</param>
/// <param name="DialPercent">Share of the region's traffic that the group takes, 0 to 100.</param>
/// <param name="Endpoints">Its endpoints.</param>
[GenerateSerializer, Immutable, Alias("fleet.EndpointGroupTraffic")]
public sealed record EndpointGroupTraffic(
    [property: Id(0)] string Arn,
    [property: Id(1)] bool IsDeployed,
    [property: Id(2)] double DialPercent,
    [property: Id(3)] IReadOnlyList<GroupEndpoint> Endpoints);

/// <summary>An endpoint of a group.</summary>
/// <param name="EndpointId">ARN of an NLB, an allocation id or an instance id.</param>
/// <param name="Weight">Its weight within the group, 0 to 255.</param>
/// <param name="KeepsClientAddress">Whether it sees the address of the client; null when nothing is said of it.</param>
[GenerateSerializer, Immutable, Alias("fleet.GroupEndpoint")]
public sealed record GroupEndpoint(
    [property: Id(0)] string EndpointId,
    [property: Id(1)] int Weight,
    [property: Id(2)] bool? KeepsClientAddress = null);

/// <summary>What is wanted of a group; what is not named stays as it is.</summary>
/// <param name="DialPercent">The dial, or null.</param>
/// <param name="Weights">Weights by endpoint.</param>
public sealed record WantedTraffic(double? DialPercent, IReadOnlyDictionary<string, int> Weights)
{
    /// <summary>Nothing.</summary>
    public static readonly WantedTraffic Nothing = new(null, new Dictionary<string, int>());
}

/// <summary>A change of a group, as one UpdateEndpointGroup makes it.</summary>
/// <param name="DialPercent">The new dial, or null when it stays.</param>
/// <param name="Endpoints">Every endpoint that the group shall have, or null when they stay: the call replaces the whole list.</param>
public sealed record TrafficChange(double? DialPercent, IReadOnlyList<GroupEndpoint>? Endpoints);

/// <summary>What must be changed for a group to be as wanted. Pure.</summary>
public static class TrafficPlanner
{
    // The API's dial is a 32-bit float.
    private const double DialTolerance = 0.001;

    /// <summary>
    /// The change, or null when the group is as wanted. Endpoints that nobody named are kept with their weights; those that are wanted and
    /// missing are added.
    /// </summary>
    public static TrafficChange? Next(WantedTraffic wanted, EndpointGroupTraffic actual)
    {
        var dial = wanted.DialPercent is { } percent && Math.Abs(percent - actual.DialPercent) > DialTolerance ? wanted.DialPercent : null;
        var differ = wanted.Weights.Any(pair => actual.Endpoints.FirstOrDefault(endpoint => endpoint.EndpointId == pair.Key)?.Weight != pair.Value);
        if (dial is null && !differ) return null;
        IReadOnlyList<GroupEndpoint>? endpoints = !differ ? null :
        [
            .. actual.Endpoints.Select(endpoint => wanted.Weights.TryGetValue(endpoint.EndpointId, out var weight) ? endpoint with { Weight = weight } : endpoint),
            .. wanted.Weights.Where(pair => actual.Endpoints.All(endpoint => endpoint.EndpointId != pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new GroupEndpoint(pair.Key, pair.Value)),
        ];
        return new TrafficChange(dial, endpoints);
    }
}
