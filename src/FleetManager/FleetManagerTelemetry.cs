using System.Diagnostics;

namespace FleetSystem.FleetManager;

/// <summary>Names that telemetry consumers subscribe to.</summary>
public static class FleetManagerTelemetry
{
    /// <summary>The meter of sessions, allocations, zones and clusters.</summary>
    public const string MeterName = "FleetSystem.FleetManager";

    /// <summary>The activity source of a session's way to its server.</summary>
    public const string SourceName = "FleetSystem.FleetManager";

    internal static ActivitySource Source { get; } = new(SourceName);
}
