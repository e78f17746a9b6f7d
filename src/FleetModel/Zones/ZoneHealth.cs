namespace FleetSystem.FleetModel.Zones;

/// <summary>Where a zone stands.</summary>
public enum ZonePhase
{
    /// <summary>It takes every session.</summary>
    Healthy,

    /// <summary>It takes none.</summary>
    Evacuated,

    /// <summary>It takes a part of them, step by step more.</summary>
    Restoring,
}

/// <summary>What the zone monitor knows of a zone. Immutable; <see cref="ZoneMonitor"/> gives the next.</summary>
public sealed record ZoneHealth
{
    /// <summary>The zone.</summary>
    public required string Zone { get; init; }

    /// <summary>Where it stands.</summary>
    public ZonePhase Phase { get; init; }

    /// <summary>Since when it stands at this phase and step; null while it has never left Healthy.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why it was evacuated last, for people; empty while it never was.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Index of the present step of its restoration.</summary>
    public int Step { get; init; }

    /// <summary>Relapses in a row: each doubles the wait.</summary>
    public int Relapses { get; init; }

    /// <summary>Since when it has been failing without a break, or null.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Since when it has been quiet without a break, or null. A new step starts it anew.</summary>
    public DateTimeOffset? QuietSince { get; init; }

    /// <summary>When its last restoration was complete, or null.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>Share of new sessions that it takes.</summary>
    public double AdmittedShare(ZoneMonitorOptions options) => Phase switch
    {
        ZonePhase.Healthy => 1,
        ZonePhase.Evacuated => 0,
        _ => Step < options.Steps.Count ? options.Steps[Step] : 1,
    };
}
