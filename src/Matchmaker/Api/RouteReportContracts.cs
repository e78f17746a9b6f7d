using System.ComponentModel;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Body of <c>POST /v1/sessions/{id}/route-reports</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RouteReportRequest
{
    /// <summary>The player of the join token.</summary>
    [Description("The player of the join token.")]
    public string? PlayerId { get; init; }

    /// <summary>The kind of route in use.</summary>
    [Description("The kind of route in use.")]
    public RouteKind? Current { get; init; }

    /// <summary>What is known of each kind.</summary>
    [Description("What is known of each kind of route, at most one entry a kind; kinds of which nothing is known are left out.")]
    public IReadOnlyList<PathReportRequest?>? Paths { get; init; }
}

/// <summary>How one kind of route does for a player.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PathReportRequest
{
    /// <summary>The kind of route.</summary>
    [Description("The kind of route.")]
    public RouteKind? Kind { get; init; }

    /// <summary>Its state, as the player sees it.</summary>
    [Description("healthy: it answers; degraded: it loses a good part; down: it does not answer.")]
    public PathState? State { get; init; }

    /// <summary>Probes lost.</summary>
    [Description("Probes lost since the last report that was taken.")]
    public long? Lost { get; init; }

    /// <summary>Probes sent.</summary>
    [Description("Probes sent since the last report that was taken.")]
    public long? Sent { get; init; }

    /// <summary>Round trip.</summary>
    [Description("Round trip in milliseconds, or null while none is known.")]
    public double? RttMilliseconds { get; init; }
}
