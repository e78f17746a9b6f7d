namespace FleetSystem.FleetManager;

/// <summary>Names that telemetry consumers subscribe to.</summary>
public static class FleetManagerTelemetry
{
    /// <summary>The meter of sessions, allocations, zones and clusters.</summary>
    public const string MeterName = "FleetSystem.FleetManager";
}
