using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Placement;

/// <summary>Whether a session that runs can be served elsewhere when its zone or region is emptied.</summary>
public static class SessionRelocation
{
    /// <summary>
    /// Whether the request and the fleet leave another place. A session that only this region may serve (no further region is within its
    /// players' limits), or only this zone, stays: to move it would be to end it. So does one whose fleet does not replace servers.
    /// </summary>
    /// <param name="options">The cell.</param>
    /// <param name="fleet">The session's fleet.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="server">The server that it has.</param>
    /// <param name="regions">When the whole region is emptied: the other regions that have room; null when it is the server's zone.</param>
    public static bool IsPossible(FleetSystemOptions options, FleetOptions fleet, SessionRequest request, ServerBinding server, IReadOnlyCollection<string>? regions)
    {
        if (fleet.LostServer != LostServerPolicy.Replace) return false;
        if (regions is not null) return RegionPlanner.Plan(options, fleet, request).Any(choice => choice.Region != server.Region && regions.Contains(choice.Region));
        return fleet.ZonePolicy != ZonePolicy.Require || request.PreferredZone is null || request.PreferredZone != server.Zone;
    }
}
