using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>An endpoint group of a standard accelerator.</summary>
internal sealed class StandardGroup : EndpointGroupRecord
{
    public List<StandardEndpoint> Endpoints { get; } = [];

    public float TrafficDialPercentage { get; set; } = 100;

    /// <summary>Null means the listener's port.</summary>
    public int? HealthCheckPort { get; set; }

    public string HealthCheckProtocol { get; set; } = "TCP";

    public string? HealthCheckPath { get; set; }

    public int HealthCheckIntervalSeconds { get; set; } = 30;

    public int ThresholdCount { get; set; } = 3;

    public List<(int Listener, int Endpoint)> PortOverrides { get; } = [];

    public override JsonObject ToJson(DateTimeOffset now)
    {
        var json = new JsonObject
        {
            ["EndpointGroupArn"] = Arn,
            ["EndpointGroupRegion"] = Region,
            ["EndpointDescriptions"] = EndpointsToJson(Endpoints, now),
            ["TrafficDialPercentage"] = TrafficDialPercentage,
            ["HealthCheckPort"] = HealthCheckPort ?? Listener.PortRanges[0].From,
            ["HealthCheckProtocol"] = HealthCheckProtocol,
            ["HealthCheckIntervalSeconds"] = HealthCheckIntervalSeconds,
            ["ThresholdCount"] = ThresholdCount,
            ["PortOverrides"] = new JsonArray(
                [.. PortOverrides.Select(o => new JsonObject { ["ListenerPort"] = o.Listener, ["EndpointPort"] = o.Endpoint })]),
        };
        if (HealthCheckPath is not null)
            json["HealthCheckPath"] = HealthCheckPath;
        return json;
    }

    public static JsonArray EndpointsToJson(IEnumerable<StandardEndpoint> endpoints, DateTimeOffset now) => [.. endpoints.Select(e => e.ToJson(now))];
}

/// <summary>An endpoint of a standard accelerator.</summary>
/// <param name="Id">ARN, allocation id or instance id.</param>
/// <param name="Weight">0 to 255.</param>
/// <param name="ClientIpPreservation">Whether it sees the client's address.</param>
/// <param name="HealthKnownAt">When the health checks have said the first word.</param>
/// <param name="UnhealthyReason">Why it is unhealthy, or null while it is healthy.</param>
internal sealed record StandardEndpoint(string Id, int Weight, bool ClientIpPreservation, DateTimeOffset HealthKnownAt, string? UnhealthyReason)
{
    public string HealthState(DateTimeOffset now) => now < HealthKnownAt ? "INITIAL" : UnhealthyReason is null ? "HEALTHY" : "UNHEALTHY";

    public JsonObject ToJson(DateTimeOffset now)
    {
        var json = new JsonObject
        {
            ["EndpointId"] = Id,
            ["Weight"] = Weight,
            ["HealthState"] = HealthState(now),
            ["ClientIPPreservationEnabled"] = ClientIpPreservation,
        };
        if (HealthState(now) == "UNHEALTHY")
            json["HealthReason"] = UnhealthyReason;
        return json;
    }
}
